"""What is refused for good, in plain words: where, why, and what to do.

The notice to the coordinators stands in ``messages``; when it is sent, in ``delivery``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from opendata import texts
from opendata.desk.announcing import LISTENER, REPLY_REFUSED
from opendata.desk.records import Cause
from opendata.rules.people import Directory

REASONS: Mapping[str, str] = {
    "not_in_channel": "not_in_channel",
    "channel_not_found": "no_channel",
    "is_archived": "archived",
    "is_inactive": "archived",
    "account_inactive": "left",
    "user_disabled": "left",
    "user_not_found": "nobody",
    "users_not_found": "nobody",
    "cannot_dm_bot": "nobody",
    "restricted_action": "restricted",
    "messages_tab_disabled": "messages_tab",
    "token_revoked": "token",
    "token_expired": "token",
    "invalid_auth": "token",
    "not_authed": "token",
    "missing_scope": "scope",
    REPLY_REFUSED: REPLY_REFUSED,
}
"""Slack's codes, and one of our own → the reason that is told; any other is told by its code."""
OTHER = "other"
_ALSO_CALLED = {
    "is_inactive": "is_archived",
    "user_disabled": "account_inactive",
    "users_not_found": "user_not_found",
}
_EVERYWHERE = frozenset({"messages_tab", "token", "scope"})


def reason_of(code: str) -> str:
    """What a code of Slack's comes to."""
    return REASONS.get(code, OTHER)


def cause_of(code: str, to: str) -> str:
    """The name of a cause: what is wrong with the app itself is wrong everywhere.

    What a method calls by another name is the same cause.
    """
    known = _ALSO_CALLED.get(code, code)
    return f"{known}@{'' if reason_of(known) in _EVERYWHERE else to}"


def place(language: str, directory: Directory, cause: Cause) -> str:
    """Where it is: an agency's channel, a person, or the whole workspace; plain text."""
    if not cause.place:
        return texts.say(language, "undelivered.everywhere")
    if cause.place == LISTENER:
        return texts.say(language, "undelivered.reply_webhook")
    person = directory.person(cause.place)
    if person is not None:
        unit = directory.agency(person.agency)
        return f"{unit.name if unit else person.agency}{person.name}"
    agencies = [one.name for one in directory.agencies if one.channel == cause.place]
    if agencies:
        named = texts.joined(language, agencies)
        return texts.say(language, "undelivered.channel", agencies=named, id=cause.place)
    return cause.place


def why(language: str, cause: Cause) -> str:
    """The reason in a few words."""
    return texts.say(language, f"undelivered.{reason_of(cause.code)}", code=cause.code)


def what_to_do(language: str, cause: Cause) -> str:
    """Who mends it, and how."""
    return texts.say(language, f"undelivered.{reason_of(cause.code)}.do", code=cause.code)


def summary(language: str, directory: Directory, causes: Iterable[Cause]) -> str:
    """How many messages wait, and for what, in one sentence."""
    known = sorted(causes, key=lambda one: -one.parked)
    told = [
        texts.say(
            language,
            "undelivered.line",
            place=place(language, directory, one),
            reason=why(language, one),
            n=one.parked,
        )
        for one in known
    ]
    total = sum(one.parked for one in known)
    return texts.say(language, "undelivered.summary", n=total, causes=texts.joined(language, told))

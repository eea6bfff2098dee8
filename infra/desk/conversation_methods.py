"""``conversations.*`` and ``users.*``: where the app is, what was said there, and who is who."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra.desk.arguments import Arguments
from infra.desk.errors import SlackError
from infra.desk.workspace import Conversation, Workspace

Json = dict[str, Any]

SECONDS_DIGITS = 10
"""Digits of a Unix time until the year 2286."""
_LATEST = 10**16 - 1
_FAMILIES = {"public_channel": "channels", "private_channel": "groups", "im": "im"}


def open_direct(workspace: Workspace, arguments: Arguments) -> Json:
    """The direct messages with one person."""
    people = (arguments.optional("users") or "").split(",")
    if people == [""]:
        raise SlackError("users_list_not_supplied")
    if people == [workspace.bot.id] or len(people) > 1:
        raise SlackError("cannot_dm_bot" if len(people) == 1 else "method_not_supported")
    workspace.active(people[0])
    already = workspace.opened_direct(people[0]) is not None
    place = workspace.direct(people[0])
    told = workspace.described(place) if arguments.flag("return_im") else {"id": place.id}
    return {"channel": told, "no_op": already, "already_open": already}


def history(workspace: Workspace, arguments: Arguments) -> Json:
    """What was said in a conversation, newest first, page by page.

    Metadata come only with ``include_all_metadata``; the cursor is the ts that was read last.
    """
    place = workspace.for_bot(arguments.text("channel"))
    workspace.need(f"{place.family}:history")
    limit = arguments.number("limit", 100, most=999)
    margin = int(arguments.flag("inclusive"))
    after = _moment(arguments, "oldest", 0) - margin
    before = _moment(arguments, "latest", _LATEST) + margin
    before = min(before, _moment(arguments, "cursor", _LATEST))
    found = workspace.messages.history(place.id, after=after, before=before, limit=limit + 1)
    messages = found[:limit]
    if not arguments.flag("include_all_metadata"):
        messages = [
            {name: value for name, value in one.items() if name != "metadata"} for one in messages
        ]
    more = len(found) > limit
    cursor = messages[-1]["ts"] if more else ""
    return {
        "messages": messages,
        "has_more": more,
        "response_metadata": {"next_cursor": cursor},
    }


def _moment(arguments: Arguments, name: str, otherwise: int) -> int:
    """A ts as microseconds since 1970; Slack takes ``0`` and whole seconds too."""
    given = arguments.optional(name)
    if given is None:
        return otherwise
    seconds, _, fraction = given.partition(".")
    digits = seconds + fraction[:6].ljust(6, "0")
    if not digits.isascii() or not digits.isdigit() or len(seconds) > SECONDS_DIGITS:
        raise SlackError("invalid_cursor" if name == "cursor" else f"invalid_ts_{name}")
    return int(digits)


def info(workspace: Workspace, arguments: Arguments) -> Json:
    """One conversation."""
    place = workspace.for_bot(arguments.text("channel"), inside=False)
    workspace.need(f"{place.family}:read")
    count = arguments.flag("include_num_members")
    return {"channel": workspace.described(place, count=count)}


def list_all(workspace: Workspace, arguments: Arguments) -> Json:
    """The channels that the app may know of; ``types`` as in Slack, public ones by default."""
    kinds = [one.strip() for one in (arguments.optional("types") or "public_channel").split(",")]
    if not set(kinds) <= _FAMILIES.keys():
        raise SlackError("invalid_types")
    families = [_FAMILIES[kind] for kind in kinds]
    for family in families:
        workspace.need(f"{family}:read")
    channels = (Conversation(one.id, one) for one in workspace.channels.values())
    directs = (workspace.opened_direct(one) for one in workspace.people)
    found = [
        one
        for one in (*channels, *directs)
        if one and one.family in families and _listed(one, arguments)
    ]
    return _page(arguments, "channels", [workspace.described(one) for one in found])


def _listed(one: Conversation, arguments: Arguments) -> bool:
    if one.channel is None:
        return True
    gone = one.channel.archived and arguments.flag("exclude_archived")
    return not gone and (one.channel.bot_member or not one.channel.private)


def members(workspace: Workspace, arguments: Arguments) -> Json:
    """Who is in a conversation, the app included."""
    place = workspace.for_bot(arguments.text("channel"), inside=False)
    workspace.need(f"{place.family}:read")
    inside = place.channel is None or place.channel.bot_member
    return _page(arguments, "members", [*place.people, *([workspace.bot.id] if inside else [])])


def user_info(workspace: Workspace, arguments: Arguments) -> Json:
    """One person."""
    locale = arguments.flag("include_locale")
    return {"user": workspace.user(arguments.text("user"), locale=locale)}


def user_list(workspace: Workspace, arguments: Arguments) -> Json:
    """Everybody, the app included."""
    locale = arguments.flag("include_locale")
    everybody = [*workspace.people, workspace.bot.id]
    return _page(arguments, "members", [workspace.user(one, locale=locale) for one in everybody])


def _page(arguments: Arguments, name: str, found: Sequence[Any]) -> Json:
    """A page of a list; the cursor says how many came before."""
    limit = arguments.number("limit", 1000, most=1000)
    cursor = arguments.optional("cursor") or "0"
    if not cursor.isascii() or not cursor.isdigit():
        raise SlackError("invalid_cursor")
    start = int(cursor)
    end = start + limit
    following = str(end) if end < len(found) else ""
    return {name: found[start:end], "response_metadata": {"next_cursor": following}}

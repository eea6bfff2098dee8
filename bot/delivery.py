"""Delivery: an intent becomes messages in Slack, each once, each showing the newest state.

Lease → look whether Slack has it already → send → mark. Nothing sleeps: what must wait is put
off in the outbox, and the sweep wakes it. What a message looks like stands in ``card`` and
``messages``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.card import card
from bot.face import Face
from bot.messages import RENDER
from bot.scene import Rendered, Scene
from bot.voice import Voice
from opendata.desk import outbox
from opendata.desk.outbox import Intent, Message, Sent
from opendata.desk.reading import Dossier, dossier
from opendata.rules.errors import Stale
from opendata.rules.feedback import State
from opendata.rules.people import Role

log = logging.getLogger(__name__)

EVENT_TYPE = "opendata_desk"
GONE = frozenset({"message_not_found", "cant_update_message"})
WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
HISTORY = 100


class Delayed(Exception):
    """Slack asks us to wait, or does not answer. ``wait``: how long at least."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Target:
    """One addressee: a channel id or a person's Slack id, and the voice they read."""

    to: str
    voice: Voice
    is_person: bool


def deliver(face: Face, client: WebClient, intent: Intent) -> None:
    """Deliver an intent whose time has come; afterwards it is done, put off or parked."""
    if intent.not_before > face.desk.now():
        return
    about = dossier(face.desk, intent.case)
    targets = list(_targets(face, intent, about))
    sent = outbox.sent(face.desk, intent.case, intent.kind, intent.occasion)
    known = {one.to: one for one in sent}
    former = [one for to, one in known.items() if to not in {target.to for target in targets}]
    steps: list[Callable[[], None]] = [
        partial(_bring, face, client, intent, about, target, known.get(target.to))
        for target in targets
    ]
    steps += [partial(_refresh, face, client, intent, about, one) for one in former]
    try:
        refused = [code for step in steps if (code := _refused(step))]
    except Delayed as delay:
        outbox.put_off(face.desk, intent, max(delay.wait, backoff(intent)))
        return
    if refused:
        log.warning("parked %s: %s", intent.id, refused[0])
        outbox.park(face.desk, intent, refused[0])
    elif not targets and _wanted(about, intent):
        # Nobody to tell yet: it waits for a roster or a channel.
        outbox.put_off(face.desk, intent, backoff(intent))
    else:
        outbox.done(face.desk, intent)


def _refused(step: Callable[[], None]) -> str | None:
    """Slack's code if it refuses for good: one addressee must not keep it from the others."""
    try:
        step()
    except SlackApiError as refused:
        return str(refused.response.get("error"))
    return None


def backoff(intent: Intent) -> timedelta:
    """How long to wait after so many tries."""
    doubled: timedelta = WAIT * (1 << min(intent.tries, 10))
    return min(doubled, LONGEST_WAIT)


# -- to whom ----------------------------------------------------------------------------------


def _wanted(about: Dossier, intent: Intent) -> bool:
    """Whether new copies of the message should still go out."""
    case = about.case
    waiting = {
        Message.COSIGN: bool(case.draft and case.draft.awaits_cosign),
        Message.REVIEW: case.state is State.IN_REVIEW,
        Message.APPROVAL: case.state is State.AWAITING_APPROVAL,
        Message.TO_PUBLISH: case.state is State.APPROVED,
        # Whoever returned it named the officer; without one it is only to be brought up to date.
        Message.RETURNED: intent.person is not None,
    }
    return waiting.get(intent.kind, True)


def _targets(face: Face, intent: Intent, about: Dossier) -> Iterator[Target]:
    """Who should have the message now."""
    directory = face.desk.directory()
    if intent.kind is Message.CARD:
        channel = directory.channel(about.case.agency)
        if channel:
            yield Target(channel, face.voice(), is_person=False)
    elif _wanted(about, intent):
        for person in _persons(face, intent, about):
            known = directory.person(person)
            if known is not None and known.active:
                yield Target(person, face.voice_of(person), is_person=True)


def _persons(face: Face, intent: Intent, about: Dossier) -> list[str]:
    directory, case = face.desk.directory(), about.case
    if intent.person is not None:
        return [intent.person]
    if intent.kind is Message.TO_PUBLISH:
        return [case.officer] if case.officer else []
    if intent.kind is Message.COSIGN:
        people = directory.nearest_holders(Role.LEGAL, case.agency)
    elif intent.kind is Message.REVIEW:
        people = directory.reviewers(case.agency)
    else:
        able = directory.approvers(case.agency, face.desk.today())
        people = tuple(one.person for one in able)
    drafter = case.draft.drafter if case.draft else None
    return [one.id for one in people if one.id != drafter]


# -- one message ------------------------------------------------------------------------------


def _bring(
    face: Face,
    client: WebClient,
    intent: Intent,
    about: Dossier,
    target: Target,
    known: Sent | None,
) -> None:
    """Send the message, or bring the one that is there up to date."""
    shown = render(face, intent, about, target.voice)
    if known is None or known.ts is None:
        _send(face, client, intent, about, target, known, shown)
    elif known.shown < about.case.version:
        _update(face, client, known, about, shown)


def _refresh(face: Face, client: WebClient, intent: Intent, about: Dossier, former: Sent) -> None:
    """A message of somebody who is not addressed any more: it shows how things went on."""
    if former.ts is None or former.shown >= about.case.version:
        return
    if intent.kind is Message.CARD:
        shown = card(_scene(face, intent, about, face.voice()), moved_to=about.case.agency)
    else:
        shown = render(face, intent, about, face.voice_of(former.to))
    _update(face, client, former, about, shown)


def _scene(face: Face, intent: Intent, about: Dossier, voice: Voice) -> Scene:
    scene = face.scene(about, voice, intent.kind)
    caused = next((one for one in about.events if one.version == intent.version), scene.event)
    return replace(scene, occasion=intent.occasion, event=caused)


def render(face: Face, intent: Intent, about: Dossier, voice: Voice) -> Rendered:
    """The message of an intent as it looks now."""
    return RENDER[intent.kind](_scene(face, intent, about, voice))


def _send(
    face: Face,
    client: WebClient,
    intent: Intent,
    about: Dossier,
    target: Target,
    known: Sent | None,
    shown: Rendered,
) -> None:
    mine = outbox.lease(face.desk, intent, target.to, known)
    if mine is None:
        raise Delayed(WAIT)
    channel = mine.channel or _channel(client, target)
    ts = _found(client, channel, mine) if known else None
    if ts is None:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": _mark(mine)}}
        posted = _write(
            client,
            "chat.postMessage",
            shown,
            channel=channel,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        ts = str(posted["ts"])
    _mark_sent(face, mine, channel, ts, about.case.version)


def _update(face: Face, client: WebClient, known: Sent, about: Dossier, shown: Rendered) -> None:
    try:
        _write(client, "chat.update", shown, channel=known.channel, ts=known.ts)
    except SlackApiError as refused:
        # Somebody deleted it, or it is too old to edit: the case loses nothing.
        if refused.response.get("error") not in GONE:
            raise
    _mark_sent(face, known, str(known.channel), known.ts, about.case.version)


def _write(client: WebClient, method: str, shown: Rendered, **told: object) -> dict[str, Any]:
    """Post or update; blocks that Slack does not take must not cost the message its words."""
    try:
        return _call(client, method, text=shown.text, blocks=shown.blocks, **told)
    except SlackApiError as refused:
        if refused.response.get("error") != "invalid_blocks":
            raise
        log.warning("invalid blocks in %s", method)
        return _call(client, method, text=shown.text, blocks=[], **told)


def _mark_sent(face: Face, sent: Sent, channel: str, ts: str | None, shown: int) -> None:
    try:
        outbox.mark(face.desk, sent, channel=channel, ts=ts, shown=shown)
    except Stale:
        outbox.doubt(face.desk, sent)
        raise Delayed(timedelta(seconds=1)) from None


def _channel(client: WebClient, target: Target) -> str:
    if not target.is_person:
        return target.to
    return str(_call(client, "conversations.open", users=target.to)["channel"]["id"])


def _mark(sent: Sent) -> str:
    return f"{sent.intent}@{sent.to}"


def _found(client: WebClient, channel: str, sent: Sent) -> str | None:
    """The message of an earlier attempt whose fate is unknown, if Slack has it.

    It looks at everything since that attempt began, with a minute for clocks that differ.
    """
    since = (sent.begun - timedelta(minutes=1)).timestamp()
    told: dict[str, object] = {"channel": channel, "oldest": f"{since:.6f}", "limit": HISTORY}
    while True:
        page = _call(client, "conversations.history", include_all_metadata=True, **told)
        for message in page.get("messages", ()):
            payload = message.get("metadata", {}).get("event_payload", {})
            if payload.get("id") == _mark(sent):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
        told["cursor"] = cursor


def _call(client: WebClient, method: str, **told: object) -> dict[str, Any]:
    """One call of the Web API; what may pass by itself becomes Delayed.

    Methods that read take no JSON.

    Raises:
        Delayed: a rate limit, or no answer.
        SlackApiError: Slack says no.
    """
    try:
        if method in _READING:
            return client.api_call(method, http_verb="GET", params=told).data  # type: ignore[return-value]
        return client.api_call(method, json=told).data  # type: ignore[return-value]
    except SlackApiError as refused:
        if refused.response.status_code == 429:
            wait = int(refused.response.headers.get("Retry-After", 30))
            raise Delayed(timedelta(seconds=wait)) from refused
        if refused.response.status_code >= 500 or refused.response.get("error") in _PASSING:
            raise Delayed(WAIT) from refused
        raise
    except (SlackClientError, OSError) as lost:
        raise Delayed(WAIT) from lost


_READING = frozenset({"conversations.history"})
_PASSING = frozenset(
    {"internal_error", "service_unavailable", "request_timeout", "fatal_error", "ratelimited"}
)

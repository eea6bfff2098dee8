"""One message to one addressee through Slack's Web API: there once, and in its newest state.

Slack has no key against sending twice, so every write stands between two commits::

    lease      nobody else writes this message; what it shows is unknown from here on
    look       if an earlier attempt may have been accepted: history is read back to its beginning,
               every page, for the metadata that our messages carry
    write      chat.postMessage if it is not there, else chat.update
    mark       where it is and what it shows; the lease is given back

A process may die between any two of them. The next sender waits for the lease to run out and
looks; a message that it finds is brought up to date, for what it shows may be old. A clear no
from Slack (a rate limit, a refusal) gives the lease back at once; an answer that never came does
not. Whoever marks and finds that another has written meanwhile has it drawn anew.

The honest limit: Slack must not accept a call after the lease of its sender has run out, and must
show in its history what it accepted before. A sender therefore calls only while half of its lease
is left, three times as long as its client waits for an answer.

A message that somebody deleted is posted anew when there is something new to show, to whoever
should have it then; nobody misses a case because of it, and nothing is repeated for its own sake.

Nothing sleeps here: what must wait is told to the caller as ``Delayed``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.scene import Rendered
from opendata.desk import copies
from opendata.desk.context import Desk
from opendata.desk.copies import LEASE, Sent
from opendata.desk.outbox import Intent
from opendata.rules.errors import Stale

log = logging.getLogger(__name__)

EVENT_TYPE = "opendata_desk"
HISTORY = 200
LONGEST_RETRY_AFTER = 24 * 3600
RETRY_AFTER = 30
IN_TIME = LEASE / 2

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_LIMITS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_PASSING = frozenset({"internal_error", "service_unavailable", "request_timeout", "fatal_error"})
_READING = frozenset({"conversations.history"})
_HARMLESS = _READING | {"conversations.open"}
# What stands there instead where a proxy answered in Slack's place.
_CODE = re.compile("[a-z_]{1,64}")


class Delayed(Exception):
    """Slack asks to wait, or does not answer.

    Attributes:
        wait: for how long; None: as long as the caller thinks fit.
        undone: Slack certainly wrote nothing.
    """

    def __init__(self, wait: timedelta | None = None, *, undone: bool = False) -> None:
        super().__init__(wait)
        self.wait, self.undone = wait, undone


class Busy(Delayed):
    """Another sender is at the message; other messages need not wait."""


class Refused(Exception):
    """Slack says no, and will until somebody mends the cause. ``code`` is its name for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Missing(Exception):
    """The message is not in Slack."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A message to one addressee.

    Attributes:
        to: channel id, or Slack id of a person.
        person: whether it is one.
        known: what delivery knows of it; None: it was never begun.
        wanted: whether the addressee should have it; if not, one that is there is brought up to
            date, and none is sent.
        render: how it looks now.
    """

    to: str
    person: bool
    known: Sent | None
    wanted: bool
    render: Callable[[], Rendered]


@dataclass(slots=True)
class Sender:
    """Brings the messages of one intent up to a version of what they are about.

    Attributes:
        desk, client: where it is remembered, and how Slack is spoken to.
        intent: what is delivered.
        version: of the case or the cause, as the messages show it.
        plain: how many had to go as plain text.
    """

    desk: Desk
    client: WebClient
    intent: Intent
    version: int
    plain: int = 0

    def bring(self, copy: Copy) -> None:
        """Send the message, or bring the one that is there up to date.

        Raises:
            Delayed: not now; Busy: because of another sender.
            Refused: not until somebody mends the cause.
        """
        known = copy.known
        if known is not None and known.ts is not None and known.shown >= self.version:
            return
        mine = self._leased(copy)
        try:
            ts = self._written(copy, mine)
        except _Missing:
            copies.forget(self.desk, mine)
            if copy.wanted:
                self.bring(replace(copy, known=None))
            return
        except (Refused, Delayed) as no:
            if isinstance(no, Refused) or no.undone:
                copies.release(self.desk, mine, known)
            raise
        try:
            copies.mark(self.desk, mine, channel=str(mine.channel), ts=ts, shown=self.version)
        except Stale:
            copies.doubt(self.desk, self.intent, mine)
            raise Busy(timedelta(seconds=1)) from None

    def _leased(self, copy: Copy) -> Sent:
        known, channel = copy.known, copy.known.channel if copy.known else None
        if known is not None and known.lease > self.desk.now():
            raise Busy(known.lease - self.desk.now())
        if channel is None:
            channel = self._direct(copy.to) if copy.person else copy.to
        mine = copies.lease(self.desk, self.intent, copy.to, known, channel)
        if mine is None:
            raise Busy
        return mine

    def _direct(self, person: str) -> str:
        return str(call(self.client, "conversations.open", users=person)["channel"]["id"])

    def _written(self, copy: Copy, mine: Sent) -> str:
        """Make Slack show the newest state; the message's ts.

        Raises:
            _Missing: it is not there, and is not wanted or has to be begun anew.
        """
        ts, shown = mine.ts, 0
        if ts is None and copy.known is not None:
            ts, shown = self._found(mine)
        if ts is None and not copy.wanted:
            raise _Missing
        if ts is None:
            payload = {"id": _mark(mine), "version": self.version}
            metadata = {"event_type": EVENT_TYPE, "event_payload": payload}
            still = {"unfurl_links": False, "unfurl_media": False}
            return self._write("chat.postMessage", copy, mine, metadata=metadata, **still)
        if shown < self.version:
            try:
                self._write("chat.update", copy, mine, ts=ts)
            except Refused as refused:
                if refused.code in GONE:
                    raise _Missing from None
                raise
        return ts

    def _write(self, method: str, copy: Copy, mine: Sent, **told: object) -> str:
        """Post or update; blocks that Slack does not take must not cost the message its words."""
        shown = copy.render()
        if self.desk.now() > mine.lease - IN_TIME:
            raise Busy(undone=True)
        told |= {"channel": mine.channel, "text": shown.text}
        try:
            answer = call(self.client, method, blocks=shown.blocks, **told)
        except Refused as refused:
            if refused.code not in BLOCKS:
                raise
            log.warning("%s for %s: as plain text", refused.code, self.intent.id)
            self.plain += 1
            answer = call(self.client, method, blocks=[], **told)
        return str(answer["ts"])

    def _found(self, mine: Sent) -> tuple[str | None, int]:
        """The message of an earlier attempt whose fate is unknown, and what it showed at first.

        It looks at everything since that attempt began, with a minute for clocks that differ.
        """
        since = (mine.begun - timedelta(minutes=1)).timestamp()
        told: dict[str, object] = {"oldest": f"{since:.6f}", "limit": HISTORY}
        told |= {"channel": mine.channel, "include_all_metadata": True}
        while True:
            page = call(self.client, "conversations.history", **told)
            for message in page.get("messages", ()):
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("id") == _mark(mine):
                    return str(message["ts"]), int(payload.get("version", 0))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None, 0
            told["cursor"] = cursor


def _mark(sent: Sent) -> str:
    return f"{sent.intent}@{sent.to}"


def call(client: WebClient, method: str, **told: object) -> dict[str, Any]:
    """One call of the Web API; methods that read take no JSON.

    Raises:
        Delayed: a rate limit, or no answer.
        Refused: Slack says no.
    """
    try:
        if method in _READING:
            return client.api_call(method, http_verb="GET", params=told).data  # type: ignore[return-value]
        return client.api_call(method, json=told).data  # type: ignore[return-value]
    except SlackApiError as no:
        raise _understood(no, harmless=method in _HARMLESS) from no
    except (SlackClientError, OSError, HTTPException) as lost:
        raise Delayed(undone=method in _HARMLESS) from lost


def _understood(no: SlackApiError, *, harmless: bool) -> Delayed | Refused:
    """What a no means: wait so long, try again some time, or have it mended first."""
    code, status = str(no.response.get("error")), no.response.status_code
    if status == 429 or code in _LIMITS:
        told = str(no.response.headers.get("Retry-After", ""))
        seconds = min(int(told), LONGEST_RETRY_AFTER) if told.isdecimal() else RETRY_AFTER
        return Delayed(timedelta(seconds=seconds), undone=True)
    if status >= 500 or code in _PASSING or not _CODE.fullmatch(code):
        return Delayed(undone=harmless)
    return Refused(code)

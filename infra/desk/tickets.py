"""Tickets: what lets an app act for a short while after somebody did something.

A trigger opens one view within three seconds; it is kept in memory, for it would not outlive a
restart anyway. A response URL posts up to five times within half an hour and is kept on disk.
Both go by real time: whoever turns the clock of a demo takes no moment from the app.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from threading import Lock

from infra.desk.errors import SlackError
from infra.desk.ledger import Ledger

TRIGGER_LASTS = timedelta(seconds=3)
RESPONSE_LASTS = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass(frozen=True, slots=True)
class Trigger:
    """Who did something and when; ``used`` once a view was opened with it."""

    person: str
    issued: datetime
    used: bool = False


class Triggers:
    """The trigger ids of a workspace."""

    def __init__(self, team_id: str, now: Callable[[], datetime]) -> None:
        """Issue them by the clock ``now``."""
        self._team_id, self._now = team_id, now
        self._issued: dict[str, Trigger] = {}
        self._serial, self._turn = count(1), Lock()

    def issue(self, person: str) -> str:
        """A new trigger id, later in order than all before."""
        micros = round(self._now().timestamp() * 1_000_000)
        with self._turn:
            name = f"{micros}{next(self._serial):06d}.{self._team_id}.{secrets.token_hex(8)}"
            self._issued[name] = Trigger(person, self._now())
            return name

    def use(self, name: str) -> str:
        """Spend a trigger.

        Returns:
            Whose it is.

        Raises:
            SlackError: invalid_trigger_id, expired_trigger_id, exchanged_trigger_id.
        """
        with self._turn:
            found = self._issued.get(name)
            if found is None:
                raise SlackError("invalid_trigger_id")
            if found.used:
                raise SlackError("exchanged_trigger_id")
            if self._now() - found.issued > TRIGGER_LASTS:
                raise SlackError("expired_trigger_id")
            self._issued[name] = Trigger(found.person, found.issued, used=True)
            return found.person


@dataclass(frozen=True, slots=True)
class Response:
    """What a response URL is about: who acted, where, and on which message (None: a command)."""

    person: str
    channel: str
    ts: str | None


class ResponseUrls:
    """The response URLs of a workspace."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        """Keep them in ``ledger``, issue them by the clock ``now``."""
        self._ledger, self._now = ledger, now

    def issue(self, about: Response) -> str:
        """The secret last part of a new URL."""
        token = secrets.token_urlsafe(18)
        expires = (self._now() + RESPONSE_LASTS).timestamp()
        with self._ledger.writing() as at:
            at.execute(
                "INSERT INTO response_urls VALUES (?, ?, ?, ?, ?, 0)",
                (token, about.person, about.channel, about.ts, expires),
            )
        return token

    def use(self, token: str) -> Response:
        """Spend one use.

        Raises:
            SlackError: expired_url, used_url.
        """
        with self._ledger.writing() as at:
            row = at.execute(
                """UPDATE response_urls SET uses = uses + 1 WHERE token = ?
                RETURNING person, channel, ts, expires, uses""",
                (token,),
            ).fetchone()
            if row is None or self._now().timestamp() > row[3]:
                raise SlackError("expired_url")
            if row[4] > RESPONSE_USES:
                raise SlackError("used_url")
            return Response(*row[:3])

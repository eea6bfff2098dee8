"""The only place that names concrete adapters: from settings to a desk that works."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from functools import cache, lru_cache

from opendata.adapters.secrets import secret
from opendata.desk.context import Desk, Terms
from opendata.desk.ports import Clock, Store
from opendata.desk.pulling import Inbox
from opendata.settings import Settings

SECRETS_KEPT_SECONDS = 300


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)


_clock: list[Clock] = [now]


def use(clock: Clock) -> None:
    """Let the desk of this process go by another clock; signatures keep to the real one."""
    forget()
    _clock[:] = [clock]


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_env(os.environ)


@cache
def desk() -> Desk:
    """The desk of this process."""
    return make_desk(settings(), _clock[0])


def make_desk(given: Settings, clock: Clock = now) -> Desk:
    """A desk over the store that the settings name."""
    terms = Terms(
        days=given.days,
        platform_days=given.platform_days,
        mode=given.mode,
        half_closes=given.half_closes,
    )
    announcer = None
    if given.reply_webhook_url:
        # Few processes announce anything.
        from opendata.adapters.reply_webhook import ReplyWebhook  # noqa: PLC0415

        announcer = ReplyWebhook(given.reply_webhook_url, given.reply_webhook_secret)
    return Desk(_store(given, clock), clock, terms, announcer=announcer)


def _store(given: Settings, clock: Clock) -> Store:
    # Each store's library takes long to import, and a process needs one of them.
    if given.table:
        from opendata.adapters.dynamodb import DynamoStore  # noqa: PLC0415

        return DynamoStore(given.table, now=clock)
    from opendata.adapters.sqlite import SqliteStore  # noqa: PLC0415

    given.data.mkdir(parents=True, exist_ok=True)
    return SqliteStore(given.data / "desk.sqlite", now=clock)


def inbox(place: str, clock: Clock = now) -> Inbox:
    """The inbox that a setting names."""
    from opendata.adapters.inboxes import inbox_at  # noqa: PLC0415  # few processes have one

    return inbox_at(place, clock)


def webhook_secrets() -> tuple[str, ...]:
    """The secrets that sign webhooks, several at once while they are rotated.

    Read anew every five minutes: a warm process learns of a rotation too.
    """
    period = int(time.monotonic() // SECRETS_KEPT_SECONDS)
    return _webhook_secrets(settings().webhook_secrets, period)


@lru_cache(maxsize=1)
def _webhook_secrets(value: str, _period: int) -> tuple[str, ...]:
    return tuple(secret(value).split())


@cache
def slack_signing_secret() -> str:
    """What proves that a request comes from Slack."""
    return secret(settings().slack_signing_secret)


@cache
def slack_bot_token() -> str:
    """What lets us speak in Slack."""
    return secret(settings().slack_bot_token)


def forget() -> None:
    """Read everything anew at the next use; for a process that changes its environment.

    The desk goes by the real clock again.
    """
    _clock[:] = [now]
    for made in (settings, desk, _webhook_secrets, slack_signing_secret, slack_bot_token):
        made.cache_clear()

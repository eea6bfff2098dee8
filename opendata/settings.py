"""Every setting, read once from the environment. What is made of them stands in ``wiring``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from opendata.rules.deadline import Mode

SLACK_API_URL = "https://slack.com/api/"
CATALOGUE_URL = "https://data.gov.tw/api/front/dataset/export?format=csv"


class SettingsError(Exception):
    """A variable is missing or cannot be read; names the variable, never a secret's value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this desk runs.

    Attributes:
        data: the folder of the embedded store (``OPENDATA_DATA``).
        table: the DynamoDB table; given, it is used in place of the folder (``OPENDATA_TABLE``).
        webhook_secrets: ``whsec_…``, separated by spaces (``OPENDATA_WEBHOOK_SECRETS``).
        slack_signing_secret: ``OPENDATA_SLACK_SIGNING_SECRET``.
        slack_bot_token: ``OPENDATA_SLACK_BOT_TOKEN``.
        slack_app_token: opens the socket of ``serve --slack`` (``OPENDATA_SLACK_APP_TOKEN``).
        slack_team_id: the only workspace whose requests are taken; empty: every one that signs
            (``OPENDATA_SLACK_TEAM_ID``).
        slack_api_url: ends with a slash (``OPENDATA_SLACK_API_URL``).
        days, platform_days: the two promises in days (``OPENDATA_DAYS``, 7, and
            ``OPENDATA_PLATFORM_DAYS``, 14).
        mode: ``calendar`` or ``working`` days of the ministry's promise (``OPENDATA_DAY_MODE``).
        half_closes: whether 停止上班 of half a day makes a day off (``OPENDATA_HALF_DAY``, ``open``
            or ``closed``).
        catalogue_url: where the platform's list of datasets lies (``OPENDATA_CATALOGUE_URL``);
            an address, or a path on this machine.
        inbox: where exported lists of feedback are dropped (``OPENDATA_INBOX``); a folder, or
            ``s3://bucket/prefix``; empty: see ``inbox_place``.
        slack_charts: whether Slack is asked to draw charts (``OPENDATA_SLACK_CHARTS``, ``native``
            or ``text``).
        reply_webhook_url: where ``reply.approved`` is posted (``OPENDATA_REPLY_WEBHOOK_URL``);
            https, or this machine; empty: nowhere.
        reply_webhook_secret: the ``whsec_…`` that signs it (``OPENDATA_REPLY_WEBHOOK_SECRET``).

    On AWS the four secrets hold ARNs of Secrets Manager.
    """

    data: Path = Path(".opendata")
    table: str | None = None
    webhook_secrets: str = ""
    slack_signing_secret: str = ""
    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_team_id: str = ""
    slack_api_url: str = SLACK_API_URL
    days: int = 7
    platform_days: int = 14
    mode: Mode = Mode.CALENDAR
    half_closes: bool = False
    catalogue_url: str = CATALOGUE_URL
    inbox: str = ""
    slack_charts: bool = True
    reply_webhook_url: str = ""
    reply_webhook_secret: str = ""

    @property
    def inbox_place(self) -> str:
        """Where lists are dropped: as set, else on one machine in the desk's own folder."""
        if self.inbox or self.table:
            return self.inbox
        return str(self.data / "inbox")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read ``OPENDATA_*``.

        Raises:
            SettingsError: a value that cannot be.
        """
        api_url = env.get("OPENDATA_SLACK_API_URL") or SLACK_API_URL
        mode = env.get("OPENDATA_DAY_MODE") or Mode.CALENDAR.value
        if mode not in set(Mode):
            raise SettingsError(f"OPENDATA_DAY_MODE is {' or '.join(Mode)}, not {mode}")
        half = env.get("OPENDATA_HALF_DAY") or "open"
        if half not in ("open", "closed"):
            raise SettingsError(f"OPENDATA_HALF_DAY is open or closed, not {half}")
        charts = env.get("OPENDATA_SLACK_CHARTS") or "native"
        if charts not in ("native", "text"):
            raise SettingsError(f"OPENDATA_SLACK_CHARTS is native or text, not {charts}")
        return cls(
            data=Path(env.get("OPENDATA_DATA") or ".opendata"),
            table=env.get("OPENDATA_TABLE") or None,
            webhook_secrets=env.get("OPENDATA_WEBHOOK_SECRETS", ""),
            slack_signing_secret=env.get("OPENDATA_SLACK_SIGNING_SECRET", ""),
            slack_bot_token=env.get("OPENDATA_SLACK_BOT_TOKEN", ""),
            slack_app_token=env.get("OPENDATA_SLACK_APP_TOKEN", ""),
            slack_team_id=env.get("OPENDATA_SLACK_TEAM_ID", ""),
            slack_api_url=api_url if api_url.endswith("/") else f"{api_url}/",
            days=_days(env, "OPENDATA_DAYS", 7),
            platform_days=_days(env, "OPENDATA_PLATFORM_DAYS", 14),
            mode=Mode(mode),
            half_closes=half == "closed",
            catalogue_url=env.get("OPENDATA_CATALOGUE_URL") or CATALOGUE_URL,
            inbox=env.get("OPENDATA_INBOX", ""),
            slack_charts=charts == "native",
            reply_webhook_url=_webhook_url(env),
            reply_webhook_secret=env.get("OPENDATA_REPLY_WEBHOOK_SECRET", ""),
        )


def _webhook_url(env: Mapping[str, str]) -> str:
    told = env.get("OPENDATA_REPLY_WEBHOOK_URL", "")
    if not told:
        return ""
    parts = urlsplit(told)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (here or (parts.scheme == "https" and parts.hostname)):
        raise SettingsError("OPENDATA_REPLY_WEBHOOK_URL begins with https://")
    if not env.get("OPENDATA_REPLY_WEBHOOK_SECRET"):
        raise SettingsError("OPENDATA_REPLY_WEBHOOK_SECRET is missing")
    return told


def _days(env: Mapping[str, str], name: str, usual: int) -> int:
    told = env.get(name) or str(usual)
    if not told.isdecimal() or not 1 <= int(told) <= 366:
        raise SettingsError(f"{name} is a number of days from 1 to 366, not {told}")
    return int(told)

"""The local desk's own secrets: made up at its first start, kept in its folder."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from opendata.adapters.standard_webhooks import keys_of, new_secret
from opendata.settings import Settings, SettingsError

FILE = "secrets.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """What webhooks and Slack's requests are signed with, and the bot's token."""

    webhook_secrets: str = ""
    slack_signing_secret: str = ""
    slack_bot_token: str = ""


def local_keys(data: Path) -> Keys:
    """The keys of a local desk; empty ones if none has started in this folder.

    Raises:
        SettingsError: the file holds something else.
    """
    file = data / FILE
    if not file.exists():
        return Keys()
    try:
        return Keys(**json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        # Neither the reason nor the traceback: they might quote a secret.
        raise SettingsError(f"{file}: not the keys of a local desk") from None


def keep_keys(data: Path, random: Callable[[int], bytes] = secrets.token_bytes) -> Keys:
    """The keys of a local desk, made now if this is its first start."""
    known = local_keys(data)
    if known.webhook_secrets:
        return known
    made = Keys(new_secret(random), random(16).hex(), f"xoxb-local-{random(12).hex()}")
    data.mkdir(parents=True, exist_ok=True)
    # Only this user reads it, and a start that is cut off leaves no half file.
    half = data / f"{FILE}.new"
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(made), file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(data / FILE)
    return made


def with_keys(settings: Settings) -> Settings:
    """The settings, with the local desk's keys where the environment gives none.

    Raises:
        SettingsError: the folder's keys cannot be read.
        MalformedSecretError: the environment's secret for webhooks is none.
    """
    kept = keep_keys(settings.data)
    keys_of(settings.webhook_secrets.split())
    return replace(
        settings,
        webhook_secrets=settings.webhook_secrets or kept.webhook_secrets,
        slack_signing_secret=settings.slack_signing_secret or kept.slack_signing_secret,
        slack_bot_token=settings.slack_bot_token or kept.slack_bot_token,
    )

"""What tests of every folder are given: a fresh ministry, alone or behind the Lambda handlers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import functions.deliver
import functions.slack
from opendata import wiring
from tests.slack import Replies, Workspace, listening
from tests.world import World, lay

# Machines are noisy: a slow example proves nothing.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A ministry on a fresh store, on a Monday at ten in Taipei."""
    made = World.make(tmp_path)
    yield made
    made.close()


@pytest.fixture
def heard() -> list[tuple[str, dict[str, object]]]:
    """What Slack is told over HTTP: method and arguments."""
    return []


@pytest.fixture
def replies() -> Replies:
    """What Slack answers over HTTP where it says more than ok; tests put in what they need."""
    return {}


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard, replies) -> Iterator[World]:
    """The ministry that the Lambda handlers serve, at the real time, beside a Slack over HTTP."""
    with listening(heard, replies) as url:
        told = {
            "DATA": str(tmp_path),
            "WEBHOOK_SECRETS": WEBHOOK_SECRET,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_BOT_TOKEN": "xoxb-test",
            "SLACK_API_URL": url,
        }
        for name, value in told.items():
            monkeypatch.setenv(f"OPENDATA_{name}", value)
        _forget()
        made = World(lay(tmp_path), wiring.now, wiring.desk())
        yield made
        made.close()
        _forget()


@pytest.fixture
def slack(deployed: World, heard) -> Workspace:
    """The workspace of the deployed ministry."""
    url = wiring.settings().slack_api_url
    return Workspace(functions.slack.handler, SIGNING_SECRET, url, heard)


def _forget() -> None:
    wiring.forget()
    functions.slack.app.cache_clear()
    functions.deliver.client.cache_clear()

"""The Slack that the local desk plays: the roster's people and channels, and its page.

How it plays stands in ``infra.desk``, which knows nothing of the desk.
"""

from __future__ import annotations

import contextlib
import time

from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route

from infra import slack_seed
from infra.desk.acts import StartOver
from infra.desk.app import create_app
from infra.desk.clock import Clock
from infra.desk.interactions import Send
from infra.desk.workspace import Workspace
from infra.manifest import SCOPES
from opendata import wiring
from opendata.desk.context import Desk
from opendata.rules.errors import DeskError
from opendata.settings import Settings

TEAM_ID = "T00DESK"
ROSTER_SECONDS = 1.0


def workspace(desk: Desk, settings: Settings, url: str) -> Workspace:
    """The workspace, in the desk's folder; ``url`` is the desk's own address."""
    return Workspace(
        settings.data / "slack.sqlite",
        team_id=TEAM_ID,
        people=slack_seed.people(desk.directory()),
        channels=slack_seed.channels(desk.directory()),
        bot=slack_seed.BOT,
        scopes=SCOPES,
        signing_secret=settings.slack_signing_secret,
        bot_token=settings.slack_bot_token,
        url=f"{url}/desk/",
        now=desk.now,
        real=wiring.now,
    )


def page(
    played: Workspace, send: Send, anew: StartOver | None, clock: Clock | None
) -> list[BaseRoute]:
    """The routes under ``/desk/``; ``anew`` begins a demo anew, ``clock`` is a demo's."""

    async def to_page(_: object) -> RedirectResponse:
        return RedirectResponse("/desk/")

    app = create_app(played, send, start_over=anew, clock=clock)
    return [Route("/desk", to_page), Mount("/desk", app)]


def follow_roster(desk: Desk, workspace: Workspace) -> None:
    """Let the page know people and channels that are imported while it is open."""
    known = desk.directory()
    while True:
        time.sleep(ROSTER_SECONDS)
        with contextlib.suppress(DeskError):
            if (directory := desk.directory()) is not known:
                known = directory
                workspace.admit(slack_seed.people(known), slack_seed.channels(known))

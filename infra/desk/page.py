"""What the page is told: what a person sees now, and what has changed; acting is in ``acts``.

The page holds no truth: it shows what ``state`` says and asks again when ``changes`` says so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.desk.acts import Acts
from infra.desk.seed import BROADCASTER
from infra.desk.workspace import Workspace

Json = dict[str, Any]

HOME = "home"
FEWEST, MOST = 50, 2000
LONGEST_COUNT = 6
NOTICES = 40
LOOK_EVERY = 0.1
"""Seconds between two looks at whether anything changed."""
STREAM_LASTS = 25.0
"""Seconds until a stream of changes ends, so that a server that stops need not wait for long."""


class Page:
    """The page's own interface, for whoever sits before it."""

    def __init__(self, workspace: Workspace, acts: Acts) -> None:
        """Show a workspace, and offer what can be done in it."""
        self._workspace, self._acts = workspace, acts

    def routes(self) -> list[Route]:
        """The routes, below the stand-in's own address."""
        return [
            Route("/page/state", self._state, methods=["GET"]),
            Route("/page/changes", self._changes, methods=["GET"]),
            Route("/page/act/{act}", self._acts.endpoint, methods=["POST"]),
        ]

    # -- what there is to see -------------------------------------------------------------------

    async def _state(self, request: Request) -> Response:
        asked = request.query_params
        count = asked.get("count", "")
        known = count.isdecimal() and len(count) <= LONGEST_COUNT
        limit = min(max(int(count), FEWEST), MOST) if known else FEWEST
        state = self.state(asked.get("as", ""), asked.get("place", ""), limit)
        return JSONResponse(state, headers={"cache-control": "no-store"})

    def state(self, person: str, place: str, limit: int = FEWEST) -> Json:
        """Everything a person sees.

        Args:
            person: a user id; whoever is not there becomes the first person of the seed.
            place: a channel's id, ``dm`` for the direct messages with the app, or ``home``;
                where the person is not, the first place takes its stead.
            limit: how many of the newest messages.
        """
        workspace = self._workspace
        here = {one.id: one for one in workspace.people.values() if not one.deleted}
        me = here.get(person) or next(iter(here.values()))
        revision = workspace.revision
        places = self._places(me.id)
        if place not in {HOME, *(one["id"] for one in places)}:
            place = places[0]["id"]
        shown = self._shown(me.id, place, limit + 1)
        return {
            "revision": revision,
            "team": workspace.team_name,
            "bot": {"id": workspace.bot.id, "name": workspace.bot.name},
            "me": asdict(me),
            "people": [asdict(one) for one in here.values()],
            "names": self._names(),
            "place": place,
            "places": places,
            "messages": shown[-limit:],
            "more": len(shown) > limit,
            "modals": workspace.views.stack(me.id),
            "home": workspace.views.home(me.id),
            "notices": self._notices(me.id),
            "faults": workspace.faults.told(),
            "counts": workspace.faults.counts(),
            "can_start_over": self._acts.can_start_over,
            "clock": self._acts.clock and self._acts.clock.told(),
        }

    def _shown(self, person: str, place: str, limit: int) -> list[Json]:
        direct = self._workspace.opened_direct(person)
        channel = (direct.id if direct else "") if place == "dm" else place
        return self._workspace.messages.shown_to(person, channel, limit)

    def _names(self) -> dict[str, str]:
        """What mentions are shown as: people, the app, Slack itself, public channels."""
        workspace = self._workspace
        channels = {one.id: one.name for one in workspace.channels.values() if not one.private}
        people = {one.id: one.name for one in workspace.people.values()}
        return {**channels, **people, workspace.bot.id: workspace.bot.name, BROADCASTER: "Slackbot"}

    def _places(self, person: str) -> list[Json]:
        messages = self._workspace.messages
        channels = [
            {
                "id": one.id,
                "name": one.name,
                "private": one.channel.private if one.channel else False,
                "members": list(one.people),
                "unseen": messages.unseen(person, one.id),
            }
            for one in self._workspace.conversations_of(person)
        ]
        direct = self._workspace.opened_direct(person)
        unseen = messages.unseen(person, direct.id) if direct else 0
        return [*channels, {"id": "dm", "name": self._workspace.bot.name, "unseen": unseen}]

    def _notices(self, person: str) -> list[Json]:
        """The newest notification texts that reached a person, wherever they stand."""
        places = [(one.id, one.id) for one in self._workspace.conversations_of(person)]
        direct = self._workspace.opened_direct(person)
        places += [(direct.id, "dm")] if direct else []
        told = [
            {"place": name, "ts": one["message"]["ts"], "text": one["message"].get("text", "")}
            for channel, name in places
            for one in self._workspace.messages.shown_to(person, channel, NOTICES)
            if one["message"].get("bot_id")
        ]
        return sorted(told, key=lambda one: str(one["ts"]), reverse=True)[:NOTICES]

    async def _changes(self, _: Request) -> Response:
        return StreamingResponse(
            self._revisions(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _revisions(self) -> AsyncIterator[str]:
        """The revision, at first and whenever it goes up, as Server-Sent Events; so the clock."""
        told, mark, clock = -1, None, self._acts.clock
        yield "retry: 500\n\n"
        for _ in range(round(STREAM_LASTS / LOOK_EVERY)):
            if clock and clock.mark != mark:
                mark = clock.mark
                yield f"event: clock\ndata: {json.dumps(clock.told())}\n\n"
            if self._workspace.revision != told:
                told = self._workspace.revision
                yield f"data: {json.dumps({'revision': told})}\n\n"
            await asyncio.sleep(LOOK_EVERY)

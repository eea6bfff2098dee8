"""What the page asks the stand-in: what a person sees now, what has changed, and to act for them.

The page holds no truth: it shows what ``state`` says and asks again when ``changes`` says so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.desk.errors import SlackError
from infra.desk.interactions import Interactions, Outcome
from infra.desk.payloads import Press
from infra.desk.seed import BROADCASTER
from infra.desk.workspace import Conversation, Workspace

Json = dict[str, Any]
Act = Callable[[Json, str], Awaitable[Outcome]]

HOME = "home"
FEWEST, MOST = 50, 2000
NOTICES = 40
LOOK_EVERY = 0.1
"""Seconds between two looks at whether anything changed."""
STREAM_LASTS = 25.0
"""Seconds until a stream of changes ends, so that a server that stops need not wait for long."""


class Page:
    """The page's own interface, for whoever sits before it."""

    def __init__(self, workspace: Workspace, interactions: Interactions) -> None:
        """Show a workspace and act in it."""
        self._workspace, self._do = workspace, interactions
        self._acts: dict[str, Act] = {
            "type": self._type,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "see": self._see,
            "dismiss": self._dismiss,
        }

    def routes(self) -> list[Route]:
        """The routes, below the stand-in's own address."""
        return [
            Route("/page/state", self._state, methods=["GET"]),
            Route("/page/changes", self._changes, methods=["GET"]),
            Route("/page/act/{act}", self._act, methods=["POST"]),
        ]

    # -- what there is to see -------------------------------------------------------------------

    async def _state(self, request: Request) -> Response:
        asked = request.query_params
        count = asked.get("count", "")
        limit = min(max(int(count), FEWEST), MOST) if count.isdecimal() else FEWEST
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
        """The revision, at first and whenever it goes up, as Server-Sent Events."""
        told = -1
        yield "retry: 500\n\n"
        for _ in range(round(STREAM_LASTS / LOOK_EVERY)):
            if self._workspace.revision != told:
                told = self._workspace.revision
                yield f"data: {json.dumps({'revision': told})}\n\n"
            await asyncio.sleep(LOOK_EVERY)

    # -- what a person does ---------------------------------------------------------------------

    async def _act(self, request: Request) -> Response:
        act = self._acts.get(request.path_params["act"])
        # Another site's page can post to this one, but not with this content type.
        if act is None or request.headers.get("content-type") != "application/json":
            return JSONResponse({"error": "not_found"}, status_code=404)
        try:
            outcome = await act(await request.json(), _base(request))
        except SlackError as refused:
            return JSONResponse({"error": refused.code}, status_code=409)
        return JSONResponse(asdict(outcome))

    def _at(self, asked: Json) -> tuple[str, Conversation]:
        person = str(asked["as"])
        return person, self._workspace.for_person(person, asked["place"])

    async def _type(self, asked: Json, base: str) -> Outcome:
        return await self._do.type(*self._at(asked), str(asked["text"]), base)

    async def _press(self, asked: Json, base: str) -> Outcome:
        press = Press(
            asked["block_id"], asked["action_id"], asked.get("given"), asked.get("values", {})
        )
        if asked.get("view_id"):
            return await self._do.press_in_view(asked["as"], asked["view_id"], press)
        person, place = self._at(asked)
        return await self._do.press_in_message(person, place, asked["ts"], press, base)

    async def _submit(self, asked: Json, _: str) -> Outcome:
        return await self._do.submit(asked["as"], asked["view_id"], asked.get("values", {}))

    async def _close(self, asked: Json, _: str) -> Outcome:
        everything = bool(asked.get("everything"))
        return await self._do.close(asked["as"], asked["view_id"], everything=everything)

    async def _home(self, asked: Json, _: str) -> Outcome:
        return await self._do.open_home(asked["as"])

    async def _see(self, asked: Json, _: str) -> Outcome:
        person, place = self._at(asked)
        self._workspace.messages.see(person, place.id, str(asked["ts"]))
        return Outcome()

    async def _dismiss(self, asked: Json, _: str) -> Outcome:
        person, place = self._at(asked)
        self._workspace.messages.dismiss(place.id, str(asked["ts"]), person)
        return Outcome()


def _base(request: Request) -> str:
    """The stand-in's own address, wherever it is mounted; Starlette's base_url leaves that out."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}/"

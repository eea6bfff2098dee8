"""A small workspace of the stand-in, and the stand-in served on this machine, for its tests."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope
from starlette.types import Send as Write

from infra.desk.app import create_app
from infra.desk.interactions import Interactions, Send, SlackAnswer, SlackRequest
from infra.desk.payloads import Press
from infra.desk.seed import BotUser, Channel, SlackUser
from infra.desk.workspace import Workspace

Json = dict[str, Any]

BASE = "http://127.0.0.1:8000/desk/"
SCOPES = [
    *(f"{one}:{what}" for one in ("channels", "groups", "im") for what in ("history", "read")),
    *("chat:write", "commands", "files:read", "files:write", "im:write", "users:read"),
]
SECRET, TOKEN = "signing-secret", "xoxb-standin"
BOT = BotUser("U0BOT", "B0BOT", "資料開放")
OFFICER, CIO, OUTSIDER, LEFT = "U01OFFICER", "U02CIO", "U03OUT", "U04LEFT"
OPEN, SECRETIVE, FOREIGN, FOREIGN_SECRET, OLD = "C01", "C02", "C03", "C04", "C05"
PEOPLE = [
    SlackUser(OFFICER, "林怡君", "承辦人"),
    SlackUser(CIO, "周明德", "資訊長"),
    SlackUser(OUTSIDER, "Alex", locale="en-US", guest=True),
    SlackUser(LEFT, "離職者", deleted=True),
]
CHANNELS = [
    Channel(OPEN, "資料開放", members=(OFFICER, CIO)),
    Channel(SECRETIVE, "資訊處", private=True, members=(CIO,)),
    Channel(FOREIGN, "閒聊", members=(OFFICER, OUTSIDER), bot_member=False),
    Channel(FOREIGN_SECRET, "人事", private=True, members=(CIO,), bot_member=False),
    Channel(OLD, "舊專案", members=(OFFICER,), archived=True),
]


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 2, 11, 6, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


def real_clock() -> datetime:
    """For the real Bolt, which compares the signature's time with its own."""
    return datetime.now(UTC)


def workspace(
    folder: Path, now: Any, scopes: Iterable[str] = SCOPES, real: Any = None
) -> Workspace:
    folder.mkdir(exist_ok=True)
    return Workspace(
        folder / "slack.sqlite",
        team_id="T0DESK",
        people=PEOPLE,
        channels=CHANNELS,
        bot=BOT,
        scopes=scopes,
        signing_secret=SECRET,
        bot_token=TOKEN,
        url=BASE,
        now=now,
        real=real,
    )


class App:
    """An app that answers what the test tells it to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[SlackRequest] = []
        self.answer = SlackAnswer(200)

    async def __call__(self, request: SlackRequest) -> SlackAnswer:
        self.asked.append(request)
        return self.answer


class Hand:
    """Somebody before the page, one act after the other."""

    def __init__(self, space, app, **more):
        self.space, self.app = space, app
        self.do = Interactions(space, app, **more)

    def type(self, text, place=OPEN, person=OFFICER):
        where = self.space.for_person(person, place)
        return asyncio.run(self.do.type(person, where, text))

    def press(self, ts, block_id, action_id, given=None, values=None, person=OFFICER):
        where = self.space.for_person(person, OPEN)
        press = Press(block_id, action_id, given, values or {})
        return asyncio.run(self.do.press_in_message(person, where, ts, press))

    def press_view(self, view, block_id, action_id, given=None, values=None):
        press = Press(block_id, action_id, given, values or {})
        return asyncio.run(self.do.press_in_view(OFFICER, view["id"], press))

    def submit(self, view, values=None):
        return asyncio.run(self.do.submit(OFFICER, view["id"], values or {}))

    def close(self, view, *, everything=False):
        return asyncio.run(self.do.close(OFFICER, view["id"], everything=everything))

    def payload(self):
        """What the app was told last."""
        return json.loads(parse_qs(self.app.asked[-1].body.decode())["payload"][0])


def answer(told) -> SlackAnswer:
    return SlackAnswer(200, json.dumps(told).encode())


class Server:
    """One server for many tests: each puts its own workspace behind the same address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._app: ASGIApp = Starlette()

    def play(self, space: Workspace, send: Send, **options: Any) -> str:
        space.url = self.url
        self._app = Starlette(routes=[Mount("/desk", create_app(space, send, **options))])
        return self.url

    async def __call__(self, scope: Scope, receive: Receive, send: Write) -> None:
        await self._app(scope, receive, send)


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port, under whose ``/desk/`` the stand-in is played."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Server(f"http://127.0.0.1:{listening.getsockname()[1]}/desk/")
        config = uvicorn.Config(made, log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield made
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


# -- blocks -----------------------------------------------------------------------------------


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action: str = "claim", **more: Any) -> Json:
    return {"type": "button", "text": plain("認領"), "action_id": action, **more}


def actions(*elements: Json, block_id: str = "acts") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def options(*values: str) -> list[Json]:
    return [{"text": plain(f"選項{value}"), "value": value} for value in values]


def field(block_id: str, element: Json, **more: Any) -> Json:
    label = plain(block_id)
    return {
        "type": "input",
        "block_id": block_id,
        "label": label,
        "element": {"action_id": "v", **element},
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("擬具回復"),
        "submit": plain("送出"),
        "callback_id": "draft",
        "blocks": list(blocks) or [section("內容")],
        **more,
    }

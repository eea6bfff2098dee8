"""Slack's side of Socket Mode: it hands out addresses of sockets, and speaks in envelopes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from queue import SimpleQueue
from threading import Thread
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.slack import Json, Reply, Workspace

# A client that does not answer within Slack's three seconds has not answered.
ACK_SECONDS = 3.0
PATIENCE = 20.0


def _silent() -> logging.Logger:
    """So that what tests find in the log is the desk's own."""
    logger = logging.getLogger(__name__)
    logger.disabled = True
    return logger


class Sockets:
    """Takes the sockets of an app; the newest is the one that is spoken through."""

    def __init__(self) -> None:
        self.opened: SimpleQueue[ServerConnection] = SimpleQueue()
        self.acks: SimpleQueue[Json] = SimpleQueue()
        self.server: Server = serve(self._greet, "127.0.0.1", 0, logger=_silent())
        self.newest: ServerConnection | None = None
        self._numbers = count(1)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.socket.getsockname()[1]}/link/?ticket=1&app_id=A0"

    def _greet(self, socket: ServerConnection) -> None:
        socket.send(json.dumps({"type": "hello", "num_connections": 1}))
        self.opened.put(socket)
        try:
            for told in socket:
                self.acks.put(json.loads(told))
        except ConnectionClosed:
            pass  # cut off by a test

    def wait(self) -> ServerConnection:
        """The next socket that the app opens."""
        self.newest = self.opened.get(timeout=PATIENCE)
        return self.newest

    def tell(self, **told: Any) -> None:
        """Something that takes no answer."""
        assert self.newest is not None
        self.newest.send(json.dumps(told))

    def ask(self, kind: str, payload: Json, envelope: str = "", **more: Any) -> Json:
        """Send an envelope; what it was acknowledged with.

        Slack reads an answer only out of the acknowledgement of what it says may have one.
        """
        name = envelope or f"E{next(self._numbers)}"
        may_answer = kind != "events_api"
        self.tell(
            envelope_id=name,
            type=kind,
            payload=payload,
            accepts_response_payload=may_answer,
            **more,
        )
        ack = self.acks.get(timeout=ACK_SECONDS)
        assert ack.pop("envelope_id") == name
        assert may_answer or "payload" not in ack
        return dict(ack.get("payload") or {})


@contextmanager
def sockets() -> Iterator[Sockets]:
    made = Sockets()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()


def opening(made: Sockets, token: str = "xapp-1-test") -> Any:
    """How ``apps.connections.open`` is answered."""

    def reply(given: str) -> Reply:
        right = given == token
        return Reply({"ok": True, "url": made.url} if right else refusal("invalid_auth"))

    return reply


def refusal(error: str) -> Json:
    return {"ok": False, "error": error}


class Socketed(Workspace):
    """The workspace of the tests, whose requests come down the socket."""

    def __init__(self, made: Sockets, url: str, heard: list[tuple[str, Json]], team: str) -> None:
        super().__init__(lambda *_: {}, "", url, heard)
        self._sockets, self._team = made, team

    def interact(self, **payload: Any) -> Json:
        self.heard.clear()
        return self._sockets.ask("interactive", {"team": {"id": self._team}, **payload})

    def commanded(self, told: Json) -> Json:
        self.heard.clear()
        return self._sockets.ask("slash_commands", {"team_id": self._team, **told})

    def happened(self, told: Json) -> None:
        self.heard.clear()
        self._sockets.ask("events_api", {"team_id": self._team, **told})

"""What stands in for Slack: its Web API in memory, and the same over HTTP on this machine.

Only what the desk calls is there. It keeps messages and views, gives back metadata, and fails as
a test tells it to, with the errors of the real client.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

Json = dict[str, Any]


class Lost(Exception):
    """The process died in the middle of a call."""


def refusal(error: str, status: int = 200, **headers: str) -> SlackApiError:
    """Slack says no, in the real client's words."""
    data = {"ok": False, "error": error}
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,
        headers={name.replace("_", "-"): told for name, told in headers.items()},
        status_code=status,
    )
    return SlackApiError("refused", response)


def rate_limited(seconds: int) -> SlackApiError:
    return refusal("ratelimited", 429, Retry_After=str(seconds))


@dataclass
class Told:
    """A message as Slack keeps it."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    metadata: Json

    @property
    def words(self) -> str:
        """Everything of it that can be read."""
        return json.dumps([self.text, self.blocks], ensure_ascii=False)

    @property
    def buttons(self) -> list[str]:
        elements = [one for block in self.blocks for one in block.get("elements", ())]
        return [one["action_id"] for one in elements if one["type"] == "button"]


@dataclass
class FakeSlack:
    """A workspace. ``trouble`` are errors, each raised instead of a call; ``lost`` after it."""

    messages: list[Told] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    trouble: deque[Exception] = field(default_factory=deque)
    lost: deque[Exception] = field(default_factory=deque)
    refuses: dict[str, str] = field(default_factory=dict)

    def api_call(
        self,
        method: str,
        *,
        http_verb: str = "POST",
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,  # the real client's word
    ) -> SlackResponse:
        told = dict(params or json or {})
        self.calls.append((method, told))
        if self.trouble:
            raise self.trouble.popleft()
        where = str(told.get("channel") or told.get("users", ""))
        if where in self.refuses:
            raise refusal(self.refuses[where])
        data = {"ok": True, **getattr(self, method.replace(".", "_"))(told)}
        if method == "chat.postMessage" and self.lost:
            raise self.lost.popleft()
        return SlackResponse(
            client=None, http_verb=http_verb, api_url=method, req_args={}, data=data,
            headers={}, status_code=200,
        )  # fmt: skip

    def conversations_open(self, told: Json) -> Json:
        return {"channel": {"id": f"D-{told['users']}"}}

    def conversations_history(self, told: Json) -> Json:
        found = [one for one in self.messages if one.channel == told["channel"]]
        kept = [{"ts": one.ts, "text": one.text, "metadata": one.metadata} for one in found]
        return {"messages": kept[::-1][: told["limit"]]}

    def chat_postMessage(self, told: Json) -> Json:  # noqa: N802  # Slack's own spelling
        ts = f"{len(self.messages) + 1}.000000"
        self.messages.append(
            Told(told["channel"], ts, told["text"], told["blocks"], told["metadata"])
        )
        return {"channel": told["channel"], "ts": ts}

    def chat_update(self, told: Json) -> Json:
        for message in self.messages:
            if (message.channel, message.ts) == (told["channel"], told["ts"]):
                message.text, message.blocks = told["text"], told["blocks"]
                return {"channel": message.channel, "ts": message.ts}
        raise refusal("message_not_found")

    def forget(self, ts: str) -> None:
        """Somebody deleted a message."""
        self.messages = [one for one in self.messages if one.ts != ts]

    # -- what tests look at

    def to(self, who: str) -> list[Told]:
        """The messages of a channel, or of a person's direct messages."""
        return [one for one in self.messages if one.channel in (who, f"D-{who}")]

    def count(self, method: str) -> int:
        return sum(1 for called, _ in self.calls if called == method)


@contextmanager
def listening() -> Iterator[tuple[str, list[tuple[str, Json]]]]:
    """A Slack over HTTP that says ok to everything: its address, and what it was told."""
    heard: list[tuple[str, Json]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0)).decode()
            is_json = "json" in self.headers.get("content-type", "")
            given = json.loads(body or "{}") if is_json else _form(body)
            heard.append((self.path.strip("/"), given))
            told = json.dumps({"ok": True, "view": {}}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _form(body: str) -> Json:
    told: Json = dict(parse_qsl(body))
    return {name: json.loads(v) if v.startswith("{") else v for name, v in told.items()}

"""What stands in for Slack: its Web API in memory, and the same over HTTP on this machine.

Only what the desk calls is there. It keeps messages and views, gives back metadata, and fails as
a test tells it to, with the errors of the real client.
"""

from __future__ import annotations

import base64
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import SlackResponse

from bot.delivery import deliver
from bot.face import Face
from infra.desk import web_api
from infra.desk.seed import BotUser, Channel, SlackUser
from infra.desk.workspace import Workspace as StandIn
from infra.manifest import SCOPES
from opendata.desk import tasks
from opendata.desk.outbox import TASKS
from tests.world import CHANNELS, PEOPLE, World

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


@dataclass(frozen=True)
class Reply:
    """What Slack answers over HTTP; a mapping goes out as JSON."""

    body: bytes | Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


# What is answered to a path, given the bearer token.
Replies = dict[str, Callable[[str], Reply]]


def _nothing(_method: str, _told: Json) -> None:
    """What happens around a call by default."""


@dataclass
class StandInClient:
    """The client that delivery is given, in front of the stand-in for Slack, without HTTP between.

    ``before`` and ``after`` are called around every call's effect, and may raise what the real
    client raises.
    """

    workspace: StandIn
    before: Callable[[str, Json], None] = _nothing
    after: Callable[[str, Json], None] = _nothing
    calls: list[str] = field(default_factory=list)

    def api_call(
        self,
        method: str,
        *,
        http_verb: str = "POST",
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,  # the real client's word
    ) -> SlackResponse:
        given = over_the_wire(params if json is None else json)
        self.calls.append(method)
        self.before(method, given)
        token = self.workspace.bot_token
        told = web_api.call(self.workspace, method, given, token)
        self.after(method, told)
        if not told["ok"]:
            raise refusal(told["error"])
        return SlackResponse(
            client=None, http_verb=http_verb, api_url=method, req_args={}, data=told,
            headers={}, status_code=200,
        )  # fmt: skip

    def messages(self) -> dict[tuple[str, str], Json]:
        """Every message there is, by channel and ts."""
        rows = self.workspace.ledger.read("SELECT channel, ts, data FROM messages ORDER BY ts")
        return {(channel, ts): json.loads(data) for channel, ts, data in rows}

    def to(self, who: str) -> list[Json]:
        """The messages of a channel, or of a person's direct messages, oldest first."""
        direct = self.workspace.opened_direct(who)
        place = direct.id if direct else who
        return [told for (channel, _), told in self.messages().items() if channel == place]


def over_the_wire(given: Mapping[str, Any] | None) -> Json:
    """What arrives of arguments at the other end."""
    arrived: Json = json.loads(json.dumps(dict(given or {})))
    return arrived


def stand_in(world: World, token: str = "xoxb-test") -> StandIn:
    """A workspace with the ministry's people and channels, at the ministry's time."""
    return StandIn(
        world.path.parent / "slack.sqlite",
        team_id="T0DESK",
        people=[SlackUser(one.id, one.name) for one in PEOPLE],
        channels=[Channel(id_, code) for code, id_ in CHANNELS.items()],
        bot=BotUser("U0BOT", "B0BOT", "資料開放"),
        scopes=SCOPES,
        signing_secret="",
        bot_token=token,
        url="",
        now=world.clock,
    )


@contextmanager
def listening(heard: list[tuple[str, Json]], replies: Replies | None = None) -> Iterator[str]:
    """A Slack over HTTP that keeps what it is told and says ok, unless told else; its address."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0)).decode()
            is_json = "json" in self.headers.get("content-type", "")
            given = json.loads(body or "{}") if is_json else _form(body)
            heard.append((self.path.strip("/"), given))
            self._answer({"ok": True, "ts": "1.0", "channel": {"id": "D1"}})

        def do_GET(self) -> None:
            heard.append((self.path.strip("/"), {}))
            self._answer({"ok": True})

        def _answer(self, usual: Json) -> None:
            token = self.headers.get("authorization", "").removeprefix("Bearer ")
            reply = (replies or {}).get(self.path.strip("/"), lambda _: Reply(usual))(token)
            is_raw = isinstance(reply.body, bytes)
            told = reply.body if is_raw else json.dumps(reply.body).encode()
            kind = "text/plain" if is_raw else "application/json"
            self.send_response(reply.status)
            for name, value in {"content-type": kind, **reply.headers}.items():
                self.send_header(name, value)
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
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _form(body: str) -> Json:
    told: Json = dict(parse_qsl(body))
    return {name: json.loads(v) if v.startswith("{") else v for name, v in told.items()}


class Workspace:
    """Slack as it speaks to the desk: signed requests, through the handler that runs on Lambda.

    ``heard`` is what the desk said in return, beside the answers: Web API calls and ephemeral
    messages (``respond``).
    """

    def __init__(
        self,
        handler: Callable[[Json, Any], Json],
        secret: str,
        url: str,
        heard: list[tuple[str, Json]],
    ) -> None:
        self.heard = heard
        self._handler, self._secret, self._url = handler, secret, url

    def send(self, body: str, *, age: int = 0, **headers: str) -> Json:
        """A request as API Gateway hands it on; ``headers`` replace those of Slack."""
        stamp = str(int(time.time()) - age)
        signature = SignatureVerifier(self._secret).generate_signature(timestamp=stamp, body=body)
        signed = {
            "content-type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
        }
        given = {name.replace("_", "-"): told for name, told in headers.items()}
        kept = {name: told for name, told in signed.items() if name.lower() not in given}
        encoded = base64.b64encode(body.encode()).decode()
        event = {"headers": {**kept, **given}, "body": encoded, "isBase64Encoded": True}
        return self._handler(event, None)

    def told(self, body: str) -> Json:
        """What the desk answers in its 200."""
        self.heard.clear()
        answer = self.send(body)
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"] or "{}")

    def interact(self, **payload: Any) -> Json:
        return self.told(urlencode({"payload": json.dumps(payload)}))

    def press(
        self, who: str, action: str, value: str, view: Json | None = None, **more: Any
    ) -> Json:
        """A button in a message, or in a modal."""
        place = {"view": view} if view else {"response_url": f"{self._url}respond"}
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value, **more}
        return self.interact(
            type="block_actions", user={"id": who}, trigger_id="1.2", actions=[pressed], **place
        )

    def submit(self, who: str, view: Json, **filled: Any) -> Json:
        """A modal, with these fields filled in and the others as they were shown."""
        state = {"values": {block["block_id"]: _filled(block, filled) for block in inputs(view)}}
        return self.interact(
            type="view_submission",
            user={"id": who},
            trigger_id="1.2",
            view={"type": "modal", **view, "state": state},
        )

    def command(self, who: str, text: str = "") -> Json:
        told = {"command": "/opendata", "text": text, "user_id": who, "trigger_id": "1.2"}
        return self.commanded(told)

    def commanded(self, told: Json) -> Json:
        return self.told(urlencode(told, quote_via=quote))

    def home(self, who: str) -> Json:
        """The view that App Home shows after it was opened."""
        event = {"type": "app_home_opened", "user": who, "tab": "home"}
        self.happened({"type": "event_callback", "event": event})
        return self.shown("views.publish")

    def happened(self, told: Json) -> None:
        self.heard.clear()
        answer = self.send(json.dumps(told), content_type="application/json")
        assert answer["statusCode"] == 200, answer

    # -- what came back beside the answer

    def shown(self, method: str = "views.open") -> Json:
        """The view of the only call."""
        ((called, given),) = self.heard
        assert called == method
        return {"id": "V1", "hash": "h", **given["view"]}

    @property
    def ephemeral(self) -> str:
        """The only ephemeral text."""
        ((called, given),) = self.heard
        assert (called, given["response_type"]) == ("respond", "ephemeral")
        assert given.get("replace_original") is False
        return str(given["text"])


def inputs(view: Json) -> list[Json]:
    """The input blocks of a modal."""
    return [block for block in view["blocks"] if block["type"] == "input"]


def _filled(block: Json, filled: Mapping[str, Any]) -> Json:
    element = block["element"]
    value = filled.get(block["block_id"])
    ticked = value if isinstance(value, list) else ()
    kept = {
        "plain_text_input": {"value": value or element.get("initial_value")},
        "static_select": {
            "selected_option": {"value": value} if value else element.get("initial_option")
        },
        "checkboxes": {"selected_options": [{"value": one} for one in ticked]},
        "file_input": {"files": value or []},
        "datepicker": {"selected_date": value or element.get("initial_date")},
        "datetimepicker": {"selected_date_time": value or element.get("initial_date_time")},
    }
    return {element["action_id"]: {"type": element["type"], **kept[element["type"]]}}


def face_of(world: World) -> Face:
    """The Slack face of a world's desk."""
    return Face(world.desk, new_id=lambda: "id")


def sweep(world: World, slack: FakeSlack) -> None:
    """Deliver what waits now, once each, and do what is to be done."""
    for intent in world.waiting():
        if intent.kind in TASKS:
            tasks.perform(world.desk, intent)
        else:
            deliver(face_of(world), slack, intent)

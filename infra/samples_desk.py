"""The desk that the samples come from: a small ministry, its days, and Slack as it speaks to it.

Everything goes the real way: signed webhooks' bodies through the platform's reader, people's acts
as Slack requests through the Bolt app. What Slack would have been told comes back as samples.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.app import build_app
from bot.face import Face
from bot.ids import Button, Ref
from infra.samples_words import CONTENTS, Words
from opendata.adapters.platform_webhook import understand
from opendata.adapters.sqlite import SqliteStore
from opendata.desk import intake, roster
from opendata.desk.context import Desk
from opendata.desk.reading import dossier
from opendata.rules.canonical import canonical
from opendata.rules.feedback import Case
from opendata.rules.people import Deputy, Form, Locale, Person, Role, shipped_agencies
from opendata.rules.roc import TAIPEI

Json = dict[str, Any]
Surface = Literal["message", "modal", "home", "answer"]

BEGIN = datetime(2026, 3, 2, 10, 0, tzinfo=TAIPEI)
"""A Monday, in a year that the office calendar knows."""
SECRET, TOKEN = "samples", "xoxb-samples"
LANGUAGES: tuple[Locale, ...] = ("zh", "en")
OFFICER, COLLEAGUE, HEAD, CIO, DEPUTY = (
    "U01OFFICER",
    "U02COLLEAGUE",
    "U03HEAD",
    "U04CIO",
    "U05DEPUTY",
)
LEGAL, COORDINATOR, AUDITOR, ALONE, STRANGER = "U06LEGAL", "U07DESK", "U08AUDITOR", "U09HPO", "U0X"
AGENCY, AGENCY_NAME, OTHER = "aac", "法務部廉政署", "hpo"
CHANNELS = {"moj": "C01MOJ", AGENCY: "C02AAC", OTHER: "C03HPO"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One payload as Slack gets it.

    ``payload`` of a message or an answer is ``{"text", "blocks"}``, of the others the view.
    """

    name: str
    language: str
    content: str
    surface: Surface
    payload: Json


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        """The instant that it shows."""
        return self.at

    def turn(self, **by: float) -> None:
        """Some time passes."""
        self.at += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Ministry:
    """A desk whose people all read one language and write in one manner."""

    language: Locale
    content: str
    words: Words
    desk: Desk
    face: Face
    clock: Clock
    app: App
    heard: list[tuple[str, Json]]

    # -- the platform

    def receive(self, kind: str, id_: str, type_: str = "posted", **data: Any) -> list[str]:
        """A delivery of the platform; the numbers of the cases that it touched."""
        told = {
            "type": f"feedback.{type_}",
            "timestamp": self.clock().isoformat(),
            "data": {"kind": kind, "id": id_, **data},
        }
        body = hashlib.sha256(canonical(told)).hexdigest()
        answer = intake.receive(
            self.desk, lambda: understand(told, self.clock()), f"msg_{body[:16]}", body
        )
        return [case["id"] for case in answer.body["cases"]]

    def opened(self, id_: str, kind: str = "suggestion", **data: Any) -> str:
        """A case of our agency that nobody has claimed; ``data`` take the place of the usual."""
        words = self.words
        posted = {
            "posted_at": (self.clock() - timedelta(hours=1)).isoformat(),
            "title": words.title,
            "body": words.body,
            "dispatched_agencies": [AGENCY_NAME],
            "submitter": words.submitter,
            "url": f"https://data.gov.tw/suggests/{id_}",
        }
        return self.receive(kind, id_, **{**posted, **data})[0]

    def case(self, case: str) -> Case:
        """The case as it stands."""
        return dossier(self.desk, case).case

    def ref(self, case: str) -> str:
        """The value of the case's buttons."""
        now = self.case(case)
        return str(Ref(case, now.round, now.draft.hash if now.draft else ""))

    def hash(self, case: str) -> str:
        """Of the draft of record."""
        return Ref.read(self.ref(case)).hash

    # -- Slack

    def press(self, who: str, button: Button, value: str, **more: Any) -> Json:
        """Press a button; the view that opens, or what the person is told."""
        view = more.pop("view", None)
        pressed = {"type": "button", "action_id": button.value, "block_id": "b", "value": value}
        place = {"view": view} if view else {"response_url": f"{self.url}respond"}
        self._ask(
            type="block_actions", user={"id": who}, trigger_id="1.2",
            actions=[{**pressed, **more}], **place,
        )  # fmt: skip
        return self._shown()

    def submit(self, who: str, view: Json, **filled: Json) -> Json:
        """Submit a modal, filled in by block_id; the view that takes its place, or {}."""
        values = {block: {block: told} for block, told in filled.items()}
        shown = {"id": "V1", **view, "state": {"values": values}}
        told = self._ask(
            type="view_submission", user={"id": who}, trigger_id="1.2", view=shown
        )  # fmt: skip
        return dict(told.get("view", {}))

    def command(self, who: str, text: str) -> Json:
        """Type the command; what it answers, or the view that it opens."""
        told = {"command": "/opendata", "text": text, "user_id": who, "trigger_id": "1.2"}
        answer = self._send(urlencode(told))
        return self._answered(answer) if answer else self._shown()

    def home(self, who: str) -> Json:
        """Open App Home; its view."""
        event = {"type": "app_home_opened", "user": who, "tab": "home"}
        body = json.dumps({"type": "event_callback", "event": event})
        self._send(body, "application/json")
        return self._shown()

    @property
    def url(self) -> str:
        """Where the bot believes Slack to be."""
        return str(self.app.client.base_url)

    def _ask(self, **payload: Any) -> Json:
        return self._send(urlencode({"payload": json.dumps(payload)}))

    def _send(self, body: str, kind: str = "application/x-www-form-urlencoded") -> Json:
        self.heard.clear()
        stamp = str(int(time.time()))
        signed = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
        headers = {
            "content-type": kind,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": str(signed),
        }
        told = self.app.dispatch(BoltRequest(body=body, headers=dict(headers))).body
        return dict(json.loads(told)) if told else {}

    def _shown(self) -> Json:
        """What the bot told Slack beside its answer: a view, or a text; {} if nothing."""
        if not self.heard:
            return {}
        _, told = self.heard[-1]
        return dict(told["view"]) if "view" in told else self._answered(told)

    @staticmethod
    def _answered(told: Json) -> Json:
        return {"text": told["text"], "blocks": told.get("blocks", [])}

    # -- samples

    def sample(self, name: str, surface: Surface, payload: Mapping[str, Any]) -> Sample:
        """A payload as a sample of this ministry."""
        return Sample(name, self.language, self.content, surface, dict(payload))

    def modal(self, name: str, view: Json) -> Sample:
        """A view that opened."""
        return self.sample(f"modal.{name}", "modal", view)

    def answer(self, name: str, told: Json) -> Sample:
        """What a person was told in return."""
        return self.sample(f"answer.{name}", "answer", told)


@contextmanager
def ministry(language: Locale, content: str) -> Iterator[Ministry]:
    """A fresh ministry on the Monday."""
    with ExitStack() as stack:
        clock, words, heard = Clock(), CONTENTS[content], list[tuple[str, Json]]()
        desk = Desk(stack.enter_context(SqliteStore(":memory:", now=clock)), clock)
        url = stack.enter_context(listening(heard))
        face = Face(desk, new_id=lambda: "0a1b2c3d")
        app = build_app(face, token=TOKEN, signing_secret=SECRET, api_url=url)
        made = Ministry(language, content, words, desk, face, clock, app, heard)
        _settle(made)
        yield made


def _settle(made: Ministry) -> None:
    """Give the ministry its agencies and its people."""
    words, shipped = made.words, {agency.code: agency for agency in shipped_agencies()}
    named = {
        AGENCY: replace(shipped[AGENCY], name=words.agency, former_names=(AGENCY_NAME,)),
    }
    agencies = [
        replace({**shipped, **named}[code], channel=channel) for code, channel in CHANNELS.items()
    ]
    roster.import_agencies(made.desk, agencies)
    people = (
        (OFFICER, "林怡君", AGENCY, Role.OFFICER),
        (COLLEAGUE, "吳承恩", AGENCY, Role.OFFICER),
        (HEAD, "陳美玲", AGENCY, Role.SECTION_HEAD),
        (CIO, "周明德", "moj", Role.CIO),
        (DEPUTY, "李文華", "moj-it", Role.AUDITOR),
        (LEGAL, "黃志偉", "moj", Role.LEGAL),
        (COORDINATOR, "許雅婷", "moj", Role.COORDINATOR),
        (AUDITOR, "鄭心怡", "moj", Role.AUDITOR),
        (ALONE, "蔡承翰", OTHER, Role.OFFICER),
    )
    roster.import_people(
        made.desk,
        [
            Person(id_, f"{name}{words.person}", agency, frozenset({role}), made.language)
            for id_, name, agency, role in people
        ],
    )
    absent = Deputy(CIO, DEPUTY, date(2026, 3, 4), date(2026, 3, 6), Form.ACTING_FOR_ABSENT, "公假")
    roster.import_deputies(made.desk, [absent])


@contextmanager
def listening(heard: list[tuple[str, Json]]) -> Iterator[str]:
    """A Slack on this machine that agrees to everything and keeps what it is told; its address."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            heard.append((self.path.strip("/"), json.loads(body or b"{}")))
            told = b'{"ok": true}'
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
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

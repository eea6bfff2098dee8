"""``reply.approved``: announced once an approval, signed, under one id, and never a void one."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from opendata.adapters.reply_webhook import ReplyWebhook
from opendata.adapters.standard_webhooks import new_secret, verify
from opendata.desk import announcing, casework, decisions, tasks
from opendata.desk.outbox import Message
from opendata.desk.reading import dossier
from opendata.rules.canonical import canonical
from opendata.rules.errors import Rejected, Unavailable
from opendata.rules.feedback import Kind
from opendata.rules.people import Capacity
from opendata.rules.reply import DATED, REASONS, Closing, Purpose, ReplyType
from opendata.settings import Settings, SettingsError
from opendata.wiring import now
from tests.slack import FakeSlack, sweep
from tests.world import CAROL, CORA, HELEN, OLIVE, REPLY, World

SECRET = new_secret(lambda n: b"k" * n)


class Listening:
    """Takes what it is told, or refuses it."""

    def __init__(self):
        self.heard, self.refuses = [], None

    def __call__(self, webhook, body, at):
        if self.refuses:
            raise self.refuses(what="reply_webhook")
        self.heard.append((webhook, json.loads(body)))


@pytest.fixture
def listening(world):
    made = Listening()
    object.__setattr__(world.desk, "announcer", made)
    return made


def waiting(world):
    return [one for one in world.waiting() if one.kind is Message.ANNOUNCE]


def announce(world):
    for task in waiting(world):
        tasks.perform(world.desk, task)


def test_what_was_approved_is_announced_once(world, listening):
    case = world.approved()
    announce(world)
    announce(world)
    ((_, told),) = listening.heard
    assert told["type"] == "reply.approved"
    data = told["data"]
    assert (data["case"], data["kind"], data["id"], data["round"]) == (
        case,
        "suggestion",
        "97944",
        1,
    )
    assert (data["text"], data["contact"], data["closing"]) == (
        REPLY.text,
        REPLY.contact,
        "closed",
    )
    assert data["hash"] == world.case(case).approval.hash
    assert told["timestamp"] == data["approved_at"]
    assert waiting(world) == []


def test_where_nobody_listens_nothing_is_left_to_do(world):
    world.approved()
    assert waiting(world) == []


def test_one_that_is_not_taken_comes_again_under_the_same_id(world, listening):
    world.approved()
    listening.refuses = Unavailable
    with pytest.raises(Unavailable):
        announce(world)
    assert len(waiting(world)) == 1
    listening.refuses = None
    (task,) = waiting(world)
    tasks.perform(world.desk, task)
    tasks.perform(world.desk, task)
    (first, _), (second, _) = listening.heard
    assert first == second


def test_an_approval_that_was_taken_back_is_not_announced(world, listening):
    case = world.approved()
    decisions.revoke(world.desk, case, CAROL, world.hash(case), "請再查明。")
    announce(world)
    assert listening.heard == []
    assert waiting(world) == []


def test_the_announcement_carries_no_citizens_words_and_no_names(world, listening):
    world.approved(title="王小明的請求", body="我的電話0912345678")
    announce(world)
    told = json.dumps(listening.heard, ensure_ascii=False)
    for secret in ("王小明", "0912345678", OLIVE, CAROL):
        assert secret not in told


@contextmanager
def serving(status):
    heard = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):  # http.server's spelling
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((dict(self.headers.items()), body))
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/replies", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_it_is_signed_as_standard_webhooks():
    with serving(204) as (url, heard):
        ReplyWebhook(url, SECRET)("reply_1", b'{"a":1}', now())
    ((headers, body),) = heard
    assert verify(headers, body, [SECRET], now()) == "reply_1"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_one_who_cannot_now_is_asked_again(status):
    with serving(status) as (url, heard):
        with pytest.raises(Unavailable) as raised:
            ReplyWebhook(url, SECRET)("reply_1", b"{}", now())
        assert (type(raised.value), len(heard)) == (Unavailable, 1)
    with pytest.raises(Unavailable):
        ReplyWebhook(url, SECRET)("reply_1", b"{}", now())


@pytest.mark.parametrize("status", [302, 308, 400, 401, 404, 410])
def test_one_who_says_no_or_sends_elsewhere_is_another_matter_and_no_redirect_is_followed(status):
    with serving(status) as (url, heard):
        with pytest.raises(Rejected):
            ReplyWebhook(url, SECRET)("reply_1", b"{}", now())
        assert len(heard) == 1


def test_one_that_is_refused_for_good_is_parked_and_the_coordinator_told_once(world, listening):
    world.approved()
    listening.refuses = Rejected
    for _ in range(3):
        announce(world)
        world.clock.turn(minutes=11)
    (task,) = waiting(world)
    assert task.causes == ("reply_refused@reply_webhook",)
    slack = FakeSlack()
    sweep(world, slack)
    sweep(world, slack)
    (told,) = [one for one in slack.to(CORA) if "OPENDATA_REPLY_WEBHOOK_URL" in one.words]
    listening.refuses = None
    world.clock.turn(minutes=11)
    announce(world)
    sweep(world, slack)
    assert (len(listening.heard), waiting(world)) == (1, [])
    assert "已恢復" in told.words


SCHEMA = Path(__file__).parents[2] / "docs" / "reply-approved.schema.json"


def schema_of(told):
    """What the published schema has against an announcement."""
    published = json.loads(SCHEMA.read_text())
    checked = Draft202012Validator(published, format_checker=FormatChecker())
    return [one.message for one in checked.iter_errors(told)]


@pytest.mark.parametrize("kind", ReplyType)
def test_every_type_of_reply_is_announced_as_the_published_schema_says(world, listening, kind):
    reply = replace(
        REPLY,
        type=kind,
        promised=date(2026, 6, 30) if kind in DATED else None,
        reason=REASONS[kind][0] if kind in REASONS else None,
    )
    about = dossier(world.desk, world.approved())
    told = announcing.announcement(about, about.case.approval, reply)
    assert schema_of(json.loads(canonical(told))) == []


def test_the_schema_lists_each_key_and_each_word_that_there_is(world, listening):
    world.approved()
    announce(world)
    ((_, told),) = listening.heard
    data = json.loads(SCHEMA.read_text())["properties"]["data"]
    assert set(data["required"]) == set(data["properties"]) == set(told["data"])
    for name, words in {
        "type": ReplyType, "purpose": Purpose, "closing": Closing, "approved_as": Capacity,
        "kind": Kind,
    }.items():  # fmt: skip
        assert set(data["properties"][name]["enum"]) == set(words)
    assert schema_of({**told, "data": {**told["data"], "hash": "x"}})


@pytest.mark.parametrize(
    "url", ["http://example.org/", "ftp://127.0.0.1/", "replies", "https://", "http://10.0.0.1/"]
)
def test_an_address_in_the_clear_is_no_setting(url):
    env = {"OPENDATA_REPLY_WEBHOOK_URL": url, "OPENDATA_REPLY_WEBHOOK_SECRET": SECRET}
    with pytest.raises(SettingsError):
        Settings.from_env(env)


def test_an_address_needs_a_secret():
    with pytest.raises(SettingsError):
        Settings.from_env({"OPENDATA_REPLY_WEBHOOK_URL": "https://example.org/"})
    told = {"OPENDATA_REPLY_WEBHOOK_URL": "http://127.0.0.1:1/"}
    Settings.from_env({**told, "OPENDATA_REPLY_WEBHOOK_SECRET": SECRET})


def test_a_new_approval_of_the_same_case_is_announced_anew(world, listening):
    case = world.approved()
    announce(world)
    decisions.revoke(world.desk, case, CAROL, world.hash(case), "請再查明。")
    again(world, case)
    announce(world)
    (first, _), (second, _) = listening.heard
    assert first != second


def again(world: World, case: str) -> None:
    casework.draft(world.desk, case, OLIVE, replace(REPLY, contact="資訊處 02-2"))
    casework.submit(world.desk, case, OLIVE, world.hash(case))
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))

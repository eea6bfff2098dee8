"""Hostile words from outside: shown to the letter, inert, within every limit of Slack."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot import commands, home, modals
from bot.buttons import draft_modal
from bot.delivery import deliver
from bot.face import Face
from bot.ids import Ref
from opendata.desk import casework, decisions, roster
from opendata.rules.deadline import due
from opendata.rules.people import Person, Role
from opendata.rules.reply import Closing, Reason, Reply, ReplyType
from tests.slack import FakeSlack
from tests.world import (
    CAROL,
    CORA,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    commented,
    posted,
)

PING = "<!channel> <@U0CAROL> <https://evil.example|data.gov.tw> *粗* `碼` ~刪~ & @here"
BIDI = "\u202egnp.exe\u202c \u2066x\u2069\x00\x07\ud83d\udc68\u200d\U0001f4bb"
WORDS = {
    "ping": PING,
    "bidi": BIDI.encode("utf-8", "ignore").decode(),
    "long": "長" * 5000,
    "no blanks": "a" * 5000,
    "lines": "行\n" * 2500,
    "markup": ">引\n```\n碼\n```\n1. 一\n• 二" * 50,
    "emoji": "👨‍👩‍👧‍👦" * 700,
}
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LIMITS = {
    "section": 3000,
    "header": 150,
    "button": 75,
    "context": 2000,
    "option": 75,
    "label": 2000,
    "hint": 2000,
    "title": 24,
    "placeholder": 150,
}


def faults_of(blocks: list[Any], most: int) -> Iterator[str]:
    """What Slack would refuse of some blocks, or show as something else than words."""
    if not 0 < len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 100_000:
        yield "too big"
    for block in blocks:
        yield from _faults(block, block["type"])


def _faults(part: Any, inside: str) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _faults(one, inside)
    if not isinstance(part, dict):
        return
    if part.get("type") in ("plain_text", "mrkdwn", "text"):
        yield from _text(part, inside)
        return
    yield from _sizes(part)
    kind = part.get("type")
    for name, one in part.items():
        place = name if name in LIMITS and kind == "input" else None
        yield from _faults(one, place or (kind if kind in LIMITS else inside))


def _sizes(part: dict[str, Any]) -> Iterator[str]:
    for name, most in (("value", 2000), ("private_metadata", 3000), ("initial_value", 3000)):
        if len(str(part.get(name, ""))) > most:
            yield f"{name} of {len(str(part[name]))}"
    most_elements = {"actions": 25, "context": 10}.get(part.get("type", ""), 1000)
    if len(part.get("elements", ())) > most_elements or len(part.get("fields", ())) > 10:
        yield f"too many in {part['type']}"
    if "options" in part and "text" in part:
        yield "options with text"


def _text(part: dict[str, Any], inside: str) -> Iterator[str]:
    text = part["text"]
    if not text or len(text) > LIMITS.get(inside, 3000):
        yield f"{inside} of {len(text)}"
    if UNSEEN.search(text):
        yield f"{inside} with signs that nobody sees"
    if part["type"] == "mrkdwn" and re.search(r"<[!@#]|<https?:[^>]*\|", text):
        yield f"{inside} pings or links: {text[:60]}"


def written(words: str) -> Reply:
    return Reply(
        ReplyType.NOT_OPEN, words[:3000], words[:150], Closing.CLOSED, None, Reason.LAW, words[:100]
    )


@pytest.fixture(params=WORDS)
def words(request) -> str:
    return WORDS[request.param]


@pytest.fixture
def hostile(world, words):
    """A ministry in which every text that somebody can write is hostile."""
    agencies = tuple(f"{words[:200]}{n}" for n in range(20))
    world.receive(
        posted(
            "97944",
            "法務部廉政署",
            *agencies,
            title=words,
            body=words,
            requested_dataset=words,
            requested_fields=words,
            dataset_title=words,
            submitter=words[:255],
            url=f"https://data.gov.tw/{words[:100]}|x>",
        )
    )
    for n in range(6):
        world.receive(commented(body=f"{n}{words}"))
    named = Person(OLIVE, words[:50] or "x", "aac", frozenset({Role.OFFICER}))
    roster.import_people(world.desk, [named])
    casework.claim(world.desk, "S97944", OLIVE)
    return world


def to_the_end(world, words):
    """The case through all messages there are, delivered after each step."""
    desk, case, slack = world.desk, "S97944", FakeSlack()

    def deliver_all():
        for intent in world.waiting():
            deliver(Face(desk, new_id=str), slack, intent)

    deliver_all()
    casework.draft(desk, case, OLIVE, written(words))
    deliver_all()
    yield slack
    casework.cosign(desk, case, LENA, world.hash(case))
    world.submit(case)
    deliver_all()
    yield slack
    world.send_back(case, HELEN, words[:1000])
    deliver_all()
    world.submit(case)
    decisions.pass_review(desk, case, HELEN, world.hash(case))
    deliver_all()
    yield slack
    decisions.approve(desk, case, CAROL, world.hash(case))
    deliver_all()
    yield slack
    decisions.revoke(desk, case, CAROL, world.hash(case), words[:1000])
    deliver_all()
    yield slack


def test_every_message_keeps_to_slacks_limits_and_pings_nobody(hostile, words):
    for slack in to_the_end(hostile, words):
        for message in slack.messages:
            assert list(faults_of(message.blocks, 50)) == []
            assert len(message.text) <= 4000
            assert not UNSEEN.search(message.text)
            assert not re.search(r"<[!@#]", message.text), message.text


@pytest.mark.parametrize("who", [OLIVE, OTTO])
def test_every_modal_keeps_to_slacks_limits_and_pings_nobody(hostile, words, who):
    casework.draft(hostile.desk, "S97944", OLIVE, written(words))
    face, ref = Face(hostile.desk, new_id=str), Ref("S97944", 1, "0" * 64)
    scene, voice = face.shown(who, "S97944"), face.voice_of(who)
    explained = due(scene.case.opened_at, hostile.desk.calendar())
    officers = hostile.desk.directory().holders(Role.OFFICER, "aac")
    views = [
        modals.preview(scene),
        modals.return_draft(scene),
        modals.revoke(scene),
        modals.publish(scene, hostile.clock()),
        modals.reveal(scene),
        modals.revealed(scene),
        modals.assign(voice, ref),
        modals.reassign(voice, ref, officers, None),
        modals.details(scene),
        modals.why(voice, scene.case, explained),
        modals.error(voice, words),
        *(draft_modal(scene, kind) for kind in (ReplyType.NOT_OPEN, ReplyType.PLANNED)),
    ]
    for view in views:
        assert list(faults_of(view["blocks"], 100)) == []
        assert list(_faults({"type": "title", "title": view["title"]}, "title")) == []
        assert len(view["private_metadata"]) <= 3000
        assert len(json.dumps(view, ensure_ascii=False)) < 250_000


@pytest.mark.parametrize("who", [OLIVE, OTTO, CORA])
def test_lists_and_home_keep_to_slacks_limits_and_ping_nobody(hostile, words, who):
    for number in range(60):
        hostile.receive(posted(str(number + 1), title=words, body=words))
    face = Face(hostile.desk, new_id=str)
    listed = commands.listing(face, who, None)
    assert list(faults_of(listed["blocks"], 50)) == []
    assert list(faults_of(home.home(face, who)["blocks"], 100)) == []


def test_a_citizens_words_stand_there_to_the_letter(hostile, words):
    scene = Face(hostile.desk, new_id=str).shown(OLIVE, "S97944")
    shown = "".join(
        block["text"]["text"]
        for block in modals.details(scene)["blocks"]
        if block["type"] == "section" and block["text"]["type"] == "plain_text"
    )
    assert UNSEEN.sub("", words)[:2000] in shown

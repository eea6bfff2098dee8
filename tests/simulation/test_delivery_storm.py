"""After the storm: one card a case and one message a person and occasion, in their newest state.

OPENDATA_STORM is the number of cases. A seed that fails is the name of the test that failed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.card import card
from bot.delivery import render
from bot.messages import undeliverable
from bot.voice import Voice
from opendata.desk import outbox
from opendata.desk.outbox import Message
from tests.simulation.storm import Storm
from tests.world import CHANNELS, CORA, OLIVE

CASES = int(os.environ.get("OPENDATA_STORM", "60"))
SEEDS = range(int(os.environ.get("OPENDATA_STORM_SEEDS", "1")))
SOME = max(60, CASES // 4)
ALWAYS = (Message.NEWS, Message.ASSIGNED)
"""Kinds that are told whatever becomes of the case."""


@pytest.fixture(params=SEEDS)
def storm(tmp_path, request) -> Iterator[Storm]:
    made = Storm.make(tmp_path, request.param)
    yield made
    made.close()


def expected(storm: Storm, sent: outbox.Sent):
    """The message anew, on the day it was written, from the case as it says it shows it."""
    desk = storm.world.desk
    person = desk.directory().person(sent.to)
    voice = Voice(
        person.locale if person else "zh",
        desk.directory(),
        desk.calendar(),
        storm.client.written[sent.channel, sent.ts],
    )
    if sent.kind is Message.UNDELIVERABLE:
        cause = outbox.cause(desk, sent.case)
        return undeliverable(voice, cause, sent.occasion)
    about = storm.past[sent.case, sent.shown]
    intent = storm.intents[sent.case, sent.kind, sent.occasion]
    assert sent.shown >= intent.version
    if sent.kind is Message.CARD and sent.to != home(storm, sent):
        return card(storm.face.scene(about, voice), moved_to=about.case.agency)
    return render(storm.face, intent, about, voice)


def words(message):
    """What can be read and pressed; Slack gives the blocks names of its own."""
    blocks = [
        {name: told for name, told in block.items() if name != "block_id"}
        for block in message.get("blocks", ())
    ]
    return message["text"], blocks


def assert_all_is_told(storm: Storm) -> None:
    world, sent, there = storm.world, storm.sent(), storm.client.messages()
    assert world.rows("OUT#%") == {}
    assert outbox.causes(world.desk) == ()
    # Every message is one that delivery knows, and the other way round: none is doubled or lost.
    assert sorted(there) == sorted((one.channel, one.ts) for one in sent)
    for one in sent:
        shown = expected(storm, one)
        assert words(there[one.channel, one.ts]) == (shown.text, shown.blocks), one
    cards = Counter(
        one.case for one in sent if one.kind is Message.CARD and one.to == home(storm, one)
    )
    assert cards == Counter(world.cases())
    told = {(one.case, one.kind, one.occasion, one.to) for one in sent}
    assert {
        (one.case, one.kind, one.occasion, one.person)
        for one in storm.intents.values()
        if one.kind in ALWAYS
    } <= told


def home(storm: Storm, one: outbox.Sent) -> str | None:
    """The channel in which the card of a case belongs."""
    return storm.world.desk.directory().channel(storm.world.case(one.case).agency)


def test_after_the_storm_everybody_has_every_message_once_in_its_newest_state(storm):
    storm.run(CASES)
    storm.calm_down()
    assert_all_is_told(storm)
    assert len(storm.world.cases()) == CASES


def test_what_was_broken_and_is_mended_is_told_once_and_nothing_is_missing(storm):
    space, moj, aac = storm.workspace, CHANNELS["moj"], CHANNELS["aac"]

    def break_and_mend(opened: int) -> None:
        if opened == SOME // 4:
            space.channels[moj] = replace(space.channels[moj], archived=True)
            space.channels[aac] = replace(space.channels[aac], bot_member=False)
            space.people[OLIVE] = replace(space.people[OLIVE], deleted=True)
        if opened == SOME * 3 // 4:
            for one in (moj, aac):
                space.channels[one] = replace(space.channels[one], archived=False, bot_member=True)
            space.people[OLIVE] = replace(space.people[OLIVE], deleted=False)

    storm.run(SOME, break_and_mend)
    storm.calm_down()
    assert_all_is_told(storm)
    notices = [one for one in storm.sent() if one.kind is Message.UNDELIVERABLE]
    told = Counter((one.case, one.to) for one in notices)
    channels = {f"is_archived@{moj}", f"not_in_channel@{aac}"}
    assert set(told.values()) == {1}
    assert channels <= {cause for cause, _ in told} <= channels | {f"account_inactive@{OLIVE}"}
    assert {to for _, to in told} == {CORA}
    there = storm.client.messages()
    for one in notices:
        assert one.case not in channels or "已恢復" in there[one.channel, one.ts]["text"]

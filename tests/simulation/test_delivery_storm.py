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
from bot.messages import undeliverable
from bot.plans import render
from bot.voice import Voice
from opendata.desk import decisions, outbox
from opendata.desk.copies import Sent
from opendata.desk.outbox import Message
from opendata.rules.feedback import Action, Case, State
from opendata.rules.people import Role
from opendata.rules.roc import local_date
from tests.simulation.storm import Storm
from tests.world import CAROL, CHANNELS, CORA, OLIVE, REFUSAL

CASES = int(os.environ.get("OPENDATA_STORM", "60"))
SEEDS = range(int(os.environ.get("OPENDATA_STORM_SEEDS", "1")))
SOME = max(60, CASES // 4)
ALWAYS = (Message.NEWS, Message.ASSIGNED)
"""Kinds that are told whatever becomes of the case."""
WAITED_FOR = {
    Message.COSIGN,
    Message.REVIEW,
    Message.APPROVAL,
    Message.TO_PUBLISH,
    Message.RETURNED,
}
"""Kinds that ask somebody for the next step."""


@pytest.fixture(params=SEEDS)
def storm(tmp_path, request) -> Iterator[Storm]:
    made = Storm.make(tmp_path, request.param)
    yield made
    made.close()


def expected(storm: Storm, sent: Sent):
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
    wanted = {one for number in world.cases() for one in waited_for(storm, number)}
    assert {kind for _, kind, _, _ in wanted} == WAITED_FOR
    assert wanted <= told


def waited_for(storm: Storm, number: str) -> Iterator[tuple[str, Message, str, str]]:
    """Whom the case waits for as it is in the end: case, kind, occasion and person.

    From the case, its events and the roster alone; what delivery thinks of it is not asked.
    """
    case = storm.world.case(number)
    drafter = case.draft.drafter if case.draft else None
    submission, draft = f"{case.round}.{case.submissions}", f"{case.round}.d{case.drafts}"
    match case.state:
        case State.IN_REVIEW:
            heads = holders(storm, Role.SECTION_HEAD, case.agency)
            yield from ((number, Message.REVIEW, submission, to) for to in heads - {drafter})
        case State.AWAITING_APPROVAL:
            able = approvers(storm, case)
            yield from ((number, Message.APPROVAL, submission, to) for to in able - {drafter})
        case State.APPROVED:
            yield number, Message.TO_PUBLISH, submission, case.officer
        case State.IN_PROGRESS if case.draft and case.draft.awaits_cosign:
            legal = nearest(storm, Role.LEGAL, case.agency)
            yield from ((number, Message.COSIGN, draft, to) for to in legal - {drafter})
    if case.moved.action in (Action.RETURN, Action.REVOKE):
        back = [one for one in storm.past[number, case.version].events if one.at == case.moved.at]
        officer = storm.past[number, back[-1].version].case.officer
        if officer:
            yield number, Message.RETURNED, submission, officer


def holders(storm: Storm, role: Role, agency: str) -> set[str]:
    """Who has the role in exactly this agency."""
    people = storm.world.desk.directory().people
    return {one.id for one in people if one.active and one.agency == agency and role in one.roles}


def nearest(storm: Storm, role: Role, agency: str) -> set[str]:
    """Who has it in the agency, or else in the nearest above that has anybody."""
    parents = {one.code: one.parent for one in storm.world.desk.directory().agencies}
    above: str | None = agency
    while above and not holders(storm, role, above):
        above = parents[above]
    return holders(storm, role, above) if above else set()


def approvers(storm: Storm, case: Case) -> set[str]:
    """The CIOs, and their deputies whose term runs from when the case came to them until now."""
    came, today = local_date(case.moved.at), storm.world.desk.today()
    cios = nearest(storm, Role.CIO, case.agency)
    deputies = storm.world.desk.directory().deputies
    return cios | {
        one.by for one in deputies if one.for_ in cios and one.start <= came and today <= one.end
    }


def home(storm: Storm, one: Sent) -> str | None:
    """The channel in which the card of a case belongs."""
    return storm.world.desk.directory().channel(storm.world.case(one.case).agency)


def leave_some_waiting(storm: Storm) -> list[str]:
    """A case more for each who can be waited for, on a day on which the CIO has a deputy."""
    world = storm.world
    world.clock.turn(days=2)
    returned, revoked = world.awaiting(id_="9001"), world.approved(id_="9002")
    world.send_back(returned)
    decisions.revoke(world.desk, revoked, CAROL, world.hash(revoked), "尚有疑義")
    left = [
        returned,
        revoked,
        world.drafted(REFUSAL, id_="9003"),
        world.in_review(id_="9004"),
        world.awaiting(id_="9005"),
        world.approved(id_="9006"),
    ]
    for number in left:
        storm.remember(number)
    storm.stream()
    return left


def test_after_the_storm_everybody_has_every_message_once_in_its_newest_state(storm):
    storm.run(CASES)
    left = leave_some_waiting(storm)
    storm.calm_down()
    assert_all_is_told(storm)
    assert len(storm.world.cases()) == CASES + len(left)


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
    leave_some_waiting(storm)
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

"""Promises that a slow hand, a faster colleague or a change from outside must not break."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opendata.desk import casework, copies, decisions, outbox, proof, reading
from opendata.desk.outbox import Message
from opendata.rules.audit import Flaw
from opendata.rules.errors import Invalid, NotFound
from opendata.rules.feedback import State
from tests.slack import FakeSlack, refusal, sweep
from tests.world import (
    CAROL,
    CHANNELS,
    CORA,
    MEI,
    OLIVE,
    STUDY,
    commented,
    posted,
    refuses,
)

CARD = CHANNELS["aac"]


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


# -- the platform speaks again


def test_an_agency_named_while_the_coordinator_assigns_elsewhere_gets_a_number_of_its_own(
    world, monkeypatch
):
    (case,) = world.ids(world.receive(posted("97944", "國防部")))
    read, done = reading.records.read_case, []

    def assigned_after_the_first_look(row):
        seen = read(row)
        if not done:
            done.append(case)
            casework.assign(world.desk, case, CORA, "hpo")
        return seen

    monkeypatch.setattr("opendata.desk.intake.records.read_case", assigned_after_the_first_look)
    world.receive(posted("97944", "法務部廉政署"))
    agencies = {number: world.case(number).agency for number in world.cases()}
    assert agencies == {case: "hpo", f"{case}-2": "aac"}


def test_a_comment_written_before_the_answer_opens_no_round(world):
    world.published()
    before = world.case().answered_at - timedelta(minutes=1)
    world.receive(commented(at=before))
    assert (world.case().state, world.case().round) == (State.ANSWERED, 1)
    world.receive(commented(at=world.case().answered_at + timedelta(minutes=1)))
    assert (world.case().state, world.case().round) == (State.RECEIVED, 2)


def test_words_changed_by_the_platform_reach_whoever_is_deciding(world, slack):
    world.awaiting()
    sweep(world, slack)
    world.receive(posted(body="其實我想問的是另一件事。"), "msg_changed")
    sweep(world, slack)
    assert "其實我想問的是另一件事。" in slack.to(CAROL)[-1].words


# -- a promise of a date


@pytest.mark.parametrize("step", ["submit", "approve"])
def test_a_promised_day_that_has_passed_goes_no_further(world, step):
    soon = replace(STUDY, promised=world.desk.today() + timedelta(days=1))
    case = world.drafted(soon) if step == "submit" else world.awaiting(soon)
    world.clock.turn(days=1)
    act = casework.submit if step == "submit" else decisions.approve
    who = OLIVE if step == "submit" else CAROL
    refused = refuses(Invalid, world, lambda: act(world.desk, case, who, world.hash(case)))
    assert [fault.code for fault in refused.faults] == ["not_in_future"]


# -- delivery


def test_blocks_that_slack_does_not_take_do_not_cost_the_message_its_words(world, slack):
    world.opened()
    slack.trouble.append(refusal("invalid_blocks"))
    sweep(world, slack)
    assert len(slack.to(CARD)) == 1
    assert world.waiting() == []


def test_a_message_that_two_senders_were_at_is_drawn_anew(world, slack, monkeypatch):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    mark, crossed = copies.mark, []

    def another_was_faster(desk, sent, **told):
        if not crossed:
            crossed.append(mark(desk, sent, **told))
        return mark(desk, sent, **told)

    monkeypatch.setattr("opendata.desk.copies.mark", another_was_faster)
    sweep(world, slack)
    (known,) = copies.sent(world.desk, case, Message.CARD)
    assert known.shown == 0
    world.clock.turn(minutes=2)
    sweep(world, slack)
    (known,) = copies.sent(world.desk, case, Message.CARD)
    assert known.shown == world.case().version


# -- proof, and who may look


def test_words_changed_in_the_store_are_found(world):
    case = world.awaiting()
    key = reading.records.draft_key(case, 1)
    row = world.desk.store.get(key)[key]
    forged = replace(row, value={**row.value, "text": "其實不開放。"})
    world.desk.store.commit(outbox.Put(forged, outbox.Expect.ANY))
    ((_, breaks),) = proof.proven(world.desk)
    assert [one.reason for one in breaks] == [Flaw.WORDS]


def test_a_member_of_the_advisory_group_sees_no_case(world):
    case = world.opened()
    with pytest.raises(NotFound):
        reading.show(world.desk, MEI, case)
    assert list(reading.open_cases(world.desk, MEI).rows) == []

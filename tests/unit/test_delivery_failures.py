"""Delivery when Slack fails or the process dies: later, once, and nobody is left out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from slack_sdk.errors import SlackRequestError

from bot.delivery import deliver
from bot.face import Face
from opendata.desk import copies
from opendata.rules.errors import Unavailable
from opendata.rules.roc import TAIPEI
from tests.slack import FakeSlack, Lost, face_of, rate_limited, refusal, sweep
from tests.world import (
    CAROL,
    CHANNELS,
    DEREK,
    FailingStore,
    World,
)

CARD, HIGH_CARD = CHANNELS["aac"], CHANNELS["hpo"]
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=TAIPEI)


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


def test_a_rate_limit_puts_off_for_as_long_as_slack_says(world, slack):
    world.opened()
    slack.trouble.append(rate_limited(300))
    sweep(world, slack)
    world.clock.turn(seconds=299)
    assert world.waiting() == []
    world.clock.turn(seconds=1)
    sweep(world, slack)
    assert len(slack.to(CARD)) == 1
    assert world.waiting() == []


@pytest.mark.parametrize(
    "trouble",
    [refusal("internal_error"), refusal("fatal_error", 503), SlackRequestError("?"),
     TimeoutError(), ConnectionResetError()],
)  # fmt: skip
def test_what_passes_by_itself_is_tried_again_at_growing_intervals(world, slack, trouble):
    world.opened()
    waits = []
    for _ in range(10):
        slack.trouble.append(trouble)
        began = world.clock()
        sweep(world, slack)
        while not world.waiting():
            world.clock.turn(seconds=30)
        waits.append(world.clock() - began)
    assert waits[0] == timedelta(seconds=30)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)
    slack.trouble.clear()
    sweep(world, slack)
    assert len(slack.to(CARD)) == 1


def test_an_approver_whom_slack_does_not_know_keeps_the_others_from_nothing(world, slack):
    world.clock.set(WEDNESDAY)
    slack.refuses[CAROL] = "account_inactive"
    world.awaiting()
    sweep(world, slack)
    assert "approve" in slack.to(DEREK)[0].buttons


@pytest.mark.parametrize("error", ["internal_error", "ratelimited"])
def test_an_approver_for_whom_slack_always_fails_keeps_the_others_from_nothing(world, slack, error):
    world.clock.set(WEDNESDAY)
    slack.refuses[CAROL] = error
    world.awaiting()
    for _ in range(4):
        sweep(world, slack)
        world.clock.turn(minutes=10)
    assert "approve" in slack.to(DEREK)[0].buttons


# -- the process dies


def after_a_while(world: World, slack: FakeSlack) -> None:
    for _ in range(4):
        world.clock.turn(minutes=2)
        sweep(world, slack)


def test_a_message_that_was_sent_but_not_marked_is_found_again_by_its_metadata(world, slack):
    world.opened()
    (intent,) = world.waiting()
    # The lease is the first commit, the mark the second.
    broken = replace(world.desk, store=FailingStore(world.desk.store, 2, written=False))
    with pytest.raises(Unavailable):
        deliver(Face(broken, new_id=str), slack, intent)
    sweep(world, slack)
    after_a_while(world, slack)
    assert len(slack.to(CARD)) == 1
    assert slack.count("chat.postMessage") == 1
    assert world.waiting() == []


@pytest.mark.parametrize("lost", [Lost(), TimeoutError(), ConnectionResetError()])
def test_an_answer_that_never_came_makes_no_second_message(world, slack, lost):
    world.awaiting()
    slack.lost.append(lost)
    for intent in world.waiting():
        try:
            deliver(face_of(world), slack, intent)
        except Lost:
            break
    after_a_while(world, slack)
    assert [len(slack.to(who)) for who in (CARD, CAROL)] == [1, 1]
    assert world.waiting() == []


@pytest.mark.parametrize("written", [False, True])
def test_wherever_the_store_fails_each_gets_one_message_in_the_end(tmp_path, written):
    for nth in range(1, 12):
        world, slack = World.make(tmp_path / str(nth)), FakeSlack()
        world.awaiting()
        broken = replace(world.desk, store=FailingStore(world.desk.store, nth, written=written))
        for intent in world.waiting():
            try:
                deliver(Face(broken, new_id=str), slack, intent)
            except Unavailable:
                break
        after_a_while(world, slack)
        assert [len(slack.to(who)) for who in (CARD, CAROL)] == [1, 1]
        assert "陳核中" in slack.to(CARD)[0].words
        assert world.waiting() == []
        world.close()


def test_while_another_sender_is_at_work_nothing_is_sent(world, slack):
    world.opened()
    (intent,) = world.waiting()
    copies.lease(world.desk, intent, CARD, None)
    deliver(face_of(world), slack, intent)
    assert slack.messages == []
    after_a_while(world, slack)
    assert len(slack.to(CARD)) == 1


def test_delivery_changes_nothing_of_the_case(world, slack):
    case = world.awaiting()
    before = world.rows("HEAD") | world.rows("EVENT#%")
    sweep(world, slack)
    assert world.rows("HEAD") | world.rows("EVENT#%") == before
    assert world.case(case).version == len(world.actions())

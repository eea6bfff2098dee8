"""One message through Slack: whatever fails, it is there once and in its newest state."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.delivery import Outcome, deliver
from bot.face import Face
from bot.posting import BLOCKS, GONE
from opendata.desk import casework, copies, decisions, outbox
from opendata.desk.copies import LEASE
from opendata.desk.outbox import Message
from opendata.rules.roc import TAIPEI
from tests.slack import Lost, StandInClient, face_of, rate_limited, refusal, stand_in
from tests.world import CAROL, CHANNELS, DEREK, OLIVE, World, commented

CARD = CHANNELS["aac"]
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=TAIPEI)


@pytest.fixture
def slack(world) -> Iterator[StandInClient]:
    workspace = stand_in(world)
    yield StandInClient(workspace)
    workspace.close()


def sweep(world: World, slack: StandInClient) -> None:
    """Deliver what waits now, each in a process that may die."""
    for intent in world.waiting():
        try:
            deliver(face_of(world), slack, intent)
        except Lost:
            continue


def later(world: World, slack: StandInClient, **by: float) -> None:
    world.clock.turn(**by)
    sweep(world, slack)


def words(message) -> str:
    return str(message["text"]) + str(message.get("blocks", ""))


def buttons(message) -> list[str]:
    elements = [one for block in message.get("blocks", ()) for one in block.get("elements", ())]
    return [one["action_id"] for one in elements if one["type"] == "button"]


class Once:
    """Fails a call of a method once."""

    def __init__(self, method: str, error: BaseException) -> None:
        self.method, self.error, self.done = method, error, False

    def __call__(self, method: str, _told: object) -> None:
        if method == self.method and not self.done:
            self.done = True
            raise self.error


# -- a clear no


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
def test_after_a_rate_limit_nothing_but_retry_after_decides_when_it_goes_on(world, slack, method):
    world.awaiting()
    slack.before = Once(method, rate_limited(5))
    sweep(world, slack)
    later(world, slack, seconds=4)
    assert len(slack.to(CARD)) + len(slack.to(CAROL)) == 1
    later(world, slack, seconds=1)
    assert len(slack.to(CARD)) + len(slack.to(CAROL)) == 2
    # It was certainly not sent, so nothing had to be looked for.
    assert "conversations.history" not in slack.calls
    assert world.waiting() == []


def test_a_rate_limit_on_an_update_does_not_keep_the_lease(world, slack):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    slack.before = Once("chat.update", rate_limited(5))
    sweep(world, slack)
    later(world, slack, seconds=5)
    assert "處理中" in words(slack.to(CARD)[0])
    assert world.rows("OUT#%") == {}


@pytest.mark.parametrize("headers", [{}, {"Retry_After": "soon"}])
def test_a_rate_limit_that_names_no_time_is_waited_out_for_half_a_minute(world, slack, headers):
    world.opened()
    slack.before = Once("chat.postMessage", refusal("ratelimited", 429, **headers))
    sweep(world, slack)
    later(world, slack, seconds=29)
    assert slack.to(CARD) == []
    later(world, slack, seconds=1)
    assert len(slack.to(CARD)) == 1


def test_a_refusal_leaves_no_lease_behind(world, slack):
    world.opened()
    slack.before = Once("chat.postMessage", refusal("not_in_channel"))
    sweep(world, slack)
    assert world.rows("SENT#card%") == {}


def test_what_a_proxy_says_in_slacks_place_is_no_refusal(world, slack):
    world.opened()
    slack.before = Once(
        "chat.postMessage", refusal("Received a response in a non-JSON: <html>", 403)
    )
    sweep(world, slack)
    assert outbox.causes(world.desk) == ()
    later(world, slack, minutes=2)
    assert len(slack.to(CARD)) == 1


# -- no answer


@pytest.mark.parametrize("lost", [Lost(), TimeoutError(), ConnectionResetError(),
                                  refusal("fatal_error"), refusal("x", 502)])  # fmt: skip
def test_a_message_whose_answer_never_came_is_found_again_after_the_lease(world, slack, lost):
    world.opened()
    slack.after = Once("chat.postMessage", lost)
    sweep(world, slack)
    later(world, slack, seconds=LEASE.total_seconds() - 1)
    assert "conversations.history" not in slack.calls
    later(world, slack, minutes=2)
    assert slack.calls.count("chat.postMessage") == 1
    assert slack.calls.count("conversations.history") == 1
    # It shows the newest state already.
    assert "chat.update" not in slack.calls
    assert world.rows("OUT#%") == {}


def test_a_message_that_is_found_with_an_old_rendering_is_brought_up_to_date(world, slack):
    case = world.opened()
    slack.after = Once("chat.postMessage", Lost())
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    later(world, slack, minutes=2)
    (card,) = slack.to(CARD)
    assert "處理中" in words(card)
    assert world.rows("OUT#%") == {}


def test_a_message_is_found_on_whatever_page_of_the_history_it_stands(world, slack):
    world.opened()
    slack.after = Once("chat.postMessage", Lost())
    sweep(world, slack)
    for n in range(450):
        slack.workspace.messages.say(CARD, OLIVE, f"第{n}則")
    slack.calls.clear()
    later(world, slack, minutes=2)
    assert slack.calls == ["conversations.history"] * 3
    assert world.rows("OUT#%") == {}


def test_a_request_of_unknown_fate_is_closed_when_it_is_not_wanted_any_more(world, slack):
    case = world.awaiting()
    slack.after = lambda method, told: _lose_direct(method, told, slack)
    sweep(world, slack)
    slack.after = lambda *_: None
    casework.recall(world.desk, case, OLIVE, world.hash(case))
    later(world, slack, minutes=2)
    (asked,) = slack.to(CAROL)
    assert buttons(asked) == ["details"]
    assert world.rows("OUT#%") == {}


def _lose_direct(method, told, slack):
    direct = slack.workspace.opened_direct(CAROL)
    if method == "chat.postMessage" and direct and told["channel"] == direct.id:
        raise TimeoutError


def test_a_request_that_never_arrived_and_is_not_wanted_any_more_is_forgotten(world, slack):
    case = world.awaiting()
    slack.before = Once("chat.postMessage", TimeoutError())
    (asking,) = (one for one in world.waiting() if one.kind is Message.APPROVAL)
    deliver(face_of(world), slack, asking)
    casework.recall(world.desk, case, OLIVE, world.hash(case))
    later(world, slack, minutes=2)
    assert slack.to(CAROL) == []
    assert world.rows("SENT#approval%") == {}


# -- the final state wins


@pytest.mark.parametrize("around", ["before", "after"])
def test_a_process_that_dies_at_an_update_leaves_the_newest_state_in_the_end(world, slack, around):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    setattr(slack, around, Once("chat.update", Lost()))
    sweep(world, slack)
    casework.release(world.desk, case, OLIVE)
    later(world, slack, minutes=2)
    assert "待認領" in words(slack.to(CARD)[0])
    assert world.rows("OUT#%") == {}


def test_a_late_update_never_stays_over_a_newer_one(world, slack):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)

    def meanwhile(method, _):
        """The case goes on while the update is on its way, and another sender wants to tell it."""
        if method == "chat.update":
            slack.before = lambda *_: None
            casework.release(world.desk, case, OLIVE)
            sweep(world, slack)

    slack.before = meanwhile
    (intent,) = world.waiting()
    deliver(face_of(world), slack, intent)
    assert "處理中" in words(slack.to(CARD)[0])
    later(world, slack, minutes=2)
    assert "待認領" in words(slack.to(CARD)[0])
    assert world.rows("OUT#%") == {}


def test_a_late_update_whose_sender_died_does_not_stay_either(world, slack):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)

    def meanwhile(method, _):
        if method == "chat.update":
            slack.before = lambda *_: None
            slack.after = Once("chat.update", Lost())
            casework.release(world.desk, case, OLIVE)
            sweep(world, slack)

    slack.before = meanwhile
    sweep(world, slack)
    later(world, slack, minutes=2)
    later(world, slack, minutes=2)
    assert "待認領" in words(slack.to(CARD)[0])
    assert world.rows("OUT#%") == {}


def test_two_senders_of_one_intent_send_one_message(world, slack):
    world.opened()
    (intent,) = world.waiting()

    def meanwhile(method, _):
        if method == "chat.postMessage":
            slack.before = lambda *_: None
            deliver(face_of(world), slack, intent)

    slack.before = meanwhile
    deliver(face_of(world), slack, intent)
    later(world, slack, minutes=2)
    assert len(slack.to(CARD)) == 1
    assert world.rows("OUT#%") == {}


class Slow:
    """A store after whose n-th commit its process stands still."""

    def __init__(self, world: World, nth: int, seconds: float) -> None:
        self._world, self._left, self._seconds = world, nth, seconds

    def __getattr__(self, name):
        return getattr(self._world.desk.store, name)

    def commit(self, *writes) -> None:
        self._world.desk.store.commit(*writes)
        self._left -= 1
        if not self._left:
            self._world.clock.turn(seconds=self._seconds)


@pytest.mark.parametrize("seconds", [31, 59, 61, 3600])
def test_a_sender_that_stood_still_with_its_lease_does_not_call(world, slack, seconds):
    world.opened()
    (intent,) = world.waiting()
    slow = Face(replace(world.desk, store=Slow(world, 1, seconds)), new_id=str)
    deliver(slow, slack, intent)
    assert slack.calls == []
    later(world, slack, minutes=2)
    assert len(slack.to(CARD)) == 1


def test_who_marks_too_late_has_the_message_drawn_anew_even_if_the_other_is_done(world, slack):
    case = world.opened()
    (intent,) = world.waiting()

    def overtaken(method, _):
        """The answer takes longer than the lease: the one assumption is broken."""
        if method == "chat.postMessage":
            slack.after = lambda *_: None
            later(world, slack, minutes=2)

    slack.after = overtaken
    deliver(face_of(world), slack, intent)
    (known,) = copies.sent(world.desk, case, Message.CARD)
    assert known.shown == 0
    later(world, slack, minutes=2)
    (known,) = copies.sent(world.desk, case, Message.CARD)
    assert (known.shown, len(slack.to(CARD))) == (1, 1)
    assert world.rows("OUT#%") == {}


# -- no call too many


def test_a_burst_of_changes_is_one_call(world, slack):
    case = world.claimed()
    sweep(world, slack)
    slack.calls.clear()
    for n in range(5):
        world.receive(commented(at=world.clock() + timedelta(seconds=n), body=f"第{n}次"))
    casework.release(world.desk, case, OLIVE)
    cards = [one for one in world.waiting() if one.kind is Message.CARD]
    assert len(cards) == 6
    for intent in cards:
        assert deliver(face_of(world), slack, intent) == {Outcome.DELIVERED: 1}
    assert slack.calls == ["chat.update"]
    assert "待認領" in words(slack.to(CARD)[0])


def test_an_overtaken_intent_costs_no_call_in_whatever_order_they_come(world, slack):
    world.awaiting()
    for intent in reversed(world.waiting()):
        deliver(face_of(world), slack, intent)
    assert sorted(slack.calls) == ["chat.postMessage", "chat.postMessage", "conversations.open"]
    assert world.rows("OUT#%") == {}


# -- deleted by somebody


@pytest.mark.parametrize("code", sorted(GONE))
def test_a_card_that_cannot_be_updated_is_posted_anew_once_something_changes(world, slack, code):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    slack.before = Once("chat.update", refusal(code))
    sweep(world, slack)
    assert slack.calls.count("chat.postMessage") == 2
    world.clock.turn(days=1)
    sweep(world, slack)
    assert slack.calls.count("chat.postMessage") == 2
    casework.release(world.desk, case, OLIVE)
    sweep(world, slack)
    assert slack.calls.count("chat.postMessage") == 2
    assert "待認領" in words(slack.to(CARD)[-1])
    assert world.rows("OUT#%") == {}


def test_a_deleted_request_that_is_decided_is_not_asked_again(world, slack):
    case = world.awaiting()
    sweep(world, slack)
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    slack.before = Once("chat.update", refusal("message_not_found"))
    (closing,) = (one for one in world.waiting() if one.kind is Message.APPROVAL)
    slack.calls.clear()
    deliver(face_of(world), slack, closing)
    assert slack.calls == ["chat.update"]
    assert world.rows("SENT#approval%") == {}


# -- blocks that slack does not take


@pytest.mark.parametrize("code", sorted(BLOCKS))
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_a_message_whose_blocks_are_refused_goes_as_plain_text(world, slack, caplog, code, method):
    case = world.opened()
    if method == "chat.update":
        sweep(world, slack)
        casework.claim(world.desk, case, OLIVE)
    slack.before = Once(method, refusal(code))
    (intent,) = world.waiting()
    with caplog.at_level(logging.WARNING):
        told = deliver(face_of(world), slack, intent)
    assert told == {Outcome.DELIVERED: 1, Outcome.AS_PLAIN_TEXT: 1}
    (card,) = slack.to(CARD)
    assert not card.get("blocks")
    assert case in card["text"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{code} for {intent.id}: as plain text"
    ]


def test_the_next_state_of_a_message_in_plain_text_has_its_blocks_again(world, slack):
    case = world.opened()
    slack.before = Once("chat.postMessage", refusal("invalid_blocks"))
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    sweep(world, slack)
    assert buttons(slack.to(CARD)[0])


# -- several addressees


def test_a_message_that_another_sender_is_at_does_not_keep_the_others_waiting(world, slack):
    world.clock.set(WEDNESDAY)
    world.awaiting()
    (asking,) = (one for one in world.waiting() if one.kind is Message.APPROVAL)
    copies.lease(world.desk, asking, CAROL, None, slack.workspace.direct(CAROL).id)
    assert deliver(face_of(world), slack, asking) == {Outcome.PUT_OFF: 1}
    assert len(slack.to(DEREK)) == 1
    later(world, slack, minutes=2)
    assert [len(slack.to(who)) for who in (CAROL, DEREK)] == [1, 1]

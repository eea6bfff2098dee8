"""The watchdog: whatever waits unseen is found and mended, and only then does the heart beat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.numbers import awake
from opendata.desk import casework, numbers, outbox, records, reminding, watching
from opendata.desk.outbox import Message
from opendata.desk.ports import Index
from opendata.desk.watching import Found
from opendata.texts import say
from tests.counting import Counting
from tests.unit.sweeping import at, close, dropped, poisoned, swept, tidied, wakes_at
from tests.world import OLIVE, World


@pytest.fixture
def clean(world) -> World:
    """A ministry with nothing in its outbox and a sweep that has just run."""
    return tidied(world)


def numbers_of(found: Found) -> list[str]:
    return [case.head.key.pk.removeprefix("CASE#") for case in found.cases]


# -- what is looked at ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", ["opened", "claimed", "drafted", "in_review", "awaiting", "approved", "published"]
)
def test_a_case_that_went_its_way_is_watched_in_every_state(world, state):
    getattr(world, state)()
    assert not watching.look(tidied(world).desk)


def test_an_empty_desk_is_all_right_as_soon_as_the_sweep_has_run(world):
    assert watching.look(world.desk) == Found(sweep_late=True)
    assert not watching.look(tidied(world).desk)


def test_a_case_that_fell_out_of_the_timer_is_found_and_put_back(clean):
    clean.opened()
    tidied(clean)
    dropped(clean)
    found = watching.look(clean.desk)
    assert numbers_of(found) == ["S97944"]
    assert numbers_of(watching.left(clean.desk, found)) == ["S97944"]
    for case in found.cases:
        reminding.wake(clean.desk, case)
    assert wakes_at(clean) == at(3, 4)
    assert not watching.left(clean.desk, found)
    assert clean.actions() == ["receive"]


def test_what_a_case_missed_while_it_was_out_of_the_timer_is_caught_up_with(clean):
    clean.opened()
    dropped(clean)
    assert swept(clean, at(3, 6)) == {}
    (case,) = watching.look(clean.desk).cases
    assert reminding.wake(clean.desk, case) == {"three_before": 1, "one_before": 1}
    assert clean.faults() == []


def test_a_case_that_a_changed_calendar_left_at_the_wrong_hour_is_put_right(clean):
    clean.opened()
    tidied(clean)
    close(clean, at(3, 4))
    found = watching.look(clean.desk)
    assert numbers_of(found) == ["S97944"]
    assert not reminding.wake(clean.desk, found.cases[0])
    assert wakes_at(clean) == at(3, 3)
    assert not watching.left(clean.desk, found)


def test_a_case_is_left_behind_when_its_hour_and_the_next_sweeps_have_gone_by(clean):
    clean.opened()
    clean.clock.set(at(3, 4, 10, 15))
    tidied(clean)
    assert not watching.look(clean.desk)
    clean.clock.turn(seconds=1)
    assert numbers_of(watching.look(clean.desk)) == ["S97944"]


def test_an_intent_is_stuck_when_it_has_been_due_for_a_quarter_of_an_hour(clean):
    clean.opened()
    (card,) = clean.waiting()
    clean.clock.turn(minutes=14)
    assert not watching.look(clean.desk)
    clean.clock.turn(minutes=1)
    found = watching.look(clean.desk)
    assert found.intents == (card,)
    outbox.done(clean.desk, card)
    assert not watching.left(clean.desk, found)


def test_a_parked_intent_is_no_fault_while_it_is_tried_every_ten_minutes_and_one_when_not(clean):
    clean.opened()
    (card,) = clean.waiting()
    outbox.park(clean.desk, card, ["not_in_channel@C-AAC"])
    for one in clean.waiting():
        outbox.done(clean.desk, one)
    clean.clock.turn(minutes=20)
    assert not watching.look(clean.desk)
    clean.clock.turn(minutes=5)
    (parked,) = watching.look(clean.desk).intents
    outbox.park(clean.desk, parked, parked.causes)
    assert not watching.look(clean.desk)


def test_an_intent_that_is_tried_again_and_again_is_stuck_from_when_it_was_due_first(clean):
    clean.opened()
    for _ in range(36):
        for one in clean.waiting():
            outbox.put_off(clean.desk, one, timedelta(minutes=5))
        clean.clock.turn(minutes=4)
    found = watching.look(clean.desk)
    assert [one.kind for one in found.intents] == [Message.CARD]
    assert watching.left(clean.desk, found)


def test_what_waits_for_office_hours_is_not_stuck_and_is_late_only_after_they_began(clean):
    clean.opened()
    (card,) = clean.waiting()
    clean.clock.turn(minutes=5)
    outbox.put_off(clean.desk, card, timedelta(hours=15), anew=True)
    clean.clock.turn(hours=15)
    watching.swept(clean.desk)
    assert not watching.look(clean.desk).intents
    clean.clock.turn(minutes=15)
    assert len(watching.look(clean.desk).intents) == 1


def test_one_that_was_parked_is_late_from_when_it_was_tried_last(clean):
    clean.opened()
    (card,) = clean.waiting()
    clean.clock.turn(minutes=14)
    outbox.park(clean.desk, card, ["not_in_channel@C-AAC"])
    clean.clock.turn(minutes=10)
    (parked,) = (one for one in clean.waiting() if one.causes)
    outbox.put_off(clean.desk, parked, timedelta(seconds=30), mended=True)
    assert [one.kind for one in watching.look(clean.desk).intents] == []


def test_a_case_that_was_counted_on_another_calendar_is_found_and_put_right(clean):
    clean.opened()
    tidied(clean)
    close(clean, at(3, 9))
    found = watching.look(clean.desk)
    assert numbers_of(found) == ["S97944"]
    assert numbers_of(watching.left(clean.desk, found)) == ["S97944"]
    for case in found.cases:
        reminding.wake(clean.desk, case)
    assert clean.case().due.on.day == 10
    assert not watching.left(clean.desk, found).cases


def test_the_sweep_is_late_after_an_hour_and_a_quarter(clean):
    clean.clock.turn(minutes=75)
    assert not watching.look(clean.desk)
    clean.clock.turn(seconds=1)
    assert watching.look(clean.desk) == Found(sweep_late=True)


@pytest.mark.parametrize(("minutes", "silent"), [(0, False), (44, False), (45, True), (74, True)])
def test_the_status_says_that_the_heart_is_silent_when_the_alarm_does(clean, minutes, silent):
    watching.beat(clean.desk)
    clean.clock.turn(minutes=minutes)
    watching.swept(clean.desk)
    _, *told = awake("zh", numbers.status(clean.desk))
    assert told == [say("zh", "status.asleep", n=45)] * silent


def test_the_status_says_that_the_heart_never_beat(clean):
    _, told = awake("zh", numbers.status(clean.desk))
    assert told == say("zh", "status.unproven", n=45)


def test_a_case_that_cannot_be_read_hides_no_other(clean):
    for number in ("1", "2", "3"):
        clean.opened(id_=number)
    tidied(clean)
    poisoned(clean, "S1")
    dropped(clean, "S3")
    assert numbers_of(watching.look(clean.desk)) == ["S1", "S3"]


def test_a_case_that_is_closed_meanwhile_is_left_no_more(clean):
    clean.approved()
    tidied(clean)
    dropped(clean)
    found = watching.look(clean.desk)
    clean.publish("S97944")
    assert watching.left(clean.desk, found).cases == ()


def test_where_there_is_more_than_is_looked_for_it_is_not_all_right(clean, monkeypatch):
    monkeypatch.setattr(watching, "MOST", 2)
    for number in ("1", "2", "3"):
        clean.opened(id_=number)
        dropped(clean, f"S{number}")
    tidied(clean)
    found = watching.look(clean.desk)
    assert (numbers_of(found), found.more) == (["S1", "S2"], True)
    for case in found.cases:
        reminding.wake(clean.desk, case)
    assert watching.left(clean.desk, found)
    again = watching.look(clean.desk)
    assert (numbers_of(again), again.more) == (["S3"], False)


def test_all_pages_are_looked_at(clean, monkeypatch):
    monkeypatch.setattr(watching, "PAGE", 2)
    for number in range(1, 6):
        clean.opened(id_=str(number))
    tidied(clean)
    dropped(clean, "S5")
    desk = replace(clean.desk, store=(counting := Counting(clean.desk.store)))
    assert numbers_of(watching.look(desk)) == ["S5"]
    assert counting.calls == ["find", "get"] * 3 + ["find", "get"]


class Lagging(Counting):
    """A store whose index of open cases still tells what it told before, as DynamoDB's may."""

    def __init__(self, store, page):
        super().__init__(store)
        self._page = page

    def find(self, index, partition, **more):
        if index is Index.OPEN:
            return self._page
        return super().find(index, partition, **more)


def test_a_case_that_is_mended_is_not_found_wrong_because_an_index_lags_behind(clean):
    clean.opened()
    tidied(clean)
    dropped(clean)
    before = clean.desk.store.find(Index.OPEN, records.OPEN_CASES)
    desk = replace(clean.desk, store=Lagging(clean.desk.store, before))
    found = watching.look(desk)
    reminding.wake(desk, found.cases[0])
    assert numbers_of(watching.look(desk)) == ["S97944"]
    assert not watching.left(desk, found)


def test_a_case_that_an_index_shows_as_it_was_is_not_changed_by_mending_it(clean):
    clean.opened()
    tidied(clean)
    dropped(clean)
    before = clean.desk.store.find(Index.OPEN, records.OPEN_CASES)
    casework.claim(clean.desk, "S97944", OLIVE)
    desk = replace(clean.desk, store=Lagging(clean.desk.store, before))
    rows = clean.rows()
    for case in watching.look(desk).cases:
        assert not reminding.wake(desk, case)
    assert clean.rows() == rows

"""The watchdog: whatever waits unseen is found and mended, and only then does the heart beat."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions import deliver, remind, watchdog
from functions.observed import logger
from opendata import wiring
from opendata.desk import casework, outbox, reading, records, reminding, watching
from opendata.desk.ports import Index
from opendata.desk.watching import Found
from opendata.rules.errors import Unavailable
from tests.counting import Counting
from tests.unit.sweeping import at, close, swept
from tests.world import OLIVE, World, posted

CANARY = "金絲雀0912345678"


@pytest.fixture
def clean(world) -> World:
    """A ministry with nothing in its outbox and a sweep that has just run."""
    return tidied(world)


def tidied(world: World) -> World:
    for one in world.waiting():
        outbox.done(world.desk, one)
    watching.swept(world.desk)
    return world


def by_hand(world: World, statement: str, *told: object) -> None:
    """Somebody changes the store behind the desk's back."""
    with closing(sqlite3.connect(world.path)) as connection, connection:
        assert connection.execute(statement, told).rowcount == 1


def dropped(world: World, case: str = "S97944") -> None:
    """The case falls out of the timer."""
    by_hand(
        world,
        "UPDATE rows SET timer_pk = NULL, timer_sk = NULL WHERE pk = ? AND sk = 'HEAD'",
        f"CASE#{case}",
    )


def poisoned(world: World, case: str = "S97944") -> None:
    """The head of the case can no longer be read."""
    by_hand(world, "UPDATE rows SET data = '{}' WHERE pk = ? AND sk = 'HEAD'", f"CASE#{case}")


def numbers(found: Found) -> list[str]:
    return [case.head.key.pk.removeprefix("CASE#") for case in found.cases]


def wakes_at(world: World, case: str = "S97944") -> datetime | None:
    key = records.head_key(case)
    return records.wakes_at(world.desk.store.get(key)[key])


# -- what is looked at ----------------------------------------------------------------------------


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
    assert numbers(found) == ["S97944"]
    assert numbers(watching.left(clean.desk, found)) == ["S97944"]
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
    assert numbers(found) == ["S97944"]
    assert not reminding.wake(clean.desk, found.cases[0])
    assert wakes_at(clean) == at(3, 3)
    assert not watching.left(clean.desk, found)


def test_a_case_is_left_behind_when_its_hour_and_the_next_sweeps_have_gone_by(clean):
    clean.opened()
    clean.clock.set(at(3, 4, 10, 15))
    tidied(clean)
    assert not watching.look(clean.desk)
    clean.clock.turn(seconds=1)
    assert numbers(watching.look(clean.desk)) == ["S97944"]


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


def test_an_intent_that_was_put_off_is_left_no_more(clean):
    clean.opened()
    clean.clock.turn(minutes=15)
    found = watching.look(clean.desk)
    outbox.put_off(clean.desk, found.intents[0], timedelta(seconds=30))
    assert not watching.left(clean.desk, found)


def test_the_sweep_is_late_after_an_hour_and_a_quarter(clean):
    clean.clock.turn(minutes=75)
    assert not watching.look(clean.desk)
    clean.clock.turn(seconds=1)
    assert watching.look(clean.desk) == Found(sweep_late=True)


def test_a_case_that_cannot_be_read_hides_no_other(clean):
    for number in ("1", "2", "3"):
        clean.opened(id_=number)
    tidied(clean)
    poisoned(clean, "S1")
    dropped(clean, "S3")
    assert numbers(watching.look(clean.desk)) == ["S1", "S3"]


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
    assert (numbers(found), found.more) == (["S1", "S2"], True)
    for case in found.cases:
        reminding.wake(clean.desk, case)
    assert watching.left(clean.desk, found)
    again = watching.look(clean.desk)
    assert (numbers(again), again.more) == (["S3"], False)


def test_all_pages_are_looked_at(clean, monkeypatch):
    monkeypatch.setattr(watching, "PAGE", 2)
    for number in range(1, 6):
        clean.opened(id_=str(number))
    tidied(clean)
    dropped(clean, "S5")
    desk = replace(clean.desk, store=(counting := Counting(clean.desk.store)))
    assert numbers(watching.look(desk)) == ["S5"]
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
    assert numbers(watching.look(desk)) == ["S97944"]
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


# -- the function ---------------------------------------------------------------------------------


@pytest.fixture
def running(world, monkeypatch, tmp_path) -> Iterator[World]:
    """The ministry that the handlers serve, at the world's own time; no Slack answers."""
    monkeypatch.setenv("OPENDATA_DATA", str(tmp_path))
    monkeypatch.setenv("OPENDATA_SLACK_BOT_TOKEN", "xoxb-test")
    monkeypatch.setenv("OPENDATA_SLACK_API_URL", "http://127.0.0.1:1/")
    forget()
    monkeypatch.setattr(wiring, "desk", lambda: world.desk)
    yield world
    monkeypatch.undo()
    forget()


def forget() -> None:
    wiring.forget()
    deliver.client.cache_clear()


def heartbeat(world: World) -> datetime | None:
    return reading.status(world.desk).now.heartbeat


def test_where_nothing_is_wrong_the_heart_beats(running):
    running.opened()
    tidied(running)
    assert watchdog.handler({}, None) == {"Heartbeat": 1, "Mended": 0, "Left": 0}
    assert heartbeat(running) == running.clock()


def test_what_is_mended_does_not_withhold_the_heartbeat(running):
    running.opened()
    tidied(running)
    dropped(running)
    assert watchdog.handler({}, None) == {"Heartbeat": 1, "Mended": 1, "Left": 0}
    assert wakes_at(running) == at(3, 4)


def test_a_sweep_that_stopped_is_run_by_the_watchdog(running):
    running.opened()
    tidied(running)
    running.clock.set(at(3, 4, 12))
    tidied_outbox = running.waiting()
    assert tidied_outbox == []
    told = watchdog.handler({}, None)
    assert told == {"Heartbeat": 1, "Mended": 2, "Left": 0}
    assert running.actions() == ["receive", "remind"]
    assert watching.swept_at(running.desk) == running.clock()


def test_what_is_stuck_in_the_outbox_is_tried_and_put_off(running):
    running.opened()
    watching.swept(running.desk)
    running.clock.turn(minutes=15)
    assert watchdog.handler({}, None) == {"Heartbeat": 1, "Mended": 1, "Left": 0}
    (key,) = running.rows("OUT#%")
    intent = outbox.intent_at(running.desk, records.Key(*key))
    assert (intent.tries, intent.not_before > running.clock()) == (1, True)


def test_a_case_that_cannot_be_read_withholds_the_heartbeat_and_keeps_no_other_from_being_mended(
    running,
):
    for number in ("1", "2"):
        running.opened(id_=number)
    tidied(running)
    poisoned(running, "S1")
    dropped(running, "S2")
    assert watchdog.handler({}, None) == {"Heartbeat": 0, "Mended": 1, "Left": 1}
    assert heartbeat(running) is None
    assert wakes_at(running, "S2") == at(3, 4)


def test_the_sweep_passes_a_case_that_cannot_be_read_and_counts_it(running):
    for number in ("1", "2"):
        running.opened(id_=number)
    poisoned(running, "S1")
    running.clock.set(at(3, 4))
    assert remind.handler({}, None) == {"RemindFailed": 1, "three_before": 1}
    assert watching.swept_at(running.desk) == running.clock()


def test_an_intent_that_cannot_even_be_put_off_withholds_the_heartbeat(running, monkeypatch):
    running.opened()
    watching.swept(running.desk)
    running.clock.turn(minutes=15)

    def gone(*_: object) -> None:
        raise Unavailable(what="outbox")

    monkeypatch.setattr(outbox, "put_off", gone)
    assert watchdog.handler({}, None) == {"Heartbeat": 0, "Mended": 0, "Left": 1}


def test_a_sweep_that_had_not_time_enough_is_not_taken_for_one_that_was_done(running, monkeypatch):
    for number in ("1", "2"):
        running.opened(id_=number)
    running.clock.set(at(3, 4))
    remind.sweep(enough=-1.0)
    assert watching.swept_at(running.desk) is None
    assert running.actions("S1") == ["receive"]
    remind.sweep(enough=60.0)
    assert watching.swept_at(running.desk) == running.clock()


def test_when_the_store_is_gone_there_is_no_heartbeat(running):
    running.close()
    with pytest.raises(Unavailable):
        watchdog.handler({}, None)


def test_the_sweep_nudges_for_a_calendar_from_its_second_run_on(running):
    running.clock.set(at(6, 30, 17))
    remind.handler({}, None)
    running.clock.set(at(7, 1))
    remind.handler({}, None)
    remind.handler({}, None)
    assert [pk for pk, _ in running.rows("OUT#%")] == ["DIGEST#U0CORA"]


def test_what_was_done_is_counted(running, capsys):
    running.opened()
    running.clock.set(at(3, 4))
    remind.handler({}, None)
    (told,) = (line for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    counted = json.loads(told)
    assert (counted["Reminded"], counted["RemindFailed"]) == ([1], [0])
    watchdog.handler({}, None)
    *_, told = (line for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    counted = json.loads(told)
    assert (counted["Heartbeat"], counted["Mended"], counted["Left"]) == ([1], [1], [0])


def test_no_log_line_holds_a_word_of_a_citizen(running, caplog, capsys):
    caplog.set_level(logging.INFO)
    logger.addHandler(caplog.handler)
    try:
        for number in ("1", "2"):
            running.receive(posted(number, title=CANARY, body=CANARY, submitter=CANARY))
        by_hand(
            running,
            "UPDATE rows SET data = json_set(data, '$.due', 'x') WHERE pk = 'CASE#S1' AND sk = ?",
            "HEAD",
        )
        running.clock.set(at(3, 4, 12))
        remind.handler({}, None)
        assert watchdog.handler({}, None)["Heartbeat"] == 0
    finally:
        logger.removeHandler(caplog.handler)
    written = "".join(capsys.readouterr()) + "".join(
        record.getMessage() + str(vars(record)) for record in caplog.records
    )
    assert "not reminded of" in written
    assert "not mended" in written
    assert "CASE#S1" in written
    for canary in (CANARY, "金絲雀", "0912345678", json.dumps("金絲雀").strip('"')):
        assert canary not in written

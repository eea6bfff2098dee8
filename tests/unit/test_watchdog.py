"""The functions by the clock: reminding and the watchdog, what they mend, count and log."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from functions import deliver, remind, watchdog
from functions.observed import logger
from opendata import wiring
from opendata.desk import numbers, outbox, records, watching
from opendata.desk.outbox import Message
from opendata.desk.ports import Put, Row
from opendata.rules.errors import Unavailable
from tests.unit.sweeping import at, by_hand, dropped, poisoned, tidied, wakes_at
from tests.world import World, posted

CANARY = "金絲雀0912345678"


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
    return numbers.status(world.desk).now.heartbeat


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


def test_what_is_stuck_in_the_outbox_is_tried_and_while_it_stays_there_no_heart_beats(running):
    running.opened()
    watching.swept(running.desk)
    running.clock.turn(minutes=15)
    assert watchdog.handler({}, None) == {"Heartbeat": 0, "Mended": 0, "Left": 1}
    (key,) = running.rows("OUT#%")
    intent = outbox.intent_at(running.desk, records.Key(*key))
    assert (intent.tries, intent.not_before > running.clock()) == (1, True)
    outbox.done(running.desk, intent)
    assert watchdog.handler({}, None) == {"Heartbeat": 1, "Mended": 0, "Left": 0}


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


def test_a_calendar_that_came_with_a_release_is_noticed(running):
    tidied(running)
    watchdog.handler({}, None)
    row = running.desk.store.get(records.SHIPPED)[records.SHIPPED]
    older = Row(records.SHIPPED, {**row.value, "115": "115-older"}, row.version + 1)
    running.desk.store.commit(Put(older, row.version))
    watchdog.handler({}, None)
    (task,) = running.waiting()
    assert task.kind is Message.RECOMPUTE


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

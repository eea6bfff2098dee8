"""A changed calendar on both stores: the same walk, the same dates, the same counters."""

from datetime import date

from opendata.desk import intake, outbox, recompute, records, roster
from opendata.desk.context import Desk
from opendata.desk.numbers import status
from opendata.desk.outbox import Message
from opendata.desk.reading import dossier
from opendata.rules.calendar import Closure
from tests.world import MONDAY, TurnedClock, posted


def test_a_closure_moves_every_case_page_by_page_and_the_counters_with_them(store, monkeypatch):
    monkeypatch.setattr(recompute, "PAGE", 2)
    clock = TurnedClock(MONDAY)
    desk = Desk(store, clock)
    for number in range(5):
        told = posted(str(number + 1))
        intake.receive(desk, lambda told=told: told, f"msg_{number}", "0" * 64)
    task = roster.close(desk, [Closure(date(2026, 3, 9), "臺北市")])
    key = outbox.intent_key(records.CALENDAR, task.version, 0)
    runs = 0
    while runs == 0 or task.cursor:
        recompute.perform(desk, task, lambda: True)
        task, runs = outbox.intent_at(desk, key), runs + 1
    assert runs > 2
    assert {dossier(desk, f"S{n + 1}").case.due.on for n in range(5)} == {date(2026, 3, 10)}
    clock.turn(days=9)
    assert status(desk).total.open_late == 5
    clock.turn(minutes=2)
    while (task := outbox.intent_at(desk, key)) is not None:
        recompute.perform(desk, task)
    assert all(one.kind is not Message.RECOMPUTE for one in outbox.waiting(desk, 100))

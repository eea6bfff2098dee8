"""Recounting everything from events, on either store."""

from __future__ import annotations

from datetime import timedelta

from opendata.desk import intake
from opendata.desk.context import Desk
from opendata.desk.ports import Add, Index, Put, Row, Store
from opendata.desk.rebuild import counters, rebuild
from opendata.desk.records import counter_key, head_key
from tests.world import posted, withdrawn


def ministry(store: Store, clock) -> Desk:
    """A desk with three cases, one of them withdrawn."""
    desk = Desk(store, clock)
    for number in ("1", "2", "3"):
        told = posted(number)
        intake.receive(desk, lambda told=told: told, f"msg_{number}", number)
    clock.time += timedelta(days=1)
    intake.receive(desk, lambda: withdrawn("3", clock()), "msg_4", "4")
    return desk


def test_what_was_written_is_what_the_events_give(store: Store, clock):
    desk = ministry(store, clock)
    found = rebuild(desk, check=True)
    assert (found.cases, found.differences) == (3, ())


def test_a_case_without_places_and_a_row_of_wrong_counters_are_put_right(store: Store, clock):
    desk = ministry(store, clock)
    right = counters(desk)
    ((quarter, agency),) = right
    # More names than fit into one update of DynamoDB; no transaction of a case has as many.
    for first in (0, 30, 60, 90):
        wrong = {f"took:{days:02}": 1 for days in range(first, first + 30)}
        store.commit(Add(counter_key(quarter, agency), wrong))
    key = head_key("S2")
    head = store.get(key)[key]
    store.commit(Put(Row(key, head.value, head.version), head.version))
    assert len(rebuild(desk, check=True).differences) == 121
    rebuild(desk, check=False)
    assert rebuild(desk, check=True).differences == ()
    assert counters(desk) == right
    assert store.get(key)[key].places.keys() == {Index.AGENCY, Index.OPEN, Index.TIMER}

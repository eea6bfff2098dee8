"""Rebuilding: what events give again equals what is stored, and what was spoiled is put right."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from opendata.desk import inventory, reading
from opendata.desk import rebuild as rebuilding
from opendata.desk.inventory import Entry
from opendata.desk.inventory_records import counts_key
from opendata.desk.ports import Add
from opendata.desk.rebuild import rebuild
from opendata.desk.records import counter_key
from opendata.rules.errors import Unavailable
from opendata.rules.inventory import Item
from tests.world import CORA, ETHICS, FailingStore, posted, rated


@pytest.fixture
def lived(world):
    """Cases in several states, one of them in its second round."""
    for number, state in enumerate(("opened", "drafted", "awaiting", "approved")):
        getattr(world, state)(id_=str(number + 1))
    world.published()
    world.receive(rated(stars=1, body="沒有回答"))
    return world


def spoil(world, key, change):
    """Change a row behind the desk's back."""
    with closing(sqlite3.connect(world.path)) as connection, connection:
        ((data,),) = connection.execute("SELECT data FROM rows WHERE pk = ? AND sk = ?", key)
        value = json.loads(data)
        change(value)
        connection.execute(
            "UPDATE rows SET data = ? WHERE pk = ? AND sk = ?", (json.dumps(value), *key)
        )


def test_what_a_desk_has_written_is_what_its_events_give(lived):
    found = rebuild(lived.desk, check=True)
    assert (found.cases, found.differences) == (5, ())


def test_a_counter_that_is_wrong_is_told_and_put_right(lived):
    lived.desk.store.commit(Add(counter_key("115Q1", ETHICS), {"days": 3, "refused": 1}))
    found = rebuild(lived.desk, check=True)
    assert [(one.what, one.of) for one in found.differences] == [
        ("days", f"115Q1 {ETHICS}"),
        ("refused", f"115Q1 {ETHICS}"),
    ]
    assert rebuild(lived.desk, check=True).differences == found.differences
    assert rebuild(lived.desk, check=False).differences == found.differences
    assert rebuild(lived.desk, check=True).differences == ()


def test_a_head_that_is_wrong_is_written_anew(lived):
    before = lived.rows()
    spoil(lived, ("CASE#S2", "HEAD"), lambda head: head.update(officer="U0NOBODY"))
    (one,) = rebuild(lived.desk, check=True).differences
    assert (one.what, one.of) == ("head", "S2")
    rebuild(lived.desk, check=False)
    assert rebuild(lived.desk, check=True).differences == ()
    assert lived.rows() == before


def test_a_case_that_has_lost_its_places_is_found_counted_and_put_back(lived):
    before = lived.rows()
    with closing(sqlite3.connect(lived.path)) as connection, connection:
        connection.execute(
            "UPDATE rows SET agency_pk = NULL, agency_sk = NULL, open_pk = NULL, open_sk = NULL "
            "WHERE pk = 'CASE#S2' AND sk = 'HEAD'"
        )
    found = rebuild(lived.desk, check=False)
    assert [(one.what, one.of) for one in found.differences] == [("index", "S2")]
    assert rebuild(lived.desk, check=True).differences == ()
    assert lived.rows() == before
    assert "S2" in {case.id for case in reading.every_case(lived.desk)}


def test_a_case_that_cannot_be_read_is_told_and_the_others_are_looked_at(lived):
    spoil(lived, ("CASE#S2", "EVENT#00001"), dict.clear)
    found = rebuild(lived.desk, check=True)
    assert ("unreadable", "S2") in {(one.what, one.of) for one in found.heads}
    assert found.cases == 5


def test_what_it_counted_for_is_not_taken_away_while_a_case_cannot_be_read(lived):
    before = rebuilding.counters(lived.desk)
    spoil(lived, ("CASE#S2", "EVENT#00001"), dict.clear)
    assert rebuild(lived.desk, check=False).counters
    assert rebuilding.counters(lived.desk) == before


def test_the_inventory_is_recounted_too(lived):
    entry = Entry(2, Item("1", ETHICS, "廉政統計", planned=115), "")
    inventory.take_in(lived.desk, [entry], CORA)
    assert rebuild(lived.desk, check=True).differences == ()
    lived.desk.store.commit(Add(counts_key(ETHICS), {"waits:115": 3}))
    (wrong,) = rebuild(lived.desk, check=False).differences
    assert (wrong.what, wrong.of) == ("waits:115", f"INVENTORY {ETHICS}")
    assert (wrong.stored, wrong.recounted) == (4, 1)
    assert rebuild(lived.desk, check=True).differences == ()


def test_many_counts_of_a_row_are_put_right(lived):
    wrong = {f"took:{days:02}": 1 for days in range(60)} | {f"worked:{n:02}": 2 for n in range(60)}
    lived.desk.store.commit(Add(counter_key("115Q1", ETHICS), wrong))
    rebuild(lived.desk, check=False)
    assert rebuild(lived.desk, check=True).differences == ()


class Busy:
    """A store behind which a case is opened while the counters are read."""

    def __init__(self, world, times):
        self._world, self._left = world, times

    def __getattr__(self, name):
        return getattr(self._world.desk.store, name)

    def query(self, pk, prefix="", **more):
        page = self._world.desk.store.query(pk, prefix, **more)
        if pk == "STATUS" and self._left:
            self._left -= 1
            self._world.receive(posted(str(900 + self._left)))
        return page


def test_what_happens_meanwhile_is_no_difference(lived):
    desk = replace(lived.desk, store=Busy(lived, 2))
    assert rebuild(desk, check=False).differences == ()
    assert rebuild(lived.desk, check=True).differences == ()


def test_a_desk_that_is_never_still_is_left_as_it_is(lived):
    desk = replace(lived.desk, store=Busy(lived, 99))
    with pytest.raises(Unavailable):
        rebuild(desk, check=False)
    assert lived.faults() == []


def test_one_that_dies_while_it_mends_is_finished_by_the_next(lived):
    lived.desk.store.commit(Add(counter_key("115Q1", ETHICS), {"days": 3}))
    lived.desk.store.commit(Add(counter_key("115Q2", ETHICS), {"days": 3}))
    with pytest.raises(Unavailable):
        rebuild(replace(lived.desk, store=FailingStore(lived.desk.store, 2, written=False)),
                check=False)  # fmt: skip
    rebuild(lived.desk, check=False)
    assert rebuild(lived.desk, check=True).differences == ()
    assert rebuilding.counters(lived.desk) == lived.recounted()

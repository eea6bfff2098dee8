"""The store as one request sees it: nothing is read twice, and nothing stale is built upon."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opendata.desk import casework, reading, roster
from opendata.desk.context import Desk
from opendata.desk.ports import Add, Delete, Expect, Key, Put, Row
from opendata.desk.records import ROSTER_VERSION
from opendata.desk.request import FRESH, Request
from opendata.rules.calendar import shipped
from opendata.rules.errors import LostRace, Stale, Stranger
from tests.counting import Counting
from tests.world import CORA, OLIVE, OTTO, PEOPLE

HEAD, NOTE = Key("CASE#1", "HEAD"), Key("CASE#1", "NOTE#1")


@pytest.fixture
def counting(world):
    return Counting(world.desk.store)


@pytest.fixture
def request_of(world, counting):
    seen = {}
    return lambda: Request(counting, seen, world.clock)


@pytest.fixture
def desk(world, counting):
    return replace(world.desk, store=counting)


# -- reading


def test_a_row_is_read_once(request_of, counting):
    request = request_of()
    counting.commit(Put(Row(HEAD, {"n": 1}, 1)))
    counting.calls.clear()
    assert request.get(HEAD, NOTE) == request.get(HEAD, NOTE) == {HEAD: Row(HEAD, {"n": 1}, 1)}
    assert counting.calls == ["get"]


def test_a_partition_that_was_read_whole_answers_for_its_rows_in_their_order(request_of, counting):
    rows = [Row(Key("CASE#1", sk), {}) for sk in ("EVENT#00002", "HEAD", "EVENT#00001")]
    counting.commit(*(Put(row) for row in rows))
    request = request_of()
    whole = request.query("CASE#1")
    counting.calls.clear()
    assert [row.key.sk for row in whole.rows] == ["EVENT#00001", "EVENT#00002", "HEAD"]
    assert list(request.query("CASE#1", "EVENT#").rows) == list(whole.rows[:2])
    assert list(request.get(HEAD, NOTE)) == [HEAD]
    assert counting.calls == []


def test_a_part_of_a_partition_is_not_taken_for_the_whole(request_of, counting):
    rows = [Row(Key("CASE#1", f"EVENT#{n}"), {}) for n in range(3)]
    counting.commit(*(Put(row) for row in rows))
    request = request_of()
    assert len(request.query("CASE#1", limit=2).rows) == 2
    assert len(request.query("CASE#1", after="EVENT#0").rows) == 2
    assert len(request.query("CASE#1", "EVENT#2").rows) == 1
    assert len(request.query("CASE#1").rows) == 3


def test_what_was_written_is_known_without_reading(request_of, counting):
    counting.commit(Put(Row(HEAD, {}, 1)), Put(Row(NOTE, {})))
    request = request_of()
    request.query("CASE#1")
    request.commit(Put(Row(HEAD, {"n": 2}, 2), 1), Delete(NOTE, Expect.PRESENT))
    counting.calls.clear()
    assert list(request.query("CASE#1").rows) == [Row(HEAD, {"n": 2}, 2)]
    assert counting.calls == []


def test_counters_that_were_added_to_are_read_again(request_of):
    key = Key("STATUS", "115Q1#moj")
    request = request_of()
    request.commit(Add(key, {"n": 1}))
    assert request.query("STATUS").rows[0].value == {"n": 1}
    request.commit(Add(key, {"n": 1}))
    assert request.get(key)[key].value == {"n": 2}
    assert request.query("STATUS").rows[0].value == {"n": 2}


# -- what was seen a moment ago


def test_a_version_seen_less_than_a_minute_ago_is_taken_for_granted(world, request_of, counting):
    request_of().get(ROSTER_VERSION)
    world.clock.turn(seconds=FRESH.total_seconds() - 1)
    counting.calls.clear()
    assert request_of().get(ROSTER_VERSION)[ROSTER_VERSION].version == 3
    assert counting.calls == []
    world.clock.turn(seconds=1)
    request_of().get(ROSTER_VERSION)
    assert counting.calls == ["get"]


def test_a_version_that_is_read_along_with_something_else_is_read_anew(world, request_of):
    request_of().get(ROSTER_VERSION)
    roster.import_people(world.desk, [PEOPLE[0]])
    assert request_of().get(ROSTER_VERSION, HEAD)[ROSTER_VERSION].version == 4


def test_what_is_built_on_a_roster_that_has_changed_is_not_written(world, request_of):
    request_of().get(ROSTER_VERSION)
    roster.import_people(world.desk, [PEOPLE[0]])
    request = request_of()
    request.get(ROSTER_VERSION)
    with pytest.raises(Stale):
        request.commit(Put(Row(HEAD, {}, 1)))
    assert world.desk.store.get(HEAD) == {}
    assert request.get(ROSTER_VERSION)[ROSTER_VERSION].version == 4


def test_an_officer_who_was_removed_elsewhere_cannot_act_on_a_case_read_whole(world, desk):
    case = world.opened()
    reading.show(desk.for_request(), OLIVE, case)
    behind_the_back(world, replace(PEOPLE[0], active=False))
    asked = desk.for_request()
    reading.show(asked, OLIVE, case)  # may still look, for less than a minute
    with pytest.raises(Stranger):
        casework.claim(asked, case, OLIVE)
    assert world.case(case).officer is None


def test_after_a_minute_who_was_removed_elsewhere_cannot_look_either(world, desk):
    case = world.opened()
    reading.show(desk.for_request(), OLIVE, case)
    behind_the_back(world, replace(PEOPLE[0], active=False))
    world.clock.turn(seconds=60)
    with pytest.raises(Stranger):
        reading.show(desk.for_request(), OLIVE, case)


def behind_the_back(world, person):
    """Another process changes the roster of the same store."""
    roster.import_people(Desk(world.desk.store, world.clock), [person])


def test_a_case_is_shown_after_the_act_without_reading_it_again(world, desk, counting):
    case = world.claimed()
    reading.show(desk.for_request(), OLIVE, case)
    asked = desk.for_request()
    counting.calls.clear()
    reading.show(asked, OLIVE, case)
    casework.release(asked, case, OLIVE)
    _, told = reading.show(asked, OLIVE, case)
    assert counting.calls == ["query", "commit"]
    assert told == reading.dossier(world.desk, case)
    assert told.events[-1].action.value == "release"


def test_who_loses_a_race_sees_the_case_as_it_has_become(world, desk):
    case = world.opened()
    asked = desk.for_request()
    reading.show(asked, OTTO, case)
    casework.claim(world.desk, case, OLIVE)
    with pytest.raises(LostRace):
        casework.claim(asked, case, OTTO)
    assert reading.dossier(asked, case).case.officer == OLIVE


def test_a_version_that_was_really_read_is_checked_too(world, request_of):
    request = request_of()
    request.get(HEAD, ROSTER_VERSION)
    roster.import_people(world.desk, [PEOPLE[0]])
    with pytest.raises(Stale):
        request.commit(Put(Row(HEAD, {}, 1)))


def test_who_was_removed_while_a_file_was_fetched_imports_nothing(world, desk):
    asked = desk.for_request()
    judged = roster.for_import(asked, CORA)
    behind_the_back(world, replace(person_of(CORA), active=False))
    with pytest.raises(Stale):
        roster.hand_in(asked, judged, [person_of(OLIVE)])


def test_who_was_removed_while_a_calendar_was_looked_at_changes_nothing(world, desk):
    asked = desk.for_request()
    roster.for_import(asked, CORA)
    behind_the_back(world, replace(person_of(CORA), active=False))
    with pytest.raises(Stale):
        roster.import_years(asked, [shipped().years[114]], CORA)
    assert not world.rows("YEAR#%")


def person_of(id_):
    return next(one for one in PEOPLE if one.id == id_)

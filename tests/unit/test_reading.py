"""What people ask for: who sees which case, in which order, and that the proof finds a lie."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from opendata.desk import casework, decisions, numbers, proof, reading, records, roster
from opendata.desk import desktop as desktops
from opendata.desk.desktop import Shelf, desktop
from opendata.desk.ports import Put
from opendata.desk.records import Cause, cause_row
from opendata.rules.errors import Invalid, NotFound, Stranger
from opendata.rules.people import Person, Role
from opendata.rules.roc import TAIPEI
from tests.counting import Counting
from tests.world import (
    ANNA,
    CAROL,
    CORA,
    DEREK,
    ETHICS,
    ETHICS_NAME,
    GONE,
    HELEN,
    LENA,
    MONDAY,
    OLIVE,
    OTTO,
    PETRA,
    REFUSAL,
    REPLY,
    STRANGER,
    UMA,
    posted,
)

HIGH_NAME = "臺灣高等檢察署"


# -- one case


@pytest.mark.parametrize("who", [OLIVE, OTTO, HELEN, CAROL, LENA, CORA, ANNA])
def test_a_case_is_seen_in_its_agency_and_above(world, who):
    case = world.opened()
    assert reading.show(world.desk, who, case)[1].case.id == case


@pytest.mark.parametrize("who", [PETRA, UMA, DEREK])
def test_a_case_is_not_there_for_other_agencies(world, who):
    case = world.opened()
    with pytest.raises(NotFound):
        reading.show(world.desk, who, case)


@pytest.mark.parametrize("who", [STRANGER, GONE])
def test_a_stranger_learns_not_even_that_a_case_exists(world, who):
    for case in (world.opened(), "S1"):
        with pytest.raises(Stranger):
            reading.show(world.desk, who, case)


def test_the_reply_before_is_that_of_the_last_submission_of_the_round(world):
    case = world.in_review()
    world.send_back(case, HELEN)
    assert reading.dossier(world.desk, case).previous is None
    second = replace(REPLY, contact="02-2")
    casework.draft(world.desk, case, OLIVE, replace(REPLY, contact="02-1"))
    casework.draft(world.desk, case, OLIVE, second)
    dossier = reading.dossier(world.desk, case)
    assert (dossier.previous, dossier.reply) == (REPLY, second)


# -- lists


def listed(world, who):
    return [row.value["id"] for row in reading.open_cases(world.desk, who).rows]


def test_open_cases_stand_by_due_date_and_answered_ones_are_gone(world):
    later, sooner = MONDAY - timedelta(days=1), MONDAY - timedelta(days=5)
    world.receive(posted("1", posted_at=later))
    world.receive(posted("2", posted_at=sooner))
    world.receive(posted("3", HIGH_NAME, posted_at=sooner))
    world.published()
    assert listed(world, OLIVE) == ["S2", "S1"]
    assert listed(world, CORA) == ["S2", "S3", "S1"]
    assert listed(world, PETRA) == []


def test_a_long_list_comes_in_pages_without_gap_or_repeat(world):
    for number in range(45):
        world.receive(posted(str(number + 1)))
    seen, after = [], None
    while True:
        page = reading.open_cases(world.desk, OLIVE, after)
        seen += [row.value["id"] for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("who", [STRANGER, GONE])
def test_a_stranger_gets_no_list_and_no_desktop(world, who):
    with pytest.raises(Stranger):
        reading.open_cases(world.desk, who)
    with pytest.raises(Stranger):
        desktop(world.desk, who)


def ids(cases):
    return [case.id for case in cases]


def test_everybody_finds_on_the_desktop_what_waits_for_them(world):
    world.opened("內政部", id_="1")
    world.opened(id_="2")
    world.claimed(id_="3")
    world.in_review(id_="4")
    world.awaiting(id_="5")
    world.drafted(REFUSAL, id_="6")

    world.approved(id_="7")

    assert on_shelves(world, OLIVE) == {
        Shelf.MINE: ["S3", "S6"],
        Shelf.TO_PUBLISH: ["S7"],
        Shelf.IN_DECISION: ["S4", "S5"],
        Shelf.UNCLAIMED: ["S2"],
    }
    assert on_shelves(world, OTTO) == {Shelf.UNCLAIMED: ["S2"]}
    assert on_shelves(world, HELEN) == {
        Shelf.TO_REVIEW: ["S4"],
        Shelf.HERE: ["S2", "S3", "S5", "S6", "S7"],
    }
    assert on_shelves(world, CAROL) == {Shelf.TO_APPROVE: ["S5"]}
    assert on_shelves(world, LENA) == {Shelf.TO_COSIGN: ["S6"]}
    assert on_shelves(world, CORA) == {Shelf.TO_ASSIGN: ["S1"]}
    assert on_shelves(world, DEREK) == {}
    world.clock.turn(days=2)
    assert on_shelves(world, DEREK) == {Shelf.TO_APPROVE: ["S5"]}


def on_shelves(world, who):
    return {shelf: ids(cases) for shelf, cases in desktop(world.desk, who).shelves.items()}


def test_what_is_overdue_stands_before_whoever_has_it_and_whoever_answers_for_it(world):
    world.claimed(id_="3")
    world.awaiting(id_="5")
    world.clock.set(datetime(2026, 3, 9, 9, tzinfo=TAIPEI))
    assert on_shelves(world, OLIVE) == {Shelf.DUE: ["S3", "S5"]}
    world.clock.set(datetime(2026, 3, 10, 9, tzinfo=TAIPEI))
    assert on_shelves(world, HELEN) == {Shelf.LATE_HERE: ["S3", "S5"]}
    assert on_shelves(world, CORA) == {Shelf.LATE: ["S3", "S5"]}
    assert on_shelves(world, CAROL) == {Shelf.TO_APPROVE: ["S5"]}
    world.clock.set(datetime(2026, 3, 16, 9, tzinfo=TAIPEI))
    assert on_shelves(world, CAROL) == {Shelf.TO_APPROVE: ["S5"], Shelf.ESCALATED: ["S3"]}
    assert desktop(world.desk, CAROL).leftover == 0
    world.clock.set(datetime(2026, 4, 1, 9, tzinfo=TAIPEI))
    assert desktop(world.desk, CAROL).leftover == desktop(world.desk, CORA).leftover == 2
    assert desktop(world.desk, OLIVE).leftover == 0


def test_every_case_stands_on_one_shelf_however_many_roles_somebody_has(world):
    for n, state in enumerate(("opened", "claimed", "in_review", "awaiting", "approved"), 1):
        getattr(world, state)(id_=str(n))
    roster.import_people(world.desk, [Person(OLIVE, "林", ETHICS, frozenset(Role))])
    for days in (0, 30):
        world.clock.turn(days=days)
        found = [case for cases in on_shelves(world, OLIVE).values() for case in cases]
        assert sorted(found) == ["S1", "S2", "S3", "S4", "S5"]


def test_the_own_cases_are_there_however_many_others_fall_due_before_them(world, monkeypatch):
    monkeypatch.setattr(desktops, "AROUND", 3)
    for number in range(5):
        at = MONDAY - timedelta(days=number + 1)
        world.opened(id_=str(number + 1), posted_at=at, timestamp=at)
    mine = world.claimed(id_="9")
    before = desktop(world.desk, OLIVE)
    assert ids(before.shelves[Shelf.MINE]) == [mine]
    assert len(before.shelves[Shelf.UNCLAIMED]) == 3
    assert before.more


# -- numbers


def test_numbers_of_a_past_moment_are_counted_from_the_events(world):
    before = world.clock()
    world.clock.turn(days=1)
    world.published()
    world.clock.turn(days=30)
    past = numbers.status(world.desk, "115Q1", as_of=before)
    assert past.total.received == 0
    then = numbers.status(world.desk, "115Q1", as_of=world.clock())
    now = numbers.status(world.desk, "115Q1")
    assert (then.total, then.agencies) == (now.total, now.agencies)
    assert now.total.in_time == 1


def test_a_year_is_the_sum_of_its_quarters(world):
    world.opened(id_="1")
    world.opened(id_="2", posted_at=MONDAY - timedelta(days=60), timestamp=MONDAY)
    world.clock.turn(days=300)
    assert numbers.status(world.desk, "115").total.open_late == 2


def test_a_period_and_what_is_parked_now_are_one_query_and_no_rows_of_other_years(world):
    for number, days in enumerate((0, 100, 400)):
        at = MONDAY - timedelta(days=days)
        world.opened(id_=str(number + 1), posted_at=at, timestamp=at)
    cause = Cause("not_in_channel", "C-AAC", MONDAY, parked=2)
    world.desk.store.commit(Put(cause_row(cause)))
    counting = Counting(world.desk.store)
    desk = replace(world.desk, store=counting)
    for period, rows, undelivered in (
        ("115Q1", 2, 1),
        ("115", 2, 1),
        ("114Q4", 2, None),
        ("114", 2, None),
    ):
        desk.directory()
        counting.calls.clear()
        counting.came.clear()
        told = numbers.status(desk, period)
        assert (counting.calls, counting.rows) == (["query"], rows), period
        assert (told.now and len(told.now.undelivered)) == undelivered


def test_a_period_that_there_is_not_is_refused(world):
    with pytest.raises(Invalid):
        numbers.status(world.desk, "115Q5")


# -- proof


def test_an_honest_store_proves_whole(world):
    for number, state in enumerate(("opened", "drafted", "awaiting", "approved", "published")):
        getattr(world, state)(id_=str(number + 1))
    world.receive(posted("9", ETHICS_NAME, HIGH_NAME))
    assert len(list(proof.proven(world.desk))) == 7
    assert world.faults() == []


def altered(world, key, change):
    """Change a row behind the desk's back."""
    _, data = world.rows()[tuple(key)]
    value = json.loads(data)
    change(value)
    with closing(sqlite3.connect(world.path)) as connection:
        connection.execute("UPDATE rows SET data = ? WHERE pk = ? AND sk = ?",
                           (json.dumps(value), *key))  # fmt: skip
        connection.commit()


def reasons(world):
    return {broken.reason for _, breaks in proof.proven(world.desk) for broken in breaks}


def test_an_event_that_was_edited_is_found(world):
    world.published()
    altered(world, ("CASE#S97944", "EVENT#00002"), lambda value: value.update(actor=OTTO))
    assert reasons(world) == {"edited"}


def test_an_event_that_was_forged_with_its_hash_breaks_the_link(world):
    case = world.published()
    event = replace(reading.history(world.desk, case)[1], actor=OTTO).linked
    key = records.event_row(event).key
    altered(world, key, lambda value: value.update(actor=OTTO, hash=event.hash))
    assert reasons(world) == {"unlinked"}


def test_an_event_that_was_taken_out_is_missed(world):
    world.published()
    with closing(sqlite3.connect(world.path)) as connection:
        connection.execute("DELETE FROM rows WHERE sk = 'EVENT#00003'")
        connection.commit()
    assert "missing" in reasons(world)


@pytest.mark.parametrize("change", [{"state": "answered"}, {"officer": OTTO}, {"round": 2}])
def test_a_head_that_says_other_than_its_events_is_found(world, change):
    world.in_review()
    altered(world, ("CASE#S97944", "HEAD"), lambda value: value.update(change))
    assert reasons(world) == {"head"}


def test_the_words_may_be_emptied_without_breaking_the_chain(world):
    world.published()
    with closing(sqlite3.connect(world.path)) as connection:
        connection.execute("DELETE FROM rows WHERE sk LIKE 'TEXT#%' OR sk LIKE 'DRAFT#%'")
        connection.commit()
    assert reasons(world) == set()


def test_the_newest_words_of_a_return_are_shown_and_those_of_before_are_kept(world):
    case = world.awaiting()
    world.send_back(case, CAROL, "第一次")
    world.submit(case)
    world.send_back(case, HELEN, "第二次")
    assert reading.dossier(world.desk, case).note == "第二次"
    assert len(world.rows("NOTE#%")) == 2


def test_a_deputy_of_today_is_asked_by_the_date_in_taipei(world):
    case = world.awaiting()
    world.clock.set(MONDAY + timedelta(days=1, hours=13, minutes=59))
    with pytest.raises(NotFound):
        reading.show(world.desk, DEREK, case)
    world.clock.turn(minutes=1)
    assert reading.show(world.desk, DEREK, case)
    assert decisions.approve(world.desk, case, DEREK, world.hash(case)).approval.by == DEREK

"""Who is told of a case, and what a digest says: one for each person and morning."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from opendata.desk import casework, digests, holding, outbox, records, reminding, roster
from opendata.desk.digests import Section
from opendata.desk.outbox import Message
from opendata.desk.ports import Put
from opendata.desk.reading import AROUND
from opendata.rules.calendar import Closure
from tests.counting import Counting
from tests.unit.sweeping import asked, at, deliver_all, intents, poisoned, swept
from tests.world import (
    CAROL,
    CHANNELS,
    CORA,
    DEREK,
    ETHICS,
    HELEN,
    LENA,
    MINISTRY,
    OLIVE,
    OTTO,
    PEOPLE,
    REFUSAL,
    REPLY,
    STUDY,
    World,
    channelled,
)

AAC = CHANNELS[ETHICS]


def person_of(id_):
    return next(one for one in PEOPLE if one.id == id_)


def called(world: World, case: str) -> list[str]:
    """Who is told of a case now."""
    desk = world.desk
    told = reminding.told_of(world.case(case), desk.directory(), desk.calendar(), desk.today())
    return [one.to for one in told]


# -- digests ----------------------------------------------------------------------------------


def test_a_person_gets_one_digest_a_morning_whatever_the_number_of_cases(world):
    for number in range(1, 21):
        casework.claim(world.desk, world.opened(id_=str(number)), OLIVE)
    swept(world, at(3, 4))
    assert asked(world) == [(OLIVE, "202603040")]
    (digest,) = intents(world, Message.DIGEST)
    assert digest.id == f"~{OLIVE}.202603040.0"
    told = digests.digest(world.desk, digest)
    assert (told.to.id, len(told.cases), list(told.sections)) == (OLIVE, 20, [Section.SOON])


def test_a_digest_that_is_parked_is_not_written_over(world):
    for number in (1, 2):
        casework.claim(world.desk, world.opened(id_=str(number)), OLIVE)
    world.clock.set(at(3, 4))
    first, second = reminding.awake(world.desk)
    reminding.wake(world.desk, replace(first, asked=set()))
    (digest,) = intents(world, Message.DIGEST)
    outbox.park(world.desk, digest, [f"account_inactive@{OLIVE}"])
    reminding.wake(world.desk, replace(second, asked=set()))
    (parked,) = intents(world, Message.DIGEST)
    assert parked.causes == (f"account_inactive@{OLIVE}",)
    outbox.done(world.desk, parked, {OLIVE})
    assert outbox.causes(world.desk) == ()


def test_a_channel_that_agencies_share_is_told_where_an_office_is_open(world):
    prisons = world.desk.directory().agency("aoc")
    roster.import_agencies(world.desk, [replace(prisons, channel="C-AOC")])
    world.opened("法務部矯正署臺南監獄")
    swept(world, at(3, 4), at(3, 6))
    roster.close(world.desk, [Closure(at(3, 9).date(), "桃園市")])
    world.clock.set(at(3, 9))
    (asked,) = (outbox.digest("C-AOC", at(3, 9), afternoon=False, person=False),)
    assert not digests.moved_on(world.desk, asked)
    assert list(digests.digest(world.desk, asked).sections) == [Section.DUE_TODAY]


def test_the_afternoon_asks_for_a_check_of_its_own_and_only_of_what_is_due(world):
    casework.claim(world.desk, world.opened(), OLIVE)
    swept(world, at(3, 9), at(3, 9, 14))
    assert asked(world) == [(OLIVE, "202603090"), (OLIVE, "202603091")]
    morning, afternoon = intents(world, Message.DIGEST)
    assert digests.digest(world.desk, afternoon).afternoon
    assert list(digests.digest(world.desk, afternoon).sections) == [Section.DUE_TODAY]
    world.clock.set(at(3, 10))
    assert digests.digest(world.desk, afternoon).empty
    assert list(digests.digest(world.desk, morning).sections) == [Section.OVERDUE]


def test_who_was_not_called_all_day_is_called_once_in_the_afternoon(world):
    casework.claim(world.desk, world.opened(), OLIVE)
    assert swept(world, at(3, 9, 15))["due_morning"] == 1
    assert asked(world) == [(OLIVE, "202603091")]


def test_a_digest_is_read_with_as_few_calls_however_many_cases_there_are(world):
    for number in range(1, 21):
        casework.claim(world.desk, world.opened(id_=str(number)), OLIVE)
    swept(world, at(3, 4))
    (digest,) = intents(world, Message.DIGEST)
    desk = replace(world.desk, store=(counting := Counting(world.desk.store)))
    digests.digest(desk, digest)
    assert counting.calls.count("find") == 1
    assert len(counting.calls) < 5


def sections(world, person: str, day: datetime) -> dict[str, list[str]]:
    """What somebody would be told on a morning: cases by heading."""
    world.clock.set(day)
    told = digests.digest(world.desk, outbox.digest(person, day, afternoon=False, person=True))
    return {name.value: [one.id for one in cases] for name, cases in told.sections.items()}


def test_a_case_that_was_put_off_stands_in_no_digest_before_its_morning(world):
    first, second = (world.opened(id_=one) for one in ("1", "2"))
    for case in (first, second):
        casework.claim(world.desk, case, OLIVE)
    holding.snooze(world.desk, first, OLIVE, date(2026, 3, 6))
    assert sections(world, OLIVE, at(3, 4)) == {"soon": [second]}
    assert sections(world, OLIVE, at(3, 6)) == {"soon": [first, second]}


def test_what_was_put_off_and_is_due_late_stands_there_for_some_mornings_only(world):
    case = world.published(STUDY)
    holding.snooze(world.desk, case, OLIVE, date(2026, 3, 6))
    mornings = [day for day in range(5, 18) if sections(world, OLIVE, at(3, day))]
    assert mornings == [6, 7, 8, 9, 10, 11]
    world.clock.set(at(3, 6, 10))
    casework.draft(world.desk, case, OLIVE, REPLY)
    assert sections(world, OLIVE, at(3, 9)) == {}


def crowded(world: World, number: int, due: int = 3) -> None:
    """So many cases of a colleague that fall due before all others."""
    case = world.opened(id_="90001")
    casework.claim(world.desk, case, OTTO)
    first = replace(world.case(case), version=1)
    dates = replace(first.due, on=date(2026, 3, due), original=date(2026, 3, due))
    for n in range(number):
        row = records.head_row(replace(first, id=f"S8{n:04}", due=dates), at(12, 1))
        world.desk.store.commit(Put(row))


@pytest.mark.parametrize("number", [AROUND, 2 * AROUND + 1])
def test_what_is_mine_is_told_however_many_cases_of_others_fall_due_before_it(world, number):
    crowded(world, number)
    case = world.claimed()
    assert sections(world, OLIVE, at(3, 4)) == {"soon": [case]}
    assert sections(world, OLIVE, at(3, 11)) == {"overdue": [case]}


@pytest.mark.parametrize(
    ("who", "state", "section"),
    [
        (HELEN, "in_review", "to_review"),
        (CAROL, "awaiting", "to_approve"),
        (CORA, "unassigned", "soon"),
    ],
)
def test_what_waits_for_me_is_told_however_many_cases_fall_due_before_it(
    world, who, state, section
):
    crowded(world, AROUND + 1, due=5)
    case = world.opened("內政部") if state == "unassigned" else getattr(world, state)()
    assert sections(world, who, at(3, 4)) == {section: [case]}


def test_an_unclaimed_case_is_told_in_its_channel_however_many_fall_due_before_it(world):
    crowded(world, AROUND + 1)
    case = world.opened()
    world.clock.set(at(3, 4))
    asked = outbox.digest(AAC, at(3, 4), afternoon=False, person=False)
    (found,) = digests.digest(world.desk, asked).cases
    assert found.id == case


def test_what_waits_for_me_is_looked_for_to_the_end_where_nothing_falls_due(world):
    crowded(world, AROUND + 1)
    case = world.published(STUDY)
    casework.draft(world.desk, case, OLIVE, REPLY)
    world.submit(case)
    assert sections(world, HELEN, at(3, 3)) == {"to_review": [case]}


def test_of_many_pages_no_more_are_read_than_a_digest_speaks_of(world, monkeypatch):
    monkeypatch.setattr(digests, "WHOLE", 1)
    crowded(world, AROUND)
    case = world.awaiting()
    later = replace(world.case().due, study=date(2026, 6, 1))
    for n in range(AROUND):
        far = replace(world.case(), id=f"S7{n:04}", due=later, version=1)
        world.desk.store.commit(Put(records.head_row(far, at(12, 1))))
    world.clock.set(at(3, 9))
    desk = replace(world.desk, store=(counting := Counting(world.desk.store)))
    told = digests.digest(desk, outbox.digest(CAROL, at(3, 9), afternoon=False, person=True))
    assert [one.id for one in told.sections[Section.DUE_TODAY]] == [case]
    assert told.more
    assert counting.calls.count("find") == 3


def test_a_case_that_cannot_be_read_keeps_the_others_from_nobody(world):
    first, second = (world.opened(id_=one) for one in ("1", "2"))
    for case in (first, second):
        casework.claim(world.desk, case, OLIVE)
    poisoned(world, first)
    assert sections(world, OLIVE, at(3, 4)) == {"soon": [second]}
    world.clock.set(at(3, 10))
    assert {case for cases in sections(world, HELEN, at(3, 11)).values() for case in cases} == {
        second
    }


# -- who is told ------------------------------------------------------------------------------


def leave(world: World, *ids: str) -> None:
    gone = [replace(one, active=False) for one in PEOPLE if one.id in ids]
    roster.import_people(world.desk, gone)


def unchannelled(world: World) -> None:
    roster.import_agencies(world.desk, [replace(one, channel=None) for one in channelled()])


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("opened", [AAC]),
        ("claimed", [OLIVE]),
        ("drafted", [OLIVE]),
        ("in_review", [HELEN]),
        ("awaiting", [CAROL]),
        ("approved", [OLIVE]),
    ],
)
def test_whoever_has_the_next_step_is_told(world, state, who):
    assert called(world, getattr(world, state)()) == who


def test_of_a_matter_under_study_its_officer_is_told(world):
    assert called(world, world.published(STUDY)) == [OLIVE]


def test_a_case_that_nobody_has_been_given_is_the_coordinators(world):
    assert called(world, world.opened("財政部")) == [CORA]


def test_an_agency_without_a_channel_has_the_coordinators(world):
    unchannelled(world)
    assert called(world, world.opened()) == [CORA]


def test_the_case_of_one_who_left_is_told_in_the_channel_and_without_one_to_the_coordinators(world):
    case = world.claimed()
    leave(world, OLIVE)
    assert called(world, case) == [AAC]
    unchannelled(world)
    assert called(world, case) == [CORA]


def test_the_case_of_one_who_went_to_another_agency_is_told_in_the_channel(world):
    case = world.claimed()
    roster.import_people(world.desk, [replace(person_of(OLIVE), agency=MINISTRY)])
    assert called(world, case) == [AAC]


def test_of_an_approval_deputies_of_the_day_are_told_too(world):
    case = world.awaiting()
    world.clock.set(at(3, 4))
    assert called(world, case) == [CAROL, DEREK]


@pytest.mark.parametrize(("state", "gone"), [("in_review", HELEN), ("awaiting", CAROL)])
def test_where_nobody_may_decide_the_coordinators_are_told(world, state, gone):
    case = getattr(world, state)()
    leave(world, gone)
    assert called(world, case) == [CORA]


def test_a_coordinator_is_told_that_nobody_may_approve(world):
    world.awaiting()
    leave(world, CAROL)
    swept(world, at(3, 4))
    (digest,) = intents(world, Message.DIGEST)
    assert digest.person == CORA
    assert list(digests.digest(world.desk, digest).sections) == [Section.NOBODY_MAY]


def test_a_co_sign_is_the_legal_units_and_the_officer_hears_of_it(world):
    case = world.drafted(REFUSAL)
    assert called(world, case) == [LENA, OLIVE]
    leave(world, LENA)
    assert called(world, case) == [CORA, OLIVE]


def test_delay_is_told_to_one_more_each_workday_and_once_to_the_cio(world):
    world.claimed()
    swept(world, at(3, 10))
    deliver_all(world)
    told = []
    for day in (11, 12, 13, 16):
        swept(world, at(3, day))
        told.append(sorted(to for to, _ in asked(world)))
        escalations = [one.not_before for one in intents(world, Message.ESCALATION)]
        assert escalations == ([at(3, day)] if day >= 13 else [])
        deliver_all(world)
    # Who let the case lie was asked on the 5th, and lost it on the 6th.
    assert told == [
        sorted([AAC, HELEN]),
        sorted([AAC, HELEN, CORA]),
        sorted([AAC, HELEN, CORA, CAROL]),
        sorted([AAC, HELEN, CORA, CAROL]),
    ]


def test_what_the_cio_was_told_of_is_brought_up_to_date_by_whoever_acts(world):
    case = world.opened()
    swept(world, at(3, 12), at(3, 13))
    deliver_all(world)
    casework.claim(world.desk, case, OLIVE)
    (again,) = intents(world, Message.ESCALATION)
    assert again.occasion == "1"


def test_what_is_done_before_the_fourth_morning_is_not_told_to_the_cio(world):
    case = world.opened()
    swept(world, at(3, 11), at(3, 12))
    world.clock.set(at(3, 13, 7))
    casework.claim(world.desk, case, OLIVE)
    assert intents(world, Message.ESCALATION) == []


def test_an_old_case_that_came_late_tells_the_cio_nothing_before_a_reminder_does(world):
    case = world.opened(posted_at=at(1, 5))
    casework.claim(world.desk, case, OLIVE)
    assert intents(world, Message.ESCALATION) == []
    swept(world, at(3, 3))
    assert len(intents(world, Message.ESCALATION)) == 1


# -- the coming year --------------------------------------------------------------------------


def nudged(world: World, since: datetime, now: datetime) -> list[tuple[str, str]]:
    world.clock.set(now)
    reminding.nudge(world.desk, since.astimezone(UTC))
    return asked(world)


def test_the_coordinators_are_nudged_for_a_calendar_on_the_mornings_that_ask_for_it(world):
    assert nudged(world, at(6, 30), at(7, 1, 8)) == []
    assert nudged(world, at(7, 1, 8), at(7, 1, 9)) == [(CORA, "202607010")]
    (digest,) = intents(world, Message.DIGEST)
    assert digests.digest(world.desk, digest).wanted_year == 116
    deliver_all(world)
    assert nudged(world, at(7, 1, 9), at(7, 1, 10)) == []
    assert nudged(world, at(7, 2, 8), at(7, 2, 9)) == []
    assert nudged(world, at(12, 9, 8), at(12, 9, 9)) == [(CORA, "202612090")]


def test_a_morning_that_an_outage_missed_is_made_good(world):
    assert nudged(world, at(6, 30, 17), at(7, 1, 20)) == [(CORA, "202607020")]
    deliver_all(world)
    assert nudged(world, at(7, 31), at(8, 5, 10)) == [(CORA, "202608050")]


def wanted(world: World, day: datetime) -> int | None:
    """The year whose calendar the coordinator's digest of a morning asks for."""
    world.clock.set(day)
    asked = outbox.digest(CORA, day, afternoon=False, person=True)
    (asked,) = outbox.stored(world.desk, [asked]) or (asked,)
    return digests.digest(world.desk, asked).wanted_year


def test_a_digest_of_another_morning_does_not_ask_for_the_calendar(world):
    days = [day for day in range(1, 32) if wanted(world, at(7, day))]
    assert days == [1]
    assert [wanted(world, at(12, day)) for day in (1, 2, 31)] == [116, 116, 116]


def test_a_missed_nudge_goes_with_the_digest_that_makes_it_good(world):
    nudged(world, at(6, 30, 17), at(7, 1, 20))
    assert wanted(world, at(7, 2)) == 116
    assert wanted(world, at(7, 3)) is None


def test_a_nudge_joins_a_digest_that_waits(world):
    day = at(7, 2)
    asked = outbox.digest(CORA, day, afternoon=False, person=True)
    world.desk.store.commit(Put(outbox.intent_row(asked)))
    nudged(world, at(6, 30, 17), day)
    assert len(intents(world, Message.DIGEST)) == 1
    assert wanted(world, day) == 116


def test_a_nudge_that_could_not_be_sent_moves_on_with_its_digest(world):
    nudged(world, at(7, 1, 8), at(7, 1, 9))
    world.clock.set(at(7, 1, 18, 30))
    assert digests.moved_on(world.desk, intents(world, Message.DIGEST)[0])
    assert wanted(world, at(7, 2)) == 116


def test_a_nudge_does_not_write_over_a_digest_that_waits(world):
    nudged(world, at(7, 1, 8), at(7, 1, 9))
    (digest,) = intents(world, Message.DIGEST)
    outbox.put_off(world.desk, digest, timedelta(minutes=5))
    nudged(world, at(7, 1, 8), at(7, 1, 9))
    assert intents(world, Message.DIGEST)[0].tries == 1


def test_nobody_is_nudged_for_a_calendar_that_is_there(world):
    assert nudged(world, at(1, 1), at(6, 30)) == []

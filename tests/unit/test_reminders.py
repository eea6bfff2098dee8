"""The reminder plan as a pure function: every milestone on its morning, and on no other."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from opendata.desk.clocks import due_of
from opendata.desk.context import Terms
from opendata.rules.calendar import Closure, shipped
from opendata.rules.feedback import Action, Case, Kind, Move, State
from opendata.rules.people import Role
from opendata.rules.reminders import (
    Milestone,
    escalated_to,
    next_marks,
    nudges_on,
    opening,
    wanted_year,
)
from opendata.rules.reply import Draft, Purpose, ReplyType
from opendata.rules.roc import TAIPEI
from opendata.rules.snooze import Snooze, ended
from tests.world import MONDAY, OLIVE

CALENDAR = shipped()


def case(at=MONDAY, state=State.RECEIVED, **more):
    """A case received at an instant."""
    due = due_of(at, CALENDAR, Terms())
    moved = Move(OLIVE, Action.CLAIM, at)
    return Case("S1", Kind.SUGGESTION, "1", "aac", state, 1, at, at, due, moved, **more)


def plan(of, until):
    """Every milestone up to a date, as month-day hour and name, while nothing else happens."""
    told = []
    while marks := next_marks(of, CALENDAR):
        if marks[0].at.date() > until:
            return told
        told += [(f"{mark.at:%m-%d %H}", mark.milestone.value) for mark in marks]
        of = replace(of, reminded_to=marks[0].at.astimezone(UTC))
    return told


def taipei(*parts):
    return datetime(*parts, tzinfo=TAIPEI)


def test_an_unclaimed_case_is_reminded_of_three_and_one_workdays_before_on_the_day_and_after():
    assert plan(case(), date(2026, 3, 11)) == [
        ("03-04 09", "three_before"),
        ("03-06 09", "one_before"),
        ("03-09 09", "due_morning"),
        ("03-09 14", "due_afternoon"),
        ("03-10 09", "overdue"),
        ("03-11 09", "overdue"),
    ]


def test_over_lunar_new_year_nothing_calls_and_the_last_workday_and_the_first_back_do():
    received = taipei(2026, 2, 9, 10)
    assert plan(case(received), date(2026, 2, 24)) == [
        ("02-11 09", "three_before"),
        ("02-13 09", "one_before"),
        ("02-23 09", "due_morning"),
        ("02-23 14", "due_afternoon"),
        ("02-24 09", "overdue"),
    ]


def test_what_falls_due_soon_after_a_break_is_told_before_it_and_again_after_it():
    study = replace(
        case(taipei(2026, 2, 2, 10), State.UNDER_STUDY),
        due=replace(case(taipei(2026, 2, 2, 10)).due, study=date(2026, 2, 24)),
    )
    assert plan(study, date(2026, 2, 24)) == [
        ("02-12 09", "three_before"),
        ("02-13 09", "before_break"),
        ("02-23 09", "one_before"),
        ("02-24 09", "due_morning"),
        ("02-24 14", "due_afternoon"),
    ]
    later = replace(study, due=replace(study.due, study=date(2026, 3, 31)))
    assert plan(later, date(2026, 3, 1)) == [("02-23 09", "first_day_back")]


def test_milestones_before_the_receipt_collapse_into_its_message():
    late = replace(case(), received_at=taipei(2026, 3, 9, 9, 30))
    assert plan(late, date(2026, 3, 9)) == [("03-09 14", "due_afternoon")]
    over = replace(case(), received_at=taipei(2026, 3, 20, 9))
    assert plan(over, date(2026, 3, 23)) == [("03-23 09", "overdue")]


def test_a_case_that_is_not_open_calls_for_nobody():
    closed = set(State) - {
        State.RECEIVED,
        State.IN_PROGRESS,
        State.IN_REVIEW,
        State.AWAITING_APPROVAL,
        State.APPROVED,
        State.UNDER_STUDY,
    }
    assert [next_marks(case(state=state), CALENDAR) for state in sorted(closed)] == [()] * 4


@pytest.mark.parametrize("days", range(1, 5 * 365, 73))
def test_every_open_case_always_has_a_next_milestone(days):
    study = replace(case().due, study=MONDAY.date() + timedelta(days=days))
    (mark, *_) = next_marks(replace(case(state=State.UNDER_STUDY), due=study), CALENDAR)
    assert mark.at > MONDAY


# -- idle, snoozed


def test_a_claimed_case_without_progress_is_asked_about_and_given_back_if_nobody_answers():
    idle = case(state=State.IN_PROGRESS, officer=OLIVE)
    assert plan(idle, date(2026, 3, 5))[:2] == [("03-04 09", "three_before"), ("03-05 09", "idle")]
    asked = replace(idle, asked_at=taipei(2026, 3, 5, 9), reminded_to=taipei(2026, 3, 5, 9))
    assert plan(asked, date(2026, 3, 6))[0] == ("03-06 09", "given_back")
    kept = replace(asked, kept_at=taipei(2026, 3, 5, 10))
    assert plan(kept, date(2026, 3, 9))[:2] == [
        ("03-06 09", "one_before"),
        ("03-09 09", "due_morning"),
    ]
    assert plan(kept, date(2026, 3, 10))[3] == ("03-10 09", "idle")


def test_who_is_asked_after_hours_has_the_whole_next_workday_and_may_answer_before_it():
    thursday = taipei(2026, 3, 5, 22)
    asked = case(state=State.IN_PROGRESS, officer=OLIVE, asked_at=thursday, reminded_to=thursday)
    assert ("03-06 09", "given_back") not in plan(asked, date(2026, 3, 6))
    assert plan(asked, date(2026, 3, 9))[1] == ("03-09 09", "given_back")
    at_night = replace(asked, kept_at=thursday + timedelta(hours=1))
    assert "given_back" not in dict(map(reversed, plan(at_night, date(2026, 3, 9))))


def test_an_officer_who_waits_for_the_legal_unit_is_not_idle():
    draft = Draft(1, Purpose.REPLY, ReplyType.NOT_OPEN, "0", OLIVE, MONDAY, needs_cosign=True)
    waits = case(state=State.IN_PROGRESS, officer=OLIVE, draft=draft)
    assert "idle" not in dict(map(reversed, plan(waits, date(2026, 3, 12))))
    signed = replace(waits, draft=replace(draft, cosigned_by="U0LENA"))
    assert "idle" in dict(map(reversed, plan(signed, date(2026, 3, 12))))


def test_a_snooze_puts_reminders_off_to_its_morning_but_never_the_due_date():
    snoozed = case(
        state=State.IN_PROGRESS,
        snooze=Snooze(date(2026, 3, 6), MONDAY, MONDAY),
        reminded_to=MONDAY,
    )
    assert plan(snoozed, date(2026, 3, 9)) == [
        ("03-06 09", "snoozed"),
        ("03-09 09", "due_morning"),
        ("03-09 14", "due_afternoon"),
    ]
    gone = replace(snoozed, snooze=ended(snoozed.snooze, MONDAY + timedelta(hours=1)))
    assert plan(gone, date(2026, 3, 4)) == [("03-04 09", "three_before")]


def test_who_put_a_case_off_is_not_asked_about_it_before_two_workdays_after_that_morning():
    snooze = Snooze(date(2026, 3, 6), MONDAY, MONDAY)
    put_off = case(state=State.IN_PROGRESS, officer=OLIVE, snooze=snooze, reminded_to=MONDAY)
    assert plan(put_off, date(2026, 3, 10)) == [
        ("03-06 09", "snoozed"),
        ("03-09 09", "due_morning"),
        ("03-09 14", "due_afternoon"),
        ("03-10 09", "overdue"),
    ]
    assert ("03-11 09", "idle") in plan(put_off, date(2026, 3, 11))
    worked = replace(put_off, kept_at=taipei(2026, 3, 9, 10))
    assert ("03-12 09", "idle") in plan(worked, date(2026, 3, 12))
    assert ("03-11 09", "idle") not in plan(worked, date(2026, 3, 12))


def test_what_a_snooze_held_back_stays_so_when_somebody_else_has_the_case():
    snoozed = Snooze(date(2026, 3, 6), MONDAY, MONDAY)
    wednesday = datetime(2026, 3, 4, 16, tzinfo=TAIPEI)
    gone = case(state=State.IN_PROGRESS, snooze=ended(snoozed, wednesday), reminded_to=MONDAY)
    assert plan(gone, date(2026, 3, 6)) == [("03-06 09", "one_before")]


# -- escalation, hours, the coming year


@pytest.mark.parametrize(
    ("day", "roles"),
    [
        (date(2026, 3, 9), ()),
        (date(2026, 3, 10), ()),
        (date(2026, 3, 11), (Role.SECTION_HEAD,)),
        (date(2026, 3, 12), (Role.SECTION_HEAD, Role.COORDINATOR)),
        (date(2026, 3, 13), (Role.SECTION_HEAD, Role.COORDINATOR, Role.CIO)),
        (date(2026, 6, 1), (Role.SECTION_HEAD, Role.COORDINATOR, Role.CIO)),
    ],
)
def test_delay_is_told_to_one_more_each_workday(day, roles):
    assert escalated_to(case(), day, CALENDAR) == roles
    assert escalated_to(case(state=State.ANSWERED), day, CALENDAR) == ()


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (taipei(2026, 3, 2, 8, 59), taipei(2026, 3, 2, 9)),
        (taipei(2026, 3, 2, 9), taipei(2026, 3, 2, 9)),
        (taipei(2026, 3, 2, 17, 59), taipei(2026, 3, 2, 17, 59)),
        (taipei(2026, 3, 2, 18), taipei(2026, 3, 3, 9)),
        (taipei(2026, 2, 13, 18), taipei(2026, 2, 23, 9)),
        (taipei(2026, 2, 16, 12), taipei(2026, 2, 23, 9)),
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), taipei(2026, 3, 3, 9)),
    ],
)
def test_an_office_is_called_from_nine_to_six_on_workdays(at, opens):
    assert opening(at, CALENDAR) == opens


def test_a_missing_calendar_is_wanted_from_july_and_a_missing_present_one_always():
    assert wanted_year(date(2026, 6, 30), CALENDAR) is None
    assert wanted_year(date(2026, 7, 1), CALENDAR) == 116
    assert wanted_year(date(2027, 1, 4), CALENDAR) == 116
    assert wanted_year(date(2025, 12, 1), CALENDAR) is None


def test_the_coordinator_is_nudged_monthly_from_july_and_daily_in_december():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    nudged = [day for day in days if CALENDAR.is_workday(day) and nudges_on(day, CALENDAR)]
    assert [f"{day:%m-%d}" for day in nudged if day.month < 12] == [
        "07-01",
        "08-03",
        "09-01",
        "10-01",
        "11-02",
    ]
    december = [day for day in days if day.month == 12 and CALENDAR.is_workday(day)]
    assert [day for day in nudged if day.month == 12] == december


def test_all_milestones_lie_in_office_hours_of_workdays():
    marks = plan(case(state=State.IN_PROGRESS, officer=OLIVE), date(2026, 5, 1))
    assert {name for _, name in marks} >= {"idle", "overdue", "due_afternoon"}
    hours = {time(int(at.split()[1])) for at, _ in marks}
    assert hours == {time(9), time(14)}
    days = {date(2026, *map(int, at.split()[0].split("-"))) for at, _ in marks}
    assert all(map(CALENDAR.is_workday, days))


def test_each_milestone_has_a_name_of_its_own():
    (mark,) = next_marks(case(), CALENDAR)
    assert mark.name == "three_before@20260304"
    assert {one.value for one in Milestone} >= {name for _, name in plan(case(), date(2026, 3, 20))}


def test_a_snooze_until_a_morning_that_came_to_be_closed_ends_on_the_next_workday():
    study = replace(case().due, study=date(2026, 3, 31))
    chosen = Snooze(date(2026, 3, 18), MONDAY, MONDAY)
    put_off = replace(case(state=State.UNDER_STUDY), due=study, snooze=chosen, officer=OLIVE)
    closed = CALENDAR.with_closures([Closure(date(2026, 3, 18), "臺北市")], ["臺北市"])
    assert [f"{mark.at:%m-%d}" for mark in next_marks(put_off, CALENDAR)] == ["03-18"]
    (mark,) = next_marks(put_off, closed)
    assert (f"{mark.at:%m-%d}", mark.milestone) == ("03-19", Milestone.SNOOZED)

"""The reminder plan: when a case calls for somebody, and in which hours an office may be called.

Lives here: the milestones of an open case as a pure function of the case and its calendar, how an
overdue case is escalated, and office hours. Who holds a case, and what is sent, stands in
``opendata.desk.reminding``; when a case is due, in ``deadline``.

A milestone is named by its kind and its day, so each happens once in a round, and one that a new
due date brings is another milestone. Every one falls on a workday, at 09:00 or 14:00 in Taipei.
Domain rule R10.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from opendata.rules.calendar import OfficeCalendar
from opendata.rules.deadline import days_left, rolled
from opendata.rules.feedback import Case, State
from opendata.rules.people import Role
from opendata.rules.roc import TAIPEI, local_date, roc_year
from opendata.rules.snooze import Snooze

MORNING, AFTERNOON, EVENING = time(9), time(14), time(18)
LONG_BREAK = 3
IDLE_DAYS = 2
SOON = 3
FIRST_NUDGE = 7
_ONE_DAY = timedelta(days=1)
# Of an open case a milestone lies at the latest behind its due date, and that at most five years
# ahead; what is beyond is a calendar without workdays.
_FURTHEST = 6 * 366


class Milestone(StrEnum):
    """Why a case calls for somebody."""

    THREE_BEFORE = "three_before"
    ONE_BEFORE = "one_before"
    DUE_MORNING = "due_morning"
    DUE_AFTERNOON = "due_afternoon"
    OVERDUE = "overdue"
    BEFORE_BREAK = "before_break"
    FIRST_DAY_BACK = "first_day_back"
    SNOOZED = "snoozed"
    IDLE = "idle"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone of a case: what it is, and the instant in Taipei's time."""

    at: datetime
    milestone: Milestone

    @property
    def name(self) -> str:
        """One of its kind: ``due_morning@20260223``."""
        return f"{self.milestone}@{self.at:%Y%m%d}"


def next_marks(case: Case, calendar: OfficeCalendar) -> tuple[Mark, ...]:
    """The next milestones that have not been dealt with, all of one instant; () if it is not open.

    Those before the receipt collapse into the message about the receipt: they never happen.
    """
    after = case.reminded_to or case.received_at
    day = local_date(after)
    for _ in range(_FURTHEST if case.open else 0):
        if calendar.is_workday(day):
            ahead = [mark for mark in _marks_of(day, case, calendar) if mark.at > after]
            if ahead:
                return tuple(mark for mark in ahead if mark.at == ahead[0].at)
        day += _ONE_DAY
    return ()


def _marks_of(day: date, case: Case, calendar: OfficeCalendar) -> Iterator[Mark]:
    """The milestones of a workday, in their order."""
    morning = datetime.combine(day, MORNING, TAIPEI)
    for milestone in (_idle(day, case, calendar), _morning(day, case, calendar)):
        if milestone is not None:
            yield Mark(morning, milestone)
    if day == case.due_now:
        yield Mark(datetime.combine(day, AFTERNOON, TAIPEI), Milestone.DUE_AFTERNOON)


def _morning(day: date, case: Case, calendar: OfficeCalendar) -> Milestone | None:  # noqa: PLR0911  # one line a milestone
    due, snooze = case.due_now, case.snooze
    if day > due:
        return Milestone.OVERDUE
    if day == due:
        return Milestone.DUE_MORNING
    if snooze is not None and _held_back(day, snooze, calendar):
        return Milestone.SNOOZED if day == rolled(snooze.until, calendar) else None
    if day == calendar.workday_before(due, 1):
        return Milestone.ONE_BEFORE
    if day == calendar.workday_before(due, 3):
        return Milestone.THREE_BEFORE
    if calendar.rest_before(day) >= LONG_BREAK:
        return Milestone.FIRST_DAY_BACK
    if calendar.rest_after(day) >= LONG_BREAK and due <= calendar.workday_after(day, SOON):
        return Milestone.BEFORE_BREAK
    return None


def _held_back(day: date, snooze: Snooze, calendar: OfficeCalendar) -> bool:
    """Whether who has the case wanted no other reminder that morning, and had it then.

    Where offices came to be closed on the morning that was chosen, the next one is meant.
    """
    morning = datetime.combine(day, MORNING, TAIPEI)
    had_it = snooze.ended_at is None or morning < snooze.ended_at
    return snooze.since < morning and day <= rolled(snooze.until, calendar) and had_it


def _idle(day: date, case: Case, calendar: OfficeCalendar) -> Milestone | None:
    """仍由您辦理嗎？ after two workdays without progress; no answer: back to the pool.

    Who put the case off is asked nothing before that morning: the workdays count from it.
    """
    waits = case.draft is not None and case.draft.awaits_cosign
    if case.state is not State.IN_PROGRESS or case.officer is None or waits:
        return None
    asked = case.asked_at
    if asked is not None and asked > case.progressed_at:
        given_back = calendar.workday_after(local_date(opening(asked, calendar)), 1)
        return Milestone.GIVEN_BACK if day >= given_back else None
    last, snooze = local_date(case.progressed_at), case.snooze
    if snooze is not None and snooze.ended_at is None:
        last = max(last, snooze.until)
    return Milestone.IDLE if day >= calendar.workday_after(last, IDLE_DAYS + 1) else None


ESCALATION = (Role.SECTION_HEAD, Role.COORDINATOR, Role.CIO)
"""Who is told beside the holder from the second, third and fourth workday of delay on."""


def escalated_to(case: Case, today: date, calendar: OfficeCalendar) -> tuple[Role, ...]:
    """Who is told, beside whoever has the case, that it is overdue on a day."""
    over = -days_left(today, case.due_now, calendar) if case.open else 0
    return ESCALATION[: max(0, over - 1)]


def wanted_year(today: date, calendar: OfficeCalendar) -> int | None:
    """The 民國 year whose calendar is missing: this one, or from July on the next (R18)."""
    years = (roc_year(today), roc_year(today) + 1)[: 2 if today.month >= FIRST_NUDGE else 1]
    return next((year for year in years if year not in calendar.years), None)


def nudges_on(day: date, calendar: OfficeCalendar) -> bool:
    """Whether a workday reminds of a missing calendar.

    The first of a month does; in December, and when the year itself has come, every one.
    """
    wanted = wanted_year(day, calendar)
    if wanted is None:
        return False
    urgent = day.month == 12 or wanted == roc_year(day)
    return urgent or calendar.workday_before(day, 1).month != day.month


def opening(at: datetime, calendar: OfficeCalendar) -> datetime:
    """The instant itself if the office is open, else when it opens next, in Taipei's time."""
    local = at.astimezone(TAIPEI)
    today = local.date()
    if not calendar.is_workday(today) or local.time() >= EVENING:
        return datetime.combine(calendar.workday_after(today, 1), MORNING, TAIPEI)
    return max(local, datetime.combine(today, MORNING, TAIPEI))

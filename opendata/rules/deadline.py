"""When an opinion is due, and why: every day from receipt to due date, explained.

Lives here: ``due``, its JSON, and how much time is left. Which days are workdays stands in
``calendar``; extensions and promised dates are decided in the case.

The 7 days are the ministry's own promise, counted by analogy with 行政程序法 §48: the day of
receipt does not count (II), and a period that would end on a day off ends on the next workday (IV),
at the end of that day (民法 §121, §122). Received is when it stands on the platform (電子簽章法
§9). Domain rules R1 and R2; choices 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from opendata.rules.calendar import OfficeCalendar
from opendata.rules.errors import Fault, Invalid
from opendata.rules.roc import TAIPEI, local_date

MOST_DAYS = 366
_ONE_DAY = timedelta(days=1)
_END_OF_DAY = time(23, 59, 59, tzinfo=TAIPEI)


class Mode(StrEnum):
    """What a day of the promise is.

    CALENDAR counts every day and moves only the end to a workday; WORKING counts workdays, as the
    handling limits of official documents do.
    """

    CALENDAR = "calendar"
    WORKING = "working"


class StepKind(StrEnum):
    """What a day does to the period.

    RECEIVED is day 0. COUNTED days are part of the period. SKIPPED days off are not (WORKING). The
    last counted day is DUE; where it falls on a day off, that day and the days off after it are
    ROLLED over and the workday after them is DUE (CALENDAR).
    """

    RECEIVED = "received"
    COUNTED = "counted"
    SKIPPED = "skipped"
    ROLLED = "rolled"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Step:
    """One day of the explanation; ``note`` is a holiday's name or one of the calendar's codes."""

    date: date
    kind: StepKind
    note: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date with its reasons.

    Attributes:
        received_at: the instant of receipt, in Taipei's time.
        due_on: the due date, local.
        due_at: its last second, 23:59:59+08:00.
        provisional: a day from receipt to due date lies in a year whose calendar is not known.
        calendar_version: the calendar it was counted on.
        steps: every day from the day of receipt to the due date.
    """

    received_at: datetime
    due_on: date
    due_at: datetime
    provisional: bool
    calendar_version: str
    steps: tuple[Step, ...]


def due(
    received_at: datetime,
    calendar: OfficeCalendar,
    days: int = 7,
    mode: Mode = Mode.CALENDAR,
) -> Deadline:
    """Count a period from an instant of receipt.

    Args:
        received_at: platform time, aware; its date in Taipei is day 0.
        calendar: the office calendar, with the closures of the agency's seat.
        days: length of the period, 1 to 366.
        mode: whether every day counts, or workdays only.

    Raises:
        Invalid: ``no_offset``, ``out_of_range`` (days, or an instant at the end of time), or
            ``no_workday`` (a calendar that never opens).
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(Fault("days", "out_of_range", (("least", 1), ("most", MOST_DAYS))))
    try:
        received = local_date(received_at)
        steps = tuple(_steps(received, calendar, days, mode))
    except OverflowError:
        raise Invalid(Fault("received_at", "out_of_range")) from None
    due_on = steps[-1].date
    return Deadline(
        received_at=received_at.astimezone(TAIPEI),
        due_on=due_on,
        due_at=end_of_day(due_on),
        provisional=not all(calendar.covers(step.date) for step in steps),
        calendar_version=calendar.version,
        steps=steps,
    )


def _steps(day: date, calendar: OfficeCalendar, days: int, mode: Mode) -> Iterator[Step]:
    yield Step(day, StepKind.RECEIVED, calendar.describe(day))
    counted = 0
    # Every period ends well before: the bound is for a calendar without workdays.
    for _ in range(3 * days + MOST_DAYS):
        day += _ONE_DAY
        is_open = calendar.is_workday(day)
        counted += mode is Mode.CALENDAR or is_open
        kind = _kind(counted, days, mode, is_open=is_open)
        yield Step(day, kind, calendar.describe(day))
        if kind is StepKind.DUE:
            return
    raise Invalid(Fault("calendar", "no_workday"))


def _kind(counted: int, days: int, mode: Mode, *, is_open: bool) -> StepKind:
    if mode is Mode.WORKING and not is_open:
        return StepKind.SKIPPED
    if counted < days:
        return StepKind.COUNTED
    return StepKind.DUE if is_open else StepKind.ROLLED


def rolled(day: date, calendar: OfficeCalendar) -> date:
    """The day itself, or the first workday after it (行政程序法 §48 IV)."""
    return day if calendar.is_workday(day) else calendar.workday_after(day, 1)


def brought_forward(day: date, calendar: OfficeCalendar) -> date:
    """The day itself, or the last workday before it: what is promised by then is done by then."""
    return day if calendar.is_workday(day) else calendar.workday_before(day, 1)


def end_of_day(day: date) -> datetime:
    """The last second of a local date, 23:59:59+08:00."""
    return datetime.combine(day, _END_OF_DAY)


def days_left(today: date, due_on: date, calendar: OfficeCalendar) -> int:
    """Workdays until the due date, for 還有n個工作日 (+n), 今日屆期 (0), 逾期n個工作日 (−n).

    The sign alone tells early from late: only the due date itself gives 0, and the weekend after it
    is already the first workday of delay.
    """
    if today == due_on:
        return 0
    workdays = calendar.workdays_between(today, due_on)
    return max(workdays, 1) if today < due_on else min(workdays, -1)


def to_json(deadline: Deadline) -> dict[str, Any]:
    """The contract of ``opendata due``: instants and dates in ISO 8601."""
    return {
        "received_at": deadline.received_at.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "provisional": deadline.provisional,
        "calendar_version": deadline.calendar_version,
        "steps": [
            {"date": step.date.isoformat(), "kind": step.kind.value, "note": step.note}
            for step in deadline.steps
        ],
    }

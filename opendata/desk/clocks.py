"""Both clocks of a round: when it is due, and what a changed calendar makes of that.

The reckoning itself stands in ``rules.deadline``; who is told of a new date, in ``recompute``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from opendata.desk.context import Terms
from opendata.rules import deadline
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.feedback import Case, Due, Round


def due_of(opened_at: datetime, calendar: OfficeCalendar, terms: Terms) -> Due:
    """Both clocks of a round that opened at an instant."""
    ours = deadline.due(opened_at, calendar, terms.days, terms.mode)
    platforms = deadline.due(opened_at, calendar, terms.platform_days)
    return Due(
        on=ours.due_on,
        original=ours.due_on,
        platform=platforms.due_on,
        provisional=ours.provisional or platforms.provisional,
        calendar_version=ours.calendar_version,
        days=terms.days,
        platform_days=terms.platform_days,
        mode=terms.mode,
        half_closes=calendar.half_counts,
    )


def extended(due: Due, granted: date, calendar: OfficeCalendar) -> Due:
    """The clocks with an extension to a date; one that is a day off by now ends on the next.

    Closures may have moved the original date behind it: no extension shortens a period.
    """
    on = max(due.original, deadline.rolled(granted, calendar))
    return replace(due, on=on, granted=granted)


def studied(due: Due, promised: date, calendar: OfficeCalendar) -> Due:
    """The clocks of a matter under study.

    What is promised for a day off is done before it; a closure that comes later moves it behind, as
    it moves every last day.
    """
    foreseen = deadline.brought_forward(promised, calendar.without_closures())
    return replace(due, study=deadline.rolled(foreseen, calendar), promised=promised)


def dates_of(due: Due) -> dict[str, date]:
    """The dates of both clocks, as an event tells of them."""
    dates = {"on": due.on, "original": due.original, "platform": due.platform}
    return dates | ({"study": due.study} if due.study else {})


def recounted(case: Case, calendar_of: Callable[[Round], OfficeCalendar]) -> Case:
    """The case with the clocks of all its rounds on another calendar; itself if no date changes.

    The terms stay those on which a round began, an extension what was granted, and a promise what
    was promised.
    """
    *earlier, due = (_recounted(one, calendar_of(one)) for one in case.rounds)
    rounds = tuple(replace(one, due=new) for one, new in zip(case.earlier, earlier, strict=True))
    return (
        case
        if (due, rounds) == (case.due, case.earlier)
        else replace(case, due=due, earlier=rounds)
    )


def _recounted(one: Round, calendar: OfficeCalendar) -> Due:
    old = one.due
    new = due_of(one.opened_at, calendar, Terms(old.days, old.platform_days, old.mode))
    if old.granted is not None:
        new = extended(new, old.granted, calendar)
    if old.promised is not None:
        new = studied(new, old.promised, calendar)
    seen = replace(new, calendar_version=old.calendar_version, half_closes=old.half_closes)
    return old if seen == old else new


def moved(before: Case, after: Case) -> dict[str, Any]:
    """The dates of both clocks before and after, as an event tells of them.

    Of earlier rounds those that have moved, by number.
    """
    rounds = {
        str(old.number): {"before": dates_of(old.due), "after": dates_of(new.due)}
        for old, new in zip(before.earlier, after.earlier, strict=True)
        if old != new
    }
    dates = {"before": dates_of(before.due), "after": dates_of(after.due)}
    return dates | ({"earlier": rounds} if rounds else {})

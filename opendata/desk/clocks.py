"""Both clocks of a round: when it is due, and what a changed calendar makes of that.

The reckoning itself stands in ``rules.deadline``; who is told of a new date, in ``recompute``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from opendata.desk.context import Terms
from opendata.rules import deadline
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.feedback import Case, Due


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
    """The clocks with an extension to a date; one that is a day off by now ends on the next."""
    return replace(due, on=deadline.rolled(granted, calendar), granted=granted)


def studied(due: Due, promised: date, calendar: OfficeCalendar) -> Due:
    """The clocks of a matter under study; what is promised for a day off is done before it."""
    return replace(due, study=deadline.brought_forward(promised, calendar), promised=promised)


def dates_of(due: Due) -> dict[str, date]:
    """The dates of both clocks, as an event tells of them."""
    dates = {"on": due.on, "original": due.original, "platform": due.platform}
    return dates | ({"study": due.study} if due.study else {})


def recounted(case: Case, calendar: OfficeCalendar) -> Due:
    """The case's clocks on another calendar; the same object if no date of them changes.

    The terms stay those on which the round began, an extension what was granted, and a promise
    what was promised.
    """
    old = case.due
    new = due_of(case.opened_at, calendar, Terms(old.days, old.platform_days, old.mode))
    if old.granted is not None:
        new = extended(new, old.granted, calendar)
    if old.promised is not None:
        new = studied(new, old.promised, calendar)
    seen = replace(new, calendar_version=old.calendar_version, half_closes=old.half_closes)
    return old if seen == old else new

"""Both clocks of a round: when it is due, and what a changed calendar makes of that.

The reckoning itself stands in ``rules.deadline``; who is told of a new date, in ``recompute``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

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
    )


def recounted(case: Case, calendar: OfficeCalendar, terms: Terms) -> Due:
    """The case's clocks on another calendar; the same object if no date of them changes.

    An extension stays what was granted, and a promise what was promised: only their last day
    moves off a day without offices, forth for the one, back for the other.
    """
    old, new = case.due, due_of(case.opened_at, calendar, terms)
    if case.extended:
        new = replace(new, on=deadline.rolled(old.on, calendar))
    if old.study is not None:
        new = replace(new, study=deadline.brought_forward(old.study, calendar))
    unchanged = replace(new, calendar_version=old.calendar_version) == old
    return old if unchanged else new

"""What is known of office days, who entered it, and what a change of it would move.

Nothing is changed here: what is entered stands in ``roster``, what follows for the cases in
``recompute``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from opendata.desk import records
from opendata.desk.clocks import recounted
from opendata.desk.context import Desk, Office, office_of
from opendata.desk.ports import Index
from opendata.desk.records import Change
from opendata.rules.calendar import Closure, OfficeCalendar, Year
from opendata.rules.feedback import Case, Due
from opendata.rules.roc import roc_year


@dataclass(frozen=True, slots=True)
class Entered:
    """A closure, with who entered it and when; None where that is not known."""

    closure: Closure
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The office calendar as a whole.

    Attributes:
        years: what is known, without closures; its version is that of the years.
        entered: the closures, newest day first.
        missing: this year and the next, as far as they are not known: their dates are provisional.
    """

    years: OfficeCalendar
    entered: tuple[Entered, ...]
    missing: tuple[int, ...]


def overview(desk: Desk) -> Overview:
    """What is known now; one query."""
    rows = desk.store.query(records.CALENDAR).rows
    office = office_of(rows)
    changes: dict[Closure, Change] = {}
    for row in rows:
        if row.key.sk.startswith(records.CHANGE):
            change = records.read_change(row)
            changes |= dict.fromkeys(change.closures, change)
    newest = sorted(office.closures, key=lambda one: (-one.day.toordinal(), one.county))
    year = roc_year(desk.today())
    return Overview(
        office.years,
        tuple(_entered(one, changes.get(one)) for one in newest),
        tuple(one for one in (year, year + 1) if one not in office.years.years),
    )


def _entered(closure: Closure, change: Change | None) -> Entered:
    return Entered(closure, change.by if change else None, change.at if change else None)


def as_json(told: Overview) -> dict[str, Any]:
    """``opendata calendar list --json``."""
    return {
        "version": told.years.version,
        "years": [
            {
                "year": number,
                "version": year.version,
                "source": year.source,
                "days_off": len(year.off),
            }
            for number, year in sorted(told.years.years.items())
        ],
        "missing": list(told.missing),
        "closures": [
            {
                "date": one.closure.day.isoformat(),
                "county": one.closure.county,
                "half": one.closure.half,
                "by": one.by,
                "at": one.at.isoformat() if one.at else None,
            }
            for one in told.entered
        ],
    }


# -- what would be ----------------------------------------------------------------------------


def with_years(desk: Desk, years: Iterable[Year]) -> Office:
    """What would be known if these years were imported."""
    known = desk.office()
    calendar = known.years
    for year in years:
        calendar = calendar.with_year(year)
    return Office(calendar, known.closures)


def with_closures(desk: Desk, closures: Sequence[Closure], *, undo: bool = False) -> Office:
    """What would be known if these closures were entered, or taken back."""
    known, places = desk.office(), {(one.day, one.county) for one in closures}
    others = [one for one in known.closures if (one.day, one.county) not in places]
    return Office(known.years, (*others, *(() if undo else closures)))


@dataclass(frozen=True, slots=True)
class Move:
    """An open case whose date would be another; ``due`` are its clocks then."""

    case: Case
    due: Due

    @property
    def to(self) -> date:
        """The date that the holder would work towards."""
        return replace(self.case, due=self.due).due_now


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a change would do to the open cases.

    Attributes:
        moves: those whose date moves, by due date.
        settled: how many would no longer be provisional, or have another date of the platform.
        looked_at: how many are open; ``more``: further ones were not looked at.
        unread: how many of them cannot be read.
    """

    moves: tuple[Move, ...]
    settled: int
    looked_at: int
    more: bool = False
    unread: int = 0


def outlook(desk: Desk, office: Office, limit: int = 0) -> Outlook:
    """What the open cases would come to on another calendar; one query.

    ``limit`` is how many are looked at, the first to fall due; 0: all.
    """
    page = desk.store.find(Index.OPEN, records.OPEN_CASES, limit=limit)
    directory, unread = desk.directory(), 0
    changed = list[Move]()
    for row in page.rows:
        try:
            case = records.read_case(row)
            seats = directory.seats(case.agency)
            calendar = office.at(seats, half_closes=desk.terms.half_closes)
            due = recounted(case, calendar)
        except records.UNREADABLE:
            unread += 1
            continue
        if due is not case.due:
            changed.append(Move(case, due))
    moves = tuple(one for one in changed if one.to != one.case.due_now)
    more = page.next is not None
    return Outlook(moves, len(changed) - len(moves), len(page.rows), more, unread)


class Remark(StrEnum):
    """What to know of a closure that is entered or taken back."""

    ENTERED = "entered"
    KNOWN = "known"
    OFF_ANYWAY = "off_anyway"
    HALF = "half"
    TAKEN_BACK = "taken_back"
    NOT_ENTERED = "not_entered"


def remark(desk: Desk, closure: Closure, *, undo: bool = False) -> Remark:
    """What entering a closure, or taking it back, comes to; asked before it is done."""
    known = desk.office()
    if undo:
        places = {(one.day, one.county) for one in known.closures}
        there = (closure.day, closure.county) in places
        return Remark.TAKEN_BACK if there else Remark.NOT_ENTERED
    if closure in known.closures:
        return Remark.KNOWN
    if not known.years.is_workday(closure.day):
        return Remark.OFF_ANYWAY
    moves_nothing = closure.half and not desk.terms.half_closes
    return Remark.HALF if moves_nothing else Remark.ENTERED

"""Roster and calendar as the coordinator gives them in: whole files, and 停止上班 by the day.

How the files look stands in the adapters; what a roster lacks, in ``rules.people``. Whatever
changes the calendar leaves the task to recount the cases, see ``recompute``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from opendata.desk import records
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message, intent_row, task
from opendata.desk.ports import MAX_WRITES, Delete, Expect, Key, Put, Row, Write
from opendata.desk.records import Change
from opendata.rules.calendar import ChangeKind, Closure, Day, Year, announced
from opendata.rules.errors import Fault, Invalid, NotAllowed, Stranger
from opendata.rules.people import Agency, Deputy, Directory, Person, shipped_agencies

AT_ONCE = MAX_WRITES - len(records.VERSIONS)
"""Entries that one transaction takes: a version row goes with them, and the other is checked."""

_ROWS: Mapping[type, Callable[[Any], Row]] = {
    Agency: records.agency_row,
    Person: records.person_row,
    Deputy: records.deputy_row,
}


def import_agencies(desk: Desk, agencies: Sequence[Agency]) -> None:
    """Add agencies, or put new entries in the place of those with the same code.

    The first import brings the shipped tree along, so that a file may hold only what differs.
    """
    whole = _with_shipped(desk, agencies)
    _store(desk, [records.agency_row(agency) for agency in whole], records.ROSTER_VERSION)


def _with_shipped(desk: Desk, agencies: Sequence[Agency]) -> Sequence[Agency]:
    if desk.store.query(records.ROSTER, "AGENCY#", limit=1).rows:
        return agencies
    given = {agency.code for agency in agencies}
    return [*(one for one in shipped_agencies() if one.code not in given), *agencies]


def import_people(desk: Desk, people: Sequence[Person]) -> None:
    """Add people, or put new entries in the place of those with the same Slack id."""
    _store(desk, [records.person_row(person) for person in people], records.ROSTER_VERSION)


def import_deputies(desk: Desk, deputies: Sequence[Deputy]) -> None:
    """Add deputies, or put new entries in the place of those for the same post and first day."""
    _store(desk, [records.deputy_row(deputy) for deputy in deputies], records.ROSTER_VERSION)


def import_year(desk: Desk, year: Year) -> Intent:
    """A year of the office calendar; see ``import_years``."""
    return import_years(desk, [year])


def import_years(desk: Desk, years: Sequence[Year], by: str | None = None) -> Intent:
    """Years of the office calendar; they replace those that were there.

    ``by`` is the Slack id of who brings them; None: the command line.

    Returns:
        The task to recount the cases, which the commit left in the outbox.

    Raises:
        Stale: somebody else changed the calendar in the same moment.
    """
    known = desk.office().years.years
    days = [day.date for year in years for day in _touched(year, known.get(year.roc_year))]
    numbers = tuple(sorted(year.roc_year for year in years))
    writes = [Put(records.year_row(year), Expect.ANY) for year in years]
    change = _change(desk, ChangeKind.YEAR, by, days, years=numbers)
    return _enter(desk, change, writes)


def _touched(year: Year, before: Year | None) -> Sequence[Day]:
    """The days by which a case may move: all of a year that was not known, or stays as it was."""
    return (before and year.changed_from(before)) or tuple(year.days())


def close(desk: Desk, closures: Sequence[Closure], by: str | None = None) -> Intent | None:
    """停止上班: enter closures, usually after the day; a later entry replaces an earlier one.

    Returns:
        The task to recount the cases; None: all of it was entered before, nothing was written.

    Raises:
        Invalid: nobody can have announced one for that day; see ``rules.calendar.announced``.
        Stale: somebody else changed the calendar in the same moment.
    """
    announced(closures, desk.today())
    known = desk.office().closures
    new = [one for one in closures if one not in known]
    writes = [Put(records.closure_row(one), Expect.ANY) for one in new]
    return _enter_closures(desk, ChangeKind.CLOSED, by, new, writes)


def reopen(desk: Desk, closures: Sequence[Closure], by: str | None = None) -> Intent | None:
    """Take back closures that were entered wrongly, whether for half a day or the whole.

    Returns:
        The task to recount the cases; None: none of it was entered, nothing was written.

    Raises:
        Stale: somebody else changed the calendar in the same moment.
    """
    wrong = {(one.day, one.county) for one in closures}
    known = [one for one in desk.office().closures if (one.day, one.county) in wrong]
    writes = [Delete(records.closure_row(one).key, Expect.PRESENT) for one in known]
    return _enter_closures(desk, ChangeKind.REOPENED, by, known, writes)


def _enter_closures(
    desk: Desk,
    kind: ChangeKind,
    by: str | None,
    closures: Sequence[Closure],
    writes: Sequence[Write],
) -> Intent | None:
    if not closures:
        return None
    days = [one.day for one in closures]
    return _enter(desk, _change(desk, kind, by, days, closures=tuple(closures)), writes)


def _change(
    desk: Desk, kind: ChangeKind, by: str | None, days: Sequence[date], **entered: Any
) -> Change:
    number = _version(desk, records.CALENDAR_VERSION) + 1
    return Change(number, kind, desk.now(), by, min(days), max(days), **entered)


def _enter(desk: Desk, change: Change, writes: Sequence[Write]) -> Intent:
    """Commit what was entered, the version that it makes, and the task that follows from it."""
    recount = task(desk, Message.RECOMPUTE, records.CALENDAR, change.number)
    desk.store.commit(
        *writes,
        Put(records.change_row(change)),
        Put(intent_row(recount)),
        _counted(records.CALENDAR_VERSION, change.number - 1),
    )
    desk.renewed()
    return recount


def for_import(desk: Desk, actor: str) -> Directory:
    """The roster, for somebody who may hand a file in.

    Raises:
        Stranger: not in the roster.
        NotAllowed: not a coordinator of the ministry.
    """
    directory = desk.directory()
    person = directory.person(actor)
    if person is None or not person.active:
        raise Stranger(person=actor)
    if not directory.may_import(actor):
        raise NotAllowed(action="import")
    return directory


def hand_in(desk: Desk, judged: Directory, entries: Sequence[Agency | Person | Deputy]) -> None:
    """Take over a file in one transaction, for a face that answers at once.

    Args:
        desk: the desk.
        judged: the roster by which the person may; if it has changed since, nothing is done.
        entries: all of one kind, at least one.

    Raises:
        Invalid: ``too_many_rows`` – they do not go into one transaction; nothing was written.
        Stale: somebody else imported in the same moment.
    """
    kind = type(entries[0])
    if kind is Agency:
        entries = _with_shipped(desk, [one for one in entries if isinstance(one, Agency)])
    if len(entries) > AT_ONCE:
        counts = (("n", len(entries)), ("most", AT_ONCE))
        raise Invalid(Fault("file", "too_many_rows", counts))
    rows = [_ROWS[kind](one) for one in entries]
    told = _counted(records.ROSTER_VERSION, judged.version)
    desk.store.commit(*(Put(row, Expect.ANY) for row in rows), told)


def _store(desk: Desk, rows: Sequence[Row], version: Key) -> None:
    """Write the rows, then let everybody know by the version row."""
    for start in range(0, len(rows), MAX_WRITES):
        desk.store.commit(*(Put(row, Expect.ANY) for row in rows[start : start + MAX_WRITES]))
    desk.store.commit(_counted(version, _version(desk, version)))
    desk.renewed()


def _version(desk: Desk, key: Key) -> int:
    row = desk.store.get(key).get(key)
    return row.version if row else 0


def _counted(key: Key, number: int) -> Put:
    """What lets everybody know; refused if somebody else did in between."""
    return Put(Row(key, {}, number + 1), number or Expect.ABSENT)

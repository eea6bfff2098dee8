"""Roster and calendar as the coordinator gives them in: whole files, and 停止上班 by the day.

How the files look stands in the adapters; what a roster lacks, in ``rules.people``. Whatever
changes the calendar, or whose closures count for an agency, leaves the task to recount the cases,
see ``recompute``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from opendata.desk import records
from opendata.desk.context import Desk, Office
from opendata.desk.outbox import Intent, Message, intent_row, task
from opendata.desk.ports import MAX_WRITES, Delete, Expect, Key, Put, Row, Write
from opendata.desk.records import Change
from opendata.rules.calendar import ChangeKind, Closure, Day, Year, announced, shipped
from opendata.rules.errors import Fault, Invalid, NotAllowed, Stranger
from opendata.rules.people import Agency, Deputy, Directory, Person, shipped_agencies
from opendata.rules.roc import BEFORE_YEAR_1

_FOLLOWS = 2
AT_ONCE = MAX_WRITES - len(records.VERSIONS) - _FOLLOWS
"""Entries that one transaction takes: both version rows go with them, and where seats change, that
change and the task to recount the cases."""

_ROWS: Mapping[type, tuple[str, Callable[[Any], Row]]] = {
    Agency: ("agencies", records.agency_row),
    Person: ("people", records.person_row),
    Deputy: ("deputies", records.deputy_row),
}


def import_agencies(desk: Desk, agencies: Sequence[Agency]) -> Intent | None:
    """Add agencies, or put new entries in the place of those with the same code.

    The first import brings the shipped tree along, so that a file may hold only what differs.

    Returns:
        The task to recount the cases for which other closures count now; None: there is none.

    Raises:
        Stale: somebody else changed roster or calendar in the same moment.
    """
    return _store(desk, Agency, _with_shipped(desk, agencies))


def _with_shipped(desk: Desk, agencies: Sequence[Agency]) -> Sequence[Agency]:
    if desk.store.query(records.ROSTER, "AGENCY#", limit=1).rows:
        return agencies
    given = {agency.code for agency in agencies}
    return [*(one for one in shipped_agencies() if one.code not in given), *agencies]


def import_people(desk: Desk, people: Sequence[Person]) -> Intent | None:
    """Add people, or put new entries in the place of those with the same Slack id.

    A CIO's seat counts for the cases; returns and raises like ``import_agencies``.
    """
    return _store(desk, Person, people)


def import_deputies(desk: Desk, deputies: Sequence[Deputy]) -> Intent | None:
    """Add deputies, or put new entries in the place of those for the same post and first day.

    Raises:
        Stale: somebody else changed the roster in the same moment.
    """
    return _store(desk, Deputy, deputies)


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
    office, number = _known(desk)
    known = office.years.years
    days = [day.date for year in years for day in _touched(year, known.get(year.roc_year))]
    numbers = tuple(sorted(year.roc_year for year in years))
    writes = [Put(records.year_row(year), Expect.ANY) for year in years]
    change = Change(
        number + 1, ChangeKind.YEAR, desk.now(), by, min(days), max(days), years=numbers
    )
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
    office, number = _known(desk)
    new = [one for one in closures if one not in office.closures]
    if not new:
        return None
    writes = [Put(records.closure_row(one), Expect.ANY) for one in new]
    return _enter(desk, _of_closures(desk, number + 1, ChangeKind.CLOSED, by, new), writes)


def reopen(desk: Desk, closures: Sequence[Closure], by: str | None = None) -> Intent | None:
    """Take back closures that were entered wrongly, whether for half a day or the whole.

    Returns:
        The task to recount the cases; None: none of it was entered, nothing was written.

    Raises:
        Stale: somebody else changed the calendar in the same moment.
    """
    wrong = {(one.day, one.county) for one in closures}
    office, number = _known(desk)
    entered = [one for one in office.closures if (one.day, one.county) in wrong]
    if not entered:
        return None
    writes = [Delete(records.closure_row(one).key, Expect.PRESENT) for one in entered]
    return _enter(desk, _of_closures(desk, number + 1, ChangeKind.REOPENED, by, entered), writes)


def came_along(desk: Desk) -> Intent | None:
    """Notice a newer calendar that came with the desk itself; at the first time, remember it.

    Returns:
        The task to recount the cases; None: it is the one that was there before.

    Raises:
        Stale: somebody else noticed it in the same moment, or changed the calendar.
    """
    now = {str(number): year.version for number, year in shipped().years.items()}
    key = records.SHIPPED
    row = desk.store.get(key).get(key)
    if row and row.value == now:
        return None
    noted = Put(Row(key, now, row.version + 1 if row else 1), row.version if row else Expect.ABSENT)
    office, number = _known(desk)
    # A year that was imported counts in place of the one that came along.
    newer = [
        one
        for one in shipped().years
        if row and row.value.get(str(one)) != now[str(one)] == office.years.years[one].version
    ]
    if not newer:
        desk.store.commit(noted)
        return None
    first, last = (date(one + BEFORE_YEAR_1, 1, 1) for one in (min(newer), max(newer) + 1))
    days = first, last - timedelta(days=1)
    change = Change(
        number + 1, ChangeKind.SHIPPED, desk.now(), None, *days, years=tuple(sorted(newer))
    )
    return _enter(desk, change, [noted])


def _known(desk: Desk) -> tuple[Office, int]:
    """What is known of office days, and the number of the change by which it came to be so."""
    versions = desk.store.get(*records.VERSIONS)
    row = versions.get(records.CALENDAR_VERSION)
    return desk.office(versions), row.version if row else 0


def _of_closures(
    desk: Desk,
    number: int,
    kind: ChangeKind,
    by: str | None,
    closures: Sequence[Closure],
    agencies: tuple[str, ...] = (),
) -> Change:
    days, told = [one.day for one in closures], tuple(closures)
    return Change(
        number, kind, desk.now(), by, min(days), max(days), closures=told, agencies=agencies
    )


def _enter(desk: Desk, change: Change, writes: Sequence[Write]) -> Intent:
    """Commit what was entered, and what follows from it."""
    recount, follows = _following(desk, change)
    desk.store.commit(*writes, *follows)
    desk.renewed()
    return recount


def _following(desk: Desk, change: Change) -> tuple[Intent, Sequence[Write]]:
    """The task that follows from a change, and its rows with the version that the change makes."""
    recount = task(desk, Message.RECOMPUTE, records.CALENDAR, change.number)
    version = _counted(records.CALENDAR_VERSION, change.number - 1)
    return recount, (Put(records.change_row(change)), Put(intent_row(recount)), version)


def _reseated(
    desk: Desk, before: Directory, after: Directory, by: str | None
) -> tuple[Intent | None, Sequence[Write]]:
    """What follows where agencies have other seats now, by which other closures count for them."""
    office, number = _known(desk)
    if not office.closures:
        return None, ()
    codes = [one.code for one in after.agencies]
    moved = {code: before.seats(code) ^ after.seats(code) for code in codes}
    closures = [one for one in office.closures if any(one.county in to for to in moved.values())]
    if not closures:
        return None, ()
    counties = {one.county for one in closures}
    agencies = tuple(code for code in codes if not counties.isdisjoint(moved[code]))
    kind = ChangeKind.RELOCATED
    return _following(desk, _of_closures(desk, number + 1, kind, by, closures, agencies))


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


def hand_in(
    desk: Desk,
    judged: Directory,
    entries: Sequence[Agency | Person | Deputy],
    by: str | None = None,
) -> Intent | None:
    """Take over a file in one transaction, for a face that answers at once.

    Args:
        desk: the desk.
        judged: the roster by which the person may; if it has changed since, nothing is done.
        entries: all of one kind, at least one.
        by: Slack id of who hands it in.

    Returns:
        The task to recount the cases for which other closures count now; None: there is none.

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
    row = _ROWS[kind][1]
    recount, follows = _reseated(desk, judged, _with(judged, kind, entries), by)
    told = _counted(records.ROSTER_VERSION, judged.version)
    desk.store.commit(*(Put(row(one), Expect.ANY) for one in entries), told, *follows)
    return recount


def _store(desk: Desk, kind: type, entries: Sequence[Any]) -> Intent | None:
    """Write the rows, then let everybody know by the version row, with what follows from them."""
    before, row = desk.directory(), _ROWS[kind][1]
    for start in range(0, len(entries), MAX_WRITES):
        some = entries[start : start + MAX_WRITES]
        desk.store.commit(*(Put(row(one), Expect.ANY) for one in some))
    recount, follows = _reseated(desk, before, _with(before, kind, entries), None)
    number = _version(desk, records.ROSTER_VERSION)
    desk.store.commit(_counted(records.ROSTER_VERSION, number), *follows)
    desk.renewed()
    return recount


def _with(known: Directory, kind: type, entries: Sequence[Any]) -> Directory:
    """The roster when these entries have come, each in the place of the one with its key."""
    name, row = _ROWS[kind]
    told = {row(one).key: one for one in (*getattr(known, name), *entries)}
    changed: dict[str, Any] = {name: tuple(told.values())}
    return replace(known, **changed)


def _version(desk: Desk, key: Key) -> int:
    row = desk.store.get(key).get(key)
    return row.version if row else 0


def _counted(key: Key, number: int) -> Put:
    """What lets everybody know; refused if somebody else did in between."""
    return Put(Row(key, {}, number + 1), number or Expect.ABSENT)

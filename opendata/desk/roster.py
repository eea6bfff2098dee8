"""Roster and calendar as the coordinator gives them in: whole files, taken over in one go each.

How the files look stands in the adapters; what a roster lacks, in ``rules.people``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opendata.desk import records
from opendata.desk.context import Desk
from opendata.desk.ports import MAX_WRITES, Expect, Key, Put, Row
from opendata.rules.calendar import Year
from opendata.rules.errors import Fault, Invalid, NotAllowed, Stranger
from opendata.rules.people import Agency, Deputy, Directory, Person, shipped_agencies

AT_ONCE = MAX_WRITES - len(records.VERSIONS)
"""Entries that one transaction takes: a version row goes with them, and the other is checked."""

_ROWS: Mapping[type, Callable[[Any], Row]] = {
    Agency: records.agency_row,
    Person: records.person_row,
    Deputy: records.deputy_row,
    Year: records.year_row,
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


def import_year(desk: Desk, year: Year) -> None:
    """A year of the office calendar; it replaces the one that was there."""
    _store(desk, [records.year_row(year)], records.CALENDAR_VERSION)


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
    desk: Desk, judged: Directory, entries: Sequence[Agency | Person | Deputy | Year]
) -> None:
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
    key, number = records.ROSTER_VERSION, judged.version
    if kind is Year:
        key = records.CALENDAR_VERSION
        number = _version(desk, key)
    rows = [_ROWS[kind](one) for one in entries]
    desk.store.commit(*(Put(row, Expect.ANY) for row in rows), _counted(key, number))


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

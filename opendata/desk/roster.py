"""Roster and calendar as the coordinator gives them in: whole files, taken over in one go each.

How the files look stands in the adapters; what a roster lacks, in ``rules.people``.
"""

from __future__ import annotations

from collections.abc import Sequence

from opendata.desk import records
from opendata.desk.context import Desk
from opendata.desk.ports import MAX_WRITES, Expect, Key, Put, Row
from opendata.rules.calendar import Year
from opendata.rules.people import Agency, Deputy, Person, shipped_agencies


def import_agencies(desk: Desk, agencies: Sequence[Agency]) -> None:
    """Add agencies, or put new entries in the place of those with the same code.

    The first import brings the shipped tree along, so that a file may hold only what differs.
    """
    if not desk.store.query(records.ROSTER, "AGENCY#", limit=1).rows:
        given = {agency.code for agency in agencies}
        shipped = [agency for agency in shipped_agencies() if agency.code not in given]
        agencies = [*shipped, *agencies]
    _store(desk, [records.agency_row(agency) for agency in agencies], records.ROSTER_VERSION)


def import_people(desk: Desk, people: Sequence[Person]) -> None:
    """Add people, or put new entries in the place of those with the same Slack id."""
    _store(desk, [records.person_row(person) for person in people], records.ROSTER_VERSION)


def import_deputies(desk: Desk, deputies: Sequence[Deputy]) -> None:
    """Add deputies, or put new entries in the place of those for the same post and first day."""
    _store(desk, [records.deputy_row(deputy) for deputy in deputies], records.ROSTER_VERSION)


def import_year(desk: Desk, year: Year) -> None:
    """A year of the office calendar; it replaces the one that was there."""
    _store(desk, [records.year_row(year)], records.CALENDAR_VERSION)


def _store(desk: Desk, rows: Sequence[Row], version: Key) -> None:
    """Write the rows, then let everybody know by the version row."""
    for start in range(0, len(rows), MAX_WRITES):
        desk.store.commit(*(Put(row, Expect.ANY) for row in rows[start : start + MAX_WRITES]))
    before = desk.store.get(version).get(version)
    number = before.version if before else 0
    desk.store.commit(Put(Row(version, {}, number + 1), number or Expect.ABSENT))
    desk.renewed()

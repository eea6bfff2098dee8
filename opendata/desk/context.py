"""What every use case is given: the store, the clock, the terms, and the roster and calendar.

Roster and calendar are small and read-mostly: they are kept in memory and read again as soon as
their version row says so, which every load of a case looks at. Nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from opendata.desk import records
from opendata.desk.ports import Clock, Key, Row, Store
from opendata.rules.calendar import OfficeCalendar, shipped
from opendata.rules.deadline import Mode
from opendata.rules.people import Directory, shipped_agencies
from opendata.rules.roc import local_date


@dataclass(frozen=True, slots=True)
class Terms:
    """How the promise is counted: days to the ministry's and the platform's clock, and the mode."""

    days: int = 7
    platform_days: int = 14
    mode: Mode = Mode.CALENDAR


@dataclass(slots=True)
class _Memory:
    roster: tuple[int, Directory] | None = None
    calendar: tuple[int, OfficeCalendar] | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The context of all use cases."""

    store: Store
    clock: Clock
    terms: Terms = Terms()
    _memory: _Memory = field(default_factory=_Memory)

    def now(self) -> datetime:
        """This instant, UTC."""
        return self.clock()

    def today(self) -> date:
        """The date in Taipei."""
        return local_date(self.clock())

    def directory(self, version: Row | None = None) -> Directory:
        """The roster as it stands; ``version`` is its version row if it was read already."""
        row = version or self._read(records.ROSTER_VERSION)
        number = row.version if row else 0
        if self._memory.roster is None or self._memory.roster[0] != number:
            self._memory.roster = (number, self._load_roster(number))
        return self._memory.roster[1]

    def remembered(self) -> Directory:
        """The roster as it was last read: for names and languages, never for who may."""
        return self._memory.roster[1] if self._memory.roster else self.directory()

    def known(self) -> tuple[Directory, OfficeCalendar]:
        """Roster and calendar without asking the store: to say why something went wrong."""
        roster, calendar = self._memory.roster, self._memory.calendar
        return (
            roster[1] if roster else Directory(shipped_agencies()),
            calendar[1] if calendar else shipped(),
        )

    def calendar(self) -> OfficeCalendar:
        """The office calendar: the shipped years, and over them those that were imported."""
        row = self._read(records.CALENDAR_VERSION)
        number = row.version if row else 0
        if self._memory.calendar is None or self._memory.calendar[0] != number:
            self._memory.calendar = (number, self._load_calendar())
        return self._memory.calendar[1]

    def _read(self, key: Key) -> Row | None:
        return self.store.get(key).get(key)

    def _load_roster(self, number: int) -> Directory:
        rows = self.store.query(records.ROSTER).rows
        agencies = [records.read_agency(r) for r in rows if r.key.sk.startswith("AGENCY#")]
        return Directory(
            agencies=tuple(agencies) or shipped_agencies(),
            people=tuple(records.read_person(r) for r in rows if r.key.sk.startswith("PERSON#")),
            deputies=tuple(records.read_deputy(r) for r in rows if r.key.sk.startswith("DEPUTY#")),
            version=number,
        )

    def _load_calendar(self) -> OfficeCalendar:
        calendar = shipped()
        for row in self.store.query(records.CALENDAR, "YEAR#").rows:
            calendar = calendar.with_year(records.read_year(row))
        return calendar

"""What every use case is given: the store, the clock, the terms, and the roster and calendar.

Roster and calendar are small and read-mostly: they are kept in memory and read again as soon as
their version row says so, which every load of a case looks at. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from opendata.desk import records
from opendata.desk.ports import Clock, Key, Row, Store
from opendata.desk.request import Request, Seen
from opendata.rules.calendar import Closure, OfficeCalendar, shipped
from opendata.rules.deadline import Mode
from opendata.rules.people import Directory, shipped_agencies
from opendata.rules.roc import local_date


@dataclass(frozen=True, slots=True)
class Terms:
    """How the promise is counted.

    Attributes:
        days, platform_days: to the ministry's clock and to the platform's.
        mode: which days the ministry's promise counts.
        half_closes: whether offices that close for half a day are closed that day.
    """

    days: int = 7
    platform_days: int = 14
    mode: Mode = Mode.CALENDAR
    half_closes: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """What is known of office days: the years, the closures, and what they come to at seats."""

    years: OfficeCalendar
    closures: tuple[Closure, ...] = ()
    seated: dict[tuple[frozenset[str], bool], OfficeCalendar] = field(default_factory=dict)

    def at(self, seats: frozenset[str], *, half_closes: bool) -> OfficeCalendar:
        """The calendar with the closures of some counties."""
        if (seats, half_closes) not in self.seated:
            here = self.years.with_closures(self.closures, seats, half_counts=half_closes)
            self.seated[seats, half_closes] = here
        return self.seated[seats, half_closes]


@dataclass(slots=True)
class _Memory:
    roster: tuple[int, Directory] | None = None
    calendar: tuple[int, Office] | None = None
    seen: Seen = field(default_factory=dict)


class Announcer(Protocol):
    """Sends a signed webhook to whoever posts replies by machine."""

    def __call__(self, webhook: str, body: bytes, at: datetime) -> None:
        """Send a body under an id, signed at an instant.

        Raises:
            Unavailable: it was not taken; it is tried again. Rejected: not until somebody mends
                the cause.
        """
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The context of all use cases.

    ``round``: the one in which a person was shown the case that is acted on; in another, nothing
    is done. None: nobody was shown any. ``announcer``: sends what was approved to whoever posts it
    by machine; None: nobody does.
    """

    store: Store
    clock: Clock
    terms: Terms = Terms()
    round: int | None = None
    announcer: Announcer | None = None
    _memory: _Memory = field(default_factory=_Memory)

    def for_request(self) -> Desk:
        """This desk for one request that somebody waits for: it reads nothing twice."""
        return replace(self, store=Request(self.store, self._memory.seen, self.clock))

    def forget(self) -> bool:
        """Let a request that took something for granted read it anew; whether there was any."""
        granted = isinstance(self.store, Request) and bool(self.store.assumed)
        if isinstance(self.store, Request):
            self.store.forget()
        return granted

    def renewed(self) -> None:
        """Roster or calendar were changed by this process: nothing of them is taken for granted."""
        self._memory.seen.clear()

    def now(self) -> datetime:
        """This instant, UTC."""
        return self.clock()

    def today(self) -> date:
        """The date in Taipei."""
        return local_date(self.clock())

    def directory(self, versions: Mapping[Key, Row] | None = None) -> Directory:
        """The roster as it stands; ``versions`` are the version rows if they were read already."""
        number = self._number(records.ROSTER_VERSION, versions)
        known = self._memory.roster
        if known is None or known[0] != number:
            # Threads share the memory: what this one was asked for is what it gives back.
            rows = self.store.query(records.ROSTER).rows
            number = min(number, _version_in(rows, records.ROSTER_VERSION))
            known = self._memory.roster = (number, roster_of(rows, number))
        return known[1]

    def remembered(self) -> Directory:
        """The roster as it was last read: for names and languages, never for who may."""
        return self._memory.roster[1] if self._memory.roster else self.directory()

    def known(self) -> tuple[Directory, OfficeCalendar]:
        """Roster and calendar without asking the store: to say why something went wrong."""
        roster, calendar = self._memory.roster, self._memory.calendar
        return (
            roster[1] if roster else Directory(shipped_agencies()),
            calendar[1].years if calendar else shipped(),
        )

    def calendar(
        self, agency: str | None = None, versions: Mapping[Key, Row] | None = None
    ) -> OfficeCalendar:
        """The office calendar with the closures that count for an agency; None: the ministry.

        ``versions`` are the version rows if they were read already.
        """
        directory = self.directory(versions)
        seats = directory.seats(directory.root.code if agency is None else agency)
        return self.office(versions).at(seats, half_closes=self.terms.half_closes)

    def office(self, versions: Mapping[Key, Row] | None = None) -> Office:
        """The shipped years, over them those that were imported, and all closures."""
        number = self._number(records.CALENDAR_VERSION, versions)
        known = self._memory.calendar
        if known is None or known[0] != number:
            rows = self.store.query(records.CALENDAR).rows
            number = min(number, _version_in(rows, records.CALENDAR_VERSION))
            known = self._memory.calendar = (number, office_of(rows))
        return known[1]

    def _number(self, of: Key, versions: Mapping[Key, Row] | None = None) -> int:
        rows = self.store.get(*records.VERSIONS) if versions is None else versions
        row = rows.get(of)
        return row.version if row else 0


def _version_in(rows: Iterable[Row], of: Key) -> int:
    """The version that came with what it counts.

    What is remembered counts as the older of this one and the one that was read before it: where a
    demo begins anew the numbers begin anew too, and one from before may come true again.
    """
    return next((row.version for row in rows if row.key == of), 0)


def roster_of(rows: Sequence[Row], number: int) -> Directory:
    """What the rows of the roster come to; the shipped tree, where no agencies were imported."""
    agencies = [records.read_agency(r) for r in rows if r.key.sk.startswith("AGENCY#")]
    return Directory(
        agencies=tuple(agencies) or shipped_agencies(),
        people=tuple(records.read_person(r) for r in rows if r.key.sk.startswith("PERSON#")),
        deputies=tuple(records.read_deputy(r) for r in rows if r.key.sk.startswith("DEPUTY#")),
        version=number,
    )


def office_of(rows: Iterable[Row]) -> Office:
    """What the rows of the calendar come to, over the shipped years."""
    calendar, closures = shipped(), list[Closure]()
    for row in rows:
        if row.key.sk.startswith(records.YEAR):
            calendar = calendar.with_year(records.read_year(row))
        elif row.key.sk.startswith(records.CLOSED):
            closures.append(records.read_closure(row))
    return Office(calendar, tuple(closures))

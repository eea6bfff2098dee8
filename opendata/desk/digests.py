"""What a digest says: somebody's open cases as they are when it is sent, by what they ask for.

One for each person and morning, or the afternoon's check, and likewise for a channel; when it is
asked for stands in ``reminding``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from opendata.desk import outbox, reading, records
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent
from opendata.desk.ports import Index, Key, Page, Row
from opendata.desk.reminding import NUDGE, Called, ask_to_nudge, nobody_may, told_of
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.deadline import days_left
from opendata.rules.feedback import Case, Outside, State
from opendata.rules.people import Directory, Person, Role
from opendata.rules.reminders import LONG_BREAK, SOON, nudges_on, opening, wanted_year

_ELSEWHERE = timedelta(days=7)
"""Where offices were closed, the same number of workdays reaches so much further at most."""
WHOLE = 10
"""Pages of AROUND open cases that are read whatever they hold; beyond them, what falls due soon."""
AGAIN = 3
"""Workdays for which what was put off stands in a digest after its own morning."""


class Section(StrEnum):
    """Under which heading a case stands; in this order, the first that fits."""

    NOBODY_MAY = "nobody_may"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    TO_APPROVE = "to_approve"
    TO_REVIEW = "to_review"
    SOON = "soon"
    AFTER_BREAK = "after_break"
    TO_PUBLISH = "to_publish"
    LATER = "later"


_WITH_A_UNIT: Mapping[State, Section] = {
    State.AWAITING_APPROVAL: Section.TO_APPROVE,
    State.IN_REVIEW: Section.TO_REVIEW,
}


@dataclass(frozen=True, slots=True)
class Digest:
    """What somebody is told on a day.

    Attributes:
        to: the person; None: a channel.
        day: the local date; afternoon: it is the check at 14:00, of what falls due that day.
        sections: cases by heading, in the headings' order, by due date; empty ones are left out.
        back: it is the morning of the first day after a break of three days or more.
        break_until: the first workday after such a break, if it begins tomorrow; else None.
        wanted_year: 民國 year whose calendar the coordinator should import, or None.
        calendar: of where the person works.
        more: further cases are open that were not looked at.
    """

    to: Person | None
    day: date
    afternoon: bool
    sections: Mapping[Section, Sequence[Case]]
    back: bool
    break_until: date | None
    wanted_year: int | None
    calendar: OfficeCalendar
    more: bool = False

    @property
    def empty(self) -> bool:
        """There is nothing to be told."""
        return not self.sections and self.wanted_year is None

    @property
    def cases(self) -> tuple[Case, ...]:
        """All of them, heading by heading."""
        return tuple(case for cases in self.sections.values() for case in cases)


def moved_on(desk: Desk, intent: Intent) -> bool:
    """Let a digest that can no longer go out on its day be part of the next one.

    Its office may have been closed since it was asked for, or delivery may have stood still; nobody
    gets two in a morning for that.

    Returns:
        Whether there is nothing to send now: it waits, or that of another day was asked for.
    """
    calendar, now = _calendar(desk, intent, desk.store.get(*records.VERSIONS)), desk.now()
    at = opening(now, calendar)
    if f"{at:%Y%m%d}" != intent.occasion[:8]:
        to = intent.case.removeprefix(records.DIGEST)
        other = outbox.digest(to, at, afternoon=False, person=intent.person is not None)
        if intent.cursor == NUDGE or nudges_on(date.fromisoformat(intent.occasion[:8]), calendar):
            ask_to_nudge(desk, other)
        outbox.hand_on(desk, intent, other)
        return True
    if at > now:
        outbox.put_off(desk, intent, at - now, anew=True)
    return at > now


def _calendar(desk: Desk, intent: Intent, versions: Mapping[Key, Row]) -> OfficeCalendar:
    directory = desk.directory(versions)
    person = directory.person(intent.person) if intent.person else None
    if person is not None:
        return desk.calendar(person.agency, versions)
    channel, now = intent.case.removeprefix(records.DIGEST), desk.now()
    shared = [desk.calendar(code, versions) for code in _agencies(directory, channel)]
    # Agencies of several counties may share a channel: it is read where offices open first.
    first = min(shared, key=lambda one: opening(now, one), default=None)
    return first or desk.calendar(versions=versions)


def _agencies(directory: Directory, channel: str) -> list[str]:
    """The agencies whose cases are shown in a channel."""
    return [one.code for one in directory.agencies if directory.channel(one.code) == channel]


def digest(desk: Desk, intent: Intent) -> Digest:
    """The digest of an intent, as it is today.

    One query for up to AROUND open cases around the addressee, and so on for WHOLE pages. Where
    there are more, it reads on as far as a digest speaks of; to the end on the first day back, and
    before it says that there is nothing. What is due later than that it may leave out, and says so.
    """
    versions, to = desk.store.get(*records.VERSIONS), intent.case.removeprefix(records.DIGEST)
    directory, today = desk.directory(versions), desk.today()
    person = directory.person(intent.person) if intent.person else None
    calendar = _calendar(desk, intent, versions)
    afternoon = intent.occasion.endswith("1")
    rested = calendar.is_workday(today) and calendar.rest_before(today) >= LONG_BREAK
    back = rested and not afternoon
    reader = _Reader(desk, versions, to, person, today, afternoon=afternoon, back=back)
    by = today if afternoon else calendar.workday_after(today, SOON) + _ELSEWHERE
    sections, more = reader.read(date.max if back else by)
    break_after = calendar.rest_after(today) >= LONG_BREAK
    coordinates = person is not None and directory.may_import(person.id) and not afternoon
    nudged = coordinates and (nudges_on(today, calendar) or intent.cursor == NUDGE)
    return Digest(
        to=person,
        day=today,
        afternoon=afternoon,
        sections=sections,
        back=back,
        break_until=calendar.workday_after(today, 1) if break_after else None,
        wanted_year=wanted_year(today, calendar) if nudged else None,
        calendar=calendar,
        more=more,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Finds what an addressee is told of on a day."""

    desk: Desk
    versions: Mapping[Key, Row]
    to: str
    person: Person | None
    today: date
    afternoon: bool
    back: bool

    def read(self, by: date) -> tuple[Mapping[Section, Sequence[Case]], bool]:
        """Cases by heading, those due by a date at least; and whether some were not looked at."""
        found: dict[str, tuple[Section, Case]] = {}
        more = False
        for number, page in enumerate(self._pages(), 1):
            for row in page.rows:
                # One that cannot be read keeps no other from anybody; the watchdog tells of it.
                with suppress(*records.UNREADABLE):
                    found |= self._placed(row)
            more = page.next is not None
            beyond = bool(page.rows) and _due_on(page.rows[-1]) > by
            if found and beyond and number >= WHOLE:
                break
        in_order = sorted(found.values(), key=lambda one: (one[1].due_now, one[1].id))
        headings = [section for section in Section if any(one is section for one, _ in in_order)]
        cases = {
            heading: [case for one, case in in_order if one is heading] for heading in headings
        }
        return cases, more

    def _pages(self) -> Iterator[Page]:
        """Open cases around the addressee by due date; a page is read when it is asked for.

        Where the first page is not all, a person's own are put before it: they concern that person
        whenever they are due.
        """
        find, person = self.desk.store.find, self.person
        own = records.owner_shelf(person.id) if person else ""
        if person is not None and self._decides_nothing(person):
            yield find(Index.OWNER, own)
            return
        page = self._around(None)
        if person is not None and page.next is not None:
            page = Page((*find(Index.OWNER, own).rows, *page.rows), page.next)
        yield page
        while page.next is not None:
            page = self._around(page.next)
            yield page

    def _decides_nothing(self, person: Person) -> bool:
        deputises = any(deputy.by == person.id for deputy in self._directory.deputies)
        return not deputises and person.roles <= {Role.OFFICER, Role.MEMBER}

    def _around(self, after: str | None) -> Page:
        if self.person is not None:
            return reading.around(self.desk, self.person, after, reading.AROUND)
        find, agencies = self.desk.store.find, _agencies(self._directory, self.to)
        if len(agencies) != 1:
            return find(Index.OPEN, records.OPEN_CASES, after=after, limit=reading.AROUND)
        shelf, prefix = records.agency_shelf(agencies[0]), records.OPEN_SHELF
        return find(Index.AGENCY, shelf, prefix=prefix, after=after, limit=reading.AROUND)

    def _placed(self, row: Row) -> dict[str, tuple[Section, Case]]:
        """The case under its heading, if it concerns the addressee today."""
        case = records.read_case(row)
        own = self.desk.calendar(case.agency, self.versions)
        told = told_of(case, self._directory, own, self.today)
        called = next((one for one in told if one.to == self.to), None)
        if called is None or _put_off(case, self.today):
            return {}
        if called.coordinates and nobody_may(case, self._directory, self.today):
            section: Section | None = Section.NOBODY_MAY
        else:
            section = _section(case, called, own, self.today, back=self.back)
        wanted = case.due_now == self.today or not self.afternoon
        return {case.id: (section, case)} if section and wanted else {}

    @property
    def _directory(self) -> Directory:
        return self.desk.directory(self.versions)


def _put_off(case: Case, today: date) -> bool:
    """Whether who has it wants to hear of it later; of what falls due everybody hears."""
    snooze = case.snooze
    living = snooze is not None and snooze.ended_at is None and today < snooze.until
    return living and today < case.due_now


def _due_on(row: Row) -> date:
    """When an open case falls due, as the indexes have it."""
    return date.fromisoformat(row.places[Index.OPEN].order.partition("#")[0])


def _section(  # noqa: PLR0911  # one line a heading
    case: Case,
    called: Called,
    calendar: OfficeCalendar,
    today: date,
    *,
    back: bool,
) -> Section | None:
    """Where a case stands for whoever is told of it; None: it does not concern this day."""
    due = case.due_now
    if today > due:
        return Section.OVERDUE
    if today == due:
        return Section.DUE_TODAY
    if case.state in _WITH_A_UNIT:
        return _WITH_A_UNIT[case.state]
    if _asked_to_cosign(case, called):
        return Section.TO_REVIEW
    if days_left(today, due, calendar) <= SOON:
        return Section.SOON
    if calendar.rest_after(today) >= LONG_BREAK and due <= calendar.workday_after(today, SOON):
        return Section.AFTER_BREAK
    if case.state is State.APPROVED:
        return Section.TO_PUBLISH
    return Section.LATER if back or _comes_back(case, calendar, today) else None


def _comes_back(case: Case, calendar: OfficeCalendar, today: date) -> bool:
    """Whether it stands there though it is not due soon: put off until now, or given back.

    What was put off stands there for some mornings, as its own may have failed, until somebody
    does something about it.
    """
    snooze = case.snooze
    if snooze is not None and case.progressed_at == snooze.at:
        return snooze.until <= today <= calendar.workday_after(snooze.until, AGAIN)
    return case.moved.actor == Outside.CLOCK and case.state is State.RECEIVED


def _asked_to_cosign(case: Case, called: Called) -> bool:
    waits = case.draft is not None and case.draft.awaits_cosign
    return waits and called.person is not None and Role.LEGAL in called.person.roles

"""What a digest says: somebody's open cases as they are when it is sent, by what they ask for.

One for each person and morning, or the afternoon's check, and likewise for a channel; when it is
asked for stands in ``reminding``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from opendata.desk import outbox, reading, records
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent
from opendata.desk.ports import Index, Key, Page, Row
from opendata.desk.reminding import Called, told_of
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.deadline import days_left
from opendata.rules.feedback import Case, Outside, State
from opendata.rules.people import Directory, Person, Role
from opendata.rules.reminders import LONG_BREAK, SOON, opening, wanted_year


class Section(StrEnum):
    """Under which heading a case stands; in this order, the first that fits."""

    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    NOBODY_MAY = "nobody_may"
    TO_APPROVE = "to_approve"
    TO_REVIEW = "to_review"
    SOON = "soon"
    AFTER_BREAK = "after_break"
    TO_PUBLISH = "to_publish"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Digest:
    """What somebody is told on a day.

    Attributes:
        to: the person; None: a channel.
        day: the local date; afternoon: it is the check at 14:00, of what falls due that day.
        sections: cases by heading, in the headings' order, by due date; empty ones are left out.
        back: it is the first day after a break of three days or more.
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


def due_at(desk: Desk, intent: Intent) -> datetime:
    """When a digest may be sent: now, or when the addressee's office opens next."""
    return opening(desk.now(), _calendar(desk, intent, desk.store.get(*records.VERSIONS)))


def moved_on(desk: Desk, intent: Intent) -> bool:
    """Let a digest that can no longer go out on its day be part of the next one.

    Its office may have been closed since it was asked for, or delivery may have stood still; nobody
    gets two in a morning for that.

    Returns:
        Whether there is nothing to send now: it waits, or that of another day was asked for.
    """
    at, now = due_at(desk, intent), desk.now()
    if f"{at:%Y%m%d}" != intent.occasion[:8]:
        to = intent.case.removeprefix(records.DIGEST)
        other = outbox.digest(to, at, afternoon=False, person=intent.person is not None)
        outbox.hand_on(desk, intent, other)
        return True
    if at > now:
        outbox.put_off(desk, intent, at - now)
    return at > now


def _calendar(desk: Desk, intent: Intent, versions: Mapping[Key, Row]) -> OfficeCalendar:
    directory = desk.directory(versions)
    person = directory.person(intent.person) if intent.person else None
    if person is not None:
        return desk.calendar(person.agency, versions)
    channel = intent.case.removeprefix(records.DIGEST)
    return desk.calendar(next(iter(_agencies(directory, channel)), None), versions)


def _agencies(directory: Directory, channel: str) -> list[str]:
    """The agencies whose cases are shown in a channel."""
    return [one.code for one in directory.agencies if directory.channel(one.code) == channel]


def digest(desk: Desk, intent: Intent) -> Digest:
    """The digest of an intent, as it is today: one query."""
    versions, to = desk.store.get(*records.VERSIONS), intent.case.removeprefix(records.DIGEST)
    directory, today = desk.directory(versions), desk.today()
    person = directory.person(intent.person) if intent.person else None
    calendar = _calendar(desk, intent, versions)
    afternoon = intent.occasion.endswith("1")
    page = _around(desk, directory, to, person)
    sections: dict[Section, list[Case]] = {section: [] for section in Section}
    back = calendar.is_workday(today) and calendar.rest_before(today) >= LONG_BREAK
    for case in map(records.read_case, page.rows):
        own = desk.calendar(case.agency, versions)
        called = {one.to: one for one in told_of(case, directory, own, today)}.get(to)
        section = _section(case, called, directory, own, today, back=back) if called else None
        if section and (not afternoon or section is Section.DUE_TODAY):
            sections[section].append(case)
    break_after = calendar.rest_after(today) >= LONG_BREAK
    coordinates = person is not None and directory.may_import(person.id)
    return Digest(
        to=person,
        day=today,
        afternoon=afternoon,
        sections={section: cases for section, cases in sections.items() if cases},
        back=back,
        break_until=calendar.workday_after(today, 1) if break_after else None,
        wanted_year=wanted_year(today, calendar) if coordinates and not afternoon else None,
        calendar=calendar,
        more=page.next is not None,
    )


def _around(desk: Desk, directory: Directory, to: str, person: Person | None) -> Page:
    """Open cases around a person or a channel, the first to fall due."""
    if person is not None:
        return reading.around(desk, person, None, reading.AROUND)
    agencies = _agencies(directory, to)
    if len(agencies) == 1:
        shelf = records.agency_shelf(agencies[0])
        return desk.store.find(Index.AGENCY, shelf, prefix=records.OPEN_SHELF, limit=reading.AROUND)
    return desk.store.find(Index.OPEN, records.OPEN_CASES, limit=reading.AROUND)


def _section(  # noqa: PLR0911  # one line a heading
    case: Case,
    called: Called,
    directory: Directory,
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
    if case.state is State.AWAITING_APPROVAL:
        able = {one.person.id for one in directory.approvers(case.agency, today)}
        return Section.TO_APPROVE if called.to in able else Section.NOBODY_MAY
    if case.state is State.IN_REVIEW or _asked_to_cosign(case, called):
        return Section.TO_REVIEW
    if days_left(today, due, calendar) <= SOON:
        return Section.SOON
    if calendar.rest_after(today) >= LONG_BREAK and due <= calendar.workday_after(today, SOON):
        return Section.AFTER_BREAK
    if case.state is State.APPROVED:
        return Section.TO_PUBLISH
    return Section.LATER if back or _comes_back(case, today) else None


def _comes_back(case: Case, today: date) -> bool:
    """Whether it stands there though it is not due soon: put off until now, or given back."""
    moved, snooze = case.moved, case.snooze
    put_off = snooze is not None and moved.at <= snooze.at and snooze.until <= today
    return put_off or (moved.actor == Outside.CLOCK and case.state is State.RECEIVED)


def _asked_to_cosign(case: Case, called: Called) -> bool:
    waits = case.draft is not None and case.draft.awaits_cosign
    return waits and called.person is not None and Role.LEGAL in called.person.roles

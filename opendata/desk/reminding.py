"""Reminding: open cases whose time has come call for whoever has them, each milestone once.

The timer index holds one row for each open case, at the instant of its next milestone, so a sweep
reads what it acts on. A transaction deals with the milestones of one case and moves its row; a
second run, at the same time or later, finds nothing left to do. What was missed is caught up with
and dated to its milestone. The plan stands in ``rules.reminders``; what a person answers to a
reminder, in ``holding``; how a digest looks, in ``bot``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from opendata.desk import outbox, records
from opendata.desk.casefile import ATTEMPTS, CARD, Sheet
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Index, Key, Put, Row, Write
from opendata.desk.recompute import recount
from opendata.rules.calendar import ChangeKind, OfficeCalendar
from opendata.rules.errors import Stale, Unavailable
from opendata.rules.feedback import Action, Case, Outside, State
from opendata.rules.people import Directory, Person, Role
from opendata.rules.reminders import (
    AFTERNOON,
    MORNING,
    Mark,
    Milestone,
    escalated_to,
    next_marks,
    nudges_on,
    opening,
)
from opendata.rules.roc import TAIPEI, local_date

PAGE = 100
MOST = 20
"""Instants of one case that a transaction catches up with; the sweep comes back for more."""
NUDGE = "nudge"
"""Marks a digest that makes good what another morning should have reminded of."""
_ASKED_APART = frozenset({Milestone.IDLE})


@dataclass(frozen=True, slots=True)
class Awake:
    """A case whose milestones have come.

    Attributes:
        head: its head, as an index has it.
        versions: the version rows as they were read with it.
        asked: ids of the digests that this run has asked for; a digest shows all cases of its
            addressee, so one run asks for it once.
    """

    head: Row
    versions: Mapping[Key, Row]
    asked: set[str] = field(default_factory=set)


def awake(desk: Desk) -> Iterator[Awake]:
    """The cases whose milestones have come, longest waiting first; a page is read at a time."""
    after, upto = None, f"{desk.now().isoformat()}~"
    asked = set[str]()
    while True:
        page = desk.store.find(Index.TIMER, records.WAKE, upto=upto, after=after, limit=PAGE)
        versions = desk.store.get(*records.VERSIONS) if page.rows else {}
        for row in page.rows:
            yield Awake(row, versions, asked)
        if page.next is None:
            return
        after = page.next


def wake(desk: Desk, case: Awake) -> Counter[str]:
    """Deal with every milestone of a case that has come.

    Args:
        desk: the desk.
        case: as the timer found it; where it has changed since, it is read anew.

    Returns:
        How many milestones of each kind came to pass.

    Raises:
        Unavailable: others were faster each time; it is still in the timer.
    """
    head, versions = case.head, case.versions
    for _ in range(ATTEMPTS):
        stored = records.read_case(head)
        sheet = Sheet.of(desk, stored, versions=versions, outside=Outside.CLOCK)
        passed = _caught_up(sheet) if stored.open else []
        called = {one.id for one in sheet.digests}
        _ask_once(sheet, case.asked)
        writes = sheet.writes() if sheet.events else _retimed(sheet, head)
        if not writes:
            return Counter()
        try:
            desk.store.commit(*writes)
        except Stale:
            rows = desk.store.get(head.key, *records.VERSIONS)
            head, versions = rows[head.key], rows
        else:
            case.asked.update(called)
            return Counter(mark.milestone.value for mark in passed)
    raise Unavailable(what="case")


def _retimed(sheet: Sheet, before: Row) -> list[Write]:
    """Where nothing came to pass: a new place in the timer, if a new calendar gives another."""
    put = sheet.head()
    return [] if put.row.places == before.places else [put]


def _caught_up(sheet: Sheet) -> list[Mark]:
    recount(sheet, ChangeKind.SHIPPED)
    passed: list[Mark] = []
    for _ in range(MOST):
        marks = next_marks(sheet.case, sheet.calendar())
        if not marks or marks[0].at > sheet.now:
            break
        for mark in marks:
            _pass(sheet, mark)
        passed += marks
    calling = [mark for mark in passed if mark.milestone not in _ASKED_APART]
    if calling:
        sheet.tell(CARD)
        _call(sheet, calling[-1], _called(sheet))
    return passed


def _called(sheet: Sheet) -> tuple[Called, ...]:
    """Who is told of the case on the day on which its office can be called."""
    calendar = sheet.calendar()
    return told_of(sheet.case, sheet.directory, calendar, local_date(opening(sheet.now, calendar)))


def _pass(sheet: Sheet, mark: Mark) -> None:
    """Let a milestone come to pass; the event is dated to it."""
    officer, at = sheet.case.officer, mark.at.astimezone(UTC)
    told_at = opening(sheet.now, sheet.calendar())
    asks = mark.milestone is Milestone.IDLE
    facts = {"milestone": mark.name, "fired_at": sheet.now}
    changes: dict[str, Any] = {"reminded_to": at} | ({"asked_at": sheet.now} if asks else {})
    if not asks and any(Role.CIO in one.escalated for one in _called(sheet)):
        changes["escalated"] = sheet.case.round
    sheet.record(Action.REMIND, facts=facts, at=at, **changes)
    if asks:
        sheet.tell(Message.STILL_YOURS, person=officer, not_before=told_at)
    elif mark.milestone is Milestone.GIVEN_BACK:
        sheet.tell(Message.STILL_YOURS, person=officer)
        sheet.record(Action.RELEASE, sheet.may(Action.RELEASE), officer=None)
        # What becomes of the question is an edit, which calls nobody.
        sheet.tell(Message.NEWS, person=officer, not_before=told_at)


def _call(sheet: Sheet, latest: Mark, told: Iterable[Called]) -> None:
    """Ask for the digest of everybody who is to be told, in their office hours."""
    for called in told:
        at = opening(sheet.now, called.calendar(sheet))
        check = latest.milestone is Milestone.DUE_AFTERNOON and latest.at.date() == at.date()
        afternoon = check and at.time() >= AFTERNOON
        sheet.digests.add(
            outbox.digest(called.to, at, afternoon=afternoon, person=called.person is not None)
        )
        if Role.CIO in called.escalated:
            sheet.tell(Message.ESCALATION, not_before=at)


def _ask_once(sheet: Sheet, asked: set[str]) -> None:
    """Ask for no digest that this run has asked for, or that waits already.

    One that waits may be parked, and counts under what keeps it: it must not be written over.
    """
    new = [one for one in sheet.digests if one.id not in asked]
    waiting = {one.id for one in outbox.stored(sheet.desk, new)}
    sheet.digests = {one for one in new if one.id not in waiting}


def nudge(desk: Desk, since: datetime) -> None:
    """Ask for the coordinators' digest if a morning came that reminds of a calendar.

    Args:
        desk: the desk.
        since: up to when mornings are dealt with.
    """
    versions, now = desk.store.get(*records.VERSIONS), desk.now()
    calendar, directory = desk.calendar(versions=versions), desk.directory(versions)
    if not any(nudges_on(day, calendar) for day in _mornings(since, now, calendar)):
        return
    for person in directory.holders(Role.COORDINATOR, directory.root.code):
        at = opening(now, desk.calendar(person.agency, versions))
        ask_to_nudge(desk, outbox.digest(person.id, at, afternoon=False, person=True))


def ask_to_nudge(desk: Desk, digest: Intent) -> None:
    """Ask for a digest that reminds of a calendar, though its own day may not; once more is once.

    One that waits already is made to.
    """
    waiting = outbox.stored(desk, [digest])
    asked = replace(waiting[0] if waiting else digest, cursor=NUDGE)
    with suppress(Stale):  # somebody asks, or sends it, in this moment
        desk.store.commit(Put(outbox.intent_row(asked), asked.tries if waiting else Expect.ABSENT))


def _mornings(since: datetime, upto: datetime, calendar: OfficeCalendar) -> Iterator[date]:
    """The workdays whose morning lies behind ``since`` and not behind ``upto``."""
    first, days = local_date(since), (local_date(upto) - local_date(since)).days
    for day in (first + timedelta(days=n) for n in range(days + 1)):
        if calendar.is_workday(day) and since < datetime.combine(day, MORNING, TAIPEI) <= upto:
            yield day


# -- who is told ------------------------------------------------------------------------------


class Called(NamedTuple):
    """Who is told of a case: a person, or a channel; and as what, if not as its holder."""

    to: str
    person: Person | None = None
    escalated: tuple[Role, ...] = ()

    @property
    def coordinates(self) -> bool:
        """Whether it is a coordinator."""
        return self.person is not None and Role.COORDINATOR in self.person.roles

    def calendar(self, sheet: Sheet) -> OfficeCalendar:
        """The calendar of where the person works; a channel has the case's own."""
        agency = self.person.agency if self.person else sheet.case.agency
        return sheet.desk.calendar(agency, sheet.versions)


def told_of(
    case: Case, directory: Directory, calendar: OfficeCalendar, today: date
) -> tuple[Called, ...]:
    """Whoever holds the case, and those to whom it has been escalated, each once."""
    told = {called.to: called for called in holders(case, directory, today)}
    for role in escalated_to(case, today, calendar):
        for person in _of_role(role, case, directory, today):
            before = told.get(person.id, Called(person.id, person))
            told[person.id] = before._replace(escalated=(*before.escalated, role))
    return tuple(told.values())


def holders(case: Case, directory: Directory, today: date) -> tuple[Called, ...]:
    """Who has the case now: the next step is theirs.

    Unclaimed it is the channel's; under review or co-sign that unit's; then the approvers' of the
    day, and once approved whoever publishes it. Where nobody may, the coordinators'.
    """
    if not (to_be_decided(case) or (case.state is State.RECEIVED and case.unassigned)):
        return _officers(case, directory)
    able = deciders(case, directory, today)
    held = able or directory.nearest_holders(Role.COORDINATOR, case.agency)
    waiting = _officer(case, directory) if case.state is State.IN_PROGRESS else ()
    return _persons((*held, *waiting))


def deciders(case: Case, directory: Directory, today: date) -> tuple[Person, ...]:
    """Who can review, co-sign or approve what waits for it; never its drafter."""
    match case.state:
        case State.IN_REVIEW:
            able = directory.reviewers(case.agency)
        case State.AWAITING_APPROVAL:
            able = tuple(one.person for one in directory.approvers(case.agency, today))
        case State.IN_PROGRESS if to_be_decided(case):
            able = directory.nearest_holders(Role.LEGAL, case.agency)
        case _:
            able = ()
    drafter = case.draft.drafter if case.draft else None
    return tuple(person for person in able if person.id != drafter)


def nobody_may(case: Case, directory: Directory, today: date) -> bool:
    """Whether it waits for an approval that nobody can give today."""
    return case.state is State.AWAITING_APPROVAL and not deciders(case, directory, today)


def to_be_decided(case: Case) -> bool:
    """Whether it waits for a review, a co-sign or an approval."""
    cosign = case.draft is not None and case.draft.awaits_cosign
    with_a_unit = case.state in (State.IN_REVIEW, State.AWAITING_APPROVAL)
    return with_a_unit or (case.state is State.IN_PROGRESS and cosign)


def _officers(case: Case, directory: Directory) -> tuple[Called, ...]:
    """The officer; without one the agency's channel; without that the coordinators."""
    if officer := _officer(case, directory):
        return _persons(officer)
    if channel := directory.channel(case.agency):
        return (Called(channel),)
    return _persons(directory.nearest_holders(Role.COORDINATOR, case.agency))


def _officer(case: Case, directory: Directory) -> tuple[Person, ...]:
    """The officer, if it is still one of that agency's."""
    person = directory.person(case.officer) if case.officer else None
    works = person is not None and Role.OFFICER in directory.roles_in(person, case.agency)
    return (person,) if person is not None and works else ()


def _persons(people: Iterable[Person]) -> tuple[Called, ...]:
    return tuple(Called(person.id, person) for person in dict.fromkeys(people))


def _of_role(role: Role, case: Case, directory: Directory, today: date) -> Sequence[Person]:
    match role:
        case Role.SECTION_HEAD:
            return directory.reviewers(case.agency)
        case Role.CIO:
            return [one.person for one in directory.approvers(case.agency, today)]
        case _:
            return directory.nearest_holders(role, case.agency)

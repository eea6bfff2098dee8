"""One transaction on one case: load, decide, commit, and what happens when two people meet.

A use case writes on a ``Sheet``; ``transact`` commits it with head, events, words, counters and
intents together. Which action means what stands in the use cases beside this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from opendata.desk import outbox, records
from opendata.desk.clocks import due_of, moved, recounted
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Add, Expect, Key, Put, Row, Write
from opendata.rules import feedback, kpi, transitions
from opendata.rules.calendar import ChangeKind, OfficeCalendar
from opendata.rules.errors import (
    DeskError,
    Fault,
    Invalid,
    NotFound,
    NotHolder,
    OutOfTurn,
    RoundOver,
    Stale,
    Stranger,
    TextChanged,
    Unavailable,
    WrongRole,
)
from opendata.rules.feedback import Action, Case, Due, Event, Outside, Round, State
from opendata.rules.people import Approver, Directory, Person, Role
from opendata.rules.reminders import next_marks, opening
from opendata.rules.reply import Draft
from opendata.rules.roc import local_date

ATTEMPTS = 5
MAX_NOTE = 1000
CARD = Message.CARD
_ONLY_THE_OFFICER = frozenset(
    {Action.DRAFT, Action.SUBMIT, Action.RECALL, Action.REVISE, Action.EXTEND, Action.KEEP}
)
_LIVES_IN_ROUND = frozenset(
    {Message.RETURNED, Message.TO_PUBLISH, Message.REVIEW, Message.APPROVAL}
)


@dataclass(slots=True)
class Sheet:
    """A case on somebody's table: what it is, who is acting, and what this transaction adds.

    Attributes:
        desk: the desk; for the calendar of the case's agency.
        case: as it is by now; before: as it was when it was taken; None: it is opened here.
        person: who acts; None: ``outside`` does.
        versions: the version rows, if they were read with the case.
        shared: rows of the outbox that other cases write too.
    """

    desk: Desk
    case: Case
    person: Person | None
    directory: Directory
    now: datetime
    before: Case | None = None
    outside: Outside = Outside.PLATFORM
    versions: Mapping[Key, Row] | None = None
    events: list[Event] = field(default_factory=list)
    bodies: list[Row] = field(default_factory=list)
    told: dict[tuple[Message, str, str | None], tuple[int, datetime]] = field(default_factory=dict)
    digests: set[Intent] = field(default_factory=set)
    shared: list[Write] = field(default_factory=list)

    @property
    def actor(self) -> str:
        """Who acts: a Slack id, or the platform."""
        return self.person.id if self.person else self.outside.value

    @classmethod
    def of(
        cls,
        desk: Desk,
        case: Case,
        *,
        versions: Mapping[Key, Row],
        person: Person | None = None,
        outside: Outside = Outside.PLATFORM,
    ) -> Sheet:
        """The case as it was read, with the version rows beside it."""
        directory = desk.directory(versions)
        return cls(desk, case, person, directory, desk.now(), case, outside, versions)

    def calendar(self) -> OfficeCalendar:
        """The office calendar of the case's agency and its approver."""
        return self.desk.calendar(self.case.agency, self.versions)

    def _as_halves_counted(self, one: Round) -> OfficeCalendar:
        """The round's calendar, were half days still taken as when it was counted last."""
        seats, half = self.directory.seats(one.agency), one.due.half_closes
        return self.desk.office(self.versions).at(seats, half_closes=half)

    def due_of(self, opened_at: datetime) -> Due:
        """Both clocks of a round of this case that opens at an instant."""
        return due_of(opened_at, self.calendar(), self.desk.terms)

    def roles(self) -> frozenset[Role | Outside]:
        """What the acting person is in the case's agency today, deputies counted as the CIO."""
        if self.person is None:
            return frozenset({self.outside})
        roles = set(self.directory.roles_in(self.person, self.case.agency))
        roles.discard(Role.CIO)
        if self.approver() is not None:
            roles.add(Role.CIO)
        return frozenset(roles)

    def approver(self) -> Approver | None:
        """The acting person as approver of this case today, or None."""
        if self.person is None:
            return None
        able = self.directory.approvers(self.case.agency, local_date(self.now))
        return next((one for one in able if one.person.id == self.actor), None)

    def sees(self) -> bool:
        """Whether the acting person may see the case: in its agency, above it, or as a deputy.

        A member of the advisory group, and nothing else, reads the quarterly packet only.
        """
        if self.person is None:
            return False
        works_here = bool(self.person.roles - {Role.MEMBER})
        inside = works_here and self.directory.covers(self.person, self.case.agency)
        return inside or self.approver() is not None

    def may(self, action: Action) -> State:
        """Where the action leads, if this person may do it now.

        Raises:
            Stranger, WrongRole, NotHolder, OutOfTurn.
            RoundOver: the person was shown the case in another round.
            LostRace: it was possible until somebody else moved the case; names who, what, when.
        """
        if self.person is not None and not self.person.active:
            raise Stranger(person=self.person.id)
        shown, current = self.desk.round, self.case.round
        if shown not in (None, current):
            raise RoundOver(case=self.case.id, shown=shown, current=current)
        try:
            to = transitions.next_state(self.case.state, action, self.roles())
        except (OutOfTurn, WrongRole) as refused:
            if self._lost(action, refused):
                raise feedback.too_late(self.case, action) from None
            raise
        if action in _ONLY_THE_OFFICER and self.case.officer != self.actor:
            raise NotHolder(action=action, officer=self.case.officer)
        return to

    def _lost(self, action: Action, refused: DeskError) -> bool:
        """Whether somebody else's move, and nothing else, stands against the action."""
        moved = self.case.moved
        if moved.actor in (self.actor, *Outside):
            return False
        if isinstance(refused, OutOfTurn):
            return True
        cell = transitions.TABLE.get((action, moved.before)) if moved.before else None
        return cell is not None and not cell.roles.isdisjoint(self.roles())

    def record(
        self,
        action: Action,
        to: State | None = None,
        facts: Mapping[str, Any] | None = None,
        *,
        at: datetime | None = None,
        **changes: Any,
    ) -> None:
        """Let it happen: the case on the sheet is now the one after the event.

        ``at``: when it happened, if not now.
        """
        self.case, event = feedback.happen(
            self.case, action, actor=self.actor, at=at or self.now, to=to, facts=facts, **changes
        )
        self.events.append(event)

    def note(self, text: str) -> None:
        """The words that belong to the event just recorded."""
        self.keep(records.note_row(self.case.id, self.case.version, text))

    def keep(self, row: Row) -> None:
        """A body row that belongs to what happened."""
        self.bodies.append(row)

    def tell(
        self, *kinds: Message, person: str | None = None, not_before: datetime | None = None
    ) -> None:
        """Have messages of these kinds sent, or brought up to date, after the commit."""
        for kind in kinds:
            told = self.case.version, not_before or self.now
            self.told[kind, occasion_of(self.case, kind), person] = told

    def recounted(self) -> Case:
        """The case with its clocks on the calendar as it is now; itself, if no date changes."""
        return recounted(self.case, lambda one: self.desk.calendar(one.agency, self.versions))

    def recount(self, cause: ChangeKind, entry: int = 0) -> bool:
        """Count the clocks of all rounds on the calendar as it is now; whether any date changed.

        ``entry``: number of the change of the calendar, which tells who made it; 0: there is none.
        """
        before, after = self.case, self.recounted()
        if after is before:
            return False
        if recounted(before, self._as_halves_counted) is before:
            cause = ChangeKind.HALF
        facts = {"cause": cause, "entry": entry, **moved(before, after)}
        counted: dict[str, Any] = {"due": after.due, "earlier": after.earlier}
        changes = {name: new for name, new in counted.items() if new != getattr(before, name)}
        self.record(Action.RECOMPUTE, facts=facts, **changes)
        return True

    def intents(self) -> list[Intent]:
        """What is to be told, as rows of the outbox."""
        return [
            Intent(
                id=f"{self.case.id}.{self.case.version}.{n}",
                case=self.case.id,
                version=version,
                kind=kind,
                occasion=occasion,
                not_before=not_before,
                person=person,
            )
            for n, ((kind, occasion, person), (version, not_before)) in enumerate(self.told.items())
        ]

    def writes(self) -> list[Write]:
        """Everything of this transaction."""
        told = {kind for kind, *_ in self.told}
        # Whom a delay was reported to hears of what becomes of it, whatever the calendar says now;
        # a new promise may have begun another occasion.
        before = self.before
        reported = before is not None and before.escalated == before.round
        if before and reported and Message.ESCALATION not in told:
            occasion = occasion_of(before, Message.ESCALATION)
            by_clock = self.person is None and self.outside is Outside.CLOCK
            at = opening(self.now, self.calendar()).astimezone(UTC) if by_clock else self.now
            self.told[Message.ESCALATION, occasion, None] = self.case.version, at
        if self.before and asked_about(self.before) and not asked_about(self.case):
            self.tell(Message.STILL_YOURS, person=self.before.officer)
        writes: list[Write] = [self.head()]
        writes += [Put(records.event_row(event)) for event in self.events]
        writes += [Put(row) for row in self.bodies]
        writes += [Put(outbox.intent_row(intent)) for intent in self.intents()]
        writes += [Put(outbox.intent_row(intent)) for intent in self.digests]
        writes += self.shared
        writes += [
            Add(records.counter_key(tally.quarter, tally.agency), tally.counts)
            for tally in self._flows()
        ]
        return writes

    def head(self) -> Put:
        """The case as it stands now, with the next instant at which it calls for somebody."""
        marks = next_marks(self.case, self.calendar())
        row = records.head_row(self.case, marks[0].at if marks else None)
        return Put(row, self.before.version if self.before else Expect.ABSENT)

    def _flows(self) -> tuple[kpi.Tally, ...]:
        """What the events add to the counters, one row for each quarter and agency."""
        summed: dict[tuple[str, str], list[Mapping[str, int]]] = {}
        for tally in kpi.flows(self.before, self.events):
            summed.setdefault((tally.quarter, tally.agency), []).append(tally.counts)
        totals = (
            kpi.Tally(quarter, agency, {name: n for name, n in kpi.added(rows).items() if n})
            for (quarter, agency), rows in summed.items()
        )
        return tuple(total for total in totals if total.counts)


def occasion_of(case: Case, kind: Message) -> str:  # noqa: PLR0911  # one line a kind
    """Which of several messages of a kind this is: the card is one for ever, a submission counts.

    A co-sign request belongs to a draft, a call for help to what was done last; a delay report to a
    round and what was promised in it, wherever closures move that date; news and a reassignment to
    the event itself.
    """
    if kind is Message.CARD:
        return "card"
    if kind is Message.ESCALATION:
        promised = case.due.promised or case.due.granted
        return f"{case.round}.{promised:%Y%m%d}" if promised else f"{case.round}"
    if kind is Message.STILL_YOURS and case.asked_at is not None:
        return f"{case.round}.{local_date(case.asked_at):%Y%m%d}"
    if kind is Message.HELP:
        return f"{case.round}.h{case.progressed_at:%Y%m%d%H%M%S}"
    if kind in _LIVES_IN_ROUND:
        return f"{case.round}.{case.submissions}"
    if kind is Message.COSIGN:
        return f"{case.round}.d{case.drafts}"
    return f"e{case.version}"


def asked_about(case: Case) -> bool:
    """Whether 仍由您辦理嗎 was asked of the officer, and nothing has happened since."""
    asked, progressed = case.asked_at, case.progressed_at
    mine = case.state is State.IN_PROGRESS and case.officer is not None
    return mine and asked is not None and asked > progressed


def drafted(case: Case, action: Action) -> Draft:
    """The draft of record.

    Raises:
        OutOfTurn: nothing was drafted in this round.
    """
    if case.draft is None:
        raise OutOfTurn(action=action, state=case.state)
    return case.draft


def as_shown(sheet: Sheet, shown: str, action: Action) -> Draft:
    """The draft of record, if it is the text that the person saw.

    Raises:
        TextChanged: it is another by now; so is the same text in another round.
    """
    saved = drafted(sheet.case, action)
    if saved.hash != shown:
        raise TextChanged(case=sheet.case.id, shown=shown, current=saved.hash)
    return saved


def still_promised(saved: Draft, sheet: Sheet) -> None:
    """A promise that has passed while the draft lay about must not go out.

    Raises:
        Invalid: it lies no longer in the future.
    """
    if saved.promised is not None and saved.promised <= local_date(sheet.now):
        raise Invalid(Fault("promised", "not_in_future"))


def waiting_at(state: State) -> Message:
    """The message by which a submission waits with somebody."""
    return Message.REVIEW if state is State.IN_REVIEW else Message.APPROVAL


def load(desk: Desk, case_id: str, actor: str) -> Sheet:
    """The case on the table of a person: one consistent read.

    Raises:
        NotFound: there is no such case.
        Stranger: the person is not in the roster.
    """
    key = records.head_key(case_id)
    rows = desk.store.get(key, *records.VERSIONS)
    directory = desk.directory(rows)
    person = directory.person(actor)
    if person is None or not person.active:
        raise Stranger(person=actor)
    if key not in rows:
        raise NotFound(what="case", name=case_id)
    return Sheet.of(desk, records.read_case(rows[key]), versions=rows, person=person)


def transact(desk: Desk, case_id: str, actor: str, decide: Callable[[Sheet], None]) -> Case:
    """Load, decide, commit; on a lost race decide anew on what the case has become.

    Args:
        desk: the desk.
        case_id: its number.
        actor: Slack id of the acting person.
        decide: checks and writes on the sheet; runs once per attempt.

    Returns:
        The case after it.

    Raises:
        LostRace: somebody else moved the case first; it names who, what and when.
        DeskError: whatever ``decide`` refuses.
    """
    for _ in range(ATTEMPTS):
        sheet = load(desk, case_id, actor)
        decide(sheet)
        if not sheet.events:
            return sheet.case
        try:
            desk.store.commit(*sheet.writes())
        except Stale:
            continue
        return sheet.case
    raise Unavailable(what="case")

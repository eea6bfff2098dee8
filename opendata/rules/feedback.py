"""The case: its states, its events, and what a case is at a moment.

A case is the fold of its events: every event names the fields that it changed, so the stored head
can be rebuilt from the chain. Which action leads where, and for whom, stands in ``transitions``;
who a person is, in ``people``; what a reply is, in ``reply``.

Sources: DESIGN §3; domain rules R4 (the clock), R6 (rounds), R8 (extension).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from opendata.rules import audit
from opendata.rules.canonical import decode, decode_fields, encode
from opendata.rules.deadline import Mode
from opendata.rules.errors import LostRace, OutOfTurn
from opendata.rules.reply import Draft
from opendata.rules.snooze import Snooze, ended


class Kind(StrEnum):
    """The platform's two channels."""

    COMMENT = "comment"
    SUGGESTION = "suggestion"

    @property
    def letter(self) -> str:
        """With it the case number begins."""
        return {"comment": "C", "suggestion": "S"}[self.value]


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    UNDER_STUDY = "under_study"
    ANSWERED = "answered"
    REDISPATCHED = "redispatched"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"


OPEN = frozenset(
    {
        State.RECEIVED,
        State.IN_PROGRESS,
        State.IN_REVIEW,
        State.AWAITING_APPROVAL,
        State.APPROVED,
        State.UNDER_STUDY,
    }
)


class Action(StrEnum):
    """What is done to a case; the event has the same name."""

    RECEIVE = "receive"
    ASSIGN = "assign"
    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    CONSULT = "consult"
    OPINE = "opine"
    DRAFT = "draft"
    COSIGN = "cosign"
    SUBMIT = "submit"
    RECALL = "recall"
    PASS = "pass"
    RETURN = "return"
    APPROVE = "approve"
    REVOKE = "revoke"
    REVISE = "revise"
    PUBLISH = "publish"
    EXTEND = "extend"
    NOT_OURS = "not_ours"
    PROPOSE_SET_ASIDE = "propose_set_aside"
    LINK = "link"
    REOPEN = "reopen"
    REVEAL = "reveal"
    RECOMPUTE = "recompute"
    FULFIL = "fulfil"
    AMEND = "amend"
    COMMENT = "comment"
    RATE = "rate"
    NEW_ROUND = "new_round"
    RETRACT = "retract"
    REMIND = "remind"
    KEEP = "keep"
    SNOOZE = "snooze"
    HELP = "help"
    INSTRUCT = "instruct"


class Outside(StrEnum):
    """Who acts without being a person of the roster."""

    PLATFORM = "platform"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a case. ``changes`` are fields of the head, ``facts`` what else was said.

    Holds ids, codes, dates and hashes only: words lie in body rows of their own.
    """

    case: str
    version: int
    action: Action
    at: datetime
    actor: str
    changes: Mapping[str, Any]
    facts: Mapping[str, Any]
    previous: str
    hash: str = ""

    @property
    def linked(self) -> Event:
        """The same event with its place in the chain sealed."""
        return replace(self, hash=audit.link(self))


@dataclass(frozen=True, slots=True)
class Due:
    """The clock of a round: 7 days to the ministry's promise, 14 to the platform's.

    ``original`` is what lateness is judged by; only a new calendar or a closure day moves it.
    ``granted`` is the date of an extension and ``promised`` that of a matter under study, as they
    were approved: ``on`` and ``study`` keep off days without offices. ``days``, ``platform_days``
    and ``mode`` are the terms on which the round began, and stay (domain rule R2);
    ``half_closes`` is how half a day's closure was taken when it was counted last.
    """

    on: date
    original: date
    platform: date
    provisional: bool
    calendar_version: str
    study: date | None = None
    granted: date | None = None
    promised: date | None = None
    days: int = 7
    platform_days: int = 14
    mode: Mode = Mode.CALENDAR
    half_closes: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """核准 of exactly one text, by whom, in which capacity and for whom (a deputy's principal)."""

    by: str
    capacity: str
    at: datetime
    hash: str
    principal: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Who brought the case into its state, by what, when, and from which state."""

    actor: str
    action: Action
    at: datetime
    before: State | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What a round counts for, and where; a case keeps it of those that a further one followed.

    The fields are those of ``Case``; ``number`` is its ``round``.
    """

    number: int
    agency: str
    state: State
    opened_at: datetime
    due: Due
    first_answered_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    refused: bool = False
    extended: bool = False
    transferred: bool = False
    stars: int | None = None
    worked: int | None = None
    spent: Mapping[State, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. The head row; everything but ``title`` comes from events.

    Attributes:
        id: the number, ``S97944``, ``C123-2``.
        feedback: the platform's number of the opinion.
        agency: code of the agency whose case it is.
        unassigned: none of the dispatched agencies is ours; the coordinator has it.
        version, head: number and hash of the last event.
        round: 1, and one more for every further answer asked for.
        opened_at: when this round's clock started, platform time; received_at: when we got it.
        officer: Slack id of the officer; reviewer: of who passed the review.
        draft: what was last saved, or None; submissions: how often it was submitted this round.
        first_answered_at, answered_at: platform time of this round's first and substantive answer.
        worked: workdays to the first answer, on the calendar as it stood then.
        spent: minutes in each state until the first answer.
        text: which version of the citizen's text the case knows.
        reminded_to: up to when milestones are dealt with; None: up to ``received_at``.
        kept_at: when the officer said 仍由我辦理, or got the case from another; asked_at: when the
            officer was asked; an answer, or any progress since then, settles it.
        escalated: the last round in which the CIO was told that it is overdue; 0: none yet.
        resting: the draft of the reply, while a progress notice is the draft of record.
        earlier: the rounds before this one, as they count; a new calendar moves them too.
        fulfilled: number of the dataset by which a promise of this case was kept.
        title: the citizen's title, personal data masked, cut; from the body rows.
    """

    id: str
    kind: Kind
    feedback: str
    agency: str
    state: State
    round: int
    opened_at: datetime
    received_at: datetime
    due: Due
    moved: Move
    version: int = 0
    head: str = ""
    unassigned: bool = False
    dispatched_at: datetime | None = None
    officer: str | None = None
    reviewer: str | None = None
    draft: Draft | None = None
    drafts: int = 0
    submissions: int = 0
    approval: Approval | None = None
    first_answered_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    refused: bool = False
    extended: bool = False
    transferred: bool = False
    stars: int | None = None
    worked: int | None = None
    spent: Mapping[State, int] = field(default_factory=dict)
    comments: int = 0
    text: int = 1
    reminded_to: datetime | None = None
    kept_at: datetime | None = None
    asked_at: datetime | None = None
    snooze: Snooze | None = None
    escalated: int = 0
    resting: Draft | None = None
    earlier: tuple[Round, ...] = ()
    fulfilled: str | None = None
    title: str = ""

    @property
    def open(self) -> bool:
        """Still to be answered."""
        return self.state in OPEN

    @property
    def rounds(self) -> tuple[Round, ...]:
        """All its rounds as they count, the present one last."""
        present = Round(
            number=self.round,
            agency=self.agency,
            state=self.state,
            opened_at=self.opened_at,
            due=self.due,
            first_answered_at=self.first_answered_at,
            answered_at=self.answered_at,
            answered_by=self.answered_by,
            refused=self.refused,
            extended=self.extended,
            transferred=self.transferred,
            stars=self.stars,
            worked=self.worked,
            spent=self.spent,
        )
        return (*self.earlier, present)

    @property
    def due_now(self) -> date:
        """The date that the holder works towards: the promised one while a matter is studied."""
        return self.due.study or self.due.on

    @property
    def progressed_at(self) -> datetime:
        """When whoever has the case last did something about it."""
        saved = self.draft.saved_at if self.draft else None
        snoozed = self.snooze.at if self.snooze else None
        return max(filter(None, (self.moved.at, saved, self.kept_at, snoozed)))


def began(event: Event, title: str) -> Case:
    """The case that its first event opens."""
    first = decode(Case, event.changes)
    return replace(first, version=event.version, head=event.hash, title=title)


def evolve(case: Case, event: Event) -> Case:
    """The case after the event."""
    changed = decode_fields(Case, event.changes)
    return replace(case, **changed, version=event.version, head=event.hash)


def happen(
    case: Case,
    action: Action,
    *,
    actor: str,
    at: datetime,
    to: State | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> tuple[Case, Event]:
    """The next event of the case, and the case after it.

    ``at`` is UTC; ``to`` is the state it leads to, None if it stays; ``facts`` are ids, codes,
    dates and hashes worth keeping that are no fields of the case; ``changes`` are those that are.
    """
    if to is not None and to is not case.state:
        changes |= {"state": to, "moved": Move(actor, action, at, case.state)}
        if case.open and case.first_answered_at is None:
            # An answer ends it when it stood on the platform, not when that was reported.
            changes.setdefault("spent", spent(case, changes.get("first_answered_at") or at))
        if case.snooze:
            changes.setdefault("snooze", ended(case.snooze, at))
    event = Event(
        case=case.id,
        version=case.version + 1,
        action=action,
        at=at,
        actor=actor,
        changes=encode(changes),
        facts=encode(facts or {}),
        previous=case.head,
    ).linked
    return evolve(case, event), event


def spent(case: Case, until: datetime) -> dict[State, int]:
    """Minutes in each state of this round, with those in the present one."""
    minutes = max(0, int((until - case.moved.at).total_seconds() // 60))
    return {**case.spent, case.state: case.spent.get(case.state, 0) + minutes}


def open_case(case: Case, *, actor: str, facts: Mapping[str, Any]) -> tuple[Case, Event]:
    """The first event of a case that is described by ``case``; its title stays out of the event."""
    described = {name: value for name, value in encode(case).items() if name not in _UNTOLD}
    event = Event(
        case=case.id,
        version=1,
        action=Action.RECEIVE,
        at=case.received_at,
        actor=actor,
        changes=described,
        facts=encode(facts),
        previous=audit.GENESIS,
    ).linked
    return began(event, case.title), event


_UNTOLD = frozenset({"title", "version", "head"})


def too_late(case: Case, action: Action) -> OutOfTurn:
    """Why an action that was possible a moment ago is not: it names who moved the case."""
    return LostRace(
        case=case.id,
        actor=case.moved.actor,
        action=case.moved.action,
        at=case.moved.at,
        state=case.state,
        wanted=action,
    )

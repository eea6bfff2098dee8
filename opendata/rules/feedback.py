"""The case: its states, its transition table as data, its events, and what a case is at a moment.

A case is the fold of its events: every event names the fields that it changed, so the stored head
can be rebuilt from the chain. Who a person is stands in ``people``; what a reply is, in ``reply``.

Sources: DESIGN §3; domain rules R4 (the clock), R5 and R6 (approval, return, rounds), R9
(transfer); 行政程序法 §172 (wrong agency), §173 (filed without reply).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from opendata.rules import audit
from opendata.rules.canonical import decode, decode_fields, encode
from opendata.rules.errors import LostRace, OutOfTurn, WrongRole
from opendata.rules.people import Role
from opendata.rules.reply import Draft, Purpose


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
    AMEND = "amend"
    COMMENT = "comment"
    RATE = "rate"
    NEW_ROUND = "new_round"
    RETRACT = "retract"


class Outside(StrEnum):
    """Who acts without being a person of the roster."""

    PLATFORM = "platform"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Cell:
    """An action in a state: who may do it, and where it leads."""

    roles: frozenset[Role | Outside]
    to: State


Cells = dict[tuple[Action, State], Cell]


def _stay(action: Action, roles: Iterable[Role | Outside], *states: State) -> Cells:
    may = frozenset(roles)
    return {(action, state): Cell(may, state) for state in states}


def _to(target: State, action: Action, roles: Iterable[Role | Outside], *states: State) -> Cells:
    cell = Cell(frozenset(roles), target)
    return {(action, state): cell for state in states}


_A, _S, _R = Action, State, Role
_OFFICER, _DESK = (_R.OFFICER,), (_R.OFFICER, _R.SECTION_HEAD, _R.COORDINATOR)
_OFFICE = (_R.OFFICER, _R.COORDINATOR)
_PLATFORM = (Outside.PLATFORM,)
_WORKED = (_S.IN_PROGRESS, _S.IN_REVIEW, _S.AWAITING_APPROVAL, _S.APPROVED, _S.UNDER_STUDY)
_INSIDERS = tuple(role for role in Role if role is not _R.MEMBER)
_RETRACTABLE = tuple(state for state in State if state not in (_S.WITHDRAWN, _S.REDISPATCHED))

# What stands here is possible; everything else is not. `submit` may lead past IN_REVIEW, and
# `approve` and `publish` lead where the purpose says: see the functions below.
TABLE: Mapping[tuple[Action, State], Cell] = MappingProxyType(
    _stay(_A.ASSIGN, (_R.COORDINATOR, Outside.PLATFORM), _S.RECEIVED)
    | _to(_S.IN_PROGRESS, _A.CLAIM, _OFFICER, _S.RECEIVED)
    | _to(_S.RECEIVED, _A.RELEASE, _DESK, _S.IN_PROGRESS)
    | _stay(_A.REASSIGN, _DESK, *_WORKED)
    | _stay(_A.CONSULT, _OFFICER, _S.IN_PROGRESS)
    | _stay(_A.OPINE, (_R.OFFICER, _R.SECTION_HEAD), _S.IN_PROGRESS)
    | _to(_S.IN_PROGRESS, _A.DRAFT, _OFFICER, _S.IN_PROGRESS, _S.UNDER_STUDY)
    | _stay(_A.COSIGN, (_R.LEGAL,), _S.IN_PROGRESS)
    | _to(_S.IN_REVIEW, _A.SUBMIT, _OFFICER, _S.IN_PROGRESS)
    | _to(_S.IN_PROGRESS, _A.RECALL, _OFFICER, _S.IN_REVIEW, _S.AWAITING_APPROVAL)
    | _to(_S.AWAITING_APPROVAL, _A.PASS, (_R.SECTION_HEAD,), _S.IN_REVIEW)
    | _to(_S.IN_PROGRESS, _A.RETURN, (_R.SECTION_HEAD,), _S.IN_REVIEW)
    | _to(_S.IN_PROGRESS, _A.RETURN, (_R.CIO,), _S.AWAITING_APPROVAL)
    | _to(_S.APPROVED, _A.APPROVE, (_R.CIO,), _S.AWAITING_APPROVAL)
    | _to(_S.IN_PROGRESS, _A.REVOKE, (_R.CIO,), _S.APPROVED)
    | _to(_S.IN_PROGRESS, _A.REVISE, _OFFICER, _S.APPROVED)
    | _to(_S.ANSWERED, _A.PUBLISH, _OFFICE, _S.APPROVED)
    | _stay(_A.EXTEND, _OFFICER, _S.IN_PROGRESS)
    | _to(_S.IN_PROGRESS, _A.NOT_OURS, _OFFICE, _S.RECEIVED, _S.IN_PROGRESS)
    | _to(_S.AWAITING_APPROVAL, _A.PROPOSE_SET_ASIDE, _OFFICE, _S.RECEIVED, _S.IN_PROGRESS)
    | _stay(_A.LINK, _OFFICE, _S.RECEIVED, _S.IN_PROGRESS)
    | _to(_S.RECEIVED, _A.REOPEN, (_R.COORDINATOR,), _S.SET_ASIDE, _S.REDISPATCHED, _S.WITHDRAWN)
    | _stay(_A.REVEAL, _INSIDERS, *State)
    | _stay(_A.RECOMPUTE, (_R.COORDINATOR, Outside.CLOCK), *State)
    | _stay(_A.AMEND, _PLATFORM, *State)
    | _stay(_A.COMMENT, _PLATFORM, *State)
    | _stay(_A.RATE, _PLATFORM, *State)
    | _to(_S.RECEIVED, _A.NEW_ROUND, _PLATFORM, _S.ANSWERED)
    | _to(_S.WITHDRAWN, _A.RETRACT, _PLATFORM, *_RETRACTABLE)
)

PUBLISHED_AS: Mapping[Purpose, State] = MappingProxyType(
    {
        Purpose.REPLY: State.ANSWERED,
        Purpose.UNDER_STUDY: State.UNDER_STUDY,
        Purpose.PROGRESS_NOTICE: State.IN_PROGRESS,
        Purpose.REDISPATCH_NOTICE: State.REDISPATCHED,
    }
)


def next_state(state: State, action: Action, roles: Iterable[Role | Outside]) -> State:
    """Where the action leads for a person who has these roles in the case's agency.

    Raises:
        OutOfTurn: the action is not possible in this state, whoever asks.
        WrongRole: it is, but for other roles.
    """
    cell = TABLE.get((action, state))
    if cell is None:
        raise OutOfTurn(action=action, state=state)
    if cell.roles.isdisjoint(roles):
        raise WrongRole(action=action, roles=tuple(role for role in Role if role in cell.roles))
    return cell.to


def submitted_to(purpose: Purpose, *, has_reviewer: bool) -> State:
    """核稿 first where the agency has a section head; a proposal to set aside skips it."""
    if has_reviewer and purpose is not Purpose.SET_ASIDE:
        return State.IN_REVIEW
    return State.AWAITING_APPROVAL


def approved_to(purpose: Purpose) -> State:
    """An approved text waits for its publication; a set-aside ends with the approval."""
    return State.SET_ASIDE if purpose is Purpose.SET_ASIDE else State.APPROVED


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
    """

    on: date
    original: date
    platform: date
    provisional: bool
    calendar_version: str
    study: date | None = None


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
        text: which version of the citizen's text the case knows.
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
    comments: int = 0
    text: int = 1
    title: str = ""

    @property
    def open(self) -> bool:
        """Still to be answered."""
        return self.state in OPEN

    @property
    def due_now(self) -> date:
        """The date that the holder works towards: the promised one while a matter is studied."""
        return self.due.study or self.due.on


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

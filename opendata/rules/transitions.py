"""The transition table as data: which action is possible in which state, for whom, and to where.

Everything that does not stand here is impossible. What happens to a case's fields stands in
``feedback``. Sources: DESIGN §3; domain rules R5 and R6 (approval, return), R9 (transfer);
行政程序法 §172 (wrong agency), §173 (filed without reply).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from opendata.rules.errors import OutOfTurn, WrongRole
from opendata.rules.feedback import OPEN, Action, Outside, State
from opendata.rules.people import Role
from opendata.rules.reply import Purpose


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
    | _to(_S.RECEIVED, _A.RELEASE, (*_DESK, Outside.CLOCK), _S.IN_PROGRESS)
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
    | _stay(_A.FULFIL, (Outside.CLOCK,), *State)
    | _stay(_A.REMIND, (Outside.CLOCK,), *OPEN)
    | _stay(_A.KEEP, _OFFICER, _S.IN_PROGRESS)
    | _stay(_A.SNOOZE, _OFFICER, _S.IN_PROGRESS, _S.APPROVED, _S.UNDER_STUDY)
    | _stay(_A.SNOOZE, (_R.SECTION_HEAD,), _S.IN_REVIEW)
    | _stay(_A.SNOOZE, (_R.CIO,), _S.AWAITING_APPROVAL)
    | _stay(_A.HELP, (_R.OFFICER, _R.SECTION_HEAD, _R.LEGAL, _R.CIO), *OPEN)
    | _stay(_A.INSTRUCT, (_R.CIO,), *OPEN)
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

"""A case and what may befall it, for the tests of the rules: no store, no use cases.

``histories`` draws cases that travel at random, as the events and the cases between them. What the
transition table allows is not asked here: ``happen`` records whatever it is told.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from opendata.rules.feedback import (
    Action,
    Approval,
    Case,
    Due,
    Kind,
    Move,
    Outside,
    State,
    happen,
    open_case,
)
from opendata.rules.people import Capacity
from opendata.rules.reply import Draft, Purpose, ReplyType
from opendata.rules.roc import local_date

# A Monday, ten in the morning in Taipei.
POSTED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DUE = Due(
    on=date(2026, 3, 9),
    original=date(2026, 3, 9),
    platform=date(2026, 3, 16),
    provisional=False,
    calendar_version="115-abcdef01",
)


def due_from(opened_at, days=7):
    """The clock of a round without the office calendar: so many days, and twice as many."""
    day = local_date(opened_at)
    promised = day + timedelta(days=days)
    return replace(DUE, on=promised, original=promised, platform=day + timedelta(days=2 * days))


def a_case(**changes):
    """A case as intake describes it, changed as told."""
    case = Case(
        id="S97944",
        kind=Kind.SUGGESTION,
        feedback="97944",
        agency="aac",
        state=State.RECEIVED,
        round=1,
        opened_at=POSTED_AT,
        received_at=POSTED_AT,
        due=DUE,
        moved=Move(Outside.PLATFORM, Action.RECEIVE, POSTED_AT),
        title="開放廉政統計",
    )
    return replace(case, **changes)


def opened(**changes):
    """The case and its first event."""
    return open_case(a_case(**changes), actor="platform", facts={"webhook": "msg_1"})


def answered(case, at, **more):
    """What a published reply settles."""
    return {
        "first_answered_at": case.first_answered_at or at,
        "answered_at": at,
        "answered_by": Capacity.CIO,
        **more,
    }


def _assigned(case, at, n):
    return None, {"agency": ("aac", "moj", "dpo")[n % 3], "transferred": n % 2 == 0}


def _drafted(case, at, n):
    types = tuple(ReplyType)
    draft = Draft(n, Purpose.REPLY, types[n % len(types)], f"{n:064x}", "olive", at)
    return State.IN_PROGRESS, {"draft": draft, "drafts": case.drafts + 1, "officer": "olive"}


def _approved(case, at, n):
    approval = Approval("carol", Capacity.CIO, at, f"{n:064x}", None if n % 2 else "harry")
    return State.APPROVED, {"approval": approval}


def _answered(case, at, n):
    by = tuple(Capacity)[n % len(Capacity)]
    return State.ANSWERED, answered(case, at, answered_by=by, refused=n % 3 == 0)


def _studied(case, at, n):
    first = {"first_answered_at": case.first_answered_at or at, "answered_by": Capacity.CIO}
    study = local_date(at) + timedelta(days=n)
    return State.UNDER_STUDY, {**first, "due": replace(case.due, study=study)}


def _asked_again(case, at, n):
    return State.RECEIVED, {
        "round": case.round + 1,
        "earlier": case.rounds,
        "opened_at": at,
        "due": due_from(at),
        "officer": None,
        "draft": None,
        "approval": None,
        "first_answered_at": None,
        "answered_at": None,
        "answered_by": None,
        "refused": False,
        "stars": None,
    }


def _recounted(case, at, n):
    days = n % 40 + 1
    moved = [replace(one, due=due_from(one.opened_at, days)) for one in case.earlier]
    return None, {"due": due_from(case.opened_at, days), "earlier": tuple(moved)}


# What may befall a case: the state it leads to, or None, and the fields that change.
_TURNS = {
    Action.ASSIGN: _assigned,
    Action.DRAFT: _drafted,
    Action.APPROVE: _approved,
    Action.PUBLISH: _answered,
    Action.SUBMIT: _studied,
    Action.NEW_ROUND: _asked_again,
    Action.EXTEND: lambda case, at, n: (None, {"extended": True}),
    Action.RATE: lambda case, at, n: (None, {"stars": n % 5 + 1}),
    Action.RECOMPUTE: _recounted,
    Action.PROPOSE_SET_ASIDE: lambda case, at, n: (State.SET_ASIDE, {}),
    Action.RETRACT: lambda case, at, n: (State.WITHDRAWN, {}),
    Action.REOPEN: lambda case, at, n: (State.RECEIVED, {}),
}


@st.composite
def histories(draw, longest=12):
    """A case from its opening on: every case it was, and the events, first to last."""
    case, event = opened()
    cases, events = [case], [event]
    turns = st.tuples(st.sampled_from(list(_TURNS)), st.integers(0, 120), st.integers(0, 99))
    at = POSTED_AT
    for action, hours, n in draw(st.lists(turns, max_size=longest)):
        at += timedelta(hours=hours)
        to, changes = _TURNS[action](case, at, n)
        case, event = happen(case, action, actor="olive", at=at, to=to, facts={"n": n}, **changes)
        cases.append(case)
        events.append(event)
    return cases, events

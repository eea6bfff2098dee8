"""為什麼是這一天: how the date of a case was counted, and what has moved it since.

How days are counted stands in ``rules.deadline``, in which words it is told in ``texts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from opendata.desk.context import Desk
from opendata.desk.reading import person
from opendata.rules import deadline
from opendata.rules.calendar import ChangeKind
from opendata.rules.canonical import decode
from opendata.rules.deadline import Deadline
from opendata.rules.feedback import Action, Case, Due, Event


class MovedBy(StrEnum):
    """What can move the date that a holder works towards."""

    EXTENDED = "extended"
    STUDIED = "studied"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of it; ``cause`` is what was done to the calendar, None for the others."""

    by: MovedBy
    at: datetime
    before: date
    after: date
    cause: ChangeKind | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The present round's date: as it is counted on today's calendar, and every move of it."""

    counted: Deadline
    moves: tuple[Moved, ...] = ()


def explained(desk: Desk, case: Case, events: Iterable[Event]) -> Explained:
    """The date of a case, counted on the calendar of its agency's and its approver's seats."""
    due, calendar = case.due, desk.calendar(case.agency)
    counted = deadline.due(case.opened_at, calendar, due.days, due.mode)
    return Explained(counted, tuple(_moves(events)))


def what_if(desk: Desk, actor: str, received_at: datetime) -> Deadline:
    """When something would be due that is received at an instant, at the person's agency.

    Raises:
        Stranger: not in the roster.
        Invalid: the instant lies at an end of time.
    """
    terms, who = desk.terms, person(desk, actor)
    return deadline.due(received_at, desk.calendar(who.agency), terms.days, terms.mode)


def _moves(events: Iterable[Event]) -> Iterator[Moved]:
    """The moves of the last round, in order."""
    moves, was = list[Moved](), None
    for event in events:
        if "due" not in event.changes:
            continue
        due = decode(Due, event.changes["due"])
        if event.action in (Action.RECEIVE, Action.NEW_ROUND) or was is None:
            moves = []
        elif _of(was) != _of(due) and (due.study or not was.study):
            moves.append(_move(event, _of(was), due))
        was = due
    return iter(moves)


def _move(event: Event, before: date, due: Due) -> Moved:
    if event.action is Action.RECOMPUTE:
        cause = ChangeKind(event.facts["cause"])
        return Moved(MovedBy.RECOMPUTED, event.at, before, _of(due), cause)
    by = MovedBy.STUDIED if due.study else MovedBy.EXTENDED
    return Moved(by, event.at, before, _of(due))


def _of(due: Due) -> date:
    """The date that the holder works towards, as ``Case.due_now``."""
    return due.study or due.on

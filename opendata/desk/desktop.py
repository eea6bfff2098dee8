"""What lies before a person when App Home is opened: open cases, each on one shelf, by due date.

Whose decision a case waits for comes first, then the person's own, then what somebody answers for.
The headings are those of the model wording; how they look stands in ``bot.home``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from opendata.desk import records
from opendata.desk.casefile import Sheet
from opendata.desk.context import Desk
from opendata.desk.reading import AROUND, around, own, person
from opendata.rules.feedback import Case, Outside, State
from opendata.rules.people import Person, Role
from opendata.rules.reminders import escalated_to
from opendata.rules.roc import quarter_of


class Shelf(StrEnum):
    """The headings of App Home, in their order; a case stands under the first that fits."""

    TO_APPROVE = "to_approve"
    TO_REVIEW = "to_review"
    TO_COSIGN = "to_cosign"
    TO_ASSIGN = "to_assign"
    DUE = "due"
    MINE = "mine"
    TO_PUBLISH = "to_publish"
    IN_DECISION = "in_decision"
    UNDER_STUDY = "under_study"
    UNCLAIMED = "unclaimed"
    ESCALATED = "escalated"
    LATE_HERE = "late_here"
    LATE = "late"
    HERE = "here"


DECIDED = frozenset({Shelf.TO_APPROVE, Shelf.TO_REVIEW, Shelf.TO_COSIGN})
"""What the person decides; whoever may only since it was submitted finds it here."""
_OWN = {
    State.APPROVED: Shelf.TO_PUBLISH,
    State.IN_REVIEW: Shelf.IN_DECISION,
    State.AWAITING_APPROVAL: Shelf.IN_DECISION,
    State.UNDER_STUDY: Shelf.UNDER_STUDY,
}


@dataclass(frozen=True, slots=True)
class Desktop:
    """What lies before a person.

    Attributes:
        person: whose it is.
        shelves: the cases of each heading that has any, in the order of the headings.
        leftover: overdue cases of an earlier quarter, of those that the person answers for.
        more: further cases are open that were not looked at.
    """

    person: Person
    shelves: Mapping[Shelf, tuple[Case, ...]]
    leftover: int = 0
    more: bool = False


def desktop(desk: Desk, actor: str) -> Desktop:
    """The person's cases by due date, among the AROUND that fall due first.

    One query; where more are open than that, a second one finds the person's own.

    Raises:
        Stranger: not in the roster.
    """
    who, directory, now, today = person(desk, actor), desk.directory(), desk.now(), desk.today()
    page = around(desk, who, None, AROUND)
    near = [records.read_case(row) for row in page.rows]
    if page.next:
        near = [*own(desk, actor), *(case for case in near if case.officer != actor)]
    found: dict[Shelf, list[Case]] = {shelf: [] for shelf in Shelf}
    quarter, leftover = quarter_of(today).first, 0
    for case in near:
        roles = Sheet(desk, case, who, directory, now).roles()
        shelf = _decided(case, roles) or _own(case, actor, today) or _led(desk, case, roles)
        if shelf is not None:
            found[shelf].append(case)
        leads = not roles.isdisjoint({Role.CIO, Role.COORDINATOR})
        leftover += leads and case.due_now < today and case.due.original < quarter
    return Desktop(
        person=who,
        shelves={shelf: tuple(cases) for shelf, cases in found.items() if cases},
        leftover=leftover,
        more=page.next is not None,
    )


def _decided(case: Case, roles: Collection[Role | Outside]) -> Shelf | None:
    """Whether it waits for a decision of the person's."""
    if case.state is State.AWAITING_APPROVAL and Role.CIO in roles:
        return Shelf.TO_APPROVE
    if case.state is State.IN_REVIEW and Role.SECTION_HEAD in roles:
        return Shelf.TO_REVIEW
    awaits_cosign = case.draft is not None and case.draft.awaits_cosign
    if case.state is State.IN_PROGRESS and awaits_cosign and Role.LEGAL in roles:
        return Shelf.TO_COSIGN
    unassigned = case.state is State.RECEIVED and case.unassigned
    return Shelf.TO_ASSIGN if unassigned and Role.COORDINATOR in roles else None


def _own(case: Case, actor: str, today: date) -> Shelf | None:
    """Where an officer's own case stands."""
    if case.officer != actor:
        return None
    return Shelf.DUE if case.due_now <= today else _OWN.get(case.state, Shelf.MINE)


def _led(desk: Desk, case: Case, roles: Collection[Role | Outside]) -> Shelf | None:
    """Where a case stands that somebody may take up, or answers for."""
    today = desk.today()
    if case.state is State.RECEIVED and not case.unassigned and Role.OFFICER in roles:
        return Shelf.UNCLAIMED
    late = case.due_now < today
    if late and Role.CIO in roles:
        told = escalated_to(case, today, desk.calendar(case.agency))
        return Shelf.ESCALATED if Role.CIO in told else None
    if Role.SECTION_HEAD in roles:
        return Shelf.LATE_HERE if late else Shelf.HERE
    return Shelf.LATE if late and Role.COORDINATOR in roles else None

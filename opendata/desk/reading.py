"""What people ask for: one case whole, and lists by due date; the numbers stand in ``numbers``.

Nothing is changed here. Whoever is not in the roster, or belongs to another agency, gets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opendata.desk import records
from opendata.desk.casefile import Sheet
from opendata.desk.context import Desk
from opendata.desk.ports import Index, Page, Row
from opendata.desk.records import Opinion
from opendata.rules.errors import NotFound, Stranger
from opendata.rules.feedback import Action, Case, Event
from opendata.rules.people import Person
from opendata.rules.reply import Reply

PAGE = 20
AROUND = 300
"""Open cases that App Home looks at, the first to fall due; whatever a list shows is paged."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with all words that belong to it.

    ``previous`` is the reply of the last submission before this one, for what changed; ``said``
    what the citizen added later; ``notes`` the words that belong to events, by their versions;
    ``resting`` the reply that rests while a progress notice is the draft.
    """

    case: Case
    opinion: Opinion
    events: tuple[Event, ...]
    reply: Reply | None
    previous: Reply | None
    said: tuple[str, ...]
    notes: Mapping[int, str]
    resting: Reply | None = None

    @property
    def note(self) -> str | None:
        """The words of the newest return or revocation."""
        return self._newest(Action.RETURN, Action.REVOKE)

    @property
    def ground(self) -> str | None:
        """Why more time was asked for last."""
        return self._newest(Action.EXTEND)

    def _newest(self, *actions: Action) -> str | None:
        versions = (one.version for one in reversed(self.events) if one.action in actions)
        return self.notes.get(next(versions, 0))


def dossier(desk: Desk, case_id: str) -> Dossier:
    """The case as it is now, for whoever renders it; who may see it is asked elsewhere.

    Raises:
        NotFound: no such case.
    """
    rows = {row.key.sk: row for row in desk.store.query(records.case_partition(case_id)).rows}
    if "HEAD" not in rows:
        raise NotFound(what="case", name=case_id)
    case = records.read_case(rows["HEAD"])
    events = tuple(
        records.read_event(rows[sk]) for sk in sorted(rows) if sk.startswith(records.EVENT)
    )
    return Dossier(
        case=case,
        opinion=records.read_opinion(rows[f"{records.TEXT}{case.text:04}"]),
        events=events,
        reply=_draft(rows, case.id, case.draft.number if case.draft else 0),
        previous=_draft(rows, case.id, _submitted_before(events, case)),
        said=tuple(rows[sk].value["text"] for sk in sorted(rows) if sk.startswith(records.SAID)),
        notes={
            int(sk.removeprefix(records.NOTE)): rows[sk].value["text"]
            for sk in rows
            if sk.startswith(records.NOTE)
        },
        resting=_draft(rows, case.id, case.resting.number if case.resting else 0),
    )


def _draft(rows: Mapping[str, Row], case: str, number: int) -> Reply | None:
    row = rows.get(records.draft_key(case, number).sk)
    return records.read_reply(row) if row else None


def _submitted_before(events: Sequence[Event], case: Case) -> int:
    """Number of the draft that was submitted last before the present one, this round; or 0.

    A progress notice and a reply are no versions of each other.
    """
    saved: Mapping[str, Any] | None = None
    submitted = list[Mapping[str, Any]]()
    for event in events:
        if event.action is Action.NEW_ROUND:
            submitted = []
        elif event.action is Action.SUBMIT and saved:
            submitted.append(saved)
        else:
            saved = event.changes.get("draft", saved)
    now = case.draft
    alike = (one["number"] for one in submitted if now and one["purpose"] == now.purpose)
    return max((number for number in alike if now and number < now.number), default=0)


def show(desk: Desk, actor: str, case_id: str) -> tuple[Sheet, Dossier]:
    """A case for a person who asks for it, and what that person is to it.

    Raises:
        Stranger: not in the roster.
        NotFound: no such case, or another agency's.
    """
    who, told = person(desk, actor), dossier(desk, case_id)
    sheet = Sheet(desk, told.case, who, desk.directory(), desk.now(), before=told.case)
    if not sheet.sees():
        raise NotFound(what="case", name=case_id)
    return sheet, told


def person(desk: Desk, actor: str) -> Person:
    """The roster entry of who asks.

    Raises:
        Stranger: there is none, or it is no longer active.
    """
    found = desk.directory().person(actor)
    if found is None or not found.active:
        raise Stranger(person=actor)
    return found


def open_cases(desk: Desk, actor: str, after: str | None = None) -> Page:
    """Open cases that the person may see, by due date.

    Returns:
        A page whose rows are heads; read them with ``records.read_case``. It may be short, or
        even empty, and still have a next one.

    Raises:
        Stranger: not in the roster.
    """
    who, directory, now = person(desk, actor), desk.directory(), desk.now()
    page = around(desk, who, after, PAGE)
    seen = [r for r in page.rows if Sheet(desk, records.read_case(r), who, directory, now).sees()]
    return Page(seen, page.next)


def overdue_cases(desk: Desk, actor: str, after: str | None = None) -> Page:
    """Of the open cases that the person may see those that are overdue, the longest first.

    Returns and raises like ``open_cases``.
    """
    page, today = open_cases(desk, actor, after), desk.today()
    late = [row for row in page.rows if records.read_case(row).due_now < today]
    # By due date: behind the first that is not overdue there is none.
    return Page(late, page.next if len(late) == len(page.rows) else None)


def around(desk: Desk, who: Person, after: str | None, limit: int) -> Page:
    """Open cases of the person's agency, by due date; of all, if the person's reach is wider."""
    directory = desk.directory()
    deputises = any(deputy.by == who.id for deputy in directory.deputies)
    leads = any(agency.parent == who.agency for agency in directory.agencies)
    if deputises or leads:
        return desk.store.find(Index.OPEN, records.OPEN_CASES, after=after, limit=limit)
    shelf, prefix = records.agency_shelf(who.agency), records.OPEN_SHELF
    return desk.store.find(Index.AGENCY, shelf, prefix=prefix, after=after, limit=limit)


def own(desk: Desk, actor: str) -> tuple[Case, ...]:
    """The open cases of an officer, the first AROUND to fall due; one query."""
    page = desk.store.find(Index.OWNER, records.owner_shelf(actor), limit=AROUND)
    return tuple(map(records.read_case, page.rows))


# -- histories --------------------------------------------------------------------------------


def every_case(desk: Desk) -> Iterator[Case]:
    """All cases there are, agency by agency. Not for a request: it reads everything."""
    for agency in desk.directory().agencies:
        shelf = records.agency_shelf(agency.code)
        for row in desk.store.find(Index.AGENCY, shelf).rows:
            yield records.read_case(row)


def histories(desk: Desk) -> Iterator[tuple[Event, ...]]:
    """The events of every case."""
    for case in every_case(desk):
        yield history(desk, case.id)


def history(desk: Desk, case_id: str) -> tuple[Event, ...]:
    """The events of a case in their order."""
    rows = desk.store.query(records.case_partition(case_id), records.EVENT).rows
    return tuple(records.read_event(row) for row in rows)

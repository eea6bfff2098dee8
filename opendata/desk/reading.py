"""What people ask for: one case whole, lists by due date, the numbers of a period.

Nothing is changed here. Whoever is not in the roster, or belongs to another agency, gets nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opendata.desk import records
from opendata.desk.casefile import Sheet
from opendata.desk.catalogue import figures
from opendata.desk.catalogue_records import SYNC_KEY, dataset_counts
from opendata.desk.context import Desk
from opendata.desk.ports import Index, Page, Row
from opendata.desk.records import Cause, Opinion
from opendata.rules import kpi
from opendata.rules.catalogue import COUNTS, Year, quarter_reached
from opendata.rules.errors import NotFound, Stranger
from opendata.rules.feedback import Action, Case, Event, State
from opendata.rules.people import Directory, Person, Role
from opendata.rules.reply import Reply
from opendata.rules.roc import TAIPEI, Quarter, local_date, quarter_of

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


def around(desk: Desk, who: Person, after: str | None, limit: int) -> Page:
    """Open cases of the person's agency, by due date; of all, if the person's reach is wider."""
    directory = desk.directory()
    deputises = any(deputy.by == who.id for deputy in directory.deputies)
    leads = any(agency.parent == who.agency for agency in directory.agencies)
    if deputises or leads:
        return desk.store.find(Index.OPEN, records.OPEN_CASES, after=after, limit=limit)
    shelf, prefix = records.agency_shelf(who.agency), records.OPEN_SHELF
    return desk.store.find(Index.AGENCY, shelf, prefix=prefix, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class Desktop:
    """What lies before a person: the own cases, and those that wait for a decision of theirs.

    ``more``: further cases are open that were not looked at.
    """

    person: Person
    mine: tuple[Case, ...]
    to_approve: tuple[Case, ...]
    to_review: tuple[Case, ...]
    to_cosign: tuple[Case, ...]
    to_assign: tuple[Case, ...]
    unclaimed: tuple[Case, ...]
    more: bool = False


def desktop(desk: Desk, actor: str) -> Desktop:
    """The person's cases by due date, among the AROUND that fall due first.

    One query; where more are open than that, a second one finds the person's own.

    Raises:
        Stranger: not in the roster.
    """
    who, directory, now = person(desk, actor), desk.directory(), desk.now()
    page = around(desk, who, None, AROUND)
    near = [records.read_case(row) for row in page.rows]

    def waiting(state: State, role: Role) -> tuple[Case, ...]:
        found = (case for case in near if case.state is state)
        return tuple(
            case for case in found if role in Sheet(desk, case, who, directory, now).roles()
        )

    in_progress = waiting(State.IN_PROGRESS, Role.LEGAL)
    received = waiting(State.RECEIVED, Role.OFFICER)
    return Desktop(
        person=who,
        mine=own(desk, actor) if page.next else tuple(c for c in near if c.officer == actor),
        to_approve=waiting(State.AWAITING_APPROVAL, Role.CIO),
        to_review=waiting(State.IN_REVIEW, Role.SECTION_HEAD),
        to_cosign=tuple(c for c in in_progress if c.draft and c.draft.awaits_cosign),
        to_assign=tuple(c for c in waiting(State.RECEIVED, Role.COORDINATOR) if c.unassigned),
        unclaimed=tuple(c for c in received if not c.unassigned),
        more=page.next is not None,
    )


def own(desk: Desk, actor: str) -> tuple[Case, ...]:
    """The open cases of an officer, the first AROUND to fall due; one query."""
    page = desk.store.find(Index.OWNER, records.owner_shelf(actor), limit=AROUND)
    return tuple(map(records.read_case, page.rows))


# -- numbers ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Now:
    """How the desk itself is.

    Attributes:
        undelivered: what keeps messages from being delivered.
        swept_at: when the reminders were swept last.
        heartbeat: when the watchdog last found nothing wrong.
    """

    undelivered: tuple[Cause, ...] = ()
    swept_at: datetime | None = None
    heartbeat: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The numbers of a period: a line for each agency that has any, and all together.

    ``now``: how the desk itself is, if the numbers are those of the present. ``datasets``: what is
    new in the year up to the end of the period; None: not known, or asked for an instant past.
    """

    period: str
    as_of: datetime
    agencies: Mapping[str, kpi.Figures]
    total: kpi.Figures
    now: Now | None = None
    datasets: Year | None = None


def status(
    desk: Desk,
    period: str | None = None,
    as_of: datetime | None = None,
    agency: str | None = None,
) -> Status:
    """The numbers of ``115Q3`` or ``115``, or of the quarter of today.

    Args:
        desk: the desk.
        period: a quarter or a ROC year.
        as_of: an instant in the past, counted anew from the events; None: now, from the counters.
        agency: code of the only one that is told of; None: all.

    Raises:
        Invalid: no such period.
    """
    at = as_of or desk.now()
    wanted = kpi.quarters(period or quarter_of(local_date(at)).code)
    if as_of:
        rows, now, datasets = _counted_anew(desk, wanted, at), None, None
    else:
        rows, now, datasets = _standing(desk, wanted, agency)
    rows = [one for one in rows if agency in (None, one[0])]
    by_agency: dict[str, list[Mapping[str, int]]] = {}
    for code, counts in rows:
        if set(counts).difference(COUNTS):  # else it has datasets, and no case
            by_agency.setdefault(code, []).append(counts)
    today = local_date(at)
    lines = {code: kpi.figures(kpi.added(counts), today) for code, counts in by_agency.items()}
    total = kpi.figures(kpi.added(counts for _, counts in rows), today)
    named = wanted[0].code if len(wanted) == 1 else str(wanted[0].year)
    return Status(named, at, lines, total, now, datasets)


def as_json(counted: Status, directory: Directory) -> dict[str, Any]:
    """The contract of ``status --json``; what has no source yet is null."""
    agencies, beat = [], counted.now and counted.now.heartbeat
    for code, line in sorted(counted.agencies.items()):
        agency = directory.agency(code)
        agencies.append(
            {"code": code, "name": agency.name if agency else code, **kpi.to_json(line)}
        )
    return {
        "period": counted.period,
        "as_of": counted.as_of.astimezone(TAIPEI).isoformat(),
        "agencies": agencies,
        "total": kpi.to_json(counted.total),
        "datasets": counted.datasets and _datasets_json(counted.datasets),
        "heartbeat": beat and beat.astimezone(TAIPEI).isoformat(),
    }


def _datasets_json(of: Year) -> dict[str, Any]:
    told = {name: getattr(of, name) for name in ("gross", "delisted", "net", "pace", "forecast")}
    return {"target": of.target.n if of.target else None, **told}


Counts = list[tuple[str, Mapping[str, int]]]
"""Agency by agency, what was counted; an agency may stand there several times."""


def _standing(
    desk: Desk, wanted: Sequence[Quarter], agency: str | None
) -> tuple[Counts, Now | None, Year | None]:
    """The counters of a quarter or a year, its datasets, and if it is the present, how the desk is.

    One query: what is parked and when was swept stands behind the newest counters.
    """
    codes = {quarter.code for quarter in wanted}
    present = quarter_of(desk.today()) in wanted
    year = f"{wanted[0].year}Q"
    if present:
        page = desk.store.query(records.STATUS, after=year)
    else:
        page = desk.store.query(records.STATUS, year)
    counts = [records.read_counters(row) for row in page.rows if _quarter_in(row, codes)]
    watched = {
        row.key: records.read_watch(row)
        for row in page.rows
        if row.key.sk.startswith(records.WATCH)
    }
    now = Now(
        tuple(map(records.read_cause, filter(records.is_cause, page.rows))),
        watched.get(records.watch_key(records.SWEEP)),
        watched.get(records.watch_key(records.HEARTBEAT)),
    )
    return counts, now if present else None, _datasets(desk, page.rows, wanted, agency)


def _datasets(
    desk: Desk, rows: Sequence[Row], wanted: Sequence[Quarter], agency: str | None
) -> Year | None:
    """The new datasets of the year up to the period's end; None: no list was ever taken."""
    of_year = [row for row in rows if row.key.sk.startswith(f"{wanted[0].year}Q")]
    synced = any(row.key == SYNC_KEY for row in rows)
    if not (synced or any(dataset_counts(row.value) for row in of_year)):
        return None
    reached = quarter_reached(wanted[0].year, desk.today())
    through = min(wanted[-1].number, reached)
    return figures(of_year, wanted[0].year, desk, through, agency)


def _quarter_in(row: Row, codes: Container[str]) -> bool:
    return row.key.sk.partition("#")[0] in codes


def _counted_anew(desk: Desk, wanted: Sequence[Quarter], at: datetime) -> Counts:
    codes = {quarter.code for quarter in wanted}
    return [
        (tally.agency, tally.counts)
        for events in histories(desk)
        for tally in kpi.flows(None, (event for event in events if event.at <= at))
        if tally.quarter in codes
    ]


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

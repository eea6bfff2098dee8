"""What a changed calendar makes of the cases: each is counted anew in a transaction of its own.

Which dates come of it stands in ``clocks``; what was entered, in ``roster``. The commit that
changes the calendar leaves one task in the outbox. Whoever performs it walks the cases that can
be touched; one who runs out of time leaves a cursor, and performing it twice changes nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from opendata.desk import outbox, records
from opendata.desk.casefile import ATTEMPTS, CARD, Sheet
from opendata.desk.clocks import recounted
from opendata.desk.context import Desk, Terms
from opendata.desk.following import LIVING
from opendata.desk.moved import ask
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Index, Row
from opendata.desk.records import Change
from opendata.rules.calendar import ChangeKind
from opendata.rules.errors import NotFound, Stale, Unavailable
from opendata.rules.feedback import Case, Due, Outside
from opendata.rules.reminders import opening
from opendata.rules.roc import local_date

PAGE = 100
SETTLED = timedelta(minutes=1)
"""What was counted on the old calendar when the new one came stands in the indexes by then."""
_BEFORE, _AFTER = timedelta(days=31), timedelta(days=62)
Shelf = tuple[str, str]
"""A partition of the agencies' index and a prefix in it."""
Spot = tuple[str, str, str | None]
"""Where the walk stands: a shelf, and the end of the last page."""


def recompute_case(desk: Desk, case_id: str, cause: ChangeKind, entry: int = 0) -> Case | None:
    """Count a case anew, whatever its state; its counters follow, across quarters too.

    Args:
        desk: the desk.
        case_id: its number.
        cause: what was done to the calendar.
        entry: number of the change; it tells who made it. 0: see ``recount``.

    Returns:
        The case after it; None: no date of it changes.

    Raises:
        NotFound: there is no such case.
        Unavailable: others changed it each time.
    """
    key = records.head_key(case_id)
    for _ in range(ATTEMPTS):
        rows = desk.store.get(key, *records.VERSIONS)
        if key not in rows:
            raise NotFound(what="case", name=case_id)
        case = records.read_case(rows[key])
        sheet = Sheet.of(desk, case, versions=rows, outside=Outside.CLOCK)
        recount(sheet, cause, entry)
        if not sheet.events:
            return None
        try:
            desk.store.commit(*sheet.writes())
        except Stale:
            continue
        return sheet.case
    raise Unavailable(what="case")


def recount(sheet: Sheet, cause: ChangeKind, entry: int = 0) -> None:
    """Let the new dates happen, if any; whoever works on an open case hears that they moved.

    ``entry``: number of the change; 0: the newest that can have moved them, with its own cause.
    """
    before, after = sheet.case, sheet.recounted()
    if after is before:
        return
    entered = bool(entry)
    change = None if entered else _newest(sheet, after.due)
    if change:
        cause, entry = change.kind, change.number
    sheet.recount(cause, entry)
    if not before.open:
        sheet.tell(CARD)
        return
    sheet.tell(*LIVING, Message.RETURNED)
    if before.officer and sheet.case.due_now != before.due_now:
        # What a person entered is told at once; what the clock comes upon waits for office hours.
        at = sheet.now if entered else opening(sheet.now, sheet.calendar())
        sheet.shared.append(ask(sheet.desk, before.officer, entry, at))


def _newest(sheet: Sheet, after: Due) -> Change | None:
    """The newest change that came after the case did, and touches its days."""
    case, seats = sheet.case, sheet.directory.seats(sheet.case.agency)
    begun, since = local_date(case.opened_at), max(case.opened_at, case.received_at) - SETTLED
    dates = [day for due in (case.due, after) for day in (due.on, due.platform, due.study) if day]
    rows = sheet.desk.store.query(records.CALENDAR, records.CHANGE).rows
    return next(
        (
            change
            for change in map(records.read_change, reversed(rows))
            if change.at >= since
            and change.touches(case.agency, seats)
            and any(first <= max(dates) and last >= begun for first, last in change.spans())
        ),
        None,
    )


# -- every case that a change can touch -------------------------------------------------------


def perform(
    desk: Desk,
    task: Intent,
    enough: Callable[[], bool] | None = None,
    told: Callable[[int, int], None] | None = None,
    unread: Callable[[str], None] | None = None,
) -> bool:
    """Recount what a change of the calendar can touch; the task is done or put off with a cursor.

    A walk that began before it had settled may miss what was counted on the old calendar a moment
    ago, however long it took; a second one follows then.

    Args:
        desk: the desk.
        task: a RECOMPUTE whose time has come.
        enough: whether there is no time for another page, asked after each; None: there is.
        told: hears after each page how many cases were looked at, and how many have new dates.
        unread: hears of each case that cannot be read, by its partition; the walk goes on.

    Returns:
        Whether the walk came to its end.

    Raises:
        NotFound: nobody made that change.
        Unavailable: the store did not answer; the task is as it was.
    """
    key = records.change_key(task.version)
    row = desk.store.get(key).get(key)
    if row is None:
        raise NotFound(what="change", name=str(task.version))
    change, seen, moved = records.read_change(row), 0, 0
    shelves = list(_shelves(desk, change))
    begun, spot = _resumed(task.cursor, shelves) or (desk.now(), None)
    for rows, further in _pages(desk, shelves, spot):
        seen += len(rows)
        moved += _recounted(desk, change, rows, unread)
        if told:
            told(seen, moved)
        if further and enough and enough():
            cursor = json.dumps((begun.isoformat(), *further))
            outbox.put_off(desk, replace(task, cursor=cursor), timedelta(0), anew=True)
            return False
    if begun < change.at + SETTLED:
        outbox.put_off(desk, replace(task, cursor=None), SETTLED, anew=True)
    else:
        outbox.done(desk, task)
    return True


def _recounted(
    desk: Desk, change: Change, rows: Sequence[Row], unread: Callable[[str], None] | None
) -> int:
    """Recount the cases of a page whose dates change; how many they were."""
    versions, moved = desk.store.get(*records.VERSIONS), 0
    for row in rows:
        try:
            case = records.read_case(row)
            if recounted(case, lambda one: desk.calendar(one.agency, versions)) is not case:
                again = recompute_case(desk, case.id, change.kind, change.number)
                moved += again is not None
        except records.UNREADABLE:
            if unread:
                unread(row.key.pk)
    return moved


def _resumed(cursor: str | None, shelves: Sequence[Shelf]) -> tuple[datetime, Spot] | None:
    """When the walk began and where it goes on; None: it begins, or the roster has changed."""
    if cursor is None:
        return None
    begun, partition, prefix, after = json.loads(cursor)
    known = (partition, prefix) in shelves
    return (datetime.fromisoformat(begun), (partition, prefix, after)) if known else None


def _pages(
    desk: Desk, shelves: Sequence[Shelf], spot: Spot | None
) -> Iterator[tuple[Sequence[Row], Spot | None]]:
    """Pages of heads, each with the spot behind it; None at the end of all.

    A case that closes meanwhile goes from the open shelf to one that is walked later.
    """
    start, after = (shelves.index(spot[:2]), spot[2]) if spot else (0, None)
    for number in range(start, len(shelves)):
        (partition, prefix), following = shelves[number], shelves[number + 1 : number + 2]
        further = (*following[0], None) if following else None
        while True:
            page = desk.store.find(Index.AGENCY, partition, prefix=prefix, after=after, limit=PAGE)
            after = page.next
            yield page.rows, (partition, prefix, after) if after else further
            if after is None:
                break


def _shelves(desk: Desk, change: Change) -> Iterator[Shelf]:
    """Where such cases lie: all open ones of an agency, and those closed about that time.

    Closures touch the agencies that have a seat there, or whose approver has.
    """
    directory, periods = desk.directory(), _periods(change, desk.terms, desk.today())
    for agency in directory.agencies:
        if not change.touches(agency.code, directory.seats(agency.code)):
            continue
        partition = records.agency_shelf(agency.code)
        yield partition, records.OPEN_SHELF
        for period in periods:
            yield partition, f"{records.CLOSED_SHELF}{period}"


def _periods(change: Change, terms: Terms, today: date) -> list[str]:
    """The months that a closed case has to be due in, e.g. ``2026-03``, or whole years.

    Its period, or the platform's, has one of the days in it or rolled over one; or that of an
    earlier round has, and its last one was due at any time since.
    """
    longest = timedelta(days=max(terms.days, terms.platform_days))
    begin, end = (_BEFORE + longest).days, (_AFTER + longest).days
    last, spans = date.max.toordinal(), list(change.spans())
    days = (
        date.fromordinal(day)
        for first, final in spans
        for day in range(max(first.toordinal() - begin, 1), min(final.toordinal() + end, last) + 1)
    )
    since = range(min((first.year for first, _ in spans), default=today.year) + 1, today.year + 1)
    months = dict.fromkeys(f"{day:%Y-%m}" for day in days if day.year not in since)
    return [*months, *(f"{year}-" for year in since)]

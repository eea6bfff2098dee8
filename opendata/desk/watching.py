"""The watchdog: proof that nothing waits unseen, and the heartbeat that says so.

What is looked at: every open case is counted on the calendar of today, has its next milestone in
the timer, and none was left behind there; no intent has been due for too long, however often it was
tried; the sweep has run. What can be mended is mended by who may call the sweep and deliver, in
``functions``; only when nothing is left is the heartbeat written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from opendata.desk import outbox, records
from opendata.desk.catalogue_records import SYNC_KEY
from opendata.desk.clocks import recounted
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent
from opendata.desk.ports import MAX_READ, Expect, Index, Put
from opendata.desk.reminding import Awake
from opendata.rules.reminders import next_marks

LONGEST_WAIT = timedelta(minutes=15)
SWEPT_EVERY = timedelta(hours=1)
SILENT = timedelta(minutes=45)
"""Three heartbeats did not come: the alarm sounds, and whoever asks for the status is told."""
MOST, PAGE = 1000, 500


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong; nothing, if there is nothing in it.

    Attributes:
        cases: open cases that the timer does not hold as it should, or that it left behind, those
            whose dates are of another calendar, and those that cannot be read; the first MOST.
        intents: due for longer than LONGEST_WAIT, or parked and not tried for so long; the first
            MOST of them.
        sweep_late: the sweep has not run for an hour and LONGEST_WAIT.
        more: there may be more of them than these.
    """

    cases: Sequence[Awake] = ()
    intents: Sequence[Intent] = ()
    sweep_late: bool = False
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.cases or self.intents or self.sweep_late or self.more)


def look(desk: Desk) -> Found:
    """Look at every open case, at the outbox and at the sweep. It reads all open cases."""
    cases = tuple(islice(_unwatched(desk), MOST))
    intents = tuple(islice(outbox.stuck(desk, desk.now() - LONGEST_WAIT), MOST))
    return Found(cases, intents, _sweep_late(desk), more=MOST in (len(cases), len(intents)))


def left(desk: Desk, found: Found) -> Found:
    """What is still wrong of what was found, by the rows themselves: the indexes may lag behind."""
    late = desk.now() - LONGEST_WAIT
    return Found(
        cases=tuple(case for case in _reread(desk, found.cases) if not _watched(desk, case)),
        intents=tuple(one for one in outbox.stored(desk, found.intents) if one.due_since <= late),
        sweep_late=_sweep_late(desk),
        more=found.more,
    )


def _unwatched(desk: Desk) -> Iterator[Awake]:
    after = None
    while True:
        page = desk.store.find(Index.OPEN, records.OPEN_CASES, after=after, limit=PAGE)
        versions = desk.store.get(*records.VERSIONS) if page.rows else {}
        for row in page.rows:
            case = Awake(row, versions)
            if not _watched(desk, case):
                yield case
        if page.next is None:
            return
        after = page.next


def _reread(desk: Desk, cases: Sequence[Awake]) -> Iterator[Awake]:
    keys, at_once = [case.head.key for case in cases], MAX_READ - len(records.VERSIONS)
    for at in range(0, len(keys), at_once):
        asked = keys[at : at + at_once]
        rows = desk.store.get(*asked, *records.VERSIONS)
        yield from (Awake(rows[key], rows) for key in asked)


def _watched(desk: Desk, of: Awake) -> bool:
    """Whether a case is counted right, and held by the timer at its next milestone, not later."""
    try:
        case, wakes_at = records.read_case(of.head), records.wakes_at(of.head)
        calendar = desk.calendar(case.agency, of.versions)
        marks = next_marks(case, calendar)
        counted = recounted(case, lambda one: desk.calendar(one.agency, of.versions)) is case
    except records.UNREADABLE:
        return False
    late = desk.now() - LONGEST_WAIT - SWEPT_EVERY
    held = wakes_at == (marks[0].at if marks else None)
    return counted and held and (wakes_at is None or wakes_at >= late)


def _sweep_late(desk: Desk) -> bool:
    swept = swept_at(desk)
    return swept is None or swept < desk.now() - LONGEST_WAIT - SWEPT_EVERY


# -- what is remembered of it -------------------------------------------------------------------


def swept(desk: Desk) -> None:
    """The sweep has dealt with everything that had come."""
    desk.store.commit(Put(records.watch_row(records.SWEEP, desk.now()), Expect.ANY))


def beat(desk: Desk) -> None:
    """The heartbeat: nothing is wrong at this instant."""
    desk.store.commit(Put(records.watch_row(records.HEARTBEAT, desk.now()), Expect.ANY))


def swept_at(desk: Desk) -> datetime | None:
    """When the sweep ran last."""
    return last(desk)[0]


def last(desk: Desk) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the sweep ran last, the heart beat last, and a list of datasets was taken last."""
    keys = [*(records.watch_key(what) for what in (records.SWEEP, records.HEARTBEAT)), SYNC_KEY]
    rows = desk.store.get(*keys)
    swept, beat, synced = (records.read_watch(rows[key]) if key in rows else None for key in keys)
    return swept, beat, synced

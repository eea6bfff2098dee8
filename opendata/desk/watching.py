"""The watchdog: proof that nothing waits unseen, and the heartbeat that says so.

What is looked at: every open case has a next milestone in the timer, and none that the sweep left
behind; no intent that is due has waited too long; the sweep has run. What can be mended is mended
by who may call the sweep and deliver, in ``functions``; only when nothing is left is the heartbeat
written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from opendata.desk import outbox, records
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent
from opendata.desk.ports import Expect, Index, Put
from opendata.desk.reminding import Awake
from opendata.rules.reminders import next_marks

LONGEST_WAIT = timedelta(minutes=15)
SWEPT_EVERY = timedelta(hours=1)
MOST = 500
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong; nothing, if there is nothing in it.

    Attributes:
        cases: open cases that the timer does not hold as it should, or that it left behind.
        intents: due, and waiting for longer than LONGEST_WAIT; the first MOST of them.
        sweep_late: the sweep has not run for an hour and LONGEST_WAIT.
    """

    cases: Sequence[Awake]
    intents: Sequence[Intent]
    sweep_late: bool

    def __bool__(self) -> bool:
        return bool(self.cases or self.intents or self.sweep_late)


def look(desk: Desk) -> Found:
    """Look at every open case, at the outbox and at the sweep. It reads all open cases."""
    late = desk.now() - LONGEST_WAIT
    swept = swept_at(desk)
    return Found(
        cases=tuple(_unwatched(desk)),
        intents=tuple(one for one in outbox.waiting(desk, MOST, by=late) if not one.causes),
        sweep_late=swept is None or swept < late - SWEPT_EVERY,
    )


def _unwatched(desk: Desk) -> Iterator[Awake]:
    late = desk.now() - LONGEST_WAIT - SWEPT_EVERY
    after = None
    while True:
        page = desk.store.find(Index.OPEN, records.OPEN_CASES, after=after, limit=_PAGE)
        versions = desk.store.get(*records.VERSIONS) if page.rows else {}
        for row in page.rows:
            case = Awake(row, versions)
            wakes_at = records.wakes_at(row)
            if wakes_at is None or wakes_at < late or wakes_at != _next(desk, case):
                yield case
        if page.next is None:
            return
        after = page.next


def _next(desk: Desk, of: Awake) -> datetime | None:
    case = records.read_case(of.head)
    marks = next_marks(case, desk.calendar(case.agency, of.versions))
    return marks[0].at if marks else None


# -- what is remembered of it -------------------------------------------------------------------


def swept(desk: Desk) -> None:
    """The sweep has dealt with everything that had come."""
    desk.store.commit(Put(records.watch_row(records.SWEEP, desk.now()), Expect.ANY))


def beat(desk: Desk) -> None:
    """The heartbeat: nothing is wrong at this instant."""
    desk.store.commit(Put(records.watch_row(records.HEARTBEAT, desk.now()), Expect.ANY))


def swept_at(desk: Desk) -> datetime | None:
    """When the sweep ran last."""
    key = records.watch_key(records.SWEEP)
    row = desk.store.get(key).get(key)
    return records.read_watch(row) if row else None

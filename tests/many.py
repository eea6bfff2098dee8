"""A store of many open cases, made without walking any, and what the clock's work on it costs.

``python -m tests.many sweep FILE`` runs the sweep once on such a store in a process of its own,
``look`` the watchdog's look, and prints what came of it as JSON.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from functions import remind
from opendata import wiring
from opendata.adapters import sqlite
from opendata.desk import casework, outbox, records, roster, watching
from opendata.desk.clocks import due_of
from opendata.desk.context import Desk, Terms
from opendata.desk.ports import Add, Key, Row
from opendata.rules import kpi
from opendata.rules.calendar import shipped
from opendata.rules.feedback import OPEN, Kind, Round, State
from opendata.rules.people import Capacity, Person, Role, shipped_agencies
from tests.counting import Counting
from tests.world import ETHICS, OLIVE, World

EARLY, LATE = "900000001", "900000002"
OFFICERS, COUNTED = 20, 20
WEDNESDAY = datetime(2026, 3, 4, 1, tzinfo=UTC)
"""When the cases that came on Monday call for somebody, and those that came on Tuesday do not."""


def ministry(folder: Path) -> World:
    """A ministry with many officers and two cases, each taken on: one of Monday, one of Tuesday."""
    world = World.make(folder)
    roster.import_people(world.desk, [_officer(n) for n in range(OFFICERS)])
    for number, at in ((EARLY, date(2026, 3, 2)), (LATE, date(2026, 3, 3))):
        came = datetime.combine(at, WEDNESDAY.timetz())
        world.clock.set(came)
        case = world.opened(id_=number, posted_at=came, timestamp=came)
        casework.claim(world.desk, case, OLIVE)
    for one in world.waiting():
        outbox.done(world.desk, one)
    world.clock.set(WEDNESDAY)
    return world


def _officer(number: int) -> Person:
    return Person(f"U{number:06}", "officer", ETHICS, frozenset({Role.OFFICER}))


def heads(world: World, count: int, due: int) -> Iterator[Row]:
    """Heads of further cases like the two; the first ``due`` are like Monday's."""
    for columns in _columns(world, count, due):
        yield sqlite._row(tuple(columns.values()))


def _columns(world: World, count: int, due: int) -> Iterator[dict[str, Any]]:
    """The same as columns of the embedded store, made of the two's by putting in other numbers."""
    early, late = (_model(world, case) for case in (EARLY, LATE))
    for n in range(count):
        model, number = (early, EARLY) if n < due else (late, LATE)
        officer, told = f"U{n % OFFICERS:06}", f"{n:0{len(number)}}"
        yield {
            name: text.replace(number, told).replace(OLIVE, officer) if name in _NUMBERED else text
            for name, text in model.items()
        }


_NUMBERED = {"pk", "data", "timer_sk", "owner_pk", "owner_sk", "agency_sk", "open_sk"}


def _model(world: World, case: str) -> dict[str, Any]:
    key = records.head_key(f"S{case}")
    return sqlite._columns(world.desk.store.get(key)[key])


def fill(world: World, count: int, due: int) -> None:
    """Put that many further cases into the embedded store, past the port."""
    with closing(sqlite3.connect(world.path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        with connection:
            connection.executemany(sqlite._UPSERT, _columns(world, count, due))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def counters(count: int, agencies: int = COUNTED) -> Iterator[Add]:
    """What that many rounds of a year add to the counters of some agencies.

    A few rounds of every sort are counted one by one, and stand for as many as are wanted.
    """
    sums: dict[Key, Counter[str]] = {}
    rounds = list(_sorts(agencies))[:count]
    for n, one in enumerate(rounds):
        times = count // len(rounds) + (n < count % len(rounds))
        counted = kpi.tally(one, (Kind.COMMENT, Kind.SUGGESTION)[n % 2])
        amounts = {name: times * number for name, number in counted.counts.items() if number}
        key = records.counter_key(counted.quarter, counted.agency)
        sums.setdefault(key, Counter()).update(amounts)
    for key, row in sums.items():
        yield Add(key, row)


def _sorts(agencies: int) -> Iterator[Round]:
    """Rounds of some agencies that began in each week of the year, answered or not.

    The first hundred have every agency and quarter among them.
    """
    chance = Random(115)
    for week in sorted(range(50), key=lambda week: week % 12):
        opened = datetime(2026, 1, 2, 1, tzinfo=UTC) + timedelta(weeks=week)
        due = due_of(opened, shipped(), Terms())
        for agency in shipped_agencies()[:agencies]:
            days = timedelta(days=chance.randint(0, 30))
            answered = None if chance.random() < 0.1 else opened + days
            yield Round(
                number=1,
                agency=agency.code,
                state=State.ANSWERED if answered else State.IN_PROGRESS,
                opened_at=opened,
                due=due,
                first_answered_at=answered,
                answered_at=answered,
                answered_by=Capacity.CIO if answered else None,
                stars=chance.choice([None, None, 1, 4, 5]),
                worked=days.days * 5 // 7 if answered else None,
                spent={state: chance.randint(0, 9000) for state in State if state in OPEN},
            )


def sweep(desk: Desk) -> int:
    """One run of the sweep with time enough; how many milestones came to pass."""
    wiring.desk = lambda: desk  # type: ignore[assignment]
    return remind.sweep(3600.0).total()


def look(desk: Desk) -> int:
    """The watchdog's look; how many cases it found wrong."""
    return len(watching.look(desk).cases)


def measured(what: str, path: Path) -> dict[str, float]:
    """What a run costs: seconds, heads read, cases acted on, and the process's peak in MiB."""
    with sqlite.SqliteStore(path, now=lambda: WEDNESDAY) as store:
        counting = Counting(store)
        desk = Desk(counting, lambda: WEDNESDAY)
        begun = time.perf_counter()
        acted = {"sweep": sweep, "look": look}[what](desk)
        seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "read": counting.came["find"], "acted": acted, "peak": peak}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))

"""The clock's work as tests drive it: runs of the sweep, what then waits, and what goes wrong."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime

from opendata.desk import outbox, records, reminding, watching
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.desk.ports import Expect, Put, Row
from opendata.desk.records import Change
from opendata.rules.calendar import ChangeKind, Closure
from opendata.rules.roc import TAIPEI
from tests.world import World


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=TAIPEI)


def sweep(world: World, desk: Desk | None = None) -> Counter[str]:
    """One run of the sweep, without a clock of its own."""
    desk = desk or world.desk
    return sum((reminding.wake(desk, case) for case in reminding.awake(desk)), Counter())


def swept(world: World, *when: datetime) -> Counter[str]:
    """What came to pass in runs at these instants."""
    counts = Counter[str]()
    for instant in when:
        world.clock.set(instant)
        counts += sweep(world)
    return counts


def intents(world: World, kind: Message | None = None) -> list[outbox.Intent]:
    """What waits in the outbox, whether its time has come or not."""
    told = (outbox.intent_at(world.desk, records.Key(*key)) for key in world.rows("OUT#%"))
    return sorted(
        (one for one in told if one and kind in (None, one.kind)), key=lambda one: one.not_before
    )


def asked(world: World) -> list[tuple[str, str]]:
    """Whose digest was asked for, and which one."""
    return sorted(
        (one.case.removeprefix("~"), one.occasion) for one in intents(world, Message.DIGEST)
    )


def deliver_all(world: World) -> None:
    """Let everything that waits be delivered."""
    for one in intents(world):
        outbox.done(world.desk, one)


def close(world: World, *days: datetime, county: str = "臺北市") -> None:
    """A closure of offices, as the coordinator enters it; but for the task that follows."""
    key = records.CALENDAR_VERSION
    known = world.desk.store.get(key).get(key)
    number = known.version if known else 0
    closures = tuple(Closure(day.date(), county) for day in days)
    dates = [one.day for one in closures]
    change = Change(
        number + 1, ChangeKind.CLOSED, world.clock(), None, min(dates), max(dates), (), closures
    )
    world.desk.store.commit(
        *(Put(records.closure_row(one), Expect.ANY) for one in closures),
        Put(records.change_row(change)),
        Put(Row(key, {}, number + 1), number or Expect.ABSENT),
    )


# -- a store that is not as it should be ---------------------------------------------------------


def tidied(world: World) -> World:
    """Nothing waits in the outbox, and the sweep has just run."""
    for one in world.waiting():
        outbox.done(world.desk, one)
    watching.swept(world.desk)
    return world


def by_hand(world: World, statement: str, *told: object) -> None:
    """Somebody changes the store behind the desk's back."""
    with closing(sqlite3.connect(world.path)) as connection, connection:
        assert connection.execute(statement, told).rowcount == 1


def dropped(world: World, case: str = "S97944") -> None:
    """The case falls out of the timer."""
    by_hand(
        world,
        "UPDATE rows SET timer_pk = NULL, timer_sk = NULL WHERE pk = ? AND sk = 'HEAD'",
        f"CASE#{case}",
    )


def poisoned(world: World, case: str = "S97944") -> None:
    """The head of the case can no longer be read."""
    by_hand(world, "UPDATE rows SET data = '{}' WHERE pk = ? AND sk = 'HEAD'", f"CASE#{case}")


def wakes_at(world: World, case: str = "S97944") -> datetime | None:
    key = records.head_key(case)
    return records.wakes_at(world.desk.store.get(key)[key])

"""A year of the ministry, drawn from one seed: its cases, its people, typhoons, and machines.

The real desk on the real store. People act when they please, closures are entered late, the sweep
stands still for hours or days, runs late, twice at once, and dies before or after a commit. What
must be true of it stands in the tests; when a case has to call for somebody, in ``calling``.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from opendata.desk import digests, outbox, records, reminding, roster, tasks, watching
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Store, Write
from opendata.desk.reminding import Awake
from opendata.rules.calendar import Closure
from opendata.rules.feedback import Case, State
from opendata.rules.roc import TAIPEI
from tests.due_oracle import of_table
from tests.simulation.calling import Entered, Offices, Swept
from tests.simulation.staff import EVERYBODY, PLACES, TAIPEI_CITY, Staff
from tests.world import CAROL, CORA, World, rated

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
LAST_ARRIVAL = date(2026, 12, 18)
QUARTER, HOUR, ONE = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
_PACES = (0.03, 0.03, 0.03, 0.03, 0.1, 0.1, 0.1, 0.3, 0.3, 0.6, 1.0, 2.0)
"""Days between two acts on a case, on average; some are in no hurry."""
_OUTAGES = tuple(timedelta(hours=hours) for hours in (2, 3, 5, 9, 15, 26, 40, 60, 72))
REMINDERS = frozenset({Message.DIGEST, Message.STILL_YOURS, Message.ESCALATION, Message.NEWS})
"""What the clock sends; news only where no person's act brought it about."""

LISTENERS = ("U0OLIVE", "U0HUAH", CAROL, "C-AAC")
"""Those whose digests are read: an officer, a section head, the CIO, a channel."""


class Died(BaseException):
    """The process is gone."""


@dataclass
class Mortal:
    """The store of a process that dies at its n-th commit, before it or just after."""

    store: Store
    left: int
    written: bool

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def commit(self, *writes: Write) -> None:
        self.left -= 1
        if not self.left and not self.written:
            raise Died
        self.store.commit(*writes)
        if not self.left:
            raise Died


class Heard(NamedTuple):
    """The cases that stood in a digest when it went out."""

    at: datetime
    cases: frozenset[str]


class Told(NamedTuple):
    """A message of the clock as it went out."""

    at: datetime
    intent: Intent


@dataclass
class Year:
    """The ministry in its year.

    Attributes:
        sweeps: those that came to their end; ``ran`` counts how each kind of run went.
        told: what the clock sent, in order.
        untimed: what was wrong with the timer, whenever it was looked at.
        down, mute: when the sweep, and when delivery, stands still.
        asked: of whom a digest was asked, and for which day.
        heard: by addressee, the digests that went out.
    """

    world: World
    chance: Random
    offices: Offices
    staff: Staff
    sweeps: list[Swept] = field(default_factory=list)
    ran: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    untimed: list[object] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    mute: list[tuple[datetime, datetime]] = field(default_factory=list)
    asked: set[tuple[str, str]] = field(default_factory=set)
    heard: dict[str, dict[str, Heard]] = field(default_factory=dict)
    _slow_until: datetime | None = None
    _ahead: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    @classmethod
    def make(cls, folder: Path, seed: int) -> Year:
        world, chance, offices = World.make(folder, EVERYBODY), Random(seed), Offices(of_table())
        # Nobody pulls the plug here, and waiting for the disk would take most of the time.
        for pragma in ("synchronous = OFF", "journal_mode = MEMORY"):
            world.desk.store._connection.execute(f"PRAGMA {pragma}").fetchall()
        year = cls(world, chance, offices, Staff(world, chance, offices))
        year.heard = {to: {} for to in LISTENERS}
        world.clock.set(datetime.combine(FIRST, time(), TAIPEI))
        return year

    # -- the course of the year

    def run(self, cases: int) -> None:
        """Let the year pass with so many cases."""
        for n in range(cases):
            self._at(self._posted_at(), lambda n=n: self._arrive(n + 1))
        self._at(datetime.combine(FIRST, time(0, 0, 7), TAIPEI), self._hour)
        for _ in range(14):
            self._typhoon()
        for stands_still in (self.down, self.mute):
            for _ in range(16):
                at = self._any_time(FIRST, LAST)
                stands_still.append((at, at + self.chance.choice(_OUTAGES)))
        end = datetime.combine(LAST, time(23, 30), TAIPEI)
        while self._ahead and self._ahead[0][0] < end:
            at, _, act = heapq.heappop(self._ahead)
            self.world.clock.set(max(at, self.world.clock() + timedelta(seconds=1)))
            act()
        self.world.clock.set(end)

    def _at(self, when: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._ahead, (when, next(self._order), act))

    def _any_time(self, first: date, last: date) -> datetime:
        """Some second of a span of days, nights and days off too."""
        seconds = self.chance.randrange(((last - first).days + 1) * 86_400)
        return datetime.combine(first, time(), TAIPEI) + timedelta(seconds=seconds)

    def _posted_at(self) -> datetime:
        """Some time in the year; more often than not by chance in the days before a break."""
        if self.chance.random() < 0.75:
            return self._any_time(FIRST, LAST_ARRIVAL)
        office = self.staff.office()
        year = (day for day in office.workdays if FIRST < day < LAST_ARRIVAL)
        eve = self.chance.choice([day for day in year if (office.after(day, 1) - day).days > 3])
        return self._any_time(eve - 4 * ONE, eve)

    # -- the sweep

    def _hour(self) -> None:
        """What the schedule does every hour: late or twice now and then, and not while down."""
        now = self.world.clock()
        self._at(self._next_hour(now), self._hour)
        if self._is_down(now):
            self.ran["down"] += 1
            return
        draw = self.chance.random()
        if draw < 0.03:
            self.ran["late"] += 1
            self._at(now + timedelta(minutes=self.chance.randint(5, 55)), self._run)
        elif draw < 0.06:
            self.ran["twice"] += 1
            self._twice()
        elif draw < 0.16 and any(True for _ in reminding.awake(self.world.desk)):
            self._dies()
        else:
            self._run()

    def _next_hour(self, now: datetime) -> datetime:
        return now.replace(minute=0, second=7, microsecond=0) + HOUR

    def _run(self) -> None:
        self.ran["run"] += 1
        begin = self.world.clock()
        for case in reminding.awake(self.world.desk):
            if self.chance.random() < 0.02:
                self._meanwhile(case)
            reminding.wake(self.world.desk, case)
        self._swept(begin)

    def _twice(self) -> None:
        """Two runs that saw the same; the second is behind the first, and people in between."""
        begin = self.world.clock()
        seen = list(reminding.awake(self.world.desk)), list(reminding.awake(self.world.desk))
        for first, second in zip(*seen, strict=True):
            reminding.wake(self.world.desk, first)
            if self.chance.random() < 0.2:
                self._meanwhile(first)
            reminding.wake(self.world.desk, second)
        self._swept(begin)

    def _dies(self) -> None:
        """A run that comes no further than to some commit, unless it is through before."""
        mortal = Mortal(
            self.world.desk.store, self.chance.randint(1, 4), self.chance.random() < 0.5
        )
        desk, begin = replace(self.world.desk, store=mortal), self.world.clock()
        try:
            for case in reminding.awake(desk):
                reminding.wake(desk, case)
        except Died:
            self.ran["died after" if mortal.written else "died before"] += 1
            self._deliver()
        else:
            self._swept(begin)

    def _swept(self, begin: datetime) -> None:
        self.sweeps.append(Swept(begin, self.world.clock()))
        self._deliver()
        if self.chance.random() < 0.02:
            self.look()

    def _watch(self) -> None:
        """The watchdog mends what a changed calendar left in the timer; it too may be down."""
        now = self.world.clock()
        if self._is_down(now):
            self._at(now + QUARTER, self._watch)
            return
        for case in watching.look(self.world.desk).cases:
            reminding.wake(self.world.desk, case)
        self._deliver()

    def _is_down(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self.down)

    def _meanwhile(self, case: Awake) -> None:
        """Somebody is at the case after the sweep has read it."""
        self.world.clock.turn(seconds=1)
        self.staff.act(self.staff.case(records.read_case(case.head).id))

    # -- what goes out, and what lies in the timer

    def _deliver(self) -> None:
        """Send what the clock asked for, when its time has come, and forget the rest.

        What Slack makes of a message is another simulation's. Delivery stands still at times.
        """
        lying = self.world.desk.store._connection.execute(
            "SELECT pk, sk FROM rows WHERE pk BETWEEN 'DIGEST#' AND 'DIGEST$'"
        )
        self.asked |= {(pk.removeprefix("DIGEST#"), sk[4:12]) for pk, sk in lying}
        if any(begin <= self.world.clock() < end for begin, end in self.mute):
            return
        while waiting := self._waiting():
            for intent in waiting:
                if intent.kind in outbox.TASKS:
                    tasks.perform(self.world.desk, intent)
                elif intent.kind in REMINDERS:
                    self._send(intent)
            self.world.desk.store._connection.executemany(
                "DELETE FROM rows WHERE pk = ? AND sk = ?",
                [
                    outbox._key(intent)
                    for intent in waiting
                    if intent.kind not in REMINDERS | outbox.TASKS
                ],
            )

    def _waiting(self) -> list[Intent]:
        """What is due; the recount after a closure may be slow, and the clock comes first."""
        slow = self._slow_until is not None and self.world.clock() < self._slow_until
        told = outbox.waiting(self.world.desk, 1000)
        return [one for one in told if not (slow and one.kind in outbox.TASKS)]

    def _send(self, intent: Intent) -> None:
        """Send it; of a digest the desk says whether it goes out today."""
        desk = self.world.desk
        if intent.kind is not Message.DIGEST or not digests.moved_on(desk, intent):
            self.told.append(Told(desk.now(), intent))
            self._hear(intent)
            outbox.done(desk, intent)

    def _hear(self, intent: Intent) -> None:
        """Read a digest when it first goes out; one that is asked for again is not sent again."""
        to = intent.case.removeprefix(records.DIGEST)
        if intent.kind is not Message.DIGEST or to not in self.heard:
            return
        if intent.occasion not in self.heard[to]:
            told = digests.digest(self.world.desk, intent)
            cases = frozenset(case.id for case in told.cases)
            self.heard[to][intent.occasion] = Heard(self.world.desk.now(), cases)

    def look(self) -> None:
        """Every open case has a next milestone in the timer, and no other case has."""
        found = self.world.desk.store._connection.execute(
            """SELECT pk FROM rows WHERE agency_pk IS NOT NULL
            AND (agency_sk LIKE 'open#%') <> (coalesce(timer_pk, '') = ?)""",
            (records.WAKE,),
        ).fetchall()
        self.untimed += [(self.world.clock(), pk) for (pk,) in found]

    # -- the platform and the weather

    def _arrive(self, n: int) -> None:
        """A citizen posts; now and then it reaches the ministry days later."""
        place = self.chance.choice(PLACES)
        delay = self.chance.choice([timedelta(minutes=3)] * 9 + [timedelta(days=4)])
        at = self.world.clock()
        case = self.world.opened(place.name, id_=str(n), timestamp=at, posted_at=at - delay)
        self._later(case, self.chance.choice(_PACES))

    def _typhoon(self) -> None:
        """Offices close somewhere; the desk hears of it the evening before, that day, or later."""
        day = self._any_time(FIRST, LAST).date()
        county = self.chance.choice([TAIPEI_CITY, *(place.county for place in PLACES)])
        midnight = datetime.combine(day, time(), TAIPEI)
        hours = self.chance.choice([-4, 4.5, 10.5, 30, 54, 100])
        self._at(midnight + timedelta(hours=hours), lambda: self._close(day, county))

    def _close(self, day: date, county: str) -> None:
        """The coordinator enters it."""
        insort(self.offices.closures, Entered(self.world.clock(), day, county))
        roster.close(self.world.desk, [Closure(day, county)], CORA)
        if self.chance.random() < 0.5:
            self._slow_until = self.world.clock() + HOUR
        self._deliver()
        self._at(self.world.clock() + QUARTER, self._watch)

    # -- people

    def _later(self, case: str, pace: float) -> None:
        """Somebody will turn to the case: on a workday in most cases, in office hours in many."""
        when = self.world.clock() + timedelta(days=self.chance.expovariate(1 / pace))
        if self.chance.random() < 0.85:
            local, office = when.astimezone(TAIPEI), self.staff.office()
            day = local.date() if office.open_on(local.date()) else office.after(local.date(), 1)
            clock = time(8, 30) if day > local.date() else max(local.time(), time(8, 30))
            when = datetime.combine(day, clock, TAIPEI)
            when += timedelta(seconds=self.chance.randrange(1800))
        self._at(when, lambda: self._turn(case, pace))

    def _turn(self, number: str, pace: float) -> None:
        case = self.staff.act(self.staff.case(number))
        if case.open and case.snooze and case.snooze.at == self.world.clock():
            noon = datetime.combine(case.snooze.until, time(12), TAIPEI)
            self._at(noon, lambda: self._turn(number, pace))
        elif case.open:
            self._later(number, pace)
        elif case.state is State.ANSWERED and self.chance.random() < 0.15:
            self._at(self.world.clock() + ONE, lambda: self._rate(case, pace))

    def _rate(self, case: Case, pace: float) -> None:
        """The citizen is not content, or is."""
        stars = self.chance.choice([1, 5])
        self.world.receive(rated(case.feedback, stars, self.world.clock(), self.staff.another("…")))
        if self.staff.case(case.id).open:
            self._later(case.id, pace)

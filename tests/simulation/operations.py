"""Operations of every kind in random order, drawn from one seed, on the real desk.

Cases come, are worked on and rated; deliveries are repeated, come early, late or changed; people
move cases, days and seats change, datasets and plans too, and processes die. What must be true of
it stands in the tests.
"""

from __future__ import annotations

import io
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType

from opendata.adapters.catalogue_files import Export
from opendata.adapters.sqlite import SqliteStore
from opendata.desk import (
    casework,
    catalogue,
    intake,
    inventory,
    outbox,
    publication,
    rebuild,
    reminding,
    roster,
    tasks,
    watching,
)
from opendata.desk.context import Desk
from opendata.desk.incoming import Commented, Incoming, Posted, Rated, Withdrawn
from opendata.desk.inventory import Entry
from opendata.rules.calendar import Closure
from opendata.rules.canonical import digest
from opendata.rules.errors import DeskError
from opendata.rules.feedback import Case, Kind, State
from opendata.rules.inventory import Item
from opendata.rules.people import Agency
from opendata.rules.reply import ReplyType
from opendata.rules.roc import TAIPEI, roc_year
from tests.catalogues import csv_of, row
from tests.due_oracle import of_table
from tests.simulation import staff
from tests.simulation.calling import Offices
from tests.simulation.staff import AT, EVERYBODY, PLACES, TAIPEI_CITY, Staff
from tests.world import CORA, REPLY, FailingStore, TurnedClock, World, lay

FIRST = date(2018, 1, 2)
STEP = timedelta(minutes=38)
"""Between two operations, on average: 100,000 of them take seven years of known office days."""
OPEN_AT_ONCE, REMEMBERED, DATASETS = 25, 300, 30
_FOREIGN = ("衛生福利部", "交通部")
_EXPLAINED = replace(REPLY, type=ReplyType.EXPLAINED)


@dataclass
class Operations:
    """The ministry, and what was done in it.

    Attributes:
        done: how many operations of each name changed something, or found it done already.
        opinions: the newest opinions, the last posting of each.
        said: the newest deliveries with their ids, for being delivered again.
        standing: numbers of the cases that are open.
    """

    desk: Desk
    clock: TurnedClock
    chance: Random
    staff: Staff
    done: Counter[str] = field(default_factory=Counter)
    opinions: list[Posted] = field(default_factory=list)
    said: list[tuple[Incoming, str]] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)
    _posted: int = 0

    @classmethod
    def make(cls, folder: Path, seed: int) -> Operations:
        """The ministry in memory, before its first case."""
        clock, chance = TurnedClock(datetime.combine(FIRST, time(9), TAIPEI)), Random(seed)
        store = SqliteStore(":memory:", now=clock)
        with closing(sqlite3.connect(lay(folder, EVERYBODY))) as laid:
            laid.backup(store._connection)
        desk = Desk(store, clock)
        world = World(folder / "nowhere", clock, desk)
        return cls(desk, clock, chance, Staff(world, chance, Offices(of_table())))

    def run(self, count: int) -> None:
        """So many operations, one after the other; what the desk refuses is one too."""
        names, weights = list(_OPERATIONS), [weight for _, weight in _OPERATIONS.values()]
        for name in self.chance.choices(names, weights, k=count):
            self.clock.turn(seconds=self.chance.expovariate(1 / STEP.total_seconds()))
            operation, _ = _OPERATIONS[name]
            try:
                self.done[name] += operation(self)
            except DeskError:
                self.done[f"{name} refused"] += 1

    def differences(self) -> tuple[rebuild.Difference, ...]:
        """Everything stored that is not what the events give.

        Where a case stands in the timer depends on the calendar too: what that has changed is first
        recounted, and mended by the watchdog.
        """
        for _ in range(2):
            self.clock.turn(minutes=2)
            _deliver(self)
        for case in watching.look(self.desk).cases:
            reminding.wake(self.desk, case)
        return rebuild.rebuild(self.desk, check=True).differences

    def receive(self, told: Incoming, webhook: str, desk: Desk | None = None) -> bool:
        """A delivery; one in eight comes twice. True."""
        self.said = [*self.said[-REMEMBERED:], (told, webhook)]
        for _ in range(2 if self.chance.random() < 0.12 else 1):
            answer = intake.receive(desk or self.desk, lambda: told, webhook, digest(told))
            for case in answer.body["cases"]:
                self.seen(case["id"])
        return True

    def seen(self, number: str) -> Case:
        """The case as it is now; whether it is open is remembered."""
        case = self.staff.case(number)
        (self.standing.add if case.open else self.standing.discard)(number)
        return case

    def case(self, *states: State) -> Case | None:
        """An open case in one of these states, of the next few that come to hand."""
        for number in self.chance.sample(sorted(self.standing), min(8, len(self.standing))):
            case = self.seen(number)
            if case.state in states:
                return case
        return None

    def opinion(self) -> Posted:
        """One that was posted lately, or one that was never heard of."""
        if not self.opinions or self.chance.random() < 0.03:
            return self.new()
        return self.chance.choice(self.opinions)

    def new(self) -> Posted:
        """An opinion that nobody has posted yet: to one agency or several, ours or not, or none."""
        self._posted += 1
        asked = [place.name for place in self.chance.sample(PLACES, self.chance.choice([1, 1, 2]))]
        agencies = self.chance.choice([asked, asked, asked, [*_FOREIGN, *asked], [*_FOREIGN], []])
        late = timedelta(hours=self.chance.choice([0, 0, 1, 30, 200]))
        now = self.clock().replace(microsecond=0)
        return Posted(
            kind=self.chance.choice([Kind.COMMENT, Kind.SUGGESTION, Kind.SUGGESTION]),
            id=str(self._posted),
            timestamp=now,
            posted_at=now - late,
            title="開放廉政統計",
            body=self.staff.another("希望開放歷年資料。"),
            dispatched_agencies=tuple(agencies),
        )

    def webhook(self) -> str:
        """An id that no delivery had."""
        return f"msg_{self.chance.getrandbits(64):x}"


# -- the platform speaks --------------------------------------------------------------------------


def _post(of: Operations) -> bool:
    if len(of.standing) >= OPEN_AT_ONCE:
        return _work(of)
    told = of.new()
    of.opinions = [*of.opinions[-REMEMBERED:], told]
    return of.receive(told, of.webhook())


def _post_again(of: Operations) -> bool:
    """The same opinion under another id, perhaps with other words, or to one agency more."""
    told = of.opinion()
    further = of.chance.choice(PLACES).name
    asked = tuple(dict.fromkeys((*told.dispatched_agencies, further)))
    changed = of.chance.choice(
        [
            told,
            replace(told, body=of.staff.another("補充")),
            replace(told, dispatched_agencies=asked),
        ]
    )
    return of.receive(changed, of.webhook())


def _redeliver(of: Operations) -> bool:
    return bool(of.said) and of.receive(*of.chance.choice(of.said))


def _comment(of: Operations) -> bool:
    about = of.opinion()
    told = Commented(about.kind, about.id, of.clock(), of.staff.another("請問進度？"))
    return of.receive(told, of.webhook())


def _rate(of: Operations) -> bool:
    about, stars = of.opinion(), of.chance.randint(1, 5)
    words = of.chance.choice([None, "謝謝", "沒有回答"])
    return of.receive(Rated(about.kind, about.id, of.clock(), stars, words), of.webhook())


def _withdraw(of: Operations) -> bool:
    about = of.opinion()
    return of.receive(Withdrawn(about.kind, about.id, of.clock()), of.webhook())


def _die(of: Operations) -> bool:
    """A process that takes a delivery in dies at a commit of it; the platform sends it again."""
    told, webhook = of.new(), of.webhook()
    of.opinions.append(told)
    nth, written = of.chance.randint(1, 4), of.chance.random() < 0.5
    dying = replace(of.desk, store=FailingStore(of.desk.store, nth, written=written))
    try:
        intake.receive(dying, lambda: told, webhook, digest(told))
    except DeskError:
        of.done["died"] += 1
    return of.receive(told, webhook)


# -- people work ----------------------------------------------------------------------------------


def _work(of: Operations) -> bool:
    """Somebody turns to a case, and does what may be done to it."""
    case = of.case(*State)
    if case is None or case.agency not in AT:
        return False
    if case.state is State.IN_PROGRESS and case.draft is None:
        _draft(of, case)
    elif of.staff.act(case) == case and case.state in _BACK:
        _BACK[case.state](of, case)  # it was refused; a promise in it may have passed
    of.seen(case.id)
    return True


def _draft(of: Operations, case: Case) -> None:
    if case.kind is Kind.SUGGESTION:
        staff._draft(of.staff, case)
    else:
        written = replace(_EXPLAINED, text=of.staff.another(_EXPLAINED.text))
        casework.draft(of.desk, case.id, case.officer or CORA, written)


def _back(of: Operations, case: Case) -> None:
    step = staff._revise if case.state is State.APPROVED else staff._return
    step(of.staff, case)


_BACK: Mapping[State, Callable[[Operations, Case], None]] = MappingProxyType(
    {
        State.IN_PROGRESS: _draft,
        State.IN_REVIEW: _back,
        State.AWAITING_APPROVAL: _back,
        State.APPROVED: _back,
    }
)


def _assign(of: Operations) -> bool:
    """The coordinator gives a case to an agency: one that nobody of ours was asked for, or any."""
    case = of.case(State.RECEIVED)
    if case is None:
        return False
    casework.assign(of.desk, case.id, CORA, of.chance.choice(PLACES).code)
    return True


def _publish_late(of: Operations) -> bool:
    """The officer reports an answer that has stood on the platform for some time."""
    case = of.case(State.APPROVED)
    if case is None or case.approval is None or case.draft is None:
        return False
    waited = (of.clock() - case.approval.at) * of.chance.random()
    at = case.approval.at + waited
    publication.publish(of.desk, case.id, CORA, case.draft.hash, at)
    of.seen(case.id)
    return True


# -- datasets and the inventory -------------------------------------------------------------------


def _list(of: Operations) -> bool:
    """The platform's list: datasets come, go, and get another agency, date or title."""
    today = of.desk.today()
    rows = [
        row(
            str(n),
            f"第{n}號統計{of.chance.choice(['', '', '', '表'])}",
            agency=of.chance.choice(PLACES).name,
            listed=f"{today - timedelta(days=of.chance.randint(0, 500))} 10:00:00",
        )
        for n in of.chance.sample(range(1, DATASETS + 1), of.chance.randint(DATASETS - 8, DATASETS))
    ]
    export = Export(io.BytesIO(csv_of(rows)))
    return bool(catalogue.sync(of.desk, lambda: export, "export.csv", lambda *_: None).sync.written)


def _plan(of: Operations) -> bool:
    """An agency hands in some items of its inventory, changed ones with a reason."""
    year = roc_year(of.desk.today())
    entries = [
        Entry(
            line,
            Item(
                number=f"A{n}",
                agency=of.chance.choice(PLACES).code,
                title=f"第{n}號統計",
                planned=year + of.chance.randint(0, 2),
            ),
            "配合業務調整",
        )
        for line, n in enumerate(of.chance.sample(range(1, DATASETS + 1), 3), 2)
    ]
    taken = inventory.take_in(of.desk, entries, CORA)
    return bool(taken.new or taken.changed)


# -- the clock and the calendar -------------------------------------------------------------------


def _sweep(of: Operations) -> bool:
    """A run of the reminders that comes no further than to a few cases."""
    awake = reminding.awake(of.desk)
    return bool([reminding.wake(of.desk, case) for case, _ in zip(awake, range(5), strict=False)])


def _close(of: Operations) -> bool:
    """Offices close somewhere, or did not after all; the recount is another operation."""
    day = of.desk.today() + timedelta(days=of.chance.randint(-20, 1))
    closure = Closure(day, of.chance.choice([TAIPEI_CITY, *(place.county for place in PLACES)]))
    entered = of.desk.office().closures
    if entered and of.chance.random() < 0.3:
        return roster.reopen(of.desk, [of.chance.choice(entered[-5:])], CORA) is not None
    return roster.close(of.desk, [closure], CORA) is not None


def _move_house(of: Operations) -> bool:
    """An agency has another seat: other closures count for it."""
    place = of.chance.choice(PLACES)
    agency = of.desk.directory().agency(place.code)
    county = of.chance.choice([place.county, TAIPEI_CITY, "屏東縣", "花蓮縣"])
    moved: list[Agency] = [replace(agency, county=county)] if agency else []
    return roster.import_agencies(of.desk, moved) is not None


def _deliver(of: Operations) -> bool:
    """What lies in the outbox: tasks are performed, messages go out and are forgotten."""
    told = outbox.waiting(of.desk, 1000)
    for intent in told:
        if intent.kind in outbox.TASKS:
            tasks.perform(of.desk, intent)
    gone = [outbox._key(intent) for intent in told if intent.kind not in outbox.TASKS]
    of.desk.store._connection.executemany("DELETE FROM rows WHERE pk = ? AND sk = ?", gone)
    return bool(told)


Operation = Callable[[Operations], bool]
_OPERATIONS: Mapping[str, tuple[Operation, float]] = MappingProxyType(
    {
        "post": (_post, 14),
        "post again": (_post_again, 3),
        "redeliver": (_redeliver, 4),
        "comment": (_comment, 3),
        "rate": (_rate, 5),
        "withdraw": (_withdraw, 0.4),
        "die": (_die, 0.5),
        "work": (_work, 60),
        "assign": (_assign, 5),
        "publish late": (_publish_late, 2),
        "sweep": (_sweep, 3),
        "close": (_close, 0.15),
        "move house": (_move_house, 0.15),
        "list": (_list, 0.3),
        "plan": (_plan, 0.5),
        "deliver": (_deliver, 1),
    }
)
NAMES = frozenset(_OPERATIONS)

"""A ministry in a storm: the real desk and the real delivery before the stand-in for Slack.

Everything is drawn from one seed. Slack fails before or after it took effect; the store answers
with nothing, and processes die, before or after a commit; a sender stands still while others
work; the stream loses its records, brings them twice and out of order. What must be true
afterwards stands in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from slack_sdk.errors import SlackRequestError

from bot.delivery import backoff, deliver
from bot.face import Face
from infra.desk.workspace import Workspace
from opendata.desk import casework, decisions, outbox, reading, records
from opendata.desk.copies import Sent
from opendata.desk.ports import Key, Store, Write
from opendata.rules.canonical import decode
from opendata.rules.errors import DeskError, Unavailable
from opendata.rules.feedback import Case, State
from tests.slack import StandInClient, rate_limited, refusal, stand_in
from tests.world import (
    CAROL,
    CORA,
    ETHICS,
    ETHICS_NAME,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    REFUSAL,
    REPLY,
    World,
    commented,
    rated,
    withdrawn,
)

Json = dict[str, Any]
AT_ONCE = 20
"""So many cases are on their way at a time."""


class Died(BaseException):
    """The process is gone; nothing of it runs any more."""


@dataclass
class Weather:
    """How bad it is; each is a chance from 0 to 1."""

    slack: float = 0.2
    store: float = 0.02
    death: float = 0.02
    pause: float = 0.05
    unheard: float = 0.1
    twice: float = 0.2


CALM = Weather(0, 0, 0, 0, 0, 0)


@dataclass
class ShakyStore:
    """The store, with the weather between it and whoever delivers."""

    store: Store
    storm: Storm

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def commit(self, *writes: Write) -> None:
        self.storm.pause(seconds=120)
        self._shake()
        self.store.commit(*writes)
        self._shake()

    def _shake(self) -> None:
        if self.storm.strikes(self.storm.weather.store / 2):
            raise Unavailable(what="store")
        if self.storm.strikes(self.storm.weather.death / 2):
            raise Died


@dataclass
class ShakyClient(StandInClient):
    """Slack's client, with the weather between it and the workspace; errors are the SDK's.

    ``written`` is the day on which each message was last written, as Slack has it.
    """

    storm: Storm = field(kw_only=True)
    written: dict[tuple[str, str], date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before, self.after = self._on_the_way, self._on_the_way_back

    def _on_the_way(self, _method: str, _given: Json) -> None:
        # A client waits ten seconds for an answer.
        self.storm.pause(seconds=10)
        if self.storm.strikes(self.storm.weather.slack / 2):
            raise self.storm.chance.choice(
                [rate_limited(self.storm.chance.randint(1, 90)), *passing()]
            )

    def _on_the_way_back(self, method: str, told: Json) -> None:
        if told["ok"] and method in ("chat.postMessage", "chat.update"):
            self.written[told["channel"], told["ts"]] = self.storm.world.desk.today()
        self.storm.pause(seconds=10)
        if self.storm.strikes(self.storm.weather.slack / 2):
            raise self.storm.chance.choice(passing())
        if self.storm.strikes(self.storm.weather.death):
            raise Died


def passing() -> list[Exception]:
    """What goes away by itself, and says nothing about what Slack did."""
    return [
        refusal("internal_error"),
        refusal("fatal_error", 503),
        SlackRequestError("?"),
        TimeoutError(),
        ConnectionResetError(),
    ]


@dataclass
class Storm:
    """The ministry, its Slack, and what happens to both.

    ``intents`` are the newest of each message, ``past`` the cases at every version they had.
    """

    world: World
    chance: Random
    workspace: Workspace
    weather: Weather = field(default_factory=Weather)
    intents: dict[tuple[str, str, str], outbox.Intent] = field(default_factory=dict)
    past: dict[tuple[str, int], reading.Dossier] = field(default_factory=dict)
    texts: int = 0
    _seen: int = 0
    _inside: int = 0
    _latest: datetime | None = None
    _late: list[Key] = field(default_factory=list)
    client: ShakyClient = field(init=False)
    face: Face = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.client = ShakyClient(self.workspace, storm=self)
        self.face = Face(replace(world.desk, store=ShakyStore(world.desk.store, self)), new_id=str)

    @classmethod
    def make(cls, folder: Path, seed: int) -> Storm:
        world = World.make(folder)
        workspace = stand_in(world)
        # Nobody pulls the plug here, and waiting for the disk would take most of the time.
        for connection in (world.desk.store._connection, workspace.ledger._connection):
            connection.execute("PRAGMA synchronous = OFF")
        return cls(world, Random(seed), workspace)

    def close(self) -> None:
        self.world.close()
        self.workspace.close()

    # -- what people and the platform do

    def run(self, cases: int, meanwhile: Callable[[int], None] = lambda _: None) -> None:
        """Let so many cases travel, and be told of, in bad weather.

        ``meanwhile`` is called before every case that is opened, with its number.
        """
        under_way: list[list[Any]] = []
        opened = 0
        while opened < cases or under_way:
            if opened < cases and len(under_way) < AT_ONCE:
                opened += 1
                meanwhile(opened)
                agency = self.chance.choice([ETHICS_NAME, ETHICS_NAME, "內政部"])
                under_way.append([self.world.opened(agency, id_=str(opened)), self._steps()])
                self.remember(under_way[-1][0])
            else:
                one = self.chance.choice(under_way)
                self._act(one[0])
                self.remember(one[0])
                one[1] -= 1
                if not one[1]:
                    under_way.remove(one)
            self.world.clock.turn(seconds=self.chance.choice([1, 5, 20]))
            self.stream()
            if self.chance.random() < 0.1:
                self.sweep()

    def _steps(self) -> int:
        return self.chance.randint(1, 18)

    def _act(self, number: str) -> None:
        """Something that somebody may want; what the desk refuses changes nothing."""
        key = records.head_key(number)
        case = records.read_case(self.world.desk.store.get(key)[key])
        acts = [*_ACTS.get(case.state, []) * 4, *_AT_ANY_TIME]
        try:
            self.chance.choice(acts)(self, case)
        except DeskError:
            return

    def remember(self, number: str) -> None:
        about = reading.dossier(self.world.desk, number)
        self.past[number, about.case.version] = about

    def strikes(self, chance: float) -> bool:
        return self.chance.random() < chance

    def another(self, text: str) -> str:
        """A text that was never written before."""
        self.texts += 1
        return f"{text}（{self.texts}）"

    # -- what brings intents to delivery

    def stream(self) -> None:
        """The new intents, some of them never, some late, some twice, in any order."""
        keys, self._late = self._late, []
        for seq, key in self.world.desk.store.changes(self._seen, records.OUT):
            self._seen = seq
            intent = outbox.intent_at(self.world.desk, key)
            if intent is not None:
                message = (intent.case, intent.kind, intent.occasion)
                newest = self.intents.get(message, intent)
                self.intents[message] = max(newest, intent, key=lambda one: one.version)
            if not self.strikes(self.weather.unheard):
                keys += [key] * (2 if self.strikes(self.weather.twice) else 1)
        self.chance.shuffle(keys)
        for key in keys:
            if self.strikes(self.weather.twice):
                self._late.append(key)
            intent = outbox.intent_at(self.world.desk, key)
            if intent is not None:
                self.attempt(intent)

    def sweep(self, most: int = 100) -> int:
        """What the clock brings; how many intents there were."""
        waiting = outbox.waiting(self.world.desk, most)
        for intent in waiting:
            self.attempt(intent)
        return len(waiting)

    def attempt(self, intent: outbox.Intent) -> None:
        """Deliver one, in a process that may die; as the function does it, if it lives."""
        try:
            try:
                deliver(self.face, self.client, intent)
            except Unavailable:
                outbox.put_off(self.face.desk, intent, backoff(intent))
        except (Died, Unavailable):
            return

    def pause(self, *, seconds: int) -> None:
        """Now and then a sender stands still, and others go on: with the same, or a newer state."""
        if self._inside > 1 or not self.strikes(self.weather.pause):
            return
        self._inside += 1
        before, now = self._latest, self.world.clock()
        # Who is waited for inside is not waited for longer than whoever is outside would wait.
        self._latest = min(filter(None, (before, now + timedelta(seconds=seconds))))
        self.world.clock.set(now + self.chance.random() * (self._latest - now))
        for intent in outbox.waiting(self.world.desk, 3):
            self.attempt(intent)
        self._latest = before
        self._inside -= 1

    def calm_down(self, rounds: int = 50) -> None:
        """Good weather, and sweeps until nothing is left, or nothing but what is parked."""
        self.weather = CALM
        for _ in range(rounds):
            self.stream()
            while self.sweep(1000):
                pass
            self.world.clock.turn(minutes=15)
            if not self.world.rows("OUT#%"):
                return

    # -- what can be seen

    def sent(self) -> list[Sent]:
        """What delivery remembers of messages."""
        partitions = {pk for pk, _ in self.world.rows("SENT#%")}
        rows = [
            row
            for pk in sorted(partitions)
            for row in self.world.desk.store.query(pk, "SENT#").rows
        ]
        return [decode(Sent, row.value) for row in rows]


# -- what somebody may want ---------------------------------------------------------------------


def _officer(case: Case) -> str:
    return case.officer or OLIVE


def _shown(case: Case) -> str:
    return case.draft.hash if case.draft else ""


def _claim(storm: Storm, case: Case) -> None:
    casework.claim(storm.world.desk, case.id, storm.chance.choice([OLIVE, OTTO]))


def _assign(storm: Storm, case: Case) -> None:
    casework.assign(storm.world.desk, case.id, CORA, ETHICS)


def _draft(storm: Storm, case: Case) -> None:
    written = storm.chance.choice([REPLY, REPLY, REFUSAL])
    written = replace(written, text=storm.another(written.text))
    casework.draft(storm.world.desk, case.id, _officer(case), written)


def _submit(storm: Storm, case: Case) -> None:
    casework.submit(storm.world.desk, case.id, _officer(case), _shown(case))


def _cosign(storm: Storm, case: Case) -> None:
    casework.cosign(storm.world.desk, case.id, LENA, _shown(case))


def _pass(storm: Storm, case: Case) -> None:
    decisions.pass_review(storm.world.desk, case.id, HELEN, _shown(case))


def _approve(storm: Storm, case: Case) -> None:
    decisions.approve(storm.world.desk, case.id, CAROL, _shown(case))


def _return(storm: Storm, case: Case) -> None:
    storm.world.send_back(case.id)


def _revoke(storm: Storm, case: Case) -> None:
    decisions.revoke(storm.world.desk, case.id, CAROL, _shown(case), "尚有疑義")


def _publish(storm: Storm, case: Case) -> None:
    storm.world.publish(case.id, _officer(case))


def _rate(storm: Storm, case: Case) -> None:
    storm.world.receive(rated(case.feedback, 2, storm.world.clock(), storm.another("不清楚")))


def _comment(storm: Storm, case: Case) -> None:
    storm.world.receive(commented(case.feedback, storm.world.clock(), storm.another("進度？")))


def _withdraw(storm: Storm, case: Case) -> None:
    if storm.strikes(0.2):
        storm.world.receive(withdrawn(case.feedback, storm.world.clock()))


def _reassign(storm: Storm, case: Case) -> None:
    other = OTTO if case.officer == OLIVE else OLIVE
    casework.reassign(storm.world.desk, case.id, HELEN, other)


def _recall(storm: Storm, case: Case) -> None:
    casework.recall(storm.world.desk, case.id, _officer(case), _shown(case))


def _release(storm: Storm, case: Case) -> None:
    casework.release(storm.world.desk, case.id, _officer(case))


_ACTS: Mapping[State, list[Callable[[Storm, Case], None]]] = {
    State.RECEIVED: [_claim, _assign],
    State.IN_PROGRESS: [_draft, _submit, _cosign, _submit],
    State.IN_REVIEW: [_pass],
    State.AWAITING_APPROVAL: [_approve, _return],
    State.APPROVED: [_publish, _revoke],
    State.ANSWERED: [_rate],
}
_AT_ANY_TIME = [_reassign, _comment, _recall, _release, _withdraw]

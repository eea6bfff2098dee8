"""One ministry for all tests: a desk on a real store, a clock that tests turn, and its people.

``World`` walks a case to where a test begins and shows what lies in the store. What is asserted
stands in the tests; ``faults_of`` holds what must be true of every store at every moment.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from opendata.adapters.sqlite import SqliteStore
from opendata.desk import (
    casework,
    catalogue,
    decisions,
    intake,
    outbox,
    proof,
    publication,
    reading,
    roster,
)
from opendata.desk.context import Desk, Terms
from opendata.desk.decisions import ReturnReason
from opendata.desk.incoming import Commented, Incoming, Posted, Rated, Withdrawn
from opendata.desk.ports import Store, Write
from opendata.rules import kpi
from opendata.rules.canonical import canonical
from opendata.rules.errors import DeskError, Unavailable
from opendata.rules.feedback import Action, Case, Event, Kind
from opendata.rules.people import Agency, Deputy, Form, Person, Role, shipped_agencies
from opendata.rules.reply import Closing, Reason, Reply, ReplyType
from opendata.rules.roc import TAIPEI, local_date

# A Monday; the office calendar knows the year.
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=TAIPEI)
POSTED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=TAIPEI)
DUE, PLATFORM_DUE = date(2026, 3, 9), date(2026, 3, 16)

MINISTRY, ETHICS, UNIT, HIGH, TAIPEI_OFFICE = "moj", "aac", "moj-it", "hpo", "dpo-taipei"
MINISTRY_NAME, ETHICS_NAME = "法務部", "法務部廉政署"
CHANNELS = {MINISTRY: "C-MOJ", ETHICS: "C-AAC", HIGH: "C-HPO"}

OLIVE, OTTO, HELEN = "U0OLIVE", "U0OTTO", "U0HELEN"
PETRA, UMA = "U0PETRA", "U0UMA"
CAROL, DEREK, LENA, CORA, ANNA = "U0CAROL", "U0DEREK", "U0LENA", "U0CORA", "U0ANNA"
MEI, GONE, STRANGER = "U0MEI", "U0GONE", "U0STRANGER"


def _person(id_: str, name: str, agency: str, *roles: Role, **more: Any) -> Person:
    return Person(id_, name, agency, frozenset(roles), **more)


PEOPLE = (
    _person(OLIVE, "林承辦", ETHICS, Role.OFFICER),
    _person(OTTO, "Otto", ETHICS, Role.OFFICER, locale="en"),
    _person(HELEN, "陳科長", ETHICS, Role.SECTION_HEAD),
    _person(PETRA, "王檢察", TAIPEI_OFFICE, Role.OFFICER),
    _person(UMA, "吳專員", UNIT, Role.OFFICER),
    _person(CAROL, "張資訊長", MINISTRY, Role.CIO),
    _person(DEREK, "李副處長", UNIT),
    _person(LENA, "黃法制", MINISTRY, Role.LEGAL),
    _person(CORA, "周窗口", MINISTRY, Role.COORDINATOR),
    _person(ANNA, "鄭稽核", MINISTRY, Role.AUDITOR),
    _person(MEI, "許委員", MINISTRY, Role.MEMBER),
    _person(GONE, "趙離職", ETHICS, Role.OFFICER, active=False),
)
DEPUTY = Deputy(CAROL, DEREK, date(2026, 3, 4), date(2026, 3, 6), Form.ACTING_FOR_ABSENT, "公假")

WORDS = "您好：您建議的資料已於本日開放，因需整理欄位，爾後每季更新，請參考。"
REPLY = Reply(ReplyType.OPEN_OR_ON_REQUEST, WORDS, "廉政署綜合規劃組 02-23141000", Closing.CLOSED)
REFUSAL = replace(
    REPLY,
    type=ReplyType.NOT_OPEN,
    text="您好：因涉及偵查不公開，依法不得提供，尚請見諒，如有疑義請洽本署。",
    reason=Reason.LAW,
    statute="刑事訴訟法第245條",
)
STUDY = replace(
    REPLY,
    type=ReplyType.UNDER_STUDY,
    text="您好：本案尚待與資料提供單位研議，預計115年4月30日前另行回復。",
    closing=Closing.NOT_CLOSED,
    promised=date(2026, 4, 30),
)


class TurnedClock:
    """Tells the time it was turned to."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)

    def set(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)


class FailingStore:
    """The store behind it, gone once at the n-th commit: before it is written, or just after."""

    def __init__(self, store: Store, nth: int, *, written: bool) -> None:
        self._store, self._left, self._written = store, nth, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *writes: Write) -> None:
        self._left -= 1
        if self._left == 0 and not self._written:
            raise Unavailable(what="store")
        self._store.commit(*writes)
        if self._left == 0:
            raise Unavailable(what="store")


def posted(id_: str = "97944", *agencies: str, kind: Kind = Kind.SUGGESTION, **more: Any) -> Posted:
    """A citizen's opinion, posted an hour before the tests begin; to the ethics agency at first."""
    told = {
        "timestamp": POSTED_AT,
        "posted_at": POSTED_AT,
        "title": "開放廉政統計",
        "body": "希望開放歷年廉政統計資料。",
        "url": f"https://data.gov.tw/suggests/{id_}",
    }
    return Posted(kind, id_, dispatched_agencies=agencies or (ETHICS_NAME,), **{**told, **more})


def commented(id_: str = "97944", at: datetime = MONDAY, body: str = "請問進度？") -> Commented:
    return Commented(Kind.SUGGESTION, id_, at, body)


def rated(
    id_: str = "97944", stars: int = 5, at: datetime = MONDAY, body: str | None = None
) -> Rated:
    return Rated(Kind.SUGGESTION, id_, at, stars, body)


def withdrawn(id_: str = "97944", at: datetime = MONDAY) -> Withdrawn:
    return Withdrawn(Kind.SUGGESTION, id_, at)


@dataclass
class World:
    """The ministry. Cases belong to the ethics agency, whose officer is Olive, unless told."""

    path: Path
    clock: TurnedClock
    desk: Desk

    @classmethod
    def make(cls, folder: Path, people: Sequence[Person] = PEOPLE) -> World:
        """A ministry on a fresh store in the folder, on the Monday."""
        clock = TurnedClock(MONDAY)
        path = lay(folder, tuple(people))
        return cls(path, clock, Desk(SqliteStore(path, now=clock), clock, Terms()))

    def close(self) -> None:
        self.desk.store.close()  # type: ignore[attr-defined]

    # -- the platform speaks

    def receive(
        self, told: Incoming, webhook: str | None = None, desk: Desk | None = None
    ) -> intake.Answer:
        """Take a delivery in; its body is what it says, its id by default too."""
        body = hashlib.sha256(canonical(told)).hexdigest()
        return intake.receive(desk or self.desk, lambda: told, webhook or f"msg_{body[:12]}", body)

    def ids(self, answer: intake.Answer) -> list[str]:
        return [case["id"] for case in answer.body["cases"]]

    def take(self, read: Callable[[], Incoming], webhook: str, body: str) -> intake.Answer:
        return intake.receive(self.desk, read, webhook, body)

    # -- a case on its way

    def case(self, id_: str = "S97944") -> Case:
        return reading.dossier(self.desk, id_).case

    def opened(self, *agencies: str, id_: str = "97944", **more: Any) -> str:
        """A case that nobody has claimed."""
        return self.ids(self.receive(posted(id_, *agencies, **more)))[0]

    def claimed(self, **more: Any) -> str:
        case = self.opened(**more)
        casework.claim(self.desk, case, OLIVE)
        return case

    def drafted(self, written: Reply = REPLY, **more: Any) -> str:
        case = self.claimed(**more)
        casework.draft(self.desk, case, OLIVE, written)
        return case

    def in_review(self, written: Reply = REPLY, **more: Any) -> str:
        return self.submit(self.drafted(written, **more))

    def submit(self, case: str) -> str:
        casework.submit(self.desk, case, OLIVE, self.hash(case))
        return case

    def awaiting(self, written: Reply = REPLY, **more: Any) -> str:
        case = self.in_review(written, **more)
        decisions.pass_review(self.desk, case, HELEN, self.hash(case))
        return case

    def approved(self, written: Reply = REPLY, **more: Any) -> str:
        case = self.awaiting(written, **more)
        decisions.approve(self.desk, case, CAROL, self.hash(case))
        return case

    def published(self, written: Reply = REPLY, **more: Any) -> str:
        """A case whose reply stands on the platform: answered, or under study."""
        case = self.approved(written, **more)
        self.publish(case)
        return case

    def publish(self, case: str, actor: str = OLIVE) -> Case:
        return publication.publish(self.desk, case, actor, self.hash(case), self.clock())

    def send_back(self, case: str, actor: str = CAROL, comment: str = "請補充說明。") -> Case:
        reasons = [ReturnReason.WORDING]
        return decisions.return_draft(self.desk, case, actor, self.hash(case), reasons, comment)

    def hash(self, case: str) -> str:
        """Of the draft of record."""
        saved = self.case(case).draft
        return saved.hash if saved else ""

    # -- what lies in the store

    def rows(self, like: str = "%") -> dict[tuple[str, str], tuple[int, str]]:
        """Version and JSON of every row whose sk is like this, past the port."""
        with closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute(
                "SELECT pk, sk, version, coalesce(data, counters) FROM rows WHERE sk LIKE ?",
                (like,),
            ).fetchall()
        return {(pk, sk): (version, data) for pk, sk, version, data in found}

    def cases(self) -> list[str]:
        return sorted(pk.removeprefix("CASE#") for pk, _ in self.rows("HEAD") if "CASE#" in pk)

    def actions(self, case: str = "S97944") -> list[str]:
        return [event.action.value for event in reading.history(self.desk, case)]

    def waiting(self) -> list[outbox.Intent]:
        return list(outbox.waiting(self.desk, 1000))

    def counters(self) -> dict[tuple[str, str], dict[str, int]]:
        """Live counters that are not nought, by quarter and agency."""
        live = {}
        for (pk, sk), (_, data) in self.rows().items():
            if pk == "STATUS" and not sk.startswith(("PARKED#", "WATCH#")) and "Q#" not in sk:
                quarter, _, agency = sk.partition("#")
                live[quarter, agency] = {k: n for k, n in json.loads(data).items() if n}
        return {key: counts for key, counts in live.items() if counts}

    def recounted(self) -> dict[tuple[str, str], dict[str, int]]:
        """The counters as the events give them, and those of datasets as the catalogue does."""
        again = catalogue.recounted(self.desk)
        for events in reading.histories(self.desk):
            for tally in kpi.flows(None, events):
                sums = again.setdefault((tally.quarter, tally.agency), {})
                for name, n in tally.counts.items():
                    sums[name] = sums.get(name, 0) + n
        tidy = {key: {k: n for k, n in sums.items() if n} for key, sums in again.items()}
        return {key: counts for key, counts in tidy.items() if counts}

    def faults(self) -> list[object]:
        """What is wrong with the store as it lies there; [] at every moment."""
        wrong: list[object] = [broken for _, breaks in proof.proven(self.desk) for broken in breaks]
        if self.counters() != self.recounted():
            wrong.append(("counters", self.counters(), self.recounted()))
        for events in reading.histories(self.desk):
            wrong += unapproved(events, self.desk)
        return wrong


def unapproved(events: Sequence[Event], desk: Desk) -> list[object]:
    """Publications without an approval, of exactly that text, by somebody able that day."""
    wrong: list[object] = []
    approval: dict[str, Any] | None = None
    draft: dict[str, Any] = {}
    agency = ""
    for event in events:
        # A publication may bring another draft back: what was published lay there before it.
        if event.action is Action.PUBLISH and (
            not approval or not approval["hash"] == draft["hash"] == event.facts["hash"]
        ):
            wrong.append(("not approved", event))
        agency = event.changes.get("agency", agency)
        draft = event.changes.get("draft") or draft
        approval = event.changes.get("approval", approval)
        if event.action is Action.APPROVE:
            able = desk.directory().approvers(agency, local_date(event.at))
            if event.actor not in {one.person.id for one in able}:
                wrong.append(("not able", event))
            if event.actor == draft["drafter"]:
                wrong.append(("own draft", event))
    return wrong


def lay(folder: Path, people: tuple[Person, ...] = PEOPLE) -> Path:
    """Lay the store of a ministry into a folder: its agencies, and its people if there are any."""
    folder.mkdir(exist_ok=True)
    path = folder / "desk.sqlite"
    path.write_bytes(_laid(people))
    return path


@cache
def _laid(people: tuple[Person, ...]) -> bytes:
    """The file of such a store, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.sqlite"
        with SqliteStore(path) as store:
            desk = Desk(store, TurnedClock(MONDAY))
            roster.import_agencies(desk, channelled())
            if people:
                roster.import_people(desk, people)
                roster.import_deputies(desk, [DEPUTY])
        return path.read_bytes()


def channelled() -> list[Agency]:
    """The shipped agencies that have a channel in this ministry."""
    return [
        replace(agency, channel=CHANNELS[agency.code])
        for agency in shipped_agencies()
        if agency.code in CHANNELS
    ]


def refuses(error: type[DeskError], world: World, act: Callable[[], object]) -> Any:
    """The refusal of an act, of exactly this class, that leaves every row as it was."""
    before = world.rows()
    with pytest.raises(error) as refused:
        act()
    assert refused.type is error
    assert world.rows() == before
    return refused.value

"""The whole life of a few cases, in every order that chance finds; what must hold holds always.

``OPENDATA_EXAMPLES`` asks for more lives than the few of every run.
"""

import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from opendata.desk import casework, decisions, publication, roster
from opendata.desk.decisions import ReturnReason
from opendata.rules.errors import DeskError
from opendata.rules.feedback import Case, State
from opendata.rules.people import Role
from tests.world import (
    CAROL,
    CORA,
    DEREK,
    GONE,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    PEOPLE,
    PETRA,
    REFUSAL,
    REPLY,
    STRANGER,
    STUDY,
    World,
    commented,
    posted,
    rated,
    withdrawn,
)

EXAMPLES = os.environ.get("OPENDATA_EXAMPLES")
NAMES = ("法務部廉政署", "臺灣臺北地方檢察署", "內政部")
OPINIONS = st.sampled_from(("1", "2"))
PERSONS = st.sampled_from((OLIVE, OTTO, HELEN, PETRA, CAROL, DEREK, LENA, CORA, GONE, STRANGER))
REPLIES = st.sampled_from(
    (REPLY, replace(REPLY, contact="02-2"), REFUSAL, STUDY, replace(REPLY, text=""))
)
WORDS = st.sampled_from(("請修正。", ""))


class Life(RuleBasedStateMachine):
    """Two opinions, three agencies, ten persons; Otto approves too, and Olive co-signs."""

    @initialize(steps=st.integers(0, 10), written=st.sampled_from((REPLY, STUDY)))
    def begin(self, steps: int, written: object) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = World.make(Path(self.folder.name))
        also = {OTTO: {Role.OFFICER, Role.CIO}, OLIVE: {Role.OFFICER, Role.LEGAL}}
        more = [replace(one, roles=frozenset(also[one.id])) for one in PEOPLE if one.id in also]
        roster.import_people(self.world.desk, more)
        self.webhooks = 0
        self.receive(posted("1"))
        for _ in range(steps):
            self.step(self.world.case("S1"), written)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            self.folder.cleanup()

    # -- the platform

    def receive(self, told: object) -> None:
        self.webhooks += 1
        self.world.receive(told, f"msg_{self.webhooks}")

    @rule(
        id_=OPINIONS,
        names=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        body=st.sampled_from("一二"),
    )
    def post(self, id_: str, names: list[str], body: str) -> None:
        self.receive(posted(id_, *names, body=body))

    @rule(id_=OPINIONS, stars=st.integers(1, 5))
    def rate(self, id_: str, stars: int) -> None:
        self.receive(rated(id_, stars, self.world.clock()))

    @rule(id_=OPINIONS)
    def comment(self, id_: str) -> None:
        self.receive(commented(id_, self.world.clock()))

    @rule(id_=OPINIONS, really=st.integers(0, 20))
    def withdraw(self, id_: str, really: int) -> None:
        if not really:
            self.receive(withdrawn(id_, self.world.clock()))

    # -- the ministry

    def attempt(self, act: object, *args: object) -> None:
        """Whoever may not changes nothing."""
        before = self.world.rows()
        try:
            act(self.world.desk, *args)
        except DeskError:
            assert self.world.rows() == before

    def any_case(self, data: st.DataObject) -> Case | None:
        numbers = self.world.cases()
        return self.world.case(data.draw(st.sampled_from(numbers))) if numbers else None

    @rule(data=st.data(), who=PERSONS, other=PERSONS)
    def shuffle(self, data: st.DataObject, who: str, other: str) -> None:
        if case := self.any_case(data):
            act = data.draw(st.sampled_from((casework.claim, casework.release)))
            self.attempt(act, case.id, who)
            self.attempt(casework.reassign, case.id, other, who)

    @rule(data=st.data(), who=PERSONS, agency=st.sampled_from(("aac", "dpo-taipei", "nowhere")))
    def assign(self, data: st.DataObject, who: str, agency: str) -> None:
        if case := self.any_case(data):
            self.attempt(casework.assign, case.id, who, agency)

    @rule(data=st.data(), who=PERSONS, written=REPLIES)
    def write(self, data: st.DataObject, who: str, written: object) -> None:
        if case := self.any_case(data):
            self.attempt(casework.draft, case.id, case.officer or who, written)
            self.attempt(casework.draft, case.id, who, written)

    @rule(data=st.data(), who=PERSONS, words=WORDS, stale=st.integers(0, 1))
    def decide(self, data: st.DataObject, who: str, words: str, stale: int) -> None:
        case = self.any_case(data)
        if case is None:
            return
        shown = "0" * 64 if stale or case.draft is None else case.draft.hash
        now = self.world.clock()
        self.attempt(*data.draw(st.sampled_from((
            (casework.cosign, case.id, who, shown),
            (casework.submit, case.id, who, shown),
            (decisions.pass_review, case.id, who, shown),
            (decisions.approve, case.id, who, shown),
            (decisions.return_draft, case.id, who, shown, [ReturnReason.OTHER], words),
            (decisions.revoke, case.id, who, shown, words),
            (casework.recall, case.id, who, shown),
            (casework.revise, case.id, who, shown),
            (casework.reveal, case.id, who, words),
            (publication.publish, case.id, who, shown, now - timedelta(hours=5)),
            (publication.publish, case.id, who, shown, now),
        ))))  # fmt: skip

    @rule(data=st.data(), written=st.sampled_from((REPLY, STUDY)), steps=st.integers(1, 12))
    def go_on(self, data: st.DataObject, written: object, steps: int) -> None:
        """The next steps as they are meant to be, with a reply that could be sent."""
        case = self.any_case(data)
        for _ in range(steps):
            if case is None:
                return
            self.step(case, written)
            case = self.world.case(case.id)

    def step(self, case: Case, written: object) -> None:
        shown = case.draft.hash if case.draft else ""
        officer = case.officer or (OLIVE if case.agency == "aac" else PETRA)
        drafted = case.draft is not None and case.draft.drafter == officer
        todo = {
            State.RECEIVED: (casework.claim, case.id, officer),
            State.IN_PROGRESS: (casework.submit, case.id, officer, shown)
            if drafted
            else (casework.draft, case.id, officer, written),
            State.IN_REVIEW: (decisions.pass_review, case.id, HELEN, shown),
            State.AWAITING_APPROVAL: (decisions.approve, case.id, CAROL, shown),
            State.APPROVED: (publication.publish, case.id, officer, shown, self.world.clock()),
            State.UNDER_STUDY: (casework.draft, case.id, officer, written),
        }.get(case.state)
        if todo is not None:
            self.attempt(*todo)

    @rule(hours=st.sampled_from((1, 20, 48, 240)))
    def wait(self, hours: int) -> None:
        self.world.clock.turn(hours=hours)

    # -- what holds at every moment

    @invariant()
    def all_holds(self) -> None:
        if hasattr(self, "world"):
            assert self.world.faults() == []
            for number in self.world.cases():
                case = self.world.case(number)
                event(case.state)
                assert case.approval is None or case.approval.hash == case.draft.hash
                assert case.approval is None or case.approval.by != case.draft.drafter
                assert (case.state is State.APPROVED) <= (case.approval is not None)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=int(EXAMPLES or 10),
    stateful_step_count=40,
    deadline=None,
    derandomize=EXAMPLES is None,
)

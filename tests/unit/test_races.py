"""Two people at once: exactly one wins, the other is told who decided what and when."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier, Event
from typing import Any

import pytest

from opendata.adapters.sqlite import SqliteStore
from opendata.desk import casework, decisions, reading
from opendata.desk.context import Desk
from opendata.rules.errors import LostRace
from opendata.rules.roc import TAIPEI
from tests.world import CAROL, DEREK, OLIVE, OTTO, FailingStore, World, posted

TIMES = 100
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=TAIPEI)
NAMES = ("法務部廉政署", "臺灣高等檢察署", "法務部")


@pytest.fixture
def other(world: World) -> Iterator[Desk]:
    """The same ministry in a second process: a connection and a memory of its own."""
    with SqliteStore(world.path, now=world.clock) as store:
        yield Desk(store, world.clock, world.desk.terms)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def both(pool: ThreadPoolExecutor, *acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the LostRace it got, when both began at one moment."""
    start = Barrier(2)

    def run(act: Callable[[], Any]) -> Any:
        start.wait(5)
        try:
            return act()
        except LostRace as lost:
            return lost

    return list(pool.map(run, acts))


def one_won(world: World, results: list[Any], who: list[tuple[str, str]]) -> str:
    """The winner's name; asserts that the other lost to exactly that."""
    (winner,) = [n for n, result in enumerate(results) if not isinstance(result, LostRace)]
    told = results[1 - winner].params
    case = results[winner]
    assert (told["case"], told["actor"], told["action"], told["at"]) == (
        case.id,
        *who[winner],
        world.clock(),
    )
    return who[winner][0]


def test_two_officers_claim(world, other, pool):
    for number in range(1, TIMES + 1):
        case = world.opened(id_=str(number))
        results = both(
            pool,
            lambda case=case: casework.claim(world.desk, case, OLIVE),
            lambda case=case: casework.claim(other, case, OTTO),
        )
        winner = one_won(world, results, [(OLIVE, "claim"), (OTTO, "claim")])
        assert world.case(case).officer == winner
        assert world.actions(case) == ["receive", "claim"]
    assert world.faults() == []


def test_the_cio_and_the_deputy_approve(world, other, pool):
    world.clock.set(WEDNESDAY)
    for number in range(1, TIMES + 1):
        case = world.awaiting(id_=str(number))
        shown = world.hash(case)
        results = both(
            pool,
            lambda c=case, h=shown: decisions.approve(world.desk, c, CAROL, h),
            lambda c=case, h=shown: decisions.approve(other, c, DEREK, h),
        )
        winner = one_won(world, results, [(CAROL, "approve"), (DEREK, "approve")])
        assert world.case(case).approval.by == winner
    assert world.faults() == []


def test_the_cio_approves_while_the_officer_recalls(world, other, pool):
    for number in range(1, TIMES + 1):
        case = world.awaiting(id_=str(number))
        shown = world.hash(case)
        results = both(
            pool,
            lambda c=case, h=shown: decisions.approve(world.desk, c, CAROL, h),
            lambda c=case: casework.recall(other, c, OLIVE, world.hash(c)),
        )
        winner = one_won(world, results, [(CAROL, "approve"), (OLIVE, "recall")])
        assert (world.case(case).approval is not None) == (winner == CAROL)
    assert world.faults() == []


@pytest.mark.parametrize("second", ["msg_1", "msg_2"], ids=["the same id", "another id"])
def test_the_same_posting_comes_twice_at_once(world, other, pool, second):
    for number in range(1, TIMES + 1):
        told = posted(str(number), *NAMES)
        results = both(
            pool,
            lambda n=number, t=told: world.receive(t, f"msg_1.{n}"),
            lambda n=number, t=told: world.receive(t, f"{second}.{n}", other),
        )
        assert results[0].body == results[1].body
        assert world.ids(results[0]) == [f"S{number}", f"S{number}-2", f"S{number}-3"]
        assert world.actions(f"S{number}") == ["receive"]
    assert len(world.cases()) == 3 * TIMES
    assert world.faults() == []


# -- the same, with the other exactly between reading and writing


class Between(FailingStore):
    """Right before its n-th commit, somebody else does something."""

    def __init__(self, store: Any, then: Callable[[], object], nth: int) -> None:
        super().__init__(store, 0, written=False)
        self._then, self._until = then, nth

    def commit(self, *writes: Any) -> None:
        self._until -= 1
        if self._until == 0:
            self._then()
        super().commit(*writes)


def interrupted(world: World, then: Callable[[], object], nth: int = 1) -> Desk:
    return replace(world.desk, store=Between(world.desk.store, then, nth))


def test_a_claim_in_between_wins_over_the_claim_that_read_first(world):
    case = world.opened()
    desk = interrupted(world, lambda: casework.claim(world.desk, case, OTTO))
    with pytest.raises(LostRace) as lost:
        casework.claim(desk, case, OLIVE)
    assert lost.value.params["actor"] == OTTO


def test_an_approval_after_a_recall_and_a_new_text_in_between_is_lost(world):
    case = world.awaiting()
    shown = world.hash(case)
    desk = interrupted(world, lambda: casework.recall(world.desk, case, OLIVE, world.hash(case)))
    with pytest.raises(LostRace) as lost:
        decisions.approve(desk, case, CAROL, shown)
    assert (lost.value.params["actor"], lost.value.params["action"]) == (OLIVE, "recall")


def test_a_comment_in_between_does_not_spoil_an_approval(world):
    case = world.awaiting()
    shown = world.hash(case)
    again = posted(body="平臺更正了字")
    desk = interrupted(world, lambda: world.receive(again))
    assert decisions.approve(desk, case, CAROL, shown).approval.hash == shown
    assert world.actions()[-2:] == ["amend", "approve"]
    assert world.faults() == []


# The numbers are committed first, so a case itself is written by the second commit.


def test_newer_words_in_between_are_not_overwritten_by_older_ones(world):
    world.opened()
    newer, older = posted(body="第三版"), posted(body="第二版")
    world.receive(older, desk=interrupted(world, lambda: world.receive(newer), 2))
    assert world.case().text == 3
    assert reading.dossier(world.desk, "S97944").opinion.body == "第三版"
    assert world.faults() == []


def test_words_that_change_while_the_case_is_being_opened_reach_it(world, pool):
    numbered, go = Event(), Event()

    def wait():
        numbered.set()
        go.wait(5)

    def finish():
        go.set()
        opening.result(5)

    first, changed = posted(body="第一版"), posted(body="第二版")
    opening = pool.submit(world.receive, first, desk=interrupted(world, wait, 2))
    assert numbered.wait(5)
    world.receive(changed, desk=interrupted(world, finish, 2))
    assert reading.dossier(world.desk, "S97944").opinion.body == "第二版"
    assert world.faults() == []

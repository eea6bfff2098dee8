"""Intake resumes: wherever a crash cuts it, a redelivery comes to the same cases and counters."""

import json
from dataclasses import replace

import pytest

from opendata.rules.errors import Unavailable
from tests.world import FailingStore, World, commented, posted, rated, withdrawn

NAMES = ("法務部廉政署", "臺灣高等檢察署", "臺灣臺北地方檢察署")


def first_posting(world):
    return posted("1", *NAMES), "msg_1"


def posting_after_events(world):
    for n, told in enumerate((rated("1", 2), commented("1"), withdrawn("1"))):
        world.receive(told, f"msg_early{n}")
    return posted("1", *NAMES), "msg_1"


def changed_and_dispatched_again(world):
    world.receive(posted("1", "內政部"), "msg_0")
    return posted("1", *NAMES, body="新的文字"), "msg_1"


def second_comment(world):
    world.receive(posted("1", *NAMES), "msg_0")
    world.receive(commented("1"), "msg_c")
    return commented("1", body="再問一次"), "msg_1"


def withdrawal(world):
    world.receive(posted("1", *NAMES), "msg_0")
    return withdrawn("1"), "msg_1"


def early_event(world):
    return commented("1"), "msg_1"


STORIES = [
    first_posting,
    posting_after_events,
    changed_and_dispatched_again,
    second_comment,
    withdrawal,
    early_event,
]


def result(world):
    """What lies in the store, but not how often an opinion's numbers were written; its faults."""
    rows = {
        (pk, sk): {**json.loads(data), "version": None if pk.startswith("FEEDBACK#") else version}
        for (pk, sk), (version, data) in world.rows().items()
    }
    return rows, world.faults()


def until_it_holds(folder, story, *, written):
    """Deliver with the n-th commit failing, for every n there is, each time redelivered."""
    for nth in range(1, 40):
        world = World.make(folder / str(nth))
        told, webhook = story(world)
        failing = replace(world.desk, store=FailingStore(world.desk.store, nth, written=written))
        try:
            world.receive(told, webhook, failing)
        except Unavailable:
            answer = world.receive(told, webhook)
            yield nth, answer.body, *result(world)
            world.close()
        else:
            world.close()
            return
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("written", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES)
def test_a_redelivery_after_a_crash_at_any_commit_comes_to_the_same(tmp_path, story, written):
    whole = World.make(tmp_path / "whole")
    told, webhook = story(whole)
    body = whole.receive(told, webhook).body
    rows, faults = result(whole)
    whole.close()
    assert faults == []
    crashes = list(until_it_holds(tmp_path, story, written=written))
    assert len(crashes) >= 2
    for nth, *crashed in crashes:
        assert crashed == [body, rows, []], f"crash at commit {nth}"

"""Whatever is done in whatever order, the counters are what the events add up to, to the last one.

``make test`` does ten thousand operations, ``OPENDATA_OPERATIONS=100000`` so many.
"""

import os

import pytest

from opendata.desk import casefile, reading
from opendata.desk.rebuild import counters
from opendata.rules import kpi
from opendata.rules.catalogue import COUNTS
from opendata.rules.feedback import OPEN
from tests.simulation.operations import NAMES, Operations

COUNT = int(os.environ.get("OPENDATA_OPERATIONS", "10000"))
LOOKS = 5
ANSWERING = ("received", "in_progress", "in_review", "awaiting_approval", "approved")


def test_counters_equal_the_recount_at_every_look_and_at_the_end(tmp_path):
    ministry = Operations.make(tmp_path, seed=170)
    for _ in range(LOOKS):
        ministry.run(COUNT // LOOKS)
        assert ministry.differences() == ()
    assert {name for name in NAMES if not ministry.done[name]} == set()
    assert ministry.done["died"] > 0
    events = [one for history in reading.histories(ministry.desk) for one in history]
    assert {one.changes["state"] for one in events if "state" in one.changes} >= {*OPEN, "answered"}
    assert {one.action for one in events} >= {
        "assign",
        "amend",
        "recompute",
        "retract",
        "new_round",
    }
    assert len({one.case for one in events}) > COUNT / 40
    # A count that stayed nought would prove nothing.
    counted = {name.partition(":")[0] for row in counters(ministry.desk).values() for name in row}
    assert counted >= {
        *("n", "n14", "in", "in14", "late", "took", "worked", "days", "workdays"),
        *(f"spent_{state}" for state in ANSWERING),
        *("substantive_in_time", "substantive_late", "by_cio", "refused", "rounds"),
        *("withdrawn", "extended", "stars", "stars_sum", "stars_low"),
        *("from_comment", "from_suggestion", *COUNTS),
    }


def leaving_something_behind(flows):
    """A case that moves to another agency or quarter stays counted in the first."""
    return [one for one in flows if min(one.counts.values()) > 0 or len(one.counts) < 4]


def counting_twice(flows):
    return [*flows, *flows]


def forgetting_the_rest(flows):
    return flows[:1]


@pytest.mark.parametrize("wrong", [leaving_something_behind, counting_twice, forgetting_the_rest])
def test_a_counter_that_goes_wrong_is_found(tmp_path, monkeypatch, wrong):
    right = kpi.flows
    monkeypatch.setattr(casefile.kpi, "flows", lambda *told: wrong(list(right(*told))))
    ministry = Operations.make(tmp_path, seed=171)
    ministry.run(600)
    assert ministry.differences() != ()

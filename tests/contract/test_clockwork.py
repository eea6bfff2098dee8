"""What is done by the clock, on DynamoDB: what it costs, and that it needs the rights it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions import deliver, remind, watchdog
from infra.template import read, resources
from opendata import wiring
from opendata.adapters.dynamodb import DynamoStore
from opendata.desk import outbox, records, watching
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Index, Put, Row
from opendata.rules.calendar import Closure
from tests.counting import Metered
from tests.many import WEDNESDAY, heads, ministry
from tests.unit.sweeping import at
from tests.world import World

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


@pytest.fixture
def model(tmp_path: Path) -> Iterator[World]:
    made = ministry(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(
    dynamo: DynamoStore, clock, model: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """The ministry on DynamoDB, on the Wednesday, with no case yet; no Slack answers."""
    clock.time = WEDNESDAY
    monkeypatch.setenv("OPENDATA_SLACK_BOT_TOKEN", "xoxb-test")
    monkeypatch.setenv("OPENDATA_SLACK_API_URL", "http://127.0.0.1:1/")
    forget()
    made = Desk(dynamo, clock)
    monkeypatch.setattr(wiring, "desk", lambda: made)
    put(made, *people(model))
    yield made
    monkeypatch.undo()
    forget()


def forget() -> None:
    wiring.forget()
    deliver.client.cache_clear()


def people(model: World) -> list[Row]:
    """The roster's people; the tree of agencies is the shipped one, without any channel."""
    rows = model.desk.store.query(records.ROSTER).rows
    return [row for row in rows if not row.key.sk.startswith("AGENCY#")]


def put(desk: Desk, *rows: Row) -> None:
    for start in range(0, len(rows), 100):
        desk.store.commit(*(Put(row, Expect.ANY) for row in rows[start : start + 100]))


@pytest.mark.parametrize(("count", "due"), [(20, 2), (200, 2), (200, 20)])
def test_a_sweep_costs_what_is_due_whatever_is_open(desk, dynamo, model, count, due):
    put(desk, *heads(model, count, due))
    metered = Metered.on(dynamo)
    assert remind.sweep(600.0) == {"three_before": due}
    assert metered.calls == {
        # The timer, again to see that nothing is left; roster and calendar of a cold process.
        "Query": 1 + 2,
        # When it ran last; the versions, for the page and for the nudge; each officer's digest.
        "BatchGetItem": 1 + 2 + due,
        # A case in each, and that it ran.
        "TransactWriteItems": due + 1,
    }
    assert metered.items["Query"] == due + len(people(model))
    assert metered.came < 100_000 + due * 3_000
    assert metered.sent < 5_000 + due * 6_000


def needed(role: str) -> set[tuple[str, str]]:
    """What a role may do with the table, and with which of its indexes."""
    (properties,) = (
        told["Properties"]
        for name, told in resources(read(TEMPLATE), "AWS::IAM::Role")
        if name == role
    )
    return {
        (action, index_of(resource))
        for policy in properties["Policies"]
        for told in policy["PolicyDocument"]["Statement"]
        for action in listed(told["Action"])
        for resource in listed(told["Resource"])
        if action.startswith("dynamodb:")
    }


def index_of(resource: dict[str, Any]) -> str:
    return str(resource["Fn::Sub"]).rpartition("/")[2] if "Fn::Sub" in resource else ""


def listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def test_reminding_needs_the_rights_that_it_has_and_no_others(desk, dynamo, clock, model):
    put(desk, *heads(model, 2, 2))
    # A closure of the due date: the numbers of the quarter follow.
    closed = records.closure_row(Closure(date(2026, 3, 9), "臺北市"))
    put(desk, closed, Row(records.CALENDAR_VERSION, {}, 1))
    metered = Metered.on(dynamo)
    assert remind.sweep(600.0) == {"three_before": 2}
    clock.time = at(7, 1).astimezone(UTC)
    remind.sweep(600.0)
    assert metered.rights == needed("RemindRole")


def test_the_watchdog_needs_no_rights_but_those_that_it_has(desk, dynamo, model):
    lost, left = heads(model, 2, 1)
    places = {index: place for index, place in lost.places.items() if index is not Index.TIMER}
    stuck = Intent("S1.1.0", "S1", 1, Message.CARD, "card", desk.now() - timedelta(days=1))
    put(desk, replace(lost, places=places), left, outbox.intent_row(stuck))
    metered = Metered.on(dynamo)
    assert watchdog.handler({}, None) == {"Heartbeat": 0, "Mended": 2, "Left": 1}
    assert metered.rights <= needed("WatchdogRole")
    indexes = {index for action, index in metered.rights if action == "dynamodb:Query"}
    assert indexes == {"", "timer", "open"}
    assert watching.swept_at(desk) == desk.now()

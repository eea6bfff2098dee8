"""What only DynamoDB has: calls to count, collisions to try again, failures to translate."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from opendata.adapters.dynamodb import ATTEMPTS, DynamoStore
from opendata.desk.ports import Add, Delete, Expect, Index, Key, Place, Put, Row
from opendata.rules.errors import Stale, Unavailable

TABLE = "desk"
A, B, C = Key("CASE#1", "HEAD"), Key("CASE#1", "EVENT#00001"), Key("STATUS", "115Q1#moj")

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def store(table: str, slept: list[float]) -> DynamoStore:
    return DynamoStore(table, sleep=slept.append, jitter=lambda: 0.5)


@pytest.fixture
def calls(store: DynamoStore) -> list[tuple[str, dict[str, Any]]]:
    """Every call that leaves for DynamoDB: its name and what it asks."""
    seen: list[tuple[str, dict[str, Any]]] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        seen.append((model.name, json.loads(params["body"])))

    events = store._connection.client.meta.events
    events.register_first("before-call.dynamodb.*", note)
    return seen


def interrupt(store: DynamoStore, operation: str, *answers: Answer) -> None:
    """Let DynamoDB give these answers first, then its own."""
    waiting = list(answers)

    def answer(**_: Any) -> tuple[Any, dict[str, Any]] | None:
        if not waiting:
            return None
        status, parsed = waiting.pop(0)
        return SimpleNamespace(status_code=status), {"ResponseMetadata": {}, **parsed}

    store._connection.client.meta.events.register(f"before-call.dynamodb.{operation}", answer)


def cancelled(*codes: str) -> Answer:
    error = {"Code": "TransactionCanceledException", "Message": "cancelled"}
    return 400, {"Error": error, "CancellationReasons": [{"Code": code} for code in codes]}


def refused(code: str) -> Answer:
    return 400, {"Error": {"Code": code, "Message": "no"}}


# -- calls ------------------------------------------------------------------------------------


def test_five_rows_are_read_in_one_consistent_call(store: DynamoStore, calls: list[Any]):
    store.get(*(Key("CASE#1", f"EVENT#{n:05}") for n in range(5)))
    [(name, asked)] = calls
    assert name == "BatchGetItem"
    assert asked["RequestItems"][TABLE]["ConsistentRead"] is True


def test_a_commit_is_one_call_with_a_token(store: DynamoStore, calls: list[Any]):
    store.commit(Put(Row(A, {})), Put(Row(B, {})), Add(C, {"received": 1}))
    [(name, asked)] = calls
    assert name == "TransactWriteItems"
    assert len(asked["ClientRequestToken"]) == 32


def test_a_list_is_one_call_and_reads_no_row_of_another_partition(
    store: DynamoStore, calls: list[Any]
):
    for n in range(30):
        place = Place(f"OWN#U{n % 2}", f"{n:02}")
        store.commit(Put(Row(Key(f"CASE#{n}", "HEAD"), {}, places={Index.OWNER: place})))
    calls.clear()
    assert len(store.find(Index.OWNER, "OWN#U1", limit=10).rows) == 10
    [(name, asked)] = calls
    assert name == "Query"
    assert asked["Limit"] == 11
    assert "FilterExpression" not in asked


def test_a_query_is_one_consistent_call(store: DynamoStore, calls: list[Any]):
    store.query("CASE#1", "EVENT#")
    [(name, asked)] = calls
    assert (name, asked["ConsistentRead"]) == ("Query", True)


def test_the_keys_are_known_without_asking_for_them(store: DynamoStore, calls: list[Any]):
    store.find(Index.TIMER, "T", upto="2026")
    store.query("CASE#1")
    store.get(A)
    store.commit(Delete(A, Expect.ANY))
    assert "DescribeTable" not in {name for name, _ in calls}


# -- trying again -----------------------------------------------------------------------------


def test_a_collision_is_tried_again_with_the_same_token(
    store: DynamoStore, calls: list[Any], slept: list[float]
):
    interrupt(
        store,
        "TransactWriteItems",
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
    )
    store.commit(Put(Row(A, {})), Put(Row(B, {})))
    assert set(store.get(A, B)) == {A, B}
    written = [asked for name, asked in calls if name == "TransactWriteItems"]
    assert written == [written[0]] * 3
    assert slept == [0.025, 0.05]


def test_collisions_without_end_are_unavailable(store: DynamoStore, slept: list[float]):
    interrupt(store, "TransactWriteItems", *[cancelled("TransactionConflict")] * ATTEMPTS)
    with pytest.raises(Unavailable) as unavailable:
        store.commit(Put(Row(A, {})))
    assert unavailable.value.params == {"what": "dynamodb"}
    assert len(slept) == ATTEMPTS - 1
    assert store.get(A) == {}


def test_a_failed_expectation_is_stale_even_beside_a_collision(
    store: DynamoStore, slept: list[float]
):
    # PynamoDB sends deletes before puts: the reasons stand in that order, not in ours.
    interrupt(
        store, "TransactWriteItems", cancelled("ConditionalCheckFailed", "TransactionConflict")
    )
    with pytest.raises(Stale) as stale:
        store.commit(Put(Row(A, {})), Delete(B, Expect.PRESENT))
    assert stale.value.params == {"keys": (B,)}
    assert slept == []


def test_keys_that_came_back_unread_are_asked_for_again(
    store: DynamoStore, calls: list[Any], slept: list[float]
):
    store.commit(Put(Row(A, {"n": 1})), Put(Row(B, {"n": 2})))
    calls.clear()
    read = {"pk": {"S": A.pk}, "sk": {"S": A.sk}, "data": {"S": '{"n":1}'}, "version": {"N": "0"}}
    unread = {TABLE: {"Keys": [{"pk": {"S": B.pk}, "sk": {"S": B.sk}}], "ConsistentRead": True}}
    interrupt(
        store, "BatchGetItem", (200, {"Responses": {TABLE: [read]}, "UnprocessedKeys": unread})
    )
    assert store.get(A, B) == {A: Row(A, {"n": 1}), B: Row(B, {"n": 2})}
    assert [len(asked["RequestItems"][TABLE]["Keys"]) for _, asked in calls] == [2, 1]
    assert slept == [0.025]


def test_keys_that_stay_unread_are_unavailable(store: DynamoStore):
    unread = {TABLE: {"Keys": [{"pk": {"S": A.pk}, "sk": {"S": A.sk}}]}}
    answer = (200, {"Responses": {TABLE: []}, "UnprocessedKeys": unread})
    interrupt(store, "BatchGetItem", *[answer] * ATTEMPTS)
    with pytest.raises(Unavailable):
        store.get(A)


# -- failures ---------------------------------------------------------------------------------

ASKING: dict[str, Callable[[DynamoStore], object]] = {
    "BatchGetItem": lambda store: store.get(A),
    "Query": lambda store: store.query("CASE#1"),
    "TransactWriteItems": lambda store: store.commit(Put(Row(A, {}))),
}


@pytest.mark.parametrize("operation", ASKING)
@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "InternalServerError"]
)
def test_every_other_failure_is_unavailable_and_keeps_its_cause(
    store: DynamoStore, operation: str, code: str
):
    interrupt(store, operation, refused(code))
    with pytest.raises(Unavailable) as unavailable:
        ASKING[operation](store)
    assert code in str(unavailable.value.__cause__.cause)


@pytest.mark.parametrize("operation", ASKING)
def test_a_table_that_is_not_there_is_unavailable(table: str, operation: str):
    with pytest.raises(Unavailable):
        ASKING[operation](DynamoStore("elsewhere"))


def test_a_missing_region_is_unavailable_and_only_when_something_is_asked(
    monkeypatch: pytest.MonkeyPatch,
):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    store = DynamoStore(TABLE)
    with pytest.raises(Unavailable):
        store.get(A)


def test_waits_grow_and_differ_by_chance(table: str, slept: list[float]):
    chance = random.Random(7)
    store = DynamoStore(table, sleep=slept.append, jitter=chance.random)
    interrupt(store, "TransactWriteItems", *[cancelled("TransactionConflict")] * ATTEMPTS)
    with pytest.raises(Unavailable):
        store.commit(Put(Row(A, {})))
    longest = [0.05, 0.1, 0.2, 0.4]
    assert all(0 < wait < most for wait, most in zip(slept, longest, strict=True))

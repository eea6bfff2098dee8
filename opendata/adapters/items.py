"""How a row lies in DynamoDB: its item, its key, its conditions, and the table's keys for PynamoDB.

Which keys and attributes there are, and why, is told in ``opendata.adapters.dynamodb``, which
talks to AWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pynamodb.connection.base import MetaTable
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from opendata.adapters.rows import from_seconds, to_json, to_seconds
from opendata.desk.ports import Expect, Index, Key, Place, Row

Item = Mapping[str, Mapping[str, Any]]
"""Attribute → type → text, as DynamoDB writes it."""

# Counters carry it before their name, so that none ever meets an attribute of ours.
_COUNTER = "n_"


def item_of(row: Row) -> Item:
    """The attributes of a row beside its key."""
    texts = {"data": to_json(row.value)}
    for index, place in row.places.items():
        texts |= {f"{index}_pk": place.partition, f"{index}_sk": place.order}
    numbers = {"version": row.version}
    if row.expires_at is not None:
        numbers["ttl"] = to_seconds(row.expires_at)
    return {name: {"S": text} for name, text in texts.items()} | {
        name: {"N": str(number)} for name, number in numbers.items()
    }


def row_of(item: Item) -> Row:
    """The row that an item says; a row that only ever was counted has its counters as value."""
    told = {name: text for name, typed in item.items() for text in typed.values()}
    counters = {
        name.removeprefix(_COUNTER): int(number)
        for name, number in told.items()
        if name.startswith(_COUNTER)
    }
    return Row(
        key=Key(told["pk"], told["sk"]),
        value=json.loads(told["data"]) if "data" in told else counters,
        version=int(told.get("version", 0)),
        places={
            index: Place(told[f"{index}_pk"], told[f"{index}_sk"])
            for index in Index
            if f"{index}_pk" in told
        },
        expires_at=from_seconds(int(told["ttl"])) if "ttl" in told else None,
    )


def key_of(key: Key) -> Item:
    """A key as attributes."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def key_in(index: Index, row: Row) -> str:
    """The mark from which a reading of an index goes on behind a row."""
    return json.dumps([row.places[index].order, *row.key])


def start_in(index: Index, partition: str, mark: str) -> Item:
    """A mark as the attributes of the row behind which DynamoDB shall go on."""
    order, pk, sk = json.loads(mark)
    place = {f"{index}_pk": {"S": partition}, f"{index}_sk": {"S": order}}
    return {**key_of(Key(pk, sk)), **place}


def expected(expect: int | Expect, now: int) -> Condition | None:
    """An expectation as a condition; a row that has expired before ``now`` (epoch s) is absent."""
    gone: Condition = Path("ttl") < now
    live: Condition = Path("ttl").does_not_exist() | (Path("ttl") >= now)
    conditions: dict[int | Expect, Condition | None] = {
        Expect.ANY: None,
        Expect.ABSENT: Path("pk").does_not_exist() | gone,
        Expect.PRESENT: Path("pk").exists() & live,
    }
    if expect in conditions:
        return conditions[expect]
    versioned: Condition = (Path("version") == expect) & live
    return versioned


def added(amounts: Mapping[str, int]) -> list[Action]:
    """What adds to the counters of a row; a name may hold dots."""
    return [Path([_COUNTER + name]).add(amount) for name, amount in amounts.items()]


def described(table_name: str) -> MetaTable:
    """The table's keys and indexes: what PynamoDB would otherwise ask DescribeTable for."""
    names = ["pk", "sk", *(f"{index}_{part}" for index in Index for part in ("pk", "sk"))]
    return MetaTable(
        {
            "TableName": table_name,
            "KeySchema": _schema("pk", "sk"),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in names
            ],
            "GlobalSecondaryIndexes": [
                {"IndexName": index.value, "KeySchema": _schema(f"{index}_pk", f"{index}_sk")}
                for index in Index
            ],
        }
    )


def _schema(pk: str, sk: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": pk, "KeyType": "HASH"},
        {"AttributeName": sk, "KeyType": "RANGE"},
    ]

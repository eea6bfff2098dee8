"""What the numbers cost: one query, and the same rows however many cases they count.

``OPENDATA_STATUS_CASES=1000000`` asks among a million; ``make bench`` tells how long that takes.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from opendata.adapters.items import item_of, key_of
from opendata.desk import numbers
from opendata.desk.context import Desk
from opendata.desk.ports import Add, Key
from tests.counting import Counting, Metered
from tests.many import COUNTED, WEDNESDAY, counters, fill, heads, ministry

MANY = int(os.environ.get("OPENDATA_STATUS_CASES", "10000"))
PERIODS = ("115Q1", "115")
BIGGEST_ROW = 40_000


def filled(folder: Path, count: int):
    """A ministry on the embedded store with that many cases, each counted."""
    folder.mkdir()
    world = ministry(folder)
    fill(world, count, 0)
    for one in counters(count):
        world.desk.store.commit(one)
    return world


@pytest.mark.parametrize("period", PERIODS)
def test_the_embedded_store_reads_the_same_rows_among_few_and_many(tmp_path, period):
    rows, received = [], []
    for count in (100, MANY):
        world = filled(tmp_path / str(count), count)
        counting = Counting(world.desk.store)
        told = numbers.status(replace(world.desk, store=counting), period)
        world.close()
        assert counting.calls == ["query"]
        rows.append(counting.rows)
        received.append(told.total.received)
    assert rows[0] == rows[1] >= COUNTED
    assert received[1] > received[0] * MANY / 100 / 2


def test_its_query_searches_the_primary_index_and_sorts_nothing(tmp_path):
    world = filled(tmp_path / "some", 100)
    connection, asked = world.desk.store._connection, []
    connection.set_trace_callback(asked.append)
    numbers.status(world.desk, "115Q1")
    connection.set_trace_callback(None)
    (statement,) = asked
    plan = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert plan == ["SEARCH rows USING INDEX sqlite_autoindex_rows_1 (pk=? AND sk>? AND sk<?)"]
    world.close()


def test_dynamodb_is_asked_once_for_the_same_items(dynamo, aws, table, clock, tmp_path):
    clock.time = WEDNESDAY
    model, desk = ministry(tmp_path), Desk(dynamo, clock)
    metered, items, rows = Metered.on(dynamo), [], list(heads(model, 1000, 0))
    # Not by the port: moto's transactions of a thousand heads take most of a minute.
    puts = [{"PutRequest": {"Item": {**key_of(row.key), **item_of(row)}}} for row in rows]
    # As many counts as single cases add: moto takes its time over expressions of hundreds.
    for one in counters(8, agencies=2):
        dynamo.commit(one)
    for first, last in ((0, 100), (100, 1000)):
        for at in range(first, last, 25):
            aws.batch_write_item(RequestItems={table: puts[at : at + 25]})
        dynamo.commit(Add(Key("STATUS", "115Q1#moj"), {"n:20260309": last - first}))
        metered.calls.clear()
        metered.items.clear()
        told = numbers.status(desk, "115Q1")
        assert metered.calls == {"Query": 1}
        assert told.total.received > last
        items.append(metered.items.total())
    model.close()
    assert items[0] == items[1] > 0


def test_a_row_that_counts_a_whole_quarter_of_the_ministry_is_small(tmp_path):
    """All agencies in one row: more days, and more columns, than one agency ever has."""
    sums = Counter()
    for one in counters(100_000_000):
        if one.key.sk.startswith("115Q1#"):
            sums.update(one.amounts)
    assert len(json.dumps(sums)) < BIGGEST_ROW

"""What only the embedded store promises: threads, processes, kill -9, and the stream's stand-in."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest

from opendata.adapters import sqlite as adapter
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Add, Delete, Expect, Key, Put, Row
from opendata.rules.errors import Stale, Unavailable

HEAD = Key("CASE#1", "HEAD")
ROUNDS = 100


def test_everything_is_read_a_page_at_a_time(sqlite: SqliteStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(adapter, "PAGE", 3)
    keys = [Key(f"CASE#{n}", "HEAD") for n in range(9)]
    sqlite.commit(*(Put(Row(key, {})) for key in keys))
    assert [row.key for row in sqlite.every("CASE#", "HEAD")] == keys


@pytest.fixture(params=["one store", "two stores on one file"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[SqliteStore]]:
    with ExitStack() as stack:
        count = 1 if request.param == "one store" else 2
        stores = [stack.enter_context(SqliteStore(tmp_path / "desk.sqlite")) for _ in range(count)]
        yield [stores[0], stores[-1]]


def race(
    stores: list[SqliteStore], attempt: Callable[[SqliteStore, int], None]
) -> list[list[bool]]:
    """Every store tries every round at once with the other; who won, round by round."""
    start = Barrier(len(stores), timeout=30)

    def run(store: SqliteStore) -> list[bool]:
        won = []
        for number in range(ROUNDS):
            start.wait()
            try:
                attempt(store, number)
                won.append(True)
            except Stale:
                won.append(False)
        return won

    with ThreadPoolExecutor(len(stores)) as pool:
        return list(zip(*pool.map(run, stores), strict=True))


def test_of_two_who_open_a_row_exactly_one_wins_each_time(pair: list[SqliteStore]):
    rounds = race(pair, lambda store, n: store.commit(Put(Row(Key(f"CASE#{n}", "HEAD"), {}))))
    assert [sum(won) for won in rounds] == [1] * ROUNDS


def test_of_two_who_change_a_version_exactly_one_wins_each_time(pair: list[SqliteStore]):
    pair[0].commit(Put(Row(HEAD, {}, 0)))
    rounds = race(pair, lambda store, n: store.commit(Put(Row(HEAD, {}, n + 1), n)))
    assert [sum(won) for won in rounds] == [1] * ROUNDS


def test_counters_lose_nothing_when_two_add_at_once(pair: list[SqliteStore]):
    race(pair, lambda store, _: store.commit(Add(HEAD, {"received": 1})))
    assert pair[0].get(HEAD)[HEAD].value == {"received": 2 * ROUNDS}


def test_two_may_open_a_new_file_at_once(tmp_path: Path):
    def reopen(number: int) -> None:
        with SqliteStore(tmp_path / f"{number // 4}.sqlite") as store:
            store.commit(Add(HEAD, {"opened": 1}))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(reopen, range(40)))
    for number in range(10):
        with SqliteStore(tmp_path / f"{number}.sqlite") as store:
            assert store.get(HEAD)[HEAD].value == {"opened": 4}


WRITER = """
import sys
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Add, Key, Put, Row
store = SqliteStore(sys.argv[1])
for n in range(1_000_000):
    store.commit(
        Put(Row(Key("CASE#1", f"EVENT#{n:07}"), {"n": n})), Add(Key("KPI", "moj"), {"n": 1})
    )
    print(n, flush=True)
"""


def test_what_was_committed_survives_kill_9(tmp_path: Path):
    path = tmp_path / "desk.sqlite"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 50:
            pass
        os.kill(writer.pid, signal.SIGKILL)
        told = [int(line) for line in writer.stdout if line.endswith("\n")]
    last = max(told, default=50)
    with SqliteStore(path) as store:
        found = [row.value["n"] for row in store.query("CASE#1").rows]
        assert found == list(range(len(found)))
        assert len(found) > last
        assert store.get(Key("KPI", "moj"))[Key("KPI", "moj")].value == {"n": len(found)}


def test_changes_are_the_rows_that_were_inserted_in_the_order_of_commits(sqlite: SqliteStore):
    first, second, other = Key("C#1", "OUT#1"), Key("C#1", "OUT#2"), Key("C#2", "OUT#1")
    assert sqlite.last_change() == 0
    sqlite.commit(Put(Row(second, {})), Put(Row(HEAD, {})))
    sqlite.commit(Put(Row(first, {})))
    sqlite.commit(Put(Row(second, {"again": 1}), Expect.PRESENT), Put(Row(other, {})))
    seen = sqlite.changes(0, "OUT#")
    assert [key for _, key in seen] == [second, first, other]
    assert seen[-1][0] == sqlite.last_change()
    assert sqlite.changes(seen[0][0], "OUT#") == seen[1:]
    assert sqlite.changes(sqlite.last_change(), "OUT#") == []


def test_numbers_of_changes_are_never_used_again(sqlite: SqliteStore):
    sqlite.commit(Put(Row(HEAD, {})))
    before = sqlite.last_change()
    sqlite.commit(Delete(HEAD))
    assert sqlite.last_change() == before
    sqlite.commit(Put(Row(HEAD, {})))
    assert sqlite.changes(before, "HEAD") == [(sqlite.last_change(), HEAD)]
    assert sqlite.last_change() > before


def test_a_refused_commit_is_no_change(sqlite: SqliteStore):
    with pytest.raises(Stale):
        sqlite.commit(Put(Row(Key("C#1", "OUT#1"), {})), Put(Row(HEAD, {}), 1))
    assert sqlite.changes(0, "") == []


def test_changes_outlive_the_process(tmp_path: Path):
    with SqliteStore(tmp_path / "desk.sqlite") as store:
        store.commit(Put(Row(HEAD, {})))
    with SqliteStore(tmp_path / "desk.sqlite") as store:
        assert [key for _, key in store.changes(0, "")] == [HEAD]


def test_a_file_locked_by_somebody_else_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(adapter, "PATIENCE", 0.01)
    path = tmp_path / "desk.sqlite"
    with SqliteStore(path) as store:
        hog = sqlite3.connect(path, isolation_level=None)
        hog.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            store.commit(Put(Row(HEAD, {})))
        assert store.get(HEAD) == {}
        hog.execute("ROLLBACK")
        hog.close()
        store.commit(Put(Row(HEAD, {})))


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path):
    path = tmp_path / "desk.sqlite"
    path.write_text("這不是資料庫" * 100, encoding="utf-8")
    with pytest.raises(Unavailable):
        SqliteStore(path)


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path):
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path / "nowhere" / "desk.sqlite")


def test_a_closed_store_is_unavailable(tmp_path: Path):
    store = SqliteStore(tmp_path / "desk.sqlite")
    store.close()
    with pytest.raises(Unavailable):
        store.get(HEAD)


def test_every_commit_is_synced_to_the_disk(sqlite: SqliteStore):
    asked = [
        sqlite._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous")
    ]
    assert asked == ["wal", 2]

"""What the workspace remembers: one SQLite file, written and synced before anybody is answered.

Here are the tables, transactions, and the numbers that only go up; what the rows mean stands in
``messages``, ``views``, ``files`` and ``tickets``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS dms (person TEXT PRIMARY KEY, channel TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS messages (
    channel TEXT NOT NULL, ts TEXT NOT NULL, only_for TEXT, data TEXT NOT NULL,
    PRIMARY KEY (channel, ts));
CREATE TABLE IF NOT EXISTS seen (
    person TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL,
    PRIMARY KEY (person, channel));
CREATE TABLE IF NOT EXISTS modals (
    id TEXT PRIMARY KEY, person TEXT NOT NULL, depth INTEGER NOT NULL, data TEXT NOT NULL,
    UNIQUE (person, depth));
CREATE TABLE IF NOT EXISTS homes (person TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS response_urls (
    token TEXT PRIMARY KEY, person TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT,
    expires REAL NOT NULL, uses INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY, token TEXT UNIQUE, person TEXT, view TEXT, block TEXT,
    content BLOB, data TEXT NOT NULL);
"""
_TS = "ts"
_EMPTIED = ("messages", "seen", "modals", "homes", "response_urls", "files")


def written(micros: int) -> str:
    """Microseconds since 1970 as a ts; as texts they sort as in time (until 2286)."""
    return f"{micros // 1_000_000:010d}.{micros % 1_000_000:06d}"


class Ledger:
    """The file and its one connection; threads take turns.

    Attributes:
        revision: goes up with every commit of this process, so a page can tell that it is behind.
    """

    def __init__(self, path: Path | str, now: Callable[[], datetime]) -> None:
        """Open or create the file.

        Args:
            path: where it lies; its folder exists.
            now: the time, aware.
        """
        self.now = now
        self.revision = 0
        self._turn = RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._turn:
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk when the block is left, or none of it ever is."""
        with self._turn:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
            self.revision += 1

    def empty(self) -> None:
        """Forget everything but the numbers, which go on, and the ids of direct messages.

        Where the clock went back, timestamps go back with it.
        """
        with self.writing() as at:
            at.execute(
                "UPDATE counters SET value = min(value, ?) WHERE name = ?", (self._micros(), _TS)
            )
            for table in _EMPTIED:
                at.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables

    def number(self, at: sqlite3.Connection, name: str, least: int = 1) -> int:
        """The next number of a series: above all before it, and at least ``least``."""
        row = at.execute(
            """INSERT INTO counters VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = max(value + 1, excluded.value)
            RETURNING value""",
            (name, least),
        ).fetchone()
        return int(row[0])

    def timestamp(self, at: sqlite3.Connection) -> str:
        """A ts as Slack writes it: seconds and microseconds, always later than all before."""
        return written(self.number(at, _TS, self._micros()))

    def _micros(self) -> int:
        return round(self.now().timestamp() * 1_000_000)

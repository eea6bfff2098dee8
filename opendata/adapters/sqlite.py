"""The embedded store: one SQLite file behind the store port, for one machine.

A commit is durable when it returns (write-ahead log, synchronous=FULL) and atomic between threads
and processes (BEGIN IMMEDIATE), so the command line and the local desk may share a file. Beside
the port stands what plays the DynamoDB stream for the local worker: ``changes``. What the rows
mean stands in ``opendata.desk.records``; the limits that both stores share in ``rows``.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from opendata.adapters.rows import (
    cut,
    distinct,
    from_seconds,
    refuse_unfit,
    to_json,
    to_seconds,
    utc_now,
)
from opendata.desk.ports import (
    Add,
    Check,
    Clock,
    Delete,
    Expect,
    Index,
    Key,
    Page,
    Place,
    Put,
    Row,
    Write,
)
from opendata.rules.errors import Stale, Unavailable

BUSY_SECONDS = 0.01
PAGE = 500
PATIENCE = 5.0
"""Seconds that a commit waits for another process to finish its own."""

# No key holds it (U+10FFFF is no character), so what begins with a prefix ends before prefix + it.
_LAST = "\U0010ffff"

_PLACES = tuple(f"{index}_{part}" for index in Index for part in ("pk", "sk"))
_COLUMNS = ("pk", "sk", "version", "data", "counters", "expires", *_PLACES)

# AUTOINCREMENT: the number of an inserted row is never used again, so it says what is new.
_SCHEMA = [
    f"""CREATE TABLE IF NOT EXISTS rows (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        pk TEXT NOT NULL, sk TEXT NOT NULL,
        version INTEGER NOT NULL, data TEXT, counters TEXT, expires INTEGER,
        {", ".join(f"{column} TEXT" for column in _PLACES)},
        UNIQUE (pk, sk))""",
    "CREATE INDEX IF NOT EXISTS rows_expires ON rows (expires) WHERE expires IS NOT NULL",
    *(
        f"""CREATE INDEX IF NOT EXISTS rows_{index}
        ON rows ({index}_pk, {index}_sk, pk, sk) WHERE {index}_pk IS NOT NULL"""
        for index in Index
    ),
]
_SELECT = f"""SELECT {", ".join(_COLUMNS)} FROM rows
    WHERE (expires IS NULL OR expires >= :now) AND """  # noqa: S608 - our own column names
_UPSERT = f"""INSERT INTO rows ({", ".join(_COLUMNS)})
    VALUES ({", ".join(f":{column}" for column in _COLUMNS)})
    ON CONFLICT (pk, sk) DO UPDATE
    SET {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[2:])}
    """  # noqa: S608 - our own column names
_COUNT = """INSERT INTO rows (pk, sk, version, counters) VALUES (:pk, :sk, 0, :counters)
    ON CONFLICT (pk, sk) DO UPDATE SET counters = excluded.counters"""


class SqliteStore:
    """The store port on a file, which is made if there is none.

    Args:
        path: the file; its folder exists.
        now: tells which rows have expired.

    Raises:
        Unavailable: the file cannot be opened or is no database of ours.
    """

    def __init__(self, path: Path | str, *, now: Clock = utc_now) -> None:
        self._now = now
        self._lock = Lock()
        with _answering():
            self._connection = sqlite3.connect(
                path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare()
        except Unavailable:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file; the store is of no use afterwards."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get(self, *keys: Key) -> Mapping[Key, Row]:
        """See ``Store.get``."""
        wanted = distinct(keys)
        if not wanted:
            return {}
        found = self._select(
            """(pk, sk) IN (
                SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
                FROM json_each(:keys))""",
            keys=json.dumps(wanted),
        )
        return {row.key: row for row in found}

    def query(self, pk: str, prefix: str = "", *, after: str | None = None, limit: int = 0) -> Page:
        """See ``Store.query``."""
        rows = self._select(
            """pk = :pk AND sk BETWEEN :first AND :last AND sk > :after
            ORDER BY sk LIMIT :limit""",
            pk=pk,
            first=max(prefix, after or ""),
            last=prefix + _LAST,
            after=after or "",
            limit=limit + 1 if limit else -1,
        )
        return cut(rows, limit, lambda row: row.key.sk)

    def find(
        self,
        index: Index,
        partition: str,
        *,
        prefix: str = "",
        upto: str | None = None,
        after: str | None = None,
        limit: int = 0,
    ) -> Page:
        """See ``Store.find``; here at once what was committed, not eventually."""
        order, pk, sk = json.loads(after) if after else ("", "", "")
        rows = self._select(
            f"""{index}_pk = :partition AND {index}_sk BETWEEN :first AND :last
            AND ({index}_sk, pk, sk) > (:order, :pk, :sk)
            ORDER BY {index}_sk, pk, sk LIMIT :limit""",
            partition=partition,
            first=max(prefix, order),
            last=prefix + _LAST if upto is None else upto,
            order=order,
            pk=pk,
            sk=sk,
            limit=limit + 1 if limit else -1,
        )
        return cut(rows, limit, lambda row: json.dumps([row.places[index].order, *row.key]))

    def every(self, prefix: str, sk: str) -> Iterator[Row]:
        """See ``Store.every``."""
        after = ""
        while True:
            rows = self._select(
                """pk > :after AND pk BETWEEN :first AND :last AND sk = :sk
                ORDER BY pk LIMIT :limit""",
                after=after,
                first=prefix,
                last=prefix + _LAST,
                sk=sk,
                limit=PAGE,
            )
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1].key.pk

    def commit(self, *writes: Write) -> None:
        """See ``Store.commit``; rows that have expired are purged with it."""
        refuse_unfit(writes)
        with self._lock, _answering(), _transaction(self._connection) as connection:
            connection.execute("DELETE FROM rows WHERE expires < ?", (self._seconds(),))
            stale = tuple(write.key for write in writes if not _holds(connection, write))
            if stale:
                raise Stale(keys=stale)
            for write in writes:
                _write(connection, write)

    def changes(self, after: int, prefix: str) -> list[tuple[int, Key]]:
        """Rows that were inserted (not rewritten) since, in the order of their commits.

        Args:
            after: the number of the last change that is known; 0: from the beginning.
            prefix: only rows whose sk begins so.

        Returns:
            Pairs of a number that only grows, and the key. Rows deleted meanwhile are left out.
        """
        found = self._rows(
            """SELECT seq, pk, sk FROM rows
            WHERE seq > :after AND sk BETWEEN :prefix AND :last ORDER BY seq""",
            after=after,
            prefix=prefix,
            last=prefix + _LAST,
        )
        return [(seq, Key(pk, sk)) for seq, pk, sk in found]

    def last_change(self) -> int:
        """The number of the newest row ever inserted; 0 if there was none."""
        found = self._rows("SELECT seq FROM sqlite_sequence WHERE name = 'rows'")
        return int(found[0][0]) if found else 0

    def empty(self) -> None:
        """Delete every row, for a demo that starts over; numbers of changes go on."""
        with self._lock, _answering(), _transaction(self._connection) as connection:
            connection.execute("DELETE FROM rows")

    def _prepare(self) -> None:
        """Open the file. While another opens or leaves it, SQLite is busy without waiting."""
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                self._open()
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > patience:
                    raise Unavailable(what="sqlite") from error
                time.sleep(BUSY_SECONDS)
            except sqlite3.DatabaseError as error:
                raise Unavailable(what="sqlite") from error
            else:
                return

    def _open(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        with _transaction(self._connection) as connection:
            for statement in _SCHEMA:
                connection.execute(statement)

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _select(self, where: str, **told: object) -> list[Row]:
        return [_row(found) for found in self._rows(_SELECT + where, now=self._seconds(), **told)]

    def _rows(self, statement: str, **told: object) -> list[tuple[Any, ...]]:
        with self._lock, _answering(), closing(self._connection.execute(statement, told)) as found:
            return found.fetchall()


@contextmanager
def _answering() -> Iterator[None]:
    """Turn every failure of SQLite (locked, disk full, not a database) into Unavailable."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise Unavailable(what="sqlite") from error


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _holds(connection: sqlite3.Connection, write: Write) -> bool:
    """Whether a write finds what it expects."""
    if isinstance(write, Add) or write.expect is Expect.ANY:
        return True
    found = connection.execute(
        "SELECT version FROM rows WHERE pk = ? AND sk = ?", write.key
    ).fetchone()
    if write.expect is Expect.ABSENT:
        return found is None
    return found is not None and write.expect in (Expect.PRESENT, found[0])


def _write(connection: sqlite3.Connection, write: Write) -> None:
    match write:
        case Put(row):
            connection.execute(_UPSERT, _columns(row))
        case Delete(key):
            connection.execute("DELETE FROM rows WHERE pk = ? AND sk = ?", key)
        case Add(key, amounts):
            _add(connection, key, amounts)
        case Check():
            pass


def _add(connection: sqlite3.Connection, key: Key, amounts: Mapping[str, int]) -> None:
    """Add within the transaction, which keeps every other writer out."""
    found = connection.execute("SELECT counters FROM rows WHERE pk = ? AND sk = ?", key).fetchone()
    counters = json.loads(found[0]) if found and found[0] else {}
    for name, amount in amounts.items():
        counters[name] = counters.get(name, 0) + amount
    connection.execute(_COUNT, {"pk": key.pk, "sk": key.sk, "counters": to_json(counters)})


def _columns(row: Row) -> dict[str, object]:
    places = {index: row.places.get(index, (None, None)) for index in Index}
    parts = [part for index in Index for part in places[index]]
    return {
        "pk": row.key.pk,
        "sk": row.key.sk,
        "version": row.version,
        "data": to_json(row.value),
        "counters": None,
        "expires": None if row.expires_at is None else to_seconds(row.expires_at),
        **dict(zip(_PLACES, parts, strict=True)),
    }


def _row(found: tuple[Any, ...]) -> Row:
    told = dict(zip(_COLUMNS, found, strict=True))
    return Row(
        key=Key(told["pk"], told["sk"]),
        value=json.loads(told["data"] or told["counters"]),
        version=told["version"],
        places={
            index: Place(told[f"{index}_pk"], told[f"{index}_sk"])
            for index in Index
            if told[f"{index}_pk"] is not None
        },
        expires_at=None if told["expires"] is None else from_seconds(told["expires"]),
    )

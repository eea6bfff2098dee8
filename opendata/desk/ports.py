"""The ports: what the use cases need from the world, and what they promise each other.

The store is one port for every kind of record. It is a table of rows in partitions with a few
sparse indexes, because that is what DynamoDB does well and SQLite does easily; both adapters pass
one contract suite. Which records there are, and their keys, stands in ``opendata.desk.records``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from opendata.rules.errors import CommitRefused

MAX_READ, MAX_WRITES = 100, 100
MAX_BYTES = 4 * 1024 * 1024


class Key(NamedTuple):
    """Where a row lies: its partition, and its place in the partition's order (by code point)."""

    pk: str
    sk: str


class Index(StrEnum):
    """The sparse indexes. A row stands in an index only where it gives a place for it."""

    TIMER = "timer"
    OWNER = "owner"
    AGENCY = "agency"
    OPEN = "open"


class Place(NamedTuple):
    """A row's place in an index: the index's partition and the place in its order."""

    partition: str
    order: str


@dataclass(frozen=True, slots=True)
class Row:
    """A stored record.

    Attributes:
        key: where it lies.
        value: what it says, as JSON (str, int, bool, None, list, dict; no floats).
        version: 0 for rows that are written once or blindly; else counted up by their writer.
        places: where it stands in the indexes.
        expires_at: after this instant (UTC) the row counts as gone; None: it stays.
    """

    key: Key
    value: Mapping[str, Any]
    version: int = 0
    places: Mapping[Index, Place] = field(default_factory=dict)
    expires_at: datetime | None = None


class Expect(StrEnum):
    """What a write expects to find in its place, beside a version number."""

    ABSENT = "absent"
    PRESENT = "present"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole row. ``expect``: a version that the stored row must have, or an Expect."""

    row: Row
    expect: int | Expect = Expect.ABSENT

    @property
    def key(self) -> Key:
        """The row's key."""
        return self.row.key


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a row; with Expect.ANY it is no error if there is none."""

    key: Key
    expect: int | Expect = Expect.ANY


@dataclass(frozen=True, slots=True)
class Add:
    """Add to the counters of a row, which begins empty; counters that come to 0 may stay."""

    key: Key
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing here, but hold the other writes to what this row is expected to be.

    ``expect`` is a version, ABSENT or PRESENT: to expect ANY would check nothing.
    """

    key: Key
    expect: int | Expect


Write = Put | Delete | Add | Check


class Page(NamedTuple):
    """Rows in order, and from where to go on: pass ``next`` back as ``after``; None at the end."""

    rows: Sequence[Row]
    next: str | None


class Store(Protocol):
    """A durable table of rows.

    Raises ``Unavailable`` from every method when the store does not answer.
    """

    def get(self, *keys: Key) -> Mapping[Key, Row]:
        """The rows that there are, strongly consistent, in one round trip (at most MAX_READ keys).

        A counter row (only ever written by Add) has its counters as ``value``.
        """
        ...

    def query(self, pk: str, prefix: str = "", *, after: str | None = None, limit: int = 0) -> Page:
        """Rows of one partition whose sk begins with ``prefix``, by sk, strongly consistent.

        ``limit`` 0 reads to the end, however many pages that takes underneath.
        """
        ...

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
        """Rows of one index partition in the index's order, eventually consistent.

        Args:
            index: which index.
            partition: its partition.
            prefix: only places whose order begins so.
            upto: only places whose order is at most this (not with ``prefix``).
            after: the ``next`` of an earlier page.
            limit: at most so many rows; 0 reads to the end.
        """
        ...

    def every(self, prefix: str, sk: str) -> Iterator[Row]:
        """The row at ``sk`` of each partition whose name begins with ``prefix``, in no order.

        Strongly consistent, and whatever the indexes hold. It reads the whole table, page by page:
        for proof and repair, never for somebody who waits.
        """
        ...

    def commit(self, *writes: Write) -> None:
        """All writes or none, durable when this returns.

        Raises:
            Stale: an expectation did not hold; ``keys`` names the rows. Nothing was written.
            CommitRefused: over MAX_WRITES rows or MAX_BYTES bytes, a row over 400 KB, a key or a
                place that is empty or over 1,024 bytes, an Add of nothing, no write at all, or
                one row twice. Nothing was written.
            Unavailable: the store did not answer; the writes may have been done or not.
        """
        ...


def refuse_oversized(writes: Sequence[Write], size: int) -> None:
    """Hold a commit to the limits of the narrower store; both adapters call this first.

    Raises:
        CommitRefused: with the reason as a code.
    """
    keys = [write.key for write in writes]
    if not keys:
        raise CommitRefused(reason="empty", size=0)
    if len(keys) > MAX_WRITES:
        raise CommitRefused(reason="rows", size=len(keys))
    if len(set(keys)) < len(keys):
        raise CommitRefused(reason="row_twice", size=len(keys))
    if size > MAX_BYTES:
        raise CommitRefused(reason="bytes", size=size)


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        ...

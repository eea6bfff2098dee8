"""What both stores share: JSON of a row's value, the limits of a commit, time, cutting a page.

How a row lies in SQLite or in DynamoDB does not stand here, but in the module of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

from opendata.desk.ports import MAX_READ, Add, Key, Page, Put, Row, Write, refuse_oversized
from opendata.rules.errors import CommitRefused

MAX_ROW_BYTES = 400_000
MAX_KEY_BYTES = 1_024

# What DynamoDB counts beside a row's own text: the names of its attributes, version and expiry.
_ROW_OVERHEAD = 128


def utc_now() -> datetime:
    """The clock of a store that was not given one."""
    return datetime.now(UTC)


def to_json(value: Mapping[str, Any]) -> str:
    """A row's value as compact JSON."""
    return json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_seconds(instant: datetime) -> int:
    """An expiry as epoch seconds, rounded up: a row never goes before its time."""
    return ceil(instant.timestamp())


def from_seconds(seconds: int) -> datetime:
    """Epoch seconds as an instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def distinct(keys: Sequence[Key]) -> list[Key]:
    """The keys of one read, each once.

    Raises:
        ValueError: more than one round trip can carry.
    """
    once = list(dict.fromkeys(keys))
    if len(once) > MAX_READ:
        raise ValueError(f"{len(once)} keys in one read, {MAX_READ} are possible")
    return once


def refuse_unfit(writes: Sequence[Write]) -> None:
    """Hold a commit to what DynamoDB takes, so that what works on one machine works on AWS.

    Raises:
        CommitRefused: with the reason as a code: those of ``refuse_oversized``, ``row_bytes``
            for a single row over MAX_ROW_BYTES, ``key`` for a key or place that is empty or over
            MAX_KEY_BYTES, ``no_amounts`` for an Add of nothing.
    """
    sizes = [_size(write) for write in writes]
    refuse_oversized(writes, sum(sizes))
    if max(sizes) > MAX_ROW_BYTES:
        raise CommitRefused(reason="row_bytes", size=max(sizes))
    if any(isinstance(write, Add) and not write.amounts for write in writes):
        raise CommitRefused(reason="no_amounts", size=len(writes))
    for write in writes:
        for part in _key_parts(write):
            if not 0 < len(part.encode()) <= MAX_KEY_BYTES:
                raise CommitRefused(reason="key", size=len(part.encode()))


def cut(rows: Sequence[Row], limit: int, mark: Callable[[Row], str]) -> Page:
    """A page of ``limit`` rows from a read that asked for one row more.

    Args:
        rows: what was read.
        limit: at most so many rows; 0: all of them.
        mark: the ``next`` that goes on behind a row.
    """
    if limit and len(rows) > limit:
        return Page(rows[:limit], mark(rows[limit - 1]))
    return Page(rows, None)


def _key_parts(write: Write) -> list[str]:
    places = write.row.places.values() if isinstance(write, Put) else ()
    return [*write.key, *(part for place in places for part in place)]


def _size(write: Write) -> int:
    text = "".join(_key_parts(write))
    if isinstance(write, Put):
        text += to_json(write.row.value)
    return len(text.encode()) + _ROW_OVERHEAD

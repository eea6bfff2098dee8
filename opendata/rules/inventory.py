"""資料盤點表: what a ministry has, what of it is to be opened, and when.

An item is a kind of data, not yet a dataset; it becomes one when the platform lists it. Which
dataset that is stands in ``matching``; what is stored, in ``desk.inventory``. Sources: 行動策略
(優先開放之理由、預計開放年度、施政計畫與系統納入開放需求); domain rules R7 and R13.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from opendata.rules.canonical import encode
from opendata.rules.errors import Fault
from opendata.rules.roc import roc_year

FIRST_YEAR = 102
FARTHEST = 20
MOST = 200
MAX_NUMBER = 40
NONE_PLANNED = 999
"""Stands for the year of what is not planned, behind all others."""


class Openness(StrEnum):
    """開放程度."""

    OPEN = "open"
    ON_REQUEST = "on_request"
    CLOSED = "closed"


class Priority(StrEnum):
    """優先開放之理由, as the strategy has them."""

    LEGALLY_REQUIRED = "legally_required"
    NO_RESTRICTION = "no_restriction"
    HIGH_DEMAND = "high_demand"


class Readiness(StrEnum):
    """What must be done before an item can be opened."""

    STRUCTURED = "structured"
    DEIDENTIFIED = "deidentified"
    OPEN_FORMAT = "open_format"


class Standing(StrEnum):
    """Where an item stands on the way to the platform."""

    OPENED = "opened"
    OVERDUE = "overdue"
    READY = "ready"
    PLANNED = "planned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Item:
    """盤點項目.

    Attributes:
        number: the ministry's own, or the number of the case that promised it.
        agency: code.
        title: 資料集名稱.
        openness: 開放程度; planned: 預計開放年度, 民國; None: not planned.
        priority: why it comes first; None: it doesn't.
        origin: 施政計畫 or system that it comes from; reason: why it is not opened.
        readiness: what of the list is done.
        dataset: number of the platform's dataset that it has become; opened: 上架日期 of that, or
            when it was matched.
        case: number of the case whose answer promised it; holder: Slack id of who promised.
        promised: the date that was promised there.
        rejected: numbers of datasets that are not this item, as somebody has said.
        version: counted up by every change.
    """

    number: str
    agency: str
    title: str
    openness: Openness = Openness.OPEN
    planned: int | None = None
    priority: Priority | None = None
    origin: str = ""
    reason: str = ""
    readiness: frozenset[Readiness] = frozenset()
    dataset: str | None = None
    opened: date | None = None
    case: str | None = None
    holder: str | None = None
    promised: date | None = None
    rejected: tuple[str, ...] = ()
    version: int = 0

    @property
    def ready(self) -> bool:
        """Whether everything of the readiness list is done."""
        return self.readiness == frozenset(Readiness)

    @property
    def waits(self) -> bool:
        """Whether it is yet to come to the platform."""
        return self.dataset is None and self.openness is not Openness.CLOSED


def standing(item: Item, today: date) -> Standing:
    """Where the item stands on a local date."""
    if item.dataset is not None:
        return Standing.OPENED
    if item.openness is Openness.CLOSED:
        return Standing.CLOSED
    if overdue(item, today):
        return Standing.OVERDUE
    return Standing.READY if item.ready else Standing.PLANNED


def overdue(item: Item, today: date) -> bool:
    """逾期未開放: the planned year, or the promised date, has passed without a dataset."""
    if not item.waits:
        return False
    late = item.planned is not None and item.planned < roc_year(today)
    return late or (item.promised is not None and item.promised < today)


def faults(item: Item, today: date) -> Iterator[Fault]:
    """What an item lacks, field by field (R13)."""
    if not item.title:
        yield Fault("title", "required")
    for name, most in (("number", MAX_NUMBER), ("title", MOST), ("origin", MOST), ("reason", MOST)):
        length = len(getattr(item, name))
        if length > most:
            yield Fault(name, "too_long", (("most", most), ("length", length)))
    last = roc_year(today) + FARTHEST
    if item.planned is not None and not FIRST_YEAR <= item.planned <= last:
        yield Fault("planned", "not_a_planned_year", (("first", FIRST_YEAR), ("last", last)))
    if item.waits and item.planned is None:
        yield Fault("planned", "year_required")
    if item.openness is Openness.CLOSED and not item.reason:
        yield Fault("reason", "why_closed")


_TOLD = ("agency", "title", "openness", "planned", "priority", "origin", "reason", "readiness")
_FOUND = ("dataset", "opened", "case", "holder", "promised", "rejected")
_NEED_REASON = ("planned", "openness")


def changes(before: Item | None, after: Item) -> dict[str, list[Any]]:
    """What becomes different, by field: before and after; {} if nothing does."""
    told = (one.name for one in fields(Item) if one.name in (*_TOLD, *_FOUND))
    old = before or replace(Item("", "", ""), planned=None)
    return {
        name: [encode(getattr(old, name)) if before else None, encode(getattr(after, name))]
        for name in told
        if getattr(old, name) != getattr(after, name)
    }


def unfounded(before: Item | None, after: Item, reason: str) -> Iterator[Fault]:
    """A changed planned year or openness that nobody gives a reason for (R13)."""
    if before is None or reason.strip():
        return
    for name in _NEED_REASON:
        if getattr(before, name) != getattr(after, name):
            yield Fault(name, "change_unfounded")


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of an item's history.

    Attributes:
        number: the version that it made.
        by: Slack id; None: the command line, or the desk itself.
        reason: as it was given.
        fields: before and after, by field.
    """

    number: int
    at: datetime
    by: str | None
    reason: str
    fields: dict[str, Any]


def overlaid(known: Item | None, told: Item) -> Item:
    """What a file says of an item over what is known: what the desk has found itself stays."""
    if known is None:
        return told
    found = {name: getattr(known, name) for name in _FOUND}
    if told.dataset is not None:
        found |= {"dataset": told.dataset, "opened": told.opened or known.opened}
    return replace(told, **found, version=known.version)


def tally(items: Iterable[Item]) -> dict[str, int]:
    """What items count for: by openness and standing, and those that wait by planned year."""
    counts: dict[str, int] = {}

    def more(name: str) -> None:
        counts[name] = counts.get(name, 0) + 1

    for item in items:
        more("items")
        more(item.openness.value)
        if item.dataset is not None:
            more("opened")
        elif item.waits:
            more(f"waits:{item.planned or NONE_PLANNED}")
            if item.ready:
                more("ready")
    return counts

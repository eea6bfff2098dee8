"""The hash chain of a case's events: how a link is made and how a chain is proven.

Where the events lie, and who may read them, does not stand here. Source: domain rule R16
(append-only, hash-chained); 資通安全責任等級分級辦法 附表十 (integrity of logs by hash).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from opendata.rules.canonical import digest, encode

if TYPE_CHECKING:
    from opendata.rules.feedback import Event

GENESIS = "0" * 64


class Flaw(StrEnum):
    """Why a chain does not hold."""

    MISSING = "missing"
    UNLINKED = "unlinked"
    EDITED = "edited"
    HEAD = "head"
    WORDS = "words"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the case, the event's number, and why."""

    case: str
    version: int
    reason: Flaw


def link(event: Event) -> str:
    """SHA-256 over the event's canonical JSON without its own hash, so over ``previous`` too."""
    told = encode(event)
    del told["hash"]
    return digest(told)


def verify(events: Iterable[Event]) -> tuple[Break, ...]:
    """Every place where the chain is not whole: an event edited, missing or out of order."""
    breaks = []
    previous, version = GENESIS, 0
    for event in events:
        version += 1
        if event.version != version:
            breaks.append(Break(event.case, version, Flaw.MISSING))
            version = event.version
        elif event.previous != previous:
            breaks.append(Break(event.case, version, Flaw.UNLINKED))
        if event.hash != link(event):
            breaks.append(Break(event.case, event.version, Flaw.EDITED))
        previous = event.hash
    return tuple(breaks)

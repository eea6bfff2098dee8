"""Proof: every case's chain of events, its head against them, and the words against their hashes.

It reads everything there is, and changes nothing. How links are sealed stands in ``rules.audit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from opendata.desk import records
from opendata.desk.context import Desk
from opendata.desk.ports import Row
from opendata.desk.reading import history
from opendata.rules.audit import Break, Flaw, verify
from opendata.rules.feedback import Action, Case, began, evolve
from opendata.rules.reply import Reply, reply_hash

_DRAFTING = (Action.DRAFT, Action.EXTEND)


def proven(desk: Desk) -> Iterator[tuple[str, tuple[Break, ...]]]:
    """Every case's number with what is wrong in its chain: links, and the head against its events.

    What was changed so that it cannot even be read is one of the things that are wrong. A case that
    no index holds is proven too.
    """
    key = records.head_key("")
    for head in desk.store.every(key.pk, key.sk):
        number = head.key.pk.removeprefix(key.pk)
        yield number, _proof(desk, number, head)


def _proof(desk: Desk, number: str, head: Row) -> tuple[Break, ...]:
    try:
        case, events = records.read_case(head), history(desk, number)
        written = _written(desk, number)
        rebuilt, breaks = None, list(verify(events))
        for event in events:
            rebuilt = evolve(rebuilt, event) if rebuilt else began(event, case.title)
            if event.action in _DRAFTING and not _as_written(rebuilt, written):
                breaks.append(Break(number, event.version, Flaw.WORDS))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return (Break(number, head.version, Flaw.UNREADABLE),)
    if rebuilt != case:
        breaks.append(Break(number, case.version, Flaw.HEAD))
    return tuple(breaks)


def _written(desk: Desk, number: str) -> dict[int, Reply]:
    """The replies that were drafted, as their words stand in the body rows."""
    rows = desk.store.query(records.case_partition(number), records.DRAFT).rows
    return {int(row.key.sk.removeprefix(records.DRAFT)): records.read_reply(row) for row in rows}


def _as_written(case: Case, written: Mapping[int, Reply]) -> bool:
    """Whether the words of the newest draft are those whose hash stands in the chain."""
    saved = case.draft
    words = written.get(saved.number) if saved else None
    return words is None or saved is None or reply_hash(case.id, case.round, words) == saved.hash

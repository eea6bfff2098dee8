"""Reconciling: what the platform's lists say was answered, against the cases.

Each list that is pulled is compared; what differs is kept, a row for each kind of list, and looked
at again when it is shown, so that what was put right meanwhile is gone. When two differ stands in
``rules.reconciling``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from opendata.desk import records
from opendata.desk.context import Desk
from opendata.desk.ports import MAX_READ, Expect, Key, Put, Row
from opendata.rules.canonical import decode, encode
from opendata.rules.feedback import Case, Kind
from opendata.rules.reconciling import Difference, difference

KEPT = 50
"""Differences that are kept of a list, the first by number; how many there are is counted."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a list says of a case: whether it was answered."""

    case: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A comparison.

    Attributes:
        at: when.
        compared: cases that the list said something of.
        differing: how many of them were not as the list says; said: the first KEPT of those.
    """

    at: datetime
    compared: int = 0
    differing: int = 0
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Differing:
    """A case that is not as the platform says."""

    case: Case
    how: Difference


def _key(kind: Kind) -> Key:
    return records.watch_key(f"{records.RECONCILED}.{kind}")


def compare(desk: Desk, kind: Kind, said: Sequence[Said]) -> Reconciled:
    """Compare what a list says with the cases, and keep what differs.

    What an earlier list said of cases that this one does not speak of stays.
    """
    key = _key(kind)
    row = desk.store.get(key).get(key)
    known = decode(Reconciled, row.value).said if row else ()
    spoken = {one.case for one in said}
    found = list(_differing(desk, said))
    kept = [*(Said(one.case.id, one.how is not Difference.UNANSWERED) for one in found)]
    kept += [one for one in known if one.case not in spoken]
    kept.sort(key=lambda one: one.case)
    now = Reconciled(desk.now(), len(spoken), len(found), tuple(kept[:KEPT]))
    desk.store.commit(Put(Row(key, encode(now)), Expect.ANY))
    return replace(now, said=tuple(kept))


def differences(desk: Desk) -> tuple[Differing, ...]:
    """What still differs, of all that was kept, by number; two reads where there is anything."""
    keys = [_key(kind) for kind in Kind]
    rows = desk.store.get(*keys)
    said = [one for row in rows.values() for one in decode(Reconciled, row.value).said]
    return tuple(_differing(desk, said)) if said else ()


def _differing(desk: Desk, said: Iterable[Said]) -> Iterable[Differing]:
    answered = {one.case: one.answered for one in said}
    keys = [records.head_key(number) for number in sorted(answered)]
    for at in range(0, len(keys), MAX_READ):
        rows = desk.store.get(*keys[at : at + MAX_READ])
        for key in keys[at : at + MAX_READ]:
            if key in rows:
                case = records.read_case(rows[key])
                how = difference(case, desk.now(), answered=answered[case.id])
                if how is not None:
                    yield Differing(case, how)

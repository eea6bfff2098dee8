"""Everything that events can give again, recomputed from them and compared with what is stored.

That is each case's head with its places in the indexes and its next milestone, and the counters of
cases and datasets. Chains and words are proven in ``proof``. What differs is put right only when
it is asked for, in a way that spoils nothing while the desk runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from opendata.desk import catalogue, records
from opendata.desk import catalogue_records as stored
from opendata.desk.casefile import ATTEMPTS, Sheet
from opendata.desk.context import Desk
from opendata.desk.ports import MAX_READ, Add, Key, Put, Row
from opendata.desk.reading import history
from opendata.rules import kpi
from opendata.rules.errors import Stale, Unavailable
from opendata.rules.feedback import Case, began, evolve

Counters = Mapping[tuple[str, str], Mapping[str, int]]
"""Counts by quarter and agency; nothing that is nought."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that is not what the events give.

    Attributes:
        what: ``head``, ``index`` or ``unreadable`` of a case, or the name of a counter.
        of: the case's number, or quarter and agency of the counter.
        stored, recounted: the counts, or versions of the head; None: there is none.
    """

    what: str
    of: str
    stored: int | None = None
    recounted: int | None = None


@dataclass(slots=True)
class Rebuilt:
    """What was looked at, what differs, and the amounts that would put the counters right."""

    cases: int = 0
    heads: list[Difference] = field(default_factory=list)
    counters: list[Difference] = field(default_factory=list)
    missing: dict[Key, dict[str, int]] = field(default_factory=dict)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All of them."""
        return (*self.heads, *self.counters)


def rebuild(desk: Desk, *, check: bool, told: Callable[[int], None] = lambda _n: None) -> Rebuilt:
    """Recompute everything and compare; unless it is a check, put right what differs.

    A case that changes meanwhile lets the counting begin anew, so that counters are compared with
    the very events that they count.

    Args:
        desk: the desk.
        check: change nothing.
        told: hears after each case how many were looked at.

    Raises:
        Unavailable: the desk was too busy each time; nothing was put right.
    """
    for _ in range(ATTEMPTS):
        found, seen, sync = Rebuilt(), dict[str, int](), catalogue.last_sync(desk)
        sums = _summed(desk, found, seen, check=check, told=told)
        live = counters(desk)
        if seen == _versions(desk, seen) and sync == catalogue.last_sync(desk):
            _compare(found, live, sums)
            if found.missing and not check:
                for key, amounts in found.missing.items():
                    desk.store.commit(Add(key, amounts))
            return found
    raise Unavailable(what="rebuild")


def counters(desk: Desk) -> Counters:
    """The counters as they are stored."""
    live = {}
    for row in desk.store.query(records.STATUS).rows:
        quarter, _, agency = row.key.sk.partition("#")
        if not (quarter.isalpha() or stored.is_target(row)):
            live[quarter, agency] = {name: n for name, n in row.value.items() if n}
    return {key: counts for key, counts in live.items() if counts}


def _summed(
    desk: Desk,
    found: Rebuilt,
    seen: dict[str, int],
    *,
    check: bool,
    told: Callable[[int], None],
) -> Counters:
    """The counters as events and datasets add up to them; heads are looked at on the way."""
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for (quarter, agency), counts in catalogue.recounted(desk).items():
        sums[quarter, agency] = dict(counts)
    for head in _heads(desk):
        number = _number(head.key)
        seen[number] = head.version
        found.cases += 1
        try:
            case = _replayed(desk, number, head)
            if difference := _head_of(desk, head, case, check=check):
                found.heads.append(difference)
            for tally in kpi.tallies(case).values():
                counted = sums.setdefault((tally.quarter, tally.agency), {})
                for name, n in tally.counts.items():
                    counted[name] = counted.get(name, 0) + n
        except records.UNREADABLE:
            found.heads.append(Difference("unreadable", number))
        told(found.cases)
    tidy = {key: {name: n for name, n in one.items() if n} for key, one in sums.items()}
    return {key: counts for key, counts in tidy.items() if counts}


def _heads(desk: Desk) -> Iterator[Row]:
    """Of every case, also one that has lost its place in the indexes, or is not there yet."""
    key = records.head_key("")
    return desk.store.every(key.pk, key.sk)


def _number(head: Key) -> str:
    return head.pk.removeprefix(records.case_partition(""))


def _versions(desk: Desk, seen: Mapping[str, int]) -> dict[str, int]:
    """The versions of all cases by now, strongly consistent."""
    numbers = {*seen, *(_number(row.key) for row in _heads(desk))}
    keys = [records.head_key(number) for number in sorted(numbers)]
    found = (desk.store.get(*keys[at : at + MAX_READ]) for at in range(0, len(keys), MAX_READ))
    return {_number(key): row.version for rows in found for key, row in rows.items()}


def _replayed(desk: Desk, number: str, head: Row) -> Case:
    """The case as its events give it; its title is no part of them."""
    first, *further = history(desk, number)
    case = began(first, str(head.value.get("title", "")))
    for event in further:
        case = evolve(case, event)
    return case


def _head_of(desk: Desk, head: Row, case: Case, *, check: bool) -> Difference | None:
    """Whether a head, or its place in an index, is not what the events give."""
    versions = desk.store.get(*records.VERSIONS)
    put = Sheet.of(desk, case, versions=versions).head()
    if (put.row.value, put.row.places, put.row.version) == (head.value, head.places, head.version):
        return None
    if not check:
        try:
            desk.store.commit(Put(put.row, head.version))
        except Stale:
            return None  # somebody has just written it anew
    what = "head" if put.row.value != head.value else "index"
    return Difference(what, case.id, head.version, case.version)


def _compare(found: Rebuilt, live: Counters, sums: Counters) -> None:
    for quarter, agency in sorted({*live, *sums}):
        old, new = live.get((quarter, agency), {}), sums.get((quarter, agency), {})
        for name in sorted({*old, *new}):
            if old.get(name, 0) != new.get(name, 0):
                of = f"{quarter} {agency}"
                found.counters.append(Difference(name, of, old.get(name, 0), new.get(name, 0)))
                amounts = found.missing.setdefault(records.counter_key(quarter, agency), {})
                amounts[name] = new.get(name, 0) - old.get(name, 0)

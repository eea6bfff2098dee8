"""Everything that events can give again, recomputed from them and compared with what is stored.

That is each case's head with its places in the indexes and its next milestone, and the counters of
cases, of datasets and of the inventory. Chains and words are proven in ``proof``. What differs is
put right only when it is asked for, in a way that spoils nothing while the desk runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from opendata.desk import catalogue, inventory, records
from opendata.desk import catalogue_records as stored
from opendata.desk.casefile import ATTEMPTS, Sheet
from opendata.desk.context import Desk
from opendata.desk.inventory_records import counts_key
from opendata.desk.ports import MAX_READ, Add, Key, Put, Row
from opendata.desk.reading import history
from opendata.rules import kpi
from opendata.rules.errors import Stale, Unavailable
from opendata.rules.feedback import Case, began, evolve

AT_ONCE = 50
UNREADABLE = "unreadable"
Counters = Mapping[tuple[str, str], Mapping[str, int]]
"""Counts by quarter and agency; nothing that is nought."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that is not what the events give.

    Attributes:
        what: ``head``, ``index`` or ``unreadable`` of a case, or the name of a counter.
        of: the case's number, or of a counter quarter (or INVENTORY) and agency.
        stored, recounted: the counts, or versions of the head; None: not known.
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
    def unreadable(self) -> bool:
        """Whether a case could not be counted: then counters that differ are left as they are."""
        return any(one.what == UNREADABLE for one in self.heads)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All of them."""
        return (*self.heads, *self.counters)


def rebuild(desk: Desk, *, check: bool, told: Callable[[int], None] = lambda _n: None) -> Rebuilt:
    """Recompute everything and compare; unless it is a check, put right what differs.

    What changes meanwhile lets the counting begin anew, so that counters are compared with the very
    events, datasets and items that they count.

    Args:
        desk: the desk.
        check: change nothing.
        told: hears after each case how many were looked at.

    Raises:
        Unavailable: the desk was too busy each time; nothing was put right.
    """
    for _ in range(ATTEMPTS):
        found, seen, lists = Rebuilt(), dict[str, int](), _lists(desk)
        datasets, items = lists
        sums = _summed(desk, found, seen, datasets, check=check, told=told)
        live, held = counters(desk), _held(desk)
        if seen == _versions(desk, seen) and lists == _lists(desk):
            _compare(found, live, sums, records.counter_key)
            _compare(found, held, items, lambda _, agency: counts_key(agency))
            if not (check or found.unreadable):
                _mend(desk, found.missing)
            return found
    raise Unavailable(what="rebuild")


def _mend(desk: Desk, missing: Mapping[Key, Mapping[str, int]]) -> None:
    """Add what is missing, a few counts at a time: an update of DynamoDB may be 4 KB long."""
    for key, amounts in missing.items():
        names = sorted(amounts)
        for at in range(0, len(names), AT_ONCE):
            some = {name: amounts[name] for name in names[at : at + AT_ONCE]}
            desk.store.commit(Add(key, some))


def counters(desk: Desk) -> Counters:
    """The counters as they are stored."""
    live = {}
    for row in desk.store.query(records.STATUS).rows:
        quarter, _, agency = row.key.sk.partition("#")
        if not (quarter.isalpha() or stored.is_target(row)):
            live[quarter, agency] = row.value
    return _tidy(live)


def _lists(desk: Desk) -> tuple[Counters, Counters]:
    """The counters as the datasets add up to them, and those of the inventory as its items do."""
    items = {(records.INVENTORY, code): sums for code, sums in inventory.recounted(desk).items()}
    return catalogue.recounted(desk), _tidy(items)


def _held(desk: Desk) -> Counters:
    """The counters of the inventory as they are stored."""
    stored_counts = inventory.overview(desk).counts
    return _tidy({(records.INVENTORY, code): counts for code, counts in stored_counts.items()})


def _tidy(sums: Counters) -> Counters:
    kept = {key: {name: n for name, n in one.items() if n} for key, one in sums.items()}
    return {key: counts for key, counts in kept.items() if counts}


def _summed(
    desk: Desk,
    found: Rebuilt,
    seen: dict[str, int],
    datasets: Counters,
    *,
    check: bool,
    told: Callable[[int], None],
) -> Counters:
    """The counters as events and datasets add up to them; heads are looked at on the way."""
    sums = {key: dict(counts) for key, counts in datasets.items()}
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
            found.heads.append(Difference(UNREADABLE, number))
        told(found.cases)
    return _tidy(sums)


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


def _compare(
    found: Rebuilt, live: Counters, sums: Counters, key_of: Callable[[str, str], Key]
) -> None:
    for quarter, agency in sorted({*live, *sums}):
        old, new = live.get((quarter, agency), {}), sums.get((quarter, agency), {})
        for name in sorted({*old, *new}):
            if old.get(name, 0) != new.get(name, 0):
                of = f"{quarter} {agency}"
                found.counters.append(Difference(name, of, old.get(name, 0), new.get(name, 0)))
                amounts = found.missing.setdefault(key_of(quarter, agency), {})
                amounts[name] = new.get(name, 0) - old.get(name, 0)

"""The inventory: take items in, change them with a reason, and say what there is.

Every change leaves an entry in the item's history and moves what its agency's items count for, in
one transaction. How files look stands in ``adapters.inventory_files``; which dataset an item has
become, in ``matching``; what was promised to a citizen, in ``promises``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opendata.desk import inventory_records as stored
from opendata.desk import outbox, records
from opendata.desk.context import Desk
from opendata.desk.inventory_records import Suggestion
from opendata.desk.outbox import Message
from opendata.desk.ports import MAX_READ, Add, Expect, Index, Put, Write
from opendata.rules import inventory as rules
from opendata.rules.errors import Fault, Invalid, NotFound, Stale, Stranger, WrongRole
from opendata.rules.feedback import Action
from opendata.rules.inventory import Change, Item
from opendata.rules.people import Person, Role
from opendata.rules.roc import roc_year

AT_ONCE = 20
"""Items in a transaction: each is its row, an entry of its history and an agency's counts."""
PAGE, BETWEEN = 20, 20
"""BETWEEN: tasks that may wait between the counts and the suggestions."""
_MAY_CHANGE = frozenset({Role.OFFICER, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it is handed in, with the line it stands in and the reason for what changes."""

    line: int
    item: Item
    reason: str = ""


Refused = tuple[int, Fault]
"""A line, and why it was not taken."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file: how many items are new, changed, or as they were; who was refused."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: tuple[Refused, ...] = ()


def take_in(
    desk: Desk, entries: Sequence[Entry], by: str | None = None, within: str | None = None
) -> TakenIn:
    """Take items in; good ones go in, those that lack something are refused by line.

    What differs from what is known is a change; the same file again changes nothing.

    Args:
        desk: the desk.
        entries: the rows of a file that could be read.
        by: Slack id of who hands it in; None: the command line.
        within: the only agency whose items may be changed, whatever agency a row names.

    Raises:
        Stale: somebody else changed one of the items in this moment; what went in before stays.
    """
    refused, new, changed, same = list[Refused](), 0, 0, 0
    for at in range(0, len(entries), AT_ONCE):
        moved = list[tuple[Item | None, Item, str]]()
        some = entries[at : at + AT_ONCE]
        known = items(desk, [one.item.number for one in some])
        for entry in some:
            before = known.get(entry.item.number)
            if before is not None and within not in (None, before.agency):
                refused.append((entry.line, Fault("機關", "another_agency")))
                continue
            after = rules.overlaid(before, entry.item)
            faults = [
                *rules.faults(after, desk.today()),
                *rules.unfounded(before, after, entry.reason),
            ]
            if faults:
                refused += ((entry.line, fault) for fault in faults)
            elif before is not None and not rules.changes(before, after):
                same += 1
            else:
                moved.append((before, after, entry.reason))
                new, changed = new + (before is None), changed + (before is not None)
        if moved:
            desk.store.commit(*writes(desk, moved, by))
    if new or changed:
        ask_for_matching(desk)
    return TakenIn(new, changed, same, tuple(refused))


def writes(
    desk: Desk, moved: Iterable[tuple[Item | None, Item, str]], by: str | None
) -> Iterator[Write]:
    """Items in their new state, their history, and what that adds to the counts."""
    counts: dict[str, dict[str, int]] = {}
    for before, after, reason in moved:
        now = replace(after, version=(before.version if before else 0) + 1)
        change = Change(now.version, desk.now(), by, reason, rules.changes(before, now))
        yield Put(stored.item_row(now), before.version if before else Expect.ABSENT)
        yield Put(stored.change_row(now.number, change))
        for item, factor in ((before, -1), (now, 1)):
            if item is not None:
                sums = counts.setdefault(item.agency, {})
                for name, n in rules.tally([item]).items():
                    sums[name] = sums.get(name, 0) + factor * n
    for agency, sums in counts.items():
        amounts = {name: n for name, n in sums.items() if n}
        if amounts:
            yield Add(stored.counts_key(agency), amounts)


def ask_for_matching(desk: Desk) -> None:
    """Leave the task to look for datasets."""
    desk.store.commit(matching_asked(desk))


def matching_asked(desk: Desk) -> Put:
    """The task to look for datasets, for a commit that makes it necessary."""
    number = int(desk.now().timestamp())
    task = outbox.task(desk, Message.MATCH, records.INVENTORY, number)
    return Put(outbox.intent_row(task), Expect.ANY)


# -- what there is ------------------------------------------------------------------------------


def item(desk: Desk, number: str) -> Item:
    """An item.

    Raises:
        NotFound: there is none of this number.
    """
    found = items(desk, [number])
    if number not in found:
        raise NotFound(what="item", name=number)
    return found[number]


def items(desk: Desk, numbers: Iterable[str]) -> dict[str, Item]:
    """Those of the items that there are, by number; strongly consistent."""
    keys = [stored.item_key(number) for number in dict.fromkeys(numbers)]
    found = (desk.store.get(*keys[at : at + MAX_READ]) for at in range(0, len(keys), MAX_READ))
    read = [stored.read_item(row) for rows in found for row in rows.values()]
    return {one.number: one for one in read}


def items_of(desk: Desk, agency: str) -> Iterator[Item]:
    """An agency's items by number; eventually consistent."""
    for row in desk.store.find(Index.AGENCY, stored.shelf(agency)).rows:
        yield stored.read_item(row)


def every(desk: Desk) -> Iterator[Item]:
    """All items, agency by agency. Not for a request: it reads everything."""
    for agency in desk.directory().agencies:
        yield from items_of(desk, agency.code)


def history(desk: Desk, number: str) -> tuple[Change, ...]:
    """What was done to an item, oldest first."""
    rows = desk.store.query(stored.item_partition(number), stored.HISTORY).rows
    return tuple(map(stored.read_change, rows))


def first_changes(desk: Desk, agency: str) -> Iterator[Change]:
    """How each of an agency's items came to be. Not for a request: it reads all of them."""
    keys = [stored.change_key(one.number, 1) for one in items_of(desk, agency)]
    for at in range(0, len(keys), MAX_READ):
        for row in desk.store.get(*keys[at : at + MAX_READ]).values():
            yield stored.read_change(row)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of items, and from where to go on."""

    items: tuple[Item, ...]
    next: str | None


def overdue(desk: Desk, after: str | None = None, limit: int = PAGE) -> Listed:
    """逾期未開放: what was planned for a year that has passed, the oldest first."""
    last = f"{roc_year(desk.today()) - 1:03}~"
    page = desk.store.find(Index.OPEN, stored.WAITING, upto=last, after=after, limit=limit)
    return Listed(tuple(map(stored.read_item, page.rows)), page.next)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the inventory comes to.

    Attributes:
        counts: of each agency; total: of all. Names are those of ``rules.inventory.tally``.
        overdue: how many should have been opened in a year that has passed.
        suggestions: what waits for somebody to confirm it, the first PAGE.
        more: there are more of them.
    """

    counts: Mapping[str, Mapping[str, int]]
    total: Mapping[str, int]
    overdue: int
    suggestions: tuple[Suggestion, ...]
    more: bool


def overview(desk: Desk) -> Overview:
    """The whole inventory in one query: a row for each agency, and of suggestions a page."""
    most = len(desk.directory().agencies) + BETWEEN + PAGE + 1
    rows = desk.store.query(records.INVENTORY, limit=most).rows
    counts = {
        row.key.sk.removeprefix(stored.COUNTS): {name: n for name, n in row.value.items() if n}
        for row in rows
        if row.key.sk.startswith(stored.COUNTS)
    }
    total: dict[str, int] = {}
    for one in counts.values():
        for name, n in one.items():
            total[name] = total.get(name, 0) + n
    late = sum(n for name, n in total.items() if _is_late(name, roc_year(desk.today())))
    suggested = [
        stored.read_suggestion(row) for row in rows if row.key.sk.startswith(stored.SUGGESTED)
    ]
    return Overview(counts, total, late, tuple(suggested[:PAGE]), len(suggested) > PAGE)


def _is_late(name: str, year: int) -> bool:
    what, _, planned = name.partition(":")
    return what == "waits" and int(planned) < year


def recounted(desk: Desk) -> dict[str, dict[str, int]]:
    """The counts as the items add up to them, by agency; it reads everything."""
    by_agency: dict[str, list[Item]] = {}
    for one in every(desk):
        by_agency.setdefault(one.agency, []).append(one)
    return {agency: rules.tally(some) for agency, some in by_agency.items()}


# -- who may ------------------------------------------------------------------------------------


def for_change(desk: Desk, actor: str, agency: str) -> Person:
    """Who changes items of an agency: its officers, and coordinators of it or above.

    Raises:
        Stranger: not in the roster.
        WrongRole: in another agency, or with another role.
    """
    directory = desk.directory()
    person = directory.person(actor)
    if person is None or not person.active:
        raise Stranger(person=actor)
    if _MAY_CHANGE.isdisjoint(directory.roles_in(person, agency)):
        raise WrongRole(action=Action.AMEND, roles=tuple(sorted(_MAY_CHANGE)))
    return person


def is_coordinator(desk: Desk, actor: str, agency: str) -> bool:
    """Whether somebody is a coordinator of an agency or of one above it."""
    directory = desk.directory()
    person = directory.person(actor)
    return person is not None and Role.COORDINATOR in directory.roles_in(person, agency)


def change(
    desk: Desk,
    number: str,
    actor: str,
    shown: int,
    told: Callable[[Item], Mapping[str, Any]],
    reason: str,
) -> Item:
    """Change an item by hand.

    Args:
        desk: the desk.
        number: the item's.
        actor: Slack id.
        shown: the version that the person saw.
        told: gives the fields as they should be, of the item as it is.
        reason: why; needed where planned year or openness change.

    Raises:
        Stranger, WrongRole.
        Invalid: what it lacks, field by field.
        Stale: somebody else has changed it since it was shown.
    """
    before = item(desk, number)
    for_change(desk, actor, before.agency)
    if before.version != shown:
        raise Stale(keys=(stored.item_key(number),))
    after = replace(before, **told(before))
    faults = [*rules.faults(after, desk.today()), *rules.unfounded(before, after, reason)]
    if faults:
        raise Invalid(*faults)
    if not rules.changes(before, after):
        return before
    desk.store.commit(*writes(desk, [(before, after, reason.strip())], actor))
    return replace(after, version=before.version + 1)

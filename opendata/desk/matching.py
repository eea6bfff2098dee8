"""Items of the inventory and datasets: the same title is matched, a likely one is asked about.

A task does it after every import and every sync, agency by agency. What is only likely waits for
somebody to confirm it; what was rejected is never asked again. How alike titles are is decided in
``rules.matching``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from opendata.desk import catalogue, inventory, outbox, records
from opendata.desk import inventory_records as stored
from opendata.desk.catalogue_records import dataset_key, read_dataset
from opendata.desk.context import Desk
from opendata.desk.inventory_records import Suggestion
from opendata.desk.outbox import Intent, Message, intent_row
from opendata.desk.ports import Delete, Expect, Put, Row, Write
from opendata.rules import matching as rules
from opendata.rules.catalogue import Dataset
from opendata.rules.errors import Fault, Invalid, NotFound
from opendata.rules.inventory import Item
from opendata.rules.people import Directory

AT_ONCE = 90
"""Suggestions that are written or taken away in a transaction."""


def match(
    desk: Desk,
    task: Intent,
    enough: Callable[[], bool] | None = None,
    *,
    unread: Callable[[str], None] | None = None,  # noqa: ARG001  # a task is called so
) -> bool:
    """Look for the datasets that items which wait have become; see ``tasks.Task``."""
    waiting = sorted(
        {code for row in desk.store.query(records.INVENTORY).rows for code in _of(row)}
    )
    datasets = [one for one in catalogue.every(desk) if one.delisted is None] if waiting else []
    for code in waiting:
        if task.cursor is not None and code <= task.cursor:
            continue
        _match_agency(desk, code, datasets)
        if enough and enough():
            outbox.put_off(desk, replace(task, cursor=code), timedelta(0), anew=True)
            return False
    outbox.done(desk, task)
    return True


def _of(row: Row) -> Iterator[str]:
    """The agency that a row calls to look at: its items wait, or something is suggested."""
    kind, _, rest = row.key.sk.partition("#")
    if f"{kind}#" == stored.SUGGESTED:
        yield rest.partition("#")[0]
    elif any(n and name.startswith("waits:") for name, n in row.value.items()):
        yield rest


def _match_agency(desk: Desk, code: str, datasets: Sequence[Dataset]) -> None:
    """Match what is the same, and suggest what is likely: of the agency and of those below it."""
    items = list(inventory.items_of(desk, code))
    taken = {item.dataset for item in items if item.dataset}
    near = [one for one in datasets if one.id not in taken and _within(desk.directory(), one, code)]
    own = {rules.key(one.title): one for one in near if one.agency == code}
    titles, likely = rules.Titles((one.id, one.title) for one in near), list[Suggestion]()
    for item in (one for one in items if one.waits):
        same = own.pop(rules.key(item.title), None)
        if same is not None and same.id not in item.rejected:
            after = _opened(item, same)
            desk.store.commit(
                *inventory.writes(desk, [(item, after, "")], None), *_kept(desk, after)
            )
            taken.add(same.id)
        else:
            others = taken.union(item.rejected)
            likely += (
                Suggestion(item.number, code, item.title, one.dataset, one.title, one.score)
                for one in titles.likely(item.title, others)
            )
    _suggest(desk, code, [one for one in likely if one.dataset not in taken])


def _within(directory: Directory, one: Dataset, code: str) -> bool:
    return any(agency.code == code for agency in directory.ancestors(one.agency))


def _suggest(desk: Desk, code: str, likely: Sequence[Suggestion]) -> None:
    """Exactly these suggestions stand for an agency."""
    wanted = {one.key: one for one in map(stored.suggestion_row, likely)}
    prefix = f"{stored.SUGGESTED}{code}#"
    known = {row.key: row for row in desk.store.query(records.INVENTORY, prefix).rows}
    writes: list[Write] = [Delete(key, Expect.ANY) for key in known if key not in wanted]
    writes += [
        Put(row, Expect.ANY)
        for key, row in wanted.items()
        if key not in known or known[key].value != row.value
    ]
    for at in range(0, len(writes), AT_ONCE):
        desk.store.commit(*writes[at : at + AT_ONCE])


def _opened(item: Item, dataset: Dataset) -> Item:
    return replace(item, dataset=dataset.id, opened=dataset.listed or dataset.first_seen)


def _kept(desk: Desk, item: Item) -> Iterator[Write]:
    """Whoever was promised it is told."""
    if item.case is not None:
        number = int(desk.now().timestamp())
        task = outbox.task(desk, Message.FULFIL, item.case, number)
        yield Put(intent_row(replace(task, occasion=item.number)), Expect.ANY)


# -- what somebody says of a suggestion ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a suggestion: the item, and whether the dataset is it."""

    item: Item
    confirmed: bool


def settle(desk: Desk, number: str, dataset_id: str, actor: str, *, confirmed: bool) -> Settled:
    """確認 or 不是同一項: the dataset is this item, or never will be.

    Raises:
        Stranger, WrongRole.
        Invalid: ``already_settled`` – the item has become a dataset by now; it says by whom; or
            ``dataset_gone`` – there is no such dataset any more.
        Stale: somebody else changed the item in this moment.
    """
    keys = stored.item_key(number), dataset_key(dataset_id)
    rows = desk.store.get(*keys)
    if keys[0] not in rows:
        raise NotFound(what="item", name=number)
    item = stored.read_item(rows[keys[0]])
    inventory.for_change(desk, actor, item.agency)
    if item.dataset is not None:
        last = inventory.history(desk, number)[-1]
        person = desk.directory().person(last.by or "")
        told = (("by", person.name if person else last.by or ""), ("at", last.at))
        raise Invalid(Fault("item", "already_settled", told))
    dataset = read_dataset(rows[keys[1]]) if keys[1] in rows else None
    if not confirmed:
        after = replace(item, rejected=(*item.rejected, dataset_id))
    elif dataset is None or dataset.delisted is not None:
        raise Invalid(Fault("item", "dataset_gone", (("id", dataset_id),)))
    else:
        after = _opened(item, dataset)
    desk.store.commit(
        *inventory.writes(desk, [(item, after, "")], actor),
        *(_kept(desk, after) if confirmed else ()),
        Delete(stored.suggestion_key(item.agency, number, dataset_id), Expect.ANY),
        inventory.matching_asked(desk),
    )
    return Settled(after, confirmed)

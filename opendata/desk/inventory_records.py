"""The inventory's records as rows: items, their history, suggestions, and what they count for."""

from __future__ import annotations

from dataclasses import dataclass

from opendata.desk.ports import Index, Key, Place, Row
from opendata.desk.records import INVENTORY
from opendata.rules.canonical import decode, encode
from opendata.rules.inventory import NONE_PLANNED, Change, Item

ITEM, HISTORY, COUNTS, SUGGESTED = "ITEM", "HIST#", "COUNT#", "SUGGESTED#"
WAITING = "INV"


def item_partition(number: str) -> str:
    return f"ITEM#{number}"


def item_key(number: str) -> Key:
    return Key(item_partition(number), ITEM)


def shelf(agency: str) -> str:
    """The partition of an agency's items in the index of agencies."""
    return f"INV#{agency}"


def promises_of(person: str) -> str:
    """The partition of what somebody has promised in the index of owners."""
    return f"PROMISE#{person}"


def item_row(item: Item) -> Row:
    """An item stands with its agency; one that waits among all that do, by planned year."""
    order = f"{item.planned or NONE_PLANNED:03}#{item.agency}#{item.number}"
    places = {Index.AGENCY: Place(shelf(item.agency), item.number)}
    if item.waits:
        places[Index.OPEN] = Place(WAITING, order)
        if item.holder and item.case:
            mine = f"{item.planned or NONE_PLANNED:03}#{item.number}"
            places[Index.OWNER] = Place(promises_of(item.holder), mine)
    return Row(item_key(item.number), encode(item), item.version, places)


def read_item(row: Row) -> Item:
    return decode(Item, row.value)


def change_key(number: str, change: int) -> Key:
    return Key(item_partition(number), f"{HISTORY}{change:05}")


def change_row(number: str, change: Change) -> Row:
    return Row(change_key(number, change.number), encode(change))


def read_change(row: Row) -> Change:
    return decode(Change, row.value)


def counts_key(agency: str) -> Key:
    """What an agency's items count for; all agencies' lie together."""
    return Key(INVENTORY, f"{COUNTS}{agency}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dataset that an item may have become, for somebody to confirm; ``score`` in per cent."""

    item: str
    agency: str
    title: str
    dataset: str
    dataset_title: str
    score: int


def suggestion_key(agency: str, item: str, dataset: str) -> Key:
    return Key(INVENTORY, f"{SUGGESTED}{agency}#{item}#{dataset}")


def suggestion_row(one: Suggestion) -> Row:
    return Row(suggestion_key(one.agency, one.item, one.dataset), encode(one))


def read_suggestion(row: Row) -> Suggestion:
    return decode(Suggestion, row.value)

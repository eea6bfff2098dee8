"""Samples of the inventory: its numbers, suggestions, what is overdue, an item to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.ids import Button, Ref
from infra.samples_desk import AGENCY, AGENCY_NAME, COORDINATOR, OFFICER, Ministry, Sample
from opendata.desk import catalogue, inventory, outbox, tasks
from opendata.desk.inventory import Entry
from opendata.desk.outbox import TASKS
from opendata.rules.catalogue import Found, Listing
from opendata.rules.inventory import MOST, Item, Openness, Priority, Readiness

_LATE, _FULL = 12, 3
_PASSED, _AHEAD = date(2026, 2, 1), date(2026, 9, 30)


class Shown:
    """An export of some datasets."""

    form, numbered, digest = "csv22", True, "0" * 64

    def __init__(self, *listings: Listing) -> None:
        self._listings = listings

    def __iter__(self) -> Iterator[Found]:
        return (Found(n, one, (), one.id) for n, one in enumerate(self._listings, 2))


def synced(made: Ministry, *listings: Listing) -> None:
    """A list of the platform is taken in, and what follows from it is done."""
    catalogue.sync(made.desk, lambda: Shown(*listings), "export.csv", lambda _n, _fault: None)
    worked(made)


def worked(made: Ministry) -> None:
    """Do the tasks that wait, and those that they leave."""
    while found := [one for one in outbox.waiting(made.desk, 1000) if one.kind in TASKS]:
        for task in found:
            tasks.perform(made.desk, task)


def inventories(made: Ministry) -> Iterator[Sample]:
    """From an empty inventory to one with suggestions, overdue items, and one that is changed."""
    yield made.answer("inventory-none", made.command(COORDINATOR, "inventory"))
    yield made.answer("inventory-late-none", made.press(COORDINATOR, Button.LATE_ITEMS, "-"))
    title = " ".join(made.words.title.split())[:MOST]
    items = [
        Item("A1", AGENCY, title, planned=115, readiness=frozenset(Readiness)),
        Item("A3", AGENCY, f"{title[: MOST - 3]}（三）", planned=115),
        replace(_closed(title), number="A2"),
        Item("P1", AGENCY, title, planned=115, case="S1", holder=OFFICER, promised=_PASSED),
        Item("P2", AGENCY, title, planned=115, case="S2", holder=OFFICER, promised=_AHEAD),
        *(
            Item(f"B{n:02}", AGENCY, title[: MOST - 9] + f"（{n}）", planned=114)
            for n in range(_LATE)
        ),
    ]
    inventory.take_in(made.desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    likely = f"{title[: MOST - 9]}（修）"
    synced(made, *(Listing(f"{n}", f"{likely}{n}", AGENCY_NAME) for n in range(1000, 1000 + _FULL)))
    yield made.answer("inventory", made.command(COORDINATOR, "inventory"))
    yield made.answer("inventory-in_chinese", made.command(OFFICER, "盤點"))
    yield made.sample("home-promises", "home", made.home(OFFICER))
    late = made.press(COORDINATOR, Button.LATE_ITEMS, "-")
    yield made.answer("inventory-late", late)
    yield from _further(made, late)
    view = made.press(OFFICER, Button.ITEM, str(Ref("A3")))
    yield made.modal("item", view)
    yield made.modal("item-ready", made.press(OFFICER, Button.ITEM, str(Ref("A1"))))
    filled = {
        "openness": _chosen("closed"),
        "planned": _typed("114"),
        "priority": _chosen("high_demand"),
    }
    yield made.modal("item-unfounded", made.submit(OFFICER, view, **filled) or view)
    made.submit(OFFICER, view, **{**filled, "planned": _typed("明年")})
    made.submit(OFFICER, view, **filled, why=_typed("改期"), reason=_typed("偵查不公開"))
    yield made.answer("inventory-changed", made.command(COORDINATOR, "inventory"))
    yield made.modal("item-closed", made.press(OFFICER, Button.ITEM, str(Ref("A2"))))
    yield made.answer("inventory-rejected", _settle(made, Button.OTHER_ITEM, "A1", "1001"))
    yield made.answer("inventory-confirmed", _settle(made, Button.SAME_ITEM, "A1", "1000"))
    yield made.answer("inventory-too_late", _settle(made, Button.SAME_ITEM, "A1", "1002"))


def _further(made: Ministry, late: dict[str, object]) -> Iterator[Sample]:
    elements = [
        one
        for block in late["blocks"]  # type: ignore[attr-defined]
        for one in block.get("elements", ())
    ]
    more = next((one["value"] for one in elements if one.get("action_id") == Button.MORE), None)
    if more:
        yield made.answer("inventory-late-page2", made.press(COORDINATOR, Button.MORE, more))


def _typed(text: str) -> dict[str, object]:
    return {"type": "plain_text_input", "value": text}


def _chosen(value: str) -> dict[str, object]:
    return {"type": "static_select", "selected_option": {"value": value}}


def _closed(title: str) -> Item:
    return Item(
        "",
        AGENCY,
        title[: MOST - 4] + "（偵查）",
        openness=Openness.CLOSED,
        priority=Priority.HIGH_DEMAND,
        origin=title,
        reason=title,
    )


def _settle(made: Ministry, button: Button, item: str, dataset: str) -> dict[str, object]:
    return made.press(OFFICER, button, str(Ref(item, hash=dataset)))

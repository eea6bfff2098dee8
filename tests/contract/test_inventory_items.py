"""The inventory on both stores: items, what is overdue, suggestions and promises."""

import io

import pytest

from opendata.adapters.catalogue_files import Export
from opendata.desk import catalogue, inventory, matching, outbox, promises, roster
from opendata.desk.context import Desk
from opendata.desk.inventory import Entry
from opendata.desk.outbox import Message
from opendata.rules.errors import Invalid, Stale
from opendata.rules.inventory import Item
from tests.catalogues import csv_of, row
from tests.world import CORA, OLIVE, PEOPLE


def matched(desk):
    while found := [one for one in outbox.waiting(desk, 100) if one.kind is Message.MATCH]:
        for task in found:
            matching.match(desk, task)


def test_items_go_in_are_matched_and_suggested(store, clock):
    desk = Desk(store, clock)
    late = [Item(f"B{n:02}", "hpo", f"起訴{n}", planned=113) for n in range(25)]
    mine = Item("A2", "aac", "廉政宣導場次統計", planned=115, case="S1", holder="U1")
    items = [Item("A1", "aac", "廉政統計", planned=115), mine, *late]
    assert inventory.take_in(desk, [Entry(n, one) for n, one in enumerate(items, 2)]).new == 27
    first = inventory.overdue(desk)
    assert len(first.items) == 20
    assert len(inventory.overdue(desk, first.next).items) == 5
    assert [one.number for one in promises.of(desk, "U1")] == ["A2"]
    export = io.BytesIO(csv_of([row("1000", "廉政統計"), row("1001", "廉政宣導場次")]))
    catalogue.sync(desk, lambda: Export(export), "export.csv", lambda *_: None)
    matched(desk)
    found = inventory.overview(desk)
    assert found.counts == inventory.recounted(desk)
    assert [one.dataset for one in found.suggestions] == ["1001"]
    assert inventory.item(desk, "A1").dataset == "1000"


def test_what_somebody_says_of_a_suggestion_is_kept_and_who_comes_second_is_told(store, clock):
    desk = Desk(store, clock)
    roster.import_people(desk, PEOPLE)
    items = [Item(f"A{n}", "aac", f"廉政宣導場次統計（{n}）", planned=115) for n in (1, 2)]
    inventory.take_in(desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    export = io.BytesIO(csv_of([row("1001", "廉政宣導場次統計"), row("1002", "廉政宣導場次表")]))
    catalogue.sync(desk, lambda: Export(export), "export.csv", lambda *_: None)
    matched(desk)
    asked = {(one.item, one.dataset) for one in inventory.overview(desk).suggestions}
    assert {("A1", "1001"), ("A2", "1001")} <= asked
    matching.settle(desk, "A1", "1001", CORA, confirmed=True)
    matching.settle(desk, "A2", "1002", CORA, confirmed=False)
    with pytest.raises(Invalid):
        matching.settle(desk, "A1", "1002", OLIVE, confirmed=True)
    matched(desk)
    assert inventory.overview(desk).suggestions == ()
    assert inventory.item(desk, "A1").dataset == "1001"
    assert inventory.item(desk, "A2").rejected == ("1002",)
    assert inventory.overview(desk).counts == inventory.recounted(desk)


def test_of_two_who_change_an_item_the_second_changes_nothing(store, clock):
    desk = Desk(store, clock)
    roster.import_people(desk, PEOPLE)
    inventory.take_in(desk, [Entry(2, Item("A1", "aac", "廉政統計", planned=115))])

    def later(year):
        return lambda _: {"planned": year}

    inventory.change(desk, "A1", OLIVE, 1, later(116), "系統改版")
    with pytest.raises(Stale):
        inventory.change(desk, "A1", CORA, 1, later(117), "經費")
    assert [one.reason for one in inventory.history(desk, "A1")] == ["", "系統改版"]
    assert inventory.overview(desk).counts == inventory.recounted(desk)


def test_a_promise_is_kept_once(store, clock):
    desk = Desk(store, clock)
    mine = Item("A1", "aac", "廉政統計", planned=115, case="S1", holder=OLIVE)
    inventory.take_in(desk, [Entry(2, mine)])
    raw = csv_of([row("1000", "廉政統計")])
    for _ in range(2):
        catalogue.sync(desk, lambda: Export(io.BytesIO(raw)), "export.csv", lambda *_: None)
        matched(desk)
    found = outbox.waiting(desk, 100)
    kept = [one for one in found if one.kind is Message.FULFIL]
    assert [(one.case, one.occasion) for one in kept] == [("S1", "A1")]
    assert promises.of(desk, OLIVE) == ()

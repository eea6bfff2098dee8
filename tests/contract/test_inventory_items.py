"""The inventory on both stores: items, what is overdue, suggestions and promises."""

import io

from opendata.adapters.catalogue_files import Export
from opendata.desk import catalogue, inventory, matching, outbox, promises
from opendata.desk.context import Desk
from opendata.desk.inventory import Entry
from opendata.desk.outbox import Message
from opendata.rules.inventory import Item
from tests.catalogues import csv_of, row


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

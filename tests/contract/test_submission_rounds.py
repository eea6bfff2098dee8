"""A quarter's submissions on both stores: asked once, answered once, reminded once a day."""

from datetime import UTC, datetime

from opendata.desk import inventory, submissions
from opendata.desk.context import Desk
from opendata.desk.inventory import Entry
from opendata.rules.inventory import Item


def test_a_quarter_is_asked_answered_and_reminded(store, clock):
    desk = Desk(store, clock)
    items = [Item(f"A{n}", one, "統計", planned=115) for n, one in enumerate(("aac", "hpo"))]
    inventory.take_in(desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    assert submissions.call(desk) == submissions.Called(asked=2)
    assert submissions.call(desk) == submissions.Called()
    clock.time = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
    assert submissions.call(desk).reminded == 2
    assert submissions.call(desk).reminded == 0
    assert [one.agency for one in submissions.standing(desk, "115Q1")] == ["aac", "hpo"]

"""A quarter's submissions on both stores: asked once, answered once, reminded once a day."""

from datetime import UTC, datetime

import pytest

from opendata.desk import inventory, roster, submissions
from opendata.desk.context import Desk
from opendata.desk.inventory import Entry
from opendata.rules.errors import Invalid
from opendata.rules.inventory import Item
from tests.world import CORA, PEOPLE


def test_a_quarter_is_asked_answered_and_reminded(store, clock):
    desk = Desk(store, clock)
    roster.import_people(desk, PEOPLE)
    items = [Item(f"A{n}", one, "統計", planned=115) for n, one in enumerate(("aac", "hpo"))]
    inventory.take_in(desk, [Entry(n, one) for n, one in enumerate(items, 2)])
    assert submissions.call(desk) == submissions.Called(asked=2)
    assert submissions.call(desk) == submissions.Called()
    done, _ = submissions.update(desk, "115Q1", "hpo", CORA, [Entry(2, items[1])], file="0a")
    assert submissions.submission(desk, "115Q1", "hpo") == done
    with pytest.raises(Invalid):
        submissions.confirm(desk, "115Q1", "hpo", CORA)
    clock.time = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
    assert submissions.call(desk).reminded == 1
    assert submissions.call(desk).reminded == 0
    assert [one.agency for one in submissions.standing(desk, "115Q1")] == ["aac", "hpo"]

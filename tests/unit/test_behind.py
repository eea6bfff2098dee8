"""The cases behind a number: the same that it counts, and none that the person may not see."""

from datetime import date, timedelta

import pytest

from opendata.desk.behind import behind
from opendata.desk.numbers import status
from opendata.rules.behind import Measure
from opendata.rules.errors import Stranger
from tests.world import (
    CAROL,
    CORA,
    ETHICS,
    MONDAY,
    OLIVE,
    PETRA,
    STRANGER,
    STUDY,
    refuses,
)


def whole(world, actor, measure, period="115Q1", agency=None):
    """All pages, one after the other."""
    found, after = [], None
    while True:
        page = behind(world.desk, actor, measure, period, agency, after)
        found += [case.id for case in page.cases]
        after = page.next
        if after is None:
            return found


@pytest.fixture
def quarter(world):
    """One open and late, one answered in time, one late, one under study, two that wait."""
    world.opened(id_="1")
    world.published(id_="2")
    world.published(STUDY, id_="3")
    world.approved(id_="4")
    world.clock.set(MONDAY + timedelta(days=10))
    world.publish("S4")
    late = MONDAY + timedelta(days=9)
    world.opened(id_="5", posted_at=late, timestamp=late)
    world.opened("臺灣高等檢察署", id_="6", posted_at=late, timestamp=late)
    return world


def test_every_number_leads_to_the_cases_that_it_counts(quarter):
    total = status(quarter.desk, "115Q1").total
    found = {one: whole(quarter, CORA, one) for one in Measure}
    assert found == {
        Measure.OPEN_LATE: ["S1"],
        Measure.LATE: ["S4"],
        Measure.NOT_DUE: ["S5", "S6"],
        Measure.UNDER_STUDY: ["S3"],
        Measure.IN_TIME: ["S2", "S3"],
    }
    for one, cases in found.items():
        assert len(cases) == getattr(total, one.value)


def test_of_other_agencies_nothing_is_shown(quarter):
    assert whole(quarter, OLIVE, Measure.NOT_DUE) == ["S5"]
    assert whole(quarter, PETRA, Measure.NOT_DUE) == []
    assert whole(quarter, CAROL, Measure.NOT_DUE, agency=ETHICS) == ["S5"]
    refuses(Stranger, quarter, lambda: whole(quarter, STRANGER, Measure.NOT_DUE))


def test_a_long_list_comes_page_by_page_and_misses_nothing(world):
    for n in range(45):
        world.opened(id_=str(n + 1))
    assert len(set(whole(world, CORA, Measure.NOT_DUE))) == 45


def test_a_case_of_another_quarter_is_not_behind_this_one(world):
    world.published()
    assert whole(world, CORA, Measure.IN_TIME, "115Q2") == []
    assert whole(world, CORA, Measure.IN_TIME, "115") == ["S97944"]
    assert world.case().due.original == date(2026, 3, 9)

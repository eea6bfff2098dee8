from datetime import date
from pathlib import Path

import pytest

from opendata.rules.roc import BEFORE_YEAR_1, local_date
from tests import worst_spans
from tests.due_oracle import PERIODS, days, of_table

DOCUMENT = Path(__file__).parents[2] / "docs/deadlines.md"


def test_the_document_shows_the_table_as_it_is_reckoned():
    _, told, _ = worst_spans.parts(DOCUMENT.read_text("utf-8"))
    assert told == worst_spans.table()


@pytest.mark.parametrize(("count", "mode"), PERIODS)
def test_no_day_of_a_year_waits_longer_than_the_table_says(count, mode):
    oracle = of_table()
    for roc_year in range(106, 116):
        year = roc_year + BEFORE_YEAR_1
        spans = {
            day: (oracle.due(day, count, mode) - day).days
            for day in days(date(year, 1, 1), date(year, 12, 31))
            if oracle.covered(day, count, mode)
        }
        longest = [day for day, span in spans.items() if span == max(spans.values())]
        told = worst_spans.worst(roc_year, count, mode)
        assert [local_date(one.received_at) for one in told] == longest

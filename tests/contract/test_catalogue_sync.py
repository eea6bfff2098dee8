"""A sync on both stores: what is written, what is counted, and that it is resumed."""

import io

from opendata.adapters.catalogue_files import Export
from opendata.desk import catalogue
from opendata.desk.context import Desk
from opendata.rules.catalogue import Target
from tests.catalogues import csv_of, row


def sync(desk, rows):
    file = io.BytesIO(csv_of(rows))
    return catalogue.sync(desk, lambda: Export(file), "export.csv", lambda *_: None).sync


def test_a_sync_writes_what_changed_and_the_counters_follow(store, clock):
    desk = Desk(store, clock)
    rows = [row(str(n), f"資料{n}", listed="2026-01-05 00:00:00") for n in range(40)]
    assert sync(desk, rows).new == 40
    rows[3] = row("3", "資料3", agency="法務部", listed="2026-01-05 00:00:00")
    taken = sync(desk, [*rows[:38], row("99", "新的")])
    assert (taken.new, taken.changed, taken.delisted) == (1, 1, 2)
    year = catalogue.year_of(desk, 115)
    assert (year.gross, year.delisted, year.first_seen) == (40, 2, 1)
    assert {code: one.gross for code, one in catalogue.by_agency(desk, 115).items()} == {
        "aac": 39,
        "moj": 1,
    }
    assert [one.id for one in catalogue.newly_listed(desk, 115, "moj")] == ["3"]
    catalogue.set_target(desk, 115, Target(200, "第2版", "決議"))
    assert catalogue.year_of(desk, 115).target.n == 200
    assert sync(desk, [*rows[:38], row("99", "新的")]).written == 0

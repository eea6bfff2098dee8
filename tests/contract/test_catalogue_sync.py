"""A sync on both stores: what is written, what is counted, and that it is resumed."""

import io
from datetime import timedelta

import pytest

from opendata.adapters.catalogue_files import Export
from opendata.desk import catalogue
from opendata.desk.catalogue_records import dataset_counts
from opendata.desk.context import Desk
from opendata.rules.catalogue import Target
from opendata.rules.errors import Unavailable
from tests.catalogues import csv_of, row
from tests.world import FailingStore


def sync(desk, rows):
    file = io.BytesIO(csv_of(rows))
    return catalogue.sync(desk, lambda: Export(file), "export.csv", lambda *_: None).sync


def test_a_sync_writes_what_changed_and_the_counters_follow(store, clock):
    desk = Desk(store, clock)
    rows = [row(str(n), f"資料{n}", listed="2026-01-05 00:00:00") for n in range(40)]
    assert sync(desk, rows).new == 40
    rows[3] = row("3", "資料3", agency="法務部", listed="2026-01-05 00:00:00")
    taken = sync(desk, [*rows[:38], row("99", "新的")])
    assert (taken.new, taken.changed, taken.missing) == (1, 1, 2)
    clock.time += timedelta(days=1)
    taken = sync(desk, [*rows[:38], row("99", "新的")])
    assert (taken.new, taken.changed, taken.delisted) == (0, 0, 2)
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


@pytest.mark.parametrize("written", [False, True])
def test_a_sync_that_dies_at_any_commit_is_finished_by_the_next(store, clock, written):
    rows = [row(str(n), f"資料{n}", listed="2026-01-05 00:00:00") for n in range(20)]
    sync(Desk(store, clock), rows)
    rows = [row(str(n), f"資料{n}", listed="2026-02-05 00:00:00") for n in range(40)]
    for nth in range(1, 6):
        desk = Desk(FailingStore(store, nth, written=written), clock)
        try:
            sync(desk, rows)
        except Unavailable:
            assert counters(store) == catalogue.recounted(Desk(store, clock))
    sync(Desk(store, clock), rows)
    assert counters(store) == catalogue.recounted(Desk(store, clock))
    assert len(list(catalogue.every(Desk(store, clock)))) == 40


def counters(store):
    """What the counters of datasets say, by quarter and agency."""
    told = {}
    for found in store.query("STATUS").rows:
        quarter, _, agency = found.key.sk.partition("#")
        if counts := dataset_counts(found.value):
            told[quarter, agency] = counts
    return told

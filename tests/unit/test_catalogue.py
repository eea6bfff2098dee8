"""The catalogue: what an export changes, what it counts for, and which exports are not believed."""

import io
from dataclasses import replace
from datetime import date

import pytest

from opendata.adapters.catalogue_files import Export
from opendata.desk import catalogue
from opendata.desk.outbox import Message
from opendata.rules.catalogue import Quality, Target
from opendata.rules.errors import Invalid, Unavailable
from tests.catalogues import HEADER, csv_of, row
from tests.world import ETHICS, ETHICS_NAME, MINISTRY, FailingStore, posted


@pytest.fixture
def told():
    return []


@pytest.fixture
def sync(world, told):
    def taken(*rows, header=HEADER, raw=None, desk=world.desk):
        told.clear()
        file = io.BytesIO(csv_of(rows, header) if raw is None else raw)
        return catalogue.sync(
            desk,
            lambda: Export(file),
            "export.csv",
            lambda line, fault: told.append((line, fault.code)),
        )

    return taken


def stood(n, **more):
    return [row(str(1000 + k), f"資料{k}", **more) for k in range(n)]


def test_the_first_export_stands_as_it_is_listed_and_nothing_was_seen_to_come(world, sync):
    taken = sync(*stood(3, listed="2026-02-03 10:00:00"), row("9", "別人的", agency="文化部"))
    assert (taken.sync.rows, taken.sync.ours, taken.sync.new) == (4, 3, 3)
    year = catalogue.year_of(world.desk, 115)
    assert (year.gross, year.first_seen, year.delisted, year.net) == (3, 0, 0, 3)
    assert year.by_quarter == {"115Q1": 3}
    assert catalogue.dataset(world.desk, "9") is None


def test_only_what_changed_is_written(world, sync):
    rows = stood(40)
    sync(*rows)
    before = world.rows("DATASET#%")
    rows[7] = row("1007", "資料7（更正）")
    taken = sync(*rows)
    after = world.rows("DATASET#%")
    changed = [key for key in after if after[key] != before[key]]
    assert [sk for _, sk in changed] == ["DATASET#1007"]
    assert (taken.sync.written, taken.sync.changed) == (1, 1)
    assert sync(*rows).sync.written == 0


def test_what_came_later_was_seen_first_that_day_and_counts(world, sync):
    sync(*stood(3))
    world.clock.turn(days=1)
    sync(*stood(3), row("2000", "新的", listed="2020-01-01 00:00:00"))
    found = catalogue.dataset(world.desk, "2000")
    assert (found.first_seen, found.listed) == (date(2026, 3, 3), date(2020, 1, 1))
    assert catalogue.year_of(world.desk, 115).first_seen == 1
    assert catalogue.year_of(world.desk, 109).gross == 1


def test_what_is_missing_from_a_whole_export_is_delisted_and_comes_back(world, sync):
    rows = stood(10, listed="2026-01-05 00:00:00")
    sync(*rows)
    world.clock.turn(days=1)
    missed = sync(*rows[:9]).sync
    assert (missed.missing, missed.delisted, missed.written) == (1, 0, 1)
    assert sync(*rows[:9]).sync.written == 0
    world.clock.turn(days=1)
    assert sync(*rows[:9]).sync.delisted == 1
    gone = catalogue.dataset(world.desk, "1009")
    assert gone.delisted == date(2026, 3, 3)
    assert sync(*rows[:9]).sync.written == 0
    year = catalogue.year_of(world.desk, 115)
    assert (year.gross, year.delisted, year.net) == (10, 1, 9)
    sync(*rows)
    back = catalogue.dataset(world.desk, "1009")
    assert (back.delisted, back.first_seen) == (None, date(2026, 3, 2))
    assert catalogue.year_of(world.desk, 115).net == 10


def test_an_export_that_was_cut_off_between_two_rows_delists_nothing(world, sync):
    rows = stood(40, listed="2026-01-05 00:00:00")
    sync(*rows)
    before = world.rows("DATASET#%")
    world.clock.turn(days=1)
    assert sync(*rows[:30]).sync.missing == 10
    assert catalogue.year_of(world.desk, 115).delisted == 0
    world.clock.turn(days=1)
    assert sync(*rows).sync.delisted == 0
    kept = [one for one in catalogue.every(world.desk) if one.delisted is None]
    assert {one.changed for one in kept} == {date(2026, 3, 2)}
    assert set(world.rows("DATASET#%")) == set(before)
    assert all(one.missing is None for one in kept)


def test_a_dataset_that_goes_to_another_agency_keeps_its_past(world, sync):
    sync(*stood(3, listed="2026-01-05 00:00:00"))
    world.clock.turn(days=1)
    sync(*stood(2, listed="2026-01-05 00:00:00"), row("1002", "資料2", agency="法務部"))
    moved = catalogue.dataset(world.desk, "1002")
    assert moved.agency == MINISTRY
    assert [(one.agency, one.until) for one in moved.former] == [(ETHICS, date(2026, 3, 3))]
    assert catalogue.year_of(world.desk, 115, ETHICS).gross == 2
    assert [one.id for one in catalogue.of_agency(world.desk, MINISTRY)] == ["1002"]


def test_a_former_name_is_the_same_agency(world, sync):
    sync(row("1", "起訴統計", agency="臺灣臺北地方法院檢察署"))
    assert catalogue.dataset(world.desk, "1").agency == "dpo-taipei"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("<!DOCTYPE html><html>維護中</html>".encode(), "web_page"),
        ("編號,名稱\n1,甲\n".encode(), "not_a_catalogue"),
        (csv_of(stood(9))[:-45], "cut_off"),
        (csv_of([*stood(9)], (*HEADER[:-1], '更"新')).replace(b'""', b'"'), "cut_off"),
        (csv_of([row("1", "別人的", agency="文化部")]), "no_dataset_of_ours"),
        (csv_of(stood(6)), "too_few_rows"),
        (
            csv_of(stood(6) + [row(str(n), "別人的", agency="文化部") for n in range(9)]),
            "too_few_of_ours",
        ),
        (b'[{"a": 1}]', "not_a_catalogue"),
        (b'[{"nid": ' + b"[" * 200_000, "not_a_catalogue"),
        (b'[{"nid": ' + b"9" * 5000 + b"}]", "not_a_catalogue"),
        (b"\xff\xfe\xff,\xff\n", "encoding"),
        (("資料集識別碼,資料集名稱,提供機關\n" + "x" * (1 << 20)).encode(), "line_too_long"),
    ],
)
def test_an_export_that_cannot_be_whole_changes_nothing_and_is_told_once(world, sync, raw, code):
    sync(*stood(9), row("7", "別人的", agency="文化部"))
    before = world.rows("DATASET#%")
    for _ in range(2):
        with pytest.raises(Invalid) as refused:
            sync(raw=raw)
        assert [one.code for one in refused.value.faults] == [code]
    assert world.rows("DATASET#%") == before
    told = [one for one in world.waiting() if one.kind is Message.CATALOGUE_REFUSED]
    assert len(told) == 1
    assert catalogue.refusal(world.desk).fault.code == code
    sync(*stood(9), row("7", "別人的", agency="文化部"))
    assert catalogue.refusal(world.desk) is None


def test_bad_rows_are_told_by_line_and_lose_nothing(world, sync, told):
    sync(*stood(20))
    rows = stood(20)
    rows[2] = rows[2][:-3]
    rows[3] = row("1003", "資料3", listed="不明")
    rows[4] = row("1004", "資料4", listed="")
    rows[5] = row("1005", "資料5", listed="2031-01-01 00:00:00")
    rows[6] = row("1006", "資料6", agency="法務部未來署")
    rows[7] = row("1007", "")
    rows.append(row("1008", "資料8（新）", updated="2026-03-01 00:00:00"))
    taken = sync(*rows)
    assert told == [
        (6, "cells"),
        (8, "not_a_date"),
        (10, "no_date"),
        (12, "listed_ahead"),
        (14, "agency_nobody_knows"),
        (16, "blank"),
        (42, "dataset_twice"),
    ]
    assert taken.sync.delisted == 0
    assert catalogue.dataset(world.desk, "1002").delisted is None
    assert catalogue.dataset(world.desk, "1008").title == "資料8（新）"
    assert catalogue.dataset(world.desk, "1003").listed == date(2025, 5, 6)


def test_the_older_of_two_rows_with_one_number_is_not_taken(world, sync):
    sync(
        row("1", "新", updated="2026-03-01 00:00:00"), row("1", "舊", updated="2025-03-01 00:00:00")
    )
    assert catalogue.dataset(world.desk, "1").title == "新"


def test_rows_that_nobody_can_tell_apart_delist_nothing(world, sync):
    header = ("提供機關名稱", "資料集名稱", "瀏覽人次", "上架日")
    rows = [(ETHICS_NAME, f"資料{n}", "7,472", "2015/03/18") for n in range(10)]
    sync(*rows, header=header)
    taken = sync(
        *rows[:8], (ETHICS_NAME, "半列"), ("文化部", "書", "1", "2016/01/01"), header=header
    )
    assert taken.blind
    assert taken.sync.delisted == 0


def test_an_export_without_numbers_is_taken_over_by_one_with_them(world, sync):
    header = ("提供機關名稱", "資料集名稱", "瀏覽人次", "上架日")
    sync((ETHICS_NAME, " 資料0 ", "1,000", "2015/03/18"), header=header)
    (before,) = catalogue.every(world.desk)
    assert before.url is None
    world.clock.turn(days=1)
    sync(row("1000", "資料0", listed="2015-03-18 00:00:00"))
    (after,) = catalogue.every(world.desk)
    assert (after.id, after.first_seen, after.baseline) == ("1000", before.first_seen, True)
    assert after.url == "https://data.gov.tw/dataset/1000"
    assert catalogue.year_of(world.desk, 104).gross == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_every_encoding_is_read(world, sync, encoding):
    sync(raw=csv_of(stood(2), encoding=encoding))
    assert catalogue.dataset(world.desk, "1001").title == "資料1"


def test_half_of_a_pair_of_signs_is_stored_as_what_it_can_be(world, sync):
    sync(raw='[{"nid": 1, "title": "甲\\ud800", "agency_name": "法務部廉政署"}]'.encode())
    assert catalogue.dataset(world.desk, "1").title == "甲?"


def test_labels_and_frequency_are_kept_as_they_are_written(world, sync):
    sync(row("1", "甲", quality="白金"), row("2", "乙", quality="鑽石"))
    first, second = catalogue.dataset(world.desk, "1"), catalogue.dataset(world.desk, "2")
    assert (first.quality, first.frequency) == (Quality.PLATINUM, "每月")
    assert (second.quality, second.label) == (Quality.UNKNOWN, "鑽石")


def test_json_and_the_form_of_2020_are_read_too(world, sync):
    sync(
        raw='{"Records": [{"資料集名稱": "甲", "提供機關": "法務部廉政署", "nid": 5,'
        ' "pubdate": "2026-03-01 00:00:00.000000"}]}'.encode()
    )
    assert catalogue.dataset(world.desk, "5").listed == date(2026, 3, 1)
    old = ("id", "資料集名稱", "提供機關", "發布時間", "修訂時間")
    sync(("5", "甲", ETHICS_NAME, "2026/03/01 08:00", "NA"), header=old)
    assert catalogue.dataset(world.desk, "5").changed == date(2026, 3, 2)


def test_another_generation_of_the_export_changes_no_dates(world, sync):
    sync(*stood(3))
    world.clock.turn(days=1)
    header = tuple(name for name in HEADER if name != "資料集描述")
    cut = [
        tuple(cell for name, cell in zip(HEADER, one, strict=True) if name in header)
        for one in stood(3)
    ]
    sync(*cut, header=header)
    assert catalogue.dataset(world.desk, "1000").changed == date(2026, 3, 2)


def test_a_sync_that_dies_anywhere_is_finished_by_the_next(world, sync):
    sync(*stood(40, listed="2026-01-05 00:00:00"))
    rows = stood(35, listed="2026-02-05 00:00:00") + [row(str(n), f"新{n}") for n in range(20)]
    for nth in range(1, 5):
        for written in (False, True):
            failing = FailingStore(world.desk.store, nth, written=written)
            desk = type(world.desk)(failing, world.desk.clock)
            try:
                sync(*rows, desk=desk)
            except Unavailable:
                assert counters(world) == catalogue.recounted(world.desk)
    sync(*rows)
    world.clock.turn(days=1)
    sync(*rows)
    assert counters(world) == catalogue.recounted(world.desk)
    assert len([one for one in catalogue.every(world.desk) if one.delisted is None]) == 55


def counters(world):
    return {
        (quarter, agency): kept
        for (quarter, agency), counts in world.counters().items()
        if (kept := {name: n for name, n in counts.items() if name.startswith("ds_") and n})
    }


def test_a_year_stands_beside_its_target_its_pace_and_what_it_comes_to(world, sync):
    sync(*stood(40, listed="2026-01-05 00:00:00"))
    year = catalogue.year_of(world.desk, 115)
    assert (year.target.n, year.pace, year.forecast) == (170, 42.5, round(40 * 365 / 61))
    catalogue.set_target(world.desk, 115, Target(200, "第2版", "114年第4次會議決議"))
    assert catalogue.year_of(world.desk, 115).pace == 50
    assert catalogue.year_of(world.desk, 115, ETHICS).target is None
    assert catalogue.year_of(world.desk, 104).published == 1710


def test_a_comment_without_agency_goes_to_the_agency_of_its_dataset(world, sync):
    sync(*stood(2))
    answer = world.receive(replace(posted("5"), dispatched_agencies=(), dataset_id="1001"))
    assert world.case(world.ids(answer)[0]).agency == ETHICS

"""The real lists of datasets: their rows, and the ministry's counts by 上架日."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from opendata.adapters.catalogue_files import Export

OPENDATA = Path(sys.executable).with_name("opendata")
FULL = "catalogue/datagovtw_viewdownload_2018-07-20_full.csv"


def opendata(*words, data):
    done = subprocess.run(
        [OPENDATA, *words, "--json", "--data", str(data)],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def synced(real_data, tmp_path_factory):
    data = tmp_path_factory.mktemp("desk")
    code, told = opendata("catalogue", "sync", str(real_data / FULL), data=data)
    return data, code, told


def test_the_list_of_2018_is_taken_whole(synced):
    _, code, told = synced
    assert (code, told["rows"], told["faults"]) == (0, 35_955, [])
    # 2,104 of the ministry and the prosecutors' offices by their names, and the one dataset of
    # 誠正中學, which is the ministry's by the tree.
    assert told["ours"] == told["new"] == 2_104 + 1


@pytest.mark.parametrize(
    ("year", "listed", "schools"), [(104, 1_392, 0), (105, 295, 0), (106, 245, 0), (107, 172, 1)]
)
def test_the_ministrys_new_datasets_of_a_year_are_those_counted_elsewhere(
    synced, year, listed, schools
):
    _, told = opendata("catalogue", "count", "--year", str(year), data=synced[0])
    _, school = opendata(
        "catalogue", "count", "--year", str(year), "--agency", "誠正中學", data=synced[0]
    )
    assert school["listed"] == schools
    assert told["listed"] - schools == listed


@pytest.mark.parametrize(
    ("year", "quarters"),
    [
        (104, (197, 538, 146, 511)),
        (105, (122, 28, 26, 119)),
        (106, (129, 28, 10, 78)),
        (107, (105 + 1, 63, 4, 0)),
    ],
)
def test_the_ministrys_new_datasets_of_each_quarter_are_those_counted_elsewhere(
    synced, year, quarters
):
    _, told = opendata("catalogue", "count", "--year", str(year), data=synced[0])
    assert tuple(told["quarters"].get(f"{year}Q{n}", 0) for n in (1, 2, 3, 4)) == quarters


@pytest.mark.parametrize(("year", "published"), [(102, 50), (103, 30), (104, 1_710), (105, None)])
def test_what_was_published_stands_beside_it(synced, year, published):
    _, told = opendata("catalogue", "count", "--year", str(year), data=synced[0])
    assert told["published"] == published


@pytest.mark.parametrize(
    ("name", "form", "rows"),
    [
        ("format_sample_22col_2026.csv", "csv22", 8),
        ("format_sample_19col_2020.csv", "csv19", 3),
        ("tw-odc_2026-03-23_moj_plus500.csv", "csv6", 3_843),
    ],
)
def test_every_generation_is_told_apart_and_read(real_data, name, form, rows):
    with (real_data / "catalogue" / name).open("rb") as file:
        export = Export(file)
        found = list(export)
    assert (export.form, len(found)) == (form, rows)
    assert all(one.listing and one.listing.id for one in found)
    assert not any(one.faults for one in found)


def test_a_second_sync_of_the_same_list_writes_nothing(real_data, synced):
    _, told = opendata("catalogue", "sync", str(real_data / FULL), data=synced[0])
    assert told["written"] == 0

from datetime import date

import pytest

from opendata.adapters.dgpa import read_year
from opendata.rules.calendar import shipped, write_table

NAME = "年中華民國政府行政機關辦公日曆表"
NEWEST = {number: f"{number}{NAME}" for number in range(106, 116)} | {114: f"114{NAME}1141020更新"}


@pytest.fixture(scope="module")
def years(real_data):
    files = sorted((real_data / "calendar").glob("*.csv"))
    return {file.stem: read_year(file.read_bytes(), file.stem) for file in files}


def test_every_file_is_read(years):
    counts = {name.replace(NAME, " ").strip(): len(year.off) for name, year in years.items()}
    assert counts == {
        "106": 116, "107": 115, "108": 115, "109": 115, "110": 116, "111": 115, "112": 116,
        "113": 115, "114": 115, "114 修正版": 118, "114 1141020更新": 118, "115": 120,
    }  # fmt: skip


def test_the_make_up_workdays_are_as_many_as_the_files_say(years):
    counts = {
        number: sum(not day.off and day.date.weekday() >= 5 for day in years[name].days())
        for number, name in NEWEST.items()
    }
    assert list(counts.values()) == [3, 2, 3, 3, 2, 1, 6, 1, 1, 0]


def test_the_three_files_of_114_differ_as_they_should(years):
    first, revised, newest = (
        years[f"114{NAME}{suffix}"] for suffix in ("", "修正版", "1141020更新")
    )
    new = [date(2025, 9, 29), date(2025, 10, 24), date(2025, 12, 25)]
    assert sorted(revised.off.keys() - first.off.keys()) == new
    assert revised.off.keys() == newest.off.keys()
    assert (revised.off[new[0]], newest.off[new[0]]) == ("", "補假")


def test_the_shipped_table_is_made_of_the_newest_files(years):
    newest = [years[name] for name in NEWEST.values()]
    assert write_table(newest) == write_table(shipped().years.values())
    assert {year.roc_year: year for year in newest} == dict(shipped().years)

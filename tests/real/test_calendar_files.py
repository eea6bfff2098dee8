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


def test_an_older_file_of_114_would_be_seen_to_make_three_holidays_workdays(years):
    first, newest = years[f"114{NAME}"], years[f"114{NAME}1141020更新"]
    changed = first.changed_from(newest)
    assert [(day.date, day.off, day.name) for day in changed] == [
        (date(2025, 9, 29), False, "補假"),
        (date(2025, 10, 24), False, "補假"),
        (date(2025, 12, 25), False, "行憲紀念日"),
    ]
    assert newest.changed_from(years[f"114{NAME}修正版"]) == ()


def test_the_newest_files_change_nothing_of_what_is_shipped(years):
    for number, name in NEWEST.items():
        assert years[name].changed_from(shipped().years[number]) == ()


def test_a_make_up_workday_is_one_under_either_of_its_names(years):
    names = {"補行上班", "補行上班日"}
    open_weekends = [
        day
        for name in NEWEST.values()
        for day in years[name].days()
        if not day.off and day.date.weekday() >= 5
    ]
    assert len(open_weekends) == 22
    assert names.isdisjoint(day.name for day in open_weekends)

"""Due dates by DGPA's own files, read and reckoned apart from the desk."""

from datetime import datetime, time

import pytest

from opendata.adapters.dgpa import read_year
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.deadline import Mode, due
from opendata.rules.roc import TAIPEI
from tests.due_oracle import FIRST, LAST, NEWEST, PERIODS, days, of_files, of_table


@pytest.fixture(scope="module")
def oracle(real_data):
    return of_files(real_data / "calendar")


@pytest.fixture(scope="module")
def imported(real_data):
    """The calendar of a desk that shipped no table and was given the files."""
    read = (
        read_year((real_data / "calendar" / f"{name}.csv").read_bytes(), name)
        for name in NEWEST.values()
    )
    return OfficeCalendar({year.roc_year: year for year in read})


@pytest.mark.parametrize(("count", "mode"), PERIODS)
def test_every_day_of_ten_years_is_due_when_the_files_say(oracle, imported, count, mode):
    told = {
        day: due(datetime.combine(day, time(0), TAIPEI), imported, count, Mode(mode))
        for day in days(FIRST, LAST)
    }
    differ = [day for day, one in told.items() if one.due_on != oracle.due(day, count, mode)]
    unsure = [day for day, one in told.items() if one.provisional]
    assert differ == []
    assert unsure == [day for day in told if not oracle.covered(day, count, mode)]


def test_the_files_and_the_shipped_table_have_the_same_workdays(oracle):
    assert oracle.workdays == of_table().workdays

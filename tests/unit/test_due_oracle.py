"""Every day of the ten years against a second reckoning, and the hard days by name."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest

from opendata.rules.calendar import shipped
from opendata.rules.deadline import Mode, due
from opendata.rules.roc import TAIPEI
from tests.due_oracle import FIRST, LAST, PERIODS, Oracle, days, of_table

# In UTC the first two are the day before.
CLOCKS = (time(0, 0), time(7, 59), time(10, 0), time(23, 59, 59))
YEARS = range(2017, 2027)
ONE = timedelta(days=1)


def at(day, clock=time(10, 0)):
    return datetime.combine(day, clock, tzinfo=TAIPEI).astimezone(UTC)


def due_on(received, count=7, mode="calendar"):
    return due(at(received), shipped(), count, Mode(mode)).due_on


def of_library():
    """The reckoning by the workdays of a library that others maintain."""
    taiwan = holidays.country_holidays("TW", years=YEARS)
    return Oracle(day for day in days(FIRST, LAST) if taiwan.is_working_day(day))


@pytest.fixture(scope="module", params=[of_table, of_library], ids=["table", "library"])
def oracle(request):
    return request.param()


@pytest.mark.parametrize(("count", "mode"), PERIODS)
@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_due_when_the_second_reckoning_says_at_whatever_hour(
    oracle, year, count, mode
):
    differ = [
        (day, clock)
        for day in days(date(year, 1, 1), date(year, 12, 31))
        for clock in CLOCKS
        if due(at(day, clock), shipped(), count, Mode(mode)).due_on != oracle.due(day, count, mode)
    ]
    assert differ == []


@pytest.mark.parametrize(("count", "mode"), PERIODS)
def test_what_rests_on_days_outside_the_calendar_is_provisional_and_nothing_else(
    oracle, count, mode
):
    around = days(FIRST - timedelta(days=60), LAST + timedelta(days=60))
    differ = [
        day
        for day in around
        if due(at(day), shipped(), count, Mode(mode)).provisional
        is oracle.covered(day, count, mode)
    ]
    assert differ == []


def test_the_hours_before_eight_belong_to_the_day_that_has_begun_in_taipei():
    day = date(2026, 3, 3)
    assert [at(day, clock).date() for clock in CLOCKS] == [date(2026, 3, 2)] * 2 + [day] * 2
    assert {due(at(day, clock), shipped()).due_on for clock in CLOCKS} == {date(2026, 3, 10)}


@pytest.mark.parametrize(
    ("last", "count", "mode"),
    [
        (date(2026, 12, 24), 7, "calendar"),
        (date(2026, 12, 21), 7, "working"),
        (date(2026, 12, 17), 14, "calendar"),
    ],
)
def test_what_is_due_on_the_last_known_day_is_settled_and_what_comes_in_later_is_not(
    last, count, mode
):
    told = [due(at(day), shipped(), count, Mode(mode)) for day in days(last, last + ONE)]
    assert told[0].due_on == LAST
    assert [one.provisional for one in told] == [False, True]


# -- Lunar New Year: what comes in within these days is due on the first day back


@pytest.mark.parametrize(
    ("first", "last", "back"),
    [
        (date(2017, 1, 20), date(2017, 1, 26), date(2017, 2, 2)),
        (date(2018, 2, 8), date(2018, 2, 14), date(2018, 2, 21)),
        (date(2019, 1, 26), date(2019, 2, 4), date(2019, 2, 11)),
        (date(2020, 1, 16), date(2020, 1, 23), date(2020, 1, 30)),
        (date(2021, 2, 3), date(2021, 2, 10), date(2021, 2, 17)),
        (date(2022, 1, 22), date(2022, 1, 31), date(2022, 2, 7)),
        (date(2023, 1, 13), date(2023, 1, 23), date(2023, 1, 30)),
        (date(2024, 2, 1), date(2024, 2, 8), date(2024, 2, 15)),
        (date(2025, 1, 18), date(2025, 1, 27), date(2025, 2, 3)),
        (date(2026, 2, 7), date(2026, 2, 16), date(2026, 2, 23)),
    ],
)
def test_what_would_end_at_lunar_new_year_is_due_on_the_first_day_back(first, last, back):
    assert {due_on(day) for day in days(first, last)} == {back}
    assert due_on(first - ONE) < back < due_on(last + ONE)


# -- make-up Saturdays

MAKE_UP = [
    *(date(2017, 2, 18), date(2017, 6, 3), date(2017, 9, 30)),
    *(date(2018, 3, 31), date(2018, 12, 22)),
    *(date(2019, 1, 19), date(2019, 2, 23), date(2019, 10, 5)),
    *(date(2020, 2, 15), date(2020, 6, 20), date(2020, 9, 26)),
    *(date(2021, 2, 20), date(2021, 9, 11)),
    date(2022, 1, 22),
    *(date(2023, 1, 7), date(2023, 2, 4), date(2023, 2, 18)),
    *(date(2023, 3, 25), date(2023, 6, 17), date(2023, 9, 23)),
    date(2024, 2, 17),
    date(2025, 2, 8),
]


def test_the_weekend_days_that_are_workdays_are_the_make_up_saturdays():
    weekend = [day for day in days(FIRST, LAST) if day.isoweekday() > 5]
    assert [day for day in weekend if shipped().is_workday(day)] == MAKE_UP


@pytest.mark.parametrize("saturday", MAKE_UP)
@pytest.mark.parametrize("count", [7, 14])
def test_a_period_may_end_on_a_make_up_saturday(saturday, count):
    assert due_on(saturday - timedelta(days=count), count) == saturday


@pytest.mark.parametrize("saturday", MAKE_UP)
def test_a_make_up_saturday_is_the_first_day_after_the_friday_before_it(saturday):
    assert due_on(saturday - ONE, 1, "working") == saturday


# -- other days at which people err


@pytest.mark.parametrize(
    ("received", "count", "mode", "expected"),
    [
        # year ends: New Year's Day is off, whatever it falls on
        (date(2017, 12, 25), 7, "calendar", date(2018, 1, 2)),
        (date(2020, 12, 25), 7, "calendar", date(2021, 1, 4)),
        (date(2021, 12, 25), 7, "calendar", date(2022, 1, 3)),
        (date(2022, 12, 25), 7, "calendar", date(2023, 1, 3)),
        (date(2023, 12, 25), 7, "calendar", date(2024, 1, 2)),
        (date(2024, 12, 25), 7, "calendar", date(2025, 1, 2)),
        (date(2025, 12, 25), 7, "calendar", date(2026, 1, 2)),
        (date(2025, 12, 18), 14, "calendar", date(2026, 1, 2)),
        (date(2025, 12, 25), 7, "working", date(2026, 1, 6)),
        (date(2019, 12, 31), 7, "working", date(2020, 1, 10)),
        # leap days: one that is a day off, one that is a workday, and the years without
        (date(2020, 2, 22), 7, "calendar", date(2020, 3, 2)),
        (date(2024, 2, 22), 7, "calendar", date(2024, 2, 29)),
        (date(2024, 2, 29), 7, "calendar", date(2024, 3, 7)),
        (date(2024, 2, 15), 14, "calendar", date(2024, 2, 29)),
        (date(2024, 2, 26), 7, "working", date(2024, 3, 7)),
        (date(2023, 2, 22), 7, "calendar", date(2023, 3, 1)),
        (date(2025, 2, 22), 7, "calendar", date(2025, 3, 3)),
        # 115: Peace Memorial Day falls on a Saturday and is made up for on the Friday before
        (date(2026, 2, 20), 7, "calendar", date(2026, 3, 2)),
        (date(2026, 2, 13), 14, "calendar", date(2026, 3, 2)),
        (date(2026, 2, 13), 7, "working", date(2026, 3, 4)),
        # 112: ten days off, and the platform's term over them
        (date(2023, 1, 6), 14, "calendar", date(2023, 1, 30)),
        (date(2023, 1, 13), 7, "working", date(2023, 2, 1)),
        # 114: days that became holidays within the year
        (date(2025, 9, 22), 7, "calendar", date(2025, 9, 30)),
        (date(2025, 10, 17), 7, "calendar", date(2025, 10, 27)),
        (date(2025, 12, 18), 7, "calendar", date(2025, 12, 26)),
        # Labour Day and Armed Forces Day are workdays of offices; the former until 114
        (date(2025, 4, 24), 7, "calendar", date(2025, 5, 1)),
        (date(2025, 8, 27), 7, "calendar", date(2025, 9, 3)),
        (date(2026, 4, 24), 7, "calendar", date(2026, 5, 4)),
        # received on a day off counts from the next day all the same
        (date(2026, 2, 17), 7, "calendar", date(2026, 2, 24)),
        (date(2026, 2, 17), 7, "working", date(2026, 3, 4)),
    ],
)
def test_a_hard_day_is_due_as_an_office_counts_by_hand(received, count, mode, expected):
    assert due_on(received, count, mode) == expected

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.desk.clocks import due_of
from opendata.desk.context import Terms
from opendata.rules.calendar import Closure, OfficeCalendar, Year, shipped
from opendata.rules.deadline import Mode, StepKind, days_left, due, end_of_day, to_json
from opendata.rules.errors import Invalid
from opendata.rules.roc import TAIPEI, local_date

FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)
INSTANTS = st.builds(
    datetime.combine, st.dates(date(2016, 6, 1), date(2027, 6, 1)), st.times(timezones=st.just(UTC))
)


def at(day, clock=time(10, 0)):
    return datetime.combine(day, clock, tzinfo=TAIPEI)


def kinds(deadline):
    return [(step.date, step.kind.value, step.note) for step in deadline.steps]


@pytest.fixture(scope="module")
def oracle():
    """Due dates from another calendar and by another method: places in the list of workdays."""
    taiwan = holidays.country_holidays("TW", years=range(2017, 2027))
    span = (FIRST - timedelta(days=40) + timedelta(days=n) for n in range(3800))
    workdays = [
        day
        for day in span
        if (taiwan.is_working_day(day) if FIRST <= day <= LAST else day.weekday() < 5)
    ]

    def expected(day, days, mode):
        if mode is Mode.WORKING:
            return workdays[bisect_right(workdays, day) + days - 1]
        return workdays[bisect_left(workdays, day + timedelta(days=days))]

    return expected


@pytest.mark.parametrize(
    ("days", "mode"), [(7, Mode.CALENDAR), (7, Mode.WORKING), (14, Mode.CALENDAR)]
)
def test_every_day_of_ten_years_is_due_when_the_oracle_says(oracle, days, mode):
    differ = [
        day
        for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
        if due(at(day), shipped(), days, mode).due_on != oracle(day, days, mode)
    ]
    assert differ == []


@pytest.mark.parametrize("day", range(7, 17))
def test_what_comes_in_before_and_during_lunar_new_year_115_is_due_on_23_february(day):
    assert due(at(date(2026, 2, day)), shipped()).due_on == date(2026, 2, 23)


@pytest.mark.parametrize(
    ("day", "due_on"),
    [
        *((date(2026, 3, d), date(2026, 3, d + 7)) for d in range(2, 7)),
        (date(2026, 3, 7), date(2026, 3, 16)),
        (date(2026, 3, 8), date(2026, 3, 16)),
        (date(2026, 2, 27), date(2026, 3, 6)),
        (date(2025, 10, 6), date(2025, 10, 13)),
    ],
)
def test_the_day_of_receipt_never_counts_whether_it_is_a_workday_a_weekend_or_a_holiday(
    day, due_on
):
    counted = due(at(day), shipped())
    assert counted.due_on == due_on
    assert counted.steps[0].kind is StepKind.RECEIVED
    assert counted.steps[1].kind is StepKind.COUNTED


def test_in_working_days_a_weekends_arrivals_are_due_with_fridays():
    dues = {due(at(date(2026, 3, day)), shipped(), mode=Mode.WORKING).due_on for day in (6, 7, 8)}
    assert dues == {date(2026, 3, 17)}


@pytest.mark.parametrize(
    ("received", "due_on"),
    [
        (date(2026, 3, 7), date(2026, 3, 16)),
        (date(2026, 3, 8), date(2026, 3, 16)),
        (date(2025, 9, 29), date(2025, 10, 7)),
        (date(2025, 10, 3), date(2025, 10, 13)),
        (date(2026, 3, 27), date(2026, 4, 7)),
        (date(2026, 3, 26), date(2026, 4, 2)),
    ],
)
def test_a_last_day_off_rolls_over_one_holiday_after_another_to_the_first_workday(received, due_on):
    assert due(at(received), shipped()).due_on == due_on


def test_the_longest_period_over_a_leap_year_counts_every_day():
    counted = due(at(date(2023, 3, 1)), shipped(), days=366)
    assert counted.due_on == date(2024, 3, 1)
    assert len(counted.steps) == 367


def test_a_period_that_ends_with_a_month_rolls_into_the_next():
    assert due(at(date(2026, 1, 24)), shipped()).due_on == date(2026, 2, 2)


@pytest.mark.parametrize("clock", [time(0, 0), time(23, 59, 59)])
def test_a_date_and_any_instant_of_it_are_due_together(clock):
    assert due(at(date(2026, 3, 2), clock), shipped()).due_on == date(2026, 3, 9)


def test_an_answer_is_late_only_on_the_day_after_in_taipei_whatever_the_day_in_utc():
    due_on = due(at(date(2026, 3, 2)), shipped()).due_on
    last = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    assert local_date(last) <= due_on
    assert local_date(last + timedelta(seconds=1)) > due_on
    early = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)
    assert days_left(local_date(early), due_on, shipped()) == 0


def test_both_clocks_and_the_explanation_count_on_one_calendar():
    closures = [Closure(date(2026, 3, 9), "臺東縣"), Closure(date(2026, 3, 16), "臺東縣")]
    calendar = shipped().with_closures(closures, ["臺東縣"])
    received = at(date(2026, 3, 2))
    both = due_of(received, calendar, Terms())
    assert (both.on, both.platform) == (date(2026, 3, 10), date(2026, 3, 17))
    told = due(received, calendar)
    assert (told.due_on, told.calendar_version) == (both.on, both.calendar_version)
    assert (told.steps[-2].kind, told.steps[-2].note) == (StepKind.ROLLED, "closure")


def test_a_holiday_that_is_taken_away_no_longer_rolls_anything():
    year = shipped().years[115]
    kept = {day: name for day, name in year.off.items() if day != date(2026, 4, 3)}
    received = at(date(2026, 3, 27))
    assert due(received, shipped()).due_on == date(2026, 4, 7)
    changed = shipped().with_year(Year(115, kept, "without"))
    assert due(received, changed).due_on == date(2026, 4, 3)


def test_every_day_to_the_due_date_is_explained():
    assert kinds(due(at(date(2026, 2, 7)), shipped())) == [
        (date(2026, 2, 7), "received", "sat"),
        (date(2026, 2, 8), "counted", "sun"),
        (date(2026, 2, 9), "counted", "mon"),
        (date(2026, 2, 10), "counted", "tue"),
        (date(2026, 2, 11), "counted", "wed"),
        (date(2026, 2, 12), "counted", "thu"),
        (date(2026, 2, 13), "counted", "fri"),
        (date(2026, 2, 14), "rolled", "sat"),
        (date(2026, 2, 15), "rolled", "小年夜"),
        (date(2026, 2, 16), "rolled", "農曆除夕"),
        (date(2026, 2, 17), "rolled", "春節"),
        (date(2026, 2, 18), "rolled", "春節"),
        (date(2026, 2, 19), "rolled", "春節"),
        (date(2026, 2, 20), "rolled", "補假"),
        (date(2026, 2, 21), "rolled", "sat"),
        (date(2026, 2, 22), "rolled", "sun"),
        (date(2026, 2, 23), "due", "mon"),
    ]


def test_in_working_days_the_days_off_are_skipped():
    deadline = due(at(date(2025, 5, 29)), shipped(), days=2, mode=Mode.WORKING)
    assert kinds(deadline) == [
        (date(2025, 5, 29), "received", "thu"),
        (date(2025, 5, 30), "skipped", "補假"),
        (date(2025, 5, 31), "skipped", "端午節"),
        (date(2025, 6, 1), "skipped", "sun"),
        (date(2025, 6, 2), "counted", "mon"),
        (date(2025, 6, 3), "due", "tue"),
    ]


def test_a_period_that_ends_on_a_make_up_saturday_is_due_on_it():
    make_up = date(2025, 2, 8)
    deadline = due(at(date(2025, 2, 1)), shipped())
    assert deadline.due_on == make_up
    assert deadline.steps[-1].note == "make_up_workday"


def test_a_make_up_saturday_counts_as_a_working_day():
    friday = date(2025, 2, 7)
    assert due(at(friday), shipped(), 1, Mode.WORKING).due_on == date(2025, 2, 8)


def test_a_plain_saturday_as_the_last_day_gives_the_whole_monday():
    deadline = due(at(date(2026, 3, 7)), shipped())
    assert deadline.due_on == date(2026, 3, 16)
    assert deadline.due_at.isoformat() == "2026-03-16T23:59:59+08:00"


def test_received_in_the_utc_evening_counts_from_the_next_day_in_taipei():
    before_midnight = due(datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC), shipped())
    after_midnight = due(datetime(2026, 3, 2, 16, 0, 0, tzinfo=UTC), shipped())
    assert (before_midnight.due_on, after_midnight.due_on) == (date(2026, 3, 9), date(2026, 3, 10))


def test_the_last_second_of_a_day_still_belongs_to_it():
    assert due(end_of_day(date(2026, 3, 2)), shipped()).due_on == date(2026, 3, 9)


def test_a_leap_day_is_counted():
    assert due(at(date(2024, 2, 22)), shipped()).due_on == date(2024, 2, 29)
    assert due(at(date(2023, 2, 22)), shipped()).due_on == date(2023, 3, 1)


def test_a_period_runs_over_the_end_of_the_year():
    deadline = due(at(date(2024, 12, 25)), shipped())
    assert deadline.due_on == date(2025, 1, 2)
    assert not deadline.provisional


@pytest.mark.parametrize("received", [date(2016, 12, 30), date(2026, 12, 28), date(2030, 5, 6)])
def test_a_period_that_touches_an_unknown_year_is_provisional(received):
    assert due(at(received), shipped()).provisional


def test_a_new_year_of_the_calendar_settles_a_provisional_date():
    received = at(date(2026, 12, 25))
    before = due(received, shipped())
    weekends = {date(2027, 1, d): "" for d in (2, 3, 9, 10)}
    known = shipped().with_year(Year(116, {date(2027, 1, 1): "開國紀念日", **weekends}, "116"))
    after = due(received, known)
    assert (before.due_on, before.provisional) == (date(2027, 1, 1), True)
    assert (after.due_on, after.provisional) == (date(2027, 1, 4), False)
    assert before.calendar_version != after.calendar_version


def test_a_closure_rolls_the_last_day_but_does_not_lengthen_the_middle():
    received = at(date(2025, 8, 6))
    on_last = shipped().with_closures([Closure(date(2025, 8, 13), "臺北市")], ["臺北市"])
    in_middle = shipped().with_closures([Closure(date(2025, 8, 8), "臺北市")], ["臺北市"])
    assert due(received, shipped()).due_on == date(2025, 8, 13)
    assert due(received, on_last).due_on == date(2025, 8, 14)
    assert due(received, on_last).steps[-2].note == "closure"
    assert due(received, in_middle).due_on == date(2025, 8, 13)


@given(INSTANTS, st.integers(1, 40), st.sampled_from(Mode))
def test_the_explanation_is_whole_and_agrees_with_the_result(received, days, mode):
    deadline = due(received, shipped(), days, mode)
    dates = [step.date for step in deadline.steps]
    assert dates == [dates[0] + timedelta(days=n) for n in range(len(dates))]
    found = [step.kind for step in deadline.steps]
    assert found[0] is StepKind.RECEIVED
    assert found.count(StepKind.COUNTED) == days - 1
    assert [kind for kind in found if kind is StepKind.DUE] == [found[-1]]
    assert dates[-1] == deadline.due_on
    assert shipped().is_workday(deadline.due_on)
    assert deadline.due_at > deadline.received_at == received


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=30)), st.sampled_from(Mode))
def test_what_comes_later_is_never_due_earlier(received, wait, mode):
    sooner, later = (due(when, shipped(), mode=mode) for when in (received, received + wait))
    assert sooner.due_on <= later.due_on


def test_the_json_is_the_contract():
    told = to_json(due(datetime(2026, 3, 6, 2, 0, tzinfo=UTC), shipped(), days=1))
    assert told == {
        "received_at": "2026-03-06T10:00:00+08:00",
        "due_at": "2026-03-09T23:59:59+08:00",
        "provisional": False,
        "calendar_version": shipped().version,
        "steps": [
            {"date": "2026-03-06", "kind": "received", "note": "fri"},
            {"date": "2026-03-07", "kind": "rolled", "note": "sat"},
            {"date": "2026-03-08", "kind": "rolled", "note": "sun"},
            {"date": "2026-03-09", "kind": "due", "note": "mon"},
        ],
    }


@pytest.mark.parametrize("days", [0, -1, 367, 10**9])
def test_a_period_of_no_days_or_too_many_is_refused(days):
    with pytest.raises(Invalid) as refused:
        due(at(date(2026, 3, 2)), shipped(), days)
    assert refused.value.faults[0].code == "out_of_range"


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(Invalid) as refused:
        due(datetime.fromisoformat("2026-03-02T10:00:00"), shipped())
    assert refused.value.faults[0].code == "no_offset"


def test_a_period_beyond_the_end_of_time_is_refused():
    with pytest.raises(Invalid) as refused:
        due(at(date(9999, 12, 30)), shipped())
    assert refused.value.faults[0].code == "out_of_range"


@pytest.mark.parametrize("mode", Mode)
def test_a_calendar_that_never_opens_ends_in_an_error_not_in_a_loop(mode):
    closed = {FIRST + timedelta(days=n): "" for n in range(365 * 4)}
    never = OfficeCalendar({number: Year(number, closed, "closed") for number in range(106, 110)})
    with pytest.raises(Invalid) as refused:
        due(at(FIRST), never, mode=mode)
    assert refused.value.faults[0].code == "no_workday"


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 2, 12), 2),
        (date(2026, 2, 13), 1),
        (date(2026, 2, 16), 1),
        (date(2026, 2, 22), 1),
        (date(2026, 2, 23), 0),
        (date(2026, 2, 24), -1),
        (date(2026, 2, 26), -3),
        (date(2026, 3, 2), -4),
    ],
)
def test_days_left_are_workdays(today, left):
    assert days_left(today, date(2026, 2, 23), shipped()) == left


def test_the_weekend_after_the_due_date_is_late_already():
    friday = date(2026, 3, 6)
    counts = [days_left(friday + timedelta(days=n), friday, shipped()) for n in range(-1, 5)]
    assert counts == [1, 0, -1, -1, -1, -2]


@given(st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_the_sign_of_days_left_tells_early_from_late(today, due_on):
    left = days_left(today, due_on, shipped())
    assert (left > 0, left < 0) == (today < due_on, today > due_on)

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.errors import Invalid
from opendata.rules.roc import (
    TAIPEI,
    Quarter,
    format_date,
    format_date_en,
    format_time,
    format_time_en,
    local_date,
    parse_date,
    quarter_of,
    roc_year,
)

ROC_DAYS = st.dates(min_value=date(1912, 1, 1), max_value=date(2910, 12, 31))


def test_a_date_is_written_as_offices_write_it():
    assert format_date(date(2026, 2, 23)) == "115年2月23日（星期一）"
    assert format_date(date(2026, 2, 22), weekday=False) == "115年2月22日"


def test_a_date_is_written_in_english_whatever_the_locale():
    assert format_date_en(date(2026, 2, 23)) == "Monday, 23 February 2026"
    assert format_date_en(date(2026, 12, 6), weekday=False) == "6 December 2026"


def test_an_instant_is_written_in_the_time_of_taipei():
    evening_before_in_utc = datetime(2026, 2, 22, 22, 5, tzinfo=UTC)
    assert format_time(evening_before_in_utc) == "115年2月23日06:05"
    assert format_time_en(evening_before_in_utc) == "23 February 2026, 06:05"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("104年6月22日", date(2015, 6, 22)),
        ("中華民國 104 年 6 月 22 日", date(2015, 6, 22)),
        ("民國99年2月3日", date(2010, 2, 3)),
        ("114.09.24", date(2025, 9, 24)),
        ("115/2/23", date(2026, 2, 23)),
        ("1141020", date(2025, 10, 20)),
        ("990203", date(2010, 2, 3)),
        ("113-02-29", date(2024, 2, 29)),
        ("2026-02-23", date(2026, 2, 23)),
        ("20260223", date(2026, 2, 23)),
        ("2026年2月23日", date(2026, 2, 23)),
        ("\u3000115/2/23\n", date(2026, 2, 23)),
    ],
)
def test_every_form_in_use_is_read(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "115", "115/2/30", "114年2月29日", "115.2/23", "0/1/1", "0115/1/1", "tomorrow", "11402",
     "115/2/23 14:05", "115年13月1日", "1911-12-31"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_its_text(text):
    with pytest.raises(Invalid) as refused:
        parse_date(text)
    (fault,) = refused.value.faults
    assert (fault.code, dict(fault.params)) == ("not_a_date", {"text": text})


@given(ROC_DAYS)
def test_a_written_date_is_read_back(day):
    assert parse_date(format_date(day, weekday=False)) == day
    assert parse_date(f"{roc_year(day)}/{day.month}/{day.day}") == day
    assert parse_date(day.isoformat()) == day


def test_there_is_no_year_before_the_first():
    assert roc_year(date(1912, 1, 1)) == 1
    with pytest.raises(Invalid):
        roc_year(date(1911, 12, 31))


def test_the_date_in_taipei_decides_not_the_date_in_utc():
    assert local_date(datetime(2026, 2, 8, 15, 59, 59, tzinfo=UTC)) == date(2026, 2, 8)
    assert local_date(datetime(2026, 2, 8, 16, 0, 0, tzinfo=UTC)) == date(2026, 2, 9)


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.times(timezones=st.just(UTC)))
def test_the_fixed_offset_agrees_with_the_zone_database(day, clock):
    instant = datetime.combine(day, clock)
    assert instant.astimezone(TAIPEI).utcoffset() == timedelta(hours=8)
    assert local_date(instant) == instant.astimezone(ZoneInfo("Asia/Taipei")).date()


def test_an_instant_without_an_offset_has_no_local_date():
    with pytest.raises(Invalid) as refused:
        local_date(datetime.fromisoformat("2026-02-08T10:00:00"))
    assert refused.value.faults[0].code == "no_offset"


def test_an_instant_at_the_end_of_time_is_refused():
    with pytest.raises(Invalid) as refused:
        local_date(datetime.max.replace(tzinfo=UTC))
    assert refused.value.faults[0].code == "out_of_range"


def test_a_quarter_has_a_code_a_label_and_bounds():
    third = Quarter(115, 3)
    assert (third.code, third.label) == ("115Q3", "115年第3季")
    assert (third.first, third.last) == (date(2026, 7, 1), date(2026, 9, 30))
    assert Quarter(115, 1).last == date(2026, 3, 31)
    assert third.first in third
    assert third.last in third
    assert third.last + timedelta(days=1) not in third


@pytest.mark.parametrize("text", ["115Q3", "115q3", "115年第3季", "115 年第三季", " 115Q3 "])
def test_a_quarter_is_read_from_code_and_label(text):
    assert Quarter.parse(text) == Quarter(115, 3)


@pytest.mark.parametrize(
    "text", ["115Q5", "115Q0", "0Q1", "Q3", "115", "2026Q3", "115Q3季", "115年第3"]
)
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(Invalid) as refused:
        Quarter.parse(text)
    assert refused.value.faults[0].code == "not_a_quarter"


@given(ROC_DAYS)
def test_every_day_lies_in_its_quarter_and_no_other(day):
    quarter = quarter_of(day)
    assert day in quarter
    assert Quarter.parse(quarter.code) == Quarter.parse(quarter.label) == quarter
    assert quarter_of(quarter.first) == quarter_of(quarter.last) == quarter


def test_quarters_stand_in_order_of_time():
    assert sorted([Quarter(115, 1), Quarter(114, 4)]) == [Quarter(114, 4), Quarter(115, 1)]

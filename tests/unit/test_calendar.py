from dataclasses import replace
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.desk import roster
from opendata.desk.context import Desk
from opendata.rules.calendar import (
    COUNTIES,
    Closure,
    Day,
    OfficeCalendar,
    Year,
    county_of,
    read_table,
    shipped,
    write_table,
    year_from_days,
)
from opendata.rules.errors import Invalid
from opendata.rules.people import shipped_agencies

FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)
COVERED_DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
ANY_DAY = st.dates(min_value=date(2015, 1, 1), max_value=date(2028, 12, 31))


def codes(refused):
    return [fault.code for fault in refused.value.faults]


def days_of_115():
    return list(shipped().years[115].days())


def test_the_shipped_calendar_agrees_with_another_source_on_every_day():
    taiwan = holidays.country_holidays("TW", years=range(2017, 2027))
    differ = [
        day for day in COVERED_DAYS if shipped().is_workday(day) != taiwan.is_working_day(day)
    ]
    assert differ == []


def test_the_shipped_calendar_covers_106_to_115():
    calendar = shipped()
    assert calendar.coverage == tuple(range(106, 116))
    assert calendar.covers(FIRST)
    assert calendar.covers(LAST)
    assert not calendar.covers(FIRST - timedelta(days=1))
    assert not calendar.covers(LAST + timedelta(days=1))


def test_the_days_off_of_each_year_are_as_many_as_were_published():
    counts = {number: len(year.off) for number, year in shipped().years.items()}
    assert counts == {
        106: 116, 107: 115, 108: 115, 109: 115, 110: 116,
        111: 115, 112: 116, 113: 115, 114: 118, 115: 120,
    }  # fmt: skip


def test_a_make_up_saturday_is_a_workday():
    make_up = date(2025, 2, 8)
    assert make_up.weekday() == 5
    assert shipped().is_workday(make_up)
    assert shipped().day_off_reason(make_up) is None
    assert shipped().describe(make_up) == "make_up_workday"


def test_the_days_that_became_holidays_within_114_are_off():
    reasons = [
        shipped().day_off_reason(day)
        for day in (date(2025, 9, 29), date(2025, 10, 24), date(2025, 12, 25))
    ]
    assert reasons == ["補假", "補假", "行憲紀念日"]


def test_a_day_off_has_a_reason():
    calendar = shipped()
    assert calendar.day_off_reason(date(2026, 2, 17)) == "春節"
    assert calendar.day_off_reason(date(2026, 2, 28)) == "和平紀念日"
    assert calendar.day_off_reason(date(2026, 3, 1)) == "sun"
    assert calendar.day_off_reason(date(2026, 3, 2)) is None
    assert calendar.describe(date(2026, 3, 2)) == "mon"


def test_a_weekday_off_without_a_name_says_so():
    monday = date(2025, 9, 29)
    plain = OfficeCalendar({114: Year(114, {monday: ""}, "a file without names")})
    assert plain.day_off_reason(monday) == "day_off"


def test_outside_the_coverage_only_weekends_are_off():
    new_year_2027 = date(2027, 1, 1)
    assert new_year_2027.weekday() == 4
    assert shipped().is_workday(new_year_2027)
    assert shipped().day_off_reason(date(2027, 1, 2)) == "sat"


def test_the_next_workday_after_lunar_new_year_lies_beyond_nine_days_off():
    assert shipped().workday_after(date(2026, 2, 13), 1) == date(2026, 2, 23)


def test_a_calendar_that_never_opens_ends_in_an_error_not_in_a_loop():
    closed = {FIRST + timedelta(days=n): "" for n in range(365 * 3)}
    never = OfficeCalendar({number: Year(number, closed, "closed") for number in (106, 107, 108)})
    with pytest.raises(Invalid) as refused:
        never.workday_after(FIRST, 1)
    assert codes(refused) == ["no_workday"]


def test_workdays_are_counted_after_the_first_day_and_with_the_last():
    friday, monday, tuesday = date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10)
    assert shipped().workdays_between(friday, monday) == 1
    assert shipped().workdays_between(friday, tuesday) == 2
    assert shipped().workdays_between(friday, friday) == 0
    assert shipped().workdays_between(tuesday, friday) == -2


@given(ANY_DAY, ANY_DAY, ANY_DAY)
def test_workdays_add_up_over_any_day_between(one, two, three):
    start, middle, end = sorted((one, two, three))
    whole = shipped().workdays_between(start, end)
    parts = shipped().workdays_between(start, middle) + shipped().workdays_between(middle, end)
    assert whole == parts


def test_a_year_is_replaced_and_the_version_tells():
    old = shipped()
    extra = {**old.years[115].off, date(2026, 3, 2): "選舉投票日"}
    new = old.with_year(Year(115, extra, "amended"))
    assert not new.is_workday(date(2026, 3, 2))
    assert old.is_workday(date(2026, 3, 2))
    assert new.version != old.version
    assert new.with_year(old.years[115]).version == old.version


def test_the_version_names_the_latest_year_and_depends_on_contents_only():
    backwards = dict(sorted(shipped().years.items(), reverse=True))
    assert OfficeCalendar(backwards).version == shipped().version
    assert shipped().version == "115-0f4ff2ee"
    assert OfficeCalendar({}).version.startswith("0-")


def test_a_closure_counts_for_its_county_and_the_whole_day_only():
    typhoon, half = date(2025, 8, 13), date(2025, 8, 14)
    closures = [Closure(typhoon, "臺東縣"), Closure(half, "臺東縣", half=True)]
    there = shipped().with_closures(closures, ["臺東縣"])
    elsewhere = shipped().with_closures(closures, ["臺北市"])
    assert there.day_off_reason(typhoon) == "closure"
    assert there.is_workday(half)
    assert elsewhere.is_workday(typhoon)
    assert elsewhere.version == shipped().version != there.version


def test_the_compact_table_is_read_back_as_it_was_written():
    years = tuple(shipped().years.values())
    assert read_table(write_table(years)) == years


def test_the_compact_table_names_its_source_and_licence():
    table = write_table(shipped().years.values())
    assert "行政院人事行政總處" in table
    assert "政府資料開放授權條款" in table
    assert shipped().years[114].source.endswith("1141020更新")


def test_a_whole_year_is_taken():
    year = year_from_days(reversed(days_of_115()), shipped().years[115].source)
    assert year == shipped().years[115]


def test_a_year_with_a_gap_is_refused_with_its_first_missing_day():
    days = days_of_115()
    del days[40:42]
    with pytest.raises(Invalid) as refused:
        year_from_days(days, "gap")
    (fault,) = refused.value.faults
    assert (fault.code, dict(fault.params)) == ("missing", {"count": 2, "first": date(2026, 2, 10)})


def test_a_leap_year_needs_its_29_february():
    leap = list(shipped().years[113].days())
    assert len(leap) == 366
    with pytest.raises(Invalid) as refused:
        year_from_days([day for day in leap if day.date != date(2024, 2, 29)], "short")
    assert dict(refused.value.faults[0].params)["first"] == date(2024, 2, 29)


def test_a_day_that_stands_twice_is_refused():
    with pytest.raises(Invalid) as refused:
        year_from_days([*days_of_115(), days_of_115()[0]], "twice")
    assert codes(refused) == ["twice"]


def test_two_years_in_one_file_are_refused():
    with pytest.raises(Invalid) as refused:
        year_from_days([*days_of_115(), Day(date(2027, 1, 1), off=True)], "two years")
    assert codes(refused) == ["several_years"]


def test_an_empty_year_never_means_no_holidays():
    with pytest.raises(Invalid) as refused:
        year_from_days([], "empty")
    assert codes(refused) == ["no_days"]


def test_a_year_of_weekends_only_is_refused():
    plain = [day._replace(off=day.date.weekday() >= 5) for day in days_of_115()]
    with pytest.raises(Invalid) as refused:
        year_from_days(plain, "plain")
    assert set(codes(refused)) == {"too_few_holidays", "not_taiwan"}


def test_a_year_without_workdays_is_refused():
    with pytest.raises(Invalid) as refused:
        year_from_days([day._replace(off=True) for day in days_of_115()], "closed")
    assert codes(refused) == ["no_workday"]


@pytest.mark.parametrize("country", ["US", "JP", "CN", "KR"])
def test_another_countrys_calendar_is_refused(country):
    foreign = holidays.country_holidays(country, years=2026)
    days = [Day(day.date, not foreign.is_working_day(day.date)) for day in days_of_115()]
    with pytest.raises(Invalid) as refused:
        year_from_days(days, "us")
    assert "not_taiwan" in codes(refused)


def test_workdays_are_counted_forth_and_back_over_lunar_new_year():
    calendar = shipped()
    assert calendar.workday_before(date(2026, 2, 23), 1) == date(2026, 2, 13)
    assert calendar.workday_before(date(2026, 2, 23), 3) == date(2026, 2, 11)
    assert calendar.workday_after(date(2026, 2, 13), 3) == date(2026, 2, 25)
    assert calendar.rest_after(date(2026, 2, 13)) == 9
    assert calendar.rest_before(date(2026, 2, 23)) == 9
    assert calendar.rest_before(date(2026, 2, 24)) == 0


def test_half_a_day_closes_an_office_only_where_that_is_the_rule():
    half = Closure(date(2026, 3, 4), "臺北市", half=True)
    assert shipped().with_closures([half], ["臺北市"]).is_workday(half.day)
    assert not shipped().with_closures([half], ["臺北市"], half_counts=True).is_workday(half.day)


def test_the_closures_of_both_seats_count_for_a_case():
    closures = [Closure(date(2026, 3, 4), "臺北市"), Closure(date(2026, 3, 5), "臺東縣")]
    both = shipped().with_closures(closures, ["臺北市", "臺東縣"])
    assert not both.is_workday(date(2026, 3, 4))
    assert not both.is_workday(date(2026, 3, 5))


def test_a_year_tells_which_days_it_makes_days_off_or_workdays_and_their_names():
    year = shipped().years[115]
    off = {day: name for day, name in year.off.items() if day != date(2026, 2, 19)}
    amended = Year(115, {**off, date(2026, 11, 25): "選舉投票日"}, "amended")
    assert amended.changed_from(year) == (
        Day(date(2026, 2, 19), off=False, name="春節"),
        Day(date(2026, 11, 25), off=True, name="選舉投票日"),
    )
    assert year.changed_from(year) == ()


def test_a_year_that_was_not_known_is_told_by_what_differs_from_its_weekends():
    changed = shipped().years[114].changed_from(None)
    assert Day(date(2025, 2, 8), off=False) in changed
    assert {day.date.weekday() for day in changed if day.off} <= {0, 1, 2, 3, 4}
    assert len(changed) == 16


def test_a_years_version_depends_on_its_own_days_only():
    years = shipped().years
    assert years[114].version.startswith("114-")
    assert len({year.version for year in years.values()}) == len(years)
    assert replace(years[114], source="elsewhere").version == years[114].version


@pytest.mark.parametrize(
    ("text", "county"), [("臺北市", "臺北市"), ("台北市", "臺北市"), (" 台東縣 ", "臺東縣")]
)
def test_a_county_is_known_whichever_way_it_is_written(text, county):
    assert county_of(text) == county


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "county_required") for text in ("", " ")),
        *((text, "unknown_county") for text in ("臺北", "新竹", "東京都")),
    ],
)
def test_a_county_that_there_is_not_or_that_could_be_two_is_refused_with_all_of_them(text, code):
    with pytest.raises(Invalid) as refused:
        county_of(text)
    assert codes(refused) == [code]
    assert len(dict(refused.value.faults[0].params)["counties"]) == 22


def test_every_seat_of_the_shipped_agencies_is_a_county_that_announces_closures():
    assert {one.county for one in shipped_agencies()} - {""} <= set(COUNTIES)


def test_a_process_that_has_counted_before_counts_on_the_new_calendar_at_once(world):
    assert world.desk.calendar().is_workday(date(2026, 3, 9))
    elsewhere = Desk(world.desk.store, world.clock)
    roster.close(elsewhere, [Closure(date(2026, 3, 9), "臺北市")])
    assert not world.desk.calendar().is_workday(date(2026, 3, 9))

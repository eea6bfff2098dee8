"""The office calendar: which days are workdays, which years are known, and which closures count.

Lives here: ``OfficeCalendar`` and its ``Year``, the test that an incoming year has to pass, and the
compact table the project ships (``office_calendar.csv``). How a DGPA file is read stands in
``opendata.adapters.dgpa``; what follows for due dates, in ``deadline``.

Sources: 政府行政機關辦公日曆表 (DGPA, dataset 14718), 紀念日及節日實施條例,
天然災害停止上班及上課作業辦法; a make-up Saturday is a workday (letter of 法務部, 99.2.3). Domain
rules R3 and R18.
"""

from __future__ import annotations

import csv
import io
from calendar import isleap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

from opendata.rules.canonical import digest
from opendata.rules.errors import Fault, Invalid
from opendata.rules.roc import BEFORE_YEAR_1

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_OFF, CLOSURE, MAKE_UP = "day_off", "closure", "make_up_workday"
COUNTIES = (
    *("臺北市", "新北市", "桃園市", "臺中市", "臺南市", "高雄市", "基隆市", "新竹市", "嘉義市"),
    *("新竹縣", "苗栗縣", "彰化縣", "南投縣", "雲林縣", "嘉義縣", "屏東縣"),
    *("宜蘭縣", "花蓮縣", "臺東縣", "澎湖縣", "金門縣", "連江縣"),
)
"""The counties and cities that announce 停止上班, each for itself."""

FEWEST_HOLIDAYS = 8
# Off by statute in every year, and the span in which Lunar New Year lies: its eve and three days,
# each made up for on a weekday. A table without them is another country's.
_NATIONAL_DAYS = ((1, 1), (2, 28), (10, 10))
_LUNAR_NEW_YEAR = ((1, 20), (2, 27))
_SHORTEST_NEW_YEAR = 4
_LONGEST_REST = 366
_ONE_DAY = timedelta(days=1)

_COLUMNS = ("year", "date", "kind", "note")
_ATTRIBUTION = """\
# 行政院人事行政總處，政府行政機關辦公日曆表（data.gov.tw 資料集 14718），經本專案擷取、改編。
# 此開放資料依政府資料開放授權條款 (Open Government Data License) 進行公眾釋出，
# 使用者於遵守本條款各項規定之前提下，得利用之。
# https://data.gov.tw/license
# What differs from a plain week: days off on weekdays, named days, and make-up workdays.
"""


class Day(NamedTuple):
    """One line of a year's calendar: whether offices are closed that day, and its name or ''."""

    date: date
    off: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The calendar of one 民國 year.

    Attributes:
        roc_year: 115.
        off: every day off, weekends too, with its name or ''. What is not here is a workday.
        source: the file or announcement it was taken from.
    """

    roc_year: int
    off: Mapping[date, str]
    source: str

    def days(self) -> Iterator[Day]:
        """Every day of the year in order."""
        for day in _days_of(self.roc_year):
            yield Day(day, day in self.off, self.off.get(day, ""))

    def exceptions(self) -> Iterator[Day]:
        """The days that differ from a plain week, or have a name."""
        return (day for day in self.days() if day.off != _is_weekend(day.date) or day.name)

    @property
    def version(self) -> str:
        """The year and a short hash of its days."""
        return OfficeCalendar({self.roc_year: self}).version

    def changed_from(self, before: Year | None) -> tuple[Day, ...]:
        """The days that this year makes days off or workdays; a workday with what it was before.

        ``before`` is what was known of the year; None: nothing but its weekends.
        """
        known = (
            before.off
            if before
            else dict.fromkeys(filter(_is_weekend, _days_of(self.roc_year)), "")
        )
        return tuple(
            day if day.off else day._replace(name=known[day.date])
            for day in self.days()
            if day.off != (day.date in known)
        )


@dataclass(frozen=True, slots=True)
class Closure:
    """停止上班: one county closes its offices for a day or half of it, by announcement."""

    day: date
    county: str
    half: bool = False


FIRST_DAY = date(2013, 1, 1)
"""No case is older: in 民國 102 the ministries opened their first data."""
AHEAD = timedelta(days=400)
"""How far ahead a closure may lie: no typhoon is announced for the year after next."""


def announced(closures: Iterable[Closure], today: date) -> None:
    """Hold closures to days for which one can have been announced.

    Raises:
        Invalid: ``closure_too_far`` – more than AHEAD after today; ``closure_too_early``.
    """
    for day in sorted({one.day for one in closures}):
        if day > today + AHEAD:
            told = (("day", day), ("most", AHEAD.days), ("last", today + AHEAD))
            raise Invalid(Fault("day", "closure_too_far", told))
        if day < FIRST_DAY:
            raise Invalid(Fault("day", "closure_too_early", (("day", day), ("first", FIRST_DAY))))


class ChangeKind(StrEnum):
    """What was done to the calendar that counts for a case.

    A year was imported, closures were entered or taken back; a newer calendar came with the desk;
    the case went to an agency that has its seat elsewhere; its agency, or who approves for it, has
    another seat by now; or the ministry has come to take half a day's closure otherwise.
    """

    YEAR = "year"
    CLOSED = "closed"
    REOPENED = "reopened"
    SHIPPED = "shipped"
    SEAT = "seat"
    HALF = "half"
    RELOCATED = "relocated"


def county_of(text: str) -> str:
    """The county or city that a text names, whichever way it writes 臺.

    Raises:
        Invalid: ``county_required`` – it is blank; ``unknown_county``.
    """
    county = text.strip().replace("台", "臺")
    if not county:
        raise Invalid(Fault("county", "county_required", (("counties", COUNTIES),)))
    if county not in COUNTIES:
        raise Invalid(Fault("county", "unknown_county", (("text", text), ("counties", COUNTIES))))
    return county


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The known years, and the closures that count for one seat.

    Attributes:
        years: by 民國 year. In any other year weekends are off and nothing else is known.
        closed: closure days beside those years.
        half_counts: whether offices that close for half a day are closed that day.
        version: latest year and a short hash of all contents; equal contents, equal version.
    """

    years: Mapping[int, Year]
    closed: frozenset[date] = frozenset()
    half_counts: bool = False
    version: str = field(init=False)

    def __post_init__(self) -> None:
        told = [
            [[day.date, day.off, day.name] for day in self.years[number].exceptions()]
            for number in self.coverage
        ]
        hashed = digest([self.coverage, told, sorted(self.closed)])
        latest = self.coverage[-1] if self.years else 0
        object.__setattr__(self, "version", f"{latest}-{hashed[:8]}")

    @property
    def coverage(self) -> tuple[int, ...]:
        """The 民國 years that are known, in order."""
        return tuple(sorted(self.years))

    def covers(self, day: date) -> bool:
        """Whether the day's year is known; else what is said of the day is provisional."""
        return day.year - BEFORE_YEAR_1 in self.years

    def is_workday(self, day: date) -> bool:
        """Whether offices are open that day."""
        if day in self.closed:
            return False
        year = self.years.get(day.year - BEFORE_YEAR_1)
        return not _is_weekend(day) if year is None else day not in year.off

    def day_off_reason(self, day: date) -> str | None:
        """Why offices are closed: the holiday's name, or a code; None on a workday.

        Codes: ``closure``, ``sat``, ``sun``, and ``day_off`` for a weekday off without a name.
        """
        if self.is_workday(day):
            return None
        year = self.years.get(day.year - BEFORE_YEAR_1)
        if year is not None and (name := year.off.get(day)):
            return name
        if _is_weekend(day):
            return WEEKDAYS[day.weekday()]
        return CLOSURE if day in self.closed else DAY_OFF

    def describe(self, day: date) -> str:
        """What to say of any day: why it is off, or ``make_up_workday``, or its weekday's code."""
        if (reason := self.day_off_reason(day)) is not None:
            return reason
        return MAKE_UP if _is_weekend(day) else WEEKDAYS[day.weekday()]

    def without_closures(self) -> OfficeCalendar:
        """The calendar as it was published, before any office closed by announcement."""
        return replace(self, closed=frozenset())

    def workday_before(self, day: date, count: int) -> date:
        """The workday that lies so many workdays before a day.

        Raises:
            Invalid: ``no_workday`` – offices stay closed for a whole year.
        """
        return self._workday(day, -_ONE_DAY, count)

    def workday_after(self, day: date, count: int) -> date:
        """The workday that lies so many workdays after a day.

        Raises:
            Invalid: ``no_workday`` – offices stay closed for a whole year.
        """
        return self._workday(day, _ONE_DAY, count)

    def _workday(self, day: date, step: timedelta, count: int) -> date:
        for _ in range(count):
            for _ in range(_LONGEST_REST):
                day += step
                if self.is_workday(day):
                    break
            else:
                raise Invalid(Fault("calendar", "no_workday"))
        return day

    def rest_before(self, day: date) -> int:
        """How many days offices were closed in a row just before a day."""
        return (day - self.workday_before(day, 1)).days - 1

    def rest_after(self, day: date) -> int:
        """How many days offices stay closed in a row just after a day."""
        return (self.workday_after(day, 1) - day).days - 1

    def workdays_between(self, start: date, end: date) -> int:
        """How many workdays lie after ``start``, ``end`` included; negative if it is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        span = (end - start).days
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, span + 1))

    def with_year(self, year: Year) -> OfficeCalendar:
        """The calendar in which this year stands in place of what was known of it."""
        return replace(self, years=MappingProxyType({**self.years, year.roc_year: year}))

    def with_closures(
        self, closures: Iterable[Closure], counties: Collection[str], *, half_counts: bool = False
    ) -> OfficeCalendar:
        """The calendar as it is at some seats.

        Args:
            closures: all that are known.
            counties: where the agency has its seat, and where its approver has.
            half_counts: whether offices that close for half a day are closed that day.
        """
        here = {
            one.day for one in closures if one.county in counties and (half_counts or not one.half)
        }
        return replace(self, closed=self.closed | here, half_counts=half_counts)


def year_from_days(days: Iterable[Day], source: str) -> Year:
    """Check a year's calendar that comes from outside, and make a ``Year`` of it.

    Args:
        days: all its days, in any order.
        source: where it comes from.

    Raises:
        Invalid: ``no_days``, ``several_years``, ``twice``, ``missing`` (days that do not stand in
            it), ``too_few_holidays`` (fewer than 8 weekdays off: not a whole calendar),
            ``no_workday``, or ``not_taiwan`` (offices open on a national day or at Lunar New Year).
    """
    listed = sorted(days)
    if not listed:
        raise Invalid(Fault("days", "no_days"))
    roc_year = listed[0].date.year - BEFORE_YEAR_1
    if listed[-1].date.year != listed[0].date.year:
        raise Invalid(Fault("days", "several_years"))
    faults = (*_incomplete(listed, roc_year), *_implausible(listed))
    if faults:
        raise Invalid(*faults)
    off = {day.date: day.name for day in listed if day.off}
    return Year(roc_year, MappingProxyType(off), source)


def _incomplete(listed: list[Day], roc_year: int) -> Iterator[Fault]:
    seen = {day.date for day in listed}
    if len(seen) < len(listed):
        yield Fault("days", "twice", (("count", len(listed) - len(seen)),))
    missing = [day for day in _days_of(roc_year) if day not in seen]
    if missing:
        yield Fault("days", "missing", (("count", len(missing)), ("first", missing[0])))


def _implausible(listed: list[Day]) -> Iterator[Fault]:
    holidays = sum(day.off and not _is_weekend(day.date) for day in listed)
    if holidays < FEWEST_HOLIDAYS:
        yield Fault("days", "too_few_holidays", (("count", holidays), ("least", FEWEST_HOLIDAYS)))
    if all(day.off for day in listed):
        yield Fault("days", "no_workday")
    if not _is_of_taiwan(listed):
        yield Fault("days", "not_taiwan")


def _is_of_taiwan(listed: list[Day]) -> bool:
    weekdays_off = {
        (day.date.month, day.date.day) for day in listed if day.off and not _is_weekend(day.date)
    }
    workdays = {(day.date.month, day.date.day) for day in listed if not day.off}
    begin, end = _LUNAR_NEW_YEAR
    new_year = sum(begin <= day <= end for day in weekdays_off)
    return workdays.isdisjoint(_NATIONAL_DAYS) and new_year >= _SHORTEST_NEW_YEAR


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def _days_of(roc_year: int) -> Iterator[date]:
    first = date(roc_year + BEFORE_YEAR_1, 1, 1)
    return (first + timedelta(days=n) for n in range(366 if isleap(first.year) else 365))


def write_table(years: Iterable[Year]) -> str:
    """Years as the compact table, with attribution; ``read_table`` gives them back."""
    out = io.StringIO(newline="")
    out.write(_ATTRIBUTION)
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for year in sorted(years, key=lambda one: one.roc_year):
        rows.writerow((year.roc_year, "", "source", year.source))
        for day in year.exceptions():
            rows.writerow((year.roc_year, day.date, "off" if day.off else "workday", day.name))
    return out.getvalue()


def read_table(text: str) -> tuple[Year, ...]:
    """The years of a compact table as ``write_table`` writes it."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    sources: dict[int, str] = {}
    off: dict[int, dict[date, str]] = {}
    for row in csv.DictReader(lines):
        number = int(row["year"])
        if row["kind"] == "source":
            sources[number] = row["note"]
            off[number] = {day: "" for day in _days_of(number) if _is_weekend(day)}
        elif row["kind"] == "off":
            off[number][date.fromisoformat(row["date"])] = row["note"]
        else:
            del off[number][date.fromisoformat(row["date"])]
    return tuple(
        Year(number, MappingProxyType(dict(sorted(off[number].items()))), source)
        for number, source in sources.items()
    )


@cache
def shipped() -> OfficeCalendar:
    """The calendar that comes with the desk, 民國 106 to 115; read at the first call."""
    table = resources.files("opendata.rules").joinpath("office_calendar.csv")
    years = {year.roc_year: year for year in read_table(table.read_text("utf-8"))}
    return OfficeCalendar(MappingProxyType(years))

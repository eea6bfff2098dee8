"""Dates as the Republic of China writes them: 民國 years, quarters, and the local date.

Lives here: Taipei's time zone, the date forms that offices write and read, and ``Quarter``. Which
days are workdays stands in ``calendar``; when something is due, in ``deadline``.

Year 1 is 1912 (民國年 = 西元 − 1911); official documents give the date in it (公文程式條例 §6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from opendata.rules.errors import Fault, Invalid

# A fixed offset, not ZoneInfo: the zone database is missing on some machines the desk runs on
# (Windows, slim containers), and Taiwan has not changed its clocks since 1979. The platform's
# oldest record is of 2013.
TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")

BEFORE_YEAR_1 = 1911
_WEEKDAYS = "一二三四五六日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_WRITTEN = re.compile(r"(?:中華民國|民國)?\s*(\d{1,4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_SEPARATED = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,2})")
_RUN_TOGETHER = re.compile(r"(\d{2,4})(\d{2})(\d{2})")
_QUARTER = re.compile(r"(\d{1,3})(?:[Qq]([1-4])|\s*年\s*第\s*([1-4一二三四])\s*季)")


def local_date(instant: datetime) -> date:
    """The date in Taipei at an instant; it decides every due date (domain rule R1).

    Raises:
        Invalid: ``no_offset`` – the instant does not say in which zone it is; ``out_of_range`` – it
            lies within hours of the beginning or the end of the calendar.
    """
    if instant.tzinfo is None:
        raise Invalid(Fault("instant", "no_offset", (("text", instant.isoformat()),)))
    try:
        return instant.astimezone(TAIPEI).date()
    except OverflowError:
        raise Invalid(Fault("instant", "out_of_range", (("text", instant.isoformat()),))) from None


def roc_year(day: date) -> int:
    """The 民國 year.

    Raises:
        Invalid: ``before_roc`` – the calendar begins with 1912.
    """
    if day.year <= BEFORE_YEAR_1:
        raise Invalid(Fault("date", "before_roc", (("date", day.isoformat()),)))
    return day.year - BEFORE_YEAR_1


def format_date(day: date, *, weekday: bool = True) -> str:
    """115年2月23日（星期一）, or without the weekday."""
    written = f"{roc_year(day)}年{day.month}月{day.day}日"
    return f"{written}（星期{_WEEKDAYS[day.weekday()]}）" if weekday else written


def format_date_en(day: date, *, weekday: bool = True) -> str:
    """Monday, 23 February 2026, or without the weekday; in no way dependent on the locale."""
    written = f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{_WEEKDAYS_EN[day.weekday()]}, {written}" if weekday else written


def format_time(instant: datetime) -> str:
    """115年2月23日14:05, in Taipei.

    Raises:
        Invalid: the instant has no offset.
    """
    return format_date(local_date(instant), weekday=False) + f"{instant.astimezone(TAIPEI):%H:%M}"


def format_time_en(instant: datetime) -> str:
    """23 February 2026, 14:05, in Taipei.

    Raises:
        Invalid: the instant has no offset.
    """
    written = format_date_en(local_date(instant), weekday=False)
    return f"{written}, {instant.astimezone(TAIPEI):%H:%M}"


def parse_date(text: str) -> date:
    """Read a date in any form that offices use.

    104年6月22日, 114.09.24, 115/2/23, 1141020, 990203 (six digits before the year 100), each also
    with a Gregorian year, which has four digits: 2026-02-23, 20260223.

    Raises:
        Invalid: ``not_a_date`` – no such form, or no such day.
    """
    tidy = text.strip()
    for pattern, parts in (
        (_WRITTEN, (1, 2, 3)),
        (_SEPARATED, (1, 3, 4)),
        (_RUN_TOGETHER, (1, 2, 3)),
    ):
        if match := pattern.fullmatch(tidy):
            return _day(*match.group(*parts), text=text)
    raise _not_a_date(text)


def _day(year: str, month: str, day: str, *, text: str) -> date:
    gregorian = int(year) if len(year) == 4 else int(year) + BEFORE_YEAR_1
    if gregorian <= BEFORE_YEAR_1:
        raise _not_a_date(text)
    try:
        return date(gregorian, int(month), int(day))
    except ValueError:
        raise _not_a_date(text) from None


def _not_a_date(text: str) -> Invalid:
    return Invalid(Fault("date", "not_a_date", (("text", text),)))


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a 民國 year; the fiscal year is the calendar year.

    Raises:
        Invalid: ``not_a_quarter`` – the year is below 1 or the number is not 1 to 4.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 999 and 1 <= self.number <= 4):
            raise _not_a_quarter(f"{self.year}Q{self.number}")

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read 115Q3 or 115年第3季.

        Raises:
            Invalid: ``not_a_quarter``.
        """
        match = _QUARTER.fullmatch(text.strip())
        if match is None:
            raise _not_a_quarter(text)
        number = match[2] or match[3]
        return cls(int(match[1]), "一二三四".find(number) + 1 or int(number))

    @property
    def code(self) -> str:
        """115Q3."""
        return f"{self.year}Q{self.number}"

    @property
    def before(self) -> Quarter:
        """The one before it."""
        if self.number > 1:
            return Quarter(self.year, self.number - 1)
        return Quarter(self.year - 1, 4)

    @property
    def label(self) -> str:
        """115年第3季."""
        return f"{self.year}年第{self.number}季"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year + BEFORE_YEAR_1, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day; local dates are compared, so both bounds belong to it."""
        return self.first.replace(month=3 * self.number, day=31 if self.number in (1, 4) else 30)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def _not_a_quarter(text: str) -> Invalid:
    return Invalid(Fault("quarter", "not_a_quarter", (("text", text),)))


def quarter_of(day: date) -> Quarter:
    """The quarter that a local date lies in."""
    return Quarter(roc_year(day), (day.month + 2) // 3)

"""When a schedule is due next: ``rate(…)`` and ``cron(…)`` as EventBridge Scheduler reads them.

Pure; who runs what is due stands in ``aws``. A rate counts on AWS from the moment the schedule was
made; here from 1970, so that several keep step. Not understood, and refused by name: ``L``, ``W``,
``#``, ranges that run backwards, and ``at(…)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

MINUTE = timedelta(minutes=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_RATE = re.compile(r"rate\((?:1 (minute|hour|day)|([2-9]|[1-9]\d+) (minute|hour|day)s)\)")
_UNITS = {"minute": MINUTE, "hour": timedelta(hours=1), "day": timedelta(days=1)}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    """A place in a cron expression: its name, its numbers, what they are called."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    of_days: bool = False

    def read(self, text: str) -> frozenset[int]:
        """The numbers that it means; ``?`` leaves it to the other kind of days."""
        if text == "?" and self.of_days:
            text = "*"
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, part: str) -> range:
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{self.name}: {part}")
        every, first, last, step = found.groups()
        if every:
            start, end = self.least, self.most
        else:
            start = self._number(first)
            # 5/15 begins at 5 and goes on to the end of the field.
            end = self._number(last) if last else self.most if step else start
        if start > end or step == "0":
            raise ValueError(f"{self.name}: {part}")
        return range(start, end + 1, int(step or 1))

    def _number(self, text: str) -> int:
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.least
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            raise ValueError(f"{self.name}: {text}")
        return int(text)


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, of_days=True),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _WEEKDAYS, of_days=True),
    _Field("year", 1970, 2199),
)
_EVERY_MINUTE = frozenset(range(60))


@dataclass(frozen=True, slots=True)
class _Rate:
    """Every so often."""

    period: timedelta

    def next_after(self, _zone: tzinfo, instant: datetime) -> datetime | None:
        whole = (instant - _BEGINNING) // self.period
        return _BEGINNING + (whole + 1) * self.period

    @property
    def each_minute(self) -> bool:
        return self.period == MINUTE


@dataclass(frozen=True, slots=True)
class _Cron:
    """At these local times."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def next_after(self, zone: tzinfo, instant: datetime) -> datetime | None:
        here = instant.astimezone(zone)
        for day in self._days_from(here.date()):
            earliest = here.time() if day == here.date() else time.min
            for at in self._times(earliest):
                found = datetime.combine(day, at, zone).astimezone(UTC)
                # A local time that the clocks leap over is left out; one that comes twice counts
                # the first time.
                exists = found.astimezone(zone).time() == at
                if exists and found > instant:
                    return found
        return None

    def _days_from(self, first: date) -> Iterator[date]:
        for year in sorted(year for year in self.years if year >= first.year):
            for month in sorted(self.months):
                if (year, month) >= (first.year, first.month):
                    yield from (day for day in _days_of(year, month) if self._is_meant(day, first))

    def _is_meant(self, day: date, first: date) -> bool:
        weekday = day.isoweekday() % 7 + 1  # Sunday is 1
        return day >= first and day.day in self.days and weekday in self.weekdays

    def _times(self, earliest: time) -> Iterator[time]:
        for hour in sorted(hour for hour in self.hours if hour >= earliest.hour):
            for minute in sorted(self.minutes):
                if (hour, minute) >= (earliest.hour, earliest.minute):
                    yield time(hour, minute)

    @property
    def each_minute(self) -> bool:
        return self.minutes == _EVERY_MINUTE


def next_after(expression: str, zone: tzinfo, instant: datetime) -> datetime | None:
    """When a schedule is due for the first time after an instant; None: never again.

    Args:
        expression: ``rate(15 minutes)``, ``cron(0 9 ? * MON-FRI *)``.
        zone: whose local time a cron means.
        instant: aware; what is due at this very instant is not meant.

    Returns:
        The instant, in UTC.

    Raises:
        ValueError: the expression is not understood; it says which part.
    """
    return _parsed(expression).next_after(zone, instant)


def is_each_minute(expression: str) -> bool:
    """Whether it comes each minute, at some hours at least.

    Raises:
        ValueError: the expression is not understood.
    """
    return _parsed(expression).each_minute


@lru_cache(maxsize=256)
def _parsed(expression: str) -> _Rate | _Cron:
    if told := _RATE.fullmatch(expression):
        one, number, several = told.groups()
        return _Rate(int(number or 1) * _UNITS[one or several])
    if expression.startswith("cron(") and expression.endswith(")"):
        return _cron(expression[len("cron(") : -1])
    raise ValueError(f"neither rate(…) nor cron(…): {expression}")


def _cron(text: str) -> _Cron:
    given = text.split(" ")
    if len(given) != len(_FIELDS):
        raise ValueError(f"cron has six fields: {text}")
    if (given[2] == "?") is (given[4] == "?"):
        raise ValueError(f"exactly one of day of month and day of week is ?: {text}")
    return _Cron(*(field.read(one) for field, one in zip(_FIELDS, given, strict=True)))


def _days_of(year: int, month: int) -> Iterator[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += timedelta(days=1)

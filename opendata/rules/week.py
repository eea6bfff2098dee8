"""The week of an office: its number, and the days that it has."""

from __future__ import annotations

from datetime import date, timedelta


def code_of(day: date) -> int:
    """The week as a number that sorts, by ISO 8601: 202610."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


def span(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week that a day lies in."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)

"""A second reckoning of due dates, written apart from the desk's and by another method.

A due date is a place in the sorted list of workdays; nothing of ``opendata`` is used, and the
calendars are read here from their files again. Weekends are all it knows outside 民國 106 to 115,
and a due date that rests on days outside is not covered.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)
PERIODS = ((7, "calendar"), (7, "working"), (14, "calendar"))
"""The promise, the promise in working days, and the platform's term."""

TABLE = Path(__file__).parents[1] / "opendata/rules/office_calendar.csv"
# Of 114 there are three files; what was in force in the end is the last.
_NAMES = {year: f"{year}年中華民國政府行政機關辦公日曆表" for year in range(106, 116)}
NEWEST = {**_NAMES, 114: f"{_NAMES[114]}1141020更新"}


class Oracle:
    """What is due when, from the workdays of the ten years.

    Args:
        workdays: of the ten years; before and after them every day but the weekend is one.
    """

    def __init__(self, workdays: Iterable[date]) -> None:
        around = (
            *days(FIRST - timedelta(days=200), FIRST - timedelta(days=1)),
            *days(LAST + timedelta(days=1), LAST + timedelta(days=200)),
        )
        self.workdays = sorted({*workdays, *(day for day in around if day.isoweekday() < 6)})

    def due(self, received: date, count: int, mode: str) -> date:
        """The due date of what is received on a local date."""
        if mode == "working":
            return self.workdays[bisect_right(self.workdays, received) + count - 1]
        return self.workdays[bisect_left(self.workdays, received + timedelta(days=count))]

    def covered(self, received: date, count: int, mode: str) -> bool:
        """Whether every day it rests on lies in the ten years."""
        return received >= FIRST and self.due(received, count, mode) <= LAST


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def of_table() -> Oracle:
    """The reckoning by the table that the desk ships."""
    lines = TABLE.read_text("utf-8").splitlines()
    rows = csv.reader(line for line in lines if not line.startswith("#"))
    told = {date.fromisoformat(day): kind for _, day, kind, _ in rows if day[:1].isdigit()}
    plain = {True: "workday", False: "off"}
    return Oracle(
        day for day in days(FIRST, LAST) if told.get(day, plain[day.isoweekday() < 6]) == "workday"
    )


def of_files(folder: Path) -> Oracle:
    """The reckoning by DGPA's own files, the newest of each year."""
    return Oracle(day for name in NEWEST.values() for day in _workdays(folder / f"{name}.csv"))


def _workdays(path: Path) -> Iterator[date]:
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "big5")
    for cells in list(csv.reader(io.StringIO(text)))[1:]:
        if cells[2] == "0":
            yield datetime.strptime(cells[0], "%Y%m%d").date()  # noqa: DTZ007 - a local date

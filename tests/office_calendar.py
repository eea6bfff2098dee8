"""A year of the office calendar as DGPA publishes it, made of a year that is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from opendata.rules.calendar import Year, shipped

COLUMNS = ("西元日期", "星期", "是否放假", "備註")
_WEEK = "一二三四五六日"
Row = tuple[str, str, str, str]


def calendar_file(
    change: Callable[[list[Row]], Iterable[Row]] = lambda rows: rows,
    year: Year | int = 115,
    encoding: str = "utf-8",
) -> bytes:
    """The file's bytes; ``change`` is what is wrong or new in its rows."""
    known = shipped().years[year] if isinstance(year, int) else year
    rows = [
        (f"{one.date:%Y%m%d}", _WEEK[one.date.weekday()], "2" if one.off else "0", one.name)
        for one in known.days()
    ]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *change(rows)])
    return out.getvalue().encode(encoding)


def with_day(date: str, off: str, name: str = "") -> Callable[[list[Row]], list[Row]]:
    """A change of one day, given as 20260219."""

    def changed(rows: list[Row]) -> list[Row]:
        return [(row[0], row[1], off, name) if row[0] == date else row for row in rows]

    return changed

"""A year's 政府行政機關辦公日曆表 as DGPA publishes it (data.gov.tw dataset 14718).

Lives here: the file's four columns. What a plausible year is stands in ``opendata.rules.calendar``.
A calendar is taken whole or not at all: due dates rest on every one of its days.
"""

from __future__ import annotations

from datetime import date

from opendata.adapters.tables import RowFault, TableRow, read_table, take
from opendata.rules.calendar import Day, Year, year_from_days
from opendata.rules.errors import Fault, Invalid
from opendata.rules.roc import parse_date

DATE, WEEKDAY, OFF, NOTE = "西元日期", "星期", "是否放假", "備註"
_WEEKDAYS = "一二三四五六日"
_IS_OFF = {"0": False, "2": True}


def read_year(raw: bytes, source: str) -> Year:
    """Read one year's calendar.

    Only 是否放假 decides whether a day is off (2) or a workday (0). 備註 gives a day off its name;
    its words for make-up workdays have changed over the years and are not read.

    Args:
        raw: the file's bytes, UTF-8 with or without BOM, or CP950.
        source: where it comes from, e.g. the file's name.

    Raises:
        Invalid: a line that cannot be read (``not_a_date``, ``not_a_kind_of_day``,
            ``wrong_weekday``, ``cells``, each with its ``line``), or a year that cannot be right
            (see ``year_from_days``).
    """
    years, faults = read_whole(raw, source)
    if faults:
        raise Invalid(
            *(
                Fault(one.fault.field, one.fault.code, (("line", one.line), *one.fault.params))
                for one in faults
            )
        )
    return years[0]


def read_whole(raw: bytes, source: str) -> tuple[tuple[Year, ...], tuple[RowFault, ...]]:
    """Read one year's calendar as ``read_year`` does, with the lines that are wrong beside it.

    Returns:
        The one year and no faults, or no year and the faults of its lines.

    Raises:
        Invalid: the file as a whole cannot be read, or is no year that could be right.
    """
    days, faults = take(read_table(raw, (DATE, WEEKDAY, OFF, NOTE)), _day)
    if faults:
        return (), faults
    return (year_from_days((day for _, day in days), source),), ()


def _day(row: TableRow) -> Day:
    day = _date(row.cells[DATE])
    off = _IS_OFF.get(row.cells[OFF])
    if off is None:
        raise Invalid(Fault(OFF, "not_a_kind_of_day", (("text", row.cells[OFF]),)))
    if row.cells[WEEKDAY] != _WEEKDAYS[day.weekday()]:
        raise Invalid(Fault(WEEKDAY, "wrong_weekday", (("text", row.cells[WEEKDAY]),)))
    return Day(day, off, " ".join(row.cells[NOTE].split()) if off else "")


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except Invalid:
        raise Invalid(Fault(DATE, "not_a_date", (("text", text),))) from None

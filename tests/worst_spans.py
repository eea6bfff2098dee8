"""The longest waits that the calendar makes, year by year: the table of docs/deadlines.md.

``python -m tests.worst_spans`` prints it; with the name of the document it is written there anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

from opendata.rules.calendar import shipped
from opendata.rules.deadline import Deadline, Mode, StepKind, due
from opendata.rules.roc import BEFORE_YEAR_1, TAIPEI, local_date
from tests.due_oracle import PERIODS, days

BEGIN, END = "<!-- worst spans -->\n", "<!-- end of worst spans -->\n"
_HEAD = (
    "| 年 year | 計法 counted | 最久 longest | 收案日 received | 屆期日 due | 其間 why |\n"
    "|---|---|---|---|---|---|\n"
)
_COUNTED = {
    (7, "calendar"): "7日 days",
    (7, "working"): "7個工作日 workdays",
    (14, "calendar"): "平臺14日 platform",
}
_WEEKEND = {"sat": "週末", "sun": "週末"}


def table() -> str:
    """One line for each year and way of counting; days whose due date is not covered are left out.

    A year's line is of what was received in it.
    """
    lines = (
        _line(year, *period, worst(year, *period))
        for year in shipped().coverage
        for period in PERIODS
    )
    return _HEAD + "".join(lines)


def worst(roc_year: int, count: int, mode: str) -> list[Deadline]:
    """The due dates of a year that lie farthest from their receipt."""
    year = roc_year + BEFORE_YEAR_1
    counted = (
        due(datetime.combine(day, time(), TAIPEI), shipped(), count, Mode(mode))
        for day in days(date(year, 1, 1), date(year, 12, 31))
    )
    known = [one for one in counted if not one.provisional]
    longest = max(map(_span, known))
    return [one for one in known if _span(one) == longest]


def _span(one: Deadline) -> int:
    return (one.due_on - local_date(one.received_at)).days


def _line(roc_year: int, count: int, mode: str, longest: Sequence[Deadline]) -> str:
    cells = (
        str(roc_year),
        _COUNTED[count, mode],
        f"{_span(longest[0])}日 days",
        "、".join(_short(local_date(one.received_at)) for one in longest),
        "、".join(_short(one.due_on) for one in longest),
        _why(longest[0]),
    )
    return f"| {' | '.join(cells)} |\n"


def _short(day: date) -> str:
    return f"{day.month}/{day.day}"


def _why(one: Deadline) -> str:
    """The days off that made it long: rolled over at the end, or skipped on the way."""
    rolled = [step.note for step in one.steps if step.kind is StepKind.ROLLED]
    skipped = [step.note for step in one.steps if step.kind is StepKind.SKIPPED]
    if rolled:
        return f"末日順延 rolled over {len(rolled)}日：{_named(rolled)}"
    return f"不計 not counted {len(skipped)}日：{_named(skipped)}"


def _named(notes: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(_WEEKEND.get(note, note) for note in notes))


def parts(document: str) -> Iterator[str]:
    """What stands before the table, the table, and what stands behind it."""
    before, _, rest = document.partition(BEGIN)
    told, _, after = rest.partition(END)
    return iter((before + BEGIN, told, END + after))


def main() -> None:
    """Print the table, or write it into the document that is named."""
    if not sys.argv[1:]:
        sys.stdout.write(table())
        return
    path = Path(sys.argv[1])
    before, _, after = parts(path.read_text("utf-8"))
    path.write_text(before + table() + after, "utf-8")


if __name__ == "__main__":
    main()

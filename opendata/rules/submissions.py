"""按季提報: when each agency is asked about its inventory, until when, and what it answered.

The strategy has the advisory group look at the inventories that agencies hand in each quarter
(按季檢視該機關與所屬機關提報之盤點資料); a quarter's last month leaves time for that. What an
inventory is stands in ``inventory``; who is told, in ``desk.submissions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from opendata.rules.calendar import OfficeCalendar
from opendata.rules.roc import Quarter

BEFORE = (5, 1)
"""Workdays before the due date on which whoever has not answered is reminded."""


class Answer(StrEnum):
    """What an agency answered."""

    NO_CHANGE = "no_change"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Submission:
    """An agency's 提報 of a quarter.

    Attributes:
        quarter: e.g. ``115Q3``; agency: code.
        due: date until which it is to answer; called: on which it was asked.
        answer: None: not yet; by: Slack id; at: when.
        new, changed, refused: of the file that was handed in, items and rows.
        reminded: dates on which it was reminded.
        version: counted up by every change.
    """

    quarter: str
    agency: str
    due: date
    called: date
    answer: Answer | None = None
    by: str | None = None
    at: datetime | None = None
    new: int = 0
    changed: int = 0
    refused: int = 0
    reminded: tuple[date, ...] = ()
    version: int = 0

    def late(self, today: date) -> bool:
        """Whether it answered, or still does not, after the due date; local dates."""
        day = self.answered_on or today
        return day > self.due

    @property
    def answered_on(self) -> date | None:
        """The date in Taipei on which it answered."""
        return self.at.date() if self.at else None


def opens(quarter: Quarter, calendar: OfficeCalendar) -> date:
    """The first workday of the quarter's last month."""
    first = quarter.last.replace(day=1)
    return first if calendar.is_workday(first) else calendar.workday_after(first, 1)


def due(quarter: Quarter, calendar: OfficeCalendar) -> date:
    """The last workday of the quarter."""
    last = quarter.last
    return last if calendar.is_workday(last) else calendar.workday_before(last, 1)


def reminds(one: Submission, today: date, calendar: OfficeCalendar) -> bool:
    """Whether an agency that has not answered is reminded on a local date.

    Five workdays and one before the due date, on that date, and every workday after it.
    """
    if one.answer is not None or not calendar.is_workday(today) or today in one.reminded:
        return False
    if today <= one.called:
        return False
    early = {calendar.workday_before(one.due, count) for count in BEFORE}
    return today >= one.due or today in early

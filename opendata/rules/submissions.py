"""按季提報: when each agency is asked about its inventory, until when, and what it answered.

The strategy has the advisory group look at the inventories that agencies hand in each quarter
(按季檢視該機關與所屬機關提報之盤點資料); a quarter's last month leaves time for that. What an
inventory is stands in ``inventory``; who is told, in ``desk.submissions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from opendata.rules.calendar import OfficeCalendar
from opendata.rules.roc import Quarter

BEFORE = (5, 1)
"""Workdays before the due date on which whoever has not answered is reminded."""
HOLD = timedelta(minutes=1)
"""After so long nobody hands in any more who has begun to: whoever it was has died."""


class Answer(StrEnum):
    """What an agency answered."""

    NO_CHANGE = "no_change"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given.

    Attributes:
        answer: what; by: Slack id; at: when, in Taipei.
        new, changed, refused: of the file that was handed in, items and rows.
        file: SHA-256 of it; empty: there was none.
    """

    answer: Answer
    by: str
    at: datetime
    new: int = 0
    changed: int = 0
    refused: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """An agency's 提報 of a quarter.

    Attributes:
        quarter: e.g. ``115Q3``; agency: code.
        due: date until which it is to answer; called: on which it was asked.
        given: its answers, the first one first; the last one stands.
        reminded: dates on which it was reminded.
        holder: Slack id of who hands a file in at present; held: since when, in Taipei.
        version: counted up by every change.
    """

    quarter: str
    agency: str
    due: date
    called: date
    given: tuple[Given, ...] = ()
    reminded: tuple[date, ...] = ()
    holder: str | None = None
    held: datetime | None = None
    version: int = 0

    @property
    def last(self) -> Given | None:
        """The answer that stands; None: there is none yet."""
        return self.given[-1] if self.given else None

    @property
    def answer(self) -> Answer | None:
        """What stands; None: it has not answered yet."""
        return self.last.answer if self.last else None

    @property
    def answered_on(self) -> date | None:
        """The date in Taipei on which it answered first: to correct an answer makes none late."""
        return self.given[0].at.date() if self.given else None

    def late(self, today: date) -> bool:
        """Whether it answered, or still does not, after the due date; local dates."""
        day = self.answered_on or today
        return day > self.due


def opens(quarter: Quarter, calendar: OfficeCalendar) -> date:
    """The first workday of the quarter's last month."""
    first = quarter.last.replace(day=1)
    return first if calendar.is_workday(first) else calendar.workday_after(first, 1)


def due(quarter: Quarter, calendar: OfficeCalendar) -> date:
    """The last workday of the quarter."""
    last = quarter.last
    return last if calendar.is_workday(last) else calendar.workday_before(last, 1)


def moved_due(one: Submission, calendar: OfficeCalendar) -> date:
    """The due date; the next workday, if it was declared a day off after the agency was asked.

    行政程序法第48條第4項: 期間之末日為休息日者，以該日之次日為期間之末日.
    """
    return one.due if calendar.is_workday(one.due) else calendar.workday_after(one.due, 1)


def correctable(one: Submission, person: str, *, coordinator: bool) -> bool:
    """Whether a person may hand in a file: of an answer, who gave it or a coordinator may."""
    return one.last is None or coordinator or one.last.by == person


def held_by_another(one: Submission, person: str, now: datetime) -> bool:
    """Whether somebody else hands a file in at this moment."""
    if one.holder in (None, person) or one.held is None:
        return False
    return now - one.held < HOLD


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


def escalated_on(one: Submission) -> date | None:
    """The first date on which it was reminded after the due date: others are told then too."""
    return next((day for day in one.reminded if day > one.due), None)

"""The dial of a demo's clock: what the page is told of it, and the days it offers to turn to.

Offers go by the office calendar as the desk knows it. How the clock is turned stands in
``turning``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from infra.desk.errors import SlackError
from infra.turning import FARTHEST, Course, Turner
from opendata.desk.context import Desk
from opendata.rules.calendar import OfficeCalendar
from opendata.rules.roc import TAIPEI, local_date

MORNING = time(9, tzinfo=TAIPEI)
_DAY = timedelta(days=1)
# Lunar New Year as the calendar names it, and how long before it one begins to look.
_NEW_YEAR = ("除夕", "春節")
_EVE = timedelta(days=8)


class Dial:
    """A demo's clock, as ``infra.desk.clock`` wants it."""

    def __init__(self, desk: Desk, turner: Turner) -> None:
        """Show and turn the clock of ``desk``, which is the turner's."""
        self._desk, self._clock, self._turner = desk, turner.clock, turner

    @property
    def mark(self) -> object:
        """What it would take a new look to know."""
        return self._clock.ahead, self._desk.today(), self._turner.course

    def told(self) -> dict[str, Any]:
        """See ``infra.desk.clock``."""
        now, calendar = self._clock(), self._calendar()
        today = local_date(now)
        return {
            "now": _millis(now),
            "real": not self._clock.ahead,
            "day": today.isoformat(),
            "off": calendar.day_off_reason(today),
            "course": _course(self._turner.course),
            "offers": list(offers(calendar, now)),
            "last": (today + FARTHEST).isoformat(),
        }

    def jump(self, to: str) -> None:
        """See ``infra.desk.clock``."""
        target = offers(self._calendar(), self._clock()).get(to)
        self._turner.jump(target or _read(to))

    def play(self) -> None:
        """See ``infra.desk.clock``."""
        self._turner.play()

    def stop(self) -> None:
        """See ``infra.desk.clock``."""
        self._turner.stop()

    def _calendar(self) -> OfficeCalendar:
        # As it was read last: what the page shows of a day is worth no question to the store.
        return self._desk.known()[1]


def offers(calendar: OfficeCalendar, now: datetime) -> Mapping[str, datetime]:
    """The instants to turn to, by name.

    ``morning``: nine o'clock of the next workday, or of this one before nine; ``day``: tomorrow at
    this time; ``new_year``: the workday morning eight days before the next Lunar New Year's rest,
    later the last one before it, if the calendar knows it.
    """
    today = local_date(now)
    morning = today if calendar.is_workday(today) else calendar.workday_after(today, 1)
    if now >= datetime.combine(morning, MORNING):
        morning = calendar.workday_after(morning, 1)
    told = {"morning": datetime.combine(morning, MORNING), "day": now + _DAY}
    for day in _before_new_year(calendar, today):
        if now < (at := datetime.combine(day, MORNING)) <= now + FARTHEST:
            return {**told, "new_year": at}
    return told


def _before_new_year(calendar: OfficeCalendar, today: date) -> Iterator[date]:
    """The workdays from which one looks at the Lunar New Years to come."""
    for day in (today + n * _DAY for n in range(FARTHEST.days + _EVE.days)):
        if _begins_new_year(calendar, day):
            yield _workday_until(calendar, day - _EVE)
            yield _workday_until(calendar, day)


def _workday_until(calendar: OfficeCalendar, day: date) -> date:
    while not calendar.is_workday(day):
        day -= _DAY
    return day


def _begins_new_year(calendar: OfficeCalendar, day: date) -> bool:
    """Whether the rest over Lunar New Year begins this day, weekends and bridges included."""
    if calendar.is_workday(day) or not calendar.is_workday(day - _DAY):
        return False
    while not calendar.is_workday(day):
        if any(name in (calendar.day_off_reason(day) or "") for name in _NEW_YEAR):
            return True
        day += _DAY
    return False


def _read(text: str) -> datetime:
    """A date, which means its morning, or a date with time; in Taipei unless it says otherwise."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise SlackError.of_arguments("must be a date [json-pointer:/to]") from None
    if len(text) <= len("2026-02-06"):
        return datetime.combine(told.date(), MORNING)
    return told if told.tzinfo else told.replace(tzinfo=TAIPEI)


def _course(course: Course | None) -> dict[str, Any] | None:
    if course is None:
        return None
    begin, end = _millis(course.begin), _millis(course.end)
    return {"begin": begin, "end": end, "played": course.seconds > 0}


def _millis(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)

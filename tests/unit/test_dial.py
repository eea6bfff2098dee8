"""The dial of a demo's clock: the days it offers, and what it tells the page."""

from datetime import datetime, timedelta
from types import MappingProxyType

import pytest

from infra import aws
from infra.clock import FILE, TurnableClock
from infra.desk.errors import SlackError
from infra.dial import Dial, offers
from infra.template import StreamMapping, Template
from infra.turning import Turner
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.context import Desk
from opendata.rules.calendar import OfficeCalendar, shipped
from opendata.rules.roc import TAIPEI
from tests.unit.processes import until
from tests.unit.standin import Clock

UNKNOWN = OfficeCalendar(MappingProxyType({}))


def taipei(text):
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


def offered(name, now, calendar=None):
    told = offers(calendar or shipped(), taipei(now)).get(name)
    return told and told.strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-02-05T08:59", "02-05 09:00"),
        ("2026-02-05T09:00", "02-06 09:00"),
        ("2026-02-06T17:30", "02-09 09:00"),
        ("2026-02-08T08:00", "02-09 09:00"),
        ("2026-02-13T18:00", "02-23 09:00"),
        ("2026-02-17T07:00", "02-23 09:00"),
    ],
)
def test_the_next_morning_is_that_of_a_workday(now, morning):
    assert offered("morning", now) == morning


@pytest.mark.parametrize(
    ("now", "eve"),
    [
        ("2025-12-31T12:00", "02-06 09:00"),
        ("2026-02-06T08:59", "02-06 09:00"),
        ("2026-02-06T09:00", "02-13 09:00"),
        ("2026-02-13T09:00", None),
        ("2026-11-26T09:00", None),
        ("2024-12-01T00:00", "01-17 09:00"),
    ],
)
def test_lunar_new_year_is_offered_while_the_calendar_knows_the_next(now, eve):
    assert offered("new_year", now) == eve


def test_without_a_calendar_there_are_weekends_and_no_new_year():
    assert offered("new_year", "2026-02-01T09:00", UNKNOWN) is None
    assert offered("morning", "2026-02-17T07:00", UNKNOWN) == "02-17 09:00"


# -- what the page is told ----------------------------------------------------------------------


@pytest.fixture
def clock(tmp_path):
    made = TurnableClock(tmp_path / FILE, Clock(taipei("2026-11-26T09:20")))
    made.begin(taipei("2026-02-06T09:00"))
    return made


@pytest.fixture
def dial(tmp_path, clock):
    template = Template((), (), StreamMapping("functions.deliver.handler", "OUT#", 10), {})
    with SqliteStore(tmp_path / "desk.sqlite", now=clock) as store:
        invocations = aws.Invocations()
        worker = aws.Worker(template, store, clock, invocations)
        turner = Turner(clock, worker, invocations)
        yield Dial(Desk(store, clock), turner)
        with turner.resting():
            pass


def arrive(dial):
    assert until(lambda: dial.told()["course"] is None)


def test_a_day_off_is_told_with_its_name(dial):
    assert (dial.told()["day"], dial.told()["off"]) == ("2026-02-06", None)
    dial.jump("2026-02-17")
    arrive(dial)
    told = dial.told()
    assert (told["day"], told["off"], told["real"]) == ("2026-02-17", "春節", False)
    assert told["now"] == taipei("2026-02-17T09:00").timestamp() * 1000
    assert told["last"] == "2027-03-24"


@pytest.mark.parametrize(
    ("to", "there"),
    [
        ("morning", "2026-02-09T09:00"),
        ("day", "2026-02-07T09:00"),
        ("new_year", "2026-02-13T09:00"),
        ("2026-02-07", "2026-02-07T09:00"),
        ("2026-02-06T14:30", "2026-02-06T14:30"),
        ("2026-02-06T06:30+00:00", "2026-02-06T14:30"),
    ],
)
def test_one_jumps_by_name_to_a_date_or_to_a_time(dial, clock, to, there):
    dial.jump(to)
    arrive(dial)
    assert clock() == taipei(there)


@pytest.mark.parametrize("to", ["", "soon", "2026-02-30", "115/2/6", "2026-02-07T25:00", "9" * 99])
def test_what_is_no_time_is_refused_and_nothing_moves(dial, clock, to):
    with pytest.raises(SlackError, match="invalid_arguments"):
        dial.jump(to)
    assert clock() == taipei("2026-02-06T09:00")


def test_the_way_is_told_while_it_lasts_and_the_mark_changes_with_it(dial):
    before = dial.mark
    dial.play()
    course = dial.told()["course"]
    assert course["played"] is True
    assert course["end"] - course["begin"] == timedelta(days=14) / timedelta(milliseconds=1)
    assert dial.mark != before
    dial.stop()
    arrive(dial)

"""Turning the clock: what comes due on the way is done once, in its order, on its day."""

import threading
from datetime import datetime, timedelta
from queue import SimpleQueue

import pytest

from infra import aws, turning
from infra.clock import FILE, TurnableClock
from infra.desk.errors import SlackError
from infra.template import Schedule, StreamMapping, Template
from infra.turning import Turner
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Key, Put, Row
from opendata.rules.roc import TAIPEI
from tests.unit.processes import until
from tests.unit.standin import Clock

PATIENCE = 10
BEGIN = datetime(2026, 2, 6, 8, 50, tzinfo=TAIPEI)
STAGE = {}
DONE = []


def run(event, _context):
    """What every schedule of these tests does: say when it came."""
    DONE.append((event["name"], STAGE["clock"]().astimezone(TAIPEI)))


def write(event, context):
    """A schedule that writes a row for the stream."""
    run(event, context)
    key = Key(f"CASE#{len(DONE)}", "OUT#1")
    STAGE["store"].commit(Put(Row(key, {})))


def hear(event, _context):
    DONE.extend(("stream", STAGE["clock"]().astimezone(TAIPEI)) for _ in event["Records"])


def fail(_event, _context):
    raise RuntimeError


def schedule(name, expression, handler="run", zone="Asia/Taipei"):
    return Schedule(name, expression, zone, f"{__name__}.{handler}", {"name": name})


def template(*schedules):
    return Template((), schedules, StreamMapping(f"{__name__}.hear", "OUT#", 10), {})


SWEEP = schedule("sweep", "rate(1 minute)")
QUARTER = schedule("quarter", "rate(15 minutes)")
MORNING = schedule("morning", "cron(0 9 ? * MON-FRI *)")


@pytest.fixture
def real():
    return Clock(BEGIN)


@pytest.fixture
def clock(tmp_path, real):
    made = TurnableClock(tmp_path / FILE, real)
    STAGE["clock"] = made
    DONE.clear()
    return made


@pytest.fixture
def turn(tmp_path, clock, monkeypatch):
    """Turn with these schedules; the keepers sleep, so that only turning makes things happen."""
    monkeypatch.setattr(aws, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(aws, "LOOK_SECONDS", 0.01)
    store = STAGE["store"] = SqliteStore(tmp_path / "desk.sqlite")
    made = []

    def turner(*schedules):
        invocations = aws.Invocations()
        worker = aws.Worker(template(*schedules), store, clock, invocations)
        made.append(Turner(clock, worker, invocations))
        return made[-1], worker, invocations

    yield turner
    for one in made:
        with one.resting():
            pass
    store.close()


def arrive(turner):
    assert until(lambda: turner.course is None, PATIENCE)


def names():
    return [name for name, _ in DONE]


def at(name):
    return [moment for one, moment in DONE if one == name]


def test_each_schedule_runs_at_each_of_its_times_and_in_order(turn, clock):
    turner, worker, _ = turn(SWEEP, QUARTER, MORNING)
    worker.catch_up()
    assert names() == ["sweep", "quarter"]
    DONE.clear()
    turner.jump(datetime(2026, 2, 6, 9, 30, tzinfo=TAIPEI))
    arrive(turner)
    nine, half = BEGIN.replace(hour=9, minute=0), timedelta(minutes=15)
    assert at("quarter") == [nine, nine + half, nine + 2 * half]
    assert at("morning") == [nine]
    # The minutes between were swept together, once at each stop.
    assert at("sweep") == at("quarter")
    assert clock() == nine + 2 * half


def test_a_morning_is_kept_over_a_weekend(turn):
    turner, _, _ = turn(MORNING)
    turner.jump(datetime(2026, 2, 11, tzinfo=TAIPEI))
    arrive(turner)
    nine = BEGIN.replace(hour=9, minute=0)
    assert at("morning") == [nine + timedelta(days=n) for n in (0, 3, 4)]


def test_a_schedule_of_another_zone_comes_at_its_own_time(turn):
    turner, _, _ = turn(schedule("london", "cron(0 9 * * ? *)", zone="Europe/London"))
    turner.jump(datetime(2026, 2, 7, tzinfo=TAIPEI))
    arrive(turner)
    assert at("london") == [datetime(2026, 2, 6, 17, tzinfo=TAIPEI)]


def test_what_a_schedule_wrote_is_told_before_the_clock_goes_on(turn):
    turner, _, _ = turn(schedule("hour", "cron(0 * * * ? *)", "write"))
    turner.jump(BEGIN + timedelta(hours=5))
    arrive(turner)
    assert names() == ["hour", "stream"] * 5
    assert at("hour") == at("stream")


def test_without_schedules_it_still_stops_every_hour(turn, clock):
    turner, worker, _ = turn(SWEEP)
    worker.catch_up()
    turner.jump(BEGIN + timedelta(days=1))
    arrive(turner)
    assert len(at("sweep")) == 25
    assert clock() == BEGIN + timedelta(days=1)


def test_a_handler_that_fails_holds_nothing_up(turn, clock):
    turner, _, _ = turn(schedule("broken", "cron(0 * * * ? *)", "fail"), MORNING)
    turner.jump(BEGIN + timedelta(hours=3))
    arrive(turner)
    assert clock() == BEGIN + timedelta(hours=3)
    assert names() == ["morning"]


def test_a_turning_that_plays_takes_its_time(turn, clock, monkeypatch):
    monkeypatch.setattr(turning, "PLAYED_SECONDS", 0.2)
    turner, _, _ = turn(schedule("hour", "cron(0 * * * ? *)"))
    turner.play(days=1)
    assert turner.course.seconds == 0.2
    assert turner.course.pause(0.05, BEGIN + timedelta(hours=12)) == pytest.approx(0.05)
    assert turner.course.pause(0.15, BEGIN + timedelta(hours=12)) == 0
    arrive(turner)
    assert clock() == BEGIN + timedelta(days=1)
    assert len(at("hour")) == 24


def test_it_can_be_stopped_on_the_way_and_goes_on_from_there(turn, clock):
    turner, _, _ = turn(schedule("hour", "cron(0 * * * ? *)"))
    turner.play(days=14)
    turner.stop()
    arrive(turner)
    stopped = clock()
    assert stopped < BEGIN + timedelta(days=14)
    turner.jump(stopped + timedelta(hours=2))
    arrive(turner)
    assert clock() == stopped + timedelta(hours=2)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (timedelta(0), "clock_past"),
        (timedelta(minutes=-1), "clock_past"),
        (timedelta(days=400, seconds=1), "clock_far"),
    ],
)
def test_a_time_that_one_cannot_turn_to_is_refused_and_nothing_moves(turn, clock, by, code):
    turner, _, _ = turn(SWEEP)
    with pytest.raises(SlackError, match=code):
        turner.jump(BEGIN + by)
    assert (clock(), turner.course) == (BEGIN, None)


def test_one_turning_at_a_time(turn):
    turner, _, _ = turn(SWEEP)
    turner.play()
    with pytest.raises(SlackError, match="clock_turning"):
        turner.jump(BEGIN + timedelta(days=1))
    with turner.resting(), pytest.raises(SlackError, match="clock_turning"):
        turner.play()


def test_nobody_sees_the_clock_turned_in_the_middle_of_their_work(turn, clock):
    turner, _, invocations = turn(schedule("hour", "cron(0 * * * ? *)"))
    inside, go_on, seen = threading.Event(), threading.Event(), SimpleQueue()

    def press(_event, _context):
        seen.put(clock())
        inside.set()
        go_on.wait(PATIENCE)
        seen.put(clock())

    pressing = threading.Thread(target=invocations.invoke, args=(press, {}))
    pressing.start()
    inside.wait(PATIENCE)
    turner.jump(BEGIN + timedelta(days=2))
    go_on.set()
    pressing.join()
    assert seen.get() == seen.get() == BEGIN
    arrive(turner)
    assert clock() == BEGIN + timedelta(days=2)


# -- in ordinary time ---------------------------------------------------------------------------


def test_a_running_worker_sweeps_at_the_start_and_every_minute(turn, real):
    _, worker, _ = turn(SWEEP, MORNING)
    worker.start()
    try:
        assert until(lambda: names() == ["sweep"], PATIENCE)
        real.move(minutes=1)
        assert until(lambda: names() == ["sweep"] * 2, PATIENCE)
        real.move(minutes=9)
        assert until(lambda: sorted(names()) == ["morning"] + ["sweep"] * 3, PATIENCE)
    finally:
        worker.stop()


def test_keepers_and_turner_together_run_each_time_once(turn):
    turner, worker, _ = turn(SWEEP, QUARTER, MORNING)
    worker.start()
    try:
        assert until(lambda: sorted(names()) == ["quarter", "sweep"], PATIENCE)
        DONE.clear()
        turner.jump(BEGIN + timedelta(days=1, minutes=10))
        arrive(turner)
        assert len(set(at("quarter"))) == len(at("quarter")) == 97
        assert at("morning") == [BEGIN.replace(hour=9, minute=0)]
    finally:
        worker.stop()


def test_a_schedule_that_is_not_understood_is_refused_before_the_desk_starts(turn):
    with pytest.raises(ValueError, match="day of month: L"):
        turn(schedule("last", "cron(0 9 L * ? *)"))

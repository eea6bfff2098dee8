"""A demo's clock: turned forward only, kept in its folder, taken back when the demo begins anew."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.clock import FILE, TurnableClock
from opendata import wiring
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Key, Put, Row
from opendata.rules.roc import TAIPEI
from tests.unit.standin import Clock

FRIDAY = datetime(2026, 2, 6, 9, 0, tzinfo=TAIPEI)


@pytest.fixture
def real():
    return Clock(datetime(2026, 11, 26, 1, 20, 0, 500_000, tzinfo=UTC))


@pytest.fixture
def clock(tmp_path, real):
    return TurnableClock(tmp_path / FILE, real)


def test_a_clock_that_nobody_turned_is_real(clock, real, tmp_path):
    assert (clock(), clock.ahead) == (real(), timedelta())
    assert not (tmp_path / FILE).exists()


def test_it_runs_on_from_where_it_was_turned_to(clock, real):
    to = real() + timedelta(days=3)
    clock.turn(to)
    assert to <= clock() < to + timedelta(seconds=1)
    before = clock()
    real.move(minutes=5)
    assert clock() == before + timedelta(minutes=5)


def test_it_is_never_turned_back(clock, real):
    clock.turn(real() + timedelta(days=3))
    before = clock()
    with pytest.raises(ValueError, match="2026-11-28"):
        clock.turn(real() + timedelta(days=2))
    assert clock() == before


def test_a_restart_goes_on_in_the_turned_time(clock, real, tmp_path):
    clock.turn(real() + timedelta(days=3))
    real.move(hours=1)
    assert TurnableClock(tmp_path / FILE, real)() == clock()


def test_a_demo_may_begin_in_the_past_and_goes_forward_from_there(clock, real, tmp_path):
    began = clock.begin(FRIDAY)
    assert FRIDAY <= began < FRIDAY + timedelta(seconds=1)
    clock.turn(FRIDAY + timedelta(days=1))
    assert TurnableClock(tmp_path / FILE, real)() == clock()


def test_beginning_anew_takes_it_back_to_real_time(clock, real, tmp_path):
    clock.turn(real() + timedelta(days=3))
    assert clock.begin(None) == real()
    assert TurnableClock(tmp_path / FILE, real)() == real()


# -- the desk by another clock --------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENDATA_DATA", str(tmp_path))
    wiring.forget()
    yield
    wiring.forget()


@pytest.mark.usefixtures("settings")
def test_a_desk_goes_by_the_clock_it_was_given_and_so_does_its_store(clock):
    clock.begin(FRIDAY)
    wiring.use(clock)
    desk = wiring.desk()
    assert desk.today() == FRIDAY.date()
    assert isinstance(desk.store, SqliteStore)
    # In February it is still good, though in November it would be gone.
    key = Key("P", "S")
    desk.store.commit(Put(Row(key, {}, expires_at=FRIDAY + timedelta(days=7))))
    assert key in desk.store.get(key)
    desk.store.close()


@pytest.mark.usefixtures("settings")
def test_signatures_keep_to_real_time(clock):
    clock.begin(FRIDAY)
    wiring.use(clock)
    assert wiring.now() - clock() > timedelta(days=1)


@pytest.mark.usefixtures("settings")
def test_what_is_forgotten_is_the_clock_too(clock):
    wiring.use(clock)
    wiring.forget()
    desk = wiring.desk()
    assert desk.clock is wiring.now
    desk.store.close()

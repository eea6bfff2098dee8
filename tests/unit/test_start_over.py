"""A demo that begins anew in a running process, and what is never emptied."""

import asyncio
from datetime import timedelta
from queue import SimpleQueue

import pytest

from infra import aws, demo_roster
from infra.clock import FILE, TurnableClock
from infra.desk.errors import SlackError
from infra.start_over import Demo
from infra.template import StreamMapping, Template
from infra.turning import Turner
from opendata.adapters.sqlite import SqliteStore
from opendata.desk import roster
from opendata.desk.context import Desk
from opendata.desk.ports import Key, Put, Row
from opendata.rules.people import Person
from opendata.rules.roc import local_date
from opendata.wiring import now
from tests.unit.standin import OFFICER, OPEN

PATIENCE = 10
HEARD = SimpleQueue()
SENT = SimpleQueue()


def hear(event, _context):
    """The handler that the template of these tests names."""
    HEARD.put([record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]])


TEMPLATE = Template((), (), StreamMapping(f"{__name__}.hear", "OUT#", 10), {})


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(aws, "POLL_SECONDS", 0.01)
    with SqliteStore(tmp_path / "desk.sqlite") as made:
        yield made


@pytest.fixture
def clock(tmp_path):
    return TurnableClock(tmp_path / FILE, now)


@pytest.fixture
def desk(store, clock):
    made = Desk(store, clock)
    demo_roster.seed(made, local_date(now()))
    return made


@pytest.fixture
def worker(store, clock):
    made = aws.Worker(TEMPLATE, store, clock)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def turner(clock, worker):
    return Turner(clock, worker, aws.Invocations())


def playing(desk, *, is_demo=True, begun=lambda: None):
    def seed():
        demo_roster.seed(desk, local_date(now()))
        return ["letter"]

    return Demo(desk, desk.store, lambda: is_demo, begun, seed, SENT.put)


def intent(pk):
    return Put(Row(Key(pk, "OUT#1"), {}))


def restart(demo, space, worker, turner):
    asyncio.run(demo.beginning_anew(space, worker, turner)())


def test_a_demo_is_emptied_seeded_and_sent_its_letters_again(desk, store, space, worker, turner):
    begun = []
    space.messages.post(OPEN, {"text": "舊"})
    store.commit(intent("CASE#OLD"))
    assert HEARD.get(timeout=PATIENCE) == ["CASE#OLD"]
    restart(playing(desk, begun=lambda: begun.append(1)), space, worker, turner)
    assert store.query("CASE#OLD").rows == []
    assert [one.id for one in desk.directory().people] == sorted(
        one.id for one in demo_roster.PEOPLE
    )
    assert space.messages.shown_to(OFFICER, OPEN, 9) == []
    assert SENT.get(timeout=PATIENCE) == ["letter"]
    assert begun == [1]


def test_the_stream_goes_on_with_what_is_new_and_tells_nothing_twice(
    desk, store, space, worker, turner
):
    store.commit(intent("CASE#OLD"))
    assert HEARD.get(timeout=PATIENCE) == ["CASE#OLD"]
    restart(playing(desk), space, worker, turner)
    SENT.get(timeout=PATIENCE)
    store.commit(intent("CASE#NEW"))
    assert HEARD.get(timeout=PATIENCE) == ["CASE#NEW"]


def test_who_was_added_to_the_roster_is_not_remembered(desk, space, worker, turner):
    guest = Person("U0GUEST", "訪客", "moj", frozenset())
    demo_roster.roster.import_people(desk, [guest])
    assert desk.directory().person("U0GUEST")
    restart(playing(desk), space, worker, turner)
    SENT.get(timeout=PATIENCE)
    assert desk.directory().person("U0GUEST") is None
    assert desk.remembered().person("U0GUEST") is None


def test_what_an_office_brought_in_is_never_emptied(desk, store, space, worker, turner):
    space.messages.post(OPEN, {"text": "要緊"})
    store.commit(intent("CASE#REAL"))
    with pytest.raises(SlackError, match="no_demo"):
        restart(playing(desk, is_demo=False), space, worker, turner)
    assert len(store.query("CASE#REAL").rows) == 1
    assert len(space.messages.shown_to(OFFICER, OPEN, 9)) == 1
    # The desk works on.
    store.commit(intent("CASE#NEXT"))
    heard = HEARD.get(timeout=PATIENCE)
    assert (heard if heard == ["CASE#NEXT"] else HEARD.get(timeout=PATIENCE)) == ["CASE#NEXT"]


def test_a_clock_that_is_being_turned_stops_and_goes_back(
    desk, clock, store, space, worker, turner
):
    # The stand-in lives by the desk's clock, as in a demo.
    space.ledger.now = clock
    turner.jump(clock() + timedelta(days=400))
    space.messages.post(OPEN, {"text": "明年"})
    desk.directory()
    restart(playing(desk, begun=lambda: clock.begin(None)), space, worker, turner)
    assert SENT.get(timeout=PATIENCE) == ["letter"]
    assert turner.course is None
    assert abs(clock() - now()) < timedelta(minutes=1)
    ts = float(space.messages.post(OPEN, {"text": "今天"})["ts"])
    assert abs(ts - now().timestamp()) < 60


class Meanwhile:
    """The store behind it; something happens once, between the look at versions and the rest."""

    def __init__(self, store, happens):
        self._store, self._happens = store, [happens]

    def __getattr__(self, name):
        return getattr(self._store, name)

    def get(self, *keys):
        found = self._store.get(*keys)
        if self._happens:
            self._happens.pop()()
        return found


def test_who_looks_while_a_demo_begins_anew_sees_all_of_its_people_afterwards(store):
    """The numbers of the roster begin anew too: what was read under an old one is not the new."""
    desk, today = Desk(store, now), local_date(now())
    demo_roster.seed(desk, today)
    people, number = desk.directory().people, desk.directory().version

    def begins():
        store.empty()
        roster.import_agencies(Desk(store, now), desk.directory().agencies[:1])

    looking = Desk(Meanwhile(store, begins), now)
    assert looking.directory().people == ()
    store.empty()
    demo_roster.seed(Desk(store, now), today)
    assert looking.directory().version == number
    assert looking.directory().people == people

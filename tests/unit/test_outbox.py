"""Intents: written with the change, found when their time has come, told once."""

from datetime import timedelta

import pytest

from opendata.adapters.sqlite import SqliteStore
from opendata.desk import casework, outbox
from opendata.desk.outbox import LEASE, Message
from opendata.desk.ports import Key
from opendata.rules.errors import Stale, WrongRole
from tests.world import CAROL, HELEN, LENA, OLIVE, OTTO, REFUSAL, commented, posted, refuses


def kinds(world):
    return sorted(intent.kind.value for intent in world.waiting())


def drained(world):
    for intent in world.waiting():
        outbox.done(world.desk, intent)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("opened", ["card"]),
        ("claimed", ["card"] * 2),
        ("drafted", ["card"] * 3),
        ("in_review", ["card"] * 4 + ["review"]),
        ("awaiting", ["approval"] + ["card"] * 5 + ["review"] * 2),
        ("approved", ["approval"] * 2 + ["card"] * 6 + ["review"] * 2 + ["to_publish"]),
    ],
)
def test_every_step_tells_the_channel_and_whoever_is_next(world, state, told):
    getattr(world, state)()
    assert kinds(world) == told


def test_the_legal_unit_is_asked_as_soon_as_a_refusal_by_law_is_drafted(world):
    case = world.claimed()
    drained(world)
    casework.draft(world.desk, case, OLIVE, REFUSAL)
    assert kinds(world) == ["card", "cosign"]
    drained(world)
    casework.cosign(world.desk, case, LENA, world.hash(case))
    assert kinds(world) == ["card", "cosign", "news"]


def test_a_return_goes_to_the_officer_and_a_reassignment_to_the_new_one(world):
    case = world.awaiting()
    drained(world)
    world.send_back(case, CAROL)
    assert [(i.kind, i.person) for i in world.waiting() if i.person] == [(Message.RETURNED, OLIVE)]
    drained(world)
    casework.reassign(world.desk, case, HELEN, OTTO)
    assert [(i.kind, i.person) for i in world.waiting() if i.person] == [(Message.ASSIGNED, OTTO)]


def test_what_is_refused_tells_nobody(world):
    world.opened()
    drained(world)
    refuses(WrongRole, world, lambda: casework.claim(world.desk, "S97944", HELEN))
    assert world.waiting() == []


def test_a_citizens_comment_reaches_the_officer(world):
    world.claimed()
    drained(world)
    world.receive(commented())
    assert [(i.kind, i.person) for i in world.waiting()] == [
        (Message.CARD, None),
        (Message.NEWS, OLIVE),
    ]


def test_intents_come_longest_waiting_first_and_not_before_their_time(world):
    for number in ("1", "2", "3"):
        world.receive(posted(number))
        world.clock.turn(seconds=1)
    first = world.waiting()[0]
    assert [intent.case for intent in world.waiting()] == ["S1", "S2", "S3"]
    outbox.put_off(world.desk, first, timedelta(seconds=30))
    assert [intent.case for intent in world.waiting()] == ["S2", "S3"]
    world.clock.turn(seconds=30)
    assert [intent.case for intent in world.waiting()] == ["S2", "S3", "S1"]
    assert world.waiting()[-1].tries == 1
    assert len(outbox.waiting(world.desk, 2)) == 2


def test_a_parked_intent_is_kept_with_its_reason_and_comes_again_later(world):
    world.opened()
    (intent,) = world.waiting()
    outbox.park(world.desk, intent, "is_archived")
    world.clock.turn(minutes=9)
    assert world.waiting() == []
    world.clock.turn(minutes=1)
    assert [one.parked for one in world.waiting()] == ["is_archived"]
    assert outbox.intent_at(world.desk, outbox.intent_key("S97944", 1, 0)).parked == "is_archived"


def test_what_was_delivered_meanwhile_is_not_brought_back(world):
    world.opened()
    (intent,) = world.waiting()
    outbox.done(world.desk, intent)
    outbox.done(world.desk, intent)
    outbox.put_off(world.desk, intent, LEASE)
    outbox.park(world.desk, intent, "is_archived")
    assert world.rows("OUT#%") == {}


def test_every_new_intent_stands_in_the_stream_and_is_found_by_its_key(world):
    world.awaiting()
    store = world.desk.store
    assert isinstance(store, SqliteStore)
    keys = [key for _, key in store.changes(0, "OUT#")]
    found = {outbox.intent_at(world.desk, key).id for key in keys}
    assert found == {intent.id for intent in world.waiting()}
    assert outbox.intent_at(world.desk, Key("CASE#S1", "OUT#00001#0")) is None


# -- leases


def test_only_one_sender_has_the_lease_until_it_runs_out(world):
    world.opened()
    (intent,) = world.waiting()
    first = outbox.lease(world.desk, intent, "C1", None)
    assert first is not None
    assert outbox.lease(world.desk, intent, "C1", None) is None
    assert outbox.lease(world.desk, intent, "C1", first) is None
    world.clock.turn(seconds=LEASE.total_seconds())
    second = outbox.lease(world.desk, intent, "C1", first)
    assert second.intent == first.intent
    assert outbox.lease(world.desk, intent, "C1", first) is None


def test_a_mark_of_an_overtaken_sender_is_refused(world):
    world.opened()
    (intent,) = world.waiting()
    first = outbox.lease(world.desk, intent, "C1", None)
    world.clock.turn(seconds=LEASE.total_seconds())
    second = outbox.lease(world.desk, intent, "C1", first)
    outbox.mark(world.desk, second, channel="C1", ts="2", shown=1)
    with pytest.raises(Stale):
        outbox.mark(world.desk, first, channel="C1", ts="1", shown=1)
    (known,) = outbox.sent(world.desk, "S97944", Message.CARD)
    assert (known.ts, known.shown) == ("2", 1)

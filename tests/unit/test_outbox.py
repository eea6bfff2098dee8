"""Intents: written with the change, found when their time has come, told once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opendata.adapters.sqlite import SqliteStore
from opendata.desk import casework, copies, outbox
from opendata.desk.copies import LEASE
from opendata.desk.outbox import Message
from opendata.desk.ports import Key
from opendata.rules.errors import Stale, WrongRole
from tests.world import CAROL, HELEN, LENA, OLIVE, OTTO, REFUSAL, commented, posted, refuses

ARCHIVED, GONE = "is_archived@C1", "user_disabled@U1"


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


def test_what_was_delivered_meanwhile_is_not_brought_back(world):
    world.opened()
    (intent,) = world.waiting()
    outbox.done(world.desk, intent)
    outbox.done(world.desk, intent)
    outbox.put_off(world.desk, intent, LEASE)
    outbox.park(world.desk, intent, [ARCHIVED])
    assert world.rows("OUT#%") == {}
    assert outbox.causes(world.desk) == ()


def test_what_another_sender_put_off_is_not_done_by_who_knew_it_before(world):
    world.opened()
    (intent,) = world.waiting()
    outbox.put_off(world.desk, intent, LEASE)
    outbox.done(world.desk, intent)
    world.clock.turn(seconds=60)
    (again,) = world.waiting()
    assert again.tries == 1
    outbox.done(world.desk, again)
    assert world.rows("OUT#%") == {}


# -- overtaken


def test_only_the_newest_intent_about_a_message_is_not_overtaken(world):
    world.awaiting()
    world.send_back("S97944", CAROL)
    waiting = world.waiting()
    left = [one for one in waiting if not outbox.overtaken(world.desk, one)]
    newest = {(one.kind, one.occasion, one.person): one.version for one in waiting}
    assert {(one.kind, one.occasion, one.person): one.version for one in left} == newest
    assert len(left) < len(waiting)


def test_one_that_is_parked_gives_way_only_to_one_that_is_parked_too(world):
    case = world.opened()
    (older,) = world.waiting()
    outbox.park(world.desk, older, [ARCHIVED])
    casework.claim(world.desk, case, OLIVE)
    older = outbox.intent_at(world.desk, outbox.intent_key(case, 1, 0))
    newer = outbox.intent_at(world.desk, outbox.intent_key(case, 2, 0))
    assert not outbox.overtaken(world.desk, older)
    outbox.park(world.desk, newer, [ARCHIVED])
    assert outbox.overtaken(world.desk, older)
    assert not outbox.overtaken(world.desk, newer)


# -- parked


def card_of(world, number):
    return outbox.intent_at(world.desk, outbox.intent_key(f"S{number}", 1, 0))


def test_a_parked_intent_is_kept_with_its_causes_and_comes_again_later(world):
    world.opened()
    (intent,) = world.waiting()
    outbox.park(world.desk, intent, [ARCHIVED])
    world.clock.turn(minutes=9)
    assert [one.kind for one in world.waiting()] == [Message.UNDELIVERABLE]
    world.clock.turn(minutes=1)
    assert [one.causes for one in world.waiting()] == [(), (ARCHIVED,)]


def test_what_waits_for_a_cause_is_counted_to_the_message(world):
    for number in ("1", "2", "3"):
        world.opened(id_=number)
        outbox.park(world.desk, card_of(world, number), [ARCHIVED])
    outbox.park(world.desk, card_of(world, "3"), [ARCHIVED, GONE])
    outbox.put_off(world.desk, card_of(world, "2"), LEASE)
    counted = {one.name: one.parked for one in outbox.causes(world.desk)}
    assert counted == {ARCHIVED: 3, GONE: 1}
    outbox.put_off(world.desk, card_of(world, "2"), LEASE, mended=True)
    outbox.done(world.desk, card_of(world, "3"))
    (cause,) = outbox.causes(world.desk)
    assert (cause.code, cause.place, cause.parked) == ("is_archived", "C1", 1)


def test_a_cause_is_told_when_it_breaks_and_when_nothing_waits_any_more(world):
    for number in ("1", "2"):
        world.opened(id_=number)
        outbox.park(world.desk, card_of(world, number), [ARCHIVED])
    assert told(world) == [("1", 1)]
    outbox.done(world.desk, card_of(world, "1"), {"C1"})
    assert told(world) == [("1", 1)]
    outbox.done(world.desk, card_of(world, "2"), {"C1"})
    assert told(world) == [("1", 1), ("1", 4)]
    assert outbox.cause(world.desk, ARCHIVED).mended


def told(world):
    """The notices that are to go out: of which breakdown, at which version of the cause."""
    found = [one for one in world.waiting() if one.kind is Message.UNDELIVERABLE]
    return [(one.occasion, one.version) for one in found]


@pytest.mark.parametrize(("reached", "occasion"), [({"C1"}, "2"), ((), "1")])
def test_only_what_was_seen_to_be_mended_can_break_anew(world, reached, occasion):
    for number, end in (("1", reached), ("2", ())):
        world.opened(id_=number)
        outbox.park(world.desk, card_of(world, number), [ARCHIVED])
        if number == "1":
            outbox.done(world.desk, card_of(world, number), end)
    assert told(world)[-1][0] == occasion


def test_two_who_park_under_one_cause_at_once_are_both_counted(world):
    for number in ("1", "2"):
        world.opened(id_=number)
    first, second = card_of(world, "1"), card_of(world, "2")
    store = world.desk.store

    class Crossed:
        """Another sender commits between what is read and what is written."""

        done = False

        def __getattr__(self, name):
            return getattr(store, name)

        def commit(self, *writes):
            if not self.done:
                self.done = True
                outbox.park(world.desk, second, [ARCHIVED])
            store.commit(*writes)

    outbox.park(replace(world.desk, store=Crossed()), first, [ARCHIVED])
    assert [one.parked for one in outbox.causes(world.desk)] == [2]
    assert told(world) == [("1", 1)]


def test_every_new_intent_stands_in_the_stream_and_is_found_by_its_key(world):
    world.awaiting()
    store = world.desk.store
    assert isinstance(store, SqliteStore)
    keys = [key for _, key in store.changes(0, "OUT#")]
    found = {outbox.intent_at(world.desk, key).id for key in keys}
    assert found == {intent.id for intent in world.waiting()}
    assert outbox.intent_at(world.desk, Key("CASE#S1", "OUT#00001#0")) is None


# -- leases


def test_a_lease_that_is_given_back_leaves_all_as_it_was_found(world):
    world.opened()
    (intent,) = world.waiting()
    first = copies.lease(world.desk, intent, "C1", None)
    copies.release(world.desk, first, None)
    assert world.rows("SENT#%") == {}
    first = copies.lease(world.desk, intent, "C1", None)
    sent = copies.mark(world.desk, first, channel="C1", ts="1", shown=1)
    second = copies.lease(world.desk, intent, "C1", sent)
    (known,) = copies.sent(world.desk, "S97944", Message.CARD)
    assert (known.ts, known.shown) == ("1", 0)
    copies.release(world.desk, second, sent)
    (known,) = copies.sent(world.desk, "S97944", Message.CARD)
    assert (known.ts, known.shown) == ("1", 1)
    assert copies.lease(world.desk, intent, "C1", known) is not None


def test_a_lease_that_another_has_taken_over_cannot_be_given_back(world):
    world.opened()
    (intent,) = world.waiting()
    first = copies.lease(world.desk, intent, "C1", None)
    world.clock.turn(seconds=LEASE.total_seconds())
    second = copies.lease(world.desk, intent, "C1", first)
    copies.release(world.desk, first, None)
    copies.forget(world.desk, first)
    assert list(copies.sent(world.desk, "S97944", Message.CARD)) == [second]


def test_only_one_sender_has_the_lease_until_it_runs_out(world):
    world.opened()
    (intent,) = world.waiting()
    first = copies.lease(world.desk, intent, "C1", None)
    assert first is not None
    assert copies.lease(world.desk, intent, "C1", None) is None
    assert copies.lease(world.desk, intent, "C1", first) is None
    world.clock.turn(seconds=LEASE.total_seconds())
    second = copies.lease(world.desk, intent, "C1", first)
    assert second.intent == first.intent
    assert copies.lease(world.desk, intent, "C1", first) is None


def test_a_mark_of_an_overtaken_sender_is_refused(world):
    world.opened()
    (intent,) = world.waiting()
    first = copies.lease(world.desk, intent, "C1", None)
    world.clock.turn(seconds=LEASE.total_seconds())
    second = copies.lease(world.desk, intent, "C1", first)
    copies.mark(world.desk, second, channel="C1", ts="2", shown=1)
    with pytest.raises(Stale):
        copies.mark(world.desk, first, channel="C1", ts="1", shown=1)
    (known,) = copies.sent(world.desk, "S97944", Message.CARD)
    assert (known.ts, known.shown) == ("2", 1)

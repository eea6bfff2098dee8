from dataclasses import fields, replace
from datetime import timedelta

from histories import histories
from hypothesis import assume, given
from hypothesis import strategies as st

from opendata.rules.audit import GENESIS, Break, link, verify
from opendata.rules.canonical import digest, encode
from opendata.rules.feedback import Action, Event

NUMBERS = st.integers(0, 10**6)

# For each part of an event another one.
EDITS = {
    "case": lambda event: event.case + "-2",
    "version": lambda event: event.version + 1,
    "action": lambda event: next(one for one in Action if one is not event.action),
    "at": lambda event: event.at + timedelta(microseconds=1),
    "actor": lambda event: event.actor + "x",
    "changes": lambda event: {**event.changes, "officer": "mallory"},
    "facts": lambda event: {**event.facts, "hash": "0"},
    "previous": lambda event: digest(event.previous),
    "hash": lambda event: digest(event.hash),
}


def at_a_place(events, number):
    return number % len(events)


def test_every_part_of_an_event_can_be_edited_by_these_tests():
    assert set(EDITS) == {part.name for part in fields(Event)}


@given(histories())
def test_a_chain_as_it_was_written_is_whole(history):
    _, events = history
    assert verify(events) == ()


def test_an_empty_chain_is_whole():
    assert verify([]) == ()


@given(histories())
def test_a_hash_is_over_the_canonical_event_without_itself(history):
    _, events = history
    for event in events:
        told = {name: value for name, value in encode(event).items() if name != "hash"}
        assert event.hash == link(event) == digest(told)
    assert events[0].previous == GENESIS


@given(histories(), NUMBERS, st.sampled_from(list(EDITS)))
def test_any_single_edit_is_found(history, number, part):
    _, events = history
    place = at_a_place(events, number)
    event = events[place]
    edited = replace(event, **{part: EDITS[part](event)})
    found = verify([*events[:place], edited, *events[place + 1 :]])
    assert Break(edited.case, edited.version, "edited") in found


@given(histories(), NUMBERS, st.sampled_from(sorted(set(EDITS) - {"version", "previous", "hash"})))
def test_an_edit_is_told_once_and_where_it_is(history, number, part):
    _, events = history
    place = at_a_place(events, number)
    edited = replace(events[place], **{part: EDITS[part](events[place])})
    found = verify([*events[:place], edited, *events[place + 1 :]])
    assert found == (Break(edited.case, edited.version, "edited"),)


@given(histories(), NUMBERS, st.sampled_from(sorted(set(EDITS) - {"previous", "hash"})))
def test_an_edit_that_is_sealed_anew_breaks_the_link_of_the_event_after_it(history, number, part):
    _, events = history
    assume(len(events) > 1)
    place = at_a_place(events[:-1], number)
    event = events[place]
    forged = replace(event, **{part: EDITS[part](event)}).linked
    found = verify([*events[:place], forged, *events[place + 1 :]])
    assert found
    assert all(one.reason != "edited" for one in found)


@given(histories(), NUMBERS)
def test_an_event_that_is_missing_is_found_and_told_once(history, number):
    _, events = history
    assume(len(events) > 1)
    place = at_a_place(events[:-1], number)
    found = verify([*events[:place], *events[place + 1 :]])
    assert found == (Break(events[0].case, place + 1, "missing"),)


@given(histories())
def test_a_loss_at_the_end_leaves_a_chain_that_no_longer_leads_to_the_head(history):
    cases, events = history
    head = cases[-1].head
    assert events[-1].hash == head
    assert all(event.hash != head for event in events[:-1])


@given(histories(), NUMBERS, NUMBERS)
def test_events_that_changed_places_are_found(history, one, other):
    _, events = history
    first, second = at_a_place(events, one), at_a_place(events, other)
    assume(first != second)
    events[first], events[second] = events[second], events[first]
    assert verify(events)


@given(histories(), NUMBERS)
def test_an_event_that_stands_twice_is_found(history, number):
    _, events = history
    place = at_a_place(events, number)
    assert verify([*events[: place + 1], *events[place:]])


@given(histories())
def test_a_renumbered_and_resealed_remainder_is_found_by_its_first_link(history):
    _, events = history
    assume(len(events) > 1)
    forged = [replace(event, version=n).linked for n, event in enumerate(events[1:], 1)]
    assert Break(forged[0].case, 1, "unlinked") in verify(forged)

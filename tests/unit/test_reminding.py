"""Reminding: each milestone once, whatever happens, to whoever has the case that day."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from opendata.adapters.sqlite import SqliteStore
from opendata.desk import casework, digests, holding, outbox, reading, records, roster
from opendata.desk.context import Desk
from opendata.desk.digests import Section
from opendata.desk.moved import TOGETHER
from opendata.desk.outbox import Message
from opendata.rules.errors import Unavailable
from opendata.rules.feedback import Action, State
from opendata.rules.roc import TAIPEI
from tests.counting import Counting
from tests.unit.sweeping import asked, at, close, deliver_all, intents, sweep, swept
from tests.world import (
    CAROL,
    CHANNELS,
    CORA,
    DEREK,
    ETHICS,
    HELEN,
    HIGH,
    MONDAY,
    OLIVE,
    OTTO,
    REPLY,
    STUDY,
    UNIT,
    FailingStore,
    World,
    commented,
)

TIMES = 100
AAC = CHANNELS[ETHICS]


def reminders(world: World, case: str = "S97944") -> list[tuple[str, str]]:
    """The milestones that came to pass, and to when they are dated."""
    return [
        (event.facts["milestone"].partition("@")[0], f"{event.at.astimezone(TAIPEI):%m-%d %H:%M}")
        for event in reading.history(world.desk, case)
        if event.action is Action.REMIND
    ]


def hourly(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += timedelta(hours=1)


PLAN = [
    ("three_before", "03-04 09:00"),
    ("one_before", "03-06 09:00"),
    ("due_morning", "03-09 09:00"),
    ("due_afternoon", "03-09 14:00"),
    ("overdue", "03-10 09:00"),
]


# -- once -------------------------------------------------------------------------------------


def test_every_milestone_comes_to_pass_once_though_the_sweep_runs_every_hour_and_twice(world):
    world.opened()
    for instant in hourly(MONDAY, at(3, 10, 12)):
        swept(world, instant, instant)
    assert reminders(world) == PLAN
    assert asked(world) == [
        (AAC, "202603040"),
        (AAC, "202603060"),
        (AAC, "202603090"),
        (AAC, "202603091"),
        (AAC, "202603100"),
    ]
    assert world.faults() == []


def test_a_sweep_that_comes_late_dates_the_milestone_to_its_morning_and_tells_at_once(world):
    world.opened()
    swept(world, at(3, 4, 11, 40))
    assert reminders(world) == PLAN[:1]
    event = reading.history(world.desk, "S97944")[-1]
    assert (event.actor, event.facts["fired_at"]) == ("clock", "2026-03-04T03:40:00+00:00")
    (digest,) = intents(world, Message.DIGEST)
    assert (digest.occasion, digest.not_before) == ("202603040", at(3, 4, 11, 40))


def test_what_an_outage_missed_is_caught_up_with_and_told_in_one_digest(world):
    world.opened()
    assert swept(world, at(3, 10, 10)).total() == 5
    assert reminders(world) == PLAN
    assert asked(world) == [(AAC, "202603100")]
    assert swept(world, at(3, 10, 11)) == Counter()
    assert world.faults() == []


def test_what_came_at_night_is_told_when_the_office_opens(world):
    world.opened()
    swept(world, at(3, 6, 20))
    (digest,) = intents(world, Message.DIGEST)
    assert (digest.occasion, digest.not_before) == ("202603090", at(3, 9))
    assert outbox.waiting(world.desk, 10)[0].kind is Message.CARD
    world.clock.set(at(3, 9))
    assert digest in outbox.waiting(world.desk, 10)


def test_a_year_is_caught_up_with_in_as_many_runs_as_it_takes(world):
    world.opened()
    world.clock.set(at(12, 1, 10))
    runs = 0
    while sweep(world):
        runs += 1
    assert runs > 3
    told = reminders(world)
    assert len(set(told)) == len(told) == 5 + len([n for n in told[5:] if n[0] == "overdue"])
    assert told[-1] == ("overdue", "12-01 09:00")
    assert asked(world) == sorted((to, "202612010") for to in {AAC, HELEN, CORA, CAROL})
    assert world.faults() == []


@pytest.fixture
def other(world: World) -> Iterator[Desk]:
    """The same ministry in a second process."""
    with SqliteStore(world.path, now=world.clock) as store:
        yield Desk(store, world.clock, world.desk.terms)


def test_two_sweeps_at_one_moment_remind_once(world, other):
    start = Barrier(2)

    def run(desk: Desk) -> int:
        start.wait(5)
        return sweep(world, desk).total()

    with ThreadPoolExecutor(2) as threads:
        for number in range(1, TIMES + 1):
            world.clock.set(MONDAY)
            case = world.opened(id_=str(number))
            world.clock.set(at(3, 4))
            assert sum(threads.map(run, (world.desk, other))) == 1
            assert reminders(world, case) == PLAN[:1]
    assert asked(world) == [(AAC, "202603040")]
    assert world.faults() == []


@pytest.mark.parametrize("written", [False, True], ids=["before", "after"])
def test_a_crash_at_the_commit_reminds_once_all_the_same(world, written):
    world.opened()
    world.clock.set(at(3, 4))
    desk = replace(world.desk, store=FailingStore(world.desk.store, 1, written=written))
    with pytest.raises(Unavailable):
        sweep(world, desk)
    assert sweep(world).total() == (0 if written else 1)
    assert reminders(world) == PLAN[:1]
    assert asked(world) == [(AAC, "202603040")]
    assert world.faults() == []


class Between(FailingStore):
    """Right before its first commit, somebody does something."""

    def __init__(self, store, then):
        super().__init__(store, 0, written=False)
        self._then = then

    def commit(self, *writes):
        then, self._then = self._then, lambda: None
        then()
        super().commit(*writes)


def test_whoever_claims_in_between_is_the_one_who_is_reminded(world):
    case = world.opened()
    world.clock.set(at(3, 4))
    store = Between(world.desk.store, lambda: casework.claim(world.desk, case, OTTO))
    assert sweep(world, replace(world.desk, store=store)).total() == 1
    assert world.actions(case) == ["receive", "claim", "remind"]
    assert asked(world) == [(OTTO, "202603040")]


def test_a_reply_published_in_between_spares_everybody_the_reminder(world):
    case = world.approved()
    world.clock.set(at(3, 4))
    store = Between(world.desk.store, lambda: world.publish(case))
    assert sweep(world, replace(world.desk, store=store)) == Counter()
    assert reminders(world) == []
    assert asked(world) == []


def test_one_who_is_always_overtaken_leaves_the_case_in_the_timer(world):
    case = world.opened()
    world.clock.set(at(3, 4))
    meddler = Between(world.desk.store, lambda: None)
    meddler.commit = lambda *writes: (  # type: ignore[method-assign]
        world.receive(commented(body=str(world.case().version))),
        world.desk.store.commit(*writes),
    )
    with pytest.raises(Unavailable):
        sweep(world, replace(world.desk, store=meddler))
    assert reminders(world) == []
    assert sweep(world).total() == 1
    assert world.case(case).comments == 5


# -- what it costs ----------------------------------------------------------------------------


def test_a_sweep_reads_the_cases_that_it_acts_on_and_no_others(world):
    for number in range(1, 31):
        world.opened(id_=str(number))
    world.clock.set(at(3, 3, 12))
    for number in range(31, 61):
        casework.claim(world.desk, world.opened(id_=str(number), posted_at=at(3, 3)), OLIVE)
    world.clock.set(at(3, 4))
    desk = replace(world.desk, store=(counting := Counting(world.desk.store)))
    assert sweep(world, desk).total() == 30
    assert counting.calls == ["find", "get", *["get", "commit"], *["commit"] * 29]
    assert counting.rows == 30 + 1


def test_nothing_to_do_is_one_empty_reading(world):
    world.opened()
    desk = replace(world.desk, store=(counting := Counting(world.desk.store)))
    assert sweep(world, desk) == Counter()
    assert (counting.calls, counting.rows) == (["find"], 0)


# -- a calendar that changes ------------------------------------------------------------------


def test_a_case_is_counted_anew_where_the_calendar_has_changed(world):
    world.opened()
    swept(world, at(3, 4), at(3, 6))
    world.clock.set(at(3, 9, 7))
    close(world, at(3, 9))
    assert swept(world, at(3, 9), at(3, 9, 14)) == Counter()
    case = world.case()
    assert (case.due.on.day, case.due.original.day) == (10, 10)
    event = reading.history(world.desk, "S97944")[-1]
    assert (event.action, event.actor) == (Action.RECOMPUTE, "clock")
    assert (event.facts["cause"], event.facts["before"]["on"]) == ("closed", "2026-03-09")
    swept(world, at(3, 10), at(3, 10, 14), at(3, 11))
    assert reminders(world) == [
        *PLAN[:2],
        ("due_morning", "03-10 09:00"),
        ("due_afternoon", "03-10 14:00"),
        ("overdue", "03-11 09:00"),
    ]
    assert world.faults() == []


def test_a_date_that_a_late_sweep_moves_is_told_in_office_hours(world):
    world.claimed()
    deliver_all(world)
    world.clock.set(at(3, 9, 7))
    close(world, at(3, 9))
    swept(world, at(3, 10, 23))
    (moved,) = intents(world, Message.MOVED)
    assert (moved.person, moved.not_before) == (OLIVE, at(3, 11) + TOGETHER)


def test_on_a_day_that_became_a_closure_nobody_is_called_and_the_case_waits_for_the_next(world):
    world.opened()
    swept(world, at(3, 4), at(3, 6), at(3, 9), at(3, 9, 14))
    deliver_all(world)
    world.clock.set(at(3, 10, 7))
    close(world, at(3, 10))
    before = world.case().version
    assert swept(world, at(3, 10), at(3, 10, 15)) == Counter()
    assert (world.case().version, intents(world)) == (before, [])
    row = world.desk.store.get(records.head_key("S97944"))[records.head_key("S97944")]
    assert records.wakes_at(row) == at(3, 11)
    assert swept(world, at(3, 11)) == {"overdue": 1}


def test_who_works_where_offices_are_closed_is_told_when_they_open(world):
    unit = world.desk.directory().agency(UNIT)
    roster.import_agencies(world.desk, [replace(unit, county="臺中市")])
    world.awaiting()
    world.clock.set(at(3, 4, 7))
    close(world, at(3, 4), county="臺中市")
    swept(world, at(3, 4))
    told = [(one.person, one.not_before) for one in intents(world, Message.DIGEST)]
    assert told == [(CAROL, at(3, 4)), (DEREK, at(3, 5))]


def test_a_case_that_was_assigned_to_another_seat_keeps_its_own_calendar(world):
    case = world.opened("財政部")
    roster.import_agencies(
        world.desk, [replace(world.desk.directory().agency(HIGH), county="臺中市")]
    )
    close(world, at(3, 9), county="臺中市")
    casework.assign(world.desk, case, CORA, HIGH)
    assert world.case(case).due.on.day == 10
    swept(world, at(3, 5), at(3, 9), at(3, 10))
    assert [name for name, _ in reminders(world, case)][-1] == "due_morning"
    assert world.faults() == []


# -- idle, snoozed, a new round ---------------------------------------------------------------


def test_an_officer_who_lets_a_case_lie_is_asked_and_loses_it_a_workday_later(world):
    case = world.claimed()
    deliver_all(world)
    assert swept(world, at(3, 4), at(3, 5)) == {"three_before": 1, "idle": 1}
    (question,) = intents(world, Message.STILL_YOURS)
    assert (question.person, question.not_before) == (OLIVE, at(3, 5))
    assert question in outbox.waiting(world.desk, 10)
    deliver_all(world)
    assert swept(world, at(3, 6)) == {"given_back": 1, "one_before": 1}
    now = world.case(case)
    assert (now.state, now.officer) == (State.RECEIVED, None)
    (told,) = intents(world, Message.STILL_YOURS)
    assert (told.person, told.occasion) == (OLIVE, question.occasion)
    assert [one.kind for one in intents(world)].count(Message.CARD) == 1
    assert asked(world) == [(AAC, "202603060")]
    assert world.faults() == []


def test_whoever_keeps_a_case_has_it_for_another_while(world):
    case = world.claimed()
    swept(world, at(3, 5))
    world.clock.set(at(3, 5, 15))
    holding.keep(world.desk, case, OLIVE)
    assert "given_back" not in swept(world, at(3, 6), at(3, 9))
    assert swept(world, at(3, 9, 14), at(3, 10)) == {"due_afternoon": 1, "overdue": 1, "idle": 1}
    assert world.case(case).officer == OLIVE


def test_who_does_something_after_the_question_has_answered_it(world):
    case = world.claimed()
    swept(world, at(3, 5))
    casework.draft(world.desk, case, OLIVE, REPLY)
    assert "given_back" not in swept(world, at(3, 6), at(3, 9))


def test_who_is_asked_at_night_has_the_whole_of_the_next_workday_to_answer(world):
    case = world.claimed()
    swept(world, at(3, 5, 20))
    (question,) = intents(world, Message.STILL_YOURS)
    assert question.not_before == at(3, 6)
    world.clock.set(at(3, 5, 21))
    assert question not in outbox.waiting(world.desk, 10)
    assert "given_back" not in swept(world, at(3, 6), at(3, 6, 17))
    assert "given_back" in swept(world, at(3, 9))
    assert world.case(case).officer is None


def test_who_works_at_night_before_the_question_comes_has_answered_it(world):
    case = world.claimed()
    swept(world, at(3, 5, 20))
    world.clock.set(at(3, 5, 21))
    casework.draft(world.desk, case, OLIVE, REPLY)
    assert "given_back" not in swept(world, at(3, 6), at(3, 9))


def test_a_case_that_was_given_back_stands_in_the_channels_digest_however_late_it_is_due(world):
    case = world.published(STUDY)
    casework.draft(world.desk, case, OLIVE, REPLY)
    swept(world, at(3, 5), at(3, 6))
    assert world.case(case).officer is None
    (digest,) = [one for one in intents(world, Message.DIGEST) if one.occasion == "202603060"]
    assert (digest.person, digest.case) == (None, f"~{AAC}")
    assert [one.id for one in digests.digest(world.desk, digest).cases] == [case]


def test_a_snoozed_case_calls_again_on_its_morning_and_not_before(world):
    case = world.published(STUDY)
    holding.snooze(world.desk, case, OLIVE, at(4, 1).date())
    assert swept(world, *hourly(at(3, 3), at(4, 1, 8))) == Counter()
    assert swept(world, at(4, 1)) == {"snoozed": 1}
    (digest,) = intents(world, Message.DIGEST)
    assert (digest.person, digest.occasion) == (OLIVE, "202604010")
    told = digests.digest(world.desk, digest)
    assert {name: [one.id for one in cases] for name, cases in told.sections.items()} == {
        Section.LATER: [case]
    }


def test_a_new_round_is_reminded_of_anew(world):
    case = world.published()
    world.clock.set(at(3, 10, 10))
    world.receive(commented(at=at(3, 10)))
    assert world.case(case).round == 2
    told = swept(world, *hourly(at(3, 10, 11), at(3, 17, 15)))
    assert told == {"three_before": 1, "one_before": 1, "due_morning": 1, "due_afternoon": 1}
    assert reminders(world)[-1] == ("due_afternoon", "03-17 14:00")
    assert world.faults() == []


def test_a_case_that_was_returned_is_its_officers_again(world):
    case = world.awaiting()
    swept(world, at(3, 4))
    world.send_back(case)
    swept(world, at(3, 6))
    assert asked(world) == sorted(
        [(CAROL, "202603040"), (DEREK, "202603040"), (OLIVE, "202603060")]
    )

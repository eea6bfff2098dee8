"""The terms on which a round began: what was promised then is what it is judged by for good."""

import json
from datetime import date, datetime, timedelta

import pytest

from bot.card import card
from bot.explained import of_case
from opendata import texts
from opendata.desk import extension, numbers, reading, recompute, roster
from opendata.desk.casefile import load
from opendata.desk.context import Desk, Terms
from opendata.desk.explained import explained
from opendata.rules.calendar import ChangeKind, Closure
from opendata.rules.canonical import decode, encode
from opendata.rules.deadline import Mode
from opendata.rules.feedback import Action, Due
from opendata.rules.roc import TAIPEI
from tests.slack import face_of
from tests.world import DUE, OLIVE, PLATFORM_DUE, commented, posted

CAPITAL, ELSEWHERE = "臺北市", date(2026, 6, 1)
OTHERS = [Terms(days=14), Terms(platform_days=30), Terms(mode=Mode.WORKING), Terms(days=1)]


def under(world, terms):
    """The same ministry with other settings."""
    return Desk(world.desk.store, world.clock, terms)


def recounts(world, case="S97944"):
    events = reading.history(world.desk, case)
    return [event for event in events if event.action is Action.RECOMPUTE]


def words(blocks):
    return json.dumps(blocks, ensure_ascii=False)


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=TAIPEI)


@pytest.mark.parametrize("terms", OTHERS)
def test_other_terms_rewrite_no_answered_case(world, terms):
    world.approved()
    world.clock.set(at(DUE + timedelta(days=3)))
    world.publish("S97944")
    before, late = world.case().due, numbers.status(world.desk, "115Q1").total.late
    desk = under(world, terms)
    for day in (ELSEWHERE, DUE - timedelta(days=3)):
        recompute.perform(desk, roster.close(desk, [Closure(day, CAPITAL)]))
    assert (world.case().due, recounts(world)) == (before, [])
    assert late == numbers.status(desk, "115Q1").total.late == 1
    assert world.faults() == []


@pytest.mark.parametrize("terms", OTHERS)
def test_a_closure_moves_a_case_on_the_terms_it_began_with(world, terms):
    world.opened()
    desk = under(world, terms)
    recompute.perform(desk, roster.close(desk, [Closure(DUE, CAPITAL)]))
    due = world.case().due
    assert (due.original, due.platform) == (DUE + timedelta(days=1), PLATFORM_DUE)
    assert (due.days, due.platform_days, due.mode) == (7, 14, Mode.CALENDAR)


def test_the_terms_are_kept_with_the_case_and_in_its_first_event(world):
    terms = Terms(5, 10, Mode.WORKING)
    world.receive(posted(), desk=under(world, terms))
    due = world.case().due
    assert (due.days, due.platform_days, due.mode) == (5, 10, Mode.WORKING)
    told = reading.history(world.desk, "S97944")[0].changes["due"]
    assert (told["days"], told["platform_days"], told["mode"]) == (5, 10, "working")


def test_a_clock_that_was_kept_without_terms_was_counted_on_the_usual_ones():
    kept = encode(Due(DUE, DUE, PLATFORM_DUE, False, "115-1"))
    old = {name: kept[name] for name in ("on", "original", "platform", "provisional")}
    due = decode(Due, {**old, "calendar_version": "115-1"})
    assert (due.days, due.platform_days, due.mode) == (7, 14, Mode.CALENDAR)


def test_a_new_round_begins_on_the_terms_of_its_day(world):
    world.published()
    world.clock.turn(days=1)
    world.receive(commented(at=world.clock()), desk=under(world, Terms(days=10)))
    due = world.case().due
    assert (world.case().round, due.days, due.on) == (2, 10, date(2026, 3, 13))


def test_more_time_is_as_long_as_what_was_promised_then(world):
    case = world.claimed()
    longer = under(world, Terms(days=30))
    assert extension.limits(load(longer, case, OLIVE)) == extension.limits(
        load(world.desk, case, OLIVE)
    )


def test_a_case_is_explained_on_its_own_terms_and_says_which(world):
    world.receive(posted(), desk=under(world, Terms(5, 10, Mode.WORKING)))
    told = reading.dossier(world.desk, "S97944")
    why = explained(world.desk, told.case, told.events)
    assert why.counted.due_on == told.case.due.original
    shown = words(of_case(face_of(world).voice("zh"), told.case, why))
    assert "自收案次日起算5個工作日，末日遇放假日順延。" in shown
    assert "平臺期限（10日）" in shown


def test_the_card_tells_the_terms_of_the_case_not_of_today(world):
    world.receive(posted(), desk=under(world, Terms(5, 10, Mode.WORKING)))
    face = face_of(world)
    shown = card(face.scene(reading.dossier(world.desk, "S97944"), face.voice("zh")))
    assert "自收案次日起算5個工作日，末日遇放假日順延。" in words(shown.blocks)


# -- half a day -------------------------------------------------------------------------------


def half(world, desk, day=DUE):
    recompute.perform(desk, roster.close(desk, [Closure(day, CAPITAL, half=True)]))


def test_where_only_the_setting_for_half_days_changed_the_cause_is_that_setting(world):
    world.claimed()
    half(world, world.desk)
    strict = under(world, Terms(half_closes=True))
    recompute.perform(strict, roster.close(strict, [Closure(ELSEWHERE, CAPITAL)]))
    (event,) = recounts(world)
    assert event.facts["cause"] == ChangeKind.HALF
    assert world.case().due.on == DUE + timedelta(days=1)
    assert texts.written("zh", ChangeKind.HALF) == "停止上班半日之計算方式調整"
    lenient = world.desk
    recompute.recompute_case(lenient, "S97944", ChangeKind.CLOSED)
    assert [event.facts["cause"] for event in recounts(world)] == [ChangeKind.HALF] * 2
    assert world.case().due.on == DUE


def test_where_half_days_count_a_closure_of_half_a_day_is_the_cause_itself(world):
    strict = under(world, Terms(half_closes=True))
    world.receive(posted(), desk=strict)
    half(world, strict)
    (event,) = recounts(world)
    assert event.facts["cause"] == ChangeKind.CLOSED

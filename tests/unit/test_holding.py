"""What is answered to a reminder: kept, put off, help wanted; and what the CIO says to a delay."""

from dataclasses import replace
from datetime import date

import pytest

from opendata.desk import casework, decisions, holding, outbox, reading, records, roster
from opendata.desk.outbox import Message
from opendata.rules.errors import (
    Invalid,
    NotHolder,
    OutOfTurn,
    Stranger,
    WrongRole,
)
from opendata.rules.feedback import Action, State
from opendata.rules.people import Form
from tests.unit.sweeping import at, deliver_all, intents, swept
from tests.world import (
    ANNA,
    CAROL,
    CORA,
    DEPUTY,
    DEREK,
    GONE,
    HELEN,
    LENA,
    MEI,
    OLIVE,
    OTTO,
    PEOPLE,
    PETRA,
    REFUSAL,
    REPLY,
    STRANGER,
    STUDY,
    World,
    refuses,
)

FRIDAY = date(2026, 3, 6)


def fault(world: World, act) -> tuple[str, str]:
    (one,) = refuses(Invalid, world, act).faults
    return one.field, one.code


def newest(world: World, case: str):
    return reading.history(world.desk, case)[-1]


# -- 仍由我辦理 -----------------------------------------------------------------------------------


def test_whoever_was_asked_keeps_the_case_and_the_question_is_brought_up_to_date(world):
    case = world.claimed()
    swept(world, at(3, 5))
    (question,) = intents(world, Message.STILL_YOURS)
    deliver_all(world)
    now = holding.keep(world.desk, case, OLIVE)
    assert (now.state, now.officer, now.kept_at) == (State.IN_PROGRESS, OLIVE, world.clock())
    (again,) = intents(world, Message.STILL_YOURS)
    assert (again.person, again.occasion) == (OLIVE, question.occasion)
    assert newest(world, case).action is Action.KEEP
    assert world.faults() == []


def test_who_was_not_asked_may_say_so_and_is_told_nothing(world):
    case = world.claimed()
    deliver_all(world)
    holding.keep(world.desk, case, OLIVE)
    assert intents(world) == []


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (OTTO, NotHolder),
        (HELEN, WrongRole),
        (CAROL, WrongRole),
        (MEI, WrongRole),
        (GONE, Stranger),
        (STRANGER, Stranger),
    ],
)
def test_nobody_keeps_the_case_of_another(world, who, error):
    case = world.claimed()
    refuses(error, world, lambda: holding.keep(world.desk, case, who))


def test_what_was_given_back_is_kept_no_more_but_claimed_anew(world):
    case = world.claimed()
    swept(world, at(3, 5), at(3, 6))
    refuses(OutOfTurn, world, lambda: holding.keep(world.desk, case, OLIVE))
    assert casework.claim(world.desk, case, OLIVE).officer == OLIVE
    assert "given_back" not in swept(world, at(3, 9), at(3, 10))


def test_what_a_colleague_took_on_meanwhile_is_kept_by_that_one(world):
    case = world.claimed()
    swept(world, at(3, 5), at(3, 6))
    casework.claim(world.desk, case, OTTO)
    refuses(NotHolder, world, lambda: holding.keep(world.desk, case, OLIVE))


# -- 稍後提醒 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "who"),
    [("claimed", OLIVE), ("in_review", HELEN), ("awaiting", CAROL), ("approved", OLIVE)],
)
def test_whoever_has_the_case_puts_its_reminders_off(world, state, who):
    case = getattr(world, state)()
    now = holding.snooze(world.desk, case, who, FRIDAY)
    assert (now.snooze.until, now.snooze.at) == (FRIDAY, world.clock())
    deliver_all(world)
    assert swept(world, at(3, 4)) == {}
    told = swept(world, at(3, 6))
    assert told["snoozed"] == 1
    assert world.faults() == []


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 3, 1), "not_in_future"),
        (date(2026, 3, 2), "not_in_future"),
        (date(2026, 3, 3), None),
        (FRIDAY, None),
        (date(2026, 3, 7), "day_off"),
        (date(2026, 3, 9), "past_due"),
        (date(2026, 4, 1), "past_due"),
    ],
)
def test_a_reminder_is_put_off_to_a_workday_before_the_due_date(world, until, code):
    case = world.claimed()
    if code is None:
        assert holding.snooze(world.desk, case, OLIVE, until).snooze.until == until
    else:
        refused = fault(world, lambda: holding.snooze(world.desk, case, OLIVE, until))
        assert refused == ("until", code)


def test_a_matter_under_study_is_put_off_until_before_its_own_date(world):
    case = world.published(STUDY)
    assert holding.snooze(world.desk, case, OLIVE, date(2026, 4, 29)).snooze
    assert fault(world, lambda: holding.snooze(world.desk, case, OLIVE, date(2026, 4, 30))) == (
        "until",
        "past_due",
    )


def test_an_overdue_case_is_not_put_off(world):
    case = world.claimed()
    world.clock.set(at(3, 10, 10))
    later = date(2026, 3, 12)
    assert fault(world, lambda: holding.snooze(world.desk, case, OLIVE, later)) == (
        "until",
        "past_due",
    )


@pytest.mark.parametrize(
    ("state", "who", "error"),
    [
        ("claimed", OTTO, NotHolder),
        ("claimed", HELEN, WrongRole),
        ("in_review", OLIVE, WrongRole),
        ("in_review", CAROL, WrongRole),
        ("awaiting", HELEN, WrongRole),
        ("awaiting", DEREK, WrongRole),
        ("approved", OTTO, NotHolder),
        ("opened", OLIVE, OutOfTurn),
    ],
)
def test_nobody_puts_off_what_others_have(world, state, who, error):
    case = getattr(world, state)()
    refuses(error, world, lambda: holding.snooze(world.desk, case, who, FRIDAY))


@pytest.mark.parametrize("who", [CAROL, DEREK])
def test_one_of_several_who_may_approve_does_not_silence_the_others(world, who):
    case = world.awaiting()
    world.clock.set(at(3, 4, 10))
    assert fault(world, lambda: holding.snooze(world.desk, case, who, FRIDAY)) == (
        "until",
        "shared",
    )
    assert swept(world, at(3, 6)) == {"three_before": 1, "one_before": 1}


def test_who_waits_for_the_legal_unit_does_not_silence_it(world):
    case = world.drafted(REFUSAL)
    assert fault(world, lambda: holding.snooze(world.desk, case, OLIVE, FRIDAY)) == (
        "until",
        "shared",
    )


def test_a_deputy_who_alone_may_approve_that_day_puts_off(world):
    case = world.awaiting()
    roster.import_deputies(world.desk, [replace(DEPUTY, form=Form.ACTING)])
    gone = [replace(one, active=False) for one in PEOPLE if one.id == CAROL]
    roster.import_people(world.desk, gone)
    world.clock.set(at(3, 4, 10))
    assert holding.snooze(world.desk, case, DEREK, date(2026, 3, 5)).snooze


def test_whoever_gets_the_case_next_is_reminded_all_the_same(world):
    case = world.drafted()
    holding.snooze(world.desk, case, OLIVE, FRIDAY)
    world.clock.turn(minutes=1)
    world.submit(case)
    assert swept(world, at(3, 4)) == {"three_before": 1}


def test_a_case_that_goes_to_a_colleague_is_put_off_no_more(world):
    case = world.claimed()
    holding.snooze(world.desk, case, OLIVE, FRIDAY)
    casework.reassign(world.desk, case, HELEN, OTTO)
    assert world.case(case).snooze.ended_at is not None
    assert swept(world, at(3, 4)) == {"three_before": 1}


def test_a_case_that_was_put_off_is_not_taken_away_meanwhile(world):
    case = world.published(STUDY)
    casework.draft(world.desk, case, OLIVE, REPLY)
    holding.snooze(world.desk, case, OLIVE, FRIDAY)
    assert swept(world, *(at(3, day) for day in (3, 4, 5, 6, 9, 10))) == {"snoozed": 1}
    assert world.case(case).officer == OLIVE
    assert swept(world, at(3, 11), at(3, 12)) == {"idle": 1, "given_back": 1}


def test_putting_off_is_an_answer_to_the_question_too(world):
    case = world.claimed()
    swept(world, at(3, 5))
    holding.snooze(world.desk, case, OLIVE, FRIDAY)
    assert "given_back" not in swept(world, at(3, 6), at(3, 9))


# -- 請求協助 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "who"),
    [("claimed", OLIVE), ("in_review", HELEN), ("awaiting", CAROL), ("opened", OTTO)],
)
def test_whoever_cannot_go_on_asks_for_help(world, state, who):
    case = getattr(world, state)()
    deliver_all(world)
    before = world.case(case)
    now = holding.ask_help(world.desk, case, who)
    assert (now.state, now.officer) == (before.state, before.officer)
    (asked,) = intents(world, Message.HELP)
    assert (asked.case, asked.occasion) == (case, f"e{now.version}")
    assert (newest(world, case).action, newest(world, case).actor) == (Action.HELP, who)
    assert world.faults() == []


def test_the_legal_unit_asks_for_help_with_a_co_sign(world):
    assert holding.ask_help(world.desk, world.drafted(REFUSAL), LENA)


def test_every_call_for_help_is_a_message_of_its_own(world):
    case = world.claimed()
    for _ in range(2):
        holding.ask_help(world.desk, case, OLIVE)
    first, second = intents(world, Message.HELP)
    assert first.occasion != second.occasion


@pytest.mark.parametrize("who", [PETRA, ANNA, MEI, CORA])
def test_strangers_to_the_case_do_not_ask_for_help_with_it(world, who):
    case = world.claimed()
    refuses(WrongRole, world, lambda: holding.ask_help(world.desk, case, who))


def test_an_answered_case_needs_no_help(world):
    case = world.published()
    with pytest.raises(OutOfTurn):
        holding.ask_help(world.desk, case, OLIVE)


# -- the CIO's answer to an escalation ------------------------------------------------------------


@pytest.fixture
def escalated(world) -> str:
    case = world.drafted()
    swept(world, *(at(3, day) for day in (9, 10, 11, 12, 13)))
    casework.claim(world.desk, case, OLIVE)
    deliver_all(world)
    return case


def told(world: World) -> list[tuple[str, str | None]]:
    return sorted((one.kind.value, one.person) for one in intents(world))


def test_what_the_cio_agrees_to_is_told_to_the_officer_and_the_coordinators(world, escalated):
    before = world.case(escalated)
    now = holding.instruct(world.desk, escalated, CAROL)
    assert (now.state, now.officer, now.due) == (before.state, before.officer, before.due)
    assert newest(world, escalated).facts == {"agreed": True}
    assert told(world) == [("escalation", None), ("news", CORA), ("news", OLIVE)]
    assert world.rows("NOTE#%") == {}
    assert world.faults() == []


def test_other_instructions_are_kept_beside_the_chain(world, escalated):
    holding.instruct(world.desk, escalated, CAROL, " 請本週內回復。\n")
    event = newest(world, escalated)
    assert event.facts == {"agreed": False}
    key = records.note_key(escalated, event.version)
    assert world.desk.store.get(key)[key].value == {"text": "請本週內回復。"}
    assert "請本週" not in str(event)


@pytest.mark.parametrize(
    ("words", "code"), [("", "required"), (" 　\n", "required"), ("請" * 1001, "too_long")]
)
def test_an_instruction_has_words(world, escalated, words, code):
    refused = fault(world, lambda: holding.instruct(world.desk, escalated, CAROL, words))
    assert refused == ("words", code)


@pytest.mark.parametrize("who", [OLIVE, HELEN, CORA, DEREK, LENA])
def test_nobody_else_instructs(world, escalated, who):
    refuses(WrongRole, world, lambda: holding.instruct(world.desk, escalated, who))


def test_a_case_without_an_officer_is_instructed_through_the_coordinators(world):
    case = world.opened()
    swept(world, *(at(3, day) for day in (11, 12, 13)))
    deliver_all(world)
    holding.instruct(world.desk, case, CAROL)
    assert told(world) == [("escalation", None), ("news", CORA)]


def test_what_becomes_of_it_is_shown_to_the_cio_until_it_is_answered(world, escalated):
    casework.submit(world.desk, escalated, OLIVE, world.hash(escalated))
    assert len(intents(world, Message.ESCALATION)) == 1
    deliver_all(world)
    decisions.pass_review(world.desk, escalated, HELEN, world.hash(escalated))
    decisions.approve(world.desk, escalated, CAROL, world.hash(escalated))
    deliver_all(world)
    world.publish(escalated)
    (last,) = intents(world, Message.ESCALATION)
    assert last.occasion == "1"
    outbox.done(world.desk, last)
    assert swept(world, at(3, 16), at(3, 17)) == {}

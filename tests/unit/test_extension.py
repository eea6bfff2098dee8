"""展延: more time, once, asked for in time, told to the citizen, and never counted as in time."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from opendata.desk import casework, decisions, extension, numbers, publication, reading, records
from opendata.desk.casefile import load
from opendata.desk.context import Desk, Terms
from opendata.rules.deadline import Mode
from opendata.rules.errors import Invalid, LostRace, NotHolder, OutOfTurn, TextChanged, WrongRole
from opendata.rules.feedback import Action, Case, State
from opendata.rules.reply import Purpose
from tests.unit.sweeping import at, close, swept
from tests.world import (
    CAROL,
    CORA,
    DUE,
    HELEN,
    OLIVE,
    OTTO,
    REPLY,
    STUDY,
    World,
    commented,
    posted,
    refuses,
)

UNTIL, LAST = date(2026, 3, 12), date(2026, 3, 16)
NOTICE = "您好：您建議的資料尚需向各分署彙整，本署將於115年3月12日前回復，敬請見諒。"
CONTACT = "廉政署綜合規劃組 02-23141000"
GROUND = "資料散在三個分署，尚需彙整"


def extend(world: World, case: str, until: date = UNTIL, actor: str = OLIVE, **more: str) -> Case:
    told = {"reason": GROUND, "text": NOTICE, "contact": CONTACT} | more
    return extension.extend(world.desk, case, actor, until, **told)


def approved(world: World, case: str) -> str:
    """The notice goes its way to the CIO's approval."""
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    return case


def extended(world: World, case: str, until: date = UNTIL) -> str:
    extend(world, case, until)
    world.publish(approved(world, case))
    return case


def fault(world: World, act) -> tuple[str, str]:
    (one,) = refuses(Invalid, world, act).faults
    return one.field, one.code


# -- the whole road ---------------------------------------------------------------------------


def test_the_date_moves_when_the_notice_is_published_and_no_earlier(world):
    case = world.claimed()
    dates = [extend(world, case).due.on]
    for step in (
        lambda: world.submit(case),
        lambda: decisions.pass_review(world.desk, case, HELEN, world.hash(case)),
        lambda: decisions.approve(world.desk, case, CAROL, world.hash(case)),
        lambda: world.publish(case),
    ):
        step()
        dates.append(world.case(case).due.on)
    assert dates == [DUE, DUE, DUE, DUE, UNTIL]
    now = world.case(case)
    assert (now.state, now.officer, now.extended, now.due.original) == (
        State.IN_PROGRESS,
        OLIVE,
        True,
        DUE,
    )
    assert (now.draft, now.approval, now.first_answered_at) == (None, None, None)
    assert world.faults() == []


def test_what_was_asked_for_stands_in_the_chain_and_why_only_beside_it(world):
    case = world.claimed()
    extend(world, case, reason=f"  {GROUND}\n")
    event = reading.history(world.desk, case)[-1]
    assert (event.action, event.actor) == (Action.EXTEND, OLIVE)
    assert event.facts == {"from": "2026-03-09", "until": "2026-03-12"}
    key = records.note_key(case, event.version)
    assert world.desk.store.get(key)[key].value == {"text": GROUND}
    told = reading.dossier(world.desk, case).reply
    assert (told.text, told.promised, told.purpose) == (NOTICE, UNTIL, Purpose.PROGRESS_NOTICE)


def test_the_draft_that_rested_meanwhile_lies_there_again(world):
    case = world.drafted()
    before = world.case(case).draft
    extend(world, case)
    assert world.case(case).resting == before
    extended_case = world.case(world.publish(approved(world, case)).id)
    assert (extended_case.draft, extended_case.resting) == (before, None)
    assert reading.dossier(world.desk, case).reply == REPLY
    approved(world, case)
    assert world.publish(case).state is State.ANSWERED
    assert world.faults() == []


def test_a_notice_that_is_written_anew_keeps_the_reply_that_rests(world):
    case = world.drafted()
    before = world.case(case).draft
    extend(world, case)
    extend(world, case, date(2026, 3, 13), text=NOTICE.replace("12", "13"))
    assert world.case(case).resting == before


def test_a_reply_that_is_drafted_instead_gives_the_notice_up(world):
    case = world.drafted()
    extend(world, case)
    casework.draft(world.desk, case, OLIVE, replace(REPLY, text=f"{REPLY.text}謝謝。"))
    now = world.case(case)
    assert (now.draft.purpose, now.resting, now.extended) == (Purpose.REPLY, None, False)
    assert extend(world, case).draft.purpose is Purpose.PROGRESS_NOTICE


@pytest.mark.parametrize("back", ["recalled", "returned"])
def test_a_notice_that_comes_back_changes_no_date_and_can_go_again(world, back):
    case = world.drafted()
    extend(world, case)
    world.submit(case)
    if back == "recalled":
        casework.recall(world.desk, case, OLIVE, world.hash(case))
    else:
        world.send_back(case, HELEN)
    now = world.case(case)
    assert (now.state, now.due.on, now.extended) == (State.IN_PROGRESS, DUE, False)
    assert now.draft.purpose is Purpose.PROGRESS_NOTICE
    world.publish(approved(world, case))
    assert world.case(case).due.on == UNTIL
    assert world.faults() == []


def test_a_notice_is_published_as_it_was_approved_or_not_at_all(world):
    case = world.claimed()
    extend(world, case)
    approved(world, case)
    with pytest.raises(TextChanged):
        decisions.revoke(world.desk, case, CAROL, "0" * 64, "再議")
    decisions.revoke(world.desk, case, CAROL, world.hash(case), "再議")
    refuses(LostRace, world, lambda: world.publish(case))


def test_reminders_follow_the_new_date(world):
    case = world.claimed()
    world.clock.set(at(3, 3, 10))
    extended(world, case)
    assert swept(world, at(3, 9), at(3, 9, 14))["due_morning"] == 0
    assert swept(world, at(3, 12), at(3, 12, 14))["due_morning"] == 1
    assert swept(world, at(3, 13))["overdue"] == 1
    assert world.faults() == []


# -- once, in time, and not for longer than the promise was -----------------------------------


def test_a_case_is_extended_once(world):
    case = extended(world, world.claimed())
    assert fault(world, lambda: extend(world, case, LAST)) == ("until", "extended_already")


def test_a_new_round_may_be_extended_again(world):
    case = extended(world, world.drafted())
    approved(world, case)
    world.publish(case)
    world.clock.set(at(3, 10, 10))
    world.receive(commented(at=at(3, 10)))
    casework.claim(world.desk, case, OTTO)
    until = date(2026, 3, 20)
    assert extend(world, case, until, OTTO).draft.promised == until


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 3, 8), "out_of_reach"),
        (DUE, "out_of_reach"),
        (date(2026, 3, 10), None),
        (date(2026, 3, 14), "day_off"),
        (LAST, None),
        (date(2026, 3, 17), "out_of_reach"),
    ],
)
def test_it_is_extended_to_a_workday_by_at_most_the_length_of_the_promise(world, until, code):
    case = world.claimed()
    if code:
        assert fault(world, lambda: extend(world, case, until)) == ("until", code)
    else:
        assert extend(world, case, until).draft.promised == until


def test_the_limits_are_told_and_roll_over_a_closure(world):
    case = world.claimed()
    assert extension.limits(load(world.desk, case, OLIVE)) == (date(2026, 3, 10), LAST)
    close(world, at(3, 10), at(3, 16))
    assert extension.limits(load(world.desk, case, OLIVE)) == (
        date(2026, 3, 11),
        date(2026, 3, 17),
    )


def test_where_workdays_are_promised_as_many_workdays_are_granted(world):
    desk = Desk(world.desk.store, world.clock, Terms(mode=Mode.WORKING))
    world.receive(posted(), desk=desk)
    sheet = load(world.desk, "S97944", OLIVE)
    first, last = extension.limits(sheet)
    assert (first, sheet.calendar().workdays_between(sheet.case.due.original, last)) == (
        date(2026, 3, 12),
        7,
    )


def test_on_the_due_date_it_is_still_in_time(world):
    case = world.claimed()
    world.clock.set(at(3, 9, 23, 59))
    assert extend(world, case).draft.purpose is Purpose.PROGRESS_NOTICE


def test_after_the_due_date_nobody_asks_for_more_time(world):
    case = world.claimed()
    world.clock.set(at(3, 10, 0))
    assert fault(world, lambda: extend(world, case)) == ("until", "after_due")


def test_a_notice_that_lay_about_until_the_case_was_due_is_not_submitted(world):
    case = world.claimed()
    extend(world, case)
    world.clock.set(at(3, 10, 10))
    assert fault(world, lambda: world.submit(case)) == ("until", "after_due")


def test_a_notice_that_waited_until_the_case_was_due_is_not_approved(world):
    case = world.claimed()
    extend(world, case)
    world.submit(case)
    world.clock.set(at(3, 10, 10))
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    assert fault(world, lambda: decisions.approve(world.desk, case, CAROL, world.hash(case))) == (
        "until",
        "after_due",
    )


def test_a_notice_whose_date_has_passed_is_not_submitted(world):
    case = world.claimed()
    extend(world, case)
    world.clock.set(at(3, 12, 10))
    assert fault(world, lambda: world.submit(case)) == ("promised", "not_in_future")


def test_a_matter_under_study_has_a_promise_of_its_own(world):
    case = world.published(STUDY)
    casework.draft(world.desk, case, OLIVE, REPLY)
    assert fault(world, lambda: extend(world, case)) == ("until", "under_study")


# -- who, and in which words ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "error"),
    [(OTTO, NotHolder), (HELEN, WrongRole), (CAROL, WrongRole), (CORA, WrongRole)],
)
def test_only_its_officer_asks_for_more_time(world, who, error):
    case = world.claimed()
    refuses(error, world, lambda: extend(world, case, actor=who))


@pytest.mark.parametrize("state", ["opened", "in_review", "awaiting", "approved", "published"])
def test_more_time_is_asked_for_while_the_case_is_worked_on(world, state):
    case = getattr(world, state)()
    with pytest.raises((OutOfTurn, WrongRole)):
        extend(world, case)


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ({"reason": "　"}, {("ground", "required")}),
        ({"reason": "因" * 1001}, {("ground", "too_long")}),
        ({"text": " "}, {("text", "required")}),
        ({"contact": ""}, {("contact", "required")}),
        (
            {"reason": "", "text": "", "contact": ""},
            {("ground", "required"), ("text", "required"), ("contact", "required")},
        ),
    ],
)
def test_what_is_missing_is_told_all_at_once_and_changes_nothing(world, told, faults):
    case = world.claimed()
    refused = refuses(Invalid, world, lambda: extend(world, case, **told))
    assert {(one.field, one.code) for one in refused.faults} == faults


def test_a_notice_answers_nothing_so_a_suggestion_is_not_answered_with_one(world):
    case = world.claimed()
    extend(world, case)
    notice = reading.dossier(world.desk, case).reply
    assert fault(world, lambda: casework.draft(world.desk, case, OLIVE, notice)) == (
        "type",
        "wrong_type",
    )


# -- what it counts for -----------------------------------------------------------------------


def total(world: World, when: datetime):
    world.clock.set(when)
    return numbers.status(world.desk, "115Q1").total


def test_an_extension_is_counted_and_hides_no_delay(world):
    case = extended(world, world.drafted())
    open_late = total(world, at(3, 10, 10))
    assert (open_late.extended, open_late.open_late, open_late.open_in_time) == (1, 1, 0)
    approved(world, case)
    world.publish(case)
    answered = total(world, at(3, 20))
    assert (answered.extended, answered.in_time, answered.late) == (1, 0, 1)
    assert (answered.within_7.n, answered.within_7.d) == (0, 1)
    assert world.faults() == []


def test_a_notice_in_time_is_no_answer_in_time(world):
    case = extended(world, world.claimed())
    assert world.case(case).first_answered_at is None
    assert total(world, at(3, 10)).in_time == 0


def test_a_closure_moves_what_was_granted_off_its_day_and_the_original_date_too(world):
    case = extended(world, world.claimed())
    close(world, at(3, 9), at(3, 12))
    swept(world, at(3, 10))
    due = world.case(case).due
    assert (due.original, due.on) == (date(2026, 3, 10), date(2026, 3, 13))
    assert world.faults() == []


def test_an_extension_never_ends_before_the_original_date_that_closures_have_moved(world):
    desk = Desk(world.desk.store, world.clock, Terms(mode=Mode.WORKING))
    world.receive(posted(), desk=desk)
    casework.claim(world.desk, "S97944", OLIVE)
    case = extended(world, "S97944")
    assert (world.case(case).due.original, world.case(case).due.on) == (date(2026, 3, 11), UNTIL)
    close(world, *(at(3, day) for day in (9, 10, 11)))
    swept(world, at(3, 12))
    due = world.case(case).due
    assert (due.original, due.on, due.granted) == (LAST, LAST, UNTIL)
    assert world.faults() == []


# -- an extension that comes too late ---------------------------------------------------------


def approved_on_the_last_day(world: World) -> str:
    """A notice that promises the next day is approved when the case is due."""
    case = world.drafted()
    world.clock.set(at(3, 9, 10))
    extend(world, case, date(2026, 3, 10), text=NOTICE.replace("12", "10"))
    return approved(world, case)


def test_an_extension_to_a_date_that_has_passed_is_not_published_and_nothing_is_spent(world):
    case = approved_on_the_last_day(world)
    world.clock.set(at(3, 12, 10))
    assert fault(world, lambda: world.publish(case)) == ("published_at", "extension_passed")
    now = world.case(case)
    assert (now.state, now.extended, now.due.on) == (State.APPROVED, False, DUE)


def test_whose_extension_came_too_late_revises_and_replies_instead(world):
    case = approved_on_the_last_day(world)
    world.clock.set(at(3, 12, 10))
    casework.revise(world.desk, case, OLIVE, world.hash(case))
    casework.draft(world.desk, case, OLIVE, REPLY)
    approved(world, case)
    done = world.publish(case)
    assert (done.state, done.extended) == (State.ANSWERED, False)
    assert world.faults() == []


@pytest.mark.parametrize("hour", [0, 10])
def test_on_the_day_it_is_extended_to_it_may_still_be_published(world, hour):
    case = approved_on_the_last_day(world)
    world.clock.set(at(3, 10, hour))
    assert world.publish(case).due.on == date(2026, 3, 10)


def test_an_extension_posted_in_time_and_reported_after_its_date_leaves_the_case_overdue(world):
    case = approved_on_the_last_day(world)
    posted_at = at(3, 9, 11)
    world.clock.set(at(3, 12, 8))
    publication.publish(world.desk, case, OLIVE, world.hash(case), posted_at)
    now = world.case(case)
    assert (now.state, now.due.on, now.due.original) == (
        State.IN_PROGRESS,
        date(2026, 3, 10),
        DUE,
    )
    assert total(world, at(3, 12, 8)).open_late == 1
    assert swept(world, at(3, 12))["overdue"] > 0
    assert fault(world, lambda: extend(world, case, LAST)) == ("until", "extended_already")
    assert world.faults() == []

"""Publication: what was approved, reported with the platform's time, counted for what it is."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from opendata import texts
from opendata.desk import casework, decisions, numbers, publication, reading
from opendata.rules.errors import Invalid, LostRace, OutOfTurn, TextChanged, WrongRole
from opendata.rules.feedback import State
from opendata.rules.kpi import Share
from opendata.rules.reply import ReplyType
from opendata.rules.roc import TAIPEI
from tests.unit.sweeping import asked, at, deliver_all, swept
from tests.world import (
    CAROL,
    CORA,
    DUE,
    HELEN,
    LENA,
    MONDAY,
    OLIVE,
    OTTO,
    REFUSAL,
    REPLY,
    STUDY,
    commented,
    posted,
    refuses,
)


def publish(world, case, at, actor=OLIVE, shown=None):
    text = shown or world.hash(case)
    return publication.publish(world.desk, case, actor, text, at)


def total(world, **later):
    world.clock.turn(**later)
    return numbers.status(world.desk, "115Q1").total


@pytest.mark.parametrize("who", [OLIVE, OTTO, CORA])
def test_any_officer_of_the_agency_or_the_coordinator_reports_it(world, who):
    case = world.approved()
    done = publish(world, case, world.clock(), who)
    assert (done.state, done.answered_at, done.first_answered_at) == (
        State.ANSWERED,
        world.clock(),
        world.clock(),
    )
    assert reading.history(world.desk, case)[-1].facts == {
        "reported": True,
        "published_at": world.clock().isoformat(),
        "hash": world.hash(case),
    }


@pytest.mark.parametrize("who", [HELEN, CAROL, LENA])
def test_nobody_else_reports_it(world, who):
    case = world.approved()
    refuses(WrongRole, world, lambda: publish(world, case, world.clock(), who))


@pytest.mark.parametrize("state", ["opened", "drafted", "in_review", "awaiting"])
def test_nothing_is_published_before_it_is_approved(world, state):
    case = getattr(world, state)()
    shown = world.hash(case) or "0"
    refuses(
        OutOfTurn if state in ("opened", "drafted", "in_review") else LostRace,
        world,
        lambda: publish(world, case, world.clock(), shown=shown),
    )


def test_another_text_than_the_approved_is_not_published(world):
    case = world.approved()
    refuses(TextChanged, world, lambda: publish(world, case, world.clock(), shown="0"))


@pytest.mark.parametrize(
    ("by", "code"),
    [(timedelta(minutes=-1), "before_approval"), (timedelta(hours=1, seconds=1), "in_future")],
)
def test_the_time_lies_between_approval_and_now(world, by, code):
    case = world.approved()
    at = world.clock()
    world.clock.turn(hours=1)
    refused = refuses(Invalid, world, lambda: publish(world, case, at + by))
    assert [(fault.field, fault.code) for fault in refused.faults] == [("published_at", code)]


def test_the_platform_tells_minutes_so_the_minute_of_the_approval_will_do(world):
    world.clock.set(MONDAY + timedelta(seconds=40))
    case = world.approved()
    assert publish(world, case, MONDAY).answered_at == MONDAY


def test_pressing_twice_changes_nothing(world):
    case = world.published()
    refuses(OutOfTurn, world, lambda: publish(world, case, world.clock()))


# -- the clock


def test_the_clock_stops_at_the_platforms_time_not_at_the_report(world):
    case = world.approved()
    at = world.clock()
    world.clock.set(datetime(2026, 3, 20, 9, tzinfo=TAIPEI))
    publish(world, case, at)
    assert total(world).within_7 == Share(1, 1)


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        (datetime(2026, 3, 9, 23, 59, 59, tzinfo=TAIPEI), True),
        (datetime(2026, 3, 10, 0, 0, tzinfo=TAIPEI), False),
    ],
)
def test_the_due_date_ends_at_midnight_in_taipei(world, at, in_time):
    case = world.approved()
    world.clock.set(at)
    publish(world, case, at)
    counted = total(world, days=1)
    assert (counted.in_time, counted.late) == (int(in_time), int(not in_time))


def test_a_case_passed_on_inside_is_judged_by_its_first_due_date(world):
    case = world.opened()
    world.clock.turn(days=20)
    casework.assign(world.desk, case, CORA, "hpo")
    assert world.case(case).due.original == DUE
    assert total(world).open_late == 1
    assert list(numbers.status(world.desk, "115Q1").agencies) == ["aac", "hpo"]
    assert world.faults() == []


def test_a_late_dispatch_hides_no_lateness(world):
    world.clock.turn(days=30)
    world.receive(posted(dispatched_at=world.clock()))
    assert total(world).open_late == 1


def test_words_that_change_later_hide_no_lateness(world):
    world.opened()
    world.clock.turn(days=30)
    world.receive(posted(body="改", posted_at=world.clock()))
    assert world.case().due.original == DUE
    assert total(world).open_late == 1


# -- first and substantive answers


def test_a_matter_under_study_is_answered_first_and_substantively_later(world):
    case = world.published(STUDY)
    first = world.clock()
    now = world.case(case)
    assert (now.state, now.first_answered_at, now.answered_at) == (State.UNDER_STUDY, first, None)
    assert (now.due_now, now.due.on) == (STUDY.promised, DUE)
    counted = total(world, days=30)
    assert (counted.in_time, counted.under_study, counted.substantive_late) == (1, 1, 0)
    casework.draft(world.desk, case, OLIVE, replace(REPLY, contact="02-3"))
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    world.publish(case)
    now = world.case(case)
    assert (now.state, now.first_answered_at, now.answered_at) == (
        State.ANSWERED,
        first,
        world.clock(),
    )
    assert (now.due.study, now.due.original) == (None, DUE)
    counted = total(world)
    assert (counted.in_time, counted.late) == (1, 0)
    assert (counted.substantive_in_time, counted.substantive_late) == (0, 1)
    assert world.faults() == []


def test_a_second_study_notice_moves_the_promised_date_and_leaves_the_first_answer(world):
    case = world.published(STUDY)
    first = world.case(case).first_answered_at
    world.clock.turn(days=20)
    again = replace(STUDY, promised=STUDY.promised + timedelta(days=30))
    casework.draft(world.desk, case, OLIVE, again)
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    world.publish(case)
    now = world.case(case)
    assert (now.state, now.first_answered_at) == (State.UNDER_STUDY, first)
    assert again.promised == date(2026, 5, 30), "a Saturday"
    assert now.due_now == date(2026, 5, 29)


def test_a_refusal_is_counted_as_one(world):
    case = world.drafted(REFUSAL)
    casework.cosign(world.desk, case, LENA, world.hash(case))
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    world.publish(case)
    assert total(world).refused == 1


def test_a_new_round_is_counted_beside_the_first(world):
    case = world.published()
    world.receive(commented(at=world.clock()))
    counted = total(world, days=40)
    assert (counted.received, counted.in_time, counted.open_late, counted.rounds) == (2, 1, 1, 1)
    assert world.case(case).round == 2


def test_an_approval_of_the_first_round_is_none_in_the_second(world):
    case = world.published()
    shown = world.hash(case)
    world.receive(commented(at=world.clock()))
    casework.claim(world.desk, case, OLIVE)
    casework.draft(world.desk, case, OLIVE, REPLY)
    assert world.hash(case) != shown
    refuses(TextChanged, world, lambda: casework.submit(world.desk, case, OLIVE, shown))


def test_events_hold_no_words_of_the_office(world):
    canary = "金絲雀"
    reply = replace(
        REFUSAL, text=f"{canary}因故", contact=f"{canary}02-1", statute=f"{canary}法第1條"
    )
    case = world.drafted(reply)
    casework.cosign(world.desk, case, LENA, world.hash(case))
    world.submit(case)
    world.send_back(case, HELEN, canary)
    casework.reveal(world.desk, case, OLIVE, canary)
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    decisions.revoke(world.desk, case, CAROL, world.hash(case), canary)
    assert not [key for key, (_, told) in world.rows("EVENT#%").items() if canary in told]
    assert not [key for key, (_, told) in world.rows("HEAD").items() if canary in told]


# -- what it promises


PLANNED = replace(
    REPLY,
    type=ReplyType.PLANNED,
    text="您好：您建議的資料預計於115年3月10日開放，屆時請至平臺下載，謝謝您的建議。",
    promised=date(2026, 3, 10),
)


@pytest.mark.parametrize("written", [PLANNED, replace(STUDY, promised=date(2026, 3, 10))])
def test_a_promise_that_has_passed_is_not_published(world, written):
    case = world.approved(written)
    posted_at = datetime(2026, 3, 11, 0, 0, tzinfo=TAIPEI)
    world.clock.set(posted_at)
    refused = refuses(Invalid, world, lambda: publish(world, case, posted_at))
    (one,) = refused.faults
    assert (one.field, one.code) == ("published_at", "promise_passed")
    told = texts.refusal("zh", refused)
    assert "115年3月10日（星期二）" in told
    assert texts.say("zh", "button.revise") in told


@pytest.mark.parametrize("written", [PLANNED, replace(STUDY, promised=date(2026, 3, 10))])
def test_what_was_posted_in_time_may_be_reported_later(world, written):
    case = world.approved(written)
    world.clock.set(datetime(2026, 3, 12, 9, tzinfo=TAIPEI))
    posted_at = datetime(2026, 3, 10, 23, 59, tzinfo=TAIPEI)
    assert publish(world, case, posted_at).first_answered_at == posted_at


def test_a_study_that_does_not_end_is_escalated_up_to_the_cio_and_never_closed(world):
    case = world.published(STUDY)
    heard = []
    for day in (at(5, 4), at(5, 5), at(5, 6), at(5, 7)):
        deliver_all(world)
        assert swept(world, day)["overdue"] == 1
        heard.append({who for who, _ in asked(world)})
    assert [CAROL in names for names in heard] == [False, False, False, True]
    assert world.case(case).state is State.UNDER_STUDY
    assert total(world).under_study == 1
    assert world.faults() == []

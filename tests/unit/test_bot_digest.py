"""The digest in Slack: one for a person and morning, in office hours, never without content."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.delivery import Outcome, deliver
from opendata import texts
from opendata.desk import casework, decisions, outbox, reminding, roster
from opendata.desk.outbox import Message
from opendata.rules.roc import TAIPEI
from tests.slack import FakeSlack, face_of, refusal, sweep
from tests.world import CAROL, CHANNELS, CORA, DEREK, HELEN, OLIVE, OTTO, PEOPLE, REPLY, posted

CARD = CHANNELS["aac"]


def at(month, day, hour=9, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=TAIPEI)


def said(code, **told):
    return texts.say("zh", code, **told)


@pytest.fixture
def slack():
    return FakeSlack()


def remind(world):
    """What the hourly sweep does."""
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)


def claim(world, number, who=OLIVE, **more):
    """So many cases of an officer, all due on the ninth."""
    for n in range(number):
        (case,) = world.ids(world.receive(posted(str(n + 1), **more)))
        casework.claim(world.desk, case, who)


def morning(world, slack, when):
    """The digests of a time; cards are not looked at."""
    world.clock.set(when)
    before = len(slack.messages)
    remind(world)
    sweep(world, slack)
    ids = [(one, one.metadata["event_payload"]["id"]) for one in slack.messages[before:]]
    return [one for one, intent in ids if intent.startswith("~")]


def waiting(world):
    """The digests that wait to be sent."""
    return [one for one in world.waiting() if one.kind is Message.DIGEST]


def digests(slack, who, about):
    """The digests of somebody whose notification speaks of something."""
    return [one for one in slack.to(who) if "摘要" in one.text and about in one.text]


# -- once


@pytest.mark.parametrize("number", [2, 12])
def test_a_person_gets_one_digest_a_morning_however_many_cases_there_are(world, slack, number):
    claim(world, number)
    sweep(world, slack)
    (told,) = morning(world, slack, at(3, 4))
    assert told.channel == f"D-{OLIVE}"
    assert said("digest.soon", n=number) in told.words
    assert told.words.count("details") == number
    assert morning(world, slack, at(3, 4, 10)) == []
    assert world.waiting() == []


def test_cases_that_wake_after_the_digest_was_sent_make_no_second_one(world, slack):
    claim(world, 2)
    sweep(world, slack)
    world.clock.set(at(3, 4))
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)
        sweep(world, slack)
    assert len(slack.to(OLIVE)) == 1


def test_an_answer_of_slacks_that_got_lost_makes_no_second_one(world, slack):
    claim(world, 2)
    sweep(world, slack)
    slack.lost.append(TimeoutError())
    morning(world, slack, at(3, 4))
    world.clock.turn(minutes=5)
    sweep(world, slack)
    assert len(slack.to(OLIVE)) == 1
    assert world.waiting() == []


def test_unclaimed_cases_call_the_channel_and_can_be_claimed_there(world, slack):
    for n in range(3):
        world.receive(posted(str(n + 1)))
    sweep(world, slack)
    (told,) = morning(world, slack, at(3, 4))
    assert told.channel == CARD
    assert told.words.count('"action_id": "claim"') == 3


def test_who_reads_english_gets_it_in_english(world, slack):
    claim(world, 2, OTTO)
    sweep(world, slack)
    (told,) = morning(world, slack, at(3, 4))
    assert texts.say("en", "digest.soon", n=2) in told.words


# -- nothing to say


def test_a_digest_that_has_nothing_to_say_any_more_is_not_sent(world, slack):
    claim(world, 1)
    sweep(world, slack)
    world.clock.set(at(3, 4))
    remind(world)
    casework.release(world.desk, "S1", OLIVE)
    sweep(world, slack)
    assert slack.to(OLIVE) == []
    assert world.waiting() == []


@pytest.mark.parametrize("how", ["inactive", "nobody"])
def test_who_has_left_gets_none(world, slack, how):
    claim(world, 2)
    sweep(world, slack)
    world.clock.set(at(3, 4))
    remind(world)
    if how == "inactive":
        roster.import_people(world.desk, [replace(PEOPLE[0], active=False)])
    else:
        person = outbox.digest("U0NOBODY", at(3, 4), afternoon=False, person=True)
        world.desk.store.commit(outbox.Put(outbox.intent_row(person)))
    sweep(world, slack)
    who = OLIVE if how == "inactive" else "U0NOBODY"
    assert slack.to(who) == []
    assert [one for one in world.waiting() if one.person == who] == []


# -- in office hours


def test_what_missed_the_day_goes_with_the_next_mornings(world, slack):
    claim(world, 2)
    sweep(world, slack)
    slack.trouble.extend(refusal("internal_error", 500) for _ in range(9))
    morning(world, slack, at(3, 6))
    assert slack.to(OLIVE) == []
    slack.trouble.clear()
    assert morning(world, slack, at(3, 6, 19)) == []
    (moved,) = world.desk.store.query(f"DIGEST#{OLIVE}", "OUT#").rows
    assert moved.value["not_before"] == "2026-03-09T01:00:00+00:00"
    assert morning(world, slack, at(3, 8, 12)) == []
    (told,) = morning(world, slack, at(3, 9))
    assert said("digest.due_today", n=2) in told.words
    assert world.waiting() == []


def test_an_afternoons_check_that_is_over_becomes_the_next_mornings(world, slack):
    claim(world, 2)
    sweep(world, slack)
    morning(world, slack, at(3, 9))
    world.clock.set(at(3, 9, 14))
    remind(world)
    (waits,) = waiting(world)
    world.clock.set(at(3, 9, 18, 30))
    assert deliver(face_of(world), slack, waits) == {Outcome.PUT_OFF: 1}
    world.clock.set(at(3, 10))
    sweep(world, slack)
    (told,) = digests(slack, OLIVE, "逾期")
    assert said("digest.heading", date=at(3, 10).date(), number="2件") in told.words
    remind(world)
    sweep(world, slack)
    assert len(digests(slack, OLIVE, "逾期")) == 1


def test_what_moves_to_a_morning_that_is_asked_for_leaves_that_as_it_is(world, slack):
    world.opened()
    sweep(world, slack)
    world.clock.set(at(3, 9))
    remind(world)
    (late,) = waiting(world)
    world.clock.set(at(3, 10))
    remind(world)
    (asked,) = [one for one in waiting(world) if one != late]
    outbox.park(world.desk, asked, [f"is_archived@{CARD}"])
    deliver(face_of(world), slack, late)
    (kept,) = world.desk.store.query(f"DIGEST#{CARD}", "OUT#").rows
    assert kept.value["causes"] == [f"is_archived@{CARD}"]
    assert [one.parked for one in outbox.causes(world.desk)] == [1]


def test_a_parked_digest_that_moves_stays_counted_until_somebody_has_tried(world, slack):
    world.in_review()
    sweep(world, slack)
    slack.refuses[HELEN] = "user_not_found"
    for hour in (9, 14):
        morning(world, slack, at(3, 9, hour))
    assert [one.parked for one in outbox.causes(world.desk)] == [2]
    told = len(slack.to(CORA))
    world.clock.set(at(3, 9, 18))
    sweep(world, slack)
    assert [one.parked for one in outbox.causes(world.desk)] == [1]
    morning(world, slack, at(3, 10))
    assert [one.parked for one in outbox.causes(world.desk)] == [1]
    assert len(slack.to(CORA)) == told
    slack.refuses.clear()
    world.clock.turn(minutes=10)
    sweep(world, slack)
    assert outbox.causes(world.desk) == ()
    assert "逾期1個工作日" in slack.to(HELEN)[-1].words


def test_a_digest_that_is_asked_for_takes_over_what_keeps_the_one_before(world, slack):
    world.in_review()
    sweep(world, slack)
    world.clock.set(at(3, 9))
    remind(world)
    (late,) = waiting(world)
    outbox.park(world.desk, late, ["user_not_found@"])
    world.clock.set(at(3, 10))
    remind(world)
    (late,) = [one for one in world.waiting() if one.causes]
    deliver(face_of(world), slack, late)
    (kept,) = [one for one in world.waiting() if one.kind is Message.DIGEST]
    assert (kept.occasion, kept.causes) == ("202603100", ("user_not_found@",))
    assert [one.parked for one in outbox.causes(world.desk)] == [1]


def test_a_parked_digest_that_moves_to_a_quiet_day_is_counted_no_more(world, slack):
    claim(world, 2)
    sweep(world, slack)
    slack.refuses[OLIVE] = "user_not_found"
    morning(world, slack, at(3, 4))
    assert [one.parked for one in outbox.causes(world.desk)] == [1]
    slack.refuses.clear()
    world.clock.set(at(3, 5))
    sweep(world, slack)
    sweep(world, slack)
    assert outbox.causes(world.desk) == ()
    assert len(slack.to(OLIVE)) == 1


# -- what it says


def test_before_a_long_break_it_names_the_break_and_what_falls_due_after_it(world, slack):
    world.clock.set(at(2, 11, 10))
    for n in range(2):
        number, posted_at = str(n + 1), at(2, 11, 9)
        (case,) = world.ids(world.receive(posted(number, posted_at=posted_at, timestamp=posted_at)))
        casework.claim(world.desk, case, OLIVE)
    sweep(world, slack)
    morning(world, slack, at(2, 13))
    (told,) = digests(slack, OLIVE, "3個工作日內")
    assert "春節連假自115年2月14日（星期六）至115年2月22日（星期日）" in told.words
    assert "下列案件中2件將於連假後首個上班日115年2月23日（星期一）屆期" in told.words
    morning(world, slack, at(2, 23))
    (back,) = digests(slack, OLIVE, "今日屆期")
    assert said("digest.back") in back.words
    (check,) = morning(world, slack, at(2, 23, 14))
    assert said("digest.back") not in check.words


def test_on_the_first_day_back_cases_stand_in_one_list_by_due_date(world, slack):
    world.clock.set(at(2, 20, 10))
    for n, day in ((1, 20), (2, 17), (3, 18)):
        when = at(2, day, 8)
        (case,) = world.ids(world.receive(posted(str(n), posted_at=when, timestamp=when)))
        casework.claim(world.desk, case, OLIVE)
    sweep(world, slack)
    (told,) = morning(world, slack, at(2, 23))
    assert [told.words.index(f"*S{n}*") for n in (2, 3, 1)] == sorted(
        told.words.index(f"*S{n}*") for n in (1, 2, 3)
    )


def test_a_coordinator_is_told_of_a_missing_calendar_and_what_to_do(world, slack):
    world.clock.set(at(7, 1))
    reminding.nudge(world.desk, world.desk.now() - timedelta(hours=1))
    sweep(world, slack)
    (told,) = slack.to(CORA)
    assert said("digest.wanted_year", year=116) in told.words


def test_one_case_alone_keeps_its_buttons_with_the_missing_calendar_below_it(world, slack):
    world.clock.set(at(6, 24, 10))
    when = at(6, 24)
    world.receive(posted("1", "內政部", posted_at=when, timestamp=when))
    sweep(world, slack)
    told = morning(world, slack, at(6, 29))[-1]
    assert said("digest.wanted_year", year=116) not in told.words
    world.clock.set(at(7, 1))
    reminding.nudge(world.desk, world.desk.now() - timedelta(hours=1))
    (told,) = morning(world, slack, at(7, 1))
    assert told.buttons[0] == "assign"
    assert said("digest.wanted_year", year=116) in told.text
    assert said("digest.wanted_year.do") in told.blocks[-1]["text"]["text"]


def test_nobody_who_can_approve_is_told_to_the_coordinators_with_the_way_out(world, slack):
    world.awaiting()
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    sweep(world, slack)
    told = morning(world, slack, at(3, 4))[-1]
    assert told.channel == f"D-{CORA}"
    assert said("digest.nobody_may.do") in told.words


@pytest.mark.parametrize(
    ("when", "asked"), [(at(3, 9), False), (at(3, 9, 14), True), (at(3, 11), False)]
)
def test_the_way_out_stands_there_when_the_case_falls_due_and_after(world, slack, when, asked):
    world.awaiting()
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    sweep(world, slack)
    if asked:
        morning(world, slack, at(3, 9))
    told = [one for one in morning(world, slack, when) if one.channel == f"D-{CORA}"][-1]
    assert said("digest.nobody_may", n=1) in told.words
    assert said("digest.nobody_may.do") in told.words
    assert "核示" not in told.words
    assert '"action_id": "preview"' not in told.words


def test_on_the_first_day_back_the_way_out_stands_above_the_list(world, slack):
    world.clock.set(at(2, 12, 10))
    (case,) = world.ids(world.receive(posted("1", posted_at=at(2, 12), timestamp=at(2, 12))))
    casework.claim(world.desk, case, OLIVE)
    casework.draft(world.desk, case, OLIVE, REPLY)
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    sweep(world, slack)
    told = [one for one in morning(world, slack, at(2, 23)) if one.channel == f"D-{CORA}"][-1]
    assert said("digest.nobody_may.do") in told.words


def test_who_is_told_beside_the_coordinators_learns_that_nobody_may_approve(world, slack):
    world.awaiting()
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    sweep(world, slack)
    (told,) = [one for one in morning(world, slack, at(3, 11)) if one.channel == f"D-{HELEN}"]
    assert f"請協調於今日{said('step.nobody_may')}" in told.words
    assert "decide" not in told.words


def test_a_case_of_an_approver_is_looked_at_from_the_digest(world, slack):
    world.awaiting()
    sweep(world, slack)
    told = morning(world, slack, at(3, 4))
    assert {one.channel for one in told} == {f"D-{CAROL}", f"D-{DEREK}"}
    assert all('"action_id": "decide"' in one.words for one in told)


def test_the_day_after_the_due_date_one_line_stands_with_each_of_the_overdue_cases(world, slack):
    claim(world, 2)
    sweep(world, slack)
    told = {one.channel: one for one in morning(world, slack, at(3, 11))}
    assert set(told) == {f"D-{OLIVE}", f"D-{HELEN}"}
    assert all(said("digest.overdue", n=2) in one.words for one in told.values())

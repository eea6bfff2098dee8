"""Reminders, the idle question, help, snooze and the delay report in Slack, from call to answer."""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.ids import Button, Modal, Ref
from opendata import texts
from opendata.desk import casework, decisions, holding, outbox, recompute, reminding, roster
from opendata.desk.casefile import occasion_of
from opendata.desk.outbox import Message
from opendata.rules.calendar import Closure
from opendata.rules.feedback import Action, State
from opendata.rules.roc import TAIPEI
from tests.slack import FakeSlack, inputs, sweep
from tests.world import (
    CAROL,
    CORA,
    DEPUTY,
    DUE,
    HELEN,
    LENA,
    MONDAY,
    OLIVE,
    OTTO,
    PEOPLE,
    REFUSAL,
    REPLY,
    STRANGER,
    STUDY,
    TurnedClock,
    commented,
    withdrawn,
)

CASE, TITLE = "S97944", "開放廉政統計"


def at(month, day, hour=9, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=TAIPEI)


def said(code, **told):
    return texts.say("zh", code, **told)


@pytest.fixture
def told():
    """The messages that were delivered."""
    return FakeSlack()


@pytest.fixture
def office(deployed):
    """The ministry behind the handlers, on the Monday."""
    object.__setattr__(deployed.desk, "clock", TurnedClock(MONDAY))
    deployed.clock = deployed.desk.clock
    return deployed


def ref(world, case=CASE):
    return str(Ref(case, world.case(case).round, world.hash(case)))


def remind(world, told, when):
    """The hourly sweep, and what comes of it; the messages that are new."""
    world.clock.set(when)
    before = len(told.messages)
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)
    sweep(world, told)
    return told.messages[before:]


def to(messages, who):
    return [one for one in messages if one.channel == f"D-{who}"]


def called(world, told, when, who):
    """The only message that somebody got at a time."""
    (one,) = to(remind(world, told, when), who)
    return one


def words_of(view):
    return json.dumps(view["blocks"], ensure_ascii=False)


# -- one case, in full


DAYS = [
    (at(3, 4), "建議於115年3月6日（星期五）前送出", ["draft", "extend", "snooze"]),
    (at(3, 6), "建議今日送出", ["draft", "extend"]),
    (at(3, 9), "今日屆期，目前處理中，由法務部廉政署辦理", ["draft", "extend"]),
    (at(3, 9, 14), "請於下班前擬具回復並送陳核", ["draft", "extend"]),
    (at(3, 10), "逾期1個工作日", ["draft"]),
]


@pytest.mark.parametrize(("when", "words", "buttons"), DAYS, ids=lambda one: str(one)[:16])
def test_one_case_alone_is_reminded_of_in_full_with_its_next_step(
    world, told, when, words, buttons
):
    world.claimed()
    world.clock.set(when.replace(hour=8))
    holding.keep(world.desk, CASE, OLIVE)
    remind(world, told, when.replace(hour=when.hour - 1))
    one = called(world, told, when, OLIVE)
    assert words in one.words
    assert one.buttons == [*buttons, "help", "details"]


@pytest.mark.parametrize(
    ("state", "who", "words", "first"),
    [
        ("approved", OLIVE, "已核准，尚未於平臺回復，今日屆期。請於下班前完成。", "platform"),
        ("awaiting", CAROL, "今日屆期，陳請核示。", "decide"),
        ("in_review", HELEN, "請於下班前核稿", "decide"),
    ],
)
def test_the_afternoons_check_says_what_is_left_to_do(world, told, state, who, words, first):
    getattr(world, state)()
    remind(world, told, at(3, 9))
    one = called(world, told, at(3, 9, 14), who)
    assert words in one.words
    assert one.buttons[0] == first


def test_an_approver_learns_who_else_can_approve_today(world, told):
    roster.import_deputies(world.desk, [replace(DEPUTY, start=DUE, end=DUE)])
    world.awaiting()
    remind(world, told, at(3, 9))
    one = called(world, told, at(3, 9, 14), CAROL)
    assert "法務部資訊處李副處長今日亦可核准" in one.words


def test_who_waits_for_the_legal_unit_is_not_offered_to_put_it_off(world, told):
    world.drafted(REFUSAL)
    sweep(world, told)
    assert "snooze" not in called(world, told, at(3, 4), OLIVE).buttons


def test_an_unclaimed_case_alone_is_claimed_from_the_reminder(world, told):
    world.opened()
    sweep(world, told)
    (one,) = remind(world, told, at(3, 4))
    assert one.channel == "C-AAC"
    assert one.buttons == ["claim", "help", "details"]


def test_who_is_told_beside_the_holder_is_asked_to_see_to_it_and_names_nobody(world, told):
    world.opened()
    world.clock.set(at(3, 10))
    casework.claim(world.desk, CASE, OLIVE)
    one = called(world, told, at(3, 11), HELEN)
    assert "請協調於今日擬具回復並送陳核" in one.words
    assert "林承辦" not in one.words
    assert one.buttons == ["reassign", "details"]


def test_the_legal_unit_is_asked_for_its_cosignature(world, told):
    world.drafted(REFUSAL)
    sweep(world, told)
    one = called(world, told, at(3, 9), LENA)
    assert "請於今日會簽" in one.words
    assert one.buttons[0] == "decide"


# -- what is to be decided on


def test_the_draft_is_decided_on_where_the_digest_opens_it(office, slack):
    office.awaiting()
    slack.press(CAROL, Button.DECIDE, ref(office))
    view = slack.shown()
    assert REPLY.text in words_of(view)
    assert said("approval.hash", hash=office.hash(CASE)[:8]) in words_of(view)
    slack.press(CAROL, Button.APPROVE, ref(office), {"type": "modal", "id": "V0"})
    assert slack.shown("views.update")["blocks"]
    assert office.case().state is State.APPROVED


def test_who_opens_it_too_late_sees_what_was_decided(office, slack):
    office.approved()
    slack.press(CAROL, Button.DECIDE, ref(office))
    assert "核准（資訊長）" in words_of(slack.shown())


@pytest.mark.parametrize(
    ("state", "who", "button"),
    [("in_review", HELEN, "pass"), ("refused", LENA, "cosign")],
)
def test_a_review_and_a_cosignature_open_alike(office, slack, state, who, button):
    office.drafted(REFUSAL) if state == "refused" else office.in_review()
    slack.press(who, Button.DECIDE, ref(office))
    assert f'"action_id": "{button}"' in words_of(slack.shown())


def test_the_list_opens_beside_a_digest_and_leaves_it_there(office, slack):
    office.opened()
    slack.press(OLIVE, Button.LIST, "list")
    ((method, given),) = slack.heard
    assert (method, given["response_type"], given["replace_original"]) == (
        "respond",
        "ephemeral",
        False,
    )
    assert "S97944" in json.dumps(given["blocks"])


# -- 仍由您辦理嗎


def idle(world, told):
    """A case that has not moved for two workdays, and the question about it."""
    world.claimed()
    sweep(world, told)
    remind(world, told, at(3, 4))
    return called(world, told, at(3, 5), OLIVE)


def test_an_idle_case_is_asked_about_once(world, told):
    one = idle(world, told)
    assert one.text == said("idle.text", case=CASE, title=TITLE, n=2)
    assert one.buttons == ["keep", "release", "details"]
    assert remind(world, told, at(3, 5, 11)) == []


def test_still_mine_answers_the_question(office, slack, told):
    one = idle(office, told)
    assert slack.press(OLIVE, Button.KEEP, ref(office)) == {}
    sweep(office, told)
    actor = "法務部廉政署林承辦"
    assert one.text == said("idle.kept", case=CASE, actor=actor, time=at(3, 5))
    assert one.buttons == ["details"]


def test_giving_it_to_others_puts_it_back_and_says_so(office, slack, told):
    one = idle(office, told)
    slack.press(OLIVE, Button.RELEASE, ref(office))
    sweep(office, told)
    assert "退回待認領，不需再回答" in one.text
    assert one.buttons == ["details"]
    assert office.case().state is State.RECEIVED


def test_without_an_answer_it_goes_back_and_the_message_says_so(world, told):
    one = idle(world, told)
    remind(world, told, at(3, 6))
    assert one.text == said("idle.given_back", case=CASE, time=at(3, 6))
    assert world.case().state is State.RECEIVED


@pytest.mark.parametrize("how", ["draft", "reassign", "withdraw"])
def test_whatever_moves_the_case_answers_the_question(world, told, how):
    one = idle(world, told)
    if how == "draft":
        casework.draft(world.desk, CASE, OLIVE, REPLY)
    elif how == "reassign":
        casework.reassign(world.desk, CASE, HELEN, OTTO)
    else:
        world.receive(withdrawn())
    sweep(world, told)
    assert one.buttons == ["details"]
    assert "不需再回答" in one.text


def test_a_question_that_was_settled_before_it_went_out_is_not_asked(world, told):
    world.claimed()
    sweep(world, told)
    world.clock.set(at(3, 5))
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)
    casework.draft(world.desk, CASE, OLIVE, REPLY)
    sweep(world, told)
    assert [one for one in told.to(OLIVE) if "仍由您辦理嗎" in one.text] == []
    assert world.waiting() == []


def test_the_question_waits_for_the_morning(world, told):
    world.claimed()
    sweep(world, told)
    assert to(remind(world, told, at(3, 5, 20)), OLIVE) == []
    world.clock.set(at(3, 6))
    sweep(world, told)
    assert any("仍由您辦理嗎" in one.text for one in told.to(OLIVE))


def test_a_slack_that_fails_until_the_evening_calls_nobody_at_night(world, told):
    world.claimed()
    sweep(world, told)
    world.clock.set(at(3, 5))
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)
    world.clock.set(at(3, 5, 21))
    sweep(world, told)
    assert told.to(OLIVE) == []
    assert list(outbox.stuck(world.desk, world.clock())) == []
    world.clock.set(at(3, 6, 8, 59))
    sweep(world, told)
    assert told.to(OLIVE) == []
    world.clock.set(at(3, 6))
    sweep(world, told)
    assert len([one for one in told.to(OLIVE) if "仍由您辦理嗎" in one.text]) == 1


# -- 請求協助


def test_help_reaches_the_coordinators_at_once_and_whoever_asked_is_told(office, slack, told):
    office.claimed()
    office.clock.set(at(3, 7, 22))
    slack.press(OLIVE, Button.HELP, ref(office))
    assert slack.ephemeral == said("help.asked", case=CASE)
    sweep(office, told)
    (one,) = told.to(CORA)
    assert "林承辦請求協助" in one.text
    assert "期限115年3月9日（星期一）" in one.text
    assert one.buttons == ["reassign", "details"]


def test_help_asked_for_twice_calls_the_coordinators_once(office, slack, told):
    office.claimed()
    for _ in range(2):
        slack.press(OLIVE, Button.HELP, ref(office))
        sweep(office, told)
        office.clock.turn(minutes=1)
    assert len(told.to(CORA)) == 1


def test_help_for_a_case_that_nobody_has_is_an_assignment(office, slack, told):
    office.opened("內政部")
    casework.assign(office.desk, CASE, CORA, "aac")
    slack.press(OLIVE, Button.HELP, ref(office))
    sweep(office, told)
    assert told.to(CORA)[-1].buttons == ["assign", "details"]


def test_help_from_inside_the_details_shows_in_the_history(office, slack):
    office.claimed()
    slack.press(OLIVE, Button.HELP, ref(office), {"type": "modal", "id": "V0"})
    assert said("Action.help") in words_of(slack.shown("views.update"))


def test_a_coordinator_needs_no_help(office, slack):
    office.claimed()
    slack.press(CORA, Button.HELP, ref(office))
    assert said("Action.help") in slack.ephemeral


# -- 稍後提醒


def test_the_mornings_that_are_left_are_offered(office, slack, told):
    office.claimed()
    slack.press(OLIVE, Button.SNOOZE, ref(office))
    view = slack.shown()
    assert view["callback_id"] == Modal.SNOOZE
    (pick,) = inputs(view)
    offered = [one["value"] for one in pick["element"]["options"]]
    assert offered == ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
    answer = slack.submit(OLIVE, view, until="2026-03-06")
    assert answer == {"response_action": "clear"}
    sweep(office, told)
    assert remind(office, told, at(3, 4)) == []
    assert to(remind(office, told, at(3, 6)), OLIVE)


def test_a_case_that_is_due_is_not_put_off(office, slack):
    office.claimed()
    office.clock.set(at(3, 6))
    slack.press(OLIVE, Button.SNOOZE, ref(office))
    assert slack.ephemeral == said("fault.past_due", due=DUE)


@pytest.mark.parametrize(
    ("until", "code", "told"),
    [
        ("2026-03-09", "past_due", {"due": DUE}),
        ("2026-03-07", "day_off", {"date": date(2026, 3, 7)}),
        ("2026-03-02", "not_in_future", {}),
    ],
)
def test_a_morning_that_cannot_be_is_refused_under_its_field(office, slack, until, code, told):
    office.claimed()
    slack.press(OLIVE, Button.SNOOZE, ref(office))
    view, before = slack.shown(), office.rows()
    answer = slack.submit(OLIVE, view, until=until)
    assert answer["errors"] == {"until": said(f"fault.{code}", **told)}
    assert office.rows() == before


@pytest.mark.parametrize("who", [OTTO, CAROL])
def test_only_whoever_has_the_case_puts_a_reminder_off(office, slack, who):
    office.claimed()
    slack.press(who, Button.SNOOZE, ref(office))
    assert slack.ephemeral


def test_an_approver_puts_off_what_waits_for_approval(office, slack):
    office.awaiting()
    slack.press(CAROL, Button.SNOOZE, ref(office))
    assert slack.submit(CAROL, slack.shown()) == {"response_action": "clear"}
    assert office.case().snooze.until == date(2026, 3, 3)


# -- 逾期陳報


def escalated(world, told):
    """A case that is four workdays overdue, and what the CIO is told of it."""
    world.claimed()
    sweep(world, told)
    for day in (5, 9, 12):
        world.clock.set(at(3, day, 8))
        holding.keep(world.desk, CASE, OLIVE)
        remind(world, told, at(3, day))
    (one,) = [m for m in to(remind(world, told, at(3, 13)), CAROL) if "逾期陳報" in m.text]
    return one


def test_the_cio_is_told_what_waits_where_since_when_and_what_is_proposed(world, told):
    one = escalated(world, told)
    for words in (
        said("escalation.heading", case=CASE, title=TITLE),
        "一、期限115年3月9日（星期一），至今逾期4個工作日。",
        "二、目前處理中，在法務部廉政署已9個工作日；原因：回復擬具中。",
        "三、擬請：由法務部廉政署於次一上班日前陳核。",
    ):
        assert words in one.words
    assert "林承辦" not in one.words
    assert one.buttons == ["agree", "instruct", "details"]


def test_one_press_agrees_and_the_officer_and_the_coordinators_hear_of_it(office, slack, told):
    one = escalated(office, told)
    before = len(told.messages)
    assert slack.press(CAROL, Button.AGREE, ref(office)) == {}
    sweep(office, told)
    assert "核示：*同意*" in one.words
    assert one.buttons == ["instruct", "details"]
    heard = [m for m in told.messages[before:] if "核示" in m.text]
    assert {m.channel for m in heard} == {f"D-{OLIVE}", f"D-{CORA}"}
    assert all("同意" in m.words for m in heard)


def test_an_instruction_reaches_them_to_the_letter(office, slack, told):
    one = escalated(office, told)
    slack.press(CAROL, Button.INSTRUCT, ref(office))
    view = slack.shown()
    assert view["callback_id"] == Modal.INSTRUCT
    assert set(slack.submit(CAROL, view, words="　")["errors"]) == {"words"}
    words = "請改由資訊處協助，\n並於週三前陳核。"
    assert slack.submit(CAROL, view, words=words) == {"response_action": "clear"}
    sweep(office, told)
    shown = json.dumps(words, ensure_ascii=False)[1:-1]
    assert shown in one.words
    assert shown in told.to(OLIVE)[-1].words
    assert shown in told.to(CORA)[-1].words


def test_what_was_said_before_a_case_was_overdue_does_not_answer_the_report(world, told):
    world.published()
    world.clock.set(at(3, 3))
    world.receive(commented(at=at(3, 3)))
    holding.instruct(world.desk, CASE, CAROL)
    sweep(world, told)
    (one,) = [m for m in to(remind(world, told, at(3, 16)), CAROL) if "逾期陳報" in m.text]
    assert one.buttons == ["agree", "instruct", "details"]


def test_only_approvers_answer_a_delay_report(office, slack, told):
    escalated(office, told)
    slack.press(HELEN, Button.AGREE, ref(office))
    assert said("Action.instruct") in slack.ephemeral


def test_a_report_stays_one_message_and_counts_the_days(world, told):
    one = escalated(world, told)
    world.clock.set(at(3, 16, 8))
    holding.keep(world.desk, CASE, OLIVE)
    later = [m for m in to(remind(world, told, at(3, 16)), CAROL) if "逾期陳報" in m.text]
    assert later == []
    assert "至今逾期5個工作日" in one.words


@pytest.mark.parametrize("how", ["withdrawn", "answered", "studied"])
def test_a_report_is_withdrawn_when_the_case_is_no_longer_overdue(world, told, how):
    one = escalated(world, told)
    if how == "withdrawn":
        world.receive(withdrawn())
    else:
        casework.draft(world.desk, CASE, OLIVE, STUDY if how == "studied" else REPLY)
        world.submit(CASE)
        for who, act in ((HELEN, decisions.pass_review), (CAROL, decisions.approve)):
            act(world.desk, CASE, who, world.hash(CASE))
        world.publish(CASE)
    sweep(world, told)
    assert one.buttons == ["details"]
    expected = {
        "withdrawn": said("escalation.done", state=State.WITHDRAWN),
        "answered": said("escalation.done", state=State.ANSWERED),
        "studied": said("escalation.over", due=STUDY.promised),
    }
    assert expected[how] in one.words


def test_a_study_that_is_overdue_again_is_a_report_of_its_own(world, told):
    first = escalated(world, told)
    holding.instruct(world.desk, CASE, CAROL, "請儘速")
    casework.draft(world.desk, CASE, OLIVE, STUDY)
    world.submit(CASE)
    decisions.pass_review(world.desk, CASE, HELEN, world.hash(CASE))
    decisions.approve(world.desk, CASE, CAROL, world.hash(CASE))
    world.publish(CASE)
    sweep(world, told)
    remind(world, told, at(5, 6))
    before = first.words
    (second,) = [m for m in to(remind(world, told, at(5, 7)), CAROL) if "逾期陳報" in m.text]
    assert second.buttons == ["agree", "instruct", "details"]
    assert "請儘速" not in second.words
    assert first.words == before


def test_a_closure_that_moves_a_promised_day_begins_no_other_report(world):
    case = world.case(world.published(STUDY))
    moved = replace(case, due=replace(case.due, study=date(2026, 5, 4)))
    assert moved.due_now != case.due_now
    assert occasion_of(moved, Message.ESCALATION) == occasion_of(case, Message.ESCALATION)


def test_closures_that_undo_the_delay_withdraw_the_report_and_it_lives_again_without_them(
    world, told
):
    one = escalated(world, told)
    world.clock.set(at(3, 13, 10))
    closures = [Closure(date(2026, 3, day), "臺北市") for day in (9, 10)]
    recompute.perform(world.desk, roster.close(world.desk, closures, CORA))
    sweep(world, told)
    assert "期限已改為115年3月11日（星期三），逾期2個工作日。" in one.words
    assert one.buttons == ["details"]
    recompute.perform(world.desk, roster.reopen(world.desk, closures, CORA))
    sweep(world, told)
    assert "至今逾期4個工作日" in one.words
    assert one.buttons == ["agree", "instruct", "details"]


def test_a_report_reaches_the_cio_who_has_come_since_and_the_one_who_left_answers_nothing(
    office, slack, told
):
    escalated(office, told)
    carol = next(one for one in PEOPLE if one.id == CAROL)
    new = replace(carol, id="U0NEW", name="新資訊長")
    roster.import_people(office.desk, [replace(carol, active=False), new])
    before = office.rows()
    slack.press(CAROL, Button.AGREE, ref(office))
    assert said("error.stranger") in slack.ephemeral
    assert office.rows() == before
    found = to(remind(office, told, at(3, 16)), "U0NEW")
    assert [one for one in found if "逾期陳報" in one.text]
    assert slack.press("U0NEW", Button.AGREE, ref(office)) == {}


def test_help_reaches_the_coordinator_of_the_day_on_which_it_is_delivered(world, told):
    world.claimed()
    sweep(world, told)
    holding.ask_help(world.desk, CASE, OLIVE)
    cora = next(one for one in PEOPLE if one.id == CORA)
    new = replace(cora, id="U0NEW", name="新窗口")
    roster.import_people(world.desk, [replace(cora, active=False), new])
    sweep(world, told)
    assert told.to(CORA) == []
    assert len(told.to("U0NEW")) == 1


def test_what_was_decided_a_second_ago_is_reported_no_more(world, told):
    world.awaiting()
    sweep(world, told)
    world.clock.set(at(3, 13))
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)
    decisions.approve(world.desk, CASE, CAROL, world.hash(CASE))
    world.clock.turn(seconds=1)
    world.publish(CASE)
    sweep(world, told)
    assert [one for one in told.to(CAROL) if "逾期陳報" in one.text] == []


def test_what_waits_for_the_cio_is_decided_from_the_report(world, told):
    world.awaiting()
    sweep(world, told)
    found = [m for m in to(remind(world, told, at(3, 13)), CAROL) if "逾期陳報" in m.text]
    (one,) = found
    assert one.buttons == ["decide", "instruct", "details"]


def test_a_report_calls_no_approver_at_night(world, told):
    world.opened()
    sweep(world, told)
    assert to(remind(world, told, at(3, 13, 20)), CAROL) == []
    world.clock.set(at(3, 16, 8))
    sweep(world, told)
    assert to(told.messages, CAROL) == []
    world.clock.set(at(3, 16))
    sweep(world, told)
    assert [m for m in to(told.messages, CAROL) if "逾期陳報" in m.text]


def test_a_report_that_is_no_longer_due_is_never_sent(world, told):
    world.opened()
    sweep(world, told)
    remind(world, told, at(3, 13, 20))
    world.receive(withdrawn())
    sweep(world, told)
    world.clock.set(at(3, 16))
    sweep(world, told)
    assert [m for m in to(told.messages, CAROL) if "逾期陳報" in m.text] == []
    assert [one for one in world.waiting() if one.case == CASE] == []


# -- refused


@pytest.mark.parametrize("button", [Button.KEEP, Button.AGREE, Button.HELP, Button.LIST])
def test_a_stranger_answers_nothing(office, slack, button):
    office.claimed()
    before = office.rows()
    slack.press(STRANGER, button, ref(office))
    assert said("error.stranger") in slack.ephemeral
    assert office.rows() == before


def test_a_question_answered_too_late_says_how_the_case_stands(office, slack):
    office.in_review()
    slack.press(OLIVE, Button.KEEP, ref(office))
    told = said("error.out_of_turn", state=State.IN_REVIEW, action=Action.KEEP)
    assert slack.ephemeral == told

"""Delivery: one card a case, one message a person and occasion, each in its newest state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from bot.delivery import deliver
from opendata.desk import casework, decisions, roster
from opendata.rules.people import Role
from opendata.rules.roc import TAIPEI
from tests.slack import FakeSlack, face_of, sweep
from tests.world import (
    CAROL,
    CHANNELS,
    CORA,
    DEREK,
    HELEN,
    HIGH,
    LENA,
    OLIVE,
    OTTO,
    PEOPLE,
    REFUSAL,
    REPLY,
    STUDY,
    channelled,
    commented,
    withdrawn,
)

CARD, HIGH_CARD = CHANNELS["aac"], CHANNELS["hpo"]
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=TAIPEI)


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


def texts_of(slack: FakeSlack, who: str) -> Iterator[str]:
    return (message.words for message in slack.to(who))


# -- one message each


def test_a_case_has_one_card_for_ever(world, slack):
    case = world.opened()
    sweep(world, slack)
    casework.claim(world.desk, case, OLIVE)
    sweep(world, slack)
    casework.draft(world.desk, case, OLIVE, REPLY)
    world.submit(case)
    sweep(world, slack)
    (card,) = slack.to(CARD)
    assert "核稿中" in card.words
    assert card.buttons[0] == "recall"
    assert world.waiting() == []


def test_many_steps_before_the_first_delivery_are_one_card_in_its_newest_state(world, slack):
    world.approved()
    sweep(world, slack)
    (card,) = slack.to(CARD)
    assert "已核准，待平臺回復" in card.words
    assert world.waiting() == []


def test_delivering_again_changes_nothing(world, slack):
    world.awaiting()
    intents = world.waiting()
    for intent in (*intents, *intents):
        deliver(face_of(world), slack, intent)
    assert slack.count("chat.postMessage") == 2
    assert [len(slack.to(who)) for who in (CARD, CAROL)] == [1, 1]


def test_each_section_head_gets_one_request(world, slack):
    second = replace(PEOPLE[2], id="U0HANS", locale="en")
    roster.import_people(world.desk, [second])
    world.in_review()
    sweep(world, slack)
    assert [len(slack.to(who)) for who in (HELEN, "U0HANS")] == [1, 1]
    assert "pass" in slack.to(HELEN)[0].buttons


def test_the_cio_and_the_deputies_of_the_day_get_the_request(world, slack):
    world.clock.set(WEDNESDAY)
    world.awaiting()
    sweep(world, slack)
    assert [len(slack.to(who)) for who in (CAROL, DEREK)] == [1, 1]


def test_outside_the_term_the_deputy_hears_nothing(world, slack):
    world.awaiting()
    sweep(world, slack)
    assert [len(slack.to(who)) for who in (CAROL, DEREK)] == [1, 0]


def test_the_drafter_is_not_asked_to_approve(world, slack):
    both = replace(PEOPLE[0], roles=frozenset({Role.OFFICER, Role.CIO}))
    roster.import_people(world.desk, [both, replace(PEOPLE[1], roles=both.roles)])
    world.awaiting()
    sweep(world, slack)
    assert "approve" not in [button for told in slack.to(OLIVE) for button in told.buttons]
    assert "approve" in slack.to(OTTO)[0].buttons


def test_the_request_shows_question_reply_and_hash_and_stays_out_of_the_channel(world, slack):
    case = world.awaiting()
    sweep(world, slack)
    (asked,) = slack.to(CAROL)
    assert "希望開放歷年廉政統計資料。" in asked.words
    assert REPLY.text in asked.words
    assert world.hash(case)[:8] in asked.words
    assert not any(REPLY.text in words for words in texts_of(slack, CARD))


def test_a_request_closes_for_all_approvers_after_the_decision(world, slack):
    world.clock.set(WEDNESDAY)
    case = world.awaiting()
    sweep(world, slack)
    decisions.approve(world.desk, case, DEREK, world.hash(case))
    sweep(world, slack)
    for who in (CAROL, DEREK):
        (asked,) = slack.to(who)
        assert "李副處長" in asked.words
        assert "approve" not in asked.buttons
        assert "revoke" in asked.buttons


def test_a_request_closes_also_for_a_deputy_whose_term_is_over(world, slack):
    world.clock.set(WEDNESDAY)
    case = world.awaiting()
    sweep(world, slack)
    world.clock.turn(days=7)
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    sweep(world, slack)
    (asked,) = slack.to(DEREK)
    assert "approve" not in asked.buttons


@pytest.mark.parametrize("end", ["recall", "return", "withdraw"])
def test_a_request_closes_when_the_draft_goes_away(world, slack, end):
    case = world.awaiting()
    sweep(world, slack)
    if end == "recall":
        casework.recall(world.desk, case, OLIVE, world.hash(case))
    elif end == "return":
        world.send_back(case)
    else:
        world.receive(withdrawn())
    sweep(world, slack)
    (asked,) = slack.to(CAROL)
    assert asked.buttons == ["details"]


def test_a_second_submission_asks_anew_and_says_what_changed(world, slack):
    case = world.awaiting()
    sweep(world, slack)
    world.send_back(case)
    casework.draft(world.desk, case, OLIVE, replace(REPLY, text=f"{REPLY.text}！"))
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    sweep(world, slack)
    first, second = slack.to(CAROL)
    assert "approve" not in first.buttons
    assert "approve" in second.buttons
    assert "第2次陳核" in second.words


def test_a_request_that_ended_before_it_went_out_is_never_sent(world, slack):
    case = world.awaiting()
    casework.recall(world.desk, case, OLIVE, world.hash(case))
    sweep(world, slack)
    assert slack.to(CAROL) == slack.to(HELEN) == []
    assert world.waiting() == []


def test_a_withdrawal_during_the_second_submission_claims_no_approval(world, slack):
    case = world.published(STUDY)
    casework.draft(world.desk, case, OLIVE, REPLY)
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    sweep(world, slack)
    world.receive(withdrawn())
    sweep(world, slack)
    asked = slack.to(CAROL)[-1]
    assert "核准（" not in asked.words


def test_the_officer_gets_the_block_to_copy_and_sees_it_done(world, slack):
    case = world.approved()
    sweep(world, slack)
    (told,) = slack.to(OLIVE)
    assert REPLY.text in told.words
    assert "publish" in told.buttons
    world.publish(case, OTTO)
    sweep(world, slack)
    (told,) = slack.to(OLIVE)
    assert REPLY.text not in told.words
    assert told.buttons == ["details"]


def test_a_revoked_text_is_not_left_to_be_copied(world, slack):
    case = world.approved()
    sweep(world, slack)
    decisions.revoke(world.desk, case, CAROL, world.hash(case), "尚有疑義")
    sweep(world, slack)
    copied, returned = slack.to(OLIVE)
    assert REPLY.text not in copied.words
    assert "尚有疑義" in returned.words


def test_the_legal_unit_is_asked_and_the_request_closes_when_the_text_changes(world, slack):
    case = world.drafted(REFUSAL)
    sweep(world, slack)
    assert "cosign" in slack.to(LENA)[0].buttons
    casework.draft(world.desk, case, OLIVE, replace(REFUSAL, contact="02-2"))
    sweep(world, slack)
    first, second = slack.to(LENA)
    assert "cosign" not in first.buttons
    assert "cosign" in second.buttons


def test_each_reads_the_own_language(world, slack):
    case = world.opened()
    casework.claim(world.desk, case, OTTO)
    world.receive(commented())
    casework.reassign(world.desk, case, HELEN, OLIVE)
    world.receive(commented(body="再問"))
    sweep(world, slack)
    face = face_of(world)
    for who in (OTTO, OLIVE):
        voice = face.voice_of(who)
        assert any(voice.say("button.details") in words for words in texts_of(slack, who))


# -- the card moves


def test_an_assigned_case_leaves_a_note_and_gets_a_card_in_the_new_channel(world, slack):
    case = world.opened("內政部")
    sweep(world, slack)
    assert len(slack.to(CHANNELS["moj"])) == 1
    casework.assign(world.desk, case, CORA, HIGH)
    sweep(world, slack)
    (old,) = slack.to(CHANNELS["moj"])
    (new,) = slack.to(HIGH_CARD)
    assert (old.buttons, new.buttons[0]) == ([], "claim")
    assert "臺灣高等檢察署" in old.words


def test_an_agency_without_a_channel_uses_the_one_above(world, slack):
    world.opened("臺灣臺北地方檢察署")
    sweep(world, slack)
    assert len(slack.to(HIGH_CARD)) == 1


# -- nobody there yet


def test_a_card_without_a_channel_waits_and_comes_as_soon_as_there_is_one(world, slack):
    roster.import_agencies(world.desk, [replace(one, channel=None) for one in channelled()])
    world.opened()
    sweep(world, slack)
    assert slack.messages == []
    assert world.waiting() == []
    roster.import_agencies(world.desk, channelled())
    world.clock.turn(hours=1)
    sweep(world, slack)
    assert len(slack.to(CARD)) == 1


def test_a_request_without_an_approver_waits_for_one(world, slack):
    case = world.in_review()
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    sweep(world, slack)
    assert slack.to(CAROL) == []
    roster.import_people(world.desk, [PEOPLE[5]])
    world.clock.turn(hours=1)
    sweep(world, slack)
    assert "approve" in slack.to(CAROL)[0].buttons

"""Intake: what the platform tells becomes cases, once, whatever order it comes in."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendata.desk import casework, reading
from opendata.desk.incoming import Commented
from opendata.rules.errors import Mismatch
from opendata.rules.feedback import Kind, State
from opendata.rules.roc import TAIPEI
from tests.world import (
    CORA,
    DUE,
    ETHICS,
    ETHICS_NAME,
    HIGH,
    MINISTRY,
    MONDAY,
    OLIVE,
    POSTED_AT,
    STUDY,
    TAIPEI_OFFICE,
    World,
    commented,
    posted,
    rated,
    withdrawn,
)

OURS = (ETHICS_NAME, "臺灣高等檢察署", "臺灣臺北地方法院檢察署")
OTHERS = ("內政部", "臺北市政府")


def stranger_agencies(n):
    return tuple(f"某縣政府第{number}局" for number in range(n))


# -- numbers and agencies


def test_a_suggestion_for_one_of_our_agencies_becomes_one_case_with_both_due_dates(world):
    answer = world.receive(posted())
    assert not answer.known
    assert answer.body == {
        "cases": [
            {
                "id": "S97944",
                "due_at": "2026-03-09T23:59:59+08:00",
                "platform_due_at": "2026-03-16T23:59:59+08:00",
                "provisional": False,
            }
        ]
    }
    case = world.case()
    assert (case.agency, case.state, case.unassigned) == (ETHICS, State.RECEIVED, False)
    assert case.opened_at == POSTED_AT
    assert case.received_at == world.clock()


def test_a_comment_has_a_number_of_its_own_beside_the_suggestion_of_the_same_id(world):
    world.receive(posted())
    assert world.ids(world.receive(posted(kind=Kind.COMMENT))) == ["C97944"]
    assert world.cases() == ["C97944", "S97944"]


def test_the_clock_starts_at_the_platforms_time_however_late_the_dispatch(world):
    dispatched = POSTED_AT + timedelta(days=9)
    world.clock.set(dispatched)
    world.receive(posted(dispatched_at=dispatched))
    case = world.case()
    assert case.due.on == DUE
    assert case.dispatched_at == dispatched


def test_each_of_our_agencies_gets_a_case_and_the_others_are_shown(world):
    told = posted("1", OTHERS[0], *OURS, OTHERS[1])
    assert world.ids(world.receive(told)) == ["S1", "S1-2", "S1-3"]
    assert [world.case(id_).agency for id_ in world.cases()] == [ETHICS, HIGH, TAIPEI_OFFICE]
    assert reading.dossier(world.desk, "S1-2").opinion.dispatched == told.dispatched_agencies


def test_an_agency_named_twice_by_old_and_new_name_gets_one_case(world):
    names = ("臺灣臺北地方檢察署", "臺灣臺北地方法院檢察署", "台灣台北地方檢察署")
    assert world.ids(world.receive(posted("1", *names))) == ["S1"]


def test_of_forty_one_agencies_three_of_ours_make_three_cases(world):
    others = stranger_agencies(38)
    names = (*others[:10], OURS[0], *others[10:30], OURS[1], *others[30:], OURS[2])
    assert len(names) == 41
    assert world.ids(world.receive(posted("1", *names))) == ["S1", "S1-2", "S1-3"]
    assert world.faults() == []


@pytest.mark.parametrize("names", [OTHERS, stranger_agencies(41)])
def test_none_of_ours_makes_exactly_one_case_with_the_coordinator(world, names):
    assert world.ids(world.receive(posted("1", *names))) == ["S1"]
    case = world.case("S1")
    assert (case.agency, case.unassigned) == (MINISTRY, True)


def test_no_agency_at_all_makes_one_case_with_the_coordinator(world):
    told = replace(posted("1"), dispatched_agencies=())
    assert world.ids(world.receive(told)) == ["S1"]
    assert world.case("S1").unassigned


# -- again


def test_a_redelivery_gets_the_same_answer_and_changes_nothing(world):
    first = world.receive(posted(), "msg_1")
    before = world.rows()
    world.clock.turn(days=30)
    again = world.receive(posted(), "msg_1")
    assert (again.known, again.body) == (True, first.body)
    assert world.rows() == before


def test_a_redelivery_is_answered_without_reading_it_again(world):
    world.receive(posted(), "msg_1")
    body = json.loads(world.rows("ANSWER")["WEBHOOK#msg_1", "ANSWER"][1])["body"]

    def unreadable():
        raise AssertionError

    assert world.take(unreadable, "msg_1", body).known


def test_the_same_id_with_another_body_is_refused(world):
    world.receive(posted(), "msg_1")
    before = world.rows()
    with pytest.raises(Mismatch):
        world.receive(posted("2"), "msg_1")
    assert world.rows() == before


def test_the_same_posting_under_another_id_is_known_and_opens_nothing(world):
    first = world.receive(posted(), "msg_1")
    again = world.receive(posted(), "msg_2")
    assert (again.known, again.body) == (True, first.body)
    assert world.cases() == ["S97944"]
    assert world.actions() == ["receive"]


def test_changed_words_become_an_event_and_the_old_words_stay(world):
    world.receive(posted(body="開放統計"))
    again = world.receive(posted(title="新標題", body="開放歷年統計"))
    assert again.known
    assert world.actions() == ["receive", "amend"]
    dossier = reading.dossier(world.desk, "S97944")
    assert (dossier.opinion.body, dossier.case.title, dossier.case.text) == (
        "開放歷年統計",
        "新標題",
        2,
    )
    assert len(world.rows("TEXT#%")) == 2


def test_changed_words_reach_a_case_that_is_already_answered_and_keep_its_state(world):
    case = world.published()
    world.receive(posted(body="又改了"))
    assert world.case(case).state is State.ANSWERED
    assert world.actions()[-1] == "amend"
    assert world.faults() == []


# -- dispatched again


def test_a_second_dispatch_to_another_agency_of_ours_adds_the_next_number(world):
    world.receive(posted("1", OURS[0]))
    again = world.receive(posted("1", OURS[1], OURS[0]))
    assert (again.known, world.ids(again)) == (False, ["S1", "S1-2"])
    assert world.case("S1").agency == ETHICS
    assert world.case("S1-2").agency == HIGH
    reversed_ = world.receive(posted("1", OURS[0], OURS[1]))
    assert (reversed_.known, world.ids(reversed_)) == (True, ["S1", "S1-2"])


def test_the_first_of_ours_takes_over_the_coordinators_case(world):
    world.receive(posted("1", *OTHERS))
    again = world.receive(posted("1", *OTHERS, OURS[0], OURS[1]))
    assert world.ids(again) == ["S1", "S1-2"]
    assert (world.case("S1").agency, world.case("S1").unassigned) == (ETHICS, False)
    assert world.case("S1-2").agency == HIGH
    assert world.actions("S1")[:2] == ["receive", "assign"]
    assert world.faults() == []


def test_a_case_that_the_coordinator_assigned_is_not_taken_over(world):
    world.receive(posted("1", *OTHERS))
    casework.assign(world.desk, "S1", CORA, ETHICS)
    assert world.ids(world.receive(posted("1", *OTHERS, OURS[1]))) == ["S1", "S1-2"]
    assert [world.case(id_).agency for id_ in ("S1", "S1-2")] == [ETHICS, HIGH]


def test_naming_the_agency_that_the_coordinator_chose_opens_no_second_case(world):
    world.receive(posted("1", *OTHERS))
    casework.assign(world.desk, "S1", CORA, ETHICS)
    again = world.receive(posted("1", *OTHERS, OURS[0]))
    assert (again.known, world.ids(again)) == (True, ["S1"])


def test_a_case_that_was_passed_on_inside_is_not_opened_again_for_its_first_agency(world):
    world.receive(posted("1", OURS[0]))
    casework.assign(world.desk, "S1", CORA, HIGH)
    again = world.receive(posted("1", OURS[0], body="改"))
    assert world.ids(again) == ["S1"]
    assert world.case("S1").agency == HIGH


# -- events


def test_a_comment_on_an_unanswered_case_is_added_and_opens_no_round(world):
    case = world.awaiting()
    answer = world.receive(commented(body="還要加上性別統計"))
    assert (answer.known, world.ids(answer)) == (False, [case])
    now = world.case()
    assert (now.state, now.round, now.comments) == (State.AWAITING_APPROVAL, 1, 1)
    assert reading.dossier(world.desk, case).said == ("還要加上性別統計",)


def test_a_comment_on_an_answered_case_opens_a_round_with_its_own_clock(world):
    world.published()
    world.clock.turn(days=10)
    world.receive(commented(at=world.clock()))
    case = world.case()
    assert (case.state, case.round, case.officer, case.draft, case.approval) == (
        State.RECEIVED,
        2,
        None,
        None,
        None,
    )
    assert case.opened_at == world.clock()
    assert case.due.on > DUE
    assert world.faults() == []


def test_a_comment_while_a_matter_is_under_study_opens_no_round(world):
    world.published(STUDY)
    world.receive(commented())
    assert (world.case().state, world.case().round) == (State.UNDER_STUDY, 1)


@pytest.mark.parametrize(("stars", "rounds"), [(1, 2), (2, 2), (3, 1), (5, 1)])
def test_fewer_than_three_stars_on_an_answer_ask_again(world, stars, rounds):
    world.published()
    world.receive(rated(stars=stars))
    assert world.case().round == rounds
    assert sum(counts.get("stars", 0) for counts in world.counters().values()) == 1
    assert world.faults() == []


def test_stars_before_an_answer_are_kept_and_open_no_round(world):
    world.opened()
    world.receive(rated(stars=1))
    assert (world.case().stars, world.case().round) == (1, 1)


def test_a_withdrawal_ends_every_case_of_the_opinion_once(world):
    world.receive(posted("1", *OURS))
    answer = world.receive(withdrawn("1"))
    assert world.ids(answer) == ["S1", "S1-2", "S1-3"]
    assert {world.case(id_).state for id_ in world.cases()} == {State.WITHDRAWN}
    again = world.receive(withdrawn("1"), "msg_other")
    assert world.ids(again) == ["S1", "S1-2", "S1-3"]
    assert world.actions("S1") == ["receive", "retract"]
    assert world.faults() == []


def test_an_event_is_applied_once_though_it_is_delivered_again(world):
    world.published()
    world.receive(rated(stars=1), "msg_r")
    world.receive(rated(stars=1), "msg_r")
    assert world.actions().count("rate") == 1
    assert world.case().round == 2


# -- events that come first


def test_an_event_before_its_posting_is_held_and_answered_with_no_cases(world):
    answer = world.receive(commented())
    assert (answer.known, answer.body) == (False, {"cases": []})
    assert world.cases() == []


@given(order=st.permutations(range(4)))
@settings(max_examples=24, deadline=None)
def test_held_events_are_applied_once_in_the_order_they_happened(tmp_path_factory, order):
    world = World.make(tmp_path_factory.mktemp("held"))
    told = [
        commented(at=MONDAY, body="一"),
        rated(stars=2, at=MONDAY + timedelta(minutes=1), body="二"),
        # The same afternoon, told in another zone.
        Commented(Kind.SUGGESTION, "97944", (MONDAY + timedelta(hours=1)).astimezone(UTC), "三"),
        withdrawn(at=MONDAY + timedelta(hours=2)),
    ]
    for n in order:
        assert world.receive(told[n], f"msg_{n}").body == {"cases": []}
        world.receive(told[n], f"msg_{n}")
    world.receive(posted())
    assert world.actions() == ["receive", "comment", "rate", "comment", "retract"]
    assert reading.dossier(world.desk, "S97944").said == ("一", "二", "三")
    assert world.rows("HELD#%") == {}
    world.receive(posted(), "msg_later")
    for n in order:
        world.receive(told[n], f"msg_{n}")
    assert len(world.actions()) == 5
    assert world.faults() == []
    world.close()


def test_a_held_event_reaches_every_case_of_the_posting(world):
    world.receive(withdrawn("1"))
    world.receive(posted("1", *OURS))
    assert {world.case(id_).state for id_ in world.cases()} == {State.WITHDRAWN}


# -- what is kept


def test_personal_data_in_a_title_is_masked_where_lists_show_it(world):
    world.receive(posted(title="請回電0912345678或寄ming@example.com"))
    assert world.case().title == "請回電〔電話已遮〕或寄〔電郵已遮〕"


def test_a_posting_from_a_year_without_calendar_is_provisional(world):
    told = posted(posted_at=datetime(2030, 1, 7, 9, tzinfo=TAIPEI))
    world.clock.set(told.posted_at)
    assert world.receive(told).body["cases"][0]["provisional"]


def test_nobody_in_the_roster_still_takes_postings_in(tmp_path):
    world = World.make(tmp_path, people=())
    assert world.opened() == "S97944"
    world.close()


def test_events_hold_none_of_the_citizens_words(world):
    canary = "金絲雀"
    world.receive(posted(title=f"{canary}題", body=canary, submitter=canary, dataset_title=canary))
    world.receive(posted(title=f"{canary}二", body=canary))
    world.receive(commented(body=canary))
    world.receive(rated(stars=4, body=canary))
    casework.claim(world.desk, "S97944", OLIVE)
    assert not [key for key, (_, told) in world.rows("EVENT#%").items() if canary in told]

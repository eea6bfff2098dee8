import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from histories import POSTED_AT, a_case, histories, opened
from hypothesis import given

from opendata.rules.audit import GENESIS, verify
from opendata.rules.canonical import canonical, decode
from opendata.rules.errors import LostRace, OutOfTurn, WrongRole
from opendata.rules.feedback import (
    OPEN,
    Action,
    Event,
    Kind,
    Outside,
    State,
    began,
    evolve,
    happen,
    too_late,
)
from opendata.rules.people import Role
from opendata.rules.reply import Purpose
from opendata.rules.transitions import PUBLISHED_AS, TABLE, next_state, submitted_to

# Where each action leads from each state ("." – nowhere, whoever asks), and who may do it.
GRID = """
                  RE IP IR AA AP US AN RD SA WD   OF SH LE CI CO ME AU PL CL
receive           .  .  .  .  .  .  .  .  .  .    .  .  .  .  .  .  .  .  .
assign            RE .  .  .  .  .  .  .  .  .    .  .  .  .  x  .  .  x  .
claim             IP .  .  .  .  .  .  .  .  .    x  .  .  .  .  .  .  .  .
release           .  RE .  .  .  .  .  .  .  .    x  x  .  .  x  .  .  .  x
reassign          .  IP IR AA AP US .  .  .  .    x  x  .  .  x  .  .  .  .
consult           .  IP .  .  .  .  .  .  .  .    x  .  .  .  .  .  .  .  .
opine             .  IP .  .  .  .  .  .  .  .    x  x  .  .  .  .  .  .  .
draft             .  IP .  .  .  IP .  .  .  .    x  .  .  .  .  .  .  .  .
cosign            .  IP .  .  .  .  .  .  .  .    .  .  x  .  .  .  .  .  .
submit            .  IR .  .  .  .  .  .  .  .    x  .  .  .  .  .  .  .  .
recall            .  .  IP IP .  .  .  .  .  .    x  .  .  .  .  .  .  .  .
pass              .  .  AA .  .  .  .  .  .  .    .  x  .  .  .  .  .  .  .
return            .  .  IP .  .  .  .  .  .  .    .  x  .  .  .  .  .  .  .
return            .  .  .  IP .  .  .  .  .  .    .  .  .  x  .  .  .  .  .
approve           .  .  .  AP .  .  .  .  .  .    .  .  .  x  .  .  .  .  .
revoke            .  .  .  .  IP .  .  .  .  .    .  .  .  x  .  .  .  .  .
revise            .  .  .  .  IP .  .  .  .  .    x  .  .  .  .  .  .  .  .
publish           .  .  .  .  AN .  .  .  .  .    x  .  .  .  x  .  .  .  .
extend            .  IP .  .  .  .  .  .  .  .    x  .  .  .  .  .  .  .  .
not_ours          IP IP .  .  .  .  .  .  .  .    x  .  .  .  x  .  .  .  .
propose_set_aside AA AA .  .  .  .  .  .  .  .    x  .  .  .  x  .  .  .  .
link              RE IP .  .  .  .  .  .  .  .    x  .  .  .  x  .  .  .  .
reopen            .  .  .  .  .  .  .  RE RE RE   .  .  .  .  x  .  .  .  .
reveal            RE IP IR AA AP US AN RD SA WD   x  x  x  x  x  .  x  .  .
recompute         RE IP IR AA AP US AN RD SA WD   .  .  .  .  x  .  .  .  x
amend             RE IP IR AA AP US AN RD SA WD   .  .  .  .  .  .  .  x  .
comment           RE IP IR AA AP US AN RD SA WD   .  .  .  .  .  .  .  x  .
rate              RE IP IR AA AP US AN RD SA WD   .  .  .  .  .  .  .  x  .
new_round         .  .  .  .  .  .  RE .  .  .    .  .  .  .  .  .  .  x  .
retract           WD WD WD WD WD WD WD .  WD .    .  .  .  .  .  .  .  x  .
remind            RE IP IR AA AP US .  .  .  .    .  .  .  .  .  .  .  .  x
fulfil            RE IP IR AA AP US AN RD SA WD   .  .  .  .  .  .  .  .  x
keep              .  IP .  .  .  .  .  .  .  .    x  .  .  .  .  .  .  .  .
snooze            .  IP .  .  AP US .  .  .  .    x  .  .  .  .  .  .  .  .
snooze            .  .  IR .  .  .  .  .  .  .    .  x  .  .  .  .  .  .  .
snooze            .  .  .  AA .  .  .  .  .  .    .  .  .  x  .  .  .  .  .
help              RE IP IR AA AP US .  .  .  .    x  x  x  x  .  .  .  .  .
instruct          RE IP IR AA AP US .  .  .  .    .  .  .  x  .  .  .  .  .
"""
STATES = {
    "RE": State.RECEIVED,
    "IP": State.IN_PROGRESS,
    "IR": State.IN_REVIEW,
    "AA": State.AWAITING_APPROVAL,
    "AP": State.APPROVED,
    "US": State.UNDER_STUDY,
    "AN": State.ANSWERED,
    "RD": State.REDISPATCHED,
    "SA": State.SET_ASIDE,
    "WD": State.WITHDRAWN,
}
WHO = {
    "OF": Role.OFFICER,
    "SH": Role.SECTION_HEAD,
    "LE": Role.LEGAL,
    "CI": Role.CIO,
    "CO": Role.COORDINATOR,
    "ME": Role.MEMBER,
    "AU": Role.AUDITOR,
    "PL": Outside.PLATFORM,
    "CL": Outside.CLOCK,
}
EVERYBODY = (*Role, *Outside)


def read_grid():
    """The grid as one decision for each cell: a state, OutOfTurn or WrongRole."""
    header, *lines = GRID.strip("\n").splitlines()
    columns = header.split()
    cells = {}
    for line in lines:
        action, *marks = line.split()
        told = dict(zip(columns, marks, strict=True))
        for who, state in product(WHO, STATES):
            allowed = STATES.get(told[state], OutOfTurn)
            refused = told[who] == "." and allowed is not OutOfTurn
            cell = (WHO[who], STATES[state], Action(action))
            # An action that asks others in another state has a line for each.
            if cells.get(cell, OutOfTurn) is OutOfTurn:
                cells[cell] = WrongRole if refused else allowed
    return cells


def decision(who, state, action):
    try:
        return next_state(state, action, [who])
    except (OutOfTurn, WrongRole) as refused:
        return type(refused)


def leads(action):
    """From where to where an action leads, for those who may do it."""
    return {state: cell.to for (done, state), cell in TABLE.items() if done is action}


def able(action):
    return {who for (done, _), cell in TABLE.items() if done is action for who in cell.roles}


# -- the whole table


def test_every_cell_of_role_state_and_action_is_decided_as_the_grid_says():
    decided = {cell: decision(*cell) for cell in product(EVERYBODY, State, Action)}
    assert decided == read_grid()


def test_every_action_is_in_the_table_but_the_one_that_opens_a_case():
    assert set(Action) - {action for action, _ in TABLE} == {Action.RECEIVE}


def test_nobody_without_a_role_may_do_anything():
    for state, action in product(State, Action):
        with pytest.raises((OutOfTurn, WrongRole)):
            next_state(state, action, [])


def test_one_role_among_several_is_enough():
    both = [Role.AUDITOR, Role.OFFICER]
    assert next_state(State.RECEIVED, Action.CLAIM, both) is State.IN_PROGRESS


def test_a_wrong_state_is_told_before_a_wrong_role_and_a_wrong_role_names_who_may():
    with pytest.raises(OutOfTurn) as early:
        next_state(State.RECEIVED, Action.APPROVE, [Role.OFFICER])
    assert early.value.params == {"action": Action.APPROVE, "state": State.RECEIVED}
    with pytest.raises(WrongRole) as wrong:
        next_state(State.APPROVED, Action.PUBLISH, [Role.CIO])
    assert wrong.value.params == {
        "action": Action.PUBLISH,
        "roles": (Role.OFFICER, Role.COORDINATOR),
    }


def test_every_state_that_something_leads_to_can_be_reached():
    ways = {state: {leads(action).get(state, state) for action in Action} for state in State}
    ways[State.IN_PROGRESS] |= {
        submitted_to(purpose, has_reviewer=has) for purpose in Purpose for has in (True, False)
    }
    ways[State.APPROVED] |= set(PUBLISHED_AS.values())
    reached, new = set(), {State.RECEIVED}
    while new:
        reached |= new
        new = set().union(*(ways[state] for state in new)) - reached
    targets = set().union(*(ways[state] - {state} for state in State))
    assert targets <= reached


# -- the rules of the case, one by one


def test_a_case_is_assigned_only_while_nobody_works_on_it():
    assert leads(Action.ASSIGN) == {State.RECEIVED: State.RECEIVED}
    assert able(Action.ASSIGN) == {Role.COORDINATOR, Outside.PLATFORM}


def test_an_officer_claims_and_only_a_received_case():
    assert leads(Action.CLAIM) == {State.RECEIVED: State.IN_PROGRESS}
    assert able(Action.CLAIM) == {Role.OFFICER}


@pytest.mark.parametrize("action", [Action.CONSULT, Action.OPINE, Action.COSIGN, Action.EXTEND])
def test_what_prepares_a_reply_stays_in_progress(action):
    assert leads(action) == {State.IN_PROGRESS: State.IN_PROGRESS}


def test_only_the_legal_unit_co_signs():
    assert able(Action.COSIGN) == {Role.LEGAL}


def test_a_draft_is_written_in_progress_and_takes_a_case_out_of_study():
    assert leads(Action.DRAFT) == {
        State.IN_PROGRESS: State.IN_PROGRESS,
        State.UNDER_STUDY: State.IN_PROGRESS,
    }


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.SET_ASIDE}))
def test_a_submission_goes_to_review_where_the_agency_has_a_section_head(purpose):
    assert submitted_to(purpose, has_reviewer=True) is State.IN_REVIEW
    assert submitted_to(purpose, has_reviewer=False) is State.AWAITING_APPROVAL


def test_a_proposal_to_set_aside_skips_review():
    assert submitted_to(Purpose.SET_ASIDE, has_reviewer=True) is State.AWAITING_APPROVAL
    assert leads(Action.PROPOSE_SET_ASIDE) == {
        State.RECEIVED: State.AWAITING_APPROVAL,
        State.IN_PROGRESS: State.AWAITING_APPROVAL,
    }


@pytest.mark.parametrize("action", [Action.RECALL, Action.RETURN])
def test_recall_and_return_start_from_review_and_from_approval(action):
    assert leads(action) == {
        State.IN_REVIEW: State.IN_PROGRESS,
        State.AWAITING_APPROVAL: State.IN_PROGRESS,
    }


def test_only_the_section_head_passes_a_review_and_only_the_cio_approves():
    assert able(Action.PASS) == {Role.SECTION_HEAD}
    assert able(Action.APPROVE) == able(Action.REVOKE) == {Role.CIO}
    assert leads(Action.APPROVE) == {State.AWAITING_APPROVAL: State.APPROVED}


@pytest.mark.parametrize("action", [Action.REVOKE, Action.REVISE])
def test_an_approval_can_be_undone_until_publication(action):
    assert leads(action) == {State.APPROVED: State.IN_PROGRESS}


def test_nothing_is_published_that_was_not_approved():
    assert leads(Action.PUBLISH) == {State.APPROVED: State.ANSWERED}
    assert able(Action.PUBLISH) == {Role.OFFICER, Role.COORDINATOR}


def test_what_is_published_leads_where_its_purpose_says():
    assert PUBLISHED_AS == {
        Purpose.REPLY: State.ANSWERED,
        Purpose.UNDER_STUDY: State.UNDER_STUDY,
        Purpose.PROGRESS_NOTICE: State.IN_PROGRESS,
        Purpose.REDISPATCH_NOTICE: State.REDISPATCHED,
    }


def test_a_case_is_retracted_from_every_state_but_withdrawn_and_redispatched():
    assert leads(Action.RETRACT) == {
        state: State.WITHDRAWN
        for state in State
        if state not in {State.WITHDRAWN, State.REDISPATCHED}
    }
    assert able(Action.RETRACT) == {Outside.PLATFORM}


def test_a_case_is_reopened_from_set_aside_redispatched_and_withdrawn():
    closed = (State.SET_ASIDE, State.REDISPATCHED, State.WITHDRAWN)
    assert leads(Action.REOPEN) == dict.fromkeys(closed, State.RECEIVED)
    assert able(Action.REOPEN) == {Role.COORDINATOR}


def test_only_an_answered_case_gets_a_new_round_and_only_from_the_citizen():
    assert leads(Action.NEW_ROUND) == {State.ANSWERED: State.RECEIVED}
    assert able(Action.NEW_ROUND) == {Outside.PLATFORM}


@pytest.mark.parametrize(
    "action", [Action.REVEAL, Action.RECOMPUTE, Action.AMEND, Action.COMMENT, Action.RATE]
)
def test_looking_counting_and_hearing_are_possible_in_every_state_and_move_none(action):
    assert leads(action) == {state: state for state in State}


def test_a_member_of_the_advisory_group_does_nothing_in_cases_and_an_auditor_only_looks():
    assert not [action for action in Action if Role.MEMBER in able(action)]
    assert [action for action in Action if Role.AUDITOR in able(action)] == [Action.REVEAL]


def test_open_are_the_cases_that_still_owe_an_answer():
    closed = {State.ANSWERED, State.REDISPATCHED, State.SET_ASIDE, State.WITHDRAWN}
    assert set(State) - OPEN == closed
    assert a_case().open
    assert not a_case(state=State.ANSWERED).open


def test_while_a_matter_is_studied_the_promised_date_counts():
    case = a_case()
    assert case.due_now == case.due.on
    studied = replace(case.due, study=date(2026, 4, 30))
    assert a_case(due=studied).due_now == date(2026, 4, 30)


def test_the_number_of_a_case_begins_with_the_letter_of_its_channel():
    assert (Kind.COMMENT.letter, Kind.SUGGESTION.letter) == ("C", "S")


# -- events


def test_the_first_event_describes_the_case_and_holds_no_words():
    case, event = opened()
    assert (event.version, event.previous, event.action) == (1, GENESIS, Action.RECEIVE)
    assert event.changes["state"] == "received"
    assert case.title not in canonical(event).decode()
    assert (case.version, case.head) == (1, event.hash)


def test_an_event_names_the_fields_it_changes_and_who_moved_the_case():
    case, _ = opened()
    at = POSTED_AT + timedelta(hours=1)
    after, event = happen(
        case, Action.CLAIM, actor="olive", at=at, to=State.IN_PROGRESS, officer="olive"
    )
    assert set(event.changes) == {"officer", "state", "moved", "spent"}
    assert (after.state, after.officer, after.moved.actor) == (State.IN_PROGRESS, "olive", "olive")
    assert (event.version, event.previous, after.head) == (2, case.head, event.hash)


def test_the_minutes_in_each_state_are_kept_until_the_first_answer():
    case, _ = opened()
    begun = case.moved.at
    for hours, action, to in (
        (1, Action.CLAIM, State.IN_PROGRESS),
        (4, Action.SUBMIT, State.IN_REVIEW),
        (5, Action.RETURN, State.IN_PROGRESS),
        (9, Action.SUBMIT, State.IN_REVIEW),
    ):
        at = begun + timedelta(hours=hours)
        case, _ = happen(case, action, actor="olive", at=at, to=to)
    assert case.spent[State.IN_PROGRESS] == (3 + 4) * 60
    answered, _ = happen(case, Action.PUBLISH, actor="olive", at=at, first_answered_at=at)
    later, event = happen(
        answered, Action.RETRACT, actor="p", at=at + timedelta(days=9), to=State.WITHDRAWN
    )
    assert later.spent == answered.spent
    assert "spent" not in event.changes


def test_an_answer_that_is_reported_later_took_until_it_stood_on_the_platform():
    case, _ = opened()
    approved, stood, reported = (case.moved.at + timedelta(hours=hours) for hours in (1, 5, 90))
    case, _ = happen(case, Action.APPROVE, actor="carol", at=approved, to=State.APPROVED)
    told = {"at": reported, "to": State.ANSWERED, "first_answered_at": stood}
    answered, _ = happen(case, Action.PUBLISH, actor="olive", **told)
    assert answered.spent == {State.RECEIVED: 60, State.APPROVED: 240}


@pytest.mark.parametrize("to", [None, State.RECEIVED])
def test_who_does_not_move_the_case_is_not_named_as_its_mover(to):
    case, _ = opened()
    at = POSTED_AT + timedelta(hours=1)
    after, event = happen(case, Action.COMMENT, actor="platform", at=at, to=to, comments=1)
    assert set(event.changes) == {"comments"}
    assert after.moved == case.moved


def test_what_is_only_told_changes_nothing_but_the_version():
    case, _ = opened()
    told = {"reason": "稽核", "on": date(2026, 3, 2)}
    after, event = happen(case, Action.REVEAL, actor="anna", at=POSTED_AT, facts=told)
    assert event.facts == {"reason": "稽核", "on": "2026-03-02"}
    assert replace(after, version=case.version, head=case.head) == case


@given(histories())
def test_a_case_is_the_fold_of_its_events(history):
    cases, events = history
    case = began(events[0], cases[0].title)
    assert case == cases[0]
    for event, expected in zip(events[1:], cases[1:], strict=True):
        case = evolve(case, event)
        assert case == expected


@given(histories())
def test_a_case_and_its_events_come_back_from_json_as_they_were(history):
    cases, events = history
    assert decode(type(cases[-1]), json.loads(canonical(cases[-1]))) == cases[-1]
    assert [decode(Event, json.loads(canonical(event))) for event in events] == events


@given(histories())
def test_events_are_numbered_from_one_and_linked(history):
    _, events = history
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert verify(events) == ()


def test_who_comes_too_late_hears_who_moved_the_case_and_when():
    case, _ = opened()
    at = POSTED_AT + timedelta(hours=1)
    claimed, _ = happen(case, Action.CLAIM, actor="otto", at=at, to=State.IN_PROGRESS)
    told = too_late(claimed, Action.CLAIM)
    assert isinstance(told, LostRace)
    assert told.params == {
        "case": "S97944",
        "actor": "otto",
        "action": Action.CLAIM,
        "at": at,
        "state": State.IN_PROGRESS,
        "wanted": Action.CLAIM,
    }

"""The officer's use cases, and those of the people around: each does one thing, or refuses."""

from dataclasses import replace

import pytest

from opendata.desk import casework, decisions, reading, roster
from opendata.rules.errors import (
    Invalid,
    LostRace,
    NobodyMay,
    NotFound,
    NotHolder,
    OutOfTurn,
    Stranger,
    TextChanged,
    WrongRole,
)
from opendata.rules.feedback import State
from opendata.rules.people import Role
from opendata.rules.reply import Purpose
from tests.world import (
    ANNA,
    CAROL,
    CORA,
    ETHICS,
    GONE,
    HELEN,
    HIGH,
    MEI,
    MINISTRY,
    OLIVE,
    OTTO,
    PEOPLE,
    PETRA,
    REPLY,
    STRANGER,
    STUDY,
    UMA,
    posted,
    refuses,
    withdrawn,
)


def fields(refused):
    return {(fault.field, fault.code) for fault in refused.faults}


def everyone(world):
    """Every use case of a person, on the case S97944, as that person would do it."""
    desk, case, shown = world.desk, "S97944", world.hash("S97944")
    return [
        lambda who: casework.claim(desk, case, who),
        lambda who: casework.assign(desk, case, who, HIGH),
        lambda who: casework.release(desk, case, who),
        lambda who: casework.reassign(desk, case, who, OTTO),
        lambda who: casework.draft(desk, case, who, REPLY),
        lambda who: casework.cosign(desk, case, who, shown),
        lambda who: casework.submit(desk, case, who, shown),
        lambda who: casework.recall(desk, case, who, world.hash(case)),
        lambda who: casework.revise(desk, case, who, world.hash(case)),
        lambda who: casework.reveal(desk, case, who, "查證"),
        lambda who: decisions.pass_review(desk, case, who, shown),
        lambda who: decisions.approve(desk, case, who, shown),
        lambda who: world.send_back(case, who),
        lambda who: decisions.revoke(desk, case, who, world.hash(case), "再議"),
        lambda who: world.publish(case, who),
    ]


STATES = ["opened", "drafted", "in_review", "awaiting", "approved", "published"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", [STRANGER, GONE])
def test_who_is_not_active_in_the_roster_may_do_nothing_in_any_state(world, who, state):
    getattr(world, state)()
    for act in everyone(world):
        refuses(Stranger, world, lambda act=act: act(who))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", [MEI, PETRA, UMA])
def test_a_member_and_the_officers_of_other_agencies_change_nothing_in_any_state(world, who, state):
    getattr(world, state)()
    before = world.rows()
    for act in everyone(world):
        with pytest.raises((WrongRole, OutOfTurn, NotFound)):
            act(who)
    assert world.rows() == before


def test_an_auditor_may_look_and_nothing_else(world):
    world.awaiting()
    before = world.actions()
    for act in everyone(world):
        try:
            act(ANNA)
        except (WrongRole, OutOfTurn):
            continue
    assert world.actions() == [*before, "reveal"]


def test_a_case_that_there_is_not_is_not_found(world):
    refuses(NotFound, world, lambda: casework.claim(world.desk, "S1", OLIVE))


# -- claim, assign, release, reassign


def test_claiming_makes_the_officer_the_holder(world):
    case = casework.claim(world.desk, world.opened(), OLIVE)
    assert (case.state, case.officer, case.version) == (State.IN_PROGRESS, OLIVE, 2)


def test_a_section_head_does_not_claim(world):
    world.opened()
    refused = refuses(WrongRole, world, lambda: casework.claim(world.desk, "S97944", HELEN))
    assert refused.params["roles"] == (Role.OFFICER,)


def test_a_claimed_case_names_who_has_it_and_since_when(world):
    world.claimed()
    at = world.clock()
    world.clock.turn(minutes=5)
    refused = refuses(LostRace, world, lambda: casework.claim(world.desk, "S97944", OTTO))
    told = [refused.params[name] for name in ("case", "actor", "action", "at")]
    assert told == ["S97944", OLIVE, "claim", at]


def test_the_coordinator_assigns_an_agencyless_case(world):
    case = world.opened("內政部")
    assigned = casework.assign(world.desk, case, CORA, HIGH)
    assert (assigned.agency, assigned.unassigned) == (HIGH, False)
    assert world.faults() == []


def test_assigning_a_case_of_the_coordinator_to_the_ministry_itself_ends_the_search(world):
    case = world.opened("內政部")
    assert not casework.assign(world.desk, case, CORA, MINISTRY).unassigned


@pytest.mark.parametrize(
    ("agency", "code"), [("nowhere", "unknown_agency"), (ETHICS, "already_there")]
)
def test_assigning_needs_another_agency_of_the_ministry(world, agency, code):
    world.opened()
    refused = refuses(Invalid, world, lambda: casework.assign(world.desk, "S97944", CORA, agency))
    assert fields(refused) == {("agency", code)}


def test_only_the_coordinator_assigns_and_only_before_a_claim(world):
    world.opened()
    refuses(WrongRole, world, lambda: casework.assign(world.desk, "S97944", OLIVE, HIGH))
    casework.claim(world.desk, "S97944", OLIVE)
    refuses(LostRace, world, lambda: casework.assign(world.desk, "S97944", CORA, HIGH))


def test_a_released_case_keeps_its_draft_for_the_next_officer(world):
    case = world.drafted()
    released = casework.release(world.desk, case, OLIVE)
    assert (released.state, released.officer) == (State.RECEIVED, None)
    casework.claim(world.desk, case, OTTO)
    assert reading.dossier(world.desk, case).reply == REPLY


@pytest.mark.parametrize("who", [HELEN, CORA])
def test_the_section_head_and_the_coordinator_reassign(world, who):
    case = world.awaiting()
    moved = casework.reassign(world.desk, case, who, OTTO)
    assert (moved.officer, moved.state) == (OTTO, State.AWAITING_APPROVAL)


@pytest.mark.parametrize(
    ("officer", "code"),
    [(OLIVE, "already_there"), (PETRA, "not_an_officer"), (GONE, "not_an_officer"),
     (STRANGER, "not_an_officer"), (HELEN, "not_an_officer")],
)  # fmt: skip
def test_only_another_active_officer_of_the_agency_can_take_a_case_over(world, officer, code):
    world.claimed()
    refused = refuses(
        Invalid, world, lambda: casework.reassign(world.desk, "S97944", HELEN, officer)
    )
    assert fields(refused) == {("officer", code)}


# -- submit, recall, revise


def test_a_submission_goes_to_the_section_head_first(world):
    assert world.case(world.in_review()).state is State.IN_REVIEW


def test_where_there_is_no_section_head_it_goes_to_the_cio_at_once(world):
    case = world.opened("臺灣臺北地方檢察署")
    casework.claim(world.desk, case, PETRA)
    casework.draft(world.desk, case, PETRA, REPLY)
    sent = casework.submit(world.desk, case, PETRA, world.hash(case))
    assert sent.state is State.AWAITING_APPROVAL


def test_a_section_head_who_drafted_is_no_reviewer_of_it_whoever_submits(world):
    head = replace(PEOPLE[0], roles=frozenset({Role.OFFICER, Role.SECTION_HEAD}))
    roster.import_people(world.desk, [head, replace(PEOPLE[2], active=False)])
    case = world.drafted()
    casework.reassign(world.desk, case, CORA, OTTO)
    sent = casework.submit(world.desk, case, OTTO, world.hash(case))
    assert (sent.state, sent.draft.drafter) == (State.AWAITING_APPROVAL, OLIVE)


def test_what_was_not_shown_is_not_submitted(world):
    world.drafted()
    refused = refuses(TextChanged, world, lambda: casework.submit(world.desk, "S97944", OLIVE, "0"))
    assert refused.params["current"] == world.hash("S97944")


def test_nothing_drafted_is_nothing_to_submit(world):
    world.claimed()
    refuses(OutOfTurn, world, lambda: casework.submit(world.desk, "S97944", OLIVE, ""))


def test_with_nobody_to_approve_the_draft_stays_and_the_officer_hears_it(world):
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    world.drafted()
    shown = world.hash("S97944")
    refused = refuses(NobodyMay, world, lambda: casework.submit(world.desk, "S97944", OLIVE, shown))
    assert refused.params == {"role": Role.CIO, "agency": ETHICS}


def test_an_approver_who_drafted_it_counts_for_nobody_whoever_submits(world):
    both = replace(PEOPLE[0], roles=frozenset({Role.OFFICER, Role.CIO}))
    roster.import_people(world.desk, [both, replace(PEOPLE[5], active=False)])
    case = world.drafted()
    casework.reassign(world.desk, case, CORA, OTTO)
    shown = world.hash(case)
    refuses(NobodyMay, world, lambda: casework.submit(world.desk, case, OTTO, shown))


@pytest.mark.parametrize("state", ["in_review", "awaiting"])
def test_the_officer_takes_back_what_was_submitted(world, state):
    case = getattr(world, state)()
    assert casework.recall(world.desk, case, OLIVE, world.hash(case)).state is State.IN_PROGRESS
    refuses(OutOfTurn, world, lambda: casework.recall(world.desk, case, OLIVE, world.hash(case)))


def test_nobody_else_takes_it_back(world):
    case = world.awaiting()
    refuses(NotHolder, world, lambda: casework.recall(world.desk, case, OTTO, world.hash(case)))


def test_revising_an_approved_text_voids_the_approval(world):
    case = world.approved()
    revised = casework.revise(world.desk, case, OLIVE, world.hash(case))
    assert (revised.state, revised.approval) == (State.IN_PROGRESS, None)


def test_a_matter_under_study_is_drafted_again_keeping_its_date_and_without_the_old_approval(world):
    case = world.published(STUDY)
    drafted = casework.draft(world.desk, case, OLIVE, REPLY)
    assert (drafted.state, drafted.due_now) == (State.IN_PROGRESS, STUDY.promised)
    assert drafted.approval is None
    assert drafted.draft.purpose is Purpose.REPLY


def test_a_withdrawn_case_is_worked_on_no_more(world):
    world.awaiting()
    world.receive(withdrawn())
    for act in everyone(world)[:9]:
        refuses(OutOfTurn, world, lambda act=act: act(OLIVE))


# -- reveal


def test_looking_at_personal_data_leaves_who_and_why(world):
    case = world.opened()
    casework.reveal(world.desk, case, OLIVE, "電洽民眾")
    event = reading.history(world.desk, case)[-1]
    assert (event.action, event.actor) == ("reveal", OLIVE)
    assert [told for _, told in world.rows("NOTE#%").values()] == ['{"text":"電洽民眾"}']


def test_looking_needs_a_purpose(world):
    world.opened()
    refused = refuses(Invalid, world, lambda: casework.reveal(world.desk, "S97944", OLIVE, " "))
    assert fields(refused) == {("purpose", "required")}


def test_another_agencys_case_is_not_there_to_look_at(world):
    world.opened()
    refuses(NotFound, world, lambda: casework.reveal(world.desk, "S97944", PETRA, "查證"))
    world.receive(posted("5", "內政部"))
    refuses(NotFound, world, lambda: casework.reveal(world.desk, "S5", OLIVE, "查證"))


def test_a_click_on_a_text_that_has_changed_takes_nothing_back(world):
    case = world.awaiting()
    refuses(TextChanged, world, lambda: casework.recall(world.desk, case, OLIVE, "0" * 64))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    refuses(TextChanged, world, lambda: casework.revise(world.desk, case, OLIVE, "0" * 64))
    refuses(TextChanged, world, lambda: decisions.revoke(world.desk, case, CAROL, "0" * 64, "再議"))

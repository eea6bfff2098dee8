"""Review and approval: exactly what was shown, by somebody able that day, never by the drafter."""

from dataclasses import replace
from datetime import datetime

import pytest

from opendata.desk import casework, decisions, numbers, reading, roster
from opendata.desk.decisions import ReturnReason
from opendata.rules.errors import Invalid, LostRace, OutOfTurn, OwnDraft, TextChanged, WrongRole
from opendata.rules.feedback import State
from opendata.rules.people import Capacity, Form, Role
from opendata.rules.roc import TAIPEI
from tests.world import (
    CAROL,
    CORA,
    DEPUTY,
    DEREK,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    PEOPLE,
    REPLY,
    refuses,
    withdrawn,
)

OTHER = "f" * 64


def wednesday(hour=10):
    return datetime(2026, 3, 4, hour, tzinfo=TAIPEI)


def approves(world, who=CAROL, case="S97944"):
    return decisions.approve(world.desk, case, who, world.hash(case))


# -- review


def test_the_section_head_passes_it_on_and_is_remembered(world):
    case = world.in_review()
    passed = decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    assert (passed.state, passed.reviewer) == (State.AWAITING_APPROVAL, HELEN)
    assert reading.history(world.desk, case)[-1].facts == {"hash": world.hash(case)}


@pytest.mark.parametrize("who", [OLIVE, OTTO, CAROL, CORA, LENA])
def test_nobody_else_passes_a_review(world, who):
    case = world.in_review()
    shown = world.hash(case)
    refuses(WrongRole, world, lambda: decisions.pass_review(world.desk, case, who, shown))


def test_a_review_is_of_the_text_that_was_shown(world):
    case = world.in_review()
    refuses(TextChanged, world, lambda: decisions.pass_review(world.desk, case, HELEN, OTHER))


def test_the_cio_does_not_approve_what_is_still_in_review(world):
    case = world.in_review()
    refuses(LostRace, world, lambda: approves(world))
    assert world.case(case).state is State.IN_REVIEW


# -- approval


def test_the_cio_approves_exactly_the_text(world):
    case = world.awaiting()
    shown = world.hash(case)
    approval = approves(world).approval
    assert (approval.by, approval.capacity, approval.hash) == (CAROL, Capacity.CIO, shown)
    assert (approval.at, approval.principal) == (world.clock(), None)


def test_another_text_than_the_one_shown_is_not_approved(world):
    case = world.awaiting()
    old = world.hash(case)
    casework.recall(world.desk, case, OLIVE, world.hash(case))
    casework.draft(world.desk, case, OLIVE, replace(REPLY, contact="02-9"))
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    refused = refuses(TextChanged, world, lambda: decisions.approve(world.desk, case, CAROL, old))
    assert (refused.params["shown"], refused.params["current"]) == (old, world.hash(case))


@pytest.mark.parametrize("who", [OLIVE, OTTO, HELEN, CORA, LENA, DEREK])
def test_nobody_else_approves(world, who):
    world.awaiting()
    refuses(WrongRole, world, lambda: approves(world, who))


def test_the_drafter_never_approves_and_hears_who_can(world):
    both = replace(PEOPLE[0], roles=frozenset({Role.OFFICER}), agency="aac")
    roster.import_people(world.desk, [both])
    roster.import_deputies(world.desk, [replace(DEPUTY, by=OLIVE)])
    world.clock.set(wednesday())
    world.awaiting()
    refused = refuses(OwnDraft, world, lambda: approves(world, OLIVE))
    assert refused.params["approvers"] == (CAROL, DEREK)


def test_saving_somebody_elses_words_again_does_not_make_them_ones_own(world):
    both = replace(PEOPLE[0], roles=frozenset({Role.OFFICER, Role.CIO}))
    roster.import_people(world.desk, [both, replace(PEOPLE[1], roles=both.roles)])
    case = world.drafted()
    casework.reassign(world.desk, case, CORA, OTTO)
    casework.draft(world.desk, case, OTTO, REPLY)
    casework.submit(world.desk, case, OTTO, world.hash(case))
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    refuses(OwnDraft, world, lambda: approves(world, OLIVE))


def test_an_empty_roster_means_nobody_may(world):
    case = world.awaiting()
    roster.import_people(world.desk, [replace(PEOPLE[5], active=False)])
    shown = world.hash(case)
    for who in (OLIVE, HELEN, CORA, DEREK):
        refuses(WrongRole, world, lambda who=who: decisions.approve(world.desk, case, who, shown))


# -- deputies


@pytest.mark.parametrize(
    ("at", "able"),
    [
        (datetime(2026, 3, 3, 23, 59, tzinfo=TAIPEI), False),
        (datetime(2026, 3, 4, 0, 0, tzinfo=TAIPEI), True),
        (datetime(2026, 3, 6, 23, 59, tzinfo=TAIPEI), True),
        (datetime(2026, 3, 7, 0, 0, tzinfo=TAIPEI), False),
    ],
)
def test_a_deputy_approves_from_the_first_day_to_the_last_in_taipei(world, at, able):
    world.awaiting()
    world.clock.set(at)
    if able:
        approval = approves(world, DEREK).approval
        assert (approval.by, approval.principal) == (DEREK, CAROL)
    else:
        refuses(WrongRole, world, lambda: approves(world, DEREK))


@pytest.mark.parametrize(
    ("form", "capacity"),
    [
        (Form.ACTING_FOR_ABSENT, Capacity.DEPUTY_ABSENT),
        (Form.ACTING, Capacity.ACTING),
        (Form.DELEGATED, Capacity.DELEGATED),
    ],
)
def test_the_capacity_of_a_deputy_is_kept_and_counted(world, form, capacity):
    roster.import_deputies(world.desk, [replace(DEPUTY, form=form)])
    world.clock.set(wednesday())
    case = world.awaiting()
    assert approves(world, DEREK).approval.capacity == capacity
    world.publish(case)
    counted = numbers.status(world.desk).total.approved_by
    delegated = form is Form.DELEGATED
    assert counted == {"cio": 0, "deputy": int(not delegated), "delegated": int(delegated)}


def test_a_deputy_sees_the_case_and_returns_it(world):
    world.clock.set(wednesday())
    case = world.awaiting()
    sheet, _ = reading.show(world.desk, DEREK, case)
    assert sheet.approver().capacity is Capacity.DEPUTY_ABSENT
    assert world.send_back(case, DEREK).state is State.IN_PROGRESS


def test_the_cio_may_still_decide_while_a_deputy_can(world):
    world.clock.set(wednesday())
    world.awaiting()
    assert approves(world).approval.capacity == Capacity.CIO


# -- return


@pytest.mark.parametrize(("state", "who"), [("in_review", HELEN), ("awaiting", CAROL)])
def test_a_return_goes_to_the_officer_with_reasons_and_words_to_the_letter(world, state, who):
    case = getattr(world, state)()
    words = "請補充法源依據\n並敘明時程"
    decisions.return_draft(
        world.desk, case, who, world.hash(case), [ReturnReason.NO_GROUND, ReturnReason.OTHER], words
    )
    event = reading.history(world.desk, case)[-1]
    assert event.facts == {"hash": world.hash(case), "reasons": ["no_ground", "other"]}
    assert reading.dossier(world.desk, case).note == words
    assert world.case(case).state is State.IN_PROGRESS


@pytest.mark.parametrize(("state", "who"), [("in_review", CAROL), ("awaiting", HELEN)])
def test_only_who_holds_the_draft_returns_it(world, state, who):
    case = getattr(world, state)()
    refuses(WrongRole, world, lambda: world.send_back(case, who))


@pytest.mark.parametrize(
    ("reasons", "words", "fault"),
    [
        ([], "請修正", ("reasons", "required")),
        ([ReturnReason.WORDING], " \n", ("comment", "return_words_required")),
        ([ReturnReason.WORDING], "字" * 1001, ("comment", "too_long")),
    ],
)
def test_a_return_needs_a_reason_and_words(world, reasons, words, fault):
    case = world.awaiting()
    shown = world.hash(case)
    refused = refuses(
        Invalid,
        world,
        lambda: decisions.return_draft(world.desk, case, CAROL, shown, reasons, words),
    )
    assert [(one.field, one.code) for one in refused.faults] == [fault]


def test_a_return_is_of_the_text_that_was_shown(world):
    case = world.awaiting()
    refuses(
        TextChanged,
        world,
        lambda: decisions.return_draft(
            world.desk, case, CAROL, OTHER, [ReturnReason.OTHER], "請修正"
        ),
    )


# -- revoke


def test_a_revocation_voids_the_approval_and_keeps_its_words(world):
    case = world.approved()
    revoked = decisions.revoke(world.desk, case, CAROL, world.hash(case), "尚有疑義")
    assert (revoked.state, revoked.approval) == (State.IN_PROGRESS, None)
    assert reading.dossier(world.desk, case).note == "尚有疑義"
    refuses(LostRace, world, lambda: world.publish(case))


def test_a_revocation_needs_words_and_comes_before_publication(world):
    case = world.approved()
    refuses(Invalid, world, lambda: decisions.revoke(world.desk, case, CAROL, world.hash(case), ""))
    world.publish(case)
    refuses(
        LostRace,
        world,
        lambda: decisions.revoke(world.desk, case, CAROL, world.hash(case), "尚有疑義"),
    )


@pytest.mark.parametrize("who", [OLIVE, HELEN, CORA, DEREK])
def test_only_the_approver_revokes(world, who):
    case = world.approved()
    refuses(
        WrongRole,
        world,
        lambda: decisions.revoke(world.desk, case, who, world.hash(case), "尚有疑義"),
    )


# -- two at once


def test_who_comes_second_hears_who_decided_what_and_when(world):
    world.clock.set(wednesday())
    case = world.awaiting()
    approves(world, DEREK)
    at = world.clock()
    world.clock.turn(minutes=1)
    refused = refuses(LostRace, world, lambda: approves(world))
    told = [refused.params[name] for name in ("case", "actor", "action", "at")]
    assert told == [case, DEREK, "approve", at]


def test_pressing_twice_oneself_is_no_lost_race(world):
    world.approved()
    refuses(OutOfTurn, world, lambda: approves(world))


def test_what_the_platform_withdrew_is_out_of_turn_and_no_lost_race(world):
    world.awaiting()
    world.receive(withdrawn())
    refuses(OutOfTurn, world, lambda: approves(world))

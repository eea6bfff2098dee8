"""Drafts and co-signs: what is kept, what is refused, and what a co-sign holds for."""

from dataclasses import replace

import pytest

from opendata.desk import casework, reading, roster
from opendata.rules.errors import (
    Invalid,
    NotHolder,
    OutOfTurn,
    OwnDraft,
    TextChanged,
    WrongRole,
)
from opendata.rules.feedback import State
from opendata.rules.people import Role
from opendata.rules.reply import Closing, Reason, ReplyType
from tests.world import (
    CAROL,
    CORA,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    PEOPLE,
    REFUSAL,
    REPLY,
    STUDY,
    WORDS,
    refuses,
)


def fields(refused):
    return {(fault.field, fault.code) for fault in refused.faults}


# -- draft


def test_a_draft_is_kept_tidy_and_its_hash_is_that_of_the_tidy_text(world):
    case = world.claimed()
    casework.draft(world.desk, case, OLIVE, replace(REPLY, text=f"  {WORDS}\r\n"))
    first = world.hash(case)
    casework.draft(world.desk, case, OLIVE, REPLY)
    assert (world.hash(case), world.actions().count("draft")) == (first, 1)
    assert reading.dossier(world.desk, case).reply == REPLY


@pytest.mark.parametrize(
    "change",
    [{"text": f"{WORDS}！"}, {"contact": "02-1"}, {"closing": Closing.NOT_CLOSED},
     {"type": ReplyType.UNDER_STUDY, "promised": STUDY.promised}],
)  # fmt: skip
def test_every_part_of_a_reply_changes_the_hash(world, change):
    case = world.drafted()
    before = world.hash(case)
    casework.draft(world.desk, case, OLIVE, replace(REPLY, **change))
    assert world.hash(case) != before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "　\n"}, ("text", "required")),
        ({"text": "字" * 3001}, ("text", "too_long")),
        ({"contact": ""}, ("contact", "required")),
        ({"contact": "字" * 151}, ("contact", "too_long")),
        ({"type": ReplyType.THANKS}, ("type", "wrong_type")),
        ({"type": ReplyType.PLANNED}, ("promised", "required")),
        ({"type": ReplyType.NOT_OPEN}, ("reason", "required")),
        ({"type": ReplyType.NOT_OPEN, "reason": Reason.LAW}, ("statute", "required")),
        ({"type": ReplyType.NOT_OPEN, "reason": Reason.BY_DEFINITION}, ("reason", "required")),
    ],
)
def test_a_draft_that_the_platform_could_not_take_is_refused_field_by_field(world, change, fault):
    world.claimed()
    written = replace(REPLY, **change)
    refused = refuses(Invalid, world, lambda: casework.draft(world.desk, "S97944", OLIVE, written))
    assert fault in fields(refused)


def test_a_promise_lies_after_today_in_taipei(world):
    world.claimed()
    today = replace(STUDY, promised=world.desk.today())
    refused = refuses(Invalid, world, lambda: casework.draft(world.desk, "S97944", OLIVE, today))
    assert fields(refused) == {("promised", "not_in_future")}


def test_only_the_officer_of_the_case_drafts(world):
    world.claimed()
    refused = refuses(NotHolder, world, lambda: casework.draft(world.desk, "S97944", OTTO, REPLY))
    assert refused.params["officer"] == OLIVE


def test_nothing_is_drafted_before_the_case_is_claimed(world):
    world.opened()
    refuses(OutOfTurn, world, lambda: casework.draft(world.desk, "S97944", OLIVE, REPLY))


# -- co-sign


def test_a_refusal_by_law_waits_for_the_legal_unit(world):
    case = world.drafted(REFUSAL)
    shown = world.hash(case)
    refused = refuses(Invalid, world, lambda: casework.submit(world.desk, case, OLIVE, shown))
    assert fields(refused) == {("draft", "awaits_cosign")}
    casework.cosign(world.desk, case, LENA, shown)
    assert casework.submit(world.desk, case, OLIVE, shown).state is State.IN_REVIEW


def test_a_cosign_holds_for_the_text_it_was_given_for_and_carries_its_hash(world):
    case = world.drafted(REFUSAL)
    shown = world.hash(case)
    casework.cosign(world.desk, case, LENA, shown)
    assert reading.history(world.desk, case)[-1].facts == {"hash": shown}
    changed = replace(REFUSAL, text=f"{REFUSAL.text}（另函）")
    casework.draft(world.desk, case, OLIVE, changed)
    assert world.case(case).draft.awaits_cosign
    refuses(TextChanged, world, lambda: casework.cosign(world.desk, case, LENA, shown))


def test_the_text_that_was_cosigned_once_needs_a_new_cosign_when_it_comes_back(world):
    case = world.drafted(REFUSAL)
    casework.cosign(world.desk, case, LENA, world.hash(case))
    casework.draft(world.desk, case, OLIVE, replace(REFUSAL, contact="02-2"))
    casework.draft(world.desk, case, OLIVE, REFUSAL)
    assert world.case(case).draft.awaits_cosign


@pytest.mark.parametrize("who", [OLIVE, HELEN, CAROL, CORA])
def test_only_the_legal_unit_cosigns(world, who):
    world.drafted(REFUSAL)
    shown = world.hash("S97944")
    refuses(WrongRole, world, lambda: casework.cosign(world.desk, "S97944", who, shown))


def test_nobody_cosigns_the_own_draft(world):
    lawyer = replace(PEOPLE[0], roles=frozenset({Role.OFFICER, Role.LEGAL}))
    roster.import_people(world.desk, [lawyer])
    world.drafted(REFUSAL)
    shown = world.hash("S97944")
    refuses(OwnDraft, world, lambda: casework.cosign(world.desk, "S97944", OLIVE, shown))


def test_what_needs_no_cosign_gets_none(world):
    world.drafted()
    shown = world.hash("S97944")
    refuses(OutOfTurn, world, lambda: casework.cosign(world.desk, "S97944", LENA, shown))

"""The Slack face, through the Lambda handler: every button, modal and command."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ids import Button, Modal, Ref
from opendata import texts
from opendata.desk import casework, decisions, reading, roster
from opendata.rules.feedback import Kind, State
from opendata.rules.reply import ReplyType
from tests.slack import inputs
from tests.world import (
    CAROL,
    CORA,
    HELEN,
    HIGH,
    LENA,
    OLIVE,
    OTTO,
    PEOPLE,
    REFUSAL,
    REPLY,
)


def ref(world, case="S97944", shown=None):
    now = world.case(case)
    return str(Ref(case, now.round, world.hash(case) if shown is None else shown))


# -- buttons that act


ACTS = [
    ("opened", OLIVE, Button.CLAIM, State.IN_PROGRESS),
    ("drafted", OLIVE, Button.RELEASE, State.RECEIVED),
    ("in_review", OLIVE, Button.RECALL, State.IN_PROGRESS),
    ("awaiting", OLIVE, Button.RECALL, State.IN_PROGRESS),
    ("in_review", HELEN, Button.PASS, State.AWAITING_APPROVAL),
    ("awaiting", CAROL, Button.APPROVE, State.APPROVED),
    ("approved", OLIVE, Button.REVISE, State.IN_PROGRESS),
]


@pytest.mark.parametrize(("state", "who", "button", "after"), ACTS)
def test_a_button_acts_at_once_and_says_nothing_beside(deployed, slack, state, who, button, after):
    getattr(deployed, state)()
    assert slack.press(who, button, ref(deployed)) == {}
    assert slack.heard == []
    assert deployed.case().state is after


def test_the_legal_unit_cosigns_by_a_button(deployed, slack):
    case = deployed.drafted(REFUSAL)
    slack.press(LENA, Button.COSIGN, ref(deployed))
    assert deployed.case(case).draft.cosigned_by == LENA


def test_the_link_to_the_platform_does_nothing_here(deployed, slack):
    deployed.opened()
    before = deployed.rows()
    assert slack.press(OLIVE, Button.PLATFORM, "") == {}
    assert deployed.rows() == before


# -- buttons that open a modal


OPENS = [
    ("claimed", {}, Button.DRAFT, Modal.DRAFT),
    ("drafted", {}, Button.DRAFT, Modal.DRAFT),
    ("drafted", {}, Button.PREVIEW, Modal.PREVIEW),
    ("in_review", {"zh": HELEN}, Button.RETURN, Modal.RETURN),
    ("awaiting", {"zh": CAROL}, Button.RETURN, Modal.RETURN),
    ("approved", {"zh": CAROL}, Button.REVOKE, Modal.REVOKE),
    ("approved", {"en": OTTO}, Button.PUBLISH, Modal.PUBLISH),
    ("opened", {"zh": CORA}, Button.ASSIGN, Modal.ASSIGN),
    ("claimed", {"zh": HELEN}, Button.REASSIGN, Modal.REASSIGN),
    ("opened", {"en": OTTO}, Button.REVEAL, Modal.REVEAL),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("state", "who", "button", "modal"), OPENS)
def test_a_modal_opens_in_the_readers_language(
    deployed, slack, state, who, button, modal, language
):
    getattr(deployed, state)()
    reader = who.get("zh", who.get("en", OLIVE))
    entry = next(one for one in PEOPLE if one.id == reader)
    roster.import_people(deployed.desk, [replace(entry, locale=language)])
    assert slack.press(reader, button, ref(deployed)) == {}
    view = slack.shown()
    assert view["callback_id"] == modal
    assert view["title"]["text"] == texts.say(language, f"modal.{modal}")
    assert Ref.read(view["private_metadata"]).case == "S97944"


def test_who_may_not_see_personal_data_is_told_before_giving_a_purpose(deployed, slack):
    deployed.opened()
    above = replace(PEOPLE[0], id="U0ABOVE", agency="moj")
    roster.import_people(deployed.desk, [above])
    slack.press("U0ABOVE", Button.REVEAL, ref(deployed))
    assert texts.say("zh", "Action.reveal") in slack.ephemeral


@pytest.mark.parametrize("button", [Button.DETAILS, Button.WHY])
def test_what_is_only_read_opens_for_everybody_of_the_agency(deployed, slack, button):
    deployed.opened()
    for who in (OLIVE, OTTO, CAROL):
        slack.press(who, button, ref(deployed))
        assert "callback_id" not in slack.shown()


def test_a_button_inside_a_modal_pushes_another_over_it(deployed, slack):
    deployed.claimed()
    slack.press(OLIVE, Button.DRAFT, ref(deployed), view={"type": "modal", "id": "V0"})
    assert slack.shown("views.push")["callback_id"] == Modal.DRAFT


def test_another_type_of_reply_asks_for_other_fields_and_keeps_the_rest(deployed, slack):
    deployed.claimed()
    slack.press(OLIVE, Button.DRAFT, ref(deployed))
    view = {"type": "modal", **slack.shown()}
    chosen = {"selected_option": {"value": ReplyType.NOT_OPEN.value}, "type": "static_select"}
    slack.press(OLIVE, Button.TYPE, "", view, **chosen)
    changed = slack.shown("views.update")
    assert [block["block_id"] for block in inputs(changed)] == [
        "type",
        "text",
        "reason",
        "statute",
        "contact",
        "closing",
    ]
    assert [one for one in inputs(view) if one["block_id"] == "text"] == [
        one for one in inputs(changed) if one["block_id"] == "text"
    ]


@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.SUGGESTION])
def test_the_modal_offers_the_types_of_its_kind(deployed, slack, kind):
    case = deployed.claimed(kind=kind)
    slack.press(OLIVE, Button.DRAFT, ref(deployed, case))
    (pick,) = [one for one in inputs(slack.shown()) if one["block_id"] == "type"]
    offered = [one["value"] for one in pick["element"]["options"]]
    assert ("thanks" in offered) == (kind is Kind.COMMENT)


def test_editing_again_goes_back_from_the_preview_to_the_draft(deployed, slack):
    deployed.drafted()
    slack.press(OLIVE, Button.PREVIEW, ref(deployed))
    view = {"type": "modal", **slack.shown()}
    slack.press(OLIVE, Button.AGAIN, ref(deployed), view)
    again = slack.shown("views.update")
    (text,) = [one for one in inputs(again) if one["block_id"] == "text"]
    assert text["element"]["initial_value"] == REPLY.text


# -- modals that are submitted


def opened(deployed, slack, who, button):
    slack.press(who, button, ref(deployed))
    return slack.shown()


def test_a_draft_is_saved_previewed_and_submitted_without_leaving_the_modal(deployed, slack):
    deployed.claimed()
    view = opened(deployed, slack, OLIVE, Button.DRAFT)
    told = {"text": REPLY.text, "contact": REPLY.contact}
    assert set(slack.submit(OLIVE, view, **told)["errors"]) == {"type"}
    answer = slack.submit(OLIVE, view, type=REPLY.type.value, **told)
    assert answer["response_action"] == "update"
    assert answer["view"]["callback_id"] == Modal.PREVIEW
    assert REPLY.text in str(answer["view"]["blocks"])
    assert deployed.case().state is State.IN_PROGRESS
    assert slack.submit(OLIVE, answer["view"]) == {"response_action": "clear"}
    assert deployed.case().state is State.IN_REVIEW


def test_a_refusal_by_law_previews_without_a_way_to_submit(deployed, slack):
    deployed.drafted(REFUSAL)
    view = opened(deployed, slack, OLIVE, Button.PREVIEW)
    assert "submit" not in view
    assert slack.submit(OLIVE, view)["response_action"] == "update"
    assert deployed.case().state is State.IN_PROGRESS


def test_a_return_reaches_the_officer_to_the_letter(deployed, slack):
    case = deployed.awaiting()
    view = opened(deployed, slack, CAROL, Button.RETURN)
    told = slack.submit(CAROL, view, reasons=["no_ground", "wording"], comment="請補充\n法源")
    assert told == {"response_action": "clear"}
    assert reading.dossier(deployed.desk, case).note == "請補充\n法源"
    assert deployed.actions()[-1] == "return"


def test_a_revocation_by_modal(deployed, slack):
    deployed.approved()
    view = opened(deployed, slack, CAROL, Button.REVOKE)
    assert slack.submit(CAROL, view, comment="再議") == {"response_action": "clear"}
    assert deployed.case().approval is None


def test_a_publication_by_modal_with_the_platforms_time(deployed, slack):
    deployed.approved()
    view = opened(deployed, slack, OLIVE, Button.PUBLISH)
    assert slack.submit(OLIVE, view) == {"response_action": "clear"}
    assert deployed.case().state is State.ANSWERED


def test_the_coordinator_assigns_by_modal_and_finds_every_agency_there(deployed, slack):
    deployed.opened("內政部")
    view = opened(deployed, slack, CORA, Button.ASSIGN)
    groups = inputs(view)[0]["element"]["option_groups"]
    offered = [one["value"] for group in groups for one in group["options"]]
    assert sorted(offered) == sorted(one.code for one in deployed.desk.directory().agencies)
    assert len(groups) <= 100
    assert all(len(group["options"]) <= 100 for group in groups)
    assert slack.submit(CORA, view, agency=HIGH) == {"response_action": "clear"}
    assert deployed.case().agency == HIGH


def test_a_case_is_given_to_another_officer_by_modal(deployed, slack):
    deployed.claimed()
    view = opened(deployed, slack, HELEN, Button.REASSIGN)
    offered = [one["value"] for one in inputs(view)[0]["element"]["options"]]
    assert offered == [OTTO]
    assert slack.submit(HELEN, view, officer=OTTO) == {"response_action": "clear"}
    assert deployed.case().officer == OTTO


def test_personal_data_is_masked_until_somebody_asks_with_a_purpose(deployed, slack):
    canary = "0912345678"
    deployed.opened(body=f"請電{canary}")
    slack.press(OLIVE, Button.DETAILS, ref(deployed))
    assert canary not in str(slack.shown())
    view = opened(deployed, slack, OLIVE, Button.REVEAL)
    assert canary not in str(view)
    answer = slack.submit(OLIVE, view, purpose="電洽民眾")
    assert canary in str(answer["view"])
    assert deployed.actions()[-1] == "reveal"


# -- faults under their fields


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_wrong_is_told_under_its_field(deployed, slack, language):
    deployed.claimed()
    roster.import_people(deployed.desk, [replace(PEOPLE[0], locale=language)])
    view = opened(deployed, slack, OLIVE, Button.DRAFT)
    told = slack.submit(OLIVE, view, type=REPLY.type.value, text="　", contact="　")
    required = texts.say(language, "fault.required")
    assert told == {
        "response_action": "errors",
        "errors": {"text": required, "contact": required},
    }


def test_a_return_without_reason_and_words_is_told_under_both(deployed, slack):
    deployed.awaiting()
    view = opened(deployed, slack, CAROL, Button.RETURN)
    told = slack.submit(CAROL, view, comment=" ")
    assert set(told["errors"]) == {"reasons", "comment"}
    assert deployed.case().state is State.AWAITING_APPROVAL


def test_a_time_before_the_approval_is_told_under_the_time(deployed, slack):
    deployed.approved()
    view = opened(deployed, slack, OLIVE, Button.PUBLISH)
    told = slack.submit(OLIVE, view, published_at=1_000_000_000)
    assert set(told["errors"]) == {"published_at"}


def test_a_promise_needs_a_date_to_come(deployed, slack):
    case, next_month = deployed.claimed(), deployed.desk.today() + timedelta(days=30)
    planned = replace(REPLY, type=ReplyType.PLANNED, promised=next_month)
    casework.draft(deployed.desk, case, OLIVE, planned)
    view = opened(deployed, slack, OLIVE, Button.DRAFT)
    told = slack.submit(OLIVE, view, promised="2020-01-01")
    assert set(told["errors"]) == {"promised"}


def test_a_text_that_changed_while_the_modal_was_open_takes_its_place(deployed, slack):
    case = deployed.awaiting()
    view = opened(deployed, slack, CAROL, Button.RETURN)
    casework.recall(deployed.desk, case, OLIVE, deployed.hash(case))
    casework.draft(deployed.desk, case, OLIVE, replace(REPLY, contact="02-2"))
    deployed.submit(case)
    decisions.pass_review(deployed.desk, case, HELEN, deployed.hash(case))
    told = slack.submit(CAROL, view, reasons=["wording"], comment="請修正")
    assert told["response_action"] == "update"
    assert texts.say("zh", "error.text_changed") in str(told["view"])
    assert deployed.case().state is State.AWAITING_APPROVAL

"""展延 in Slack: asked for by modal, decided like a reply, and back to the reply afterwards."""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.ids import Button, Modal, Ref
from opendata import texts
from opendata.desk import casework, decisions, reading, roster
from opendata.rules.feedback import Kind, State
from opendata.rules.roc import TAIPEI
from tests.slack import FakeSlack, inputs, sweep
from tests.world import (
    CAROL,
    DUE,
    HELEN,
    MONDAY,
    OLIVE,
    OTTO,
    PEOPLE,
    REPLY,
    STUDY,
    TurnedClock,
)

UNTIL = date(2026, 3, 16)
GROUND = "資料尚待與提供單位確認。"


def said(code, **told):
    return texts.say("zh", code, **told)


@pytest.fixture
def office(deployed):
    """The ministry behind the handlers, on the Monday."""
    object.__setattr__(deployed.desk, "clock", TurnedClock(MONDAY))
    deployed.clock = deployed.desk.clock
    return deployed


@pytest.fixture
def told():
    """The messages that were delivered."""
    return FakeSlack()


def ref(world, case="S97944"):
    return str(Ref(case, world.case(case).round, world.hash(case)))


def asked(world, slack, button=Button.EXTEND, who=OLIVE):
    slack.press(who, button, ref(world))
    return slack.shown()


def words_of(view):
    return json.dumps(view["blocks"], ensure_ascii=False)


def field(view, name):
    (found,) = [one for one in inputs(view) if one["block_id"] == name]
    return found


def extend(world, slack, **more):
    """More time is asked for by modal; the preview that comes of it."""
    view = asked(world, slack)
    letter = field(view, "text")["element"]["initial_value"]
    filled = {"text": letter.replace(said("notice.reason"), GROUND)}
    filled |= {"ground": GROUND, "contact": REPLY.contact}
    return slack.submit(OLIVE, view, **{**filled, **more})


def submitted(world, slack, **more):
    view = extend(world, slack, **more)["view"]
    assert slack.submit(OLIVE, view) == {"response_action": "clear"}


def approved(world, slack, **more):
    submitted(world, slack, **more)
    for who, act in ((HELEN, decisions.pass_review), (CAROL, decisions.approve)):
        act(world.desk, "S97944", who, world.hash("S97944"))


def errors(answer):
    assert answer["response_action"] == "errors"
    return answer["errors"]


# -- the modal


def test_the_modal_shows_its_limits_and_begins_the_letter(office, slack):
    office.claimed()
    view = asked(office, slack)
    assert view["callback_id"] == Modal.EXTEND
    hint = said("field.until.hint", first=date(2026, 3, 10), last=UNTIL)
    assert field(view, "until")["hint"]["text"] == hint
    letter = field(view, "text")["element"]["initial_value"]
    assert letter.startswith("您好：\n您建議的「開放廉政統計」，因")
    assert "法務部廉政署將於115年3月16日（星期一）前再次回復您" in letter


def test_a_comment_is_answered_as_one(office, slack):
    office.claimed(kind=Kind.COMMENT)
    slack.press(OLIVE, Button.EXTEND, ref(office, "C97944"))
    assert "您反映的「開放廉政統計」" in field(slack.shown(), "text")["element"]["initial_value"]


def test_who_reads_english_writes_the_citizen_in_chinese_too(office, slack):
    office.claimed()
    casework.reassign(office.desk, "S97944", HELEN, OTTO)
    view = asked(office, slack, who=OTTO)
    assert view["title"]["text"] == texts.say("en", "modal.extend")
    assert "您建議的" in field(view, "text")["element"]["initial_value"]


def test_the_contact_of_a_draft_goes_with_the_notice(office, slack):
    office.drafted()
    assert field(asked(office, slack), "contact")["element"]["initial_value"] == REPLY.contact


# -- the whole road


def test_more_time_is_previewed_reviewed_approved_and_published_and_the_reply_goes_on(
    office, slack, told
):
    case = office.drafted()
    answer = extend(office, slack)
    preview = words_of(answer["view"])
    assert answer["view"]["callback_id"] == Modal.PREVIEW
    for words in (
        GROUND,
        *said("extension.dates", before=DUE, until=UNTIL).splitlines(),
        said("extension.effect"),
        said("extension.resting", type=REPLY.type),
    ):
        assert words in preview
    slack.submit(OLIVE, answer["view"])
    assert office.case().state is State.IN_REVIEW
    sweep(office, told)
    assert "【展延】" in told.to(HELEN)[-1].words
    decisions.pass_review(office.desk, case, HELEN, office.hash(case))
    sweep(office, told)
    (asks,) = told.to(CAROL)
    assert asks.text == said(
        "extension.approval", case=case, title="開放廉政統計", due=DUE, until=UNTIL
    )
    assert GROUND in asks.words
    assert "approve" in asks.buttons
    decisions.approve(office.desk, case, CAROL, office.hash(case))
    sweep(office, told)
    copied = told.to(OLIVE)[-1]
    assert said("extension.publish", case=case, due=DUE, until=UNTIL) in copied.words
    assert "謝謝您的耐心等候" in copied.words
    slack.press(OLIVE, Button.PUBLISH, ref(office))
    assert slack.submit(OLIVE, slack.shown()) == {"response_action": "clear"}
    now = office.case()
    assert (now.state, now.due.on, now.due.original) == (State.IN_PROGRESS, UNTIL, DUE)
    sweep(office, told)
    assert "期限改為115年3月16日" in told.to(OLIVE)[-1].words
    assert "【展延】" in told.to(CAROL)[-1].words
    assert "approve" not in told.to(CAROL)[-1].buttons
    (card,) = told.to("C-AAC")
    assert "已展延，原期限115年3月9日（星期一）" in card.words
    assert "extend" not in card.buttons
    slack.press(OLIVE, Button.DRAFT, ref(office))
    assert field(slack.shown(), "text")["element"]["initial_value"] == REPLY.text
    slack.press(OLIVE, Button.PREVIEW, ref(office))
    assert slack.submit(OLIVE, slack.shown()) == {"response_action": "clear"}
    assert office.case().state is State.IN_REVIEW


def test_a_case_is_extended_without_any_reply_drafted(office, slack):
    office.claimed()
    approved(office, slack)
    slack.press(OLIVE, Button.PUBLISH, ref(office))
    slack.submit(OLIVE, slack.shown())
    now = office.case()
    assert (now.state, now.draft, now.due.on) == (State.IN_PROGRESS, None, UNTIL)
    slack.press(OLIVE, Button.DRAFT, ref(office))
    assert "initial_value" not in field(slack.shown(), "text")["element"]


def test_details_tell_the_notice_from_the_reply_that_rests(office, slack):
    office.drafted()
    submitted(office, slack)
    slack.press(OLIVE, Button.DETAILS, ref(office))
    shown = words_of(slack.shown())
    assert said("extension.reading", state=State.IN_REVIEW) in shown
    assert said("extension.kept") in shown
    assert REPLY.text in shown


def test_a_notice_that_is_returned_is_edited_as_a_notice(office, slack, told):
    case = office.drafted()
    submitted(office, slack)
    reasons = [decisions.ReturnReason.WORDING]
    decisions.return_draft(office.desk, case, HELEN, office.hash(case), reasons, "請補原因")
    sweep(office, told)
    assert said("button.edit_notice") in told.to(OLIVE)[-1].words
    view = asked(office, slack, Button.DRAFT)
    assert view["callback_id"] == Modal.EXTEND
    assert field(view, "ground")["element"]["initial_value"] == GROUND
    again = slack.submit(OLIVE, view, text="您好：因資料尚待確認，將於115年3月16日前回復。")
    assert again["view"]["callback_id"] == Modal.PREVIEW
    assert office.case().resting.hash == reading.dossier(office.desk, case).case.resting.hash


def test_editing_again_from_the_preview_opens_the_notice(office, slack):
    office.claimed()
    preview = {"type": "modal", "id": "V1", "hash": "h", **extend(office, slack)["view"]}
    slack.press(OLIVE, Button.AGAIN, ref(office), preview)
    assert slack.shown("views.update")["callback_id"] == Modal.EXTEND


def test_there_is_a_way_back_from_the_notice_to_the_reply(office, slack):
    office.drafted()
    extend(office, slack)
    view = asked(office, slack, Button.REPLY)
    assert view["callback_id"] == Modal.DRAFT
    assert field(view, "text")["element"]["initial_value"] == REPLY.text
    assert said("extension.dropped") in words_of(view)
    kept = {"type": "modal", "id": "V1", "hash": "h", **view}
    pick = {"type": "static_select", "selected_option": {"value": REPLY.type.value}}
    slack.press(OLIVE, Button.TYPE, "", kept, **pick)
    assert field(slack.shown("views.update"), "text")["element"]["initial_value"] == REPLY.text
    slack.submit(OLIVE, view)
    now = office.case()
    assert (now.draft.type, now.resting) == (REPLY.type, None)


def test_a_notice_that_names_another_day_is_pointed_out(office, slack):
    office.claimed()
    warned = said("extension.other_date", until=date(2026, 3, 12))
    assert warned in words_of(extend(office, slack, until="2026-03-12")["view"])
    fits = extend(office, slack, until="2026-03-12", text="您好：因故將於 3 月 12 日前回復。")
    assert warned not in words_of(fits["view"])


# -- refused in words


@pytest.mark.parametrize(
    ("until", "code", "told"),
    [
        ("2026-03-09", "out_of_reach", {"first": date(2026, 3, 10), "last": UNTIL}),
        ("2026-02-27", "out_of_reach", {"first": date(2026, 3, 10), "last": UNTIL}),
        ("2026-03-17", "out_of_reach", {"first": date(2026, 3, 10), "last": UNTIL}),
        ("2026-03-14", "day_off", {"date": date(2026, 3, 14)}),
    ],
)
def test_a_day_that_cannot_be_is_refused_under_its_field(office, slack, until, code, told):
    office.claimed()
    before = office.rows()
    assert errors(extend(office, slack, until=until)) == {"until": said(f"fault.{code}", **told)}
    assert office.rows() == before


def test_a_reason_and_a_contact_are_asked_for_under_their_fields(office, slack):
    office.claimed()
    answer = extend(office, slack, ground="　", contact="　")
    assert set(errors(answer)) == {"ground", "contact"}


def test_a_letter_whose_reason_is_still_blank_is_not_taken(office, slack):
    office.claimed()
    view, before = asked(office, slack), office.rows()
    answer = slack.submit(OLIVE, view, ground=GROUND, contact=REPLY.contact)
    assert errors(answer) == {"text": said("fault.reason_left")}
    assert office.rows() == before


def test_an_extension_without_a_day_is_refused_under_it(office, slack):
    office.claimed()
    view = asked(office, slack)
    del field(view, "until")["element"]["initial_date"]
    assert set(errors(slack.submit(OLIVE, view, ground=GROUND, contact="02"))) == {"until"}


def test_a_case_that_is_overdue_cannot_be_extended(office, slack):
    office.claimed()
    view = asked(office, slack)
    office.clock.set(datetime(2026, 3, 10, 9, tzinfo=TAIPEI))
    told = said("fault.after_due", due=DUE)
    answer = slack.submit(OLIVE, view, ground=GROUND, contact=REPLY.contact, text="請稍候。")
    assert errors(answer) == {"until": told}
    slack.press(OLIVE, Button.EXTEND, ref(office))
    assert slack.ephemeral == told


def test_a_case_is_extended_once(office, slack):
    office.claimed()
    approved(office, slack)
    office.publish("S97944")
    slack.press(OLIVE, Button.EXTEND, ref(office))
    assert slack.ephemeral == said("fault.extended_already")


def test_a_matter_under_study_is_not_extended(office, slack):
    office.published(STUDY)
    casework.draft(office.desk, "S97944", OLIVE, REPLY)
    slack.press(OLIVE, Button.EXTEND, ref(office))
    assert slack.ephemeral == said("fault.under_study")


def test_only_the_officer_asks_for_more_time(office, slack):
    office.claimed()
    slack.press(OTTO, Button.EXTEND, ref(office))
    assert "officer" in slack.ephemeral.lower()


def test_a_notice_that_lay_about_until_the_case_was_due_goes_no_further(office, slack):
    office.claimed()
    view = extend(office, slack)["view"]
    office.clock.set(datetime(2026, 3, 10, 9, tzinfo=TAIPEI))
    answer = slack.submit(OLIVE, view)
    assert said("fault.after_due", due=DUE) in words_of(answer["view"])
    assert office.case().state is State.IN_PROGRESS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_preview_is_in_the_readers_language(office, slack, language):
    roster.import_people(office.desk, [replace(PEOPLE[0], locale=language)])
    office.claimed()
    assert texts.say(language, "extension.effect") in words_of(extend(office, slack)["view"])

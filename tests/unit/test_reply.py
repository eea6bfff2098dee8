import unicodedata
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.rules.errors import Fault, Invalid
from opendata.rules.reply import (
    DATED,
    MAX_CONTACT,
    MAX_STATUTE,
    MAX_TEXT,
    REASONS,
    TYPES,
    Closing,
    Doubt,
    Draft,
    Purpose,
    Reason,
    Reply,
    ReplyType,
    doubts,
    reply_hash,
    require,
    require_notice,
    tidied,
    tidy,
)

TODAY, LATER = date(2026, 3, 2), date(2026, 4, 30)
TEXT = "您好：您建議的資料因涉及個別廠商營業秘密，預計115年4月30日前另行回復。"
CONTACT = "廉政署綜合規劃組 02-23141000"

REPLIES = tuple(one for one in ReplyType if one is not ReplyType.PROGRESS)
OPEN = Reply(ReplyType.OPEN_OR_ON_REQUEST, TEXT, CONTACT, Closing.CLOSED)
REFUSAL = replace(OPEN, type=ReplyType.NOT_OPEN, reason=Reason.LAW, statute="刑事訴訟法第245條")
PLANNED = replace(OPEN, type=ReplyType.PLANNED, promised=LATER, item="A-17 廉政統計")
THANKS = replace(OPEN, type=ReplyType.THANKS)

# What every type may carry, well filled.
GOOD = {
    one: replace(
        OPEN,
        type=one,
        promised=LATER if one in DATED else None,
        reason=REASONS[one][0] if one in REASONS else None,
        statute="刑事訴訟法第245條" if REASONS.get(one, (None,))[0] is Reason.LAW else None,
    )
    for one in REPLIES
}
KIND = {one: kind for kind, types in TYPES.items() for one in types}


def faults(reply, kind=None):
    """Field and code of everything that is wrong."""
    try:
        require(reply, kind or KIND[reply.type], TODAY)
    except Invalid as refused:
        return [(fault.field, fault.code) for fault in refused.faults]
    return []


def hashed(reply, case="S97944", round_=1):
    return reply_hash(case, round_, reply)


# -- the hash that an approval binds to


@pytest.mark.parametrize(
    ("reply", "part", "other"),
    [
        (OPEN, "type", ReplyType.UNDER_STUDY),
        (OPEN, "text", TEXT + "。"),
        (OPEN, "contact", CONTACT + "1"),
        (OPEN, "closing", Closing.NOT_CLOSED),
        (PLANNED, "promised", date(2026, 5, 1)),
        (PLANNED, "item", "A-18 廉政統計"),
        (PLANNED, "item", None),
        (REFUSAL, "reason", Reason.QUALITY),
        (REFUSAL, "statute", "刑事訴訟法第246條"),
    ],
)
def test_another_reply_has_another_hash(reply, part, other):
    assert hashed(replace(reply, **{part: other})) != hashed(reply)


def test_every_part_of_a_reply_is_tried():
    tried = {"type", "text", "contact", "closing", "promised", "item", "reason", "statute"}
    assert {part.name for part in fields(Reply)} == tried


def test_the_same_words_for_another_case_or_round_have_another_hash():
    hashes = {hashed(OPEN), hashed(OPEN, case="S97944-2"), hashed(OPEN, round_=2)}
    assert len(hashes) == 3


@pytest.mark.parametrize("part", ["text", "contact"])
@pytest.mark.parametrize(
    "alike",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: f" \n\t\u3000{text}\u3000\r\n ",
    ],
)
def test_words_that_differ_in_normal_form_line_ends_or_outer_blanks_have_the_same_hash(part, alike):
    reply = replace(OPEN, text="第一行：Café\n第二行", contact="單位\nCafé 02-23141000")
    assert hashed(replace(reply, **{part: alike(getattr(reply, part))})) == hashed(reply)


@pytest.mark.parametrize(
    "text", ["第一行\n\n第二行", "第一行 第二行", "第一行\u3000第二行", "第一行，第二行"]
)
def test_blanks_and_signs_within_the_words_do_count(text):
    assert hashed(replace(OPEN, text=text)) != hashed(replace(OPEN, text="第一行\n第二行"))


@given(st.text())
def test_a_tidy_text_is_tidy_already(text):
    assert tidy(tidy(text)) == tidy(text)


@given(st.sampled_from(list(GOOD.values())), st.text(), st.text(), st.text() | st.none())
def test_a_reply_and_its_tidied_form_have_the_same_hash(reply, text, contact, item):
    written = replace(reply, text=text, contact=contact, item=item)
    assert tidied(tidied(written)) == tidied(written)
    assert hashed(tidied(written)) == hashed(written)


# -- parts that do not belong


@pytest.mark.parametrize("kept", REPLIES)
def test_a_reply_loses_the_parts_that_its_type_does_not_carry(kept):
    full = replace(OPEN, type=kept, promised=LATER, reason=Reason.LAW, statute="法", item="A-17")
    tidy_reply = tidied(full)
    carried = {
        "promised": kept in DATED,
        "reason": kept in REASONS,
        "statute": kept in REASONS,
        "item": kept is ReplyType.PLANNED,
    }
    assert {part: getattr(tidy_reply, part) is not None for part in carried} == carried


def test_a_statute_belongs_to_legal_reasons_only():
    assert tidied(replace(REFUSAL, reason=Reason.QUALITY)).statute is None


@pytest.mark.parametrize("blank", ["", " \n\u3000"])
def test_blank_parts_are_no_parts(blank):
    assert tidied(replace(REFUSAL, statute=blank)).statute is None
    assert tidied(replace(PLANNED, item=blank)).item is None


# -- what every reply must carry


@pytest.mark.parametrize("reply", GOOD.values(), ids=GOOD)
def test_a_well_filled_reply_of_each_type_is_taken(reply):
    assert faults(reply) == []


def test_every_type_answers_exactly_one_kind_of_feedback():
    assert sorted(one for types in TYPES.values() for one in types) == sorted(REPLIES)


@pytest.mark.parametrize("reply", GOOD.values(), ids=GOOD)
def test_a_type_that_answers_the_other_kind_is_refused(reply):
    other = {"comment": "suggestion", "suggestion": "comment"}[KIND[reply.type]]
    assert faults(reply, other) == [("type", "wrong_type")]


@pytest.mark.parametrize("field", ["text", "contact"])
def test_words_and_contact_are_required(field):
    assert faults(replace(OPEN, **{field: ""})) == [(field, "required")]


@pytest.mark.parametrize(
    ("reply", "field", "most"),
    [
        (OPEN, "text", MAX_TEXT),
        (OPEN, "contact", MAX_CONTACT),
        (REFUSAL, "statute", MAX_STATUTE),
    ],
)
def test_what_is_longer_than_the_form_takes_is_refused_with_both_lengths(reply, field, most):
    assert faults(replace(reply, **{field: "字" * most})) == []
    with pytest.raises(Invalid) as refused:
        require(replace(reply, **{field: "字" * (most + 1)}), KIND[reply.type], TODAY)
    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == (field, "too_long")
    assert dict(fault.params) == {"most": most, "length": most + 1}


@pytest.mark.parametrize("dated", sorted(DATED - {ReplyType.PROGRESS}))
def test_a_promise_has_a_date_after_today(dated):
    reply = GOOD[dated]
    assert faults(replace(reply, promised=None)) == [("promised", "required")]
    assert faults(replace(reply, promised=TODAY)) == [("promised", "not_in_future")]
    assert faults(replace(reply, promised=date(2026, 3, 3))) == []


@pytest.mark.parametrize("refusal", list(REASONS))
def test_a_refusal_has_a_reason_that_its_type_knows(refusal):
    reply = GOOD[refusal]
    assert faults(replace(reply, reason=None, statute=None)) == [("reason", "required")]
    for reason in set(Reason) - set(REASONS[refusal]):
        assert faults(replace(reply, reason=reason, statute=None)) == [("reason", "required")]


@pytest.mark.parametrize("refusal", list(REASONS))
def test_a_legal_reason_names_the_statute_and_no_other_reason_does(refusal):
    legal = replace(GOOD[refusal], reason=Reason.LAW, statute=None)
    assert faults(legal) == [("statute", "required")]
    assert faults(replace(legal, statute="政府資訊公開法第18條")) == []
    assert faults(replace(legal, reason=Reason.QUALITY)) == []


def test_everything_that_is_wrong_is_told_at_once():
    empty = Reply(ReplyType.PLANNED, "", "", Closing.CLOSED)
    assert faults(empty, "comment") == [
        ("type", "wrong_type"),
        ("text", "required"),
        ("contact", "required"),
        ("promised", "required"),
    ]


def test_a_progress_notice_answers_neither_kind_and_names_a_date():
    notice = replace(OPEN, type=ReplyType.PROGRESS, closing=Closing.NOT_CLOSED, promised=LATER)
    assert faults(notice, "suggestion") == faults(notice, "comment") == [("type", "wrong_type")]
    require_notice(notice, TODAY)
    with pytest.raises(Invalid) as refused:
        require_notice(replace(notice, promised=None), TODAY, Fault("ground", "required"))
    assert [(one.field, one.code) for one in refused.value.faults] == [
        ("promised", "required"),
        ("ground", "required"),
    ]
    assert notice.purpose is Purpose.PROGRESS_NOTICE


# -- purpose and co-signature


def test_only_a_matter_under_study_is_submitted_for_another_purpose_than_a_reply():
    purposes = {one: reply.purpose for one, reply in GOOD.items()}
    assert purposes.pop(ReplyType.UNDER_STUDY) is Purpose.UNDER_STUDY
    assert set(purposes.values()) == {Purpose.REPLY}


def test_a_refusal_to_open_on_legal_grounds_is_co_signed_and_nothing_else():
    assert REFUSAL.needs_cosign
    assert not replace(REFUSAL, reason=Reason.FEE).needs_cosign
    assert not replace(GOOD[ReplyType.NO_CHANGE], reason=Reason.LAW).needs_cosign


def test_a_draft_waits_for_its_co_signature_until_it_has_it():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    draft = Draft(1, Purpose.REPLY, ReplyType.NOT_OPEN, "0", "olive", at, needs_cosign=True)
    assert draft.awaits_cosign
    assert not replace(draft, cosigned_by="lena").awaits_cosign
    assert not replace(draft, needs_cosign=False).awaits_cosign


# -- what to look at once more


@pytest.mark.parametrize("reply", GOOD.values(), ids=GOOD)
def test_a_reply_that_tells_why_when_and_whom_to_ask_raises_no_doubt(reply):
    assert doubts(reply) == ()


@pytest.mark.parametrize(
    ("reply", "doubt"),
    [
        (replace(OPEN, text=f"{TEXT}王先生電話0912-345-678。"), Doubt.PERSONAL_DATA),
        (replace(OPEN, text="已開放，謝謝。"), Doubt.SHORT),
        (replace(OPEN, text=f"本案奉核後{TEXT}"), Doubt.INTERNAL_WORDS),
        (replace(OPEN, text=f"擬復如下：{TEXT}"), Doubt.INTERNAL_WORDS),
        (
            replace(REFUSAL, text="您好：您建議的這一項資料目前不予開放，敬請見諒，謝謝指教。"),
            Doubt.NO_REASON_TOLD,
        ),
        (
            replace(PLANNED, text="您好：您建議的這一項資料因尚待整理，將儘速開放，謝謝指教。"),
            Doubt.NO_DATE_TOLD,
        ),
        (replace(OPEN, contact="廉政署綜合規劃組"), Doubt.NO_WAY_TO_ASK),
    ],
)
def test_each_doubt_is_raised_by_what_it_is_about(reply, doubt):
    assert doubts(reply) == (doubt,)


@pytest.mark.parametrize("when", ["115年4月", "４月30日", "115/4/30", "年底", "六月底", "第三季"])
def test_a_date_is_recognised_in_every_form_that_offices_write(when):
    told = f"您好：您建議的這一項資料因尚待整理，將於{when}前開放，謝謝指教。"
    assert Doubt.NO_DATE_TOLD not in doubts(replace(PLANNED, text=told))


def test_thanks_may_be_short():
    assert doubts(replace(THANKS, text="謝謝您的鼓勵。")) == ()


@pytest.mark.parametrize("contact", ["綜合規劃組 02-23141000", "service@aac.moj.gov.tw", "分機12"])
def test_a_number_an_address_or_an_extension_is_a_way_to_ask(contact):
    assert Doubt.NO_WAY_TO_ASK not in doubts(replace(OPEN, contact=contact))


@pytest.mark.parametrize("unseen", list("\u200b\u202e\u2066\x00\ud800\ufeff\u200d"))
def test_what_is_kept_and_hashed_is_what_is_seen(unseen):
    seen = replace(OPEN, text="依法不公開。")
    hidden = replace(seen, text=f"依{unseen}法不公{unseen}開。{unseen}")
    assert tidied(hidden).text == "依法不公開。"
    assert reply_hash("S1", 1, hidden) == reply_hash("S1", 1, seen)


def test_tidying_twice_changes_nothing_more():
    for text in ("e\u200b\u0301", " \ufe0f\r\n甲\r乙\u200d ", "👨\u200d👩 \u200d"):
        assert tidy(tidy(text)) == tidy(text)


def test_what_stands_on_a_line_of_its_own_has_no_lines_of_its_own():
    told = replace(
        REFUSAL, contact="資訊處\n承諾日期：115年1月1日", statute="刑事訴訟法\r\n第245條"
    )
    assert tidied(told).contact == "資訊處 承諾日期：115年1月1日"
    assert tidied(told).statute == "刑事訴訟法 第245條"
    assert tidied(replace(PLANNED, item="A\n17")).item == "A 17"


def test_an_item_of_any_length_would_push_out_what_stands_after_it():
    with pytest.raises(Invalid) as refused:
        require(replace(PLANNED, item="項" * (MAX_STATUTE + 1)), "suggestion", TODAY)
    assert [fault.field for fault in refused.value.faults] == ["item"]

"""Bad input in every modal: it says what is wrong under the field, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from playwright.sync_api import Locator, expect

from opendata.rules.roc import TAIPEI
from tests.journeys.roads import CHANNEL, CONTACT, REPLY, approved, claimed, submitted, wrong
from tests.journeys.walk import Walk


def kept(walk: Walk, block: str, text: str) -> None:
    """What was typed still stands there."""
    field = walk.modal.locator(f'[data-block-id="{block}"] :is(input, textarea)')
    expect(field).to_have_value(text)


def still(walk: Walk, card: Locator, state: str) -> None:
    """The case has not moved."""
    walk.close()
    walk.see(card, state)


def test_a_draft_says_what_it_lacks_and_keeps_what_was_typed(walk: Walk) -> None:
    card = claimed(walk, "毒品犯罪資料想要多兩個欄位")
    walk.press(card, "draft")
    walk.fill("text", REPLY)
    walk.submit()
    wrong(walk, "type", "請填寫這個欄位")
    wrong(walk, "contact", "請填寫這個欄位")
    kept(walk, "text", REPLY)
    walk.picture("20-draft-lacks")

    walk.choose("type", "planned")
    walk.fill("contact", CONTACT)
    walk.fill("text", "長" * 3001)
    walk.submit()
    wrong(walk, "text", "超過字數上限")
    wrong(walk, "promised", "請填寫這個欄位")
    walk.fill("text", REPLY)
    walk.fill("promised", "2020-01-01")
    walk.submit()
    wrong(walk, "promised", "日期須晚於今日")
    kept(walk, "contact", CONTACT)
    walk.picture("21-draft-past-date")

    walk.choose("type", "not_open")
    walk.choose("reason", "law")
    walk.submit()
    wrong(walk, "statute", "必填")
    kept(walk, "text", REPLY)
    still(walk, card, "處理中")


def test_a_return_and_a_revocation_need_words(walk: Walk) -> None:
    card = claimed(walk, "毒品犯罪資料想要多兩個欄位")
    submitted(walk, card)
    walk.see(card, "核稿中")
    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    request = walk.message("【核稿】")
    walk.press(request, "return")
    walk.submit()
    wrong(walk, "reasons", "請填寫這個欄位")
    wrong(walk, "comment", "請填寫這個欄位")
    walk.tick("reasons", "用語請調整")
    walk.fill("comment", "   ")
    walk.submit()
    wrong(walk, "comment", "請填寫這個欄位")
    walk.picture("22-return-lacks")
    walk.close()
    walk.press(request, "pass")
    walk.see(request, "核稿通過")

    walk.be("U03CIO")
    walk.look_at("dm-bot")
    request = walk.message("【陳核】")
    walk.press(request, "approve")
    walk.see(request, "核准（")
    walk.press(request, "revoke")
    walk.submit()
    wrong(walk, "comment", "請填寫這個欄位")
    still(walk, request, "核准（")


def test_the_time_of_publication_lies_between_approval_and_now(walk: Walk) -> None:
    approved(walk, "毒品犯罪資料想要多兩個欄位")
    walk.be("U01OFFICER")
    walk.look_at("dm-bot")
    block = walk.message("請複製以下文字")
    walk.press(block, "publish")
    now = datetime.now(TAIPEI)
    for when, told in (
        (now - timedelta(days=2), "不可早於核准"),
        (now + timedelta(days=2), "不可晚於現在"),
    ):
        walk.fill("published_at", f"{when:%Y-%m-%dT%H:%M}")
        walk.submit()
        wrong(walk, "published_at", told)
    walk.picture("23-published-in-future")
    still(walk, block, "請複製以下文字")


def test_assigning_and_reassigning_need_somebody_else(walk: Walk) -> None:
    walk.be("U06DESK")
    walk.look_at(CHANNEL)
    card = walk.message("待認領", "請窗口分辦")
    walk.press(card, "assign")
    walk.submit()
    wrong(walk, "agency", "請填寫這個欄位")
    walk.picture("24-assign-lacks")
    still(walk, card, "待認領")

    card = claimed(walk, "毒品犯罪資料想要多兩個欄位")
    walk.be("U02HEAD")
    walk.press(card, "reassign")
    walk.submit()
    wrong(walk, "officer", "請填寫這個欄位")
    still(walk, card, "處理中")


def test_personal_data_is_not_shown_without_a_purpose(walk: Walk) -> None:
    walk.be("U01OFFICER")
    walk.look_at(CHANNEL)
    card = walk.message("已遮蔽個人資料", "機關 法務部｜")
    walk.press(card, "reveal")
    walk.fill("purpose", "  ")
    walk.submit()
    wrong(walk, "purpose", "請填寫這個欄位")
    walk.fill("purpose", "看" * 201)
    walk.submit()
    wrong(walk, "purpose", "超過字數上限")
    assert "0912-345-678" not in walk.page.content()
    walk.picture("25-reveal-lacks")

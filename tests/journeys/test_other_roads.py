"""The roads beside the main one: returned, recalled, co-signed, a deputy, an outsider."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.roads import CHANNEL, CONTACT, REPLY, claimed, submitted
from tests.journeys.walk import Walk


def test_a_returned_draft_is_mended_and_a_deputy_approves_it(walk: Walk) -> None:
    card = claimed(walk, "毒品犯罪資料想要多兩個欄位")
    submitted(walk, card)
    walk.see(card, "核稿中")

    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    request = walk.message("【核稿】")
    walk.press(request, "return")
    walk.tick("reasons", "未載明日期或聯絡窗口")
    walk.fill("comment", "請補上預計更新的日期。")
    walk.picture("11-return")
    walk.submit()
    walk.see(request, "退回修正")

    walk.be("U01OFFICER")
    walk.look_at("dm-bot")
    walk.see(walk.message("請修正："), "請補上預計更新的日期。")
    walk.look_at(CHANNEL)
    submitted(walk, card, REPLY + "預計115年12月31日更新。")

    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    request = walk.message("【核稿】")
    walk.see(request, "第2次陳核")
    walk.press(request, "pass")
    walk.see(request, "核稿通過")

    walk.be("U04DEPUTY")
    walk.look_at("dm-bot")
    request = walk.message("【陳核】")
    walk.press(request, "approve")
    walk.see(request, "吳淑芬")
    walk.see(request, "核准（")
    walk.picture("12-deputy")

    walk.be("U03CIO")
    walk.look_at("dm-bot")
    walk.see(walk.message("【陳核】"), "吳淑芬")


def test_a_recalled_draft_is_mended_and_submitted_again(walk: Walk) -> None:
    card = claimed(walk, "毒品犯罪資料想要多兩個欄位")
    submitted(walk, card)
    walk.see(card, "核稿中")
    walk.press(card, "recall")
    walk.see(card, "處理中")
    walk.picture("17-recalled")

    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    request = walk.message("【核稿】")
    walk.see(request, "抽回")
    expect(request.locator('[data-action-id="pass"]')).to_have_count(0)

    walk.be("U01OFFICER")
    walk.look_at(CHANNEL)
    submitted(walk, card, REPLY + "預計115年12月31日更新。")
    walk.see(card, "核稿中")
    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    walk.see(walk.message("【核稿】"), "第2次陳核")


def test_a_refusal_on_legal_grounds_waits_for_the_legal_unit(walk: Walk) -> None:
    card = claimed(walk, "請開放律師懲戒決議書")
    walk.press(card, "draft")
    walk.choose("type", "not_open")
    walk.see(walk.modal, "理由類別")
    walk.fill("text", REPLY)
    walk.fill("contact", CONTACT)
    walk.choose("reason", "law")
    walk.submit()
    walk.see(walk.modal.get_by_test_id("modal-error"), "必填")
    walk.fill("statute", "刑事訴訟法第245條")
    walk.submit()
    walk.see(walk.modal, "須經法制單位會簽")
    walk.picture("13-needs-cosign")
    walk.close()

    walk.be("U05LEGAL")
    walk.look_at("dm-bot")
    request = walk.message("【會簽】")
    walk.see(request, "刑事訴訟法第245條")
    walk.press(request, "cosign")
    walk.see(request, "已會簽同意")

    walk.be("U01OFFICER")
    walk.look_at(CHANNEL)
    walk.press(card, "preview")
    walk.see(walk.modal, "法制單位已會簽同意")
    walk.submit()
    walk.see(card, "核稿中")


def test_personal_data_is_shown_only_for_a_purpose_and_leaves_a_trace(walk: Walk) -> None:
    walk.be("U01OFFICER")
    walk.look_at(CHANNEL)
    card = walk.message("已遮蔽個人資料", "機關 法務部｜")
    assert "0912-345-678" not in walk.page.content()
    walk.press(card, "reveal")
    walk.fill("purpose", "查明公告附件")
    walk.submit()
    walk.see(walk.modal, "0912-345-678")
    walk.picture("14-revealed")
    walk.close()
    walk.press(card, "details")
    walk.see(walk.modal, "查看個人資料原文")


def test_an_outsider_gets_the_help_and_nothing_else(walk: Walk) -> None:
    walk.be("U99OUTSIDER")
    walk.look_at("home")
    walk.see(walk.page.get_by_test_id("home-view"), "尚未列入人員名冊")
    walk.look_at("dm-bot")
    walk.say("/opendata status")
    told = walk.page.get_by_test_id("ephemeral").last
    walk.see(told, "尚未列入人員名冊")
    walk.see(told, "/opendata 說明")
    walk.picture("15-outsider")


def test_somebody_of_another_role_hears_why_not(walk: Walk) -> None:
    walk.be("U03CIO")
    walk.look_at(CHANNEL)
    walk.press(walk.message("待認領"), "claim")
    walk.see(walk.page.get_by_test_id("ephemeral").last, "「認領」由本案機關的承辦人辦理")
    walk.picture("16-refused")

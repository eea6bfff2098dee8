"""The main job, walked in a browser: from a citizen's opinion to a number in the status."""

from __future__ import annotations

from tests.journeys.walk import Walk

REPLY = (
    "您好：您建議的資料，本部已於政府資料開放平臺提供，資料每季更新，可直接下載使用。"
    "因統計方式不同，與年報數字略有差異。如有疑問，請洽資訊處。法務部　敬復"
)
CONTACT = "資訊處王小姐，02-2191-0189，opendata@example.gov.tw"


def test_a_case_travels_from_claim_to_status(walk: Walk) -> None:
    walk.be("U01OFFICER")
    walk.look_at("channel-法務部-資料開放")
    card = walk.message("我想要更多", "待認領")
    walk.see(card, "期限")
    walk.picture("01-card")
    case = card.inner_text().split("】")[1].split("｜")[0].strip()
    card = walk.message(f"】{case}｜")

    walk.press(card, "claim")
    walk.see(card, "處理中")
    walk.see(card, "林怡君")
    walk.picture("02-claimed")

    walk.press(card, "draft")
    walk.choose("type", "open_or_on_request")
    walk.fill("text", REPLY)
    walk.fill("contact", CONTACT)
    walk.picture("03-draft")
    walk.submit()
    walk.see(walk.modal, "擬稿已儲存")
    walk.see(walk.modal, "雜湊值")
    walk.picture("04-preview")
    walk.submit()
    walk.see(card, "核稿中")

    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    request = walk.message("【核稿】", case)
    walk.see(request, REPLY)
    walk.picture("05-review")
    walk.press(request, "pass")
    walk.see(request, "核稿通過")

    walk.be("U03CIO")
    walk.look_at("dm-bot")
    request = walk.message("【陳核】", case)
    walk.see(request, REPLY)
    walk.picture("06-approval")
    walk.press(request, "approve")
    walk.see(request, "核准（資訊長）")

    walk.be("U01OFFICER")
    walk.look_at("dm-bot")
    block = walk.message(case, "請複製以下文字")
    walk.see(block, REPLY)
    walk.picture("07-to-publish")
    walk.press(block, "publish")
    walk.picture("08-published-at")
    walk.submit()
    walk.see(walk.message(case), "在平臺回復")

    walk.look_at("channel-法務部-資料開放")
    walk.see(card, "已回復")
    walk.say("/opendata status")
    told = walk.page.get_by_test_id("ephemeral").last
    walk.see(told, "7日內回復")
    walk.see(told, "資訊長1件")
    walk.picture("09-status")
    walk.look_at("home")
    walk.picture("10-home")

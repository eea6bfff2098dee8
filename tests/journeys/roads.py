"""Roads that several journeys begin with: a case claimed, submitted, approved."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.journeys.walk import Walk

CHANNEL = "channel-法務部-資料開放"
REPLY = "您好：因涉及偵查不公開，依法不予公開，敬請見諒。如有疑問，請洽本部資訊處，02-2191-0189。"
CONTACT = "資訊處，02-2191-0189"


def claimed(walk: Walk, text: str) -> Locator:
    """The card of a case, claimed by the officer."""
    walk.be("U01OFFICER")
    walk.look_at(CHANNEL)
    card = walk.message(text, "待認領")
    case = card.inner_text().split("】")[1].split("｜")[0].strip()
    card = walk.message(f"】{case}｜")
    walk.press(card, "claim")
    walk.see(card, "處理中")
    return card


def submitted(walk: Walk, card: Locator, text: str = REPLY) -> None:
    """Write the reply and hand it in."""
    walk.press(card, "draft")
    walk.choose("type", "open_or_on_request")
    walk.fill("text", text)
    walk.fill("contact", CONTACT)
    walk.submit()
    walk.see(walk.modal, "擬稿已儲存")
    walk.submit()


def awaiting(walk: Walk, text: str) -> Locator:
    """The card of a case that waits for the CIO."""
    card = claimed(walk, text)
    submitted(walk, card)
    walk.see(card, "核稿中")
    walk.be("U02HEAD")
    walk.look_at("dm-bot")
    request = walk.message("【核稿】")
    walk.press(request, "pass")
    walk.see(request, "核稿通過")
    return card


def approved(walk: Walk, text: str) -> Locator:
    """The card of a case that the CIO has approved."""
    card = awaiting(walk, text)
    walk.be("U03CIO")
    walk.look_at("dm-bot")
    request = walk.message("【陳核】")
    walk.press(request, "approve")
    walk.see(request, "核准（")
    return card

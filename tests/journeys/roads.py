"""Roads that several journeys begin with: a case claimed, submitted, approved."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.journeys.walk import Walk

OFFICER, SECOND, HEAD, CIO = "U01OFFICER", "U10OFFICER", "U02HEAD", "U03CIO"
DEPUTY, COORDINATOR = "U04DEPUTY", "U06DESK"
CHANNEL = "channel-法務部-資料開放"
REPLY = "您好：因涉及偵查不公開，依法不予公開，敬請見諒。如有疑問，請洽本部資訊處，02-2191-0189。"
CONTACT = "資訊處，02-2191-0189"


def claimed(walk: Walk, text: str, officer: str = OFFICER) -> Locator:
    """The card of a case, claimed by an officer."""
    walk.be(officer)
    walk.look_at(CHANNEL)
    # As a card has it: digests name unclaimed cases too.
    card = walk.message(text, "狀態 待認領")
    case = card.inner_text().split("】")[1].split("｜")[0].strip()
    card = walk.message(f"】{case}｜", "機關 ")
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


def awaiting(walk: Walk, text: str, officer: str = OFFICER) -> Locator:
    """The card of a case that waits for the CIO."""
    card = claimed(walk, text, officer)
    submitted(walk, card)
    passed(walk, card)
    return card


def passed(walk: Walk, card: Locator, heading: str = "【核稿】") -> None:
    """The section head reads what was submitted last, and lets it go on."""
    walk.see(card, "核稿中")
    walk.read(HEAD)
    request = walk.message(heading)
    walk.press(request, "pass")
    walk.see(request, "核稿通過")


def approve(walk: Walk, heading: str = "【陳核】", approver: str = CIO) -> None:
    """The CIO, or a deputy, approves what was passed last."""
    walk.read(approver)
    request = walk.message(heading)
    walk.press(request, "approve")
    walk.see(request, "核准（")


def approved(walk: Walk, text: str) -> Locator:
    """The card of a case that the CIO has approved."""
    card = awaiting(walk, text)
    approve(walk)
    return card


def publish(walk: Walk, officer: str = OFFICER, heading: str = "請複製以下文字") -> None:
    """The officer reports that what was approved stands on the platform."""
    walk.read(officer)
    block = walk.message(heading)
    walk.press(block, "publish")
    walk.submit()
    expect(walk.modal).to_be_hidden()


def card_of(walk: Walk, case: str) -> Locator:
    """The card of a case in the ministry's channel."""
    walk.look_at(CHANNEL)
    return walk.message(f"】{case}｜", "機關 ")


def status(walk: Walk) -> Locator:
    """How many were answered in time, as the desk counts now."""
    shown = walk.page.get_by_test_id("ephemeral")
    before = shown.count()
    walk.say("/opendata status")
    expect(shown).to_have_count(before + 1)
    return shown.last


def hand_in(walk: Walk, name: str, text: str) -> None:
    """Choose a file in the modal of the import, and send it."""
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    walk.modal.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(walk.modal).to_contain_text(name)
    walk.submit()


def imported(walk: Walk, name: str, text: str) -> None:
    """The coordinator brings a file, and all of it is taken."""
    walk.read(COORDINATOR)
    walk.say("/opendata import")
    hand_in(walk, name, text)
    walk.see(walk.modal, "未匯入0筆")
    walk.close()


def wrong(walk: Walk, block: str, text: str) -> None:
    """The field says what is wrong with it."""
    walk.see(walk.modal.locator(f'[data-block-id="{block}"]').get_by_test_id("modal-error"), text)


def refused(walk: Walk, text: str) -> None:
    """Whoever pressed hears why not."""
    walk.see(walk.page.get_by_test_id("ephemeral").last, text)

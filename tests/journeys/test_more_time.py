"""What an officer answers to a reminder before a case is due, and what is refused behind it.

Both cases are due on Tuesday 10 March 115; an extension reaches to Tuesday the 17th.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import letters
from tests.journeys.roads import (
    CONTACT,
    COORDINATOR,
    OFFICER,
    SECOND,
    approve,
    card_of,
    claimed,
    passed,
    publish,
    refused,
    wrong,
)
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
TUESDAY = (
    ("9300301", "公布各監所每日收容人數", "2026-03-03 09:30"),
    ("9300302", "請開放律師懲戒統計資料", "2026-03-03 15:05"),
)
NOTICE = "您好：您的建議須向各矯正機關確認，預計{until}前再次回復您。法務部　敬復"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-03-04T09:30", *TUESDAY)


def test_an_officer_asks_for_more_time_or_help_and_puts_a_reminder_off(walk: Walk) -> None:
    claimed(walk, TUESDAY[0][1])
    claimed(walk, TUESDAY[1][1], SECOND)
    walk.turn("2026-03-05")
    walk.read(OFFICER)
    reminder = walk.message("S9300301", "還有3個工作日")
    asks_for_help(walk, reminder)
    asks_for_more_time(walk, reminder)
    card = card_of(walk, "S9300301")
    passed(walk, card, "【展延】")
    approve(walk, "【展延】")
    walk.picture("63-extension-approved")
    publish(walk, heading="進度通知")
    walk.see(walk.message("S9300301", "在平臺公布"), "期限改為115年3月17日（星期二）")
    card = card_of(walk, "S9300301")
    walk.see(card, "115年3月17日（星期二）")
    walk.see(card, "已展延，原期限115年3月10日（星期二）")
    walk.picture("64-both-dates")
    expect(card.locator('[data-action-id="extend"]')).to_have_count(0)
    walk.look_at("dm-bot")
    walk.press(reminder, "extend")
    refused(walk, "每次回復以展延一次為限，本案已展延")

    other = puts_it_off(walk)
    walk.turn("2026-03-11")
    expect(walk.message("仍由您辦理嗎")).to_have_count(0)
    walk.see(walk.message("S9300302", "逾期1個工作日"), "請於今日擬具回復")
    walk.press(other, "extend")
    refused(walk, "期限115年3月10日（星期二）已過，逾期後不能展延")
    walk.press(other, "snooze")
    refused(walk, "須早於期限115年3月10日（星期二）")
    walk.picture("66-too-late")
    walk.look_at("dm-bot")


def asks_for_help(walk: Walk, reminder: Locator) -> None:
    """The coordinator is told; the case stays with its officer."""
    walk.press(reminder, "help")
    refused(walk, "已通知資訊處窗口，S9300301將由其接手協調")
    walk.read(COORDINATOR)
    wanted = walk.message("請求協助", "S9300301")
    walk.see(wanted, "林怡君")
    expect(wanted.locator('[data-action-id="reassign"]')).to_be_visible()
    walk.picture("60-help")
    walk.read(OFFICER)


def asks_for_more_time(walk: Walk, reminder: Locator) -> None:
    """The date lies behind the due date, on a workday, and no further than the promise is long."""
    walk.press(reminder, "extend")
    walk.see(walk.modal, "115年3月11日（星期三）至115年3月17日（星期二）間的上班日")
    walk.fill("until", "2026-03-18")
    walk.submit()
    wrong(walk, "ground", "請填寫這個欄位")
    walk.fill("ground", "須向各矯正機關確認可公開的範圍。")
    walk.fill("contact", CONTACT)
    walk.submit()
    wrong(walk, "text", "請以實際原因取代「（請說明原因）」")
    walk.fill("text", NOTICE.format(until="115年3月17日"))
    walk.submit()
    wrong(walk, "until", "須在115年3月11日（星期三）至115年3月17日（星期二）之間")
    walk.fill("until", "2026-03-14")
    walk.submit()
    wrong(walk, "until", "115年3月14日（星期六）不是上班日")
    walk.picture("61-extension-on-a-saturday")
    walk.fill("until", "2026-03-17")
    walk.submit()
    walk.see(walk.modal, "擬稿已儲存")
    walk.picture("62-extension")
    walk.submit()
    expect(walk.modal).to_be_hidden()


def puts_it_off(walk: Walk) -> Locator:
    """稍後提醒: to the last morning before the due date."""
    walk.read(SECOND)
    reminder = walk.message("S9300302", "還有3個工作日")
    walk.press(reminder, "snooze")
    walk.see(walk.modal, "哪一天上午再提醒")
    walk.choose("until", "2026-03-09")
    walk.picture("65-snooze")
    walk.submit()
    expect(walk.modal).to_be_hidden()
    walk.turn("2026-03-09")
    walk.see(walk.message("S9300302", "還有1個工作日"), "建議今日送出")
    return reminder

"""Files handed in, Slack failing on purpose, and a demo that starts over: all for real."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.roads import CHANNEL, COORDINATOR, claimed, hand_in, wrong
from tests.journeys.walk import Walk
from tests.office_calendar import Row, calendar_file, with_day

GOOD = "slack_user_id,name,agency,roles,locale,active\nU20NEW,高美惠,法務部,承辦人,zh,是\n"
BAD = GOOD + "U21BAD,無處,沒有這個機關,承辦人,zh,是\nU22BAD,某人,法務部,魔術師,zh,是\n"
WRONG = "狗,貓\n1,2\n"
# The holidays of the United States on weekdays of 2026.
ABROAD = {
    *("20260101", "20260119", "20260216", "20260525", "20260619"),
    *("20260703", "20260907", "20261012", "20261126", "20261225"),
}


def test_the_coordinator_hands_in_a_file_and_sees_what_became_of_each_row(walk: Walk) -> None:
    walk.be("U06DESK")
    walk.look_at("dm-bot")
    walk.say("/opendata import")
    walk.see(walk.modal, "匯入")
    walk.submit()
    walk.see(walk.modal.get_by_test_id("modal-error"), "請填寫這個欄位")
    hand_in(walk, "animals.csv", WRONG)
    walk.see(walk.modal.get_by_test_id("modal-error"), "欄")
    walk.picture("30-import-wrong")
    walk.close()
    expect(walk.modal).to_be_hidden()
    walk.say("/opendata 匯入")
    hand_in(walk, "people.csv", BAD)
    walk.see(walk.modal, "匯入1筆，未匯入2筆")
    walk.see(walk.modal, "第3行")
    walk.picture("31-imported")
    walk.close()
    walk.be("U20NEW")
    walk.look_at("dm-bot")
    walk.say("/opendata 清單")
    walk.see(walk.page.get_by_test_id("ephemeral").last, "未結案件")


def abroad(rows: list[Row]) -> list[Row]:
    """Weekends and another country's holidays off."""
    return [
        (day, week, "2" if week in "六日" or day in ABROAD else "0", "") for day, week, *_ in rows
    ]


def test_a_year_is_shown_before_it_is_taken_and_another_country_s_is_not(walk: Walk) -> None:
    walk.read(COORDINATOR)
    walk.say("/opendata import")
    hand_in(walk, "us-2026.csv", calendar_file(abroad).decode())
    wrong(walk, "file", "應不是我國的辦公日曆表")
    walk.picture("36-another-country")
    walk.modal.get_by_test_id("file-remove").click()
    hand_in(walk, "115.csv", calendar_file(with_day("20261224", "2", "調整放假")).decode())
    walk.see(walk.modal, "115年：與現有內容相差1日")
    walk.see(walk.modal, "115年12月24日（星期四）　改為放假")
    walk.picture("37-calendar-preview")
    walk.submit()
    walk.see(walk.modal, "匯入1個年度，0行有誤")
    walk.close()


def test_somebody_else_is_told_who_imports(walk: Walk) -> None:
    walk.be("U01OFFICER")
    walk.look_at("dm-bot")
    walk.say("/opendata import")
    walk.see(walk.page.get_by_test_id("ephemeral").last, "不能辦理這項作業")


def test_while_slack_fails_nothing_is_lost_and_the_coordinator_is_told(walk: Walk) -> None:
    walk.fault("removed_from_channel", percent=100)
    walk.page.get_by_test_id("faults-open").click()
    walk.picture("33-faults")
    walk.page.get_by_test_id("faults-open").click()
    walk.be("U06DESK")
    walk.look_at(CHANNEL)
    walk.press(walk.message("待認領", "請窗口分辦"), "assign")
    walk.choose("agency", "aoc")
    walk.submit()
    walk.look_at("dm-bot")
    notice = walk.message("收不到資料開放的訊息")
    walk.see(notice, "/invite")
    walk.say("/opendata status")
    walk.see(walk.page.get_by_test_id("ephemeral").last, "送不出去")
    walk.picture("32-parked")
    walk.fault("removed_from_channel", percent=0)


def test_a_demo_starts_over(walk: Walk) -> None:
    card = claimed(walk, "毒品犯罪資料想要多兩個欄位")
    walk.see(card, "處理中")
    walk.page.get_by_test_id("start-over").click()
    walk.page.get_by_test_id("confirm-yes").click()
    walk.settle()
    walk.be("U01OFFICER")
    walk.look_at(CHANNEL)
    walk.see(walk.message("毒品犯罪資料想要多兩個欄位"), "待認領")

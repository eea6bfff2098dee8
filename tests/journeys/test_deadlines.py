"""Over Lunar New Year: reminded before the rest, not in it, overdue behind it, then escalated.

What citizens write on the weekend of 7 February 115 is due on the first day back, the 23rd.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import letters
from tests.journeys.roads import (
    CHANNEL,
    CIO,
    COORDINATOR,
    HEAD,
    OFFICER,
    SECOND,
    approve,
    card_of,
    claimed,
    passed,
    publish,
    submitted,
    wrong,
)
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
WEEKEND = (
    ("9300101", "公布各監所每日收容人數", "2026-02-07 10:12"),
    ("9300102", "請開放律師懲戒統計資料", "2026-02-08 20:40"),
)
REST = {date(2026, 2, day) for day in range(14, 23)}


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-02-06T09:00")


def test_a_case_is_reminded_of_escalated_and_answered(walk: Walk, tmp_path: Path) -> None:
    walk.turn("2026-02-09")
    letters.send(walk.page, tmp_path, *WEEKEND)
    walk.see(claimed(walk, WEEKEND[0][1]), "115年2月23日")
    claimed(walk, WEEKEND[1][1], SECOND)
    before_the_rest(walk)
    first_day_back(walk)
    overdue(walk)
    the_cio_decides(walk)

    walk.be(OFFICER)
    card = card_of(walk, "S9300101")
    submitted(walk, card)
    passed(walk, card)
    approve(walk)
    publish(walk)
    walk.read(CIO)
    over = walk.message("【逾期陳報】", "S9300101")
    walk.see(over, "本案目前「已回復」，不再逾期")
    walk.see(walk.message("【逾期陳報】", "S9300102"), "核示：同意")
    walk.picture("48-escalation-is-over", over)


def before_the_rest(walk: Walk) -> None:
    """One officer says that the case is still theirs; the other says nothing."""
    walk.turn("2026-02-11")
    walk.read(OFFICER)
    reminder = walk.message("還有3個工作日")
    walk.see(reminder, "建議於115年2月13日（星期五）前送出")

    walk.turn("2026-02-12")
    question = walk.message("S9300101", "仍由您辦理嗎")
    walk.picture("40-still-yours")
    walk.press(question, "keep")
    walk.see(walk.message("S9300101", "仍由我辦理。"), "林怡君")

    walk.turn("2026-02-13")
    digest = walk.message("摘要（1件）")
    walk.see(digest, "春節連假自115年2月14日（星期六）至115年2月22日（星期日）")
    walk.see(digest, "1件將於連假後首個上班日115年2月23日（星期一）屆期")
    walk.picture("41-before-the-rest")
    walk.read(SECOND)
    walk.see(walk.message("S9300102", "已退回待認領"), "詢問後未獲回應")
    walk.look_at(CHANNEL)
    walk.see(walk.message("摘要（1件）"), "S9300102")


def first_day_back(walk: Walk) -> None:
    """Nobody was disturbed; at nine they hear what is due, and at two once more."""
    walk.turn("2026-02-23")
    walk.see(walk.message("連假後首個上班日，未結"), "S9300102")
    assert not REST & walk.days()
    for person in (SECOND, HEAD, COORDINATOR, CIO, OFFICER):
        walk.read(person)
        assert not REST & walk.days()
    walk.see(walk.message("連假後首個上班日，未結"), "今日屆期")
    walk.turn("2026-02-23T14:00")
    walk.see(walk.message("請於下班前擬具回復並送陳核"), "S9300101")
    walk.picture("42-first-day-back")


def overdue(walk: Walk) -> None:
    """Each workday one more is told."""
    walk.turn("2026-02-24")
    walk.see(walk.message("逾期1個工作日"), "請於今日擬具回復並送陳核")
    walk.press(walk.message("S9300101", "仍由您辦理嗎"), "keep")
    for person in (HEAD, COORDINATOR, CIO):
        walk.read(person)
        expect(walk.page.get_by_test_id("message")).to_have_count(0)
    told = {"2026-02-25": HEAD, "2026-02-26": COORDINATOR, "2026-03-02": CIO}
    for n, (day, person) in enumerate(told.items(), 2):
        walk.read(person)
        walk.turn(day)
        walk.see(walk.message("摘要（2件）", f"逾期{n}個工作日"), "S9300101")
        walk.picture(f"43-overdue-{n}")


def the_cio_decides(walk: Walk) -> None:
    """同意 to one proposal, 另作指示 to the other; whoever is concerned is told."""
    agreed, other = (walk.message("【逾期陳報】", f"S930010{n}") for n in (2, 1))
    walk.see(agreed, "擬請：由法務部於今日指定承辦人")
    walk.see(other, "陳請核示")
    walk.picture("44-escalation")
    walk.press(agreed, "agree")
    walk.see(agreed, "核示：同意")
    walk.press(other, "instruct")
    walk.submit()
    wrong(walk, "words", "請填寫這個欄位")
    walk.picture("45-instruct-lacks")
    walk.fill("words", "請先以現有月報回復，每日資料另案研議。")
    walk.submit()
    walk.see(other, "每日資料另案研議")
    walk.picture("46-instructed")
    walk.read(COORDINATOR)
    walk.see(walk.message("逾期陳報已有核示", "S9300102"), "同意")
    walk.read(OFFICER)
    walk.see(walk.message("逾期陳報已有核示", "S9300101"), "每日資料另案研議")
    walk.picture("47-officer-is-told")

"""A typhoon day that is entered the day after: what was late is in time, what is due rolls on.

Friday 10 July 115 is when both cases are due; that day the offices in 臺北市 were closed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import letters
from tests.journeys.roads import (
    CIO,
    COORDINATOR,
    OFFICER,
    SECOND,
    approve,
    card_of,
    claimed,
    passed,
    publish,
    refused,
    status,
    submitted,
    wrong,
)
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
FRIDAY = (
    ("9300201", "公布各監所每日收容人數", "2026-07-03 09:30"),
    ("9300202", "請開放律師懲戒統計資料", "2026-07-03 15:05"),
)


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-07-08T09:30", *FRIDAY)


def test_a_closure_entered_the_day_after_moves_what_was_due_on_it(walk: Walk) -> None:
    answered = claimed(walk, FRIDAY[0][1])
    claimed(walk, FRIDAY[1][1], SECOND)
    walk.turn("2026-07-13")
    walk.read(SECOND)
    walk.see(walk.message("S9300202", "逾期1個工作日"), "115年7月10日")
    walk.be(OFFICER)
    card = card_of(walk, "S9300201")
    submitted(walk, card)
    passed(walk, card)
    approve(walk)
    publish(walk)
    nobody_else_enters(walk)

    walk.read(COORDINATOR)
    late = status(walk)
    walk.see(late, "7日內回復　0／2件")
    walk.see(late, "逾期後回復　1件　　逾期未回復　1件")
    walk.picture("50-late")
    walk.say("/opendata calendar")
    walk.press(calendar(walk), "closure")
    walk.fill("day", "2026-07-10")
    walk.choose("county", "")
    walk.submit()
    wrong(walk, "county", "請填寫這個欄位")
    walk.picture("51-closure-without-county")
    walk.choose("county", "臺北市")
    walk.submit()
    walk.see(walk.modal, "登錄：115年7月10日（星期五）臺北市停止上班")
    walk.see(walk.modal, "期限因此變更之未結案件：1件")
    walk.see(walk.modal, "S9300202　115年7月10日")
    walk.picture("52-entered")
    walk.close()
    in_time(walk)
    walk.picture("53-in-time")
    it_is_explained(walk, answered)
    the_escalation_is_withdrawn(walk)


def calendar(walk: Walk) -> Locator:
    """What was answered to the command."""
    shown = walk.page.get_by_test_id("ephemeral").last
    walk.see(shown, "辦公日曆")
    return shown


def nobody_else_enters(walk: Walk) -> None:
    """The officer looks at the calendar, and finds no button; nor can files be handed in."""
    walk.say("/opendata calendar")
    expect(calendar(walk).locator('[data-action-id="closure"]')).to_have_count(0)
    walk.say("/opendata import")
    refused(walk, "您不能辦理這項作業")


def in_time(walk: Walk) -> None:
    """The cases are counted anew within moments, and an hour later everybody knows."""
    walk.turn("2026-07-13T10:00")
    walk.read(SECOND)
    told = walk.message("S9300202", "因停止上班")
    walk.see(told, "由115年7月10日（星期五）改為115年7月13日（星期一）")
    walk.press(told, "why")
    walk.see(walk.modal, "115年7月10日（星期五）　第7日，末日順延（停止上班")
    walk.see(walk.modal, "115年7月13日（星期一）　屆期")
    walk.picture("54-why")
    walk.close()
    walk.read(COORDINATOR)
    counted = status(walk)
    walk.see(counted, "7日內回復　1／1件")
    walk.see(counted, "逾期後回復　0件　　逾期未回復　0件")


def it_is_explained(walk: Walk, answered: Locator) -> None:
    """On the card; of what was answered, in its history and by the command."""
    walk.see(card_of(walk, "S9300202"), "115年7月13日（星期一）（今日屆期）")
    walk.press(answered, "details")
    walk.see(walk.modal, "重算期限")
    walk.close()
    walk.look_at("dm-bot")
    walk.say("/opendata due S9300201")
    told = walk.page.get_by_test_id("ephemeral").last
    walk.see(told, "因停止上班重算，期限由115年7月10日（星期五）改為115年7月13日（星期一）")
    walk.picture("55-due")


def the_escalation_is_withdrawn(walk: Walk) -> None:
    """Another closure comes to light when the CIO has been called."""
    walk.turn("2026-07-17")
    walk.read(CIO)
    report = walk.message("【逾期陳報】", "S9300202")
    walk.see(report, "逾期4個工作日")
    walk.read(COORDINATOR)
    walk.say("/opendata calendar")
    walk.press(calendar(walk), "closure")
    walk.fill("day", "2026-07-13")
    walk.submit()
    walk.see(walk.modal, "期限因此變更之未結案件：1件")
    walk.close()
    walk.read(CIO)
    walk.see(report, "期限已改為115年7月14日（星期二），逾期3個工作日")
    expect(report.locator('[data-action-id="agree"]')).to_have_count(0)
    walk.picture("56-withdrawn")

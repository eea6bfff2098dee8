"""The CIO abroad with a deputy for two days, then gone without one, then succeeded.

One case is due on Friday 17 April 115, the other on the Monday after.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.journeys import letters
from tests.journeys.roads import CHANNEL, CIO, DEPUTY, awaiting, imported, refused
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
LETTERS = (
    ("9300401", "公布各監所每日收容人數", "2026-04-10 09:30"),
    ("9300402", "請開放律師懲戒統計資料", "2026-04-13 08:05"),
)
DEPUTIES = "for,by,from,to,form,ground\n"
ABROAD = DEPUTIES + f"{CIO},{DEPUTY},115/4/13,115/4/14,代,赴日本出席開放資料會議\n"
ACTING = "U05LEGAL"
VACANT = DEPUTIES + f"{CIO},{ACTING},115/4/17,115/6/30,代理,資訊長職缺，奉核代理\n"
LEFT = f"slack_user_id,name,agency,roles,locale,active\n{CIO},周明德,法務部,資訊長,zh,離職\n"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-04-13T09:30", *LETTERS)


def test_cases_wait_for_whoever_may_approve_on_the_day(walk: Walk) -> None:
    imported(walk, "deputies.csv", ABROAD)
    _, card = (awaiting(walk, title) for _, title, _ in LETTERS)
    walk.turn("2026-04-14")
    for person in (CIO, DEPUTY):
        walk.read(person)
        walk.see(walk.message("待您核准2件"), "S9300401")
    walk.press(walk.message("待您核准2件"), "decide")
    walk.see(walk.modal, "陳請核示")
    walk.picture("70-deputy-decides")
    walk.press(walk.modal, "approve")
    walk.close()
    decided = walk.message("【陳核】", "S9300401")
    walk.see(decided, "吳淑芬")
    walk.see(decided, "核准（代）")
    walk.picture("71-deputy-approved", decided)

    # The term is over: the deputy hears no more, and the button of before is refused.
    walk.turn("2026-04-15")
    assert date(2026, 4, 15) not in walk.days()
    walk.press(walk.message("【陳核】", "S9300402"), "approve")
    refused(walk, "「核准」由本案機關的資訊長")
    walk.picture("72-term-is-over")
    walk.read(CIO)
    walk.see(walk.message("待您核准1件", "S9300402"), "還有3個工作日")

    imported(walk, "people.csv", LEFT)
    walk.turn("2026-04-17")
    nobody = walk.message("已送核，但今日沒有可核准的人員1件")
    walk.see(nobody, "S9300402")
    walk.see(nobody, "請設定代理人")
    walk.picture("73-nobody-may")
    imported(walk, "successor.csv", VACANT)
    walk.be(ACTING)
    walk.look_at("home")
    home = walk.page.get_by_test_id("home-view")
    walk.see(home, "待我核准（1）")
    walk.press(home, "decide")
    walk.see(walk.modal, "陳請核示")
    walk.close()
    walk.turn("2026-04-20")
    walk.look_at("dm-bot")
    walk.see(walk.message("S9300402", "今日屆期"), "請於今日核示")
    walk.press(walk.message("S9300402", "今日屆期"), "decide")
    walk.press(walk.modal, "approve")
    walk.see(walk.modal, "核准（代理資訊長）")
    walk.picture("74-acting")
    walk.close()
    walk.look_at(CHANNEL)
    walk.see(card, "已核准，待平臺回復")

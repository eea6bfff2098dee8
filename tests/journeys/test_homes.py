"""App Home of each role, a week and a quarter later, and the message of the week."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys import desks, letters
from tests.journeys.roads import CHANNEL, CIO, COORDINATOR, DEPUTY, HEAD, OFFICER, awaiting, claimed
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
WAITS, MINE, NOBODYS = "公布各監所每日收容人數", "開放律師懲戒資料", "建議改以JSON提供"
LETTERS = (
    ("9300901", WAITS, "2026-02-25 09:30"),
    ("9300902", MINE, "2026-02-25 10:30"),
    ("9300903", NOBODYS, "2026-02-25 11:30"),
)
ITEMS = (
    ("A1", "法務部", "矯正統計年報", "開放", "114"),
    ("A2", "法務部", "律師名簿", "開放", "115"),
)


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-02-26T09:30", *LETTERS)


def home(walk: Walk, who: str, picture: str, *texts: str) -> None:
    """Somebody's App Home says all of this."""
    walk.be(who)
    walk.look_at("home")
    for text in texts:
        walk.see(walk.page.get_by_test_id("home-view"), text)
    walk.picture(picture)


def test_each_role_finds_what_it_answers_for(walk: Walk, tmp_path: Path) -> None:
    awaiting(walk, WAITS)
    claimed(walk, MINE)
    desks.inventory(tmp_path, ITEMS)
    home(walk, OFFICER, "91-home-officer", "待我處理（1）", "陳核中（1）", "待認領（1）")
    for day in ("2026-03-06", "2026-03-12"):
        walk.turn(day)
    home(walk, OFFICER, "92-home-officer-late", "今日屆期與逾期（1）", "待認領（2）")
    home(walk, HEAD, "93-home-head", "本單位逾期（3）")
    home(walk, CIO, "94-home-cio", "待我核准（1）", "本季概況", "代理", "吳淑芬")
    home(walk, COORDINATOR, "95-home-desk", "逾期（3）", "窗口事項", "逾期未開放　1項")
    home(walk, DEPUTY, "96-home-auditor", "紀錄驗證", "代：")
    walk.be(COORDINATOR)
    walk.look_at(CHANNEL)
    told = walk.message("每週概況", "逾期未回復")
    walk.picture("97-weekly", told)
    for day in ("2026-03-20", "2026-03-30", "2026-04-02"):
        walk.turn(day)
    home(walk, CIO, "98-home-next-quarter", "另有前季移下的逾期案件3件")

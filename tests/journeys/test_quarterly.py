"""按季提報: one agency says 本季無異動, one hands in a file, and one is late."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys import desks, letters
from tests.journeys.roads import CHANNEL, COORDINATOR, hand_in
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
ROWS = (
    ("A1", "法務部", "預算書", "開放", "115"),
    ("B1", "法務部廉政署", "廉政民意調查", "開放", "115"),
    ("C1", "法務部矯正署", "收容統計", "開放", "115"),
)
FILE = """盤點編號,機關,資料集名稱,開放程度,預計開放年度,異動理由
C1,法務部矯正署,收容統計,開放,116,系統改版
C2,法務部矯正署,申訴統計,開放,116,
"""
PRISONS, OFFICER = "channel-法務部矯正署-資料開放", "U07AOC"
ETHICS = "channel-法務部廉政署-資料開放"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(
        tmp_path, "2026-02-26T09:30", ("9300901", "請開放預算書", "2026-02-25 09:30")
    )


def test_a_quarter_with_one_late_agency(walk: Walk, tmp_path: Path) -> None:
    desks.inventory(tmp_path, ROWS)
    walk.turn("2026-03-03")
    walk.be(COORDINATOR)
    walk.look_at(CHANNEL)
    asked = walk.message("資料盤點提報", "請法務部於")
    walk.picture("86-quarterly", asked)
    walk.press(asked, "no_change")
    walk.see(walk.message("法務部115年第1季已提報"), "本季無異動")
    walk.be(OFFICER)
    walk.look_at(PRISONS)
    walk.press(walk.message("資料盤點提報"), "upload")
    hand_in(walk, "inventory.csv", FILE)
    walk.see(walk.modal, "新增1項、異動1項")
    walk.close()

    # In steps: each of them has a minute on a busy machine.
    for day in ("2026-03-12", "2026-03-20", "2026-03-27", "2026-04-01"):
        walk.turn(day)
    walk.be("U08AAC")
    walk.look_at(ETHICS)
    walk.see(walk.message("資料盤點提報　已逾期"), "廉政署")
    walk.read(COORDINATOR)
    walk.say("/opendata 提報 115Q1")
    table = walk.page.get_by_test_id("ephemeral").last
    walk.see(table, "應提報3個機關：已提報2、未提報1（其中逾期1）")
    walk.see(table, "逾期未提報")
    walk.picture("87-who-is-late", table)

"""A list of the platform that is dropped: cases, bad rows told, and what differs."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest

from tests.journeys import letters
from tests.journeys.roads import CHANNEL, COORDINATOR
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
KNOWN, NEW = ("9300951", "公布各監所每日收容人數"), ("9300952", "開放律師懲戒資料")
HEAD = ("ID", "標題", "派發機關", "發表時間", "建議原因", "回復狀態")
ROWS = (
    (*KNOWN, "法務部", "2026-03-02 09:30", "請開放。", "已回復"),
    (*NEW, "法務部", "2026-03-03 08:30", "請開放。", "未回復"),
    ("9300953", "時間有誤", "法務部", "昨天", "請開放。", "未回復"),
)


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-03-03T09:30", (*KNOWN, "2026-03-02 09:30"))


def dropped(folder: Path) -> Path:
    """The list lies in the inbox, and nobody has written to it for some minutes."""
    file = folder / "desk" / "inbox" / "suggests.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([HEAD, *ROWS])
    then = time.time() - 300
    os.utime(file, (then, then))
    return file


def test_a_dropped_list_is_taken_in(walk: Walk, tmp_path: Path) -> None:
    walk.be(COORDINATOR)
    walk.look_at(CHANNEL)
    walk.see(walk.message(KNOWN[1]), "待認領")
    file = dropped(tmp_path)
    walk.turn("2026-03-03T11:00")
    walk.see(walk.message(NEW[1], "狀態 待認領"), "S9300952")
    assert not file.exists()
    assert len(list((file.parent / "done").glob("suggests.*.csv"))) == 2
    walk.read(COORDINATOR)
    told = walk.message("收件匣有1列未收取")
    walk.see(told, "第4行")
    walk.picture("99-not-taken", told)
    walk.look_at("home")
    home = walk.page.get_by_test_id("home-view")
    walk.see(home, "與平臺對帳不符（1）")
    walk.see(home, "平臺已回復，但未經核准")
    walk.picture("99-differs", home)

"""A 盤點表 comes in with a bad row; a suggestion is confirmed; what is overdue is put off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import desks
from tests.journeys.roads import COORDINATOR
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
ROWS = (
    ("A1", "法務部廉政署", "廉政宣導場次統計（年度）", "開放", "115"),
    ("A2", "法務部廉政署", "廉政民意調查", "開放", "114年"),
    ("A3", "無此機關", "甲", "開放", "115"),
)


def test_suggestions_are_confirmed_and_overdue_items_put_off(walk: Walk, tmp_path: Path) -> None:
    told = desks.inventory(tmp_path, ROWS, code=1)
    assert "第4行（機關）：名單上沒有「無此機關」這個機關。" in told
    desks.listed(tmp_path, ("990002", "廉政宣導場次統計", "法務部廉政署"))
    walk.read(COORDINATOR)
    walk.say("/opendata 盤點")
    shown = walk.page.get_by_test_id("ephemeral").filter(has_text="資料盤點表").last
    walk.see(shown, "廉政宣導場次統計（年度）")
    walk.see(shown, "逾期未開放")
    walk.picture("84-inventory", shown)
    walk.press(shown, "same_item")
    walk.see(walk.page.get_by_test_id("ephemeral").last, "列為已開放")

    walk.press(shown, "late_items")
    late = walk.page.get_by_test_id("ephemeral").last
    walk.see(late, "廉政民意調查")
    walk.press(late, "item")
    walk.see(walk.modal, "盤點項目")
    walk.picture("85-item")
    walk.fill("planned", "116")
    walk.submit()
    walk.see(walk.modal, "須填異動理由")
    walk.fill("why", "調查改期")
    walk.submit()
    expect(walk.modal).to_be_hidden()
    walk.say("/opendata 盤點")
    after = walk.page.get_by_test_id("ephemeral").last
    walk.see(after, "已上架1項")
    expect(after).not_to_contain_text("逾期未開放")

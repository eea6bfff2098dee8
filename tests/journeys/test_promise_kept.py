"""A planned opening that comes to the platform: the item is matched, the citizen can be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import desks, letters
from tests.journeys.roads import CONTACT, OFFICER, approve, card_of, claimed, passed, publish
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")
TITLE = "公布各監所每日收容人數"
LETTER = ("9300801", TITLE, "2026-07-06 09:30")
PLANNED = "您好：您建議的資料，預計於115年9月30日前開放，如有疑問，請洽本部資訊處，02-2191-0189。"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return letters.demo(tmp_path, "2026-07-08T09:30", LETTER)


def test_a_promise_is_kept_when_the_dataset_appears(walk: Walk, tmp_path: Path) -> None:
    card = claimed(walk, TITLE)
    walk.press(card, "draft")
    walk.choose("type", "planned")
    expect(walk.modal.locator('[data-block-id="promised"] input')).to_be_visible()
    walk.modal.locator('[data-block-id="promised"] input').fill("2026-09-30")
    walk.fill("text", PLANNED)
    walk.fill("contact", CONTACT)
    walk.submit()
    walk.see(walk.modal, "擬稿已儲存")
    walk.submit()
    passed(walk, card)
    approve(walk)
    publish(walk)
    walk.settle()
    told = desks.opendata(tmp_path, "inventory", "list")
    assert TITLE in told
    assert "預計115" in told

    desks.listed(tmp_path, ("990001", TITLE, "法務部"))
    walk.settle()
    walk.read(OFFICER)
    kept = walk.message("承諾已兌現")
    walk.see(kept, "資料集990001")
    walk.see(kept, "https://data.gov.tw/dataset/990001")
    walk.picture("83-promise-kept", kept)
    card = card_of(walk, "S9300801")
    walk.press(card, "details")
    walk.see(walk.modal, "承諾兌現")

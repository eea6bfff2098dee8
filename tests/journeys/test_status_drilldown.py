"""From a number of the status to the cases behind it, to one of them, and back to the numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.roads import COORDINATOR, OFFICER, status
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled", "unguided")


def test_a_number_leads_to_its_cases(walk: Walk) -> None:
    walk.read(COORDINATOR)
    told = status(walk)
    walk.see(told, "新上架")
    walk.picture("80-status", told)
    late = told.locator('[data-action-id="open_late"]').first
    n = int(late.inner_text().removeprefix("逾期未回復").removesuffix("件"))
    assert n > 0
    walk.press(told, "open_late")
    shown = walk.page.get_by_test_id("ephemeral").last
    walk.see(shown, "逾期未回復｜")
    walk.picture("81-behind", shown)
    walk.press(shown, "details")
    walk.see(walk.modal, "案件")
    walk.picture("82-behind-case")
    walk.close()
    expect(walk.modal).to_be_hidden()


def test_the_numbers_of_one_agency_are_its_own(walk: Walk) -> None:
    walk.read(OFFICER)
    walk.say("/opendata 狀態 廉政署 115")
    told = walk.page.get_by_test_id("ephemeral").last
    walk.see(told, "法務部廉政署資料開放辦理情形｜115年")
    walk.say("/opendata status 無此機關")
    walk.see(walk.page.get_by_test_id("ephemeral").last, "沒有「無此機關」這個機關")

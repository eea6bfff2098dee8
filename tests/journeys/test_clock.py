"""The demo's clock: turned to a day, over Lunar New Year, two weeks in a minute, and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.roads import CHANNEL, claimed
from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled")


@pytest.fixture
def options() -> list[str]:
    return ["--at", "2026-02-05T16:00"]


@pytest.fixture
def walk(walk: Walk) -> Walk:
    """Somebody before the open card of the clock."""
    walk.page.get_by_test_id("guide-close").click()
    walk.page.get_by_test_id("clock").click()
    return walk


def test_the_clock_is_turned_over_lunar_new_year_and_back(walk: Walk) -> None:
    page = walk.page
    sign, face = page.get_by_test_id("clock"), page.get_by_test_id("clock-card")
    walk.see(sign, "115年2月5日（四）")
    walk.see(page.locator(".day").first, "今天")
    page.get_by_test_id("clock-morning").click()
    walk.see(face, "115年2月6日（星期五）")
    walk.see(sign, "09:0")
    walk.see(page.locator(".day").first, "昨天")

    # The workday before the rest, then the rest itself.
    page.get_by_test_id("clock-new_year").click()
    walk.see(sign, "115年2月13日（五）")
    expect(page.get_by_test_id("clock-new_year")).to_have_count(0)
    page.get_by_test_id("clock-date").fill("2026-02-17")
    walk.see(page.locator(".clock-roc"), "115年2月17日（星期二）")
    page.get_by_test_id("clock-go").click()
    walk.see(face, "春節")
    expect(sign.locator(".clock-off")).to_be_visible()
    walk.picture("34-clock")
    page.get_by_test_id("clock-morning").click()
    walk.see(sign, "115年2月23日（一）")
    expect(sign.locator(".clock-off")).to_be_hidden()

    # What is done now lies in the turned day, and its cards know how late they are.
    page.keyboard.press("Escape")
    expect(face).to_be_hidden()
    card = claimed(walk, "待認領")
    walk.see(card, "逾期")
    walk.look_at(CHANNEL)
    walk.say("春節後第一天")
    walk.see(page.locator(".day").last, "今天")
    page.get_by_test_id("start-over").click()
    with page.expect_navigation():
        page.get_by_test_id("confirm-yes").click()
    walk.see(page.get_by_test_id("clock"), "115年2月5日（四）")


def test_two_weeks_are_played_while_somebody_works_and_stopped(walk: Walk) -> None:
    page = walk.page
    sign = page.get_by_test_id("clock")
    page.get_by_test_id("clock-play").click()
    expect(page.get_by_test_id("clock-halt")).to_be_focused()
    walk.see(page.get_by_test_id("clock-card"), "播放到115年2月19日")
    walk.see(sign, "115年2月7日（六）")
    page.get_by_test_id("clock-close").click()
    claimed(walk, "待認領")
    walk.picture("35-playing")
    page.get_by_test_id("clock-stop").click()
    expect(page.get_by_test_id("clock-stop")).to_be_hidden()
    stopped = sign.inner_text()
    page.reload()
    expect(sign).to_contain_text(stopped.split("）")[0])


def test_a_time_that_has_passed_is_refused_with_a_word(walk: Walk) -> None:
    page = walk.page
    field = page.get_by_test_id("clock-date")
    field.fill("2026-02-05")
    page.get_by_test_id("clock-go").click()
    walk.see(page.get_by_test_id("toast"), "只能往後撥")
    walk.see(page.get_by_test_id("clock"), "115年2月5日（四）")

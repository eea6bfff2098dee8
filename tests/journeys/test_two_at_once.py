"""Two people press at once: one wins, and the other is told who decided and when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import PICTURES, opened
from tests.journeys.roads import awaiting
from tests.journeys.walk import Walk


@pytest.fixture
def other(browser: Browser, desk_url: str) -> Iterator[Walk]:
    """Somebody else, before a browser of their own."""
    with opened(browser, desk_url) as page:
        yield Walk(page, PICTURES)


def test_the_cio_and_the_deputy_approve_at_once(walk: Walk, other: Walk) -> None:
    awaiting(walk, "毒品犯罪資料想要多兩個欄位")
    requests = {}
    for hand, person in ((walk, "U03CIO"), (other, "U04DEPUTY")):
        hand.be(person)
        hand.look_at("dm-bot")
        requests[hand] = hand.message("【陳核】")
        requests[hand].locator('[data-action-id="approve"]').first.click()
    # Slack is slow to change the message, so the second still sees what the first did.
    walk.fault("slow_api", percent=100, value=2)
    for hand in (walk, other):
        hand.page.get_by_test_id("confirm-yes").click()
    other.see(other.page.get_by_test_id("ephemeral").last, "周明德")
    other.see(other.page.get_by_test_id("ephemeral").last, "不需再處理")
    other.picture("18-too-late")
    walk.fault("slow_api", percent=0)
    for hand in (walk, other):
        hand.see(requests[hand], "周明德")
        hand.see(requests[hand], "核准（資訊長）")

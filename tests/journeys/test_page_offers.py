"""What the page offers besides: guide, faults, files, starting over; and a server that is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.walk import Walk

Json = dict[str, Any]
Acts = list[tuple[str, Json]]
pytestmark = pytest.mark.usefixtures("settled")


# -- the guide ----------------------------------------------------------------------------------


def test_the_guide_is_followed_by_its_own_buttons_to_the_end(walk: Walk) -> None:
    page = walk.page
    go, pointed = page.get_by_test_id("guide-go"), page.locator("#main .guided")

    def step(name: str, action: str) -> None:
        here = page.get_by_test_id(f"step-{name}")
        expect(here).to_have_attribute("aria-current", "step")
        expect(pointed).to_have_attribute("data-action-id", action)
        pointed.click()

    step("claim", "claim")
    step("draft", "draft")
    walk.choose("type", "open_or_on_request")
    page.get_by_test_id("guide-sample").click()
    walk.submit()
    walk.see(walk.modal, "擬稿已儲存")
    walk.submit()
    go.click()
    step("review", "pass")
    go.click()
    step("approve", "approve")
    page.get_by_test_id("confirm-yes").click()
    walk.picture("24-guide")
    go.click()
    step("publish", "publish")
    walk.submit()
    expect(page.get_by_test_id("step-status")).to_have_attribute("aria-current", "step")
    go.click()
    expect(go).to_have_text("輸入 /opendata status")
    go.click()
    expect(page.get_by_test_id("composer")).to_have_value("/opendata status")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("guide-finished")).to_be_visible()
    expect(page.locator(".steps .done")).to_have_count(6)
    page.get_by_test_id("guide-again").click()
    expect(page.get_by_test_id("step-claim")).to_have_attribute("aria-current", "step")


def test_the_guide_unticks_what_is_undone_and_comes_back_after_a_reload(walk: Walk) -> None:
    page = walk.page
    page.locator('#main .guided[data-action-id="claim"]').click()
    expect(page.get_by_test_id("step-draft")).to_have_attribute("aria-current", "step")
    page.get_by_test_id("guide-small").click()
    expect(page.get_by_test_id("guide-strip")).to_contain_text("2／6")
    page.reload()
    expect(page.get_by_test_id("guide-strip")).to_contain_text("2／6")
    page.get_by_test_id("guide-resume").click()
    walk.press(page.locator(".message", has=page.locator(".guided")), "release")
    expect(page.get_by_test_id("step-claim")).to_have_attribute("aria-current", "step")
    page.get_by_test_id("guide-close").click()
    expect(page.get_by_test_id("guide-strip")).to_have_count(0)


# -- what the server may offer ------------------------------------------------------------------


@pytest.fixture
def acts(page: Page) -> Acts:
    """What the page asks for, answered in the server's stead."""
    asked: Acts = []
    done = {"trouble": "", "refused": {}, "errors": {}}

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        asked.append((name, json.loads(route.request.post_data or "{}")))
        file = {"id": f"F{len(asked)}", "name": "清單.csv", "size": 2100}
        route.fulfill(json={"file": file} if name == "upload" else done)

    for name in ("fault", "faults_clear", "start_over", "upload"):
        page.route(f"**/page/act/{name}", answer)
    return asked


def test_faults_are_switched_one_by_one_and_all_off(walk: Walk, acts: Acts) -> None:
    page = walk.page
    faults = [
        {"name": "rate_limited", "on": True, "percent": 50, "left": 0, "value": 30},
        {"name": "lost_delivery", "on": False, "percent": 0, "left": 0, "value": None},
        {"name": "solar_flare", "on": False, "percent": 0, "left": 0, "value": None},
    ]
    walk.pretend(lambda told: told.update(faults=faults, counts={"rate_limited": 3}))
    expect(page.get_by_test_id("faults-on")).to_have_text("1")
    page.get_by_test_id("faults-open").click()
    walk.see(page.locator("#panel"), "solar_flare")
    walk.picture("27-faults")
    page.get_by_test_id("fault-lost_delivery").click()
    page.get_by_test_id("fault-rate_limited-left").fill("3")
    page.get_by_test_id("fault-rate_limited-left").press("Tab")
    page.get_by_test_id("faults-clear").click()
    expect(page.get_by_test_id("faults-on")).to_have_text("1")
    page.wait_for_function(
        "performance.getEntriesByName(location.origin + '/desk/page/act/faults_clear').length"
    )
    told = [
        (name, {k: v for k, v in one.items() if k not in {"as", "place"}}) for name, one in acts
    ]
    assert told == [
        ("fault", {"name": "lost_delivery", "percent": 100, "left": 0, "value": None}),
        ("fault", {"name": "rate_limited", "percent": 0, "left": 3, "value": 30}),
        ("faults_clear", {}),
    ]


def test_without_faults_there_is_no_panel_of_them(walk: Walk) -> None:
    page = walk.page
    walk.pretend(lambda told: [told.pop(name, None) for name in ("faults", "can_start_over")])
    expect(page.get_by_test_id("notices")).to_be_visible()
    expect(page.get_by_test_id("faults-open")).to_have_count(0)
    expect(page.get_by_test_id("start-over")).to_have_count(0)


def test_starting_over_asks_first(walk: Walk, acts: Acts) -> None:
    page = walk.page
    walk.pretend(lambda told: told.update(can_start_over=True))
    page.get_by_test_id("start-over").click()
    page.get_by_test_id("confirm-no").click()
    assert acts == []
    page.get_by_test_id("start-over").click()
    with page.expect_navigation():
        page.get_by_test_id("confirm-yes").click()
    assert [name for name, _ in acts] == ["start_over"]


def test_a_file_is_sent_up_named_and_taken_away(walk: Walk, acts: Acts) -> None:
    page = walk.page
    field = {
        "type": "input",
        "block_id": "files",
        "label": {"type": "plain_text", "text": "附件"},
        "element": {"type": "file_input", "action_id": "files", "filetypes": ["csv"]},
    }
    view = {
        "id": "V1", "hash": "1", "type": "modal", "callback_id": "", "close": None,
        "title": {"type": "plain_text", "text": "匯入"},
        "submit": {"type": "plain_text", "text": "送出"}, "blocks": [field],
    }  # fmt: skip
    walk.pretend(lambda told: told.update(modals=[view]))
    chooser = walk.modal.locator("input[type=file]")
    content = "案號,標題\n".encode()
    chooser.set_input_files({"name": "清單.csv", "mimeType": "text/csv", "buffer": content})
    walk.see(walk.modal.get_by_test_id("file"), "清單.csv")
    walk.see(walk.modal.get_by_test_id("file"), "3 KB")
    name, asked = acts[0]
    assert (name, asked["view_id"], asked["block_id"]) == ("upload", "V1", "files")
    assert asked["content"] == "5qGI6JmfLOaomemhjAo="
    with page.expect_request("**/page/act/submit") as sent:
        walk.submit()
    assert (sent.value.post_data_json or {})["values"] == {"files": {"files": ["F1"]}}
    walk.modal.get_by_test_id("file-remove").click()
    expect(walk.modal.get_by_test_id("file")).to_have_count(0)


def test_a_server_that_is_gone_is_told_and_its_return_is_noticed(page: Page) -> None:
    expect(page.get_by_test_id("message").first).to_be_visible()
    page.context.set_offline(True)
    page.get_by_test_id("home").click()
    expect(page.get_by_test_id("offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_test_id("offline")).to_be_hidden()
    expect(page.get_by_test_id("home-view")).to_be_visible()

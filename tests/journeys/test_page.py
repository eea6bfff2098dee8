"""The page that plays Slack: keyboard, unread counts, two people, sources, hostile words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.commands import IMPORTS, WORDS
from tests.journeys.walk import Walk

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("settled")

CHANNEL = "channel-法務部-資料開放"
REPLY = "您好：您建議的資料，本部已於政府資料開放平臺提供，每季更新。法務部　敬復"


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press a key until the focus is on what is wanted."""
    for _ in range(60):
        if page.locator(f"{wanted}:focus").count():
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} never came to {wanted}")


# -- the keyboard -------------------------------------------------------------------------------


def test_a_case_is_claimed_drafted_and_submitted_without_a_mouse(walk: Walk) -> None:
    page, keys = walk.page, walk.page.keyboard
    expect(page.get_by_test_id("message").first).to_be_visible()
    keys.press("Tab")
    expect(focused(page)).to_have_attribute("id", "skip")
    keys.press("Enter")
    expect(focused(page)).to_have_attribute("data-testid", "message")
    newest = focused(page).get_attribute("data-ts")
    keys.press("ArrowUp")
    assert focused(page).get_attribute("data-ts") != newest
    keys.press("Enter")
    expect(focused(page)).to_have_attribute("data-action-id", "claim")
    card = page.locator(".message", has=focused(page))
    ts = card.get_attribute("data-ts")
    keys.press("Enter")
    card = page.locator(f'[data-ts="{ts}"]')
    walk.see(card, "處理中")
    # The button is gone; its message has kept the focus.
    expect(card).to_be_focused()
    tab_to(page, '[data-action-id="draft"]')
    walk.picture("20-keyboard")
    keys.press("Enter")
    expect(walk.modal).to_be_visible()
    expect(focused(page)).to_have_attribute("data-block-id", "type")
    keys.press("ArrowDown")
    tab_to(page, '[data-action-id="text"]')
    keys.type(REPLY)
    tab_to(page, '[data-action-id="contact"]')
    keys.type("資訊處")
    tab_to(page, '[data-testid="modal-submit"]')
    keys.press("Enter")
    walk.see(walk.modal, "擬稿已儲存")
    tab_to(page, '[data-testid="modal-submit"]')
    keys.press("Enter")
    walk.see(card, "核稿中")
    expect(walk.modal).to_be_hidden()
    expect(page.locator(f'[data-ts="{ts}"]:focus, [data-ts="{ts}"] :focus')).to_have_count(1)


def test_tab_stays_inside_a_modal_and_escape_gives_the_focus_back(walk: Walk) -> None:
    page, keys = walk.page, walk.page.keyboard
    walk.press(walk.message("待認領"), "details")
    expect(walk.modal).to_be_visible()
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        keys.press(key)
        assert page.locator("#modal :focus").count() == 1
    keys.press("Escape")
    expect(walk.modal).to_be_hidden()
    expect(focused(page)).to_have_attribute("data-action-id", "details")


def test_the_switcher_finds_places_and_persons(walk: Walk) -> None:
    page, keys = walk.page, walk.page.keyboard
    keys.press("Control+k")
    expect(page.get_by_test_id("switcher")).to_be_focused()
    keys.type("矯正署-資料")
    walk.picture("21-switcher")
    keys.press("Enter")
    walk.see(page.get_by_role("heading", level=1), "法務部矯正署-資料開放")
    keys.press("Control+k")
    keys.type("周明德")
    keys.press("Enter")
    expect(page.get_by_test_id("who")).to_have_value("U03CIO")
    keys.press("Control+k")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("[data-testid^=channel][aria-current]")).to_have_count(1)


def test_places_are_walked_by_keys_and_by_the_history(walk: Walk) -> None:
    page, keys = walk.page, walk.page.keyboard
    here = page.locator(".place[aria-current]")
    expect(here).to_have_attribute("data-testid", CHANNEL)
    keys.press("Alt+ArrowUp")
    expect(here).to_have_attribute("data-testid", "home")
    keys.press("Alt+ArrowUp")
    expect(here).to_have_attribute("data-testid", "dm-bot")
    page.go_back()
    expect(here).to_have_attribute("data-testid", "home")
    page.go_forward()
    expect(here).to_have_attribute("data-testid", "dm-bot")
    keys.press("?")
    expect(page.get_by_test_id("shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_test_id("shortcuts")).to_be_hidden()


def test_f6_goes_round_the_regions(walk: Walk) -> None:
    page, keys = walk.page, walk.page.keyboard
    expect(page.get_by_test_id("message").first).to_be_visible()
    met = []
    for _ in range(4):
        keys.press("F6")
        met.append(focused(page).get_attribute("data-testid"))
    assert met == ["who", "message", "composer", "guide-small"]


# -- unread, and two people at once -------------------------------------------------------------


def test_two_tabs_are_two_people_and_what_is_new_is_counted(walk: Walk, desk_url: str) -> None:
    mine = walk.page
    walk.look_at("dm-bot")
    channel = mine.get_by_test_id(CHANNEL).get_by_test_id(f"unread-{CHANNEL}")
    expect(channel).to_have_count(0)
    theirs = mine.context.new_page()
    theirs.goto(f"{desk_url}#as=U03CIO&in=C01MOJ")
    other = Walk(theirs, walk.pictures)
    other.say("請優先處理最早的三件。")
    other.say("謝謝。")
    expect(channel).to_have_text("2")
    expect(mine).to_have_title("(11) OpenData Desk｜模擬 Slack")
    expect(mine.locator("#favicon")).to_have_attribute("href", "static/icon-unread.svg")
    mine.bring_to_front()
    walk.look_at(CHANNEL)
    line = mine.get_by_test_id("new-line")
    expect(line).to_be_visible()
    expect(mine.locator("[data-testid=new-line] + .message")).to_contain_text("最早的三件")
    expect(channel).to_have_count(0)
    walk.picture("25-new-line")
    other.say("另外，已更新的請先回。")
    walk.see(walk.message("另外"), "已更新")
    expect(mine.locator("#said")).to_contain_text("周明德：另外")
    # Words that follow each other are joined; the rest of the log was not drawn anew.
    expect(mine.locator(".message.joined")).to_have_count(2)


def test_a_new_message_leaves_all_others_as_they_are(walk: Walk) -> None:
    page = walk.page
    expect(page.get_by_test_id("message").first).to_be_visible()
    page.evaluate("window.before = [...document.querySelectorAll('.message')]")
    walk.say("新的一則")
    walk.see(walk.message("新的一則"), "新的一則")
    assert page.evaluate(
        "window.before.length > 10 && window.before.every((one) => one.isConnected)"
    )


def test_two_thousand_messages_come_without_drawing_one_twice(walk: Walk) -> None:
    page = walk.page

    def many(told: Json) -> None:
        told["messages"] = [
            {"message": {"type": "message", "ts": f"{1_700_000_000 + n}.000000",
                         "user": "U03CIO", "text": f"第{n}則"}, "ephemeral": False}
            for n in range(2000)
        ]  # fmt: skip

    walk.pretend(many)
    expect(page.get_by_test_id("message")).to_have_count(2000)
    page.evaluate("window.before = [...document.querySelectorAll('.message')]")
    with page.expect_response("**/page/state*"):
        walk.say("再一則")
    walk.settle()
    assert page.evaluate("window.before.every((one) => one.isConnected)")
    page.get_by_test_id("message").last.focus()
    page.keyboard.press("Home")
    expect(page.get_by_test_id("message").first).to_be_focused()


# -- sources ------------------------------------------------------------------------------------


def test_every_message_shows_its_notification_text_and_its_json(walk: Walk) -> None:
    page = walk.page
    card = walk.message("我想要更多")
    card.hover()
    card.get_by_test_id("message-source").click()
    walk.see(page.get_by_test_id("notification-text"), "尚未認領")
    told = json.loads(page.get_by_test_id("source").inner_text())
    assert (told["type"], told["ts"]) == ("message", card.get_attribute("data-ts"))
    walk.picture("26-source")
    page.keyboard.press("Escape")
    walk.press(card, "details")
    page.get_by_test_id("modal-source").click()
    assert json.loads(page.get_by_test_id("source").inner_text())["type"] == "modal"
    page.get_by_test_id("dialog-close").click()
    walk.close()
    walk.look_at("home")
    expect(page.get_by_test_id("home-view")).to_be_visible()
    page.get_by_test_id("home-source").click()
    assert json.loads(page.get_by_test_id("source").inner_text())["type"] == "home"


def test_the_composer_offers_the_commands_that_the_bot_has(walk: Walk) -> None:
    page = walk.page
    composer, offers = page.get_by_test_id("composer"), page.get_by_test_id("offers")
    composer.fill("/")
    expect(offers.locator("li")).not_to_have_count(0)
    words = [text.split()[1] for text in offers.locator("strong").all_inner_texts()]
    assert set(words) <= {*WORDS, *IMPORTS}
    composer.press("ArrowDown")
    composer.press("Enter")
    expect(composer).to_have_value("/opendata 狀態 ")
    expect(offers).to_be_hidden()
    composer.press("Enter")
    walk.see(page.get_by_test_id("ephemeral").last, "7日內回復")


# -- hostile words ------------------------------------------------------------------------------


def test_a_hostile_message_stays_words(walk: Walk) -> None:
    page = walk.page
    evil = (
        "<img src=x onerror=alert(1)><script>alert(2)</script>"
        "<a href='javascript:alert(3)'>x</a> &lt;!channel&gt;"
    )
    blocks = [
        {"type": "header", "block_id": "a", "text": {"type": "plain_text", "text": evil}},
        {
            "type": "section",
            "block_id": "b",
            "text": {"type": "mrkdwn", "text": f"{evil} <javascript:alert(4)|x>", "verbatim": True},
        },
        {
            "type": "rich_text",
            "block_id": "c",
            "elements": [
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": evil}]},
                {"type": "rich_text_list", "elements": [{"type": "unheard", "text": evil}]},
            ],
        },
        {"type": "unheard_of", "block_id": "d", "text": evil},
    ]
    alerts: list[str] = []
    page.on("dialog", lambda asked: (alerts.append(asked.message), asked.dismiss()))

    def spoil(told: Json) -> None:
        for one in told["messages"]:
            one["message"] |= {"text": evil, "blocks": blocks}

    walk.pretend(spoil)
    card = page.get_by_test_id("message").last
    expect(card.locator(".block")).to_have_count(4)
    walk.see(card.locator("blockquote"), evil)
    # Nothing is dropped, not even what the page has never heard of.
    walk.see(card, "unheard_of")
    assert page.locator(":is(.message) :is(a, img, script, iframe)").count() == 0
    assert page.locator(".message .live").count() == 0
    card.hover()
    card.get_by_test_id("message-source").click()
    walk.see(page.get_by_test_id("notification-text"), "<img src=x")
    assert page.locator("#dialog :is(a, img, script)").count() == 0
    assert alerts == []

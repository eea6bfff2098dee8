"""The page that plays Slack: keyboard, looks, languages, guide, unread, sources, hostile words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bot.commands import _WORDS
from tests.journeys.walk import Walk

Json = dict[str, Any]

# As long as the browser itself waits; a busy machine draws slowly.
expect.set_options(timeout=20_000)

CHANNEL = "channel-法務部-資料開放"
REPLY = "您好：您建議的資料，本部已於政府資料開放平臺提供，每季更新。法務部　敬復"
AA, AA_LARGE = 4.5, 3.0
PAIRS = [
    ("--ink", "--bg", AA),
    ("--ink", "--hover", AA),
    ("--ink", "--only-you", AA),
    ("--ink", "--accent-soft", AA),
    ("--soft", "--bg", AA),
    ("--soft", "--hover", AA),
    ("--soft", "--only-you", AA),
    ("--soft", "--raised", AA),
    ("--soft", "--sunken", AA),
    ("--soft", "--press", AA),
    ("--link", "--bg", AA),
    ("--code", "--sunken", AA),
    ("--red", "--raised", AA),
    ("--red", "--red-soft", AA),
    ("--new", "--bg", AA),
    ("--live", "--live-bg", AA),
    ("--live", "--mine-bg", AA),
    ("--chip-ink", "--chip", AA),
    ("--on-green", "--green", AA),
    ("--on-green", "--green-hover", AA),
    ("--on-green", "--red-full", AA),
    ("--on-count", "--count", AA),
    ("--on-accent", "--accent", AA),
    ("--side-ink", "--side", AA),
    ("--side-soft", "--side", AA),
    ("--side-soft", "--side-hover", AA),
    ("--side-ink", "--rail", AA),
    ("--side-here-ink", "--side-here", AA),
    ("--edge", "--bg", AA_LARGE),
    ("--focus", "--bg", AA_LARGE),
    ("--accent", "--bg", AA_LARGE),
    ("--tick", "--bg", AA_LARGE),
    ("--side-focus", "--side", AA_LARGE),
]
CONTRAST = """([front, back]) => {
    const light = (name) => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(${name})`;
        const parts = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
        probe.remove();
        const [r, g, b] = parts.map((part) => part / 255)
            .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [dark, bright] = [light(front), light(back)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
}"""


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press a key until the focus is on what is wanted."""
    for _ in range(60):
        if page.locator(f"{wanted}:focus").count():
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} never came to {wanted}")


@pytest.fixture(autouse=True)
def settled(walk: Walk) -> Iterator[None]:
    """The demo's cards are all there; at the end no answer is waited for any more."""
    walk.settle()
    yield
    walk.page.unroute_all(behavior="ignoreErrors")


def state_with(page: Page, change: Any) -> None:
    """Let the page see a state that differs from the server's."""

    def answer(route: Route) -> None:
        fetched = route.fetch()
        told = fetched.json()
        change(told)
        route.fulfill(response=fetched, json=told)

    page.route("**/page/state*", answer)
    page.reload()
    expect(page.get_by_test_id("who")).to_be_attached()


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


# -- looks and languages ------------------------------------------------------------------------


def test_theme_and_language_last_from_visit_to_visit(walk: Walk) -> None:
    page = walk.page
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "system")
    page.get_by_test_id("theme").click()
    page.get_by_test_id("theme").click()
    page.get_by_test_id("language").click()
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("lang", "en")
    expect(page.get_by_test_id("guide-open")).to_contain_text("Guide")
    background = page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
    assert background == "rgb(26, 29, 33)"
    walk.picture("22-dark-english")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_main_colours_keep_the_contrast_that_aa_asks_for(page: Page, theme: str) -> None:
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    told = {(a, b): (page.evaluate(CONTRAST, [a, b]), least) for a, b, least in PAIRS}
    assert {pair: got for pair, (got, least) in told.items() if got < least} == {}


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (900, 700), (390, 844)])
def test_nothing_runs_out_of_the_window(walk: Walk, width: int, height: int) -> None:
    page = walk.page
    page.set_viewport_size({"width": width, "height": height})
    page.reload()
    expect(page.get_by_test_id("message").last).to_be_visible()
    walk.picture(f"23-wide-{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    over = """(bounds) => [...document.querySelectorAll("main *")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > bounds + 1)
        .map((one) => one.className)"""
    assert page.evaluate(over, width) == []


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

    state_with(page, many)
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
    assert set(words) <= set(_WORDS)
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

    state_with(page, spoil)
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


# -- what the server may offer ------------------------------------------------------------------


@pytest.fixture
def acts(page: Page) -> list[tuple[str, Json]]:
    """What the page asks for, answered in the server's stead."""
    asked: list[tuple[str, Json]] = []
    done = {"trouble": "", "refused": {}, "errors": {}}

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        asked.append((name, json.loads(route.request.post_data or "{}")))
        file = {"id": f"F{len(asked)}", "name": "清單.csv", "size": 2100}
        route.fulfill(json={"file": file} if name == "upload" else done)

    for name in ("fault", "faults_clear", "start_over", "upload"):
        page.route(f"**/page/act/{name}", answer)
    return asked


def test_faults_are_switched_one_by_one_and_all_off(walk: Walk, acts: list[Any]) -> None:
    page = walk.page
    faults = [
        {"name": "rate_limited", "on": True, "percent": 50, "left": 0, "value": 30},
        {"name": "lost_delivery", "on": False, "percent": 0, "left": 0, "value": None},
        {"name": "solar_flare", "on": False, "percent": 0, "left": 0, "value": None},
    ]
    state_with(page, lambda told: told.update(faults=faults, counts={"rate_limited": 3}))
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


def test_without_faults_there_is_no_panel_of_them(page: Page) -> None:
    state_with(page, lambda told: [told.pop(name, None) for name in ("faults", "can_start_over")])
    expect(page.get_by_test_id("notices")).to_be_visible()
    expect(page.get_by_test_id("faults-open")).to_have_count(0)
    expect(page.get_by_test_id("start-over")).to_have_count(0)


def test_starting_over_asks_first(walk: Walk, acts: list[Any]) -> None:
    page = walk.page
    state_with(page, lambda told: told.update(can_start_over=True))
    page.get_by_test_id("start-over").click()
    page.get_by_test_id("confirm-no").click()
    assert acts == []
    page.get_by_test_id("start-over").click()
    with page.expect_navigation():
        page.get_by_test_id("confirm-yes").click()
    assert [name for name, _ in acts] == ["start_over"]


def test_a_file_is_sent_up_named_and_taken_away(walk: Walk, acts: list[Any]) -> None:
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
    state_with(page, lambda told: told.update(modals=[view]))
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

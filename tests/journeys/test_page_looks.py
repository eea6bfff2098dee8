"""How the page looks: themes and their contrast, languages, and windows of every size."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.walk import Walk

pytestmark = pytest.mark.usefixtures("settled")

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

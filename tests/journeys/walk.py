"""A person at the page that plays Slack: who they are, where they look, what they press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from opendata.rules.roc import TAIPEI

# As long as the browser itself waits; a busy machine draws slowly.
expect.set_options(timeout=20_000)

ARRIVED = """() => {
    const told = new URLSearchParams(location.hash.slice(1));
    const shown = document.querySelector("main")?.dataset.shown;
    return shown === `${told.get("as")}/${told.get("in")}`;
}"""


SETTLED = """async () => {
    const revision = async () => (await (await fetch("page/state")).json()).revision;
    const before = await revision();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return before === await revision();
}"""


class Walk:
    """The hands and eyes of a journey."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self.pictures = page, pictures

    def be(self, person: str) -> None:
        """Become somebody else."""
        self.page.get_by_test_id("who").select_option(person)
        self._arrive()

    def look_at(self, place: str) -> None:
        """Open a channel, the messages of the app, or App Home."""
        self.page.get_by_test_id(place).click()
        self._arrive()

    def read(self, person: str) -> None:
        """Become somebody, and read what the app has told them."""
        self.be(person)
        self.look_at("dm-bot")

    def _arrive(self) -> None:
        """Wait until the page shows whom and where its address says."""
        self.page.wait_for_function(ARRIVED)

    def settle(self) -> None:
        """Wait until the desk has been quiet for two seconds: all that was on its way is here."""
        self.page.wait_for_function(SETTLED)

    def pretend(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Let the page see a state that differs from the server's; ``change`` alters it."""

        def answer(route: Route) -> None:
            fetched = route.fetch()
            told = fetched.json()
            change(told)
            route.fulfill(response=fetched, json=told)

        self.page.route("**/page/state*", answer)
        self.page.reload()
        expect(self.page.get_by_test_id("who")).to_be_attached()

    def turn(self, to: str) -> None:
        """Turn the desk's clock to the morning of a day, or to an hour, which the page lacks."""
        at = datetime.fromisoformat(to)
        if at.hour:
            self._act("clock_jump", {"to": to})
        else:
            self.page.get_by_test_id("clock").click()
            self.page.get_by_test_id("clock-date").fill(to)
            self.page.get_by_test_id("clock-go").click()
            self.page.get_by_test_id("clock-close").click()
        sign = self.page.get_by_test_id("clock")
        expect(sign).to_contain_text(f"{at.month}月{at.day}日", timeout=60_000)
        expect(sign).to_contain_text(f"{at.hour or 9:02}:0", timeout=60_000)
        expect(self.page.get_by_test_id("clock-stop")).to_be_hidden()

    def days(self) -> set[date]:
        """The days of the messages that are shown."""
        shown = self.page.get_by_test_id("message")
        told = shown.evaluate_all("all => all.map((one) => Number(one.dataset.ts))")
        return {datetime.fromtimestamp(ts, TAIPEI).date() for ts in told}

    def message(self, *texts: str) -> Locator:
        """The newest message that holds all these texts."""
        found = self.page.get_by_test_id("message")
        for text in texts:
            found = found.filter(has_text=text)
        return found.last

    def press(self, within: Locator, button: str) -> None:
        """Press a button, and say yes if it asks."""
        within.locator(f'[data-action-id="{button}"]').first.click()
        confirm = self.page.get_by_test_id("confirm-yes")
        self.page.wait_for_timeout(150)
        if confirm.is_visible():
            confirm.click()

    @property
    def modal(self) -> Locator:
        """The modal on top."""
        return self.page.get_by_test_id("modal").last

    def fill(self, block: str, text: str) -> None:
        """Write into a field of the modal."""
        self.modal.locator(f'[data-block-id="{block}"] :is(input, textarea)').fill(text)

    def choose(self, block: str, value: str) -> None:
        """Select in a field of the modal."""
        self.modal.locator(f'[data-block-id="{block}"] select').select_option(value)

    def tick(self, block: str, text: str) -> None:
        """Tick a box in a field of the modal."""
        self.modal.locator(f'[data-block-id="{block}"]').get_by_label(text).check()

    def submit(self) -> None:
        """Press the modal's main button."""
        self.modal.get_by_test_id("modal-submit").click()

    def close(self) -> None:
        """Close the modal."""
        self.modal.get_by_test_id("modal-close").click()

    def say(self, text: str) -> None:
        """Type into the composer."""
        composer = self.page.get_by_test_id("composer")
        composer.fill(text)
        composer.press("Enter")

    def see(self, where: Locator, text: str) -> None:
        """Wait until it says so."""
        expect(where).to_contain_text(text)

    def fault(
        self, name: str, *, percent: int = 0, left: int = 0, value: float | None = None
    ) -> None:
        """Let Slack fail in some way, as the fault panel does."""
        self._act("fault", {"name": name, "percent": percent, "left": left, "value": value})

    def _act(self, name: str, told: dict[str, Any]) -> None:
        self.page.evaluate(
            """([name, told]) => fetch(`page/act/${name}`, {method: "POST",
                body: JSON.stringify(told), headers: {"content-type": "application/json"}})
                .then((answer) => answer.json())""",
            [name, told],
        )

    def picture(self, name: str, of: Locator | None = None) -> None:
        """Keep what is on the page, with ``of`` in sight."""
        if of is not None:
            of.scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.pictures / f"{name}.png")

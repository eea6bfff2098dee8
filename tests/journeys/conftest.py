"""A local desk of its own for each journey, and a browser that walks it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.walk import Walk

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def options() -> list[str]:
    """What `opendata serve --demo` is told besides; a journey may have its own."""
    return []


@pytest.fixture
def desk_url(tmp_path: Path, options: list[str]) -> Iterator[str]:
    """The address that `opendata serve --demo` prints on a line of its own."""
    command = [sys.executable, "-m", "infra.cli", "serve", "--demo", "--port", "0", *options]
    command += ["--data", str(tmp_path / "desk")]
    env = {**os.environ, "LANG": "C.UTF-8"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as serving:
        assert serving.stdout
        try:
            for line in serving.stdout:
                if re.fullmatch(r"http://127\.0\.0\.1:\d+/desk/", line.strip()):
                    yield line.strip()
                    break
            else:
                pytest.fail("the desk printed no address")
        finally:
            serving.terminate()
            serving.stdout.read()


@contextmanager
def opened(browser: Browser, desk_url: str) -> Iterator[Page]:
    """The page, in a browser that knows nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-TW")
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(desk_url)
    yield page
    context.close()


@pytest.fixture
def page(browser: Browser, desk_url: str) -> Iterator[Page]:
    with opened(browser, desk_url) as page:
        yield page


@pytest.fixture
def walk(page: Page) -> Walk:
    """Somebody before a desk to which all of the demo's cards have come."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = Walk(page, PICTURES)
    made.settle()
    return made


@pytest.fixture
def unguided(walk: Walk) -> None:
    """Somebody who needs no guide has closed it."""
    walk.page.get_by_test_id("guide-close").click()


@pytest.fixture
def settled(walk: Walk) -> Iterator[None]:
    """At the end no answer is waited for any more."""
    yield
    walk.page.unroute_all(behavior="ignoreErrors")

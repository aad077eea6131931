"""A real headless Chromium, or a skip that says why; BULIAN_REQUIRE=browser turns the skip into a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CANDIDATES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")


def missing(reason: str) -> None:
    """Skip, or fail where the browser is required."""
    if "browser" in os.environ.get("BULIAN_REQUIRE", ""):
        pytest.fail(f"BULIAN_REQUIRE asks for a browser, but {reason}")
    pytest.skip(reason)


def chromium_path() -> str | None:
    """The browser named by BULIAN_CHROMIUM, else the first one found."""
    given = os.environ.get("BULIAN_CHROMIUM")
    return given or next((found for name in CANDIDATES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing("playwright is not installed")
    path = chromium_path()
    if path is None:
        missing("no Chromium was found (set BULIAN_CHROMIUM)")
    with sync_playwright() as play:
        try:
            running = play.chromium.launch(executable_path=path, args=SWITCHES)
        except Error as error:
            missing(f"Chromium does not start: {error}")
        yield running
        running.close()


class Opened:
    """A page by file://, with everything it asked for or complained about on record."""

    def __init__(self, browser: Any, path: Path) -> None:
        self.url = path.as_uri()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page = browser.new_page(viewport={"width": 1440, "height": 900})
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._note(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.add_init_script("window.hits = []; window.hit = function (n) { window.hits.push(n); };")

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def go(self, hash_: str = "") -> Any:
        self.page.goto(self.url + hash_)
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def spot(self, name: str) -> dict[str, float]:
        """Where a card is on the screen."""
        script = """link => { const id = page.links.get(link);
                              const at = map.network.canvasToDOM(map.network.getPosition(id));
                            const box = document.getElementById('map').getBoundingClientRect();
                            return {x: at.x + box.left, y: at.y + box.top}; }"""
        return dict(self.page.evaluate(script, name))


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[[str], Opened]]:
    """A function that writes a page and prepares a tab for it."""
    from bulian.viz.page import write_page

    made: list[Opened] = []

    def prepare(html: str) -> Opened:
        made.append(Opened(browser, write_page(html, tmp_path / f"页{len(made)}.html")))
        return made[-1]

    yield prepare
    for one in made:
        one.page.close()

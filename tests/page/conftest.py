"""Chromium, a building with real keys and a real log, and a server for the two."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
import shutil
from typing import Any, Final

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
import pytest

from .building import Building
from .serving import Server, serving

_FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A violation of the content security policy is told by an event, wherever the console drops it.
_WATCH_POLICY: Final = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""

FLATS: Final = ["101", "102", "103", "104", "201", "202", "203", "204"]


@pytest.fixture
def building() -> Building:
    """Eight flats on two floors, forty settled slots and their records."""
    return Building(FLATS)


@pytest.fixture
async def server(building: Building, socket_enabled: None) -> AsyncIterator[Server]:
    async with serving(building) as server:
        yield server


@pytest.fixture
async def browser(socket_enabled: None) -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium here: apt-get install chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        await browser.close()


@dataclass
class Problems:
    """What a page has complained of in the browser's console, other than that the server was not there."""

    found: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(message.text)


@dataclass
class Opened:
    """A page and what it has complained of."""

    page: Page
    problems: Problems

    async def clean(self) -> None:
        """Fail unless the page ran without a complaint of the browser."""
        assert self.problems.found == []
        assert await self.page.evaluate("window.violations") == []

    async def text(self, selector: str) -> str:
        """The text of one element, through all shadow roots."""
        return (await self.page.locator(selector).inner_text()).strip()


type Open = Callable[..., Awaitable[Opened]]


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Open an address in a profile of its own: `await open_page(url, locale=…, viewport=…)`."""
    async with AsyncExitStack() as stack:

        async def opened(url: str, **context: Any) -> Opened:
            profile = await browser.new_context(**{"locale": "ja-JP", "timezone_id": "Asia/Tokyo"} | context)
            stack.push_async_callback(profile.close)
            page = await profile.new_page()
            page.set_default_timeout(8000)
            problems = Problems()
            page.on("console", problems.hear)
            page.on("pageerror", lambda error: problems.found.append(str(error)))
            await page.add_init_script(_WATCH_POLICY)
            await page.goto(url)
            return Opened(page, problems)

        yield opened


@pytest.fixture
def shots() -> Path | None:
    """Where to keep pictures of the page; None unless PAGE_SHOTS names a folder."""
    import os

    folder = os.environ.get("PAGE_SHOTS")
    if folder is None:
        return None
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path

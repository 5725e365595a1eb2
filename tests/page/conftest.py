"""Chromium, a building with real keys and a real log, and a server for it that can be made to lie."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
import shutil
from typing import Any, Final

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect
import pytest
import pytest_asyncio

from ..needed import lacks
from .building import FIRST_SLOT, SLOT_SECONDS, Building
from .serving import Server, serving

INSECURE_HOST: Final = "building.example"

_FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A name that leads here and, unlike 127.0.0.1, is no secure context on plain http: so most open a building's page.
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
]

# A violation of the content security policy is told by an event, also where the console is silent.
_WATCH_POLICY: Final = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""

# What Chromium itself says of a server that is away or refuses: it is the test's doing.
_OF_THE_NETWORK: Final = "Failed to load resource"

# Long enough for a busy machine: what comes, comes at once, and only a failing test waits so long.
_PATIENCE_MS: Final = 60_000
expect.set_options(timeout=_PATIENCE_MS)

FLATS: Final = ["101", "102", "103", "104", "201", "202", "203", "204"]


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Leave the one loop of all tests as it is."""


@pytest.fixture
def verify_cleanup() -> None:
    """Home Assistant's check after each test takes the worker threads of the one loop of all tests for leftovers."""


def furnish(building: Building, slots: int) -> None:
    """Settle slots, with the records of four flats and a transfer in each."""
    first, second, *others = building.flats
    for number in range(slots):
        slot = FIRST_SLOT - SLOT_SECONDS * (slots - number + 1)
        for flat in (first, second, *others[:2]):
            building.interval(flat, slot, 12 + number % 7)
        building.transfer(first, second, slot, 20, 8)
        building.settle(slot, 28)


@pytest.fixture
def building() -> Building:
    """Eight flats on two floors with six settled slots."""
    building = Building(FLATS)
    furnish(building, 6)
    return building


@pytest_asyncio.fixture(loop_scope="session")
async def server(building: Building, socket_enabled: None) -> AsyncIterator[Server]:
    async with serving(building) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all: each page gets a profile of its own."""
    chromium = shutil.which("chromium")
    if chromium is None:
        lacks("there is no Chromium here: apt-get install chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        await browser.close()


@dataclass
class Opened:
    """A page, and what the browser has complained of in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        # Without witnesses there is no policy: the page asks, and is told so.
        asked = message.location["url"].endswith("/log/policy") and "404" in message.text
        if message.type in {"error", "warning"} and not asked:
            self.complaints.append(message.text)

    async def ready(self) -> None:
        """Return when the page hears what the server tells, and has verified the log."""
        await expect(self.connection).to_have_attribute("data-kind", "live")
        await expect(self.log).to_have_attribute("data-kind", "verified")

    async def assert_clean(self, *, network: bool = True) -> None:
        """Fail unless the page ran without a complaint; `network` says whether the server was always there for it."""
        complaints = [text for text in self.complaints if network or not text.startswith(_OF_THE_NETWORK)]
        assert complaints == []
        assert await self.page.evaluate("window.violations") == []

    def __getitem__(self, selector: str) -> Locator:
        """An element, through all shadow roots."""
        return self.page.locator(selector)

    @property
    def log(self) -> Locator:
        """The state of the log's check; `data-kind` tells which."""
        return self["log-panel .state"]

    @property
    def reason(self) -> Locator:
        """Why the log does not verify; `data-code` tells which."""
        return self["log-panel .reason"]

    @property
    def connection(self) -> Locator:
        """The state of the connection; `data-kind` tells which."""
        return self["connection-state div"]


type Open = Callable[..., Awaitable[Opened]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Open an address in a profile of its own: `await open_page(url, locale=…, viewport=…)`."""
    async with AsyncExitStack() as stack:

        async def opened(url: str, **context: Any) -> Opened:
            profile = await browser.new_context(**{"locale": "ja-JP", "timezone_id": "Asia/Tokyo"} | context)
            stack.push_async_callback(profile.close)
            page = Opened(await profile.new_page())
            page.page.set_default_timeout(_PATIENCE_MS)
            page.page.on("console", page.hear)
            page.page.on("pageerror", lambda error: page.complaints.append(str(error)))
            await page.page.add_init_script(_WATCH_POLICY)
            await page.page.goto(url)
            return page

        yield opened

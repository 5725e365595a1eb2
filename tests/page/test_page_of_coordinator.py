"""The page as the real coordinator serves it, with flats that are enrolled, connected and log their records."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import expect
import pytest
import pytest_asyncio

from coordinator.config import load
from tests.coordinator.flat import ManualClock

from .conftest import Open
from .coordinated import House, coordinated

# One loop for all tests, as they share the browser that lives in it.
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SLOT = 1_795_312_800
FILE = """
name: さくらハイツ
origin: vpp.example/test
data: ./data
listen: {host: 127.0.0.1, port: 0, announce: false}
slot_minutes: 1
settle_after: 600
prices: {inside: "22.00", grid: "31.50", feed_in: "8.50"}
flats: ["101", "102", "103"]
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000)


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, clock: ManualClock, socket_enabled: None) -> AsyncIterator[House]:
    file = tmp_path / "building.yaml"
    file.write_text(FILE)
    async with coordinated(load(file), clock) as house:
        yield house


async def test_flats_records_and_slots_show_as_they_happen_and_the_log_verifies(
    house: House, clock: ManualClock, open_page: Open
) -> None:
    giver, taker = await house.enrolled("101"), await house.enrolled("102")
    page = await open_page(house.page)
    await page.ready()
    # The building's own key and two flats.
    await expect(page.log).to_contain_text("3 件")
    await expect(page['[data-flat="101"]']).to_have_attribute("data-kind", "offline")
    async with house.link(giver) as sun, house.link(taker) as home:
        await house.frame(sun, -1520)
        await house.frame(home, 640)
        await expect(page['[data-flat="101"] .watt']).to_have_text("1.52 kW")
        await expect(page['[data-flat="102"] .watt']).to_have_text("640 W")
        await expect(page['[data-flat="101"]']).to_have_attribute("data-kind", "online")
        await expect(page['[data-flat="103"] .watt']).to_have_text("–")
        await house.frame(home, None)
        await expect(page['[data-flat="102"] .watt']).to_have_text("–")

        clock.pass_ms(120_000)
        for slot in (SLOT, SLOT + 60):
            await sun.log(giver.slot(slot, 0, 40))
            await home.log(taker.slot(slot, 25))
        await expect(page['record-table .kind:text-is("融通")']).to_have_count(2)
        size = house.coordinator.ledger.size
        await expect(page.log).to_contain_text(f"{size} 件")
        # Each meter's slot has a record for each direction; of these one says that nothing moved.
        await expect(page["record-table .held"]).to_have_count(size - 4)
        await page["record-table .all"].check()
        await expect(page["record-table .held"]).to_have_count(size)
        await expect(page["slot-chart .one"]).to_contain_text("22.00 円/kWh")

        # The coordinator's own record and proof, as anybody may fetch them, prove the newest transfer in the browser.
        await page["record-table tr:has(.kind.transfer) button.verify"].first.click()
        await expect(page["proof-check .verdict"]).to_have_class("verdict proven")
        await expect(page['proof-check li[data-outcome="failed"]']).to_have_count(0)
        await expect(page['proof-check li[data-step="device"]']).to_have_attribute("data-outcome", "passed")
        await expect(page['proof-check [data-value="energy"]']).to_have_text("25 Wh")
    await expect(page['[data-flat="101"]']).to_have_attribute("data-kind", "offline")
    await page.assert_clean()


async def test_a_byte_changed_on_the_coordinators_disk_is_found_and_its_return_heals(
    house: House, clock: ManualClock, open_page: Open, tmp_path: Path
) -> None:
    flat = await house.enrolled("101")
    async with house.link(flat) as client:
        clock.pass_ms(60_000)
        await client.log(flat.slot(SLOT, 12))
    page = await open_page(house.page)
    # Two keys, two records of the slot, and that it is settled: nothing more comes.
    await expect(page.log).to_contain_text("5 件")
    await expect(page.log).to_have_attribute("data-kind", "verified")
    bundle = tmp_path / f"data/log/tile/entries/000.p/{house.coordinator.ledger.size}"
    good = bundle.read_bytes()
    bundle.chmod(0o644)
    bundle.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    await page["log-panel .again"].click()
    await expect(page.reason).to_have_attribute("data-code", "entry")
    await expect(page.log).to_contain_text(f"番号 {house.coordinator.ledger.size - 1}")
    bundle.write_bytes(good)
    await page["log-panel .again"].click()
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await page.assert_clean()


async def test_the_page_outlives_a_restart_of_the_coordinator_and_its_log_continues(
    house: House, clock: ManualClock, open_page: Open
) -> None:
    flat = await house.enrolled("101")
    await house.enrolled("102")  # Which says nothing: the slot is not settled, and the log grows once.
    page = await open_page(house.page)
    await page.ready()
    await expect(page.log).to_contain_text("3 件")
    await house.stop()
    await expect(page.connection).to_have_attribute("data-kind", "lost")
    await house.start()
    await expect(page.connection).to_have_attribute("data-kind", "live")
    async with house.link(flat) as client:
        clock.pass_ms(60_000)
        await client.log(flat.slot(SLOT, 12))
    await expect(page.log).to_contain_text("前に確かめた 3 件の続き")
    await page.assert_clean(network=False)


async def test_without_the_managers_token_only_the_log_is_shown(house: House, open_page: Open) -> None:
    page = await open_page(house.coordinator.url)
    await expect(page.connection).to_have_attribute("data-kind", "restricted")
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await expect(page["flow-picture"]).to_have_count(0)
    await page.assert_clean(network=False)

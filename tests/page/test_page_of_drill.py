"""Drills on the page, as the real coordinator holds them with flats that are really connected."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import expect
import pytest
import pytest_asyncio

from coordinator.config import load
from localvpp.blackout.building_document import decode_building
from localvpp.wire import DrillAnswer, DrillSaid, RollCall, Says, open_drill_word
from tests.coordinator.drills.conftest import BulkMeter
from tests.coordinator.flat import FlatClient, ManualClock

from .conftest import Open, Opened
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
meters: {bulk: "tcp://127.0.0.1:9?unit=1"}
drills: {contract_kw: 40}
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


async def press_twice(page: Opened, button: str) -> None:
    """Press what asks whether it is meant."""
    before = await page[button].inner_text()
    await page[button].click()
    await expect(page[button]).not_to_have_text(before)
    await page[button].click()


async def word(house: House, client: FlatClient, says: Says) -> bytes:
    """The call, or the drill, of the next word of a sort."""
    building = house.coordinator.ledger.directory.named("building")
    assert building is not None
    while True:
        said = await client.next(DrillSaid)
        told = open_drill_word(said.statement, building.key, building.device, "vpp.example/test", client.flat.device)
        if told.says is says:
            return told.drill if says is Says.ANNOUNCED else told.call


async def test_a_roll_call_is_planned_held_acknowledged_and_reported_on_the_page(house: House, open_page: Open) -> None:
    flat = await house.enrolled("101")
    async with house.link(flat) as client:
        page = await open_page(house.page)
        await page.ready()
        await expect(page["blackout-panel .grid"]).to_have_attribute("data-grid", "unknown")
        await expect(page["blackout-panel .none"]).to_be_visible()
        await page["blackout-panel select"].select_option("l1")
        await page["blackout-panel form.plan button"].click()
        await expect(page["blackout-panel .drill"]).to_have_attribute("data-stage", "planned")
        await expect(page["roll-call"]).to_have_count(0)
        await press_twice(page, "blackout-panel button.start")
        await expect(page["blackout-panel .drill"]).to_have_attribute("data-stage", "announced")
        drill = await word(house, client, Says.ANNOUNCED)
        await client.send(RollCall(drill, None))
        await client.send(RollCall(drill, "花子"))
        await expect(page['roll-call tr[data-name="101"] .seen']).to_contain_text("花子")
        await page['roll-call tr[data-name="102"] button.tick'].click()
        await expect(page['roll-call tr[data-name="102"] .seen']).to_contain_text("管理者")
        await expect(page["roll-call .counts"]).to_contain_text("2 / 3 戸")
        await expect(page['blackout-panel li[data-name="102"]']).to_contain_text("✓")
        for width in (1000, 1300):
            await page.page.set_viewport_size({"width": width, "height": 900})
            panel, side = [await page[each].first.bounding_box() for each in ("blackout-panel", "log-panel")]
            assert panel is not None
            assert side is not None
            assert panel["x"] + panel["width"] <= side["x"], "nothing lies over another"
        await press_twice(page, "blackout-panel button.stop")
        await expect(page["blackout-panel .drill"]).to_have_attribute("data-stage", "ended")
        async with page.page.expect_download() as download:
            await page["blackout-panel a.report"].click()
        file = await (await download.value).path()
        document = decode_building(file.read_bytes())
        assert [flat.acknowledged_after_s for flat in document.flats] == [0.0, 0.0, None]
        await expect(page["blackout-panel .logged"]).to_be_visible()
        async with page.page.expect_download() as download:
            await page["blackout-panel a.sheet"].first.click()
        file = await (await download.value).path()
        assert file.read_bytes().startswith(b"%PDF-")
        await page.assert_clean()


async def test_a_drill_shows_why_nobody_is_called_and_why_a_flat_refuses(
    house: House, clock: ManualClock, open_page: Open
) -> None:
    flat = await house.enrolled("101")
    async with house.link(flat) as client:
        page = await open_page(house.page, locale="en-GB")
        await page.ready()
        await page["blackout-panel select"].select_option("l2")
        await page["blackout-panel input[name=notice]"].fill("0")
        await page["blackout-panel form.plan button"].click()
        await press_twice(page, "blackout-panel button.start")
        await expect(page["blackout-panel .against"]).to_contain_text("bulk meter cannot be read")
        bulk = house.coordinator.meters.bulk
        assert bulk is not None
        clock.pass_ms(11_000)
        await bulk.read(BulkMeter())
        await expect(page["blackout-panel .grid"]).to_have_attribute("data-grid", "good")
        await expect(page["blackout-panel .against"]).to_contain_text("No flat can be called now")
        await client.send(flat.state_frame(clock.wall_ms()))
        call = await word(house, client, Says.GO)
        await expect(page['roll-call tr[data-name="101"]']).to_have_attribute("data-stage", "called")
        await client.send(DrillAnswer(call, False, ("battery_low", "declined"), "来客中"))
        await expect(page['roll-call tr[data-name="101"]']).to_have_attribute("data-stage", "refused")
        await expect(page['roll-call tr[data-name="101"] .turn']).to_contain_text("too little charge")
        await expect(page['roll-call tr[data-name="101"] .words']).to_contain_text("来客中")
        await expect(page['blackout-panel li[data-name="101"]']).to_have_attribute("data-stand", "connected")
        await page.assert_clean()


async def test_what_is_refused_is_told_in_the_coordinators_own_sentence(house: House, open_page: Open) -> None:
    page = await open_page(house.page)
    await page.ready()
    await page["blackout-panel select"].select_option("l1")
    await page["blackout-panel input[name=length]"].evaluate("(input) => { input.max = 100; input.value = 99; }")
    await page["blackout-panel form.plan button"].click()
    await expect(page["blackout-panel .refused"]).to_contain_text("whole number of seconds from 60 to 3600")
    await page["blackout-panel input[name=length]"].fill("5")
    await page["blackout-panel form.plan button"].click()
    await expect(page["blackout-panel .refused"]).to_have_count(0)
    await page.assert_clean(network=False)

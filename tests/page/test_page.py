"""The live page in a real browser: what it shows, and what it says of a server that lies, falls silent or goes away."""

from playwright.async_api import expect
import pytest

from .building import FIRST_SLOT, ORIGIN, Building, Log
from .conftest import FLATS, Open, furnish
from .serving import Server, serving

# One loop for all tests, as they share the browser that lives in it.
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}


# --- What it shows ----------------------------------------------------------------------------------------------------


async def test_every_flat_stands_in_the_picture_with_its_values_and_unknown_is_a_dash(
    server: Server, building: Building, open_page: Open
) -> None:
    building.readings["204"] |= dict.fromkeys(("grid_w", "pv_w", "battery_w", "soc", "age_ms"), None) | {
        "online": False
    }
    building.readings["201"] |= {"islanded": True}
    page = await open_page(server.url)
    await expect(page["[data-flat]"]).to_have_count(len(FLATS))
    await expect(page['[data-flat="101"]']).to_have_attribute(
        "aria-label", "101 号室, 送り出し 420 W, 太陽光 1.80 kW, 蓄電池 充電 300 W, 充電率 64 %"
    )
    await expect(page['[data-flat="101"] .watt']).to_have_text("420 W")
    await expect(page['[data-flat="204"] .watt']).to_have_text("–")
    await expect(page['[data-flat="204"]']).to_have_attribute("data-kind", "offline")
    await expect(page['[data-flat="201"]']).to_have_attribute("data-kind", "islanded")
    await expect(page['[data-value="bulk"]']).to_have_text("5.21 kW")
    # One flat is not known, so what the others share is only the least that it can be.
    await expect(page['[data-value="shared"]']).to_have_text("1.66 kW 以上")
    await page.assert_clean()


async def test_live_values_change_without_a_reload(server: Server, building: Building, open_page: Open) -> None:
    page = await open_page(server.url)
    await page.ready()
    await expect(page['[data-flat="102"] .watt']).to_have_text("510 W")
    building.readings["102"] |= {"grid_w": -1250}
    building.bulk |= {"bulk_w": -300}
    server.tell_state()
    await expect(page['[data-flat="102"] .watt']).to_have_text("1.25 kW")
    await expect(page['[data-flat="102"] .arrow']).to_have_class("arrow give")
    await expect(page["building-now .big"]).to_have_class("big give")
    await page.assert_clean()


async def test_a_new_record_appears_and_is_found_in_the_log_that_was_verified_here(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    await expect(page["record-table tbody tr"]).to_have_count(len(building.records))
    record = building.transfer("101", "102", FIRST_SLOT, 31, 9)
    row = page[f'record-table tr[data-index="{record["index"]}"]']
    await expect(row).to_have_count(0)
    server.tell_records(record)
    await expect(row.locator(".energy")).to_have_text("40 Wh")
    await expect(row.locator(".kind")).to_have_text("融通")
    await expect(row.locator(".chip")).to_have_text(["太陽光 31 Wh", "蓄電池 9 Wh"])
    await expect(row.locator(".held")).to_have_count(1)
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await expect(page.log).to_contain_text(f"{len(building.log.entries)} 件")
    await page.assert_clean()


async def test_a_row_that_the_log_does_not_have_is_marked(server: Server, building: Building, open_page: Open) -> None:
    building.records[0] |= {"hash": "00" * 32}
    page = await open_page(server.url)
    await expect(page["record-table .bad"]).to_have_count(1)
    await expect(page["record-table .held"]).to_have_count(len(building.records) - 1)


async def test_a_settled_slot_joins_the_bars_and_tells_its_price(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    await expect(page["slot-chart g[data-slot]"]).to_have_count(6)
    server.tell("slot", building.settle(FIRST_SLOT, 50))
    await expect(page["slot-chart g[data-slot]"]).to_have_count(7)
    await expect(page["slot-chart .one"]).to_contain_text("22.00 円/kWh")
    await expect(page["slot-chart .missing"]).to_have_text("未着: 204")
    await page.assert_clean()


async def test_a_flat_tells_all_it_knows_when_it_is_chosen_by_key(server: Server, open_page: Open) -> None:
    page = await open_page(server.url)
    flat = page['[data-flat="101"]']
    await flat.focus()
    await flat.press("Enter")
    await expect(page["flat-detail"]).to_contain_text("+0.62 円")
    await expect(page["flat-detail"]).to_contain_text("1.234 kWh / 0.567 kWh")
    await flat.press("Enter")
    await expect(page["flat-detail"]).to_have_count(0)
    await page.assert_clean()


async def test_the_language_is_the_browsers_until_the_reader_chooses(server: Server, open_page: Open) -> None:
    page = await open_page(server.url, locale="en-GB")
    await expect(page["log-panel h2"]).to_have_text("Check of the log")
    await page[".language"].click()
    await expect(page["log-panel h2"]).to_have_text("記録の検証")
    await page.page.reload()
    await expect(page["log-panel h2"]).to_have_text("記録の検証")
    assert await page.page.evaluate("document.documentElement.lang") == "ja"
    await page.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_needs_no_scrolling_sideways(
    server: Server, building: Building, open_page: Open, scheme: str
) -> None:
    page = await open_page(server.url, viewport=PHONE, color_scheme=scheme)
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await page['[data-flat="101"]'].click()
    assert await page.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await page.assert_clean()


async def test_a_hundred_flats_fit_a_phone(socket_enabled: None, open_page: Open) -> None:
    building = Building([f"{floor}{number:02d}" for floor in range(1, 11) for number in range(1, 11)])
    furnish(building, 2)
    async with serving(building) as server:
        page = await open_page(server.url, viewport=PHONE)
        await expect(page["[data-flat]"]).to_have_count(100)
        assert await page.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        sides = await page["[data-flat] rect.tile"].evaluate_all(
            "tiles => tiles.map((tile) => tile.getBoundingClientRect()).map(({ left, right }) => [left, right])"
        )
        assert len(sides) == 100
        assert all(0 <= left < right <= PHONE["width"] for left, right in sides)
        await page.assert_clean()


@pytest.mark.parametrize(("motion", "running"), [("no-preference", True), ("reduce", False)])
async def test_nothing_moves_for_who_wants_no_motion(
    server: Server, open_page: Open, motion: str, *, running: bool
) -> None:
    page = await open_page(server.url, reduced_motion=motion)
    await expect(page["flow-picture .flow"].first).to_be_attached()
    name = await page["flow-picture .flow"].first.evaluate("line => getComputedStyle(line).animationName")
    assert (name == "along") is running


# --- The connection ---------------------------------------------------------------------------------------------------


async def test_a_lost_connection_is_told_and_heals_with_what_was_missed(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    await server.stop()
    await expect(page.connection).to_have_attribute("data-kind", "lost")
    await expect(page.connection).to_contain_text("接続が切れました")
    await expect(page["flow-picture .warn"]).to_have_text("表示は切断前の値です")
    missed = building.transfer("101", "102", FIRST_SLOT, 7, 0)
    building.readings["102"] |= {"grid_w": 640}
    await server.start()
    await expect(page.connection).to_have_attribute("data-kind", "live")
    await expect(page["flow-picture .warn"]).to_have_count(0)
    await expect(page['[data-flat="102"] .watt']).to_have_text("640 W")
    await expect(page[f'record-table tr[data-index="{missed["index"]}"] .held']).to_have_count(1)
    await expect(page.log).to_contain_text(f"{len(building.log.entries)} 件")
    await page.assert_clean(network=False)


async def test_a_message_that_cannot_be_read_is_told_and_the_next_good_one_heals(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    server.readable = False
    server.tell_state()
    await expect(page[".notice"]).to_contain_text('state.flats[0].grid_w is "much"')
    await expect(page['[data-flat="101"] .watt']).to_have_text("420 W")
    server.readable = True
    building.readings["101"] |= {"grid_w": -77}
    server.tell_state()
    await expect(page[".notice"]).to_have_count(0)
    await expect(page['[data-flat="101"] .watt']).to_have_text("77 W")


async def test_who_is_not_the_manager_sees_no_power_and_can_check_the_log(server: Server, open_page: Open) -> None:
    server.public = False
    page = await open_page(server.url)
    await expect(page.connection).to_have_attribute("data-kind", "restricted")
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await expect(page["flow-picture"]).to_have_count(0)
    await page.assert_clean(network=False)


# --- A log that is not right ------------------------------------------------------------------------------------------


async def test_a_changed_entry_is_named_and_a_mended_one_verifies_again(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    building.log.flip_entry(3)
    await page["log-panel .again"].click()
    await expect(page.reason).to_have_attribute("data-code", "entry")
    await expect(page.log).to_contain_text("該当する記録: 番号 3")
    building.log.flip_entry(3)
    await page["log-panel .again"].click()
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await expect(page["log-panel .before"]).to_contain_text("1 回、検証に失敗しています")
    await page.assert_clean()


async def test_a_forged_signature_is_refused(server: Server, building: Building, open_page: Open) -> None:
    page = await open_page(server.url)
    await page.ready()
    good = building.log.note
    text, signature = good.rsplit(b"\n\n", 1)
    size = str(len(building.log.entries)).encode()
    building.log.note = text.replace(b"\n" + size + b"\n", b"\n" + size + b"0\n") + b"\n\n" + signature
    server.tell("head", building.head() | {"size": len(building.log.entries) * 10})
    await expect(page.reason).to_have_attribute("data-code", "signature")
    await expect(page.log).to_contain_text("署名が建物のログの鍵によるものではありません")
    building.log.note = good
    server.tell_records(building.interval("101", FIRST_SLOT, 5))
    await expect(page.log).to_have_attribute("data-kind", "verified")


async def test_a_head_that_is_announced_with_another_root_than_signed_is_refused(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    server.tell("head", building.head() | {"root": "A" * 43 + "="})
    await expect(page.reason).to_have_attribute("data-code", "root")


@pytest.mark.parametrize(("entries", "code"), [(5, "shrunk"), (39, "fork"), (60, "fork")])
async def test_a_log_with_another_past_is_refused_until_the_reader_accepts_it(
    server: Server, building: Building, open_page: Open, entries: int, code: str
) -> None:
    page = await open_page(server.url)
    await page.ready()
    assert len(building.log.entries) == 39
    # The other past is signed with the right key and is whole in itself: only who saw the first one can tell.
    building.log = Log(building.log.signer)
    building.log.append([f"another entry {number}".encode() for number in range(entries)])
    server.tell("head", building.head())
    await expect(page.reason).to_have_attribute("data-code", code)
    await page.page.reload()
    await expect(page.reason).to_have_attribute("data-code", code)
    await page["log-panel .failed summary"].click()
    await page["log-panel .forget"].click()
    await expect(page.log).to_have_attribute("data-kind", "verified")
    await page.assert_clean()


async def test_another_log_key_than_the_one_known_is_refused(
    server: Server, building: Building, open_page: Open
) -> None:
    page = await open_page(server.url)
    await page.ready()
    building.replace_log_key(b"another key")
    await page.page.reload()
    await expect(page.reason).to_have_attribute("data-code", "key")
    await page["log-panel .failed summary"].click()
    await page["log-panel .forget"].click()
    await expect(page.log).to_have_attribute("data-kind", "verified")


async def test_a_head_of_another_log_is_refused(server: Server, building: Building, open_page: Open) -> None:
    building.log = Log(building.log.signer, origin=f"{ORIGIN}-2")
    page = await open_page(server.url)
    await expect(page.reason).to_have_attribute("data-code", "origin")


async def test_entries_that_were_signed_for_and_are_gone_are_missed(
    server: Server, building: Building, open_page: Open
) -> None:
    for path in [path for path in building.log.files if path.startswith("tile/entries/")]:
        del building.log.files[path]
    page = await open_page(server.url)
    await expect(page.reason).to_have_attribute("data-code", "missing")

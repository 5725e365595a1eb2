"""A flat trades by itself in its building's market, as its residents wish, and Home Assistant shows what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partialmethod
import json
import logging
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from coordinator.market import service
from custom_components.local_vpp import market_settings
from custom_components.local_vpp.const import CONF_MARKET, CONF_MIRROR, DeviceKind
from custom_components.local_vpp.lib.localvpp.bidder import MarketSettings
from custom_components.local_vpp.lib.localvpp.market import Order, Side
from custom_components.local_vpp.lib.localvpp.market.bidding import AgreedWord, Wishes, WordProblem
from custom_components.local_vpp.lib.localvpp.notebook import Evidence, EvidenceKind, Notebook
from custom_components.local_vpp.market_flow import WORD_ERRORS
from custom_components.local_vpp.market_settings import market_settings_of
from localvpp import bidder
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer
from localvpp.flat import Flat
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore
from localvpp.wire import Invite

from ..localvpp.bidder.flat import keep, lived
from ..localvpp.scripted_devices import ScriptedInverter, ScriptedMeter
from . import conftest
from .conftest import PATIENCE_S, Building, MakeEntry, reloaded, set_up, state_of, until
from .quick_clock import START_MS, PacedClock, QuickClock

BEGAN = START_MS // 1000
GRID, FEED_IN = 3150, 850
MIDDLE = (GRID + FEED_IN) // 2
WH = 10
"""What the flat needs in two minutes."""

SENSORS = ("market_gate", "market_order", "market_price", "bought_today", "sold_today", "saved_today")
WISHED = {
    "trades": True,
    "strategy": "battery-aware",
    "sell_not_below": 12.34,
    "buy_not_above": 30,
    "green_only": True,
    "neighbour_word": "Blue Heron  Kettle",
    "keep_percent": 25,
    "deliver": True,
    "line_w": 6000,
}


async def asked(hass: HomeAssistant, entry: MockConfigEntry, answer: dict[str, Any]) -> Any:
    """Fill in the form."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "market"})
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "market")
    return await hass.config_entries.options.async_configure(flow["flow_id"], answer)


async def test_residents_say_in_plain_words_what_is_kept_to(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_update_entry(entry, options={CONF_MIRROR: ""})
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    zone = dt_util.get_default_time_zone()
    assert before.flat._bidder._settings == MarketSettings(zone=zone), "who was never asked trades by the default"
    assert not before.flat._bidder._settings.deliver, "and commands nothing"
    assert state_of(hass, "_delivery", entry) == "off"
    result = await asked(hass, entry, WISHED)
    assert (result["type"], result["data"]) == (FlowResultType.CREATE_ENTRY, {CONF_MIRROR: "", CONF_MARKET: WISHED})
    await reloaded(entry, before)
    before = entry.runtime_data.coordinator
    wishes = Wishes(
        sell_not_below=1234,
        buy_not_above=3000,
        green_only=True,
        neighbour=AgreedWord("blueheronkettle"),
        reserve_percent=25,
    )
    assert before.flat._bidder._settings == MarketSettings(
        zone=zone, strategy="battery-aware", wishes=wishes, deliver=True, line_w=6000
    )
    assert before.flat._delivering._settings.deliver
    assert state_of(hass, "_delivery", entry) == "no_trades"
    assert all(state_of(hass, f"_{sensor}", entry) == "unknown" for sensor in SENSORS), "there is no market"
    result = await asked(hass, entry, {"trades": False})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, before)
    before = entry.runtime_data.coordinator
    assert before.flat._bidder._settings == MarketSettings(zone=zone, trades=False)
    result = await asked(hass, entry, {"deliver": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY, "its meter tells what the line bears"
    await reloaded(entry, before)


async def test_a_price_finer_than_is_counted_is_refused_and_can_be_put_right(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    result = await asked(hass, entry, {"buy_not_above": 20.005})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"base": "settings_refused"})
    assert "two decimals" in result["description_placeholders"]["reason"]
    before = entry.runtime_data.coordinator
    result = await hass.config_entries.options.async_configure(result["flow_id"], {"buy_not_above": 20})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, before)


async def test_a_word_that_is_soon_guessed_is_refused_without_being_repeated(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    result = await asked(hass, entry, {"neighbour_word": "cherry tree"})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"neighbour_word": "word_too_short"})
    assert result["description_placeholders"] == {"reason": ""}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_problem_of_a_word_has_its_words(language: str) -> None:
    file = Path(market_settings.__file__).parent / "translations" / f"{language}.json"
    told = json.loads(file.read_text())["options"]["error"]
    assert WORD_ERRORS.keys() == set(WordProblem)
    assert {each for each in told if each.startswith("word_")} == set(WORD_ERRORS.values())


async def test_the_word_is_in_no_diagnostics_entity_or_log(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    make_entry: MakeEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_update_entry(entry, options={CONF_MARKET: WISHED})
    with caplog.at_level(logging.DEBUG):
        await set_up(hass, entry)
        coordinator = entry.runtime_data.coordinator
        tag = "0123456789abcdef" * 2
        order = replace(Order(id="a", flat="101", side=Side.BID, wh=10, limit=1000), partner=tag)
        found = ""
        async with asyncio.timeout(PATIENCE_S):
            while '"partner"' not in found:  # The flat's own next state may come between.
                bidder = replace(coordinator.data.bidder, orders=(order,), next_slot=BEGAN)
                reason = f"{WISHED['neighbour_word']} is no folder"
                coordinator.async_set_updated_data(replace(coordinator.data, bidder=bidder, mirror_reason=reason))
                shown = json.dumps([state.as_dict() for state in hass.states.async_all()], default=str)
                found = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    assert '"neighbour_word": "**REDACTED**"' in found
    assert '"partner": "**REDACTED**"' in found
    assert '"neighbour_first": true' in shown
    for text in (found, shown, caplog.text):
        assert "heron" not in text.lower()
        assert tag not in text


def test_options_of_a_form_that_was_never_filled_in_are_the_default() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    assert market_settings_of({}, zone) == MarketSettings(zone=zone)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_reason_for_no_order_has_its_words(language: str) -> None:
    file = Path(market_settings.__file__).parent / "translations" / f"{language}.json"
    told = json.loads(file.read_text())["entity"]["sensor"]["market_order"]["state_attributes"]["reason"]["state"]
    assert told.keys() == set(bidder.Why)


# --- a slot is traded -------------------------------------------------------------------------------


@pytest.fixture
async def _market(monkeypatch: pytest.MonkeyPatch, clock: QuickClock) -> AsyncIterator[None]:
    """A building that trades slots of two minutes, once each, and whose market looks once in a second of its clock.

    By seconds of this machine it would look three times in a round, and who answers a moment late would be too late.
    """
    assert isinstance(clock, PacedClock)
    monkeypatch.setattr(service.Market, "run", partialmethod(service.Market.run, clock.sleep))
    text = conftest.BUILDING.replace("slot_minutes: 30", "slot_minutes: 2")
    monkeypatch.setattr(conftest, "BUILDING", text + "market: {{gate_s: 60, show_s: 20, rounds: []}}\n")
    passing = asyncio.create_task(clock.run())
    yield
    passing.cancel()
    await asyncio.wait({passing})


@pytest.fixture
async def neighbour(_market: None, building: Building, clock: QuickClock, tmp_path: Path) -> AsyncIterator[Flat]:
    """Flat 102 without Home Assistant, whose roof gives more than it needs."""
    signer = Ed25519Signer.generate()
    async with aiohttp.ClientSession() as session:
        invite = Invite.parse(await building.invite("102"))
        membership = await enrol(session, building.url, invite, signer, software="test")
        store = await FlatStore.open(tmp_path / "102.db", membership.device, membership.origin)
        await keep(store, lived(35, BEGAN))
        flat = Flat(
            devices=FlatDevices(meter=ScriptedMeter(), inverter=ScriptedInverter()),
            signer=signer,
            membership=membership,
            store=store,
            session=session,
            software="test",
            clock=clock,
            sleep=clock.sleep,
            market=bidder.MarketSettings(zone=ZoneInfo("Asia/Tokyo")),
        )
        running = asyncio.create_task(flat.run())
        yield flat
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await store.close()


@pytest.mark.parametrize("clock", [PacedClock], indirect=True, ids=["paced"])
async def test_two_flats_trade_a_slot_and_the_sensors_show_it(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    neighbour: Flat,
    make_entry: MakeEntry,
    tmp_path: Path,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    await keep(entry.runtime_data.coordinator.store, lived(35, BEGAN))  # type: ignore[arg-type]  # the same by its other name
    await until(lambda: state_of(hass, "_bought_today", entry) not in {"unknown", "0.0"})
    bidder = entry.runtime_data.coordinator.data.bidder
    slots, rest = divmod(bidder.today.bought_wh, WH)
    assert rest == 0
    assert float(state_of(hass, "_bought_today", entry)) == pytest.approx(slots * WH / 1000)
    assert float(state_of(hass, "_sold_today", entry)) == 0
    assert float(state_of(hass, "_market_price", entry)) == MIDDLE / 100
    assert bidder.today.saved == slots * WH * (GRID - MIDDLE)
    assert float(state_of(hass, "_saved_today", entry)) == pytest.approx(bidder.today.saved / 100_000)
    gate = datetime.fromisoformat(state_of(hass, "_market_gate", entry)).timestamp()
    assert (gate + 60) % 120 == 0
    total = hass.states.get(conftest.entity_id(hass, "_bought_today", entry))
    assert total is not None
    midnight = dt_util.start_of_local_day(datetime.fromtimestamp(BEGAN, dt_util.get_default_time_zone()))
    assert datetime.fromisoformat(total.attributes["last_reset"]) == midnight
    await until(lambda: sold(neighbour) >= slots * WH)

    accused = Evidence(
        START_MS, "slot 1: order 0badcafe trades 500 Wh too much", b"ours", b"theirs", EvidenceKind.MARKET
    )
    await Notebook(entry.runtime_data.coordinator.store).keep(accused)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert [each["reason"] for each in found["evidence"]] == ["**REDACTED**"], "it names orders of neighbours"
    assert found["state"]["bidder"]["today"]["bought_wh"] >= slots * WH
    assert found["market"] is None, "nobody has filled in the form"
    text = json.dumps(found)
    assert neighbour.membership.device.hex() not in text
    assert '"102"' not in text


def sold(flat: Flat) -> int:
    today = flat.state.bidder.today
    return 0 if today is None else today.sold_wh

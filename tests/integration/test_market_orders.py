"""Residents order by hand, for a slot of any day of the next year: the log holds it, and the bidder leaves it alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partialmethod
from pathlib import Path
import re
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import yaml

from coordinator.market import service
from coordinator.store import entries as entry_store
from custom_components.local_vpp.const import DOMAIN, DeviceKind
from custom_components.local_vpp.lib.localvpp.etp import Kind
from custom_components.local_vpp.lib.localvpp.market import Order, Side
from custom_components.local_vpp.lib.localvpp.store import StoreError
from custom_components.local_vpp.lib.localvpp.trading.kept import Document, TradingBook
from custom_components.local_vpp.lib.localvpp.wire import RoundName

from ..localvpp.bidder.flat import keep, lived
from . import conftest
from .conftest import Building, MakeEntry, reloaded, set_up, state_of, until
from .quick_clock import START_MS, PacedClock, QuickClock

NOW = START_MS // 1000
SLOT_S = 1800
LEAD_S = (86_400, 3600, 300)
"""Gates of the three rounds of a slot, so long before it."""
FAR = NOW - NOW % SLOT_S + 200 * 86_400
WANTED = {"side": "buy", "energy": 500, "price": 25.5}


def of_slot(slot: int) -> str:
    """A slot's begin, as a form gives it: in the time of Home Assistant, and without saying so."""
    return dt_util.as_local(datetime.fromtimestamp(slot, UTC)).strftime("%Y-%m-%d %H:%M:%S")


async def act(hass: HomeAssistant, action: str, entry: MockConfigEntry, slot: int | str, **data: Any) -> Any:
    """Run an action."""
    when = of_slot(slot) if isinstance(slot, int) else slot
    named = {ATTR_CONFIG_ENTRY_ID: entry.entry_id, "slot": when, **data}
    return await hass.services.async_call(DOMAIN, action, named, blocking=True, return_response=True)


async def refusal(
    hass: HomeAssistant, entry: MockConfigEntry, slot: int | str, **data: Any
) -> tuple[str | None, dict[str, str]]:
    """Order, and return why that is refused, and with which values."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "place_order", entry, slot, **WANTED | data)
    return error.value.translation_key, dict(error.value.translation_placeholders or {})


async def documents(entry: MockConfigEntry, slot: int, number: int = 0) -> tuple[Document, ...]:
    """What a flat has ordered in a round, oldest first, as its database has it."""
    kept = await TradingBook(entry.runtime_data.coordinator.store).one(RoundName(slot, number))
    return () if kept is None else kept.documents


async def logged(building: Building, slot: int) -> list[bytes]:
    """The hashes of the ORDERS records of a slot that the building's log holds."""
    assert building.running is not None
    async with building.running.engine.connect() as connection:
        return [each.hash for each in await entry_store.of_kind(connection, slot, Kind.ORDERS)]


def net(orders: tuple[Order, ...]) -> list[tuple[Side, int, int, bool]]:
    return [(each.side, each.wh, each.limit, each.wants_green) for each in orders]


async def trading(hass: HomeAssistant, make_entry: MakeEntry) -> MockConfigEntry:
    """Flat 101, once it knows the rules of its building's market."""
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    await until(lambda: entry.runtime_data.coordinator.flat.trading.told)
    return entry


def with_market(monkeypatch: pytest.MonkeyPatch, market: str, minutes: int = 30) -> None:
    text = conftest.BUILDING.replace("slot_minutes: 30", f"slot_minutes: {minutes}")
    monkeypatch.setattr(conftest, "BUILDING", f"{text}market: {{{{{market}}}}}\n")


@pytest.fixture
def _market(monkeypatch: pytest.MonkeyPatch) -> None:
    """A building that trades half hours, a day, an hour and five minutes before them."""
    with_market(monkeypatch, "gate_s: 300, show_s: 60, rounds: [1440, 60]")


# --- an order is taken ------------------------------------------------------------------------------


@pytest.mark.usefixtures("_market")
async def test_an_order_for_a_slot_months_ahead_reaches_the_log_and_can_be_withdrawn(
    hass: HomeAssistant, make_entry: MakeEntry, building: Building
) -> None:
    entry = await trading(hass, make_entry)
    told = await act(hass, "place_order", entry, FAR, **WANTED)
    assert datetime.fromisoformat(told["slot"]).timestamp() == FAR
    assert datetime.fromisoformat(told["gate"]).timestamp() == FAR - LEAD_S[0]
    assert told["round"] == 0
    assert told["order"] == {"side": "buy", "energy_wh": 500, "price": "25.50", "green_only": False}
    (first,) = await documents(entry, FAR)
    assert net(first.placed.offer.orders) == [(Side.BID, 500, 2550, False)]
    await until(lambda: entry.runtime_data.coordinator.data.pending == 0)
    assert await logged(building, FAR) == [first.record]

    told = await act(hass, "place_order", entry, FAR, side="buy", energy="70", price="26.01", green_only=True)
    assert told["order"] == {"side": "buy", "energy_wh": 70, "price": "26.01", "green_only": True}
    told = await act(hass, "withdraw_orders", entry, FAR)
    assert told.keys() == {"slot", "round", "gate"}
    *_, second, last = await documents(entry, FAR)
    assert net(second.placed.offer.orders) == [(Side.BID, 70, 2601, True)]
    assert last.placed.offer.orders == ()
    await until(lambda: entry.runtime_data.coordinator.data.pending == 0)
    assert await logged(building, FAR) == [first.record, second.record, last.record]


@pytest.mark.usefixtures("_market")
async def test_what_is_sold_by_hand_says_nothing_of_where_it_comes_from(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await trading(hass, make_entry)
    moment = datetime.fromtimestamp(FAR, UTC).isoformat()
    told = await act(hass, "place_order", entry, moment, side="sell", energy=1.0, price=0)
    assert told["order"] == {"side": "sell", "energy_wh": 1, "price": "0.00", "green_only": False}
    (document,) = await documents(entry, FAR)
    (order,) = document.placed.offer.orders
    assert (order.side, order.wh, order.limit, order.is_green) == (Side.ASK, 1, 0, False)


@pytest.mark.usefixtures("_market")
async def test_only_an_administrator_orders(
    hass: HomeAssistant, make_entry: MakeEntry, hass_read_only_user: MockUser
) -> None:
    entry = await trading(hass, make_entry)
    data = {ATTR_CONFIG_ENTRY_ID: entry.entry_id, "slot": of_slot(FAR)}
    for action, more in (("place_order", WANTED), ("withdraw_orders", {})):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN, action, data | more, blocking=True, context=Context(user_id=hass_read_only_user.id)
            )
    assert await documents(entry, FAR) == ()


# --- an order is refused ----------------------------------------------------------------------------


@pytest.mark.usefixtures("_market")
async def test_a_slot_that_cannot_be_ordered_for_is_refused_with_the_reason(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await trading(hass, make_entry)
    for late_s in (1, 600):
        key, values = await refusal(hass, entry, FAR + late_s)
        assert (key, values["minutes"]) == ("order_no_begin", "30")
        assert datetime.fromisoformat(values["slot"]).timestamp() == FAR + late_s
    half = datetime.fromtimestamp(FAR, UTC) + timedelta(microseconds=500_000)
    assert (await refusal(hass, entry, half.isoformat()))[0] == "order_no_begin", "no slot begins within a second"
    assert (await refusal(hass, entry, FAR + 167 * 86_400))[0] == "order_too_far"
    for past in (NOW - NOW % SLOT_S, NOW - NOW % SLOT_S - 400 * 86_400):
        assert (await refusal(hass, entry, past))[0] == "order_closed"
    assert await act(hass, "place_order", entry, FAR, **WANTED), "and then it is put right"


@pytest.mark.usefixtures("_market")
@pytest.mark.parametrize("price", [25.505, "0.001", -0.01, "-1", 10_000.01, "nan", "inf", "1e999999", "cheap", True])
async def test_a_price_that_is_none_is_refused_with_what_to_give(
    hass: HomeAssistant, make_entry: MakeEntry, price: object
) -> None:
    entry = await trading(hass, make_entry)
    told = await refusal(hass, entry, FAR, price=price)
    assert told == ("price_refused", {"value": str(price), "most": "10000"})
    assert await documents(entry, FAR) == ()
    await act(hass, "place_order", entry, FAR, **WANTED | {"price": "10000.00"})


@pytest.mark.usefixtures("_market")
@pytest.mark.parametrize("energy", [0, -5, 0.5, "1.5", 10_000_001, "much", False])
async def test_an_energy_that_is_none_is_refused_with_what_to_give(
    hass: HomeAssistant, make_entry: MakeEntry, energy: object
) -> None:
    entry = await trading(hass, make_entry)
    told = await refusal(hass, entry, FAR, energy=energy)
    assert told == ("energy_refused", {"value": str(energy), "most": "10000000"})
    assert await documents(entry, FAR) == ()
    await act(hass, "place_order", entry, FAR, **WANTED | {"energy": 10_000_000})


@pytest.mark.usefixtures("_market")
async def test_green_is_a_wish_of_who_buys(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await trading(hass, make_entry)
    assert await refusal(hass, entry, FAR, side="sell", green_only=True) == ("green_sale_refused", {})
    assert await documents(entry, FAR) == ()


@pytest.fixture
def _mcafee(monkeypatch: pytest.MonkeyPatch) -> None:
    """A building whose price rule serves no orders for green energy only."""
    with_market(monkeypatch, "gate_s: 300, show_s: 60, rounds: [], price: mcafee")


@pytest.mark.usefixtures("_mcafee")
async def test_a_price_rule_that_serves_no_green_orders_refuses_them(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await trading(hass, make_entry)
    assert (await refusal(hass, entry, FAR, green_only=True))[0] == "order_unserved"
    await act(hass, "place_order", entry, FAR, **WANTED)


async def test_a_building_without_a_market_takes_no_orders(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    assert (await refusal(hass, entry, FAR))[0] == "order_no_market"


@pytest.mark.usefixtures("_market")
async def test_a_market_that_is_no_more_takes_no_orders_by_the_rules_of_before(
    hass: HomeAssistant, make_entry: MakeEntry, building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await trading(hass, make_entry)
    flat, text = entry.runtime_data.coordinator.flat, conftest.BUILDING

    async def restarted(building_text: str, *, told: bool) -> None:
        await building.stop()
        await until(lambda: state_of(hass, "_coordinator", entry) == "off")
        monkeypatch.setattr(conftest, "BUILDING", building_text)
        await building.start()
        # As long as it holds its log still, after its start, it tells nothing of a market, and takes no record.
        await until(lambda: flat.situation().online and flat.situation().market_told is told)

    await restarted(text.partition("market:")[0], told=False)
    assert flat.trading.rules, "they are kept"
    assert (await refusal(hass, entry, FAR))[0] == "order_no_market"
    await restarted(text, told=True)
    await act(hass, "place_order", entry, FAR, **WANTED)


@pytest.mark.usefixtures("_market")
async def test_a_database_that_fails_is_told_in_words(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await trading(hass, make_entry)
    broken = AsyncMock(side_effect=StoreError("the disk is gone"))
    with patch.object(entry.runtime_data.coordinator.flat.trading._shelf.book, "keep", broken):
        for action, data in (("place_order", WANTED), ("withdraw_orders", {})):
            with pytest.raises(HomeAssistantError) as error:
                await act(hass, action, entry, FAR, **data)
            assert (error.value.translation_key, error.value.translation_placeholders) == (
                "database",
                {"error": "the disk is gone"},
            )
    await act(hass, "place_order", entry, FAR, **WANTED)


# --- and the bidder ---------------------------------------------------------------------------------

SHORT_S = 60


@pytest.fixture
async def _short(monkeypatch: pytest.MonkeyPatch, clock: QuickClock) -> AsyncIterator[None]:
    """A building that trades slots of a minute, once each; time passes as fast as all keep up with it."""
    assert isinstance(clock, PacedClock)
    monkeypatch.setattr(service.Market, "run", partialmethod(service.Market.run, clock.sleep))
    with_market(monkeypatch, "gate_s: 30, show_s: 10, rounds: []", SHORT_S // 60)
    passing = asyncio.create_task(clock.run())
    yield
    passing.cancel()
    await asyncio.wait({passing})


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize("clock", [PacedClock], indirect=True, ids=["paced"])
async def test_the_flat_leaves_what_was_ordered_and_withdrawn_by_hand_alone_across_a_restart_too(
    hass: HomeAssistant, clock: QuickClock, make_entry: MakeEntry
) -> None:
    entry = await trading(hass, make_entry)
    before = entry.runtime_data.coordinator
    await keep(before.store, lived(35, NOW))
    slot = (clock.wall_ms() // 1000 // SHORT_S + 3) * SHORT_S
    ordered, withdrawn, left = slot, slot + SHORT_S, slot + 2 * SHORT_S
    await act(hass, "place_order", entry, ordered, side="buy", energy=7, price="20.01")
    await act(hass, "withdraw_orders", entry, withdrawn)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await reloaded(entry, before)
    flat = entry.runtime_data.coordinator.flat
    assert clock.wall_ms() < (ordered - SHORT_S) * 1000, "it has not decided on it yet"
    await until(lambda: any(each.slot == left and each.orders for each in flat.trading.state.slots))
    assert [net(each.placed.offer.orders) for each in await documents(entry, ordered)] == [[(Side.BID, 7, 2001, False)]]
    assert [net(each.placed.offer.orders) for each in await documents(entry, withdrawn)] == [[]]
    assert len(await documents(entry, left)) == 1, "there it has ordered by itself"


# --- the documentation ------------------------------------------------------------------------------


@pytest.mark.usefixtures("_market")
@pytest.mark.parametrize("page", ["residents.md", "residents.ja.md"])
async def test_the_automation_of_the_documentation_orders_for_tomorrow(
    hass: HomeAssistant, make_entry: MakeEntry, page: str
) -> None:
    entry = await trading(hass, make_entry)
    text = (Path(__file__).parents[2] / "docs" / page).read_text()
    (example,) = (each for each in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "place_order" in each)
    automation = {"alias": "order", **yaml.safe_load(example.replace("YOUR_FLAT", entry.entry_id))}
    today = dt_util.as_local(datetime.fromtimestamp(FAR, UTC))
    with patch("homeassistant.util.dt.now", return_value=today):
        assert await async_setup_component(hass, "automation", {"automation": automation})
        await hass.services.async_call(
            "automation", "trigger", {"entity_id": "automation.order", "skip_condition": True}, blocking=True
        )
        await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.order"}, blocking=True)
    tomorrow = (today + timedelta(days=1)).replace(hour=13, minute=0, second=0)
    (document,) = await documents(entry, int(tomorrow.timestamp()))
    assert net(document.placed.offer.orders) == [(Side.BID, 1500, 2450, False)]

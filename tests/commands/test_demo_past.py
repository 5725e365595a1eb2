"""What the demonstration's flats have used before is that of the very households that its devices live on with."""

from dataclasses import replace
from datetime import UTC
import importlib
from pathlib import Path

import pytest

from commands.demo.building import ORIGIN, PRICES, SimulatedFlat, mix
from commands.demo.past import DAYS, Past, lay
from commands.demo.wishes import LINE_W, WISHES, answer
from commands.flat import DATABASE, MEMBERSHIP
from localvpp.bidder import MarketSettings, Situation, decide
from localvpp.etp import Ed25519Signer
from localvpp.market import Side
from localvpp.market.bidding import read_wishes
from localvpp.membership import write_membership
from localvpp.paper import JAPAN
from localvpp.settlement import first_prices
from localvpp.store import FlatStore
from localvpp.usage import PERIOD_S
from localvpp.usage_book import UsageBook
from localvpp.wire import Membership
from simulator import Settings
from simulator.plant import Plant
from simulator.runner import prepare, read_profiles
from simulator.settings import Families

from ..localvpp.place import NEXT_KEY
from ..needed import module as needed

NOON = 1_795_737_600
"""Of Unix time, in the middle of a period."""
SETTINGS = Settings(flats=4, families=Families.MIXED, entities=mix(4).residents[:1], profile_speed=30.0)


@pytest.fixture(scope="module")
def plant() -> Plant:
    """The building as it lives on."""
    needed("demandlib", "simulator")
    return prepare(SETTINGS, read_profiles(SETTINGS), lambda: 0, lambda: 0)


def situation(*, has_inverter: bool) -> Situation:
    return Situation(
        slot_seconds=60,
        prices=first_prices(PRICES),
        online=True,
        market_told=True,
        islanded=False,
        has_inverter=has_inverter,
        has_battery=False,
        battery=None,
        reserve_percent=None,
    )


@pytest.mark.parametrize("hour", [5, 17])
def test_at_any_hour_a_flat_orders_about_what_its_meter_will_count(hour: int, plant: Plant) -> None:
    began = NOON + hour * 3600 + 40
    past = Past(SETTINGS, began, plant.profile_start)
    slot = (began + 120) // 60 * 60
    for flat, side in (("103", Side.ASK), ("104", Side.BID)):
        told = decide(
            flat,
            slot,
            slot - 50,
            situation(has_inverter=flat == "103"),
            MarketSettings(zone=JAPAN),
            past.of(flat),
            None,
        )
        (order,) = told.orders
        home = plant.household(flat).plan.home
        second = home.series.second_of(plant.profile_start) + (slot - began) * 30
        net_mw = home.mean_demand_mw(second, second + 1800) - home.mean_pv_mw(second, second + 1800)
        assert order.side is side
        assert order.wh == pytest.approx(abs(net_mw) * 60 / 3_600_000, rel=0.35, abs=1.5)


def test_four_weeks_are_known_without_a_hole_and_nothing_of_the_time_since(plant: Plant) -> None:
    began = NOON + 40
    periods = Past(SETTINGS, began, plant.profile_start).of("103")
    begins = [each.begin for each in periods]
    assert begins == list(range(begins[0], NOON - PERIOD_S + 1, PERIOD_S))
    assert began - DAYS * 86_400 <= begins[0] < began - DAYS * 86_400 + PERIOD_S
    assert all(each.pv_j is not None and each.load_j for each in periods)
    assert all(each.pv_j is None for each in Past(SETTINGS, began, plant.profile_start).of("104"))


async def test_it_is_laid_into_the_flats_own_book(tmp_path: Path, plant: Plant) -> None:
    key = Ed25519Signer(bytes(32)).public
    device = key.device_id
    periods = Past(SETTINGS, NOON, plant.profile_start).of("104")
    store = await FlatStore.open(tmp_path / DATABASE, device, ORIGIN)
    await store.close()
    write_membership(tmp_path / MEMBERSHIP, Membership("http://here", ORIGIN, "104", device, key, NEXT_KEY))
    await lay(tmp_path, periods)
    await lay(tmp_path, periods)
    store = await FlatStore.open(tmp_path / DATABASE, device, ORIGIN)
    try:
        assert tuple(await UsageBook(store).since(0)) == periods
    finally:
        await store.close()


def test_every_wish_can_be_kept() -> None:
    for name, wishes in WISHES.items():
        kept = MarketSettings(zone=UTC, wishes=read_wishes(wishes), deliver=True, line_w=LINE_W)
        # Home Assistant has what a flat knows under a name of its own, and so the same types twice.
        form = importlib.import_module("custom_components.local_vpp.market_settings")
        assert repr(form.market_settings_of(answer(flat(name)), UTC)) == repr(kept)


def test_who_keeps_to_the_default_and_has_no_battery_leaves_the_form_alone() -> None:
    assert answer(replace(flat("101"), battery=False)) == {}
    assert answer(flat("101")) == {"deliver": True, "line_w": LINE_W}


def flat(name: str) -> SimulatedFlat:
    """One with a battery."""
    return SimulatedFlat(
        flat=name,
        meter="tcp://127.0.0.1:502?unit=1",
        meter_map="eastron_sdm120",
        inverter="tcp://127.0.0.1:502?unit=2",
        inverter_map="sungrow_sh",
        battery=True,
        relay=None,
        relay_map=None,
        families=frozenset(),
        serial=None,
        wiring="",
    )

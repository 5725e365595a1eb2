"""Trades become set-points of a simulated flat's battery over real Modbus TCP; the living room always comes first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from localvpp.blackout import DrillWish
from localvpp.control import Claimant
from localvpp.delivering import Why
from localvpp.islanding import Owner, Phase, Wiring
from localvpp.islanding.endurance import Recharge, Reserve
from localvpp.islanding.report import Level
from localvpp.settlement import Trade
from localvpp.settlement.delivery import deliver
from localvpp.wire import Membership
from simulator.physics import Link
from simulator.physics.controls import LegacyControls
from simulator.settings import Fault

from .seller import Seller, seller

pytestmark = pytest.mark.usefixtures("socket_enabled")

SOLD_WH = 200
"""More than the sun gives: 2400 W of the 1250 W that it leaves, so that the battery has to discharge."""


@pytest.fixture
def wiring() -> Wiring:
    return Wiring.OWNED


@pytest.fixture
async def flat(membership: Membership, tmp_path: Path, wiring: Wiring) -> AsyncIterator[Seller]:
    async with seller(membership, tmp_path, wiring=wiring) as flat:
        assert flat.battery_w < -1000, "by itself it takes what the sun gives"
        yield flat


def steered(flat: Seller) -> bool:
    """Whether the inverter itself is held to a set-point."""
    controls = flat.inverter.controls
    assert isinstance(controls, LegacyControls)
    return controls.charge_limited or controls.discharge_limited


async def test_a_flat_that_sold_discharges_and_all_of_it_is_settled(flat: Seller) -> None:
    slot = flat.trades(SOLD_WH)
    await flat.into_slot(20)
    assert flat.battery_w > 1000
    assert flat.delivering.state.why is None
    await flat.into_slot(2)
    metered = flat.metered_wh(slot)
    assert metered == pytest.approx(SOLD_WH, abs=2)
    (delivered,) = deliver([Trade("101", "102", SOLD_WH, 1500)], {"102": 500}, {"101": metered})
    assert delivered.energy_wh >= SOLD_WH - 2
    assert flat.delivering.state.why is Why.NO_TRADES
    assert flat.battery_w < -1000, "and the battery is the inverter's own again"
    assert not steered(flat)


async def test_a_flat_that_bought_fills_its_battery_with_it(flat: Seller) -> None:
    slot = flat.trades(-60)
    await flat.into_slot(20)
    assert flat.battery_w < -1900
    await flat.into_slot(2)
    assert flat.metered_wh(slot) == pytest.approx(-60, abs=2)


async def test_a_battery_at_its_reserve_delivers_nothing(membership: Membership, tmp_path: Path) -> None:
    async with seller(membership, tmp_path, keep_percent=70) as flat:
        slot = flat.trades(SOLD_WH)
        before = flat.soc_percent
        await flat.into_slot(30)
        assert flat.delivering.state.why is Why.RESERVE
        assert not steered(flat)
        assert flat.soc_percent >= before
        await flat.into_slot(2)
        assert flat.metered_wh(slot) == pytest.approx(0, abs=1)
        assert flat.whys(slot) <= {Why.METER_UNKNOWN, Why.RESERVE}


async def test_nothing_is_steered_unless_a_resident_has_said_so(membership: Membership, tmp_path: Path) -> None:
    async with seller(membership, tmp_path, deliver=False) as flat:
        slot = flat.trades(SOLD_WH)
        await flat.into_slot(30)
        assert flat.whys(slot) == {Why.OFF}
        assert not steered(flat)
        assert flat.battery_w < -1000


@pytest.mark.parametrize("wiring", list(Wiring))
async def test_an_outage_in_the_middle_of_a_slot_takes_the_battery_out_of_the_markets_hands(flat: Seller) -> None:
    flat.trades(SOLD_WH)
    flat.trades(SOLD_WH, ahead=2)
    await flat.into_slot(20)
    assert steered(flat)
    flat.grid(False)
    await flat.seconds(4)
    assert flat.delivering.state.why in {Why.HELD, Why.ISLANDED, Why.GRID_UNKNOWN}
    await flat.seconds(26)
    assert (flat.blackout.state.phase, flat.household.state.energised) == (Phase.ISLANDED, True)
    for _ in range(30):
        await flat.seconds(10)
        assert flat.delivering.state.why is Why.HELD
        assert flat.blackout.steering.owner is Claimant.ISLANDING
        assert flat.blackout.steering.held is None
        assert not steered(flat), "not in the next slot either"
        assert flat.household.state.energised


async def test_a_drill_takes_the_battery_out_of_the_markets_hands_before_it_begins(flat: Seller) -> None:
    flat.trades(SOLD_WH)
    await flat.into_slot(40)
    assert steered(flat)
    assert flat.blackout.drill(DrillWish(Level.QUICK, 60.0, "the caretaker")) == ()
    await flat.seconds(2)
    assert flat.blackout.state.phase is Phase.DRILL_PRECHECK, "it is announced"
    assert flat.delivering.state.why is Why.HELD
    assert not steered(flat)
    await flat.seconds(40)
    assert (flat.blackout.state.phase, flat.blackout.state.owner) == (Phase.ISLANDED, Owner.DRILL)
    assert flat.inverter.link is Link.FORMING
    assert not steered(flat)


@pytest.mark.slow
async def test_after_an_outage_the_slow_filling_goes_before_the_market(membership: Membership, tmp_path: Path) -> None:
    async with seller(membership, tmp_path, recharge=Recharge(delay_s=60.0)) as flat:
        flat.grid(False)
        await flat.seconds(30)
        flat.grid(True)
        await flat.seconds(380)
        assert flat.blackout.state.phase is Phase.CONNECTED
        assert flat.blackout.steering.owner is Claimant.REFILL
        flat.trades(SOLD_WH, ahead=1)
        await flat.into_slot(20)
        assert flat.blackout.steering.owner is Claimant.REFILL
        assert flat.delivering.state.why is Why.HELD
        assert flat.battery_w <= 0


@pytest.mark.parametrize("ailing", ["meter", "inverter"])
@pytest.mark.parametrize("fault", [pytest.param(Fault.SILENT, marks=pytest.mark.slow), Fault.NONSENSE])
async def test_readings_that_are_silent_or_wrong_steer_nothing_and_the_lease_ends_it(
    flat: Seller, ailing: str, fault: Fault
) -> None:
    slot = flat.trades(SOLD_WH)
    await flat.into_slot(60)
    asked = flat.battery_w
    assert asked > 1000
    flat.breaks(ailing, fault)
    for _ in range(70):
        await flat.seconds()
        assert flat.battery_w <= asked + 200, "nothing that is wrong makes it give more"
    assert flat.delivering.state.why in {Why.METER_UNKNOWN, Why.BATTERY_UNKNOWN, Why.INVERTER_UNKNOWN, Why.GRID_UNKNOWN}
    assert flat.battery_w < -1000, "the inverter has fallen back by itself"
    flat.breaks(ailing, None)
    await flat.seconds(60)
    assert flat.delivering.state.why is None
    await flat.into_slot(2)
    # What was missed is made good in the time left, as far as the battery can.
    assert 0.8 * SOLD_WH <= flat.metered_wh(slot) <= SOLD_WH + 4


async def test_a_program_that_stops_in_an_orderly_way_leaves_a_battery_that_is_its_own(flat: Seller) -> None:
    flat.trades(SOLD_WH)
    await flat.into_slot(20)
    assert steered(flat)
    flat.run.cancel()
    with suppress(asyncio.CancelledError):
        await flat.run
    assert not steered(flat)


async def test_a_program_that_dies_leaves_a_battery_that_is_its_own_when_the_lease_ends(flat: Seller) -> None:
    flat.trades(SOLD_WH)
    await flat.into_slot(20)
    assert flat.battery_w > 1000
    await flat.kill()
    for _ in range(31):
        flat.clock.move(1.0)
        flat.plant.tick()
    assert not steered(flat)
    assert flat.battery_w < -1000
    await flat.start()


async def test_a_slot_of_which_the_begin_was_not_metered_is_not_delivered(flat: Seller) -> None:
    await flat.into_slot(100)
    flat.trades(SOLD_WH, ahead=0)
    await flat.seconds(1)
    assert flat.delivering.state.why is None
    await flat.kill()
    await flat.start()
    await flat.seconds(31)
    assert flat.delivering.state.why is Why.NOT_METERED
    assert not steered(flat), "what the program before had asked ends with its lease"


async def test_a_wall_clock_that_is_set_ends_the_slots_delivery(flat: Seller) -> None:
    flat.trades(SOLD_WH)
    await flat.into_slot(20)
    flat.clock.wall += 30_000
    await flat.seconds(2)
    assert flat.delivering.state.why is Why.CLOCK
    assert not steered(flat)


async def test_a_warning_that_raises_the_reserve_ends_the_delivery(membership: Membership, tmp_path: Path) -> None:
    async with seller(membership, tmp_path, reserve=Reserve(usual_percent=30, warned_percent=100)) as flat:
        flat.trades(SOLD_WH)
        await flat.into_slot(20)
        assert flat.battery_w > 1000
        flat.blackout.warn(True)
        await flat.seconds(3)
        assert flat.delivering.state.why is Why.RESERVE
        assert flat.battery_w < -1000

"""Each make's driver against a simulated device of that make, whose registers share no code with it.

The truth is the plant's own; a reading may differ from it by one step of its register and no more.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from simulated_building import DAY, Makes, SimulatedBuilding, simulated, write_home

from localvpp.devices import (
    DeviceRefusedError,
    DeviceSilentError,
    InverterDevice,
    MapHybrid,
    MapMeter,
    MapRelay,
    MeterDevice,
    OperatingState,
    SunSpecDevice,
    SunSpecMeter,
    load_map,
    probe_hybrid,
    probe_meter,
    probe_relay,
)
from simulator.families import InverterFamily, MeterFamily
from simulator.physics import MJ_PER_WH, DerControls, Link, soc_permille
from simulator.registers.solax_x1_gen4 import SolaxControls
from simulator.settings import Fault

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.slow]  # hours of a plant, over real sockets

NOON = DAY + timedelta(hours=12)
NIGHT = DAY + timedelta(hours=23)
WEAK_W = 200
"""A battery that leaves to the grid most of what sun and load differ by."""

METERS = [
    # power, voltage, frequency: one step; counters: one step in Wh
    (MeterFamily.EASTRON_SDM120, 0.01, 0.001, 0.001, 1),
    (MeterFamily.CHINT_DDSU666, 0.01, 0.001, 0.001, 1),
    (MeterFamily.CARLO_GAVAZZI_EM540, 0.1, 0.1, 0.1, 1),
    (MeterFamily.CARLO_GAVAZZI_EM340, 0.1, 0.1, 0.1, 100),
    (MeterFamily.SUNSPEC, 1, 0.1, 0.01, 1),
]

MAPPED = [
    InverterFamily.SUNGROW_SH,
    InverterFamily.SOLAX_X1_GEN4,
    InverterFamily.HUAWEI_SUN2000,
    InverterFamily.VICTRON_GX,
]
COMMANDED = [
    # family, lease, when it falls back
    (InverterFamily.SUNSPEC_LEGACY, 30),
    (InverterFamily.SUNSPEC_DER, 30),
    (InverterFamily.SUNGROW_SH, 30),
    (InverterFamily.SOLAX_X1_GEN4, 30),
    (InverterFamily.HUAWEI_SUN2000, 120),
]
SOC_STEP = {InverterFamily.SOLAX_X1_GEN4: 1, InverterFamily.VICTRON_GX: 1}
ENERGY_STEP_WH = {InverterFamily.HUAWEI_SUN2000: 10}


@asynccontextmanager
async def house(
    folder: Path, makes: Makes, *, night: bool = False, serial: bool = False
) -> AsyncIterator[SimulatedBuilding]:
    """A building whose flat 101 is of these makes, a while after its start."""
    lines = ["101"] if serial else []
    async with simulated(write_home(folder / "home.csv"), NIGHT if night else NOON, 1, makes, lines) as building:
        building.pass_s(5)
        yield building


async def driver(building: SimulatedBuilding, family: InverterFamily) -> InverterDevice:
    unit = building.unit("101", "inverter")
    if family.is_sunspec:
        return await SunSpecDevice.open(unit, building.seconds)
    device = load_map(family.value)
    return MapHybrid(unit, device, await probe_hybrid(unit, device), building.seconds)


async def meter_driver(building: SimulatedBuilding, family: MeterFamily) -> MeterDevice:
    unit = building.unit("101", "meter")
    if family is MeterFamily.SUNSPEC:
        return await SunSpecMeter.open(unit, building.seconds)
    device = load_map(family.value)
    return MapMeter(unit, device, await probe_meter(unit, device), building.seconds)


def obeys(building: SimulatedBuilding, watts: int) -> bool:
    """Whether the battery of flat 101 does as told.

    A set-point at the AC terminals is worked out from the PV's DC power, and misses by what the inverter loses of that.
    """
    truth = building.truth("101")
    lost_mw = truth.pv_dc_mw - truth.pv_mw if isinstance(truth.controls, (DerControls, SolaxControls)) else 0
    return abs(truth.battery_mw - watts * 1000) <= lost_mw + 2_000


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize(("family", "power", "voltage", "hertz", "step_wh"), METERS)
async def test_a_meter_tells_what_flows(
    tmp_path: Path, family: MeterFamily, power: float, voltage: float, hertz: float, step_wh: int, night: bool
) -> None:
    async with house(tmp_path, Makes(meter=family, battery_w=WEAK_W), night=night) as building:
        meter = await meter_driver(building, family)
        assert meter.identity.serial == ("12000101" if family.shows_serial else None)
        seen = set()
        for _ in range(3):
            building.pass_s(60)
            told, truth = await meter.read(), building.plant.household("101").state
            assert told.failed == {}
            assert truth.grid_mw > 100_000 if night else truth.grid_mw < -100_000
            assert told.power_w == pytest.approx(truth.grid_mw / 1000, abs=power)
            assert told.voltage_v == pytest.approx(truth.grid.voltage_mv / 1000, abs=voltage)
            assert told.frequency_hz == pytest.approx(truth.grid.frequency_mhz / 1000, abs=hertz)
            assert told.import_wh == truth.meter.import_wh // step_wh * step_wh
            assert told.export_wh == truth.meter.export_wh // step_wh * step_wh
            seen.add(told.export_wh)
        # To the Wh what the simulator keeps for truth: it says what was shown, not what lay between two steps.
        history = building.plant.household("101").history.since(0)
        assert seen <= {exported for _, _, exported in history}
        assert all(imported % step_wh == exported % step_wh == 0 for _, imported, exported in history)


@pytest.mark.parametrize("family", MAPPED)
@pytest.mark.parametrize("night", [False, True])
async def test_a_hybrid_tells_what_it_does(tmp_path: Path, family: InverterFamily, night: bool) -> None:
    async with house(tmp_path, Makes(inverter=family, battery_w=WEAK_W), night=night) as building:
        device = await driver(building, family)
        assert isinstance(device, MapHybrid)
        assert device.identity.serial == "LVPP-SIM-101"
        told, truth, flat = await device.snapshot(), building.truth("101"), building.plant.household("101").state
        rating = building.plant.household("101").plan.rating.inverter
        assert rating is not None
        assert rating.battery is not None
        inverter, battery = told.inverter, told.battery
        assert inverter.failed == battery.failed == {}
        assert truth.battery_mw > 0 if night else truth.battery_mw < 0
        assert flat.grid_mw > 100_000 if night else flat.grid_mw < -100_000
        assert battery.power_w == pytest.approx(truth.battery_mw / 1000, abs=1)
        assert battery.soc_percent == pytest.approx(
            soc_permille(rating.battery, truth.stored_mj) / 10, abs=SOC_STEP.get(family, 0.1)
        )
        assert inverter.pv_power_w == pytest.approx(truth.pv_dc_mw / 1000, abs=1)
        assert inverter.grid_power_w == pytest.approx(flat.grid_mw / 1000, abs=1)
        assert inverter.grid_connected is True
        if family is InverterFamily.VICTRON_GX:
            return  # It tells no more at this unit.
        assert inverter.ac_power_w == pytest.approx(truth.ac_mw / 1000, abs=1)
        assert inverter.voltage_v == pytest.approx(flat.grid.voltage_mv / 1000, abs=0.1)
        assert inverter.frequency_hz == pytest.approx(flat.grid.frequency_mhz / 1000, abs=0.01)
        step = ENERGY_STEP_WH.get(family, 100)
        for shown, true_mj in (
            (inverter.pv_wh, truth.pv_dc_mj),
            (battery.charge_wh, truth.charged_mj),
            (battery.discharge_wh, truth.discharged_mj),
        ):
            assert shown == true_mj // MJ_PER_WH // step * step
        if family is not InverterFamily.SOLAX_X1_GEN4:
            assert battery.capacity_wh == rating.battery.capacity_mj // MJ_PER_WH
            assert inverter.rated_power_w == pytest.approx(rating.ac_mw / 1000, abs=100)


@pytest.mark.parametrize("family", [each for each in InverterFamily if each.is_sunspec])
async def test_a_sunspec_hybrid_counts_what_its_strings_made(tmp_path: Path, family: InverterFamily) -> None:
    async with house(tmp_path, Makes(inverter=family)) as building:
        device = await driver(building, family)
        told, truth = await device.inverter.read(), building.truth("101")
        # Two inputs that each count whole Wh.
        assert told.pv_wh is not None
        assert 0 <= truth.pv_dc_mj // MJ_PER_WH - told.pv_wh <= 1
        assert told.energy_wh not in {None, told.pv_wh}, "what it fed is of PV and battery"


@pytest.mark.parametrize("family", MAPPED)
async def test_an_outage_is_seen_and_its_end(tmp_path: Path, family: InverterFamily) -> None:
    async with house(tmp_path, Makes(inverter=family)) as building:
        device = await driver(building, family)
        building.plant.switch_grid(False, None)
        building.pass_s(5)
        assert building.truth("101").link is Link.FORMING
        assert (await device.inverter.read()).grid_connected is False
        building.plant.switch_grid(True, None)
        building.pass_s(400)
        assert building.truth("101").link is Link.FOLLOWING
        assert (await device.inverter.read()).grid_connected is True


@pytest.mark.parametrize("family", [*MAPPED, *(each for each in InverterFamily if each.is_sunspec)])
async def test_nonsense_is_never_told_as_a_value_that_no_device_of_this_size_has(
    tmp_path: Path, family: InverterFamily
) -> None:
    async with house(tmp_path, Makes(inverter=family)) as building:
        device = await driver(building, family)
        assert device.battery is not None
        building.breaks("101", "inverter", Fault.NONSENSE)
        for _ in range(20):
            building.pass_s(1)
            battery = await device.battery.read()
            assert battery.power_w is None or abs(battery.power_w) <= 1.5 * 25_000
            assert battery.soc_percent is None or 0 <= battery.soc_percent <= 100


@pytest.mark.parametrize(("family", "lease_s"), COMMANDED)
@pytest.mark.parametrize("watts", [700, -900, 0])
async def test_a_set_point_is_obeyed_renewed_and_ends_with_its_lease(
    tmp_path: Path, family: InverterFamily, lease_s: int, watts: int
) -> None:
    async with house(tmp_path, Makes(inverter=family)) as building:
        device = await driver(building, family)
        battery = device.battery
        assert battery is not None
        own = building.truth("101").battery_mw
        assert own < -1_500_000, "by itself it takes what the sun gives"
        # Twice as long as the lease: what holds then was renewed.
        for _ in range(2 * lease_s // 5):
            await battery.set_power(watts, lease_s)
            building.pass_s(5)
            assert obeys(building, watts)
            assert (await battery.read()).power_w == pytest.approx(building.truth("101").battery_mw / 1000, abs=1)
        # The controller is dead. Its last renewal was at most half of the lease ago.
        building.pass_s(lease_s / 2 - 6)
        assert obeys(building, watts)
        building.pass_s(lease_s / 2 + 7)
        assert building.truth("101").battery_mw == pytest.approx(own, rel=0.02)
        # A controller that comes back is obeyed, and lets go when it likes.
        await battery.set_power(watts, lease_s)
        building.pass_s(2)
        assert obeys(building, watts)
        await battery.release()
        building.pass_s(2)
        assert building.truth("101").battery_mw == pytest.approx(own, rel=0.02)


@pytest.mark.parametrize(
    "family", [InverterFamily.SUNGROW_SH, InverterFamily.SOLAX_X1_GEN4, InverterFamily.HUAWEI_SUN2000]
)
async def test_a_hybrid_that_is_commanded_tells_that_it_runs(tmp_path: Path, family: InverterFamily) -> None:
    async with house(tmp_path, Makes(inverter=family)) as building:
        device = await driver(building, family)
        assert device.battery is not None
        await device.battery.set_power(700, 120)
        building.pass_s(3)
        told = await device.inverter.read()
        assert told.state in {OperatingState.RUNNING, OperatingState.THROTTLED}
        assert told.grid_connected is True


async def test_a_hybrid_that_is_only_read_takes_a_reserve_and_no_power(tmp_path: Path) -> None:
    async with house(tmp_path, Makes(inverter=InverterFamily.VICTRON_GX), night=True) as building:
        device = await driver(building, InverterFamily.VICTRON_GX)
        assert isinstance(device, MapHybrid)
        assert not device.battery.controllable
        with pytest.raises(DeviceRefusedError, match="is not controlled"):
            await device.battery.set_power(500, 60)
        assert building.truth("101").battery_mw > 0
        await device.battery.set_reserve(100)
        building.pass_s(2)
        assert building.truth("101").battery_mw == 0


async def test_all_devices_of_a_flat_stand_on_one_serial_line(tmp_path: Path) -> None:
    makes = Makes(meter=MeterFamily.CHINT_DDSU666, inverter=InverterFamily.SUNGROW_SH)
    async with house(tmp_path, makes, serial=True) as building:
        device = await driver(building, InverterFamily.SUNGROW_SH)
        relay_map, meter_map = load_map("relay"), load_map("chint_ddsu666")
        unit = building.unit("101", "relay")
        relay = MapRelay(unit, relay_map, await probe_relay(unit, relay_map))
        unit = building.unit("101", "meter")
        meter = MapMeter(unit, meter_map, await probe_meter(unit, meter_map), building.seconds)
        battery = device.battery
        assert battery is not None
        for watts in (600, -600):
            await battery.set_power(watts, 30)
            building.pass_s(1)
            state = building.plant.household("101").state
            assert (await battery.read()).power_w == watts
            assert (await meter.read()).power_w == pytest.approx(state.grid_mw / 1000, abs=0.01)
            assert (await relay.read()).closed is True
        await relay.command(closed=False)
        building.pass_s(2)
        assert (await relay.read()).closed is False


async def test_a_silent_unit_on_a_serial_line_leaves_the_others_alive(tmp_path: Path) -> None:
    makes = Makes(meter=MeterFamily.CHINT_DDSU666, inverter=InverterFamily.SUNGROW_SH)
    async with house(tmp_path, makes, serial=True) as building:
        device = await driver(building, InverterFamily.SUNGROW_SH)
        meter_map, unit = load_map("chint_ddsu666"), building.unit("101", "meter")
        meter = MapMeter(unit, meter_map, await probe_meter(unit, meter_map), building.seconds)
        building.breaks("101", "meter", Fault.SILENT)
        with pytest.raises(DeviceSilentError):
            await meter.read()
        assert (await device.inverter.read()).failed == {}

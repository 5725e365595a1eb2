"""A device is silent, refuses or talks nonsense: each has its sentence, nothing is half done, other flats go on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from modbus_connection import ModbusError, ModbusProtocolError, ModbusTimeoutError, ServerDeviceFailureError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
from simulated_building import DAY, SimulatedBuilding, simulated, write_home
from sunspec_image import der, legacy

from localvpp.devices import (
    Battery,
    BatteryReading,
    DeviceError,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
    Identity,
    Inverter,
    InverterReading,
    MapMeter,
    MapRelay,
    Meter,
    MeterReading,
    Relay,
    RelayReading,
    SunSpecDevice,
    backend,
    load_map,
    polling,
    probe_meter,
    probe_relay,
)
from localvpp.devices.rota import Pace
from localvpp.devices.silence import Manners
from simulator.settings import Fault

METER, RELAY = load_map("eastron_sdm120"), load_map("relay")
PATIENCE_S = 0.6
MANNERS = Manners(answer_s=PATIENCE_S, first_pause_s=5, longest_pause_s=60, longest_alone_s=60)
FLATS = {"1xx": "101", "7xx": "102"}
NEIGHBOURS = ("201", "204")
"""A hybrid of each generation, too, each behind its own gateway."""


@dataclass
class FlatDevices:
    meter: Meter
    inverter: Inverter
    battery: Battery
    relay: Relay


async def devices(house: SimulatedBuilding, flat: str) -> FlatDevices:
    meter_unit, relay_unit = house.unit(flat, "meter"), house.unit(flat, "relay")
    device = await SunSpecDevice.open(house.unit(flat, "inverter"), house.seconds, manners=MANNERS)
    assert device.battery is not None
    return FlatDevices(
        MapMeter(meter_unit, METER, await probe_meter(meter_unit, METER), house.seconds, manners=MANNERS),
        device.inverter,
        device.battery,
        MapRelay(relay_unit, RELAY, await probe_relay(relay_unit, RELAY), house.seconds, manners=MANNERS),
    )


@pytest.fixture
async def house(
    tmp_path: Path, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SimulatedBuilding]:
    """A building at noon, whose devices are given up after a short patience."""
    for module in (backend, polling):
        monkeypatch.setattr(module, "REQUEST_TIMEOUT_S", PATIENCE_S)
    async with simulated(write_home(tmp_path / "home.csv"), DAY + timedelta(hours=12)) as house:
        yield house


TOLD = {
    MeterReading: ("power_w", "import_wh", "export_wh", "voltage_v", "frequency_hz"),
    InverterReading: (
        *("ac_power_w", "pv_power_w", "energy_wh", "voltage_v", "frequency_hz"),
        *("grid_connected", "state", "rated_power_w"),
    ),
    BatteryReading: ("power_w", "soc_percent", "capacity_wh", "max_charge_w", "max_discharge_w"),
    RelayReading: ("closed", "energised", "commanded"),
}
"""What each kind tells when it is well, whatever its generation."""


def known(reading: MeterReading | InverterReading | BatteryReading | RelayReading) -> bool:
    """Whether a device told all that it tells when it is well."""
    return reading.failed == {} and None not in {getattr(reading, name) for name in TOLD[type(reading)]}


async def all_well(flat: FlatDevices) -> bool:
    readings = await asyncio.gather(flat.meter.read(), flat.inverter.read(), flat.battery.read(), flat.relay.read())
    return all(known(reading) for reading in readings)


SAID: dict[Fault, tuple[type[DeviceError], str]] = {
    Fault.SILENT: (DeviceSilentError, "does not answer"),
    Fault.REFUSE: (DeviceRefusedError, "refuses the request|is busy"),
}


@pytest.mark.parametrize("flat", FLATS.values(), ids=FLATS)
@pytest.mark.parametrize("fault", SAID)
@pytest.mark.parametrize("broken", ["meter", "inverter", "relay"])
async def test_a_silent_or_refusing_device_is_told_and_neither_its_flat_nor_the_others_are_touched(
    house: SimulatedBuilding, flat: str, fault: Fault, broken: str
) -> None:
    own, *others = [await devices(house, each) for each in (flat, *NEIGHBOURS)]
    assert await all_well(own)
    house.breaks(flat, broken, fault)
    raised, told = SAID[fault]
    by_name: dict[str, Meter | Inverter | Relay] = {"meter": own.meter, "inverter": own.inverter, "relay": own.relay}
    failing = by_name.pop(broken)
    asked = asyncio.create_task(failing.read())
    await asyncio.sleep(0)  # Its request is on the line before any other.
    assert all(await asyncio.gather(*(all_well(other) for other in others)))
    assert asked.done() is (fault is Fault.REFUSE), "the neighbours were read while the silent device was waited for"
    with pytest.raises(raised, match=f"^the {broken} .*({told})"):
        await asked
    assert all([known(await device.read()) for device in by_name.values()]), "their line is free again"
    house.breaks(flat, broken, None)
    if fault is Fault.SILENT:
        with pytest.raises(raised, match=f"^the {broken} .*({told})"):
            await failing.read()
        await knocked(failing)
    house.pass_s(2)  # Within which each block has its turn.
    assert await all_well(own)


async def knocked(device: Meter | Inverter | Relay) -> None:
    """Knock at the door of a device, which is to be due for it."""
    assert device.door is not None
    assert device.door.due
    await device.door.knock()


@pytest.mark.parametrize("flat", FLATS.values(), ids=FLATS)
@pytest.mark.parametrize(
    ("fault", "raised", "told"),
    [
        (Fault.SILENT, DeviceSilentError, "does not answer"),
        (Fault.REFUSE, DeviceRefusedError, "refuses the request"),
        # What is written depends on what is read, and that is unknown.
        (Fault.NONSENSE, DeviceRefusedError, "power is unknown|does not tell its highest battery power"),
    ],
)
async def test_a_set_point_for_a_broken_inverter_is_refused_whole_and_its_old_one_ends_by_its_lease(
    house: SimulatedBuilding, flat: str, fault: Fault, raised: type[DeviceError], told: str
) -> None:
    own, *others = [await devices(house, each) for each in (flat, *NEIGHBOURS)]
    await own.battery.set_power(500, 20)
    before = house.truth(flat).controls
    house.breaks(flat, "inverter", fault)
    for _ in range(5):
        house.pass_s(1)
        with pytest.raises(raised, match=f"^the inverter LVPP-SIM .*({told})"):
            await own.battery.set_power(-400, 20)
        assert house.truth(flat).controls == before
        for other in others:
            await other.battery.set_power(300, 20)
            assert (await other.battery.read()).set_point_w is not None
    house.pass_s(20)
    assert house.truth(flat).controls != before, "the lease ended the set-point that was there"
    house.breaks(flat, "inverter", None)
    if fault is Fault.SILENT:
        await knocked(own.inverter)
    assert (await own.battery.read()).set_point_w is None
    await own.battery.set_power(-400, 20)
    house.pass_s(2)
    assert (await own.battery.read()).power_w == pytest.approx(-400, abs=150)


@pytest.mark.parametrize("flat", FLATS.values(), ids=FLATS)
async def test_nonsense_of_an_inverter_is_unknown_or_told_and_never_a_number(
    house: SimulatedBuilding, flat: str
) -> None:
    own, *others = [await devices(house, each) for each in (flat, *NEIGHBOURS)]
    house.breaks(flat, "inverter", Fault.NONSENSE)
    for _ in range(10):
        house.pass_s(1)
        inverter, battery = await own.inverter.read(), await own.battery.read()
        numbers = {inverter.ac_power_w, inverter.energy_wh, inverter.frequency_hz, inverter.voltage_v}
        assert numbers | {battery.soc_percent, battery.capacity_wh} == {None}
        # Nothing is left of a power but the 0 of an input that says that it is off.
        assert {inverter.pv_power_w, battery.power_w} <= {None, 0}
        assert known(await own.meter.read())
        assert all([await all_well(other) for other in others])
    refusals = set[str]()
    for _ in range(10):
        house.pass_s(1)
        try:
            await SunSpecDevice.open(house.unit(flat, "inverter"))
        except DeviceNonsenseError as error:
            refusals.add(str(error))
    count = "NPrt" if flat == FLATS["7xx"] else "N"
    assert refusals
    assert all(f" that {count} is " in refusal and "update its firmware" in refusal for refusal in refusals)
    house.breaks(flat, "inverter", None)
    house.pass_s(Pace.PLATE.value)
    assert await all_well(own)


async def test_nonsense_of_a_meter_is_unknown_and_a_probe_does_not_take_it_for_a_meter(
    house: SimulatedBuilding,
) -> None:
    own, *others = [await devices(house, each) for each in ("101", *NEIGHBOURS)]
    house.breaks("101", "meter", Fault.NONSENSE)
    for _ in range(5):
        house.pass_s(1)
        reading = await own.meter.read()
        assert {reading.power_w, reading.import_wh, reading.export_wh, reading.voltage_v} == {None}
        with pytest.raises(DeviceNonsenseError, match="answers, but not as this type does"):
            await probe_meter(house.unit("101", "meter"), METER)
        assert known(await own.inverter.read())
        assert all([await all_well(other) for other in others])
    house.breaks("101", "meter", None)
    house.pass_s(1)
    assert await all_well(own)


SENTENCES: list[tuple[ModbusError, type[DeviceError], str]] = [
    (ModbusTimeoutError("3 s"), DeviceSilentError, "does not answer .*check its power"),
    (ServerDeviceFailureError(), DeviceRefusedError, "refuses the request .*Modbus access is enabled"),
    (ModbusProtocolError("CRC"), DeviceNonsenseError, "sends damaged answers .*only one master speaks"),
]
"""What a device does on the line, and what is said of it and to be done."""


async def a_meter(unit: MockModbusUnit) -> list[Callable[[], Any]]:
    who = Identity(manufacturer="Eastron", model="SDM120-Modbus")
    return [MapMeter(unit, METER, who).read, partial(probe_meter, unit, METER)]


async def a_relay(unit: MockModbusUnit) -> list[Callable[[], Any]]:
    contact = MapRelay(unit, RELAY, Identity(manufacturer="Modbus", model="contactor with feedback"))
    return [contact.read, partial(contact.command, closed=True), partial(probe_relay, unit, RELAY)]


async def an_inverter(unit: MockModbusUnit, make: Callable[[], Any]) -> list[Callable[[], Any]]:
    unit.holding.update(make().registers)
    device = await SunSpecDevice.open(unit, lambda: 0.0)
    battery = device.battery
    assert battery is not None
    return [battery.release, device.inverter.read, partial(battery.set_power, 100, 60), battery.read]


@pytest.mark.parametrize(("error", "raised", "told"), SENTENCES)
@pytest.mark.parametrize("kind", [a_meter, a_relay, partial(an_inverter, make=legacy), partial(an_inverter, make=der)])
async def test_every_capability_tells_the_three_failures_apart(
    kind: Callable[[MockModbusUnit], Any], error: ModbusError, raised: type[DeviceError], told: str
) -> None:
    unit = MockModbusConnection().for_unit(1)
    asks = await kind(unit)
    unit.fail_requests(error)
    for ask in asks:
        with pytest.raises(raised, match=f"^the (meter|relay|inverter) .*{told}"):
            await ask()

"""One device of any type behind one question: what does it say? For looking at devices, live or recorded."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic
from typing import Final

from modbus_connection import ModbusUnit

from .capability import Door, Identity
from .capture.recording import Reading
from .charger import MapCharger
from .gasmeter import MapGasMeter
from .hybrid import MapHybrid
from .inverting import InverterDevice
from .mapping import DeviceClass, RegisterMap
from .meter import MapMeter
from .probe import probe_charger, probe_gas_meter, probe_hybrid, probe_meter, probe_relay
from .relay import MapRelay
from .sunspec import SunSpecDevice, SunSpecMeter, describe

type Readings = Mapping[str, Reading]
"""By what the device is: meter, inverter, battery, relay, charger, gas."""


ONE_LITRE: Final = Fraction(1)
"""A pulse, where nobody says what it is worth: pulses are shown then."""


@dataclass(frozen=True, slots=True)
class OpenedDevice:
    """A device that can be read."""

    identity: Identity
    door: Door
    read: Callable[[], Awaitable[Readings]]
    """Reads all blocks once. Raises DeviceError."""
    models: tuple[int, ...] = ()
    """Of a device that describes itself: its models' numbers, also of those that nothing is read of."""


async def open_device(
    unit: ModbusUnit, described: RegisterMap | None, clock: Callable[[], float] = monotonic, *, probed: bool = True
) -> OpenedDevice:
    """Make the driver of a device.

    Args:
        unit: where it answers.
        described: its register map; None if it describes itself (SunSpec).
        clock: a monotonic clock in seconds.
        probed: ask it first whether it is of this type at all; a SunSpec device is always asked.

    Raises:
        DeviceError: it is silent, refuses, or is not of this type.
    """
    if described is None:
        return await _sunspec(unit, clock)
    identity = Identity(manufacturer=described.manufacturer, model=described.model)
    match described.device_class:
        case DeviceClass.METER:
            return _meter(MapMeter(unit, described, await probe_meter(unit, described) if probed else identity, clock))
        case DeviceClass.HYBRID:
            return _inverter(
                MapHybrid(unit, described, await probe_hybrid(unit, described) if probed else identity, clock)
            )
        case DeviceClass.RELAY:
            return _relay(MapRelay(unit, described, await probe_relay(unit, described) if probed else identity, clock))
        case DeviceClass.EV_CHARGER:
            return _charger(
                MapCharger(unit, described, await probe_charger(unit, described) if probed else identity, clock)
            )
        case DeviceClass.GAS_METER:
            who = await probe_gas_meter(unit, described) if probed else identity
            return _gas(MapGasMeter(unit, described, who, clock, litres_per_pulse=ONE_LITRE))


async def _sunspec(unit: ModbusUnit, clock: Callable[[], float]) -> OpenedDevice:
    told = await describe(unit)
    if told.meter is None:
        opened = _inverter(await SunSpecDevice.open(unit, clock))
    elif not told.inverter:
        opened = _meter(await SunSpecMeter.open(unit, clock))
    else:
        device, meter = await SunSpecDevice.open(unit, clock), await SunSpecMeter.open(unit, clock)
        inverter = _inverter(device)

        async def read() -> Readings:
            return {**await inverter.read(), "meter": await meter.read()}

        opened = OpenedDevice(device.identity, device.door, read)
    return replace(opened, models=told.models)


def _inverter(device: InverterDevice) -> OpenedDevice:
    async def read() -> Readings:
        told = await device.snapshot()
        if device.battery is None:
            return {"inverter": told.inverter}
        return {"inverter": told.inverter, "battery": told.battery}

    return OpenedDevice(device.identity, device.door, read)


def _meter(meter: MapMeter | SunSpecMeter) -> OpenedDevice:
    async def read() -> Readings:
        return {"meter": await meter.read()}

    return OpenedDevice(meter.identity, meter.door, read)


def _relay(relay: MapRelay) -> OpenedDevice:
    async def read() -> Readings:
        return {"relay": await relay.read()}

    return OpenedDevice(relay.identity, relay.door, read)


def _charger(charger: MapCharger) -> OpenedDevice:
    async def read() -> Readings:
        return {"charger": await charger.read()}

    return OpenedDevice(charger.identity, charger.door, read)


def _gas(meter: MapGasMeter) -> OpenedDevice:
    async def read() -> Readings:
        return {"gas": await meter.read()}

    return OpenedDevice(meter.identity, meter.door, read)

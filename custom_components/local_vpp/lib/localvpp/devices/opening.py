"""One device of any type behind one question: what does it say? For looking at devices, live or recorded."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from modbus_connection import ModbusUnit

from .capability import BatteryReading, Door, Identity, InverterReading, MeterReading, RelayReading
from .hybrid import MapHybrid
from .inverting import InverterDevice
from .mapping import DeviceClass, RegisterMap
from .meter import MapMeter
from .probe import probe_hybrid, probe_meter, probe_relay
from .relay import MapRelay
from .sunspec import SunSpecDevice

type Readings = Mapping[str, MeterReading | InverterReading | BatteryReading | RelayReading]
"""By what the device is: meter, inverter, battery, relay."""


@dataclass(frozen=True, slots=True)
class OpenedDevice:
    """A device that can be read."""

    identity: Identity
    door: Door
    read: Callable[[], Awaitable[Readings]]
    """Reads all blocks once. Raises DeviceError."""


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
        return _inverting(await SunSpecDevice.open(unit, clock))
    identity = Identity(manufacturer=described.manufacturer, model=described.model)
    match described.device_class:
        case DeviceClass.METER:
            return _meter(MapMeter(unit, described, await probe_meter(unit, described) if probed else identity, clock))
        case DeviceClass.HYBRID:
            return _inverting(
                MapHybrid(unit, described, await probe_hybrid(unit, described) if probed else identity, clock)
            )
        case DeviceClass.RELAY:
            return _relay(MapRelay(unit, described, await probe_relay(unit, described) if probed else identity, clock))


def _inverting(device: InverterDevice) -> OpenedDevice:
    async def read() -> Readings:
        told = await device.snapshot()
        if device.battery is None:
            return {"inverter": told.inverter}
        return {"inverter": told.inverter, "battery": told.battery}

    return OpenedDevice(device.identity, device.door, read)


def _meter(meter: MapMeter) -> OpenedDevice:
    async def read() -> Readings:
        return {"meter": await meter.read()}

    return OpenedDevice(meter.identity, meter.door, read)


def _relay(relay: MapRelay) -> OpenedDevice:
    async def read() -> Readings:
        return {"relay": await relay.read()}

    return OpenedDevice(relay.identity, relay.door, read)

"""Is this the device one thinks it is? Asked before a device is accepted, by Home Assistant's form and by the CLI.

A probe ends within a bounded time, changes nothing in the device, and either says who answered or raises the error
whose sentence is shown to whoever typed the address.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model import ManualComponent, read_optional

from .capability import Identity
from .errors import DeviceNonsenseError, DeviceRefusedError, DeviceSilentError, device_border
from .mapping import DeviceClass, Quantity, RegisterMap, Wiring, components
from .polling import approach
from .sunspec import BASES, Described, describe, is_marked

PROBE_TIMEOUT_S: Final = 15.0
"""Long enough for three silent SunSpec bases and the walk over a chain; short enough to wait for in a form."""


async def probe_answer(unit: ModbusUnit, what: str) -> None:
    """Ask one thing, to which a device of any type says something, be it that it has no such registers.

    Args:
        unit: where it answers.
        what: the device, as it begins a sentence.

    Raises:
        DeviceSilentError: nothing came; ``linked`` tells whether there is a link at all.
    """
    approach(unit)
    try:
        with device_border(what):
            await is_marked(unit, BASES[0])
    except DeviceSilentError as error:
        error.linked = unit.connected
        raise
    except DeviceRefusedError, DeviceNonsenseError:
        pass


async def probe_meter(unit: ModbusUnit, device: RegisterMap) -> Identity:
    """Read a meter once and believe it if voltage and frequency are those of a grid.

    Raises:
        DeviceError: silent, refusing, or showing what no grid has.
        ValueError: the map is not a meter's.
    """
    _expect(device, DeviceClass.METER)
    what = f"the meter {device.manufacturer} {device.model}"
    async with _bounded(what, unit, device.wiring):
        values = await _read(what, unit, device)
    seen = [point for point in device.points if point.quantity in {Quantity.VOLTAGE, Quantity.FREQUENCY}]
    unlikely = [f"{point.name} at {point.space} {point.address:#06x}" for point in seen if values[point.name] is None]
    if unlikely:
        raise DeviceNonsenseError(
            f"{what} answers, but not as this type does (no likely value for {', '.join(unlikely)}): check the device "
            "type, the unit number and that the meter has voltage"
        )
    return _identity(device, values)


async def probe_hybrid(unit: ModbusUnit, device: RegisterMap) -> Identity:
    """Read a hybrid once and believe it if it shows a likely voltage or frequency, of the grid or of its own.

    Raises:
        DeviceError: silent, refusing, or showing what no such device does.
        ValueError: the map is not a hybrid's.
    """
    _expect(device, DeviceClass.HYBRID)
    what = f"the inverter {device.manufacturer} {device.model}"
    async with _bounded(what, unit, device.wiring):
        values = await _read(what, unit, device)
    electric = [point for point in device.points if point.quantity in {Quantity.VOLTAGE, Quantity.FREQUENCY}]
    if all(values[point.name] is None for point in electric):
        unlikely = ", ".join(f"{point.name} at {point.space} {point.address}" for point in electric)
        raise DeviceNonsenseError(
            f"{what} answers, but not as this type does (no likely value for {unlikely}): check the device type and "
            "the unit number"
        )
    return _identity(device, values)


async def probe_relay(unit: ModbusUnit, device: RegisterMap) -> Identity:
    """Read a relay's coil and feedback once; nothing is switched.

    Raises:
        DeviceError: silent, refusing, or without its feedback.
        ValueError: the map is not a relay's.
    """
    _expect(device, DeviceClass.RELAY)
    what = f"the relay {device.manufacturer} {device.model}"
    async with _bounded(what, unit, device.wiring):
        return _identity(device, await _read(what, unit, device))


async def probe_charger(unit: ModbusUnit, device: RegisterMap) -> Identity:
    """Read a charger once and believe it if it shows a power and a state that has a name; nothing is changed.

    Raises:
        DeviceError: silent, refusing, or showing what no such charger does.
        ValueError: the map is not a charger's.
    """
    _expect(device, DeviceClass.EV_CHARGER)
    what = f"the charger {device.manufacturer} {device.model}"
    async with _bounded(what, unit, device.wiring):
        values = await _read(what, unit, device)
    if values["power_w"] is None or values["state"] is None:
        raise DeviceNonsenseError(
            f"{what} answers, but not as this type does (power {values['power_w']}, state {values['state']}): check "
            "the device type and the unit number"
        )
    return _identity(device, values)


async def probe_gas_meter(unit: ModbusUnit, device: RegisterMap) -> Identity:
    """Read a gas meter's counter once. Any number may be right: a wrong unit or type shows by not answering only.

    Raises:
        DeviceError: silent, refusing, or without its counter.
        ValueError: the map is not a gas meter's.
    """
    _expect(device, DeviceClass.GAS_METER)
    what = f"the gas meter {device.manufacturer} {device.model}"
    async with _bounded(what, unit, device.wiring):
        return _identity(device, await _read(what, unit, device))


async def probe_sunspec(unit: ModbusUnit) -> Described:
    """Find a SunSpec device's models, and read who and what it is.

    Raises:
        DeviceError: silent, or no SunSpec device.
    """
    async with _bounded("the SunSpec device", unit):
        return await describe(unit)


@asynccontextmanager
async def _bounded(what: str, unit: ModbusUnit, wiring: Wiring | None = None) -> AsyncIterator[None]:
    approach(unit, wiring)
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            yield
    except TimeoutError as error:
        raise DeviceSilentError(
            f"{what} did not answer within {PROBE_TIMEOUT_S:g} s; check its power, the cable and the unit number"
        ) from error
    except DeviceSilentError as error:
        error.linked = unit.connected
        raise


async def _read(what: str, unit: ModbusUnit, device: RegisterMap) -> dict[str, object]:
    optional = {point.name for point in device.points if point.optional}
    values: dict[str, object] = dict.fromkeys(point.name for point in device.points)
    for name, group in components(unit, device).items():
        with device_border(f"{what}, block {name}"):
            if await _update(group, optional=name in optional):
                values |= group.values
    return values


async def _update(group: ManualComponent, *, optional: bool) -> bool:
    if optional:
        return await read_optional(group) is not None
    await group.async_update()
    return True


def _identity(device: RegisterMap, values: dict[str, object]) -> Identity:
    serial, version = values.get("serial"), values.get("version")
    return Identity(
        manufacturer=device.manufacturer,
        model=device.model,
        serial=serial if isinstance(serial, str) else None,
        version=version if isinstance(version, str) else None,
    )


def _expect(device: RegisterMap, device_class: DeviceClass) -> None:
    if device.device_class is not device_class:
        raise ValueError(f"the map {device.name} describes a {device.device_class}: use one of a {device_class}")

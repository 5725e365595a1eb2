"""Finding a device's SunSpec models and reading who it is.

SunSpec Device Information Model Specification V1.0: the map begins with the marker "SunS" at 40000, 50000 or 0, and the
models follow one another, each with its number and length. The chain is walked and no address taken for granted: models
are optional and their order is the maker's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, override

from modbus_connection import ModbusExceptionError, ModbusTimeoutError, ModbusUnit
from modbus_connection.model import NumberField
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecError, SunSpecModels, scan

from ..capability import Identity
from ..errors import DeviceNonsenseError, device_border, stop_if_cancelled
from ..quantity import pattern, printable, scaled_watt_hours
from .models.common import Common

BASES: Final = (40000, 50000, 0)
"""Where the marker may stand, the usual place first."""

MARKER: Final = 0x53756E53
"""The letters "SunS"."""


class Accumulator(NumberField[int]):
    """A lifetime energy in whole watt-hours, decoded without floats; the patterns in ``nan`` mean "not counted"."""

    @override
    def decode(self, words: list[int], scale_exponent: int | None = None) -> int | None:
        raw = pattern(words, "big")
        if (self.nan and raw in self.nan) or scale_exponent is None:
            return None
        return scaled_watt_hours(raw, scale_exponent)


async def discover(unit: ModbusUnit) -> SunSpecModels:
    """Find the models of a device.

    Raises:
        DeviceSilentError: nothing answers at any of the three addresses.
        DeviceNonsenseError: what answers has no SunSpec marker, or a chain without end.
    """
    silent: ModbusTimeoutError | None = None
    answered = False
    with device_border("the SunSpec device"):
        for base in BASES:
            try:
                marker = await unit.read_holding_registers(base, 2)
            except ModbusExceptionError:
                # Many devices refuse addresses outside of their map, some stay silent: the next base may answer.
                answered = True
            except ModbusTimeoutError as error:
                stop_if_cancelled(error)
                silent = error
            else:
                answered = True
                if pattern(marker, "big") == MARKER:
                    return await scan(unit, base)
        if silent is not None and not answered:
            raise silent
        raise SunSpecError(f"no marker at {', '.join(map(str, BASES))}")


async def identify(unit: ModbusUnit, models: SunSpecModels) -> Identity:
    """Read model 1.

    Raises:
        DeviceNonsenseError: there is none, or it names neither maker nor model.
        DeviceError: it cannot be read.
    """
    model = models.first(1)
    if model is None:
        raise DeviceNonsenseError(
            "the SunSpec device has no model 1 and does not tell who it is: check unit number and device type"
        )
    common = Common(unit, model)
    # Length 65 is allowed by the specification: such a device has no register for its own address.
    common.restrict_fields(["mn", "md", "vr", "sn"])
    with device_border("the SunSpec device, model 1"):
        await common.async_update(notify=False)
    manufacturer, name = printable(common.mn), printable(common.md)
    if manufacturer is None or name is None:
        raise DeviceNonsenseError(
            f"the SunSpec device calls itself {common.mn!r} {common.md!r}: check unit number and device type"
        )
    return Identity(manufacturer=manufacturer, model=name, serial=printable(common.sn), version=printable(common.vr))


async def write_together(component: SunSpecComponent, values: Mapping[str, Any]) -> None:
    """Write neighbouring points in one request, so that the device never sees half of them.

    Args:
        component: the model.
        values: by field, in the field's unit; their registers must follow one another without a gap.

    Raises:
        ModbusError: a read of a scale factor or the write failed.
        ValueError: a value does not fit.
    """
    unit = component.modbus_unit
    fields = component.resolved_fields
    targets = sorted(((fields[name], value) for name, value in values.items()), key=lambda each: each[0].address)
    exponents: dict[int, int] = {}
    words: list[int] = []
    for resolved, value in targets:
        assert resolved.address == targets[0][0].address + len(words), "the points of one request are neighbours"
        scale = resolved.scale_address
        if scale is not None and scale not in exponents:
            (word,) = await unit.read_holding_registers(scale, 1)
            exponents[scale] = word - 0x10000 if word & 0x8000 else word
        assert isinstance(resolved.field, NumberField), "a control point is a number"
        words += resolved.field.encode(value, None if scale is None else exponents[scale])
    await unit.write_registers(targets[0][0].address, words)


def total(parts: Sequence[float | None]) -> float | None:
    """Add up; unknown when there is nothing to add or one part is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None

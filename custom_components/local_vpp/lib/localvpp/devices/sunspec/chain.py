"""Finding a device's SunSpec models and reading who it is.

SunSpec Device Information Model Specification V1.0: the map begins with the marker "SunS" at 40000, 50000 or 0, and the
models follow one another, each with its number and length. The chain is walked and no address taken for granted: models
are optional and their order is the maker's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, override

from modbus_connection import ModbusExceptionError, ModbusTimeoutError, ModbusUnit
from modbus_connection.model import NumberField
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecError, SunSpecModel, SunSpecModels, scan

from ..capability import Identity
from ..errors import DeviceNonsenseError, device_border, stop_if_cancelled
from ..quantity import pattern, printable, scaled_watt_hours, watt_hours_of
from .models.common import Common

SUNSPEC: Final = "sunspec"
"""The type of a device that describes itself; every other one is a register map's name."""

BASES: Final = (40000, 50000, 0)
"""Where the marker may stand, the usual place first."""

MARKER: Final = 0x53756E53
"""The letters "SunS"."""

_MARKER_REGISTERS: Final = 2


class Accumulator(NumberField[int]):
    """A lifetime energy in whole watt-hours, decoded without floats; the patterns in ``nan`` mean "not counted"."""

    @override
    def decode(self, words: list[int], scale_exponent: int | None = None) -> int | None:
        raw = pattern(words, "big")
        if (self.nan and raw in self.nan) or scale_exponent is None:
            return None
        return scaled_watt_hours(raw, scale_exponent)


async def is_marked(unit: ModbusUnit, base: int) -> bool:
    """Ask whether a map begins at an address: the shortest question to a SunSpec device.

    Raises:
        ModbusError: it does not answer, or refuses the address.
    """
    return pattern(await unit.read_holding_registers(base, _MARKER_REGISTERS), "big") == MARKER


async def discover(unit: ModbusUnit, bases: Sequence[int] = BASES) -> SunSpecModels:
    """Find the models of a device.

    Raises:
        DeviceSilentError: nothing answers at any of the addresses.
        DeviceNonsenseError: what answers has no SunSpec marker, or a chain without end or out of the registers.
    """
    silent: ModbusTimeoutError | None = None
    answered = False
    with device_border("the SunSpec device"):
        for base in bases:
            try:
                marked = await is_marked(unit, base)
            except ModbusExceptionError:
                # Many devices refuse addresses outside of their map, some stay silent: the next base may answer.
                answered = True
            except ModbusTimeoutError as error:
                stop_if_cancelled(error)
                silent = error
            else:
                answered = True
                if marked:
                    return await _walk(unit, base)
        if silent is not None and not answered:
            raise silent
        raise SunSpecError(f"no marker at {', '.join(map(str, bases))}")


def base_of(models: SunSpecModels) -> int:
    """Give the address of the marker before the first model."""
    return models.chain[0].address - _MARKER_REGISTERS


async def identify(unit: ModbusUnit, models: SunSpecModels, part: SunSpecModel | None = None) -> Identity:
    """Read model 1.

    Args:
        unit: where the device answers.
        models: its models.
        part: one of them, whose own name is asked for: a meter behind an inverter has a model 1 before it.

    Raises:
        DeviceNonsenseError: there is none, or it names neither maker nor model.
        DeviceError: it cannot be read.
    """
    names = [model for model in models.chain if model.model_id == 1]
    if part is not None:
        names = [model for model in names if model.address < part.address][-1:]
    if not names:
        raise DeviceNonsenseError(
            "the SunSpec device has no model 1 and does not tell who it is: check unit number and device type"
        )
    common = Common(unit, names[0])
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


@dataclass(frozen=True, slots=True)
class Request:
    """Neighbouring registers that are written at once, so that the device never sees half of them."""

    address: int
    words: list[int]


class AtMost(float):
    """A value that is rounded down to its register's step: what it limits must not exceed it."""


async def prepared(what: str, component: SunSpecComponent, requests: Iterable[Mapping[str, Any]]) -> Sequence[Request]:
    """Encode what is to be written, all of it before the first word is: what cannot be written is not begun.

    Scale factors are read from the device now, and each word is decoded again as the device will: a value too large
    for its register could come out with the other sign.

    Args:
        what: the device and its model, as they begin a sentence.
        component: the model.
        requests: values by field, in the field's unit; the registers of one request follow one another without a gap.

    Raises:
        ModbusError: a scale factor cannot be read.
        DeviceNonsenseError: with the device's scale factor a value cannot be written.
    """
    exponents: dict[int, int] = {}
    encoded = []
    for values in requests:
        fields = component.resolved_fields
        targets = sorted(((fields[name], value) for name, value in values.items()), key=lambda each: each[0].address)
        request = Request(targets[0][0].address, [])
        for resolved, value in targets:
            assert resolved.address == request.address + len(request.words), "the points of a request are neighbours"
            assert isinstance(resolved.field, NumberField), "a control point is a number"
            scale = resolved.scale_address
            if scale is not None and scale not in exponents:
                (word,) = await component.modbus_unit.read_holding_registers(scale, 1)
                exponents[scale] = word - 0x10000 if word & 0x8000 else word
            request.words.extend(_encode(what, resolved.field, value, None if scale is None else exponents[scale]))
        encoded.append(request)
    return encoded


async def send(unit: ModbusUnit, requests: Iterable[Request]) -> None:
    """Write requests one after the other.

    Raises:
        ModbusError: the device does not take one; those after it were not sent.
    """
    for request in requests:
        await unit.write_registers(request.address, request.words)


def _encode(what: str, field: NumberField[Any], value: float, exponent: int | None) -> list[int]:
    try:
        words = field.encode(value, exponent)
        meant = field.decode(words, exponent)
        step = 0 if exponent is None else 10.0**exponent
        if isinstance(value, AtMost) and meant is not None and meant > value >= step:
            words = field.encode(value - step, exponent)
            meant = field.decode(words, exponent)
    except (ValueError, OverflowError) as error:
        raise _unwritable(what, field, value, exponent) from error
    if meant is None or abs(meant - value) > step:
        raise _unwritable(what, field, value, exponent)
    return words


def _unwritable(what: str, field: NumberField[Any], value: float, exponent: int | None) -> DeviceNonsenseError:
    return DeviceNonsenseError(
        f"{what} cannot be told {field.name} = {value:g} with the scale factor {exponent} that it shows: nothing was "
        "written; it is tried again, and if this stays, update the device's firmware"
    )


def total(parts: Sequence[float | None]) -> float | None:
    """Add up; unknown when there is nothing to add or one part is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


def counted(parts: Sequence[float | None]) -> int | None:
    """Add up lifetime energies in Wh; unknown when one part is, or when all are 0, as of what nobody counts."""
    energies = [watt_hours_of(part) for part in parts]
    known = [energy for energy in energies if energy is not None]
    return (sum(known) or None) if len(known) == len(energies) else None


async def _walk(unit: ModbusUnit, base: int) -> SunSpecModels:
    try:
        return await scan(unit, base)
    except ValueError as error:
        # Both backends refuse so, before they ask, an address that no register has.
        raise SunSpecError(f"a model's length leads out of the registers: {error}") from error

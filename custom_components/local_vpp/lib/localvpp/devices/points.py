"""Register maps: a device described by data.

``registers`` reads maps from their files. Here a map becomes groups of points; every group is a ``ManualComponent`` of
``modbus_connection``, whose planner merges neighbouring points into block reads. A group is also what fails together:
one silent group leaves the others alive.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, override

from modbus_connection import ModbusUnit, WordOrder
from modbus_connection.model import CoilField, DiscreteInputField, ManualComponent, RegisterField

from . import plausible
from .quantity import WordType, exact, pattern, text, watt_hours

MAX_SPAN: Final = 125
"""Registers in one read, by the Modbus Application Protocol Specification V1.1b3."""


class Space(StrEnum):
    """The four address spaces of Modbus."""

    HOLDING = "holding"
    INPUT = "input"
    COIL = "coil"
    DISCRETE = "discrete"


class DeviceClass(StrEnum):
    """Which capability a map gives."""

    METER = "meter"
    RELAY = "relay"


class Quantity(StrEnum):
    """What a point measures."""

    POWER = "power"
    ENERGY = "energy"
    VOLTAGE = "voltage"
    CURRENT = "current"
    FREQUENCY = "frequency"
    NAME = "name"
    CONTACT = "contact"


POINTS: Final[Mapping[DeviceClass, Mapping[str, Quantity]]] = {
    DeviceClass.METER: {
        "power_w": Quantity.POWER,
        "import_wh": Quantity.ENERGY,
        "export_wh": Quantity.ENERGY,
        "voltage_v": Quantity.VOLTAGE,
        "current_a": Quantity.CURRENT,
        "frequency_hz": Quantity.FREQUENCY,
        "serial": Quantity.NAME,
        "version": Quantity.NAME,
    },
    DeviceClass.RELAY: {
        "commanded": Quantity.CONTACT,
        "closed": Quantity.CONTACT,
        "energised": Quantity.CONTACT,
        "serial": Quantity.NAME,
        "version": Quantity.NAME,
    },
}
"""The points of each class: the fields of its reading, and of the identity."""

type Limits = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of a device: where it stands and how it is to be read. The fields are those of the map."""

    name: str
    quantity: Quantity
    space: Space
    address: int
    type: WordType
    words: WordOrder
    length: int
    factor: Fraction
    """One step of the register in the unit of the reading's field; negative where the maker's sign is not ours."""
    sentinels: frozenset[int]
    limits: Limits | None
    writable: bool
    optional: bool
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMap:
    """A whole device."""

    name: str
    manufacturer: str
    model: str
    device_class: DeviceClass
    rated_power_w: int | None
    max_registers: int
    max_gap: int
    points: tuple[Point, ...]

    def point(self, name: str) -> Point | None:
        """Give the point of this name, None where the device has none."""
        return next((point for point in self.points if point.name == name), None)

    def rated(self, watts: int) -> RegisterMap:
        """Give the map of the same meter behind current transformers: power and current may reach as much more.

        Raises:
            ValueError: the map has no rating (it is not a meter's), or the new one is no power.
        """
        if self.rated_power_w is None or watts <= 0:
            raise ValueError(f"the map {self.name} cannot be rated {watts} W: give a meter and a power")
        ratio = watts / self.rated_power_w
        points = tuple(
            replace(point, limits=(point.limits[0] * ratio, point.limits[1] * ratio))
            if point.limits and point.quantity in {Quantity.POWER, Quantity.CURRENT}
            else point
            for point in self.points
        )
        return replace(self, rated_power_w=watts, points=points)


@dataclass(frozen=True, slots=True)
class EnergySample:
    """A counter's register: its watt-hours and whether its words may be of two moments."""

    wh: int
    torn: bool


class _PointField(RegisterField[Any]):
    """A register field that decodes as its point says; unknown is None."""

    def __init__(self, point: Point) -> None:
        super().__init__(point.address, count=point.length, writable=False)
        self._point = point

    @override
    def decode(self, words: list[int], scale_exponent: int | None = None) -> float | str | EnergySample | None:
        point = self._point
        if point.type is WordType.TEXT:
            return text(words)
        number = exact(words, point.type, point.words, point.sentinels)
        if number is None:
            return None
        if point.quantity is Quantity.NAME:
            return str(number.numerator) if number > 0 else None
        number *= point.factor
        if point.quantity is Quantity.ENERGY:
            wh = watt_hours(number)
            torn = point.type in {WordType.U32, WordType.I32} and plausible.may_be_torn(pattern(words, point.words))
            return None if wh is None else EnergySample(wh, torn)
        return float(number) if point.limits is None else plausible.within(float(number), point.limits)


def components(unit: ModbusUnit, device: RegisterMap) -> dict[str, ManualComponent]:
    """Build the readable groups of a device, by the groups' names.

    Optional points stand alone in a group of their own name: a device without them refuses only that group.
    """
    groups: dict[str, ManualComponent] = {}
    for point in device.points:
        group = groups.setdefault(
            point.name if point.optional else point.group,
            # The library counts the step to the next point, the map the registers left out.
            ManualComponent(unit, max_gap=device.max_gap + 1, max_span=device.max_registers),
        )
        match point.space:
            case Space.COIL:
                group.add(point.name, CoilField(point.address, writable=point.writable))
            case Space.DISCRETE:
                group.add(point.name, DiscreteInputField(point.address))
            case Space.HOLDING:
                group.add(point.name, _PointField(point), space="holding")
            case Space.INPUT:
                group.add(point.name, _PointField(point), space="input")
    return groups


def readings(groups: Mapping[str, ManualComponent], device: RegisterMap) -> dict[str, ManualComponent]:
    """Choose the groups that a reading needs: not those that only identify the device."""
    needed = {
        point.name if point.optional else point.group for point in device.points if point.quantity is not Quantity.NAME
    }
    return {name: group for name, group in groups.items() if name in needed}


def knock(unit: ModbusUnit, device: RegisterMap) -> Callable[[], Awaitable[object]]:
    """Give the shortest question that a device which is there answers: its first point that all of its kind have."""
    point = next(point for point in device.points if not point.optional)
    match point.space:
        case Space.COIL:
            return lambda: unit.read_coils(point.address, 1)
        case Space.DISCRETE:
            return lambda: unit.read_discrete_inputs(point.address, 1)
        case Space.HOLDING:
            return lambda: unit.read_holding_registers(point.address, point.length)
        case Space.INPUT:
            return lambda: unit.read_input_registers(point.address, point.length)

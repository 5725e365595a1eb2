"""Register maps as values: a device described by data.

``reader`` reads maps from their files. Here a map becomes groups of points; every group is a ``ManualComponent`` of
``modbus_connection``, whose planner merges neighbouring points into block reads. A group is also what fails together:
one silent group leaves the others alive.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import batched
from math import ceil
from typing import Any, Final, override

from modbus_connection import ModbusUnit, WordOrder
from modbus_connection.model import CoilField, DiscreteInputField, ManualComponent, RegisterField, read_optional

from .. import plausible
from ..quantity import WordType, exact, pattern, text, watt_hours
from .control import NO_CONTROL, Control
from .vocabulary import DeviceClass, Quantity, Space

MAX_SPAN: Final = 125
"""Registers in one read, by the Modbus Application Protocol Specification V1.1b3."""

PLATE: Final = "plate"
"""The group of what stands on the plate: it is read now and then, not at each poll."""

type Limits = tuple[float, float]
type Value = float | str | bool | EnergySample | CountSample | frozenset[str]
"""What a point shows: a number, a name or state, a contact, a counter, or flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Where the sign of a power stands that is told without one: in a state or in flags."""

    by: str
    positive: str
    negative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Islanded:
    """Which state, or which flags together, mean that the device is separated from the grid."""

    some: frozenset[str]
    none: frozenset[str] = frozenset()
    """Flags that are missing then."""

    def holds(self, shown: str | frozenset[str]) -> bool:
        """Whether a point's value means that."""
        names = {shown} if isinstance(shown, str) else shown
        return not self.some.isdisjoint(names) and self.none.isdisjoint(names)


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
    """Registers from the first to the last; those between the two words of a value are left out."""
    summed: int = 1
    """How many values, one behind the other, are added: those of the phases."""
    high: int | None = None
    """Address of the high word where it does not stand beside the low one."""
    factor: Fraction = Fraction(1)
    """One step of the register in the unit of the reading's field; negative where the maker's sign is not ours."""
    offset: Fraction = Fraction(0)
    """What is added to it."""
    sentinels: frozenset[int] = frozenset()
    absent: frozenset[int] = frozenset()
    """Patterns that mean that this model has no such string: it gives nothing."""
    limits: Limits | None = None
    states: Mapping[int, str] | None = None
    """Of a state: the register's value → its name. Of flags: the bit's number → its name."""
    islanded: Islanded | None = None
    connected: Islanded | None = None
    operating: Mapping[str, str] | None = None
    """A state's name → the operating state that it is."""
    direction: Direction | None = None
    optional: bool = False
    writable: bool = False
    channels: int = 1
    """How many inputs of a module have such a point, one behind the other."""
    group: str = "all"


class Parity(StrEnum):
    """Of a serial line."""

    NONE = "none"
    EVEN = "even"
    ODD = "odd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How a device is reached as it leaves its factory: what a search tries, and how it wants to be asked."""

    ports: tuple[int, ...] = ()
    """TCP ports, the likeliest first; none for a device that has a serial line alone."""
    units: tuple[int, ...] = (1,)
    baud: int | None = None
    parity: Parity = Parity.NONE
    pause_ms: int = 0
    """Between two requests, at least."""
    connect_delay_s: int = 0
    """After the link has opened."""
    one_client: bool = False
    """It takes one connection: nobody else may hold it."""
    switch: str | None = None
    """What to turn on, and where, for Modbus to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMap:
    """A whole device."""

    name: str
    manufacturer: str
    model: str
    device_class: DeviceClass
    source: str
    verified: str
    """How it is known that the map is right."""
    notes: tuple[str, ...]
    rated_power_w: int | None
    max_registers: int
    max_gap: int
    wiring: Wiring
    points: tuple[Point, ...]
    control: Control = NO_CONTROL

    def point(self, name: str) -> Point | None:
        """Give the point of this name, None where the device has none."""
        return next((point for point in self.points if point.name == name), None)

    @property
    def energy_step_wh(self) -> int:
        """The coarsest step of its counters, which they take at once; a float has none that is known."""
        counters = [point for point in self.points if point.quantity is Quantity.ENERGY and not point.type.is_float]
        return max((ceil(abs(point.factor)) for point in counters), default=0)

    @property
    def channels(self) -> int:
        """How many inputs it has, of which one is read."""
        return max(point.channels for point in self.points)

    def at_channel(self, channel: int) -> RegisterMap:
        """Give the map of one input of a module, of which the first one is 0.

        Raises:
            ValueError: the module has no such input.
        """
        if not 0 <= channel < self.channels:
            raise ValueError(f"channel is {channel}: the map {self.name} has the channels 0 to {self.channels - 1}")
        points = tuple(
            replace(point, address=point.address + channel * point.length) if point.channels > 1 else point
            for point in self.points
        )
        return replace(self, points=points)

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


@dataclass(frozen=True, slots=True)
class CountSample:
    """A register that counts litres or pulses, and whether its words may be of two moments."""

    count: int
    torn: bool


def decode(point: Point, registers: Collection[int]) -> Value | None:
    """Read a point off its registers, from the first to the last; unknown is None."""
    words = list(registers)
    if point.type is WordType.TEXT:
        return text(words)
    if point.high is not None:
        words = [words[0], words[-1]]
    if pattern(words, point.words) in point.absent:
        return 0.0
    numbers = [
        exact(each, point.type, point.words, point.sentinels) for each in batched(words, point.type.words, strict=True)
    ]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    number = sum(known, Fraction(0))
    match point.quantity:
        case Quantity.NAME:
            return str(number.numerator) if number > 0 else None
        case Quantity.STATE:
            return (point.states or {}).get(number.numerator)
        case Quantity.FLAGS:
            return frozenset(name for bit, name in (point.states or {}).items() if number.numerator >> bit & 1)
        case Quantity.ENERGY:
            wh = watt_hours(number * point.factor + point.offset)
            if wh is None or (point.limits is not None and not point.limits[0] <= wh <= point.limits[1]):
                return None
            return EnergySample(wh, torn=_torn(point, words))
        case Quantity.VOLUME | Quantity.PULSES:
            # As energy: whole units, rounded and never negative.
            count = watt_hours(number * point.factor + point.offset)
            return None if count is None else CountSample(count, torn=_torn(point, words))
        case _:
            value = float(number * point.factor + point.offset)
            return value if point.limits is None else plausible.within(value, point.limits)


def _torn(point: Point, words: list[int]) -> bool:
    whole = point.type.words > 1 and not point.type.is_float
    return whole and plausible.may_be_torn(pattern(words, point.words))


class _PointField(RegisterField[Any]):
    """A register field that decodes as its point says."""

    def __init__(self, point: Point) -> None:
        super().__init__(point.address, count=point.length, writable=False)
        self._point = point

    @override
    def decode(self, words: list[int], scale_exponent: int | None = None) -> Value | None:
        return decode(self._point, words)


def component(unit: ModbusUnit, device: RegisterMap, points: Iterable[Point]) -> ManualComponent:
    """Build what reads some points of a device."""
    # The library counts the step to the next point, the map the registers left out.
    made = ManualComponent(unit, max_gap=device.max_gap + 1, max_span=device.max_registers)
    for point in points:
        match point.space:
            case Space.COIL:
                made.add(point.name, CoilField(point.address, writable=point.writable))
            case Space.DISCRETE:
                made.add(point.name, DiscreteInputField(point.address))
            case Space.HOLDING:
                made.add(point.name, _PointField(point), space="holding")
            case Space.INPUT:
                made.add(point.name, _PointField(point), space="input")
    return made


def components(unit: ModbusUnit, device: RegisterMap) -> dict[str, ManualComponent]:
    """Build the readable groups of a device, by the groups' names.

    Optional points stand alone in a group of their own name: a device without them refuses only that group.
    """
    groups: dict[str, list[Point]] = {}
    for point in device.points:
        groups.setdefault(point.name if point.optional else point.group, []).append(point)
    return {name: component(unit, device, points) for name, points in groups.items()}


async def serial_of(unit: ModbusUnit, device: RegisterMap) -> str | None:
    """Ask for the serial number alone; None, without a question, where the map has none, and where it is refused."""
    points = [point for point in device.points if point.name == "serial"]
    if not points:
        return None
    asked = component(unit, device, points)
    if points[0].optional:
        if await read_optional(asked) is None:
            return None
    else:
        await asked.async_update(notify=False)
    serial = asked.values["serial"]
    return serial if isinstance(serial, str) else None


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

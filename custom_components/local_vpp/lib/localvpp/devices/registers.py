"""Reading register maps from their files, strictly.

A map is a YAML file in ``maps/``; ``maps/README.md`` documents its fields. Everything that can be checked without the
device is checked, and an error names file, point, field, value and remedy: whoever adds a device reads it.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Final, Literal

import yaml

from . import plausible
from .points import MAX_SPAN, POINTS, DeviceClass, Limits, Point, Quantity, RegisterMap, Space
from .quantity import WordType, factor

SCHEMA: Final = 1
"""Version of the maps' format; a map of another version is refused, not guessed at."""

UNITS: Final[Mapping[str, tuple[Quantity, Fraction]]] = {
    "W": (Quantity.POWER, Fraction(1)),
    "kW": (Quantity.POWER, Fraction(1000)),
    "Wh": (Quantity.ENERGY, Fraction(1)),
    "kWh": (Quantity.ENERGY, Fraction(1000)),
    "MWh": (Quantity.ENERGY, Fraction(1_000_000)),
    "V": (Quantity.VOLTAGE, Fraction(1)),
    "A": (Quantity.CURRENT, Fraction(1)),
    "mA": (Quantity.CURRENT, Fraction(1, 1000)),
    "Hz": (Quantity.FREQUENCY, Fraction(1)),
}
"""Units a map may use, and what one of them is in the unit of the reading's field."""

REQUIRED: Final[Mapping[DeviceClass, frozenset[str]]] = {
    DeviceClass.METER: frozenset({"power_w", "import_wh"}),
    DeviceClass.RELAY: frozenset({"commanded", "closed"}),
}
"""Without these the device is of no use: a relay, for one, must not be driven without feedback."""

_DEFAULT_LIMITS: Final[Mapping[Quantity, Limits]] = {
    Quantity.FREQUENCY: plausible.FREQUENCY_HZ,
    Quantity.VOLTAGE: plausible.VOLTAGE_V,
}


class MapError(ValueError):
    """A register map that cannot be used; the sentence names file, point, field, value and remedy."""

    def __init__(self, file: str, point: str | None, field: str, value: object, remedy: str) -> None:
        where = f"{file}, point {point}" if point else file
        super().__init__(f"{where}: {field} is {value!r}; {remedy}")
        self.file = file
        self.point = point
        self.field = field
        self.value = value


def available_maps() -> tuple[str, ...]:
    """Name the maps that come with the product. Reads the folder: not for an event loop."""
    folder = resources.files(__package__) / "maps"
    return tuple(sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml")))


@cache
def load_map(name: str) -> RegisterMap:
    """Load a map that comes with the product, once. Reads a file: not for an event loop.

    Raises:
        MapError: no such map, or one that cannot be used.
    """
    if name not in (known := available_maps()):
        raise MapError("maps", None, "name", name, f"choose one of {', '.join(known)}")
    file = f"{name}.yaml"
    return parse_map(file, (resources.files(__package__) / "maps" / file).read_text(encoding="utf-8"))


def parse_map(file: str, source: str) -> RegisterMap:
    """Parse and check the text of a map.

    Args:
        file: the name to use in errors; without its ending it must be the map's id.
        source: YAML.

    Raises:
        MapError: the map cannot be used.
    """
    try:
        document = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise MapError(file, None, "text", str(error), "write it as YAML") from error
    return _Reader(file, None, document).device()


_MISSING: Final = object()


class _Reader:
    """Takes the fields of one mapping out, checked; what is left at the end is unknown and refused."""

    def __init__(self, file: str, point: str | None, document: object) -> None:
        self._file = file
        self._point = point
        if not isinstance(document, dict):
            raise self.error("content", document, "write a mapping of fields")
        self._left: dict[object, object] = dict(document)

    def error(self, field: str, value: object, remedy: str) -> MapError:
        return MapError(self._file, self._point, field, value, remedy)

    def take(self, field: str, default: object = _MISSING) -> object:
        value = self._left.pop(field, default)
        if value is _MISSING:
            raise self.error(field, None, "it must be given")
        return value

    def text(self, field: str, default: object = _MISSING) -> str:
        value = self.take(field, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, value, "write a text")
        return value

    def whole(self, field: str, low: int, high: int, default: object = _MISSING) -> int:
        value = self.take(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.error(field, value, f"write a whole number from {low} to {high}")
        return value

    def flag(self, field: str) -> bool:
        value = self.take(field, default=False)
        if not isinstance(value, bool):
            raise self.error(field, value, "write true or false")
        return value

    def choice[E: StrEnum](self, field: str, options: type[E], default: object = _MISSING) -> E:
        value = self.take(field, default)
        try:
            return options(str(value))
        except ValueError:
            raise self.error(field, value, f"choose one of {', '.join(options)}") from None

    def nothing_left(self) -> None:
        for field, value in self._left.items():
            raise self.error(str(field), value, "no such field here: correct its name or remove it")

    def device(self) -> RegisterMap:
        self.whole("schema", SCHEMA, SCHEMA)
        name = self.text("id")
        if f"{name}.yaml" != self._file:
            raise self.error("id", name, "give the file and the map the same name")
        self.text("source")
        device_class = self.choice("class", DeviceClass)
        limits = _Reader(self._file, None, self.take("limits", {}))
        defaults = self.take("defaults", {})
        if not isinstance(defaults, dict):
            raise self.error("defaults", defaults, "write a mapping of fields")
        device = RegisterMap(
            name=name,
            manufacturer=self.text("manufacturer"),
            model=self.text("model"),
            device_class=device_class,
            rated_power_w=self.whole("rated_power_w", 1, 10**7) if device_class is DeviceClass.METER else None,
            max_registers=limits.whole("max_registers", 1, MAX_SPAN, MAX_SPAN),
            max_gap=limits.whole("max_gap", 0, MAX_SPAN, 0),
            points=tuple(self._points(device_class, defaults)),
        )
        limits.nothing_left()
        self.nothing_left()
        self._check(device)
        return device

    def _points(self, device_class: DeviceClass, defaults: dict[object, object]) -> Iterator[Point]:
        points = self.take("points")
        if not isinstance(points, dict) or not points:
            raise self.error("points", points, "write a mapping from the points' names to their fields")
        allowed = POINTS[device_class]
        for name, fields in points.items():
            if name not in allowed:
                raise self.error("points", name, f"a {device_class} has {', '.join(allowed)}")
            if not isinstance(fields, dict):
                raise MapError(self._file, str(name), "content", fields, "write a mapping of fields")
            reader = _Reader(self._file, str(name), {**defaults, **fields})
            yield reader.point(str(name), allowed[str(name)])

    def point(self, name: str, quantity: Quantity) -> Point:
        space = self.choice("space", Space)
        bits = space in {Space.COIL, Space.DISCRETE}
        if bits is not (quantity is Quantity.CONTACT):
            raise self.error("space", space.value, f"a {quantity} does not stand there")
        word_type = self.choice("type", WordType, "bit" if bits else _MISSING)
        if bits is not (word_type is WordType.BIT):
            raise self.error("type", word_type.value, "only coils and discrete inputs are bits")
        if word_type is WordType.TEXT and quantity is not Quantity.NAME:
            raise self.error("type", word_type.value, f"a {quantity} is a number")
        if word_type.is_float and quantity is Quantity.NAME:
            raise self.error("type", word_type.value, "a name is a text or a whole number")
        length = self.whole("length", 1, MAX_SPAN) if word_type is WordType.TEXT else word_type.words
        order: Literal["big", "little"]
        match self.take("words", "big"):
            case "big" | "little" as order:
                pass
            case other:
                raise self.error("words", other, "write big (high word first) or little (low word first)")
        writable = self.flag("writable")
        if writable and space is not Space.COIL:
            raise self.error("writable", writable, f"a {quantity} in space {space} is only read")
        point = Point(
            name=name,
            quantity=quantity,
            space=space,
            address=self.whole("address", 0, 0x10000 - length),
            type=word_type,
            words=order,
            length=length,
            factor=self._factor(quantity),
            sentinels=self._sentinels(word_type),
            limits=self._limits(quantity),
            writable=writable,
            optional=self.flag("optional"),
            group=self.text("group", "all"),
        )
        self.nothing_left()
        return point

    def _factor(self, quantity: Quantity) -> Fraction:
        if quantity in {Quantity.NAME, Quantity.CONTACT}:
            for field in ("unit", "scale", "sign"):
                self._left.pop(field, None)
            return Fraction(1)
        unit = self.text("unit")
        if UNITS.get(unit, (None,))[0] is not quantity:
            fitting = ", ".join(name for name, (of, _) in UNITS.items() if of is quantity)
            raise self.error("unit", unit, f"for {quantity} write one of {fitting}")
        scale = self.take("scale", 1)
        try:
            step = factor(scale)
        except ValueError as error:
            raise self.error("scale", scale, f"{error}: write what one step of the register is, e.g. 0.1") from error
        sign = self.take("sign", 1)
        if sign not in {1, -1} or (sign == -1 and quantity is not Quantity.POWER):
            raise self.error("sign", sign, "write 1, or -1 for a power that the maker counts the other way round")
        return step * UNITS[unit][1] * int(str(sign))

    def _sentinels(self, word_type: WordType) -> frozenset[int]:
        value = self.take("sentinels", [])
        if not isinstance(value, list):
            raise self.error("sentinels", value, "write a list of patterns, e.g. [0xFFFF]")
        for item in value:
            if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item < 1 << 16 * word_type.words:
                raise self.error("sentinels", item, f"write an unsigned pattern of {16 * word_type.words} bits")
        return frozenset(value)

    def _limits(self, quantity: Quantity) -> Limits | None:
        value = self.take("range", None)
        if value is None:
            if quantity in {Quantity.POWER, Quantity.CURRENT}:
                raise self.error("range", None, f"state the least and the most {quantity} that the device can measure")
            return _DEFAULT_LIMITS.get(quantity)
        match value:
            case [int() | float() as low, int() | float() as high] if low < high:
                return (float(low), float(high))
            case _:
                raise self.error("range", value, "write [least, most]")

    def _check(self, device: RegisterMap) -> None:
        names = {point.name for point in device.points}
        for missing in sorted(REQUIRED[device.device_class] - names):
            raise self.error("points", sorted(names), f"a {device.device_class} needs the point {missing}")
        for point in device.points:
            if point.length > device.max_registers:
                raise MapError(self._file, point.name, "length", point.length, "it exceeds limits.max_registers")
            if point.name == "commanded" and not point.writable:
                raise MapError(self._file, point.name, "writable", False, "a command must be writable: true")

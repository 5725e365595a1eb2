"""Reading register maps from their files, strictly.

A map is a YAML file in ``devices/maps/``; ``maps/README.md`` documents its fields. Everything that can be checked
without the device is checked, and an error names file, point, field, value and remedy: whoever adds a device reads it.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Final

import yaml

from .. import plausible
from ..capability import OperatingState
from ..quantity import WordType
from ..vehicle import ChargerState
from .control_reader import read_control
from .fields import Fields, MapError
from .parts import parts
from .points import MAX_SPAN, Direction, Islanded, Limits, Parity, Point, RegisterMap, Wiring
from .vocabulary import COUNTERS, POINTS, REQUIRED, STATES, STRINGS, UNITLESS, UNITS, DeviceClass, Quantity, Space

SCHEMA: Final = 2
"""Version of the maps' format; a map of another version is refused, not guessed at."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, where PyYAML was built with it: it takes an eighth of the time."""
_DEFAULT_LIMITS: Final[Mapping[Quantity, Limits]] = {
    Quantity.FREQUENCY: plausible.FREQUENCY_HZ,
    Quantity.VOLTAGE: plausible.VOLTAGE_V,
    Quantity.SHARE: (0.0, 100.0),
    Quantity.TEMPERATURE: (-40.0, 120.0),
    Quantity.DURATION: (0.0, 366 * 86_400.0),
}
_BATTERY_VOLTAGE: Final = (10.0, 1000.0)
"""From four cells of a 12 V block to a high-voltage stack."""
_CELL_VOLTAGE: Final = (0.5, 5.0)
"""No lithium cell has more; one with less is dead, or there is none."""
_UNRATED: Final = {DeviceClass.RELAY, DeviceClass.GAS_METER}
"""What has no power."""
_OPERATING: Final[Mapping[DeviceClass, type[StrEnum]]] = {DeviceClass.EV_CHARGER: ChargerState}
"""What the states of a device are; else they are an inverter's."""
_OWN_LIMITS: Final = {
    "battery_voltage_v": _BATTERY_VOLTAGE,
    "cell_min_v": _CELL_VOLTAGE,
    "cell_max_v": _CELL_VOLTAGE,
}


def available_maps() -> tuple[str, ...]:
    """Name the maps that come with the product. Reads the folder: not for an event loop."""
    folder = resources.files(__package__.rpartition(".")[0]) / "maps"
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
    folder = resources.files(__package__.rpartition(".")[0]) / "maps"
    return parse_map(file, (folder / file).read_text(encoding="utf-8"))


def parse_map(file: str, source: str) -> RegisterMap:
    """Parse and check the text of a map.

    Args:
        file: the name to use in errors; without its ending it must be the map's id.
        source: YAML.

    Raises:
        MapError: the map cannot be used.
    """
    try:
        document = yaml.load(source, _LOADER)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:  # ValueError: of a day that no month has, and of half a character.
        raise MapError(file, None, "text", _why_unread(source, error), "write it as YAML") from error
    return _device(Fields(file, None, document))


def _why_unread(source: str, error: Exception) -> str:
    """Say what is wrong with a text: libyaml shows neither the line nor the character, PyYAML itself does."""
    with suppress(ValueError):
        try:
            yaml.load(source, yaml.SafeLoader)
        except yaml.YAMLError as plainer:
            return str(plainer)
    return str(error)


def _device(fields: Fields) -> RegisterMap:
    fields.whole("schema", SCHEMA, SCHEMA)
    name = fields.text("id")
    if f"{name}.yaml" != fields.file:
        raise fields.error("id", name, "give the file and the map the same name")
    device_class = fields.choice("class", DeviceClass)
    rated = None if device_class in _UNRATED else fields.whole("rated_power_w", 1, 10**7)
    limits = fields.inside("limits")
    defaults = fields.take("defaults", {})
    if not isinstance(defaults, dict):
        raise fields.error("defaults", defaults, "write a mapping of fields")
    device = RegisterMap(
        name=name,
        manufacturer=fields.text("manufacturer"),
        model=fields.text("model"),
        device_class=device_class,
        source=fields.text("source"),
        verified=fields.text("verified"),
        notes=fields.texts("notes"),
        rated_power_w=rated,
        max_registers=limits.whole("max_registers", 1, MAX_SPAN, MAX_SPAN),
        max_gap=limits.whole("max_gap", 0, MAX_SPAN, 0),
        wiring=_wiring(fields.inside("wiring")),
        points=tuple(_points(fields, device_class, defaults, rated)),
        control=read_control(fields, defaults),
    )
    limits.nothing_left()
    fields.nothing_left()
    _check(fields, device)
    return device


def _wiring(fields: Fields) -> Wiring:
    wiring = Wiring(
        ports=fields.wholes("port", 1, 65535, []),
        units=fields.wholes("unit", 0, 255, 1),
        baud=fields.maybe_whole("baud", 300, 921_600),
        parity=fields.choice("parity", Parity, Parity.NONE),
        pause_ms=fields.whole("pause_ms", 0, 10_000, 0),
        connect_delay_s=fields.whole("connect_delay_s", 0, 60, 0),
        one_client=fields.flag("one_client"),
        switch=fields.maybe_text("switch"),
    )
    fields.nothing_left()
    return wiring


def _points(
    fields: Fields, device_class: DeviceClass, defaults: dict[object, object], rated: int | None
) -> Iterator[Point]:
    points = fields.take("points")
    if not isinstance(points, dict) or not points:
        raise fields.error("points", points, "write a mapping from the points' names to their fields")
    allowed = POINTS[device_class]
    for name, stated in points.items():
        if name not in allowed:
            raise fields.error("points", name, f"a {device_class} has {', '.join(allowed)}")
        if not isinstance(stated, dict):
            raise MapError(fields.file, str(name), "content", stated, "write a mapping of fields")
        yield _point(Fields(fields.file, str(name), {**defaults, **stated}), allowed[str(name)], rated, device_class)


def _point(fields: Fields, quantity: Quantity, rated: int | None, device_class: DeviceClass) -> Point:
    name = fields.point or ""
    space = fields.choice("space", Space)
    bits = space in {Space.COIL, Space.DISCRETE}
    if bits is not (quantity is Quantity.CONTACT):
        raise fields.error("space", space.value, f"a {quantity} does not stand there")
    word_type = _type(fields, quantity, bits=bits)
    summed = fields.whole("sum", 2, MAX_SPAN // 4) if fields.has("sum") else 1
    if summed > 1 and quantity is not Quantity.POWER:
        raise fields.error("sum", summed, f"a {quantity} of phases is no sum")
    length = fields.whole("length", 1, MAX_SPAN) if word_type is WordType.TEXT else summed * word_type.words
    channels = fields.whole("channels", 2, 0x10000 // length) if fields.has("channels") else 1
    address = fields.whole("address", 0, 0x10000 - length * channels)
    words, high = fields.order(), fields.maybe_whole("high", 0, 0xFFFF)
    if high is not None:
        low_first = high > address
        if summed > 1 or word_type.words != 2 or not low_first or words != "little" or high - address >= MAX_SPAN:
            raise fields.error("high", high, "only the high word of two, behind the low one, has an address of its own")
        length = high - address + 1
    writable = fields.flag("writable")
    if writable and space is not Space.COIL:
        raise fields.error("writable", writable, f"a {quantity} in space {space} is only read: write to a setting")
    if quantity in UNITLESS:
        fields.drop("unit", "scale", "sign", "offset")
        step, offset = Fraction(1), Fraction(0)
    else:
        unit = fields.text("unit")
        if UNITS.get(unit, (None,))[0] is not quantity:
            fitting = ", ".join(unit for unit, (of, _) in UNITS.items() if of is quantity)
            raise fields.error("unit", unit, f"for {quantity} write one of {fitting}")
        step = fields.scale("scale") * UNITS[unit][1] * _sign(fields, quantity)
        offset = fields.scale("offset") * UNITS[unit][1] if fields.has("offset") else Fraction(0)
    states = fields.names("states", 31 if quantity is Quantity.FLAGS else 0xFFFF_FFFF) or None
    if (states is not None) is not (quantity in STATES):
        raise fields.error("states", states, "name the values of a state or the bits of flags, and of nothing else")
    point = Point(
        name=name,
        quantity=quantity,
        space=space,
        address=address,
        type=word_type,
        words=words,
        length=length,
        summed=summed,
        high=high,
        factor=step,
        offset=offset,
        sentinels=fields.patterns("sentinels", word_type),
        absent=_absent(fields, word_type),
        limits=_limits(fields, quantity, rated),
        states=states,
        islanded=_islanded(fields, "islanded", states),
        connected=_islanded(fields, "connected", states),
        operating=_operating(fields, states, _OPERATING.get(device_class, OperatingState)),
        direction=_direction(fields),
        optional=fields.flag("optional"),
        writable=writable,
        channels=channels,
        group=fields.text("group", "all"),
    )
    fields.nothing_left()
    return point


def _type(fields: Fields, quantity: Quantity, *, bits: bool) -> WordType:
    word_type = fields.choice("type", WordType, *(["bit"] if bits else []))
    if bits is not (word_type is WordType.BIT):
        raise fields.error("type", word_type.value, "only coils and discrete inputs are bits")
    if word_type is WordType.TEXT and quantity is not Quantity.NAME:
        raise fields.error("type", word_type.value, f"a {quantity} is a number")
    if word_type.is_float and quantity in {Quantity.NAME, Quantity.PULSES, *STATES}:
        raise fields.error("type", word_type.value, f"a {quantity} is a text or a whole number")
    return word_type


def _absent(fields: Fields, word_type: WordType) -> frozenset[int]:
    absent = fields.patterns("absent", word_type)
    if absent and fields.point not in STRINGS:
        raise fields.error("absent", sorted(absent), f"only {', '.join(STRINGS)} may be missing from a sum")
    return absent


def _sign(fields: Fields, quantity: Quantity) -> int:
    sign = fields.take("sign", 1)
    if sign not in {1, -1} or (sign == -1 and quantity not in {Quantity.POWER, Quantity.CURRENT}):
        raise fields.error("sign", sign, "write 1, or -1 for a power that the maker counts the other way round")
    return int(str(sign))


def _limits(fields: Fields, quantity: Quantity, rated: int | None) -> Limits | None:
    limits = fields.limits("range")
    if limits is not None or quantity in UNITLESS or quantity in COUNTERS:
        return limits
    name = fields.point or ""
    if quantity is Quantity.POWER:
        assert rated is not None, "what has power has a rating"
        most = plausible.RATING_MARGIN * rated
        return (-most, most)
    if quantity is Quantity.CURRENT:
        raise fields.error("range", None, "state the least and the most current that the device can measure")
    return _OWN_LIMITS.get(name, _DEFAULT_LIMITS[quantity])


def _islanded(fields: Fields, field: str, states: Mapping[int, str] | None) -> Islanded | None:
    if not fields.has(field):
        return None
    value = fields.take(field)
    if isinstance(value, list):
        value = {"some": value}
    inner = Fields(fields.file, fields.point, value, f"{field}.")
    islanded = Islanded(some=frozenset(inner.texts("some")), none=frozenset(inner.texts("none")))
    inner.nothing_left()
    known = set((states or {}).values())
    for name in (*islanded.some, *islanded.none):
        if name not in known:
            raise fields.error(field, name, f"name states of this point: {', '.join(sorted(known)) or 'it has none'}")
    if not islanded.some:
        raise fields.error(field, value, "name the states that mean it")
    return islanded


def _operating(fields: Fields, states: Mapping[int, str] | None, known: type[StrEnum]) -> dict[str, str] | None:
    value = fields.take("operating", None)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise fields.error("operating", value, "write a mapping from this point's states to operating states")
    for name, state in value.items():
        if name not in set((states or {}).values()):
            raise fields.error("operating", name, "it is no state of this point")
        if state not in set(known):
            raise fields.error("operating", state, f"choose one of {', '.join(known)}")
    return dict(value)


def _direction(fields: Fields) -> Direction | None:
    if not fields.has("direction"):
        return None
    inner = fields.inside("direction")
    direction = Direction(by=inner.text("by"), positive=inner.text("positive"), negative=inner.text("negative"))
    inner.nothing_left()
    return direction


def _check(fields: Fields, device: RegisterMap) -> None:
    names = {point.name for point in device.points}
    for missing in sorted(REQUIRED[device.device_class] - names):
        raise fields.error("points", sorted(names), f"a {device.device_class} needs the point {missing}")
    if device.device_class is DeviceClass.GAS_METER and len(names & {"volume_l", "pulses"}) != 1:
        raise fields.error("points", sorted(names), "a gas meter counts a volume_l, or pulses of one")
    for point in device.points:
        if point.length > device.max_registers:
            raise MapError(fields.file, point.name, "length", point.length, "it exceeds limits.max_registers")
        if point.name == "commanded" and not point.writable:
            raise MapError(fields.file, point.name, "writable", False, "a command must be writable: true")
        if point.direction is not None:
            by = device.point(point.direction.by)
            known = set((by.states or {}).values()) if by is not None else set()
            if not {point.direction.positive, point.direction.negative} <= known:
                raise MapError(
                    fields.file, point.name, "direction", point.direction.by, "name a point and two of its states"
                )
            both = {point.name, point.direction.by}
            if not any(both <= {each.name for each in part.points} for part in parts(device)):
                raise MapError(
                    fields.file, point.name, "direction", point.direction.by, "one request must read both: mind max_gap"
                )
    if all(point.optional for point in device.points):
        raise fields.error("points", sorted(names), "one point at least must be one that all of the kind have")

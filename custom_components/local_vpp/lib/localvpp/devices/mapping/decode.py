"""A register image and a map, and what both together say: for looking at a dump, and for tests of maps."""

from collections.abc import Mapping
from dataclasses import dataclass

from .points import CountSample, EnergySample, Point, RegisterMap, decode
from .vocabulary import SHOWN_UNITS, Space

type Image = Mapping[Space, Mapping[int, int]]
"""Registers (0 to 0xFFFF) and bits (0, 1) by address."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A point's value as it is shown; None is unknown. Flags are the sorted names of those that are set."""

    value: float | int | str | bool | list[str] | None
    unit: str | None


def decode_image(device: RegisterMap, image: Image) -> dict[str, Shown]:
    """Read every point of a map off an image; one whose registers are not all there is unknown."""
    return {point.name: Shown(_value(point, image), SHOWN_UNITS.get(point.quantity)) for point in device.points}


def _value(point: Point, image: Image) -> float | int | str | bool | list[str] | None:
    space = image.get(point.space, {})
    words = [space.get(address) for address in range(point.address, point.address + point.length)]
    if point.high is not None:
        words = [words[0], words[-1]]
    known = [word for word in words if word is not None]
    if len(known) < len(words):
        return None
    if point.space in {Space.COIL, Space.DISCRETE}:
        return bool(known[0])
    match value := decode(point, known):
        case EnergySample():
            return value.wh
        case CountSample():
            return value.count
        case frozenset():
            return sorted(value)
        case _:
            return value

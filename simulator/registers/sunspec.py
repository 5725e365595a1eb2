"""SunSpec models as tables of points, and the chain of models that a device shows.

A model is written as one line per stretch of points, ``name:kind`` or ``name:kind:rw`` (``name:strN`` for text of N
registers), in the order of the SunSpec model definitions (sunspec/models, 2026-04-22). Offsets follow from the order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import random
from typing import Final

from pymodbus.constants import ExcCodes

from .bank import HOLDING
from .words import Kind, Refused, put, take, text

BASE: Final = 40000
"""Register of the marker."""

MARKER: Final = (0x5375, 0x6E53)
"""``SunS``."""

_WILD_SCALES: Final = (0x8000, 0x0025, 0xFF9C)
"""Not available, 10^37, 10^-100."""

_WILD_WORDS: Final = (0x8000, 0xFFFF, 0x7FFF, 0x0000, 0x5AA5)


@dataclass(frozen=True, slots=True)
class Point:
    """One point: its offset from the model's ID register, its registers, and whether a master may write it."""

    name: str
    offset: int
    words: int
    kind: Kind | None
    writable: bool


@dataclass(frozen=True, slots=True)
class Model:
    """A model's number and its points after ID and L."""

    number: int
    points: tuple[Point, ...]

    @property
    def length(self) -> int:
        """What the L register says: registers after L."""
        last = self.points[-1]
        return last.offset + last.words - 2


def model(number: int, layout: str) -> Model:
    """A model from its written layout."""
    points = []
    offset = 2
    for entry in layout.split():
        name, kind_name, *access = entry.split(":")
        if kind_name.startswith("str"):
            kind, words = None, int(kind_name[3:])
        else:
            kind = Kind[kind_name.upper()]
            words = kind.words
        points.append(Point(name, offset, words, kind, access == ["rw"]))
        offset += words
    return Model(number, tuple(points))


class Chain:
    """The models of one device, end to end from :data:`BASE`, with registers that are patched in place.

    Points are named ``number.name``, for example ``704.WSet``. Whatever was never set reads "not available".
    """

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._points: dict[str, Point] = {}
        self._by_address: dict[int, tuple[str, Point]] = {}
        registers = list(MARKER)
        for each in models:
            start = len(registers)
            registers += [each.number, each.length, *[0] * each.length]
            for point in each.points:
                placed = Point(point.name, start + point.offset, point.words, point.kind, point.writable)
                name = f"{each.number}.{point.name}"
                assert name not in self._points, f"{name} stands twice"
                self._points[name] = placed
                self._by_address[placed.offset] = (name, placed)
                if point.kind is not None:
                    put(registers, placed.offset, point.words, point.kind.absent)
        self.registers = [*registers, 0xFFFF, 0]

    def set(self, values: Mapping[str, int | None]) -> None:
        """Show these values; None shows "not available"."""
        for name, value in values.items():
            point = self._points[name]
            assert point.kind is not None, f"{name} is text"
            put(self.registers, point.offset, point.words, point.kind.absent if value is None else value)

    def set_text(self, name: str, value: str) -> None:
        """Show a text."""
        point = self._points[name]
        self.registers[point.offset : point.offset + point.words] = text(value, point.words)

    def disturb(self, address: int, registers: list[int], draw: random.Random) -> list[int]:
        """``registers`` as a broken device would give them: scale factors out of range, numbers at random.

        Model numbers, lengths and texts stay, so that a master reads on and meets the nonsense.
        """
        wild = list(registers)
        for index in range(len(wild)):
            found = self._by_address.get(address - BASE + index)
            if found is None or found[1].kind is None:
                continue
            point = found[1]
            for word in range(min(point.words, len(wild) - index)):
                wild[index + word] = draw.choice(_WILD_SCALES if point.kind is Kind.SF else _WILD_WORDS)
        return wild

    def read(self, address: int, count: int) -> list[int]:
        """Registers from ``address``.

        Raises:
            Refused: part of the range is outside the chain.
        """
        start = address - BASE
        if start < 0 or start + count > len(self.registers):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        return self.registers[start : start + count]

    def decode(self, address: int, words: list[int]) -> dict[str, int]:
        """The points that a write covers, by name.

        Raises:
            Refused: the range starts or ends inside a point, or touches one that is read-only.
        """
        at = address - BASE
        values = {}
        while words:
            found = self._by_address.get(at)
            if found is None or not found[1].writable or found[1].kind is None or found[1].words > len(words):
                raise Refused(ExcCodes.ILLEGAL_ADDRESS)
            name, point = found
            values[name] = take(words[: point.words], found[1].kind.signed)
            words = words[point.words :]
            at += point.words
        return values


class ChainFace:
    """The holding registers of a device that is nothing but its chain."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def read(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC3.

        Raises:
            Refused: another function, or part of the range is outside the chain.
        """
        if function != HOLDING:
            raise Refused(ExcCodes.ILLEGAL_FUNCTION)
        return self._chain.read(address, count)

    def disturb(self, _function: int, address: int, registers: list[int], draw: random.Random) -> list[int]:
        """Scale factors far out of range and measurements at random; the chain of models stays walkable."""
        return self._chain.disturb(address, registers, draw)

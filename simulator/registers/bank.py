"""A maker's own register table: points at addresses of their own, in blocks that may be read in one go.

A point is written as ``name:kind:address``, with ``:rw`` when a master may write it; kinds are ``u16 i16 u32 i32 u64
i64 f32`` and ``strN`` for text of N registers. A device answers only for its blocks: runs of points that touch, and
what is stated as one block although registers without a meaning (which read 0) lie in it. All else is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
import random
from typing import Final

from pymodbus.constants import ExcCodes

from .words import Refused, float32, put, take, text

HOLDING, INPUT = 3, 4
"""Register spaces, by the function that reads them."""

_WORDS: Final = {"u16": 1, "i16": 1, "u32": 2, "i32": 2, "f32": 2, "u64": 4, "i64": 4}
_WILD_WORDS: Final = (0x8000, 0xFFFF, 0x7FFF, 0x0000, 0x5AA5, 0x7FC0)


class Order(Enum):
    """Which word of a number comes first."""

    HIGH_FIRST = "high first"
    LOW_FIRST = "low first"


@dataclass(frozen=True, slots=True)
class _Point:
    address: int
    words: int
    kind: str
    writable: bool


class Space:
    """One of a device's two spaces of registers.

    Args:
        order: which word of a number comes first.
        layout: the points.
        blocks: ranges that are one block beyond what touches by itself.
    """

    def __init__(self, order: Order, layout: str, blocks: Iterable[range] = ()) -> None:
        self._order = order
        self._points: dict[str, _Point] = {}
        self._registers: dict[int, int] = {}
        for entry in layout.split():
            name, kind, address, *access = entry.split(":")
            words = int(kind[3:]) if kind.startswith("str") else _WORDS[kind]
            point = _Point(int(address, 0), words, kind, access == ["rw"])
            covered = range(point.address, point.address + words)
            assert name not in self._points, f"{name} stands twice"
            assert self._registers.keys().isdisjoint(covered), f"{name} lies over another point"
            self._points[name] = point
            self._registers |= dict.fromkeys(covered, 0)
        self._at = {point.address: name for name, point in self._points.items()}
        for block in blocks:
            self._registers |= dict.fromkeys([at for at in block if at not in self._registers], 0)

    def set(self, values: Mapping[str, int]) -> None:
        """Show these raw numbers."""
        for name, value in values.items():
            point = self._points[name]
            assert point.kind in _WORDS, f"{name} is text"
            assert point.kind != "f32", f"{name} is a float"
            bits, signed = 16 * point.words, point.kind.startswith("i")
            low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
            assert low <= value < high, f"{value} does not fit {name}"
            words = [0] * point.words
            put(words, 0, point.words, value)
            self._store(point, words)

    def set_floats(self, values: Mapping[str, float]) -> None:
        """Show these numbers in IEEE 754 single precision."""
        for name, value in values.items():
            point = self._points[name]
            assert point.kind == "f32", f"{name} is no float"
            self._store(point, list(float32(value)))

    def set_text(self, name: str, value: str) -> None:
        """Show a text."""
        point = self._points[name]
        self._registers |= dict(enumerate(text(value, point.words), point.address))

    def _store(self, point: _Point, words: list[int]) -> None:
        ordered = words if self._order is Order.HIGH_FIRST else reversed(words)
        self._registers |= dict(enumerate(ordered, point.address))

    def read(self, address: int, count: int) -> list[int]:
        """Registers from ``address``.

        Raises:
            Refused: part of the range is no register of the device.
        """
        wanted = range(address, address + count)
        if any(at not in self._registers for at in wanted):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        return [self._registers[at] for at in wanted]

    def decode(self, address: int, words: list[int]) -> dict[str, int]:
        """The points that a write covers, by name.

        Raises:
            Refused: the range starts or ends inside a point, or touches one that is read-only.
        """
        values = {}
        while words:
            name = self._at.get(address)
            if name is None:
                raise Refused(ExcCodes.ILLEGAL_ADDRESS)
            point = self._points[name]
            if not point.writable or point.words > len(words):
                raise Refused(ExcCodes.ILLEGAL_ADDRESS)
            taken = words[: point.words] if self._order is Order.HIGH_FIRST else words[point.words - 1 :: -1]
            values[name] = take(taken[: point.words], point.kind.startswith("i"))
            words = words[point.words :]
            address += point.words
        return values


class Bank:
    """A device's holding and input registers."""

    def __init__(self, *, holding: Space | None = None, inputs: Space | None = None) -> None:
        self._spaces = {function: space for function, space in ((HOLDING, holding), (INPUT, inputs)) if space}

    def read(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC3 or FC4.

        Raises:
            Refused: the device has no such function, or part of the range is no register of it.
        """
        space = self._spaces.get(function)
        if space is None:
            raise Refused(ExcCodes.ILLEGAL_FUNCTION)
        return space.read(address, count)

    def disturb(self, _function: int, _address: int, registers: list[int], draw: random.Random) -> list[int]:
        """``registers`` as a broken device would give them: each word at random."""
        return [draw.choice(_WILD_WORDS) for _ in registers]


def within(values: Mapping[str, int], ranges: Mapping[str, range | frozenset[int]]) -> None:
    """Check what was written against what the device takes.

    Raises:
        Refused: a value out of its range.
    """
    for name, value in values.items():
        if value not in ranges[name]:
            raise Refused(ExcCodes.ILLEGAL_VALUE)

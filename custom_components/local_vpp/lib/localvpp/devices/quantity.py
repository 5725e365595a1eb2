"""From register words to quantities: exact for energy, which is billed, and in floats for what only steers.

A word pattern either means a number or it means nothing; there is no third way. So every decoder here gives ``None``
for the sentinels of its type, for NaN and infinity, for what a counter cannot be, and never a 0 in their place.

Sentinels: SunSpec Device Information Model Specification V1.0 and the makers' own, which are stated in the maps.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
import math
import struct
from typing import Final

from modbus_connection import WordOrder

MAX_ENERGY_WH: Final = 10**12
"""One terawatt-hour: no counter of a flat or building gets there, garbage does."""

SUNSSF_RANGE: Final = range(-10, 11)
"""SunSpec scale factors that the specification allows; devices show others while they wake or go to sleep."""


class WordType(StrEnum):
    """How the words of a point are to be read."""

    U16 = "u16"
    I16 = "i16"
    U32 = "u32"
    I32 = "i32"
    U64 = "u64"
    I64 = "i64"
    F32 = "f32"
    F64 = "f64"
    TEXT = "text"
    BIT = "bit"

    @property
    def words(self) -> int:
        """Registers that one value takes; a text has its length stated with the point, a bit takes one address."""
        return _WORDS[self]

    @property
    def is_float(self) -> bool:
        """Whether the pattern is an IEEE 754 number."""
        return self in {WordType.F32, WordType.F64}

    @property
    def is_signed(self) -> bool:
        """Whether the pattern is a two's complement."""
        return self in {WordType.I16, WordType.I32, WordType.I64}


_WORDS: Final = {
    WordType.U16: 1,
    WordType.I16: 1,
    WordType.U32: 2,
    WordType.I32: 2,
    WordType.U64: 4,
    WordType.I64: 4,
    WordType.F32: 2,
    WordType.F64: 4,
    WordType.TEXT: 1,
    WordType.BIT: 1,
}


def pattern(words: Sequence[int], order: WordOrder) -> int:
    """Join 16-bit words into one unsigned number."""
    joined = 0
    for word in words if order == "big" else reversed(words):
        joined = joined << 16 | word & 0xFFFF
    return joined


def exact(
    words: Sequence[int], word_type: WordType, order: WordOrder = "big", sentinels: frozenset[int] = frozenset()
) -> Fraction | None:
    """Give the number that the words mean, without any rounding.

    Args:
        words: as many as ``word_type.words``.
        word_type: any but text and bit.
        order: which word comes first.
        sentinels: unsigned patterns that mean "unknown".
    """
    raw = pattern(words, order)
    if raw in sentinels:
        return None
    bits = 16 * len(words)
    if word_type.is_float:
        (number,) = struct.unpack(">f" if word_type is WordType.F32 else ">d", raw.to_bytes(bits // 8))
        return Fraction(number) if math.isfinite(number) else None
    if word_type.is_signed and raw >> (bits - 1):
        raw -= 1 << bits
    return Fraction(raw)


def watt_hours(energy: Fraction | None) -> int | None:
    """Round an exact energy to whole watt-hours, half to even.

    Rounding and not cutting: a meter that shows 0.7 kWh as a 32-bit float sends 0.699999988 kWh and means 700 Wh. The
    rounding never runs backwards, so a register that only counts up still only counts up.

    Returns:
        None for an unknown, negative or impossible energy.
    """
    if energy is None or energy < 0 or energy > MAX_ENERGY_WH:
        return None
    return round(energy)


def watt_hours_of(energy: float | None) -> int | None:
    """Round an energy that a device states as a float, or as whole watt-hours; None for one that is no number."""
    return None if energy is None or not math.isfinite(energy) else watt_hours(Fraction(energy))


def scaled_watt_hours(raw: int, exponent: int) -> int | None:
    """Turn a SunSpec accumulator and its scale factor into whole watt-hours; None where the factor is out of range."""
    if exponent not in SUNSSF_RANGE:
        return None
    return watt_hours(Fraction(raw) * Fraction(10) ** exponent)


def text(words: Sequence[int]) -> str | None:
    """Read a NUL-padded ASCII string; None when it is empty, unimplemented (all 0xFFFF) or not printable."""
    raw = b"".join((word & 0xFFFF).to_bytes(2) for word in words)
    if not raw.strip(b"\xff"):
        return None
    return printable(raw.split(b"\0", 1)[0].decode("ascii", "replace"))


def printable(value: str | None) -> str | None:
    """Give a name without the blanks around it; None when nothing is left or what is left is no text."""
    stripped = (value or "").strip().strip("\0").strip()
    return stripped if stripped and stripped.isprintable() and "\ufffd" not in stripped else None


def factor(value: object) -> Fraction:
    """Read a scale as it is written in a map ("0.1", 0.1, 10), to the digit.

    Raises:
        ValueError: not a number, or zero, or not finite.
    """
    try:
        # The shortest decimal of a float is what its author wrote: 0.1 is to mean one tenth.
        decimal = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not decimal.is_finite() or decimal == 0:
        raise ValueError(f"{value!r} cannot scale anything")
    return Fraction(decimal)


def words_of(number: float, word_type: WordType, order: WordOrder = "big") -> list[int]:
    """Give the words that mean a number, the strict inverse of ``exact``.

    Raises:
        ValueError: the type does not hold it.
    """
    bits = 16 * word_type.words
    if word_type.is_float:
        packed = struct.pack(">f" if word_type is WordType.F32 else ">d", number)
    else:
        whole = int(number)
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if word_type.is_signed else (0, (1 << bits) - 1)
        if whole != number or not low <= whole <= high:
            raise ValueError(f"a {word_type} does not hold {number}")
        packed = (whole % (1 << bits)).to_bytes(bits // 8)
    words = [int.from_bytes(packed[at : at + 2]) for at in range(0, len(packed), 2)]
    return words if order == "big" else words[::-1]

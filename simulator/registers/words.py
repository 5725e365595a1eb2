"""Sixteen-bit words on the wire: integers, floats and text, most significant word first, and the "not available" words.

The sentinels are those of the SunSpec Information Model Specification; Modbus itself has none.
"""

from enum import Enum
from math import nan
import struct

from pymodbus.constants import ExcCodes


class Refused(Exception):  # noqa: N818 - a device's answer, not a fault of the program
    """A request that a device answers with a Modbus exception."""

    def __init__(self, code: ExcCodes) -> None:
        super().__init__(code.name)
        self.code = code


class Kind(Enum):
    """How a SunSpec point lies in registers: words, signedness, and the value that means "not available"."""

    U16 = (1, False, 0xFFFF)
    I16 = (1, True, -0x8000)
    E16 = (1, False, 0xFFFF, "enumeration")
    B16 = (1, False, 0xFFFF, "bits")
    SF = (1, True, -0x8000, "scale factor")
    PAD = (1, True, -0x8000, "pad")
    U32 = (2, False, 0xFFFF_FFFF)
    I32 = (2, True, -0x8000_0000)
    B32 = (2, False, 0xFFFF_FFFF, "bits")
    ACC32 = (2, False, 0, "counter")
    U64 = (4, False, 0xFFFF_FFFF_FFFF_FFFF)
    ACC64 = (4, False, 0, "counter")

    @property
    def words(self) -> int:
        """Registers taken."""
        return int(self.value[0])

    @property
    def signed(self) -> bool:
        """Two's complement."""
        return bool(self.value[1])

    @property
    def absent(self) -> int:
        """The value that means "not available"."""
        return int(self.value[2])


def put(registers: list[int], at: int, words: int, value: int) -> None:
    """Write ``value`` over ``words`` registers from index ``at``, most significant word first."""
    for index in range(words):
        registers[at + index] = (value >> 16 * (words - 1 - index)) & 0xFFFF


def take(registers: list[int], signed: bool) -> int:
    """The integer that the registers hold."""
    value = 0
    for word in registers:
        value = value << 16 | word
    top = 1 << 16 * len(registers)
    return value - top if signed and value >= top >> 1 else value


def text(value: str, words: int) -> list[int]:
    """ASCII text in ``words`` registers, filled up with NUL."""
    raw = value.encode("ascii")
    assert len(raw) <= words * 2, f"{value!r} does not fit {words} registers"
    return list(struct.unpack(f">{words}H", raw.ljust(words * 2, b"\0")))


def float32(value: float | None) -> tuple[int, int]:
    """IEEE 754 single precision; None becomes a quiet NaN."""
    high, low = struct.unpack(">HH", struct.pack(">f", nan if value is None else value))
    return high, low

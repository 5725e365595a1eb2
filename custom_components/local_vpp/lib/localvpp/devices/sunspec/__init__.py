"""SunSpec devices: they describe themselves, so no register map is needed."""

from .chain import BASES, MARKER, SUNSPEC, discover, identify, is_marked
from .driver import SunSpecBattery, SunSpecDevice, SunSpecInverter

__all__ = [
    "BASES",
    "MARKER",
    "SUNSPEC",
    "SunSpecBattery",
    "SunSpecDevice",
    "SunSpecInverter",
    "discover",
    "identify",
    "is_marked",
]

"""SunSpec devices: they describe themselves, so no register map is needed."""

from .chain import BASES, MARKER, SUNSPEC, discover, identify, is_marked
from .driver import SunSpecBattery, SunSpecDevice, SunSpecInverter
from .kinds import Described, describe
from .meter import SunSpecMeter

__all__ = [
    "BASES",
    "MARKER",
    "SUNSPEC",
    "Described",
    "SunSpecBattery",
    "SunSpecDevice",
    "SunSpecInverter",
    "SunSpecMeter",
    "describe",
    "discover",
    "identify",
    "is_marked",
]

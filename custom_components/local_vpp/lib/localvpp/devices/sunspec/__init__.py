"""SunSpec devices: they describe themselves, so no register map is needed."""

from .chain import BASES, MARKER, SUNSPEC, discover, identify, is_marked
from .driver import SunSpecDevice
from .kinds import Described, describe
from .meter import SunSpecMeter

__all__ = [
    "BASES",
    "MARKER",
    "SUNSPEC",
    "Described",
    "SunSpecDevice",
    "SunSpecMeter",
    "describe",
    "discover",
    "identify",
    "is_marked",
]

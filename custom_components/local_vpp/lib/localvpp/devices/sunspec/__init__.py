"""SunSpec devices: they describe themselves, so no register map is needed."""

from .chain import BASES, MARKER, SUNSPEC, discover, identify, is_marked
from .driver import SunSpecDevice

__all__ = [
    "BASES",
    "MARKER",
    "SUNSPEC",
    "SunSpecDevice",
    "discover",
    "identify",
    "is_marked",
]

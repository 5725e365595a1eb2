"""SunSpec devices: they describe themselves, so no register map is needed."""

from .chain import discover, identify
from .driver import SunSpecBattery, SunSpecDevice, SunSpecInverter

__all__ = ["SunSpecBattery", "SunSpecDevice", "SunSpecInverter", "discover", "identify"]

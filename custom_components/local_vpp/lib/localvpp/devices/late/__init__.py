"""Devices that may be silent when their program starts, and are made when they answer."""

from .hybrid import LateBattery, LateDevice, LateHybrid, LateInverter, LateSunSpec, open_sunspec
from .meter import LateMeter, MeterDevice, open_sunspec_meter
from .output import LateOutput

__all__ = [
    "LateBattery",
    "LateDevice",
    "LateHybrid",
    "LateInverter",
    "LateMeter",
    "LateOutput",
    "LateSunSpec",
    "MeterDevice",
    "open_sunspec",
    "open_sunspec_meter",
]

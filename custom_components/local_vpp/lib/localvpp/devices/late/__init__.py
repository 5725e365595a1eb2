"""Devices that may be silent when their program starts, and are made when they answer."""

from .hybrid import LateBattery, LateDevice, LateHybrid, LateInverter, LateSunSpec, open_sunspec
from .meter import LateMeter

__all__ = [
    "LateBattery",
    "LateDevice",
    "LateHybrid",
    "LateInverter",
    "LateMeter",
    "LateSunSpec",
    "open_sunspec",
]

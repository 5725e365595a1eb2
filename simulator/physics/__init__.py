"""The physics of flats: pure functions from one second to the next, exact in integers."""

from .battery import MJ_PER_WH, BatteryRating, soc_permille
from .controls import Controls, DerControls, LegacyControls, Orders, Rating, deadline, expired, remaining_s
from .energy import EnergyRegisters
from .flat import Flat, FlatInputs, FlatRating, step
from .grid import DEAD, Grid, at_flat, drift, resting
from .inverter import Inverter, InverterRating, Link
from .relay import Relay, settle as settle_relay

__all__ = [
    "DEAD",
    "MJ_PER_WH",
    "BatteryRating",
    "Controls",
    "DerControls",
    "EnergyRegisters",
    "Flat",
    "FlatInputs",
    "FlatRating",
    "Grid",
    "Inverter",
    "InverterRating",
    "LegacyControls",
    "Link",
    "Orders",
    "Rating",
    "Relay",
    "at_flat",
    "deadline",
    "drift",
    "expired",
    "remaining_s",
    "resting",
    "settle_relay",
    "soc_permille",
    "step",
]

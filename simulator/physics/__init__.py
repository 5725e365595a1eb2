"""The physics of flats: pure functions from one second to the next, exact in integers."""

from .backup import Backup
from .battery import MJ_PER_WH, BatteryRating, soc_permille
from .controls import Controls, DerControls, LegacyControls, Orders, Rating, deadline, expired, remaining_s
from .energy import EnergyRegisters
from .flat import Flat, FlatInputs, FlatRating, Switch, settle_switch, step
from .grid import DEAD, Grid, at_flat, drift, resting
from .inverter import Inverter, InverterRating, Link, leased
from .pair import Pair
from .relay import Relay

__all__ = [
    "DEAD",
    "MJ_PER_WH",
    "Backup",
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
    "Pair",
    "Rating",
    "Relay",
    "Switch",
    "at_flat",
    "deadline",
    "drift",
    "expired",
    "leased",
    "remaining_s",
    "resting",
    "settle_switch",
    "soc_permille",
    "step",
]

"""The blackout logic at work in one flat: it looks each second, writes down what it is about to do, and then does it.

`islanding` decides, by values alone. Here is what is around it: what the devices say becomes an observation, the
journal is made durable before a command is given, loads are shed and restored, a reserve is kept, drills are held and
drawn up, and people are told. Nothing here is of Home Assistant: who runs a flat passes in its switches and listens.
"""

from .blackout import Blackout
from .book import KeptReport, Unlogged
from .house import House
from .loads import NO_SWITCHES, Switchboard, SwitchError
from .settings import BlackoutSettings, SettingsError
from .state import BlackoutState, DrillSummary, DrillWish, Told

__all__ = [
    "NO_SWITCHES",
    "Blackout",
    "BlackoutSettings",
    "BlackoutState",
    "DrillSummary",
    "DrillWish",
    "House",
    "KeptReport",
    "SettingsError",
    "SwitchError",
    "Switchboard",
    "Told",
    "Unlogged",
]

"""Set-points of one flat: who may steer its battery, what it may be asked, and what its trades ask of it.

Pure: values in, values out; no device, no clock, no transport. `steering` gives what is decided here to the battery,
and `delivering` gathers what it is decided from. docs/safety.md says why none of it can harm the living room.
"""

from .arbiter import Claimant, Do, Held, Let, Power, Turn, Wish, owner, turn
from .bounds import LEAST_KEPT_PERCENT, UNKNOWN_LINE_W, Bounds, Seen, bounds, charge_room_w, kept_percent
from .delivery import Progress, asked_w, may_give, power
from .pace import BEAT_S, DEADBAND_W, Pace

__all__ = [
    "BEAT_S",
    "DEADBAND_W",
    "LEAST_KEPT_PERCENT",
    "UNKNOWN_LINE_W",
    "Bounds",
    "Claimant",
    "Do",
    "Held",
    "Let",
    "Pace",
    "Power",
    "Progress",
    "Seen",
    "Turn",
    "Wish",
    "asked_w",
    "bounds",
    "charge_room_w",
    "kept_percent",
    "may_give",
    "owner",
    "power",
    "turn",
]

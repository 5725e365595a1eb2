"""From a slot's trades to a power of the battery: the flat's exchange is to be, at the slot's end, what it has traded.

Each second anew, from what the meter has counted and what the flat takes now: what is missing is spread over the time
that is left. Nothing is remembered that could wind up, so a battery that does not follow, or a bound that holds for a
while, is made good as far as the rest of the slot allows, and no further.
"""

from dataclasses import dataclass
from typing import Final

from .arbiter import Power
from .bounds import AGAIN_PERCENT, Bounds, Seen, spare_percent

HORIZON_S: Final = 30.0
"""Into less time than this nothing is hurried: a watt-hour, a meter's last digit, is 120 W of it."""
_LEAST_SHARE: Final = 4
"""In a short slot, no less than this part of it."""
LEAST_W: Final = 100
"""Less is not worth a command: an inverter's own consumption is of that size."""
NEAR_RESERVE: Final = 0.8
"""Of what the reserve still allows, so much is asked."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the flat stands in a slot. Energy in Wh, outwards positive."""

    traded_wh: int
    """Sold less bought."""
    exchanged_wh: int
    """What its meter has counted since the slot's begin, outwards less inwards."""
    left_s: float
    seconds: int
    """The slot's length."""

    @property
    def missing_wh(self) -> int:
        """What is still to go out, or below 0 to come in."""
        return self.traded_wh - self.exchanged_wh


def asked_w(progress: Progress, seen: Seen) -> float:
    """Return the power that would bring the exchange to what was traded, whatever the battery can.

    What the flat exchanges now it would go on to exchange; what that misses by the slot's end the battery makes good.
    """
    outward_w, left_s = -seen.grid_w, max(0.0, progress.left_s)
    astray_wh = progress.missing_wh - outward_w * left_s / 3600
    return seen.battery_w + astray_wh * 3600 / max(left_s, min(HORIZON_S, progress.seconds / _LEAST_SHARE))


def may_give(asked: float, limits: Bounds, seen: Seen, *, reserved: bool) -> bool:
    """Whether the reserve lets the battery take part.

    One that has come down to its reserve and is asked for more is left to itself: it feeds its flat as its inverter
    thinks right, and sells nothing. It is asked again when it is well above.

    Args:
        asked: what the trades ask.
        limits: what may be asked.
        seen: the readings.
        reserved: whether it was left to itself for that reason, a second ago.
    """
    if asked <= 0:
        return True
    if reserved:
        return spare_percent(seen) >= AGAIN_PERCENT
    return not (limits.reserved and limits.high < min(asked, LEAST_W))


def power(asked: float, limits: Bounds) -> Power:
    """Return what is asked of the battery.

    As a battery nears its reserve less and less may be asked of it. It is asked for somewhat less than that, so that it
    is not written to each second.
    """
    watts = limits.clamp(asked)
    if limits.reserved and watts > 0:
        watts = max(0, limits.low, min(watts, int(limits.high * NEAR_RESERVE)))
    return Power(watts, limits.low, limits.high)

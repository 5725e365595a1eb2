"""What a battery may be asked at all: within its own powers, its inverter's, the flat's line, and above the reserve.

The reserve holds even if nobody takes a command back: a power is asked only if the battery could give it until its
lease is over, and be above the reserve then. So a program that dies takes nothing of what is kept for an outage.
"""

from dataclasses import dataclass
import math
from typing import Final

from .pace import Pace

UNKNOWN_LINE_W: Final = 2000
"""What a flat's line is taken to bear where nobody says it: 20 A at 100 V. A home's battery hangs on three wires, and
those are laid for a main breaker of 30 A or more; nobody's breaker is to fall in the first minutes after an outage."""
LEAST_KEPT_PERCENT: Final = 10
"""What is sold to nobody even where no one has set a reserve: below, an island's loads are shed (I10)."""
DOUBT_PERCENT: Final = 1.0
"""So far from the truth a charge that is told in whole percents may be, its age with it."""
EFFICIENCY: Final = 0.9
"""So much of what leaves the cells arrives: a cautious value, for few batteries tell theirs."""
AGAIN_PERCENT: Final = 2.0
"""So far above the reserve a battery that had come down to it is to be before it is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A second's readings, all of them known and finite. Powers in W: + import, + discharging, + generation."""

    grid_w: float
    battery_w: float
    soc_percent: float
    capacity_wh: int
    charge_w: float
    """The most that the battery takes."""
    discharge_w: float
    """The most that it gives."""
    pv_w: float = 0.0
    inverter_w: float | None = None
    """What its inverter can do at its AC terminals, PV and battery together; None where that is no bound."""
    line_w: float
    """What may flow over the flat's line, either way."""
    kept_percent: int
    """What stays in the battery."""

    @property
    def load_w(self) -> float:
        """What the flat would take from the grid if the battery did nothing; the sun lessens it."""
        return self.grid_w + self.battery_w


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that the battery may be asked, in W, + discharging."""

    low: int
    high: int
    """0 at the most where the reserve is reached."""
    reserved: bool
    """Whether it is the reserve that bounds it above."""

    def clamp(self, watts: float) -> int:
        """Return the nearest power within."""
        return max(self.low, min(self.high, round(watts)))


def kept_percent(*told: float | None) -> int:
    """Return what of a battery is sold to nobody, whoever wants it kept: the largest holds."""
    known = [min(100, math.ceil(each)) for each in told if each is not None and math.isfinite(each)]
    return max([LEAST_KEPT_PERCENT, *known])


def spare_percent(seen: Seen) -> float:
    """Return how far the charge is surely above what is kept; below 0 where it may be under it."""
    return seen.soc_percent - DOUBT_PERCENT - seen.kept_percent


def inward_w(load_w: float, line_w: float) -> int:
    """Return the least that the battery may be asked, - charging, before more flows in than the flat's line bears."""
    return math.ceil(load_w - line_w)


def charge_room_w(load_w: float | None, line_w: float | None) -> float | None:
    """Return what the flat's line bears of charging; None where what flows over it is not known.

    A line of which nobody says what it bears is taken for the weakest that a battery can hang on.
    """
    bears_w = UNKNOWN_LINE_W if line_w is None else line_w
    return None if load_w is None else float(max(0, -inward_w(load_w, bears_w)))


def bounds(seen: Seen, pace: Pace) -> Bounds:
    """Return what the battery may be asked for the time of a lease."""
    spare_wh = max(0.0, spare_percent(seen)) / 100 * seen.capacity_wh * EFFICIENCY
    reserve_w = spare_wh * 3600 / pace.outlives_s
    high, low = min(seen.discharge_w, reserve_w), -seen.charge_w
    if seen.inverter_w is not None:
        high = min(high, max(0.0, seen.inverter_w - seen.pv_w))
        low = max(low, min(0.0, -seen.inverter_w - seen.pv_w))
    least, most = math.ceil(low), math.floor(high)
    # Of a load that alone is more than the line bears the battery takes what it can.
    most = min(most, max(least, math.floor(seen.load_w + seen.line_w)))
    least = max(least, min(most, inward_w(seen.load_w, seen.line_w)))
    assert least <= most, "there is something that it may be asked"
    return Bounds(least, most, reserved=math.floor(reserve_w) <= most)

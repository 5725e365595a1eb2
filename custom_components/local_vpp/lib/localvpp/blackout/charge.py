"""The battery's charge, as far as a reading can be believed: what no power can have moved has to be said for a while.

A battery that is calibrated anew, or a register that was torn, lets the charge jump (facts, B3.1). What it said before
is held until it has told the new charge for a while, and is unknown when that is too long ago (I18): no single reading
sheds a room, gives it back, begins a drill or ends a slow refill. What it tells again and again it knows better than
whoever adds up its power from outside, and then it counts.

Pure: a charge and a reading in, a charge out.
"""

from dataclasses import dataclass, replace
from typing import Final

from ..devices import BatteryReading

STEP_PERCENT: Final = 2.0
"""So much it may always move: many tell whole percents."""
MARGIN: Final = 2.0
"""So many times what its power can have moved is believed: neither its capacity nor its power is told exactly."""
CONFIRM_S: Final = 5.0
CONFIRM_READINGS: Final = 4
"""So long, and so often, a charge is to be told after a jump."""


@dataclass(frozen=True, slots=True)
class _Doubted:
    percent: float
    at: float
    since: float
    times: int = 1


@dataclass(frozen=True, slots=True)
class Charge:
    """What is believed, and what is told and not believed yet."""

    percent: float
    at: float
    """When it was so."""
    jumps: int = 0
    """How often it has jumped and that was believed in the end."""
    doubted: _Doubted | None = None


def believed(before: Charge | None, reading: BatteryReading, at: float) -> Charge | None:
    """Return what is believed after a reading that was true at a time."""
    percent = reading.soc_percent
    if percent is None:
        return before
    if before is None:
        return Charge(percent, at)
    if _can_be(before.percent, before.at, percent, at, reading):
        return replace(before, percent=percent, at=max(at, before.at), doubted=None)
    doubted = before.doubted
    if doubted is None or not _can_be(doubted.percent, doubted.at, percent, at, reading):
        return replace(before, doubted=_Doubted(percent, at, at))
    if at <= doubted.at:
        return before  # The same reading, told again.
    doubted = _Doubted(percent, at, doubted.since, doubted.times + 1)
    if doubted.times >= CONFIRM_READINGS and at - doubted.since >= CONFIRM_S:
        return Charge(percent, at, before.jumps + 1)
    return replace(before, doubted=doubted)


def _can_be(before: float, before_at: float, percent: float, at: float, reading: BatteryReading) -> bool:
    """Whether the battery's power can have moved its charge so far, with a margin."""
    elapsed_s = max(0.0, at - before_at)
    told = (reading.power_w, reading.max_charge_w, reading.max_discharge_w)
    powers_w = [abs(each) for each in told if each is not None]
    # Filled or emptied within an hour, as no battery of a home is, where it does not tell.
    hourly = max(powers_w) / reading.holds_wh if reading.holds_wh and powers_w else 1.0
    return abs(percent - before) <= STEP_PERCENT + MARGIN * 100 * hourly * elapsed_s / 3600

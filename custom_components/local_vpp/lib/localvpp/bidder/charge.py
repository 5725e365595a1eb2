"""What a battery holds when a slot begins: as it is now, or, hours before, the least and the most that it may. Pure.

Hours before, the charge of now says little. The battery serves its own flat until then: it takes what the sun leaves
over and gives what is needed. What it may hold at the least follows from the most that the flat may use and the least
that its roof may give, each as far as a forecast can tell nine times out of ten; what it may hold at the most, the
other way round. A battery that somebody else charges by a timer, or that delivers what was traded, may hold more or
less than that: what is ordered early rests on this, and the last round on the charge itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
import math
from typing import Final

from ..devices import BatteryReading
from ..market.bidding import ASSUMED_EFFICIENCY_PERCENT, Battery, Wishes

_LOSSLESS: Final = 100


def battery_of(
    reading: BatteryReading | None, seconds: int, efficiency_percent: int = ASSUMED_EFFICIENCY_PERCENT
) -> Battery | None:
    """Return what a battery can do within so long, beginning as it is now; None if that is not known."""
    if reading is None:
        return None
    told = (reading.holds_wh, reading.soc_percent, reading.max_charge_w, reading.max_discharge_w)
    capacity_wh, soc_percent, charge_w, discharge_w = told
    if capacity_wh is None or soc_percent is None or charge_w is None or discharge_w is None:
        return None
    if not all(math.isfinite(each) and each >= 0 for each in (capacity_wh, soc_percent, charge_w, discharge_w)):
        return None
    return Battery(
        capacity_wh=capacity_wh,
        stored_wh=min(capacity_wh, int(capacity_wh * soc_percent / 100)),
        charge_wh=int(charge_w * seconds / 3600),
        discharge_wh=int(discharge_w * seconds / 3600),
        efficiency_percent=efficiency_percent,
    )


def between(reading: BatteryReading | None, seconds: int, efficiency_percent: int) -> tuple[Battery, Battery] | None:
    """Return a battery as it is now twice; as empty and as full as can be where its charge is not told.

    None if it is not known what the battery can.
    """
    if reading is None:
        return None
    percents = (0.0, 100.0) if reading.soc_percent is None else (reading.soc_percent, reading.soc_percent)
    least, most = (
        battery_of(replace(reading, soc_percent=percent), seconds, efficiency_percent) for percent in percents
    )
    return None if least is None or most is None else (least, most)


def later(
    now: tuple[Battery, Battery], wait: float, needs: Iterable[Sequence[float] | None], wishes: Wishes
) -> tuple[Battery, Battery]:
    """Return the least and the most that a battery may hold after some steps of time.

    Args:
        now: the least and the most that it holds, with what it can within one step.
        wait: the part of a step that passes before the first of them.
        needs: the least and the most that the flat needs in each step, negative for a surplus; None is unknown, and
            the battery may do in it whatever it can.
        wishes: what stays in it when it serves its flat.
    """
    least, most = now
    least, most = _drained(least, wait), _filled(most, wait)
    for need in needs:
        if need is None:
            least, most = _drained(least, 1), _filled(most, 1)
            continue
        # What the resident, or the battery itself, keeps may be less than is wished now: the least counts on nothing.
        least = _served(least, math.ceil(need[1]), Wishes())
        most = _served(replace(most, efficiency_percent=_LOSSLESS), math.floor(need[0]), wishes)
    return least, replace(most, efficiency_percent=now[1].efficiency_percent)


def _served(battery: Battery, need_wh: int, wishes: Wishes) -> Battery:
    """Return a battery after a step in which it did for its flat what it could."""
    if need_wh > 0:
        return battery.after(-min(need_wh, battery.gives_wh(wishes)))
    return battery.after(min(-need_wh, battery.takes_wh()))


def _drained(battery: Battery, steps: float) -> Battery:
    return replace(battery, stored_wh=max(0, battery.stored_wh - math.ceil(battery.discharge_wh * steps)))


def _filled(battery: Battery, steps: float) -> Battery:
    stored = battery.stored_wh + math.ceil(battery.charge_wh * steps)
    return replace(battery, stored_wh=min(battery.capacity_wh, stored))

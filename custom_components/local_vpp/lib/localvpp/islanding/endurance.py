"""How long the battery lasts, and how a flat draws again after an outage.

The forecast is a plain one that can be checked by hand: what is in the battery above the floor, less what is drawn,
plus what the sun gives. It is told with the sun and without; the sun is left out for the first minutes of an island,
for an inverter that has just separated waits as long as it would wait for the grid (facts, B3.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PV_WAITS_S: Final = 300.0
"""So long PV is not counted upon after a separation."""
FARTHEST_S: Final = 7 * 86_400.0
"""A battery that lasts longer than a week lasts as long as anybody plans."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A power that is expected for a while."""

    seconds: float
    watts: float


def usable_wh(soc_percent: float, floor_percent: float, capacity_wh: float) -> float:
    """Return the energy above a floor; 0 below it."""
    return max(0.0, (soc_percent - floor_percent) / 100 * capacity_wh)


def lasts_s(energy_wh: float, load_w: float, pv: Sequence[Forecast] = (), *, room_wh: float = 0.0) -> float:
    """Return for how many seconds a battery feeds a load, at most `FARTHEST_S`.

    Args:
        energy_wh: what it may give.
        load_w: what is drawn, at a constant rate.
        pv: what the sun is expected to give from now on, piece by piece; after it, nothing.
        room_wh: what can be charged beyond what is there; what the sun gives more is lost.

    Raises:
        ValueError: a negative energy, load, power or room.
    """
    if min(energy_wh, load_w, room_wh, *(each.watts for each in pv), *(each.seconds for each in pv)) < 0:
        raise ValueError("energy, load, room and what the sun gives are not negative")
    full_wh, left_wh, passed_s = energy_wh + room_wh, energy_wh, 0.0
    for each in (*pv, Forecast(FARTHEST_S, 0.0)):
        net_w = each.watts - load_w
        if net_w < 0 and left_wh + net_w * each.seconds / 3600 <= 0:
            return min(FARTHEST_S, passed_s + left_wh * 3600 / -net_w)
        left_wh = min(full_wh, left_wh + net_w * each.seconds / 3600)
        passed_s += each.seconds
        if passed_s >= FARTHEST_S:
            break
    return FARTHEST_S


def after_separation(pv: Sequence[Forecast], since_s: float) -> tuple[Forecast, ...]:
    """Return a forecast of the sun without what an inverter that separated so long ago does not give yet."""
    waits_s = PV_WAITS_S - since_s
    given: list[Forecast] = []
    for each in pv:
        dark_s = min(max(waits_s, 0.0), each.seconds)
        waits_s -= each.seconds
        given += [Forecast(s, w) for s, w in ((dark_s, 0.0), (each.seconds - dark_s, each.watts)) if s > 0]
    return tuple(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recharge:
    """How a battery is charged from the grid after an outage, so that a building's flats do not all draw at once (I21).

    `delay_s` is drawn for each flat; the slope is a share of what the battery takes, for each minute.
    """

    delay_s: float
    per_minute: float = 0.1

    @property
    def lasts_s(self) -> float:
        """After so long the battery may take all that it can."""
        return self.delay_s + 60 / self.per_minute

    def most_w(self, back_s: float, full_w: float) -> float:
        """Return the most that the battery may take so long after the return."""
        return min(full_w, max(0.0, (back_s - self.delay_s) / 60 * self.per_minute * full_w))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """What a battery keeps for an outage: the resident's share, raised while a warning is in force, and then put back.

    Raises ValueError.
    """

    usual_percent: int
    warned_percent: int = 100
    floor_percent: int = 10
    """Never less: what the emergency needs, with a margin above the inverter's own floor (I10)."""

    def __post_init__(self) -> None:
        if not self.floor_percent <= self.usual_percent <= self.warned_percent <= 100:
            raise ValueError(
                f"usual_percent {self.usual_percent}, warned_percent {self.warned_percent}: write {self.floor_percent} "
                "to 100, and not less for a warning than usual"
            )

    def percent(self, warned: bool | None) -> int:
        """Return what to keep. A warning of which nothing is known is taken as in force: charge harms nobody."""
        return self.usual_percent if warned is False else self.warned_percent

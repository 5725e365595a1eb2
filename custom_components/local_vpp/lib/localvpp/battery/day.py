"""What a battery's day was: what trends are made of, and what an export has a row of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..devices import BatteryReading
from . import resistance


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of UTC. Unknown is None; temperatures are in tenths of a degree."""

    number: int
    """Days since 1 January 1970."""
    charged_uj: int = 0
    discharged_uj: int = 0
    health_permille: int | None = None
    capacity_wh: int | None = None
    coldest_dc: int | None = None
    warmest_dc: int | None = None
    cell_spread_mv: int | None = None
    """The widest of the day."""
    cell_spread_dc: int | None = None
    resistance_uohm: int | None = None
    steps: tuple[int, ...] = ()
    """Microohms, the newest last; only of a day that goes on."""

    def moved(self, charged_uj: int, discharged_uj: int) -> Day:
        """Return the day with more energy in it."""
        if not charged_uj and not discharged_uj:
            return self
        return replace(self, charged_uj=self.charged_uj + charged_uj, discharged_uj=self.discharged_uj + discharged_uj)

    def seen(self, reading: BatteryReading) -> Day:
        """Return the day after a reading, energy and resistance apart."""
        health, spread_v, spread_c = whole(reading.soh_percent, 10), cell_spread_mv(reading), cell_spread_dc(reading)
        coldest, warmest = coldest_dc(reading), warmest_dc(reading)
        # What its resident states is no measurement: nothing can be seen to fade in it.
        capacity_wh = None if "capacity_wh" in reading.stated else reading.capacity_wh
        news: dict[str, Any] = {
            "health_permille": health,
            "capacity_wh": capacity_wh,
            "coldest_dc": _of(min, self.coldest_dc, coldest),
            "warmest_dc": _of(max, self.warmest_dc, warmest),
            "cell_spread_mv": _of(max, self.cell_spread_mv, spread_v),
            "cell_spread_dc": _of(max, self.cell_spread_dc, spread_c),
        }
        news = {name: value for name, value in news.items() if value is not None and value != getattr(self, name)}
        # Most readings tell a day nothing that it does not know.
        return replace(self, **news) if news else self

    def stepped(self, microohms: int) -> Day:
        """Return the day with one more step of the current in it."""
        steps = (*self.steps, microohms)[-resistance.KEPT_STEPS :]
        return replace(self, steps=steps, resistance_uohm=resistance.of_day(steps))

    def over(self) -> Day:
        """Return the day as it is kept when it is over."""
        return replace(self, steps=())


def whole(value: float | None, times: int = 1) -> int | None:
    """Return a measured value in whole parts of its unit."""
    return None if value is None else round(value * times)


def cell_spread_mv(reading: BatteryReading) -> int | None:
    """Return how far the cells are apart."""
    return _apart(whole(reading.cell_min_v, 1000), whole(reading.cell_max_v, 1000))


def cell_spread_dc(reading: BatteryReading) -> int | None:
    """Return how far the cells' temperatures are apart, in tenths of a degree."""
    return _apart(whole(reading.cell_min_c, 10), whole(reading.cell_max_c, 10))


def coldest_dc(reading: BatteryReading) -> int | None:
    """Return the lowest temperature that is told, in tenths of a degree."""
    return _of(min, whole(reading.temperature_c, 10), whole(reading.cell_min_c, 10))


def warmest_dc(reading: BatteryReading) -> int | None:
    """Return the highest temperature that is told, in tenths of a degree."""
    return _of(max, whole(reading.temperature_c, 10), whole(reading.cell_max_c, 10))


def _apart(least: int | None, most: int | None) -> int | None:
    # Two that stand the wrong way round are of no two cells.
    return None if least is None or most is None or most < least else most - least


def _of(which: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return which(one, other)

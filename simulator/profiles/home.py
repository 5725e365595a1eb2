"""One flat's profile: a home's series, scaled, moved by whole weeks, with appliances that switch."""

from dataclasses import dataclass, field
import random
from typing import Final

from .series import Series, interpolate, mean_between

_WEEK_S: Final = 7 * 86_400
_SWITCHED: Final = 0.4
"""Share of an interval's energy that comes from appliances which are either on or off."""

_APPLIANCES_MW: Final = (90_000, 400_000, 1_200_000, 2_000_000, 4_000_000)
"""Refrigerator, cooking lid, kettle, air conditioner at its start, water heater."""


@dataclass(slots=True)
class Home:
    """A flat's own version of a series.

    Within each interval a part of its energy is spent by one appliance that runs for whole seconds at a random place;
    the rest follows the interpolated mean. The interval's energy stays what the series says.
    """

    series: Series
    seed: int
    scale_permille: int
    pv_wp: int
    weeks: int = 0
    _interval: int = field(default=-1, init=False)
    _from_s: int = field(default=0, init=False)
    _until_s: int = field(default=0, init=False)
    _pulse_mw: float = field(default=0.0, init=False)

    def _at(self, second: float) -> float:
        return second + self.weeks * _WEEK_S

    def _switch(self, interval: int) -> None:
        """Draw the appliance of an interval."""
        mean = self.series.load_mw[interval % len(self.series.load_mw)]
        length = self.series.interval_s
        energy = mean * length * _SWITCHED
        draw = random.Random(self.seed << 32 | interval % (1 << 32))
        fitting = [power for power in _APPLIANCES_MW if energy <= power * length] or [max(mean, 1)]
        power = draw.choice(fitting)
        seconds = max(1, min(length, -int(-energy // power)))
        self._interval = interval
        self._from_s = draw.randint(0, length - seconds)
        self._until_s = self._from_s + seconds
        self._pulse_mw = energy / seconds

    def demand_mw(self, second: float) -> int:
        """Load in milliwatts."""
        at = self._at(second)
        interval, inside = divmod(at, self.series.interval_s)
        if int(interval) != self._interval:
            self._switch(int(interval))
        smooth = interpolate(self.series.load_mw, self.series.interval_s, at) * (1 - _SWITCHED)
        pulse = self._pulse_mw if self._from_s <= inside < self._until_s else 0.0
        return int((smooth + pulse) * self.scale_permille / 1000)

    def pv_mw(self, second: float) -> int:
        """PV in milliwatts under the series' own sky: neighbours share the sun, so no weeks and no switching."""
        if not self.pv_wp:
            return 0
        return int(interpolate(self.series.pv_uw_per_wp, self.series.interval_s, second) * self.pv_wp / 1000)

    def mean_demand_mw(self, begin: float, end: float) -> int:
        """Mean load over a span of seconds, in milliwatts."""
        mean = mean_between(self.series.load_mw, self.series.interval_s, self._at(begin), self._at(end))
        return int(mean * self.scale_permille / 1000)

    def mean_pv_mw(self, begin: float, end: float) -> int:
        """Mean PV over a span of seconds under the series' own sky, in milliwatts."""
        return int(mean_between(self.series.pv_uw_per_wp, self.series.interval_s, begin, end) * self.pv_wp / 1000)

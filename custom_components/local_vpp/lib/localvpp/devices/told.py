"""Quantities that another program tells as a text with a unit, and counters of which only those texts are known.

Energy stays exact: it goes from the digits to whole watt-hours through ``Decimal`` and ``Fraction``, never through a
float. How fine such a counter counts nobody says; it is learned from the digits that are shown and from the steps that
are seen, and the coarser of the two is believed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
import math
from typing import Final

from .counting import Counting
from .errors import DeviceNonsenseError
from .gas import HIGHEST_L_H
from .quantity import watt_hours

ENERGY_WH: Final[Mapping[str, Fraction]] = {
    "Wh": Fraction(1),
    "kWh": Fraction(10**3),
    "MWh": Fraction(10**6),
    "GWh": Fraction(10**9),
    "J": Fraction(1, 3600),
    "kJ": Fraction(10**3, 3600),
    "MJ": Fraction(10**6, 3600),
    "GJ": Fraction(10**9, 3600),
}
POWER_W: Final[Mapping[str, Fraction]] = {
    "mW": Fraction(1, 1000),
    "W": Fraction(1),
    "kW": Fraction(10**3),
    "MW": Fraction(10**6),
}
VOLTAGE_V: Final[Mapping[str, Fraction]] = {"mV": Fraction(1, 1000), "V": Fraction(1), "kV": Fraction(10**3)}
FREQUENCY_HZ: Final[Mapping[str, Fraction]] = {"Hz": Fraction(1), "kHz": Fraction(10**3)}
SHARE_PERCENT: Final[Mapping[str, Fraction]] = {"%": Fraction(1)}

HIGHEST_W: Final = 20_000.0
"""Of whatever counts in a flat: 100 A at 200 V, the largest supply of a low-voltage line to one home."""

FINEST_SLACK_WH: Final = 200
"""What a counter may show at once, whatever its step: two tenths of a kilowatt-hour, the commonest coarse step."""

_FOOT_L: Final = Fraction("28.316846592")
VOLUME_L: Final[Mapping[str, Fraction]] = {
    "L": Fraction(1),
    "m³": Fraction(1000),
    "ft³": _FOOT_L,
    "CCF": 100 * _FOOT_L,
    "MCF": 1000 * _FOOT_L,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a counter counts, in whole units."""

    units: Mapping[str, Fraction]
    label: str
    most_h: float
    """The most of it in an hour."""
    slack: int
    """What may be shown at once, whatever the step."""


ENERGY: Final = Measure(units=ENERGY_WH, label="Wh", most_h=HIGHEST_W, slack=FINEST_SLACK_WH)
GAS: Final = Measure(units=VOLUME_L, label="L", most_h=HIGHEST_L_H, slack=20)

STEPS_SEEN: Final = 3
"""After so many steps their greatest common divisor says something about the counter, and not about one hour's use."""


def number(text: str) -> Decimal | None:
    """Read a finite number to the digit; None for what is none."""
    try:
        decimal = Decimal(text)
    except InvalidOperation:
        return None
    return decimal if decimal.is_finite() else None


def told(what: str, text: str, unit: str | None, units: Mapping[str, Fraction]) -> Fraction:
    """Return the exact quantity that a text with its unit tells.

    Raises:
        DeviceNonsenseError: no number, or a unit of something else.
    """
    scale = None if unit is None else units.get(unit)
    if scale is None:
        raise DeviceNonsenseError(f"{what} tells its value in {unit or 'no unit'}; it has to be {' or '.join(units)}")
    decimal = number(text)
    if decimal is None:
        raise DeviceNonsenseError(f"{what} says {text!r}, which is no number; check the integration that it comes from")
    return Fraction(decimal) * scale


def digit_of(text: str, unit: str, measure: Measure = ENERGY) -> int:
    """Return what the last digit of a count's text stands for, in whole units, one at the least.

    Args:
        text: a number.
        unit: one of the measure's.
        measure: what is counted.
    """
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int), "a finite number has one"
    return max(1, round(Fraction(10) ** exponent * measure.units[unit]))


class ToldCounter:
    """A lifetime counter told by another program, held against what can have flowed between two reports.

    Args:
        name: of the counter, as in a reading.
        what: whose it is, as it stands in a sentence.
        clock: a monotonic clock in seconds.
        measure: what it counts. The names below are of energy, which most of them do.
    """

    def __init__(self, name: str, what: str, clock: Callable[[], float], measure: Measure = ENERGY) -> None:
        self._name = name
        self._what = what
        self._measure = measure
        self._counting = Counting(what, measure.slack, clock, unit=measure.label)
        self._digit_wh: int | None = None
        self._steps = 0
        self._divisor_wh = 0
        self._last_wh: int | None = None

    @property
    def step_wh(self) -> int | None:
        """The smallest step that it makes, as far as is known; None before the first report."""
        if self._digit_wh is None or self._steps < STEPS_SEEN:
            return self._digit_wh
        return max(self._digit_wh, self._divisor_wh)

    def take(self, text: str, unit: str | None) -> int | DeviceNonsenseError:
        """Take in one report, and not a repetition of it: return the energy in Wh, or why it is not believed.

        Raises:
            DeviceNonsenseError: it is no energy of a counter.
        """
        wh = watt_hours(told(self._what, text, unit, self._measure.units))
        if wh is None:
            raise DeviceNonsenseError(f"{self._what} says {text} {unit}, which no counter of a flat can show")
        assert unit is not None, "a unit of the measure was found"
        # A zero at the end may have been left out, so the finest text is the one that shows the digits.
        shown_wh = digit_of(text, unit, self._measure)
        self._digit_wh = shown_wh if self._digit_wh is None else min(self._digit_wh, shown_wh)
        if self._last_wh is not None and wh > self._last_wh:
            self._steps += 1
            self._divisor_wh = math.gcd(self._divisor_wh, wh - self._last_wh)
        self._last_wh = wh
        self._counting.slack_wh = max(self._measure.slack, 2 * (self.step_wh or 1))
        counted = self._counting.take(self._name, wh, rated_w=self._measure.most_h)
        assert counted is not None, "it was known"
        return counted

"""A tariff: what the utility's price list says, with its source and the days that it holds for.

Prices are in ticks of 0.01 yen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .calendar import JAPAN_MINUTES, Month, When, fiscal_year, local


@dataclass(frozen=True, slots=True)
class Step:
    """A price up to so many kWh of the month (段階料金); None: without an end."""

    until_kwh: int | None
    price: int


@dataclass(frozen=True, slots=True)
class Band:
    """Energy of one price list: when it holds, and its steps. Without a condition it is what is left."""

    name: str
    when: When | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Tax:
    """Consumption tax: of one rate, worked out once for a whole bill, its fraction floored."""

    percent: int
    included: bool
    """Whether the prices have it in them (税込)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One tariff. `read_tariff` makes it from plain data, and checks it."""

    name: str
    source: str
    valid_from: date
    valid_until: date | None
    """The last day; None: until further notice."""
    basic_price: int
    """For a kW of contract demand and month."""
    agreed_kw: int | None
    """The contract demand where it is agreed (協議制, from 500 kW on); None: the highest half hour of twelve months."""
    power_factor_base: int | None
    """185: the basic charge is multiplied by (185 - power factor in %) / 100. An assumption: this factor stands in no
    source that was read, so look it up in your own contract. None: no factor."""
    energy: tuple[Band, ...]
    holidays: frozenset[date] = frozenset()
    fuel: Mapping[Month, int] = field(default_factory=dict)
    """Fuel cost adjustment per kWh, by month; may be negative."""
    fuel_source: str = ""
    levy: Mapping[int, int] = field(default_factory=dict)
    """Renewable levy per kWh, by fiscal year."""
    levy_source: str = ""
    levy_floored: bool = False
    """Whether the levy is floored to a yen by itself, before the total is."""
    tax: Tax
    offset_minutes: int = JAPAN_MINUTES

    def holds(self, month: Month) -> bool:
        """Whether it holds for a whole month."""
        first, after = date(month.year, month.month, 1), month.plus(1)
        last = date.fromordinal(date(after.year, after.month, 1).toordinal() - 1)
        return self.valid_from <= first and (self.valid_until is None or last <= self.valid_until)

    def band_of(self, slot: int) -> str:
        """Return the name of the band that a slot, by its begin, is of."""
        at = local(slot, self.offset_minutes)
        return next(each.name for each in self.energy if each.when is None or each.when.holds(at, self.holidays))

    def fits(self, slot_seconds: int) -> bool:
        """Whether no price changes within a slot."""
        edges = [edge for band in self.energy if band.when and band.when.hours for edge in band.when.hours]
        return all(edge * 60 % slot_seconds == 0 for edge in edges)

    def fuel_price(self, month: Month) -> int | None:
        """Return the fuel adjustment of a month; None where it is not told."""
        return self.fuel.get(month)

    def levy_price(self, month: Month) -> int | None:
        """Return the levy of a month; None where it is not told."""
        return self.levy.get(fiscal_year(month))

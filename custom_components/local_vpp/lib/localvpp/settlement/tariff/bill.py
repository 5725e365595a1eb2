"""The utility's bill of a month, line by line, worked out from a tariff.

基本料金 + 電力量料金 + 燃料費調整 + 再エネ賦課金: basic charge, energy, fuel adjustment, renewable levy.
Every line keeps its fractions of a yen; the sum is floored once (約款, 単位および端数処理). Tax is worked out once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Final

from .calendar import Month, fiscal_year
from .demand import AGREED_FROM_KW, MONTHS, contract_kw
from .rounding import kwh_of
from .tariff import Band, Tariff

_TICKS: Final = 100
"""In a yen."""


class LineKind(StrEnum):
    """What a line of the bill is for."""

    BASIC = "basic"
    ENERGY = "energy"
    FUEL = "fuel"
    LEVY = "levy"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a quantity, its price and the exact amount."""

    kind: LineKind
    name: str
    quantity: int
    """kW or kWh."""
    price: int
    """Ticks of 0.01 yen."""
    yen: Fraction


@dataclass(frozen=True, slots=True)
class Basic:
    """What the basic charge follows from."""

    contract_kw: int
    power_factor: int
    maxima_kw: tuple[int, ...]
    """The monthly maxima, this month's last, the highest of which it is; of an agreed one they do not matter."""


@dataclass(frozen=True, slots=True)
class MonthUse:
    """What the utility's meter counted in a month."""

    month: Month
    wh_by_band: Mapping[str, int]
    maxima_kw: Sequence[int]
    """The monthly maximum demands of this month and up to eleven before it, oldest first."""
    power_factor: int = 100
    """Percent, rounded half up."""


@dataclass(frozen=True, slots=True)
class UtilityBill:
    """The bill of a month."""

    month: Month
    tariff: str
    basic: Basic
    lines: tuple[Line, ...]
    net_yen: int
    """Without tax."""
    tax_yen: int
    tax_percent: int

    @property
    def total_yen(self) -> int:
        """What is to be paid."""
        return self.net_yen + self.tax_yen

    @property
    def lines_yen(self) -> int:
        """What its lines come to, floored: with tax where prices have it in them, else without."""
        return floor(sum((line.yen for line in self.lines), Fraction()))


def utility_bill(tariff: Tariff, use: MonthUse) -> UtilityBill:
    """Return the bill of a month.

    Raises ValueError for a month that the tariff does not hold for or has no fuel adjustment or levy of, and for use
    that is of no band.
    """
    month = use.month
    if not tariff.holds(month):
        raise ValueError(
            f"tariff {tariff.name!r} holds from {tariff.valid_from} to {tariff.valid_until or 'further notice'}, not "
            f"for all of {month}: name the tariff of that month"
        )
    fuel, levy = tariff.fuel_price(month), tariff.levy_price(month)
    if fuel is None:
        raise ValueError(f"tariff {tariff.name!r}: fuel.months has no {month}: add it from the utility's announcement")
    if levy is None:
        raise ValueError(
            f"tariff {tariff.name!r}: levy.years has no {fiscal_year(month)}, which {month} is of: add it from the "
            "ministry's announcement"
        )
    bands = {band.name: band for band in tariff.energy}
    if unknown := sorted(set(use.wh_by_band) - set(bands)):
        raise ValueError(f"tariff {tariff.name!r} has no band {', '.join(unknown)}: it has {', '.join(bands)}")
    if not 0 <= use.power_factor <= 100:
        raise ValueError(f"a power factor of {use.power_factor} %: write a whole number from 0 to 100")
    contract = contract_kw(use.maxima_kw) if tariff.agreed_kw is None else tariff.agreed_kw
    if tariff.agreed_kw is None and contract >= AGREED_FROM_KW:
        raise ValueError(
            f"a contract demand of {contract} kW is not measured but agreed, from {AGREED_FROM_KW} kW on: write "
            "basic.agreed_kw as your contract has it"
        )
    lines = [_basic(tariff, contract, use.power_factor)]
    total_kwh = 0
    for name, band in bands.items():
        kwh = kwh_of(use.wh_by_band.get(name, 0))
        total_kwh += kwh
        lines += _energy(band, kwh)
    lines.append(Line(LineKind.FUEL, "", total_kwh, fuel, Fraction(total_kwh * fuel, _TICKS)))
    levied = Fraction(total_kwh * levy, _TICKS)
    lines.append(Line(LineKind.LEVY, "", total_kwh, levy, Fraction(floor(levied)) if tariff.levy_floored else levied))
    total = floor(sum((line.yen for line in lines), Fraction()))
    percent = tariff.tax.percent
    if tariff.tax.included:
        tax = total * percent // (100 + percent)
        net = total - tax
    else:
        net, tax = total, total * percent // 100
    basic = Basic(contract, use.power_factor, tuple(use.maxima_kw[-MONTHS:]))
    return UtilityBill(month, tariff.name, basic, tuple(lines), net, tax, percent)


def _basic(tariff: Tariff, contract: int, power_factor: int) -> Line:
    yen = Fraction(tariff.basic_price * contract, _TICKS)
    if tariff.power_factor_base is not None:
        yen *= Fraction(tariff.power_factor_base - power_factor, 100)
    return Line(LineKind.BASIC, "", contract, tariff.basic_price, yen)


def _energy(band: Band, kwh: int) -> list[Line]:
    lines, below = [], 0
    for step in band.steps:
        until = kwh if step.until_kwh is None else min(kwh, step.until_kwh)
        part = max(until - below, 0)
        if part or step is band.steps[0]:
            lines.append(Line(LineKind.ENERGY, band.name, part, step.price, Fraction(part * step.price, _TICKS)))
        below = max(below, until)
    return lines

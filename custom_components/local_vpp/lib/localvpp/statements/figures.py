"""Numbers as they are written: exact where they are short, rounded half up where they are not, never through floats."""

from datetime import datetime
from fractions import Fraction
from typing import Final

from ..settlement.month import UNITS
from ..settlement.tariff import Month, half_up
from ..settlement.tariff.calendar import JAPAN_MINUTES, local
from .words import Words

_TICKS: Final = 100


def kwh(wh: int | None, words: Words) -> str:
    """Write Wh as kWh, exactly."""
    return words["unknown"] if wh is None else decimal(Fraction(wh, 1000), 3)


def with_unit(wh: int | None, words: Words) -> str:
    """Write Wh as kWh, exactly, with its unit where it is known."""
    return kwh(wh, words) if wh is None else f"{kwh(wh, words)} kWh"


def yen(money: int, digits: int = 2) -> str:
    """Write 10⁻⁵ yen; with five digits exactly."""
    return decimal(Fraction(money, UNITS), digits)


def price(ticks: Fraction | None) -> str:
    """Write a price in yen/kWh."""
    return "—" if ticks is None else decimal(ticks / _TICKS, 2)


def percent(part: Fraction | None, words: Words) -> str:
    """Write a part of a whole."""
    return words["unknown"] if part is None else f"{decimal(part * 100, 1)} %"


def kw(wh: int) -> str:
    """Write the mean of a half hour."""
    return decimal(Fraction(wh, 500), 1)


def decimal(value: Fraction, digits: int) -> str:
    """Write a number with so many decimals, a half upwards, and thousands set off."""
    scale = 10**digits
    whole = half_up(abs(value) * scale)
    sign = "-" if value < 0 and whole else ""
    return f"{sign}{whole // scale:,}" + (f".{whole % scale:0{digits}}" if digits else "")


def moment(second: int) -> datetime:
    """Return a second of Unix time by Japan's clock."""
    return local(second, JAPAN_MINUTES)


def month_name(month: Month, words: Words) -> str:
    """Write a month of billing."""
    return words["month_of"].format(month.year, month.month)

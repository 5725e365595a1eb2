"""Rounding as Japan's standard terms prescribe it (単位および端数処理).

kWh of a month, kW of the contract and percents of the power factor are rounded half up at the first decimal; the
amount of a bill is floored to a whole yen, once, at its end: until then every part keeps its fractions. All of it is
exact: fractions of integers, never binary floats.
"""

from fractions import Fraction


def half_up(value: Fraction) -> int:
    """Round to a whole, a half upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def kwh_of(wh: int) -> int:
    """Return whole kWh of a month's Wh."""
    return half_up(Fraction(wh, 1000))

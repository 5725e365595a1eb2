"""Exact money to whole yen: by largest remainders, so that the parts sum to the whole."""

from collections.abc import Mapping
from typing import Final

from ..apportion import Ordered

UNITS: Final = 100_000
"""In a yen: money is in Wh times ticks of 0.01 yen/kWh, 10⁻⁵ yen."""


def to_yen[Name: Ordered](exact: Mapping[Name, int]) -> dict[Name, int]:
    """Return whole yen that sum to the floor of the exact sum; what somebody is owed is negative.

    Each gets the floor of his own; the yen left go to the largest fractions, equal ones in the order of their names.
    """
    whole = sum(exact.values()) // UNITS
    parts = {name: money // UNITS for name, money in exact.items()}
    left = whole - sum(parts.values())
    by_fraction = sorted(exact, key=lambda name: (-(exact[name] % UNITS), name))
    for name in by_fraction[:left]:
        parts[name] += 1
    assert sum(parts.values()) == whole
    return parts

"""Contract demand below 500 kW (実量制): the highest half hour of twelve months is what the building pays for.

A month's maximum demand is that of its heaviest half hour by the clock: kWh of the window times two. The contract
demand is the largest of this month's and the eleven before; in the first year, of the months since the start. From
500 kW on it is agreed with the utility instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .rounding import half_up

WINDOW_SECONDS: Final = 1800
MONTHS: Final = 12
AGREED_FROM_KW: Final = 500


@dataclass(frozen=True, slots=True)
class Peak:
    """The heaviest half hour of a month."""

    begin: int
    """Seconds of Unix time."""
    wh: int
    unknown: int
    """Half hours that the bulk meter does not tell of: the true peak may have been in one of them."""

    @property
    def kw(self) -> int:
        """The demand, as it is billed."""
        return half_up(demand_kw(self.wh))


def demand_kw(wh: int) -> Fraction:
    """Return the mean kW of a half hour."""
    return Fraction(wh * 3600, WINDOW_SECONDS * 1000)


def peak_of(imports: Iterable[tuple[int, int | None]], slot_seconds: int) -> Peak | None:
    """Return the heaviest half hour among slots (begin, Wh imported or None); None when no window is known whole.

    Of equally heavy ones it is the first. Raises ValueError for slots that half hours cannot be made of.
    """
    if WINDOW_SECONDS % slot_seconds:
        raise ValueError(
            f"demand is measured in half hours, which slots of {slot_seconds} s do not tell apart: settle by slots of "
            "30 minutes or a divisor of it"
        )
    needed = WINDOW_SECONDS // slot_seconds
    sums: dict[int, int] = {}
    known: dict[int, int] = {}
    for begin, wh in imports:
        window = begin // WINDOW_SECONDS * WINDOW_SECONDS
        sums[window] = sums.get(window, 0) + (wh or 0)
        known[window] = known.get(window, 0) + (wh is not None)
    whole = [window for window in sums if known[window] == needed]
    if not whole:
        return None
    begin = min(whole, key=lambda window: (-sums[window], window))
    return Peak(begin, sums[begin], len(sums) - len(whole))


def contract_kw(maxima: Sequence[int]) -> int:
    """Return the contract demand of the last month of a series of monthly maxima, oldest first.

    The series may be shorter than a year: then it begins with the supply. Raises ValueError.
    """
    if not maxima or any(kw < 0 for kw in maxima):
        raise ValueError(f"contract demand follows from monthly maxima of 0 kW or more, got {list(maxima)}")
    return max(maxima[-MONTHS:])

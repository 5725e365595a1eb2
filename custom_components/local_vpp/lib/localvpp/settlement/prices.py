"""Which prices hold for which slot: a list that only grows, and only towards the future.

A slot is settled by the prices that its building had announced before it began. Whoever has seen the list once can
therefore check every slot for good (`known`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .slot_prices import SlotPrices

MOST_TOLD: Final = 64
"""Periods that terms tell of, the newest ones: a statement has 4 KiB at most, and prices change a few times a year."""
_LATEST: Final = 2**63 - 1
"""What every database holds in an integer."""


@dataclass(frozen=True, slots=True)
class PricePeriod:
    """Prices, and the begin of the first slot (seconds of Unix time) that they hold for."""

    since: int
    prices: SlotPrices


@dataclass(frozen=True, slots=True)
class PriceList:
    """The periods of one building, oldest first: each lasts until the next begins, the last until further notice."""

    periods: tuple[PricePeriod, ...]

    def __post_init__(self) -> None:
        if not self.periods:
            raise ValueError("a list of prices has one period at least")
        if any(after.since <= before.since for before, after in pairwise(self.periods)):
            raise ValueError("the periods of prices must follow one another in time")

    @property
    def newest(self) -> SlotPrices:
        """The prices announced last."""
        return self.periods[-1].prices

    @property
    def told(self) -> PriceList:
        """The newest periods, as many as terms tell of."""
        return PriceList(self.periods[-MOST_TOLD:])

    def at(self, slot: int) -> SlotPrices | None:
        """Return the prices of the slot that begins then; None for a slot of before the first period."""
        held = [period.prices for period in self.periods if period.since <= slot]
        return held[-1] if held else None

    def announce(self, prices: SlotPrices, now_ms: int, slot_seconds: int) -> PriceList:
        """Return the list with prices that hold from the slot after the next one on; itself if they hold already."""
        if prices == self.newest:
            return self
        after = max(now_ms // 1000 + slot_seconds, self.periods[-1].since)
        return PriceList((*self.periods, PricePeriod((after // slot_seconds + 1) * slot_seconds, prices)))


def first_prices(prices: SlotPrices) -> PriceList:
    """Return the list of a building that had none: its prices hold from the beginning."""
    return PriceList((PricePeriod(0, prices),))


def plain_prices(prices: PriceList) -> list[list[int]]:
    """Write a list as numbers: [since, inside, grid, feed-in] for each period."""
    return [[p.since, p.prices.inside, p.prices.grid, p.prices.feed_in] for p in prices.periods]


def read_prices(plain: Sequence[Sequence[int]]) -> PriceList:
    """Read what `plain_prices` wrote.

    Raises ValueError.
    """
    for numbers in plain:
        if len(numbers) != 4 or any(type(number) is not int or not 0 <= number <= _LATEST for number in numbers):
            raise ValueError(f"a period of prices is four numbers (since, inside, grid, feed-in), got {numbers!r}")
    return PriceList(tuple(PricePeriod(since, SlotPrices(*prices)) for since, *prices in plain))

"""What a flat knows of its building's prices, from all that it was ever told.

A building tells of its newest periods and of the time at which it does: everything that begins before is settled for
good. So a newer list may add periods behind the last one, in the time that is still to come, and nothing else. A flat
that was away while more periods began than are told has a hole: which prices held in it, it does not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from .keys import DYNAMIC
from .prices import MOST_TOLD, PriceList, PricePeriod, plain_prices, read_prices
from .slot_prices import SlotPrices


class ContradictionError(Exception):
    """Two lists of prices of one building cannot both be true."""


@dataclass(frozen=True, slots=True)
class KnownPrices:
    """All periods that a flat was told of, and the time of the building when it told them last."""

    prices: PriceList
    told_ms: int
    holes: tuple[tuple[int, int], ...] = ()
    """From the first slot whose prices are unknown to the first after it whose prices are known again."""

    def at(self, slot: int) -> SlotPrices | None:
        """Return the prices of the slot that begins then; None when this flat was never told."""
        return None if self._unknown(slot) else self.prices.at(slot)

    def key_at(self, slot: int) -> str | None:
        """Return the word of the sharing key of the slot that begins then; None when this flat was never told."""
        return None if self._unknown(slot) else self.prices.key_at(slot)

    def hear(self, newer: PriceList, signed_ms: int) -> KnownPrices:
        """Return what is known once the building has told a list, at a time of its own.

        Raises ContradictionError.
        """
        known, begin = self.prices.periods, newer.periods[0].since
        whole = len(newer.periods) < MOST_TOLD
        for period in known:
            if period not in newer.periods and (whole or period.since >= begin):
                raise ContradictionError(f"{_announced(period)} are not in the building's list any more")
        # What lies where this flat knows nothing contradicts nothing, and comes too late to be believed.
        fresh = [period for period in newer.periods if period not in known and not self._unknown(period.since)]
        for period in fresh:
            if period.since * 1000 <= self.told_ms:
                raise ContradictionError(f"{_announced(period)} were announced after those slots had begun")
            if period.since < known[-1].since:
                raise ContradictionError(f"{_announced(period)} were inserted between announced periods")
        holes = self.holes
        if begin > known[-1].since:
            holes = (*holes, (max(self.told_ms // 1000, known[-1].since) + 1, begin))
        return KnownPrices(PriceList((*known, *fresh)), max(self.told_ms, signed_ms), holes)

    def _unknown(self, since: int) -> bool:
        return since < self.prices.periods[0].since or any(begin <= since < end for begin, end in self.holes)

    def plain(self) -> list[Any]:
        """Write this as numbers: [told, periods, holes]."""
        return [self.told_ms, plain_prices(self.prices), [list(hole) for hole in self.holes]]

    @classmethod
    def read(cls, plain: Sequence[Any]) -> Self:
        """Read what `plain` wrote.

        Raises ValueError.
        """
        told_ms, periods, *rest = plain
        holes = rest[0] if rest else []  # None were known of before they were kept.
        return cls(read_prices(periods), told_ms, tuple((begin, end) for begin, end in holes))


def _announced(period: PricePeriod) -> str:
    prices = period.prices
    return (
        f"the prices {prices.inside}, {prices.grid} and {prices.feed_in} (inside, grid, feed-in) for slots from "
        f"{period.since} on" + ("" if period.key == DYNAMIC.word else f", with the sharing key {period.key},")
    )

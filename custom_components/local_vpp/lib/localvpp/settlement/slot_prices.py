"""The building's prices of a slot."""

from dataclasses import dataclass
from typing import Final

HIGHEST_PRICE: Final = 10**9
"""Ten million yen for a kWh: no price, but a bound, so that the money of any slot fits in 64 bits."""


@dataclass(frozen=True, slots=True)
class SlotPrices:
    """Ticks of 0.01 yen/kWh."""

    inside: int
    grid: int
    feed_in: int

    def __post_init__(self) -> None:
        if self.grid > HIGHEST_PRICE:
            raise ValueError(f"a price of {self.grid} is above {HIGHEST_PRICE}: prices are in 0.01 yen/kWh")
        if not 0 <= self.feed_in <= self.inside <= self.grid:
            raise ValueError(
                f"prices must rise from feed-in to inside to grid, got {self.feed_in}, {self.inside}, {self.grid}: "
                "otherwise sharing harms one of the two"
            )

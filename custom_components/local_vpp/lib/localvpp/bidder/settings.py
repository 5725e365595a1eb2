"""Whether and how a flat bids, as its residents say."""

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from ..market.bidding import STRATEGIES, WishError, Wishes
from ..market.bidding.wishes import NEIGHBOUR

STRATEGY: Final = "strategy"
DEFAULT_STRATEGY: Final = next(iter(STRATEGIES))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSettings:
    """What residents decide. Raises WishError for what cannot be kept."""

    zone: tzinfo
    """Their wall clock: habits keep to it, and a day begins by it."""
    trades: bool = True
    """False: nothing is ever ordered."""
    strategy: str = DEFAULT_STRATEGY
    wishes: Wishes = field(default_factory=Wishes)

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise WishError(STRATEGY, self.strategy, f"choose one of {', '.join(STRATEGIES)}")
        if self.wishes.neighbour is not None:
            raise WishError(
                NEIGHBOUR,
                self.wishes.neighbour,
                "leave it out: in a building's round nobody sees whose orders are whose, and none can be preferred",
            )

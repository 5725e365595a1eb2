"""Whether and how a flat bids, and whether its battery delivers what it trades, as its residents say."""

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from ..devices import MeterReading
from ..market.bidding import STRATEGIES, WishError, Wishes

STRATEGY: Final = "strategy"
LINE: Final = "line_w"
LEAST_LINE_W: Final = 500
HIGHEST_LINE_W: Final = 72_000
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
    deliver: bool = False
    """Whether the battery is steered so that the flat exchanges what it has traded: it commands a device."""
    line_w: int | None = None
    """The most that may flow over the flat's line, either way, while it is, and inward while it is filled slowly after
    an outage; None: as its meter bears. Where that does not tell it either, nothing is delivered, and the line is taken
    for a weak one while the battery is filled."""

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise WishError(STRATEGY, self.strategy, f"choose one of {', '.join(STRATEGIES)}")
        if self.line_w is not None and not LEAST_LINE_W <= self.line_w <= HIGHEST_LINE_W:
            raise WishError(
                LINE, self.line_w, f"write {LEAST_LINE_W} to {HIGHEST_LINE_W} W: what the flat's breaker bears"
            )

    def bears_w(self, meter: MeterReading | None) -> int | None:
        """Return what may flow over the flat's line, by its residents' word and what its meter is made for."""
        told = (self.line_w, None if meter is None else meter.rated_w)
        return min((each for each in told if each), default=None)

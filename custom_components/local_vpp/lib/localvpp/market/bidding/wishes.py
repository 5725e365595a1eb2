"""What residents want of the market, in plain words.

Sell not below, buy not above, green only, my neighbour first, keep reserve: `Wishes` has a field for each.

Whatever a strategy thinks up, no order goes against them: `view.Desk` is the only way to an order. What they
write is yen for a kWh, and percent of the battery; what is counted with is ticks of 0.01 yen/kWh.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any, Final

from ..order import HIGHEST_LIMIT
from .errors import Unsaid, WishError
from .word import NEIGHBOUR, AgreedWord

TICKS_PER_YEN: Final = 100
SELL, BUY, GREEN_ONLY, RESERVE = "sell not below", "buy not above", "green only", "keep reserve"
_ROUNDED: Final = [InvalidOperation, Overflow, Inexact]
WORDS: Final = (SELL, BUY, GREEN_ONLY, NEIGHBOUR, RESERVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """None is no wish."""

    sell_not_below: int | None = None
    """Ticks."""
    buy_not_above: int | None = None
    """Ticks."""
    green_only: bool = False
    """Buy nothing but green energy from neighbours. What they do not have comes from the grid, as it is."""
    neighbour: AgreedWord | None = None
    """Agreed on with the flat to trade with before all others, which has it, too."""
    reserve_percent: int = 0
    """Of the battery's capacity; what lies below it is sold to nobody, and kept for a blackout."""

    def __post_init__(self) -> None:
        for field, limit in ((SELL, self.sell_not_below), (BUY, self.buy_not_above)):
            if limit is not None and (type(limit) is not int or not 0 <= limit <= HIGHEST_LIMIT):
                raise WishError(field, limit, f"give 0 to {HIGHEST_LIMIT} ticks of 0.01 yen/kWh, or leave it out")
        if type(self.green_only) is not bool:
            raise WishError(GREEN_ONLY, self.green_only, "say true or false")
        if type(self.reserve_percent) is not int or not 0 <= self.reserve_percent <= 100:
            raise WishError(RESERVE, self.reserve_percent, "give whole percent of the battery, from 0 to 100")


def read_wishes(plain: Mapping[str, Any]) -> Wishes:
    """Read wishes as residents write them: yen for a kWh, percent; a word that is left out is no wish.

    Raises WishError.
    """
    for word in plain:
        if word not in WORDS:
            # What stands there may be the word that two have agreed on.
            raise WishError(str(word), Unsaid("unknown"), f"there is no such wish: there are {', '.join(WORDS)}")
    agreed = plain.get(NEIGHBOUR)
    return Wishes(
        sell_not_below=_ticks(SELL, plain.get(SELL)),
        buy_not_above=_ticks(BUY, plain.get(BUY)),
        green_only=plain.get(GREEN_ONLY, False),
        neighbour=None if agreed is None else AgreedWord.read(agreed),
        reserve_percent=plain.get(RESERVE, 0),
    )


def _ticks(field: str, yen: object) -> int | None:
    if yen is None:
        return None
    remedy = f"give yen for a kWh, from 0 to {HIGHEST_LIMIT // TICKS_PER_YEN}, with two decimals at most, as 12.50"
    if isinstance(yen, bool) or not isinstance(yen, int | float | str | Decimal):
        raise WishError(field, yen, remedy)
    try:
        # To the digit: what is too large or too long for that is refused, and not rounded to what was not written.
        ticks = Context(traps=_ROUNDED).multiply(Decimal(str(yen)), TICKS_PER_YEN)
    except ArithmeticError as error:
        raise WishError(field, yen, remedy) from error
    if not ticks.is_finite() or ticks != ticks.to_integral_value() or not 0 <= ticks <= HIGHEST_LIMIT:
        raise WishError(field, yen, remedy)
    return int(ticks)

"""What a flat wants of one slot: to sell so much at so much at least, or to buy so much at so much at most.

Energy is in Wh, limits in ticks of 0.01 yen/kWh, so money is in 10⁻⁵ yen as in `settlement`. The bounds below hold at
the border and let everything behind it count in 64 bits: a book of `LARGEST_BOOK_WH`, at the highest limit, over the
deepest tree of lines, stays below 2⁶³.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .errors import OrderError

HIGHEST_LIMIT: Final = 10**6
"""Ten thousand yen for a kWh: no price, but a bound."""
LARGEST_ORDER_WH: Final = 10**9
LARGEST_BOOK_WH: Final = 10**11
"""All orders of a slot together; a condominium of a hundred flats has about 10⁶."""
LONGEST_NAME: Final = 200

GREEN: Final = "green"
GREEN_SOURCES: Final = frozenset({GREEN, "solar", "wind", "hydro", "biomass", "geothermal"})
"""What makes an offer green. A battery does not: what it was charged with has to be said, by `green`."""


class Side(StrEnum):
    """Buying or selling."""

    BID = "bid"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of one flat for one slot.

    `limit` is the most that a bid pays and the least that an ask takes. `partner` is the flat to trade with before all
    others; it counts when that flat names this one, too. `all_or_nothing` and `min_wh` refuse a smaller part; orders
    of one flat with the same `block` trade all of their energy, in all of their slots, or none. `slot` numbers the
    slots of a book that has several.
    """

    id: str
    flat: str
    side: Side
    wh: int
    limit: int
    attributes: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    partner: str | None = None
    all_or_nothing: bool = False
    min_wh: int = 0
    slot: int = 0
    block: str | None = None

    def __post_init__(self) -> None:
        for field in ("id", "flat", "partner", "block"):
            name = getattr(self, field)
            if name is None and field in {"partner", "block"}:
                continue
            if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
                raise OrderError(str(self.id), field, name, f"give a name of 1 to {LONGEST_NAME} printable characters")
        self._bound("wh", 0, LARGEST_ORDER_WH, "whole Wh")
        self._bound("limit", 0, HIGHEST_LIMIT, "ticks of 0.01 yen/kWh")
        self._bound("min_wh", 0, self.wh, "whole Wh, no more than the order's wh")
        self._bound("slot", 0, 2**31 - 1, "the number of a slot")
        if self.requires - {GREEN}:
            raise OrderError(self.id, "requires", sorted(self.requires), f"only {GREEN!r} can be required")
        if self.requires and self.side is Side.ASK:
            raise OrderError(self.id, "requires", sorted(self.requires), "only a bid requires; an ask has attributes")
        if self.partner == self.flat:
            raise OrderError(self.id, "partner", self.partner, "name another flat than the order's own, or none")
        if self.partner is not None and self.whole:
            raise OrderError(
                self.id,
                "partner",
                self.partner,
                "leave it out: an order that refuses a part cannot be served partly by a partner first",
            )

    @property
    def whole(self) -> bool:
        """Whether this order refuses to trade some part of its energy."""
        return self.all_or_nothing or self.min_wh > 0 or self.block is not None

    @property
    def least_wh(self) -> int:
        """The smallest energy that this order trades when it trades at all."""
        return self.wh if self.all_or_nothing or self.block is not None else self.min_wh

    @property
    def is_green(self) -> bool:
        """Whether what this order sells is green."""
        return not GREEN_SOURCES.isdisjoint(self.attributes)

    @property
    def wants_green(self) -> bool:
        """Whether this order buys nothing but green energy."""
        return GREEN in self.requires

    @property
    def kind(self) -> tuple[Side, int, bool]:
        """What clearing knows of it beside Wh, partner, block and parts that it refuses.

        Two orders of a flat that are of one kind can be one. As two they have two ranks among equals: whoever takes
        orders, and wants flats to have equal chances, takes one of each kind. Which sources an ask names, or a bid,
        makes no other kind of it: only whether it is green does.
        """
        return self.side, self.limit, self.is_green if self.side is Side.ASK else self.wants_green

    def _bound(self, field: str, least: int, most: int, what: str) -> None:
        value = getattr(self, field)
        if type(value) is not int or not least <= value <= most:
            raise OrderError(self.id, field, value, f"give {what}, from {least} to {most}")

"""What a strategy knows when it bids, and the one way from there to orders.

Energy is what the flat's meter towards the building would count in the slot: `net_wh`, positive for need, negative
for surplus, as it is foretold before the battery does anything. What the market does not give, the building's grid
prices do.
"""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final, Protocol

import numpy as np

from ..arrays import Ints
from ..errors import MarketError
from ..order import GREEN, HIGHEST_LIMIT, LARGEST_ORDER_WH, Order, Side
from .wishes import Wishes

SOLAR: Final = "solar"
ASSUMED_EFFICIENCY_PERCENT: Final = 90
"""Of a battery's round trip, as long as none was measured: what data sheets of home batteries promise, from AC to AC,
is some percent more or less. It only weighs whether what is bought now is worth its losses."""
_MOST_AHEAD_WH: Final = 10**11
"""All slots of all days together: at the highest price that stays below 2⁶³."""


class BiddingError(MarketError):
    """What a strategy was told cannot be."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        super().__init__(f"bidding: {field} is {value!r}: {remedy}")
        self.field, self.value, self.remedy = field, value, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """What a battery holds and may do within one slot."""

    capacity_wh: int
    stored_wh: int
    charge_wh: int
    """The most that it takes from the flat in a slot."""
    discharge_wh: int
    """The most that it gives in a slot."""
    efficiency_percent: int = ASSUMED_EFFICIENCY_PERCENT
    """Of a round trip, all of it lost in charging."""

    def __post_init__(self) -> None:
        for name in ("capacity_wh", "charge_wh", "discharge_wh"):
            _whole(name, getattr(self, name), 0, LARGEST_ORDER_WH)
        _whole("stored_wh", self.stored_wh, 0, self.capacity_wh)
        _whole("efficiency_percent", self.efficiency_percent, 1, 100)

    def floor_wh(self, wishes: Wishes) -> int:
        """What stays in it: the reserve, rounded up."""
        return -(-self.capacity_wh * wishes.reserve_percent // 100)

    def gives_wh(self, wishes: Wishes) -> int:
        """The most that it can give in the slot above its reserve."""
        return max(0, min(self.discharge_wh, self.stored_wh - self.floor_wh(wishes)))

    def takes_wh(self) -> int:
        """The most that it can take in the slot, counted before its loss."""
        return min(self.charge_wh, (self.capacity_wh - self.stored_wh) * 100 // self.efficiency_percent)

    def after(self, taken_wh: int) -> Battery:
        """Return it after it took so much (negative: gave)."""
        stored = taken_wh * self.efficiency_percent // 100 if taken_wh > 0 else taken_wh
        return replace(self, stored_wh=self.stored_wh + stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One flat, at the gate of one slot."""

    flat: str
    begin: int
    """Of the slot, in seconds of Unix time: orders are named by it."""
    slot: int = 0
    """Its number in a book that has several."""
    net_wh: int
    grid: tuple[int, ...]
    """What a kWh from the grid costs, in ticks: in this slot, and in those after it as far as `ahead` looks."""
    feed_in: tuple[int, ...]
    """What a kWh into it brings."""
    wishes: Wishes = field(default_factory=Wishes)
    battery: Battery | None = None
    ahead: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64), compare=False)
    """Net need of the slots after this one on real days of the last weeks: [day, slot]."""
    last_price: int | None = None
    """Of the round before, in ticks; None when nothing was traded, or nothing is known."""
    partner: str | None = None
    """What orders name the flat by that comes first: in a building's round the tag of the word that was agreed on."""

    def __post_init__(self) -> None:
        _whole("net_wh", self.net_wh, -LARGEST_ORDER_WH, LARGEST_ORDER_WH)
        if self.ahead.ndim != 2 or not np.issubdtype(self.ahead.dtype, np.integer):
            raise BiddingError("ahead", self.ahead.shape, "give whole Wh as rows of days")
        swing = 0 if self.battery is None else max(self.battery.charge_wh, self.battery.discharge_wh)
        most = int(np.abs(self.ahead).max(initial=0)) + swing
        if most * self.ahead.size >= _MOST_AHEAD_WH:
            raise BiddingError("ahead", most, "give Wh of one flat and its battery, and days of a few weeks")
        needed = 1 + self.ahead.shape[1]
        if len(self.grid) != len(self.feed_in) or len(self.grid) < needed:
            raise BiddingError("grid", len(self.grid), f"give grid and feed-in prices of all {needed} slots")
        for grid, feed_in in zip(self.grid, self.feed_in, strict=True):
            _whole("grid", grid, 0, HIGHEST_LIMIT)
            _whole("feed_in", feed_in, 0, grid)
        if self.last_price is not None:
            _whole("last_price", self.last_price, 0, HIGHEST_LIMIT)
        if self.partner == self.flat:
            raise BiddingError("partner", self.flat, "name another flat than your own")

    @property
    def gives_wh(self) -> int:
        """What the battery, if there is one, can give above its reserve."""
        return 0 if self.battery is None else self.battery.gives_wh(self.wishes)

    @property
    def takes_wh(self) -> int:
        """What the battery, if there is one, can take."""
        return 0 if self.battery is None else self.battery.takes_wh()


class Strategy(Protocol):
    """How a flat bids for one slot."""

    @property
    def name(self) -> str:
        """What residents choose it by."""
        ...

    def orders(self, view: View) -> tuple[Order, ...]:
        """Return the flat's orders for the slot, within its wishes."""
        ...


class Desk:
    """Where orders are written: whatever is wanted, the wishes stand above it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._number = count()
        self._solar_wh = max(0, -view.net_wh)
        self._orders: list[Order] = []

    def bid(self, wh: int, limit: int) -> None:
        """Want to buy so much, at no more than the limit, nor than the wish."""
        wishes = self._view.wishes
        if wishes.buy_not_above is not None:
            limit = min(limit, wishes.buy_not_above)
        self._write(Side.BID, wh, limit, requires=frozenset({GREEN}) if wishes.green_only else frozenset())

    def ask(self, wh: int, limit: int) -> None:
        """Want to sell so much, at no less than the limit, nor than the wish: first what the roof gives."""
        wishes = self._view.wishes
        if wishes.sell_not_below is not None:
            limit = max(limit, wishes.sell_not_below)
        solar = min(wh, self._solar_wh)
        self._solar_wh -= solar
        self._write(Side.ASK, solar, limit, attributes=frozenset({SOLAR}))
        self._write(Side.ASK, wh - solar, limit, attributes=frozenset())

    def orders(self) -> tuple[Order, ...]:
        """Return what was written."""
        return tuple(self._orders)

    def _write(
        self,
        side: Side,
        wh: int,
        limit: int,
        *,
        attributes: frozenset[str] = frozenset(),
        requires: frozenset[str] = frozenset(),
    ) -> None:
        assert wh >= 0, "nobody orders less than nothing"
        if not wh:
            return
        view = self._view
        self._orders.append(
            Order(
                id=f"{view.flat}/{view.begin}/{next(self._number)}",
                flat=view.flat,
                side=side,
                wh=wh,
                limit=limit,
                attributes=attributes,
                requires=requires,
                partner=view.partner,
                slot=view.slot,
            )
        )


def _whole(name: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise BiddingError(name, value, f"give a whole number from {least} to {most}")

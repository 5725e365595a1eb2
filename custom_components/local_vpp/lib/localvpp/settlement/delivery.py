"""What became of trades: they are made before the slot, its meters tell afterwards.

Settled is what was traded, as far as the seller had it and the buyer needed it, at the trade's price; the rest of both
meets the building's grid prices. Where one flat has several trades and less was metered than it traded:

1. What a seller had is divided over his trades in proportion to what each was for, by largest remainders; likewise what
   a buyer needed. A trade gets the smaller of the two.
2. What is then still left of both sides of a trade is delivered in the order of the names, seller before buyer, dearer
   trades first, so that nobody sells to the grid what his partner buys from it.

The first step is fair among the trades, the second leaves nothing undone: afterwards every trade is delivered whole, or
its seller had no more, or its buyer needed no more. Trades of the same parties at the same price are one trade.

A short delivery costs the buyer the grid's price instead of the trade's. It is not charged to the seller: nobody has
promised his sun. It is measured (`imbalances`), so that a building may see what plans are worth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .apportion import Ordered, apportion
from .slot_prices import HIGHEST_PRICE, SlotPrices
from .transfer import Transfer


@dataclass(frozen=True, slots=True)
class Trade[Name: Ordered]:
    """A matched pair of one slot: Wh, and ticks of 0.01 yen/kWh."""

    seller: Name
    buyer: Name
    wh: int
    price: int
    """What the buyer pays."""
    seller_price: int | None = None
    """What the seller gets, where that is less (McAfee, a full line); None: the same. The difference is the
    building's."""

    def __post_init__(self) -> None:
        if self.seller == self.buyer:
            raise ValueError(f"{self.seller!r} has a trade with itself: own surplus covers own use without one")
        if self.wh <= 0:
            raise ValueError(f"the trade of {self.seller!r} with {self.buyer!r} is of {self.wh} Wh: it must be above 0")
        if not 0 <= self.earned <= self.price <= HIGHEST_PRICE:
            raise ValueError(
                f"the trade of {self.seller!r} with {self.buyer!r} costs {self.price} and earns {self.earned}: prices "
                f"are 0 to {HIGHEST_PRICE} in 0.01 yen/kWh, and nobody earns more than the other pays"
            )

    @property
    def earned(self) -> int:
        """What the seller gets, in ticks."""
        return self.price if self.seller_price is None else self.seller_price


@dataclass(frozen=True, slots=True)
class Delivered[Name: Ordered]:
    """A trade, and what of it was delivered."""

    trade: Trade[Name]
    energy_wh: int
    offered_wh: int
    """What of the seller's surplus fell to it in the first step: he can work that out alone."""
    wanted_wh: int
    """What of the buyer's need."""

    @property
    def transfer(self) -> Transfer[Name]:
        """What moved by it."""
        trade = self.trade
        money = self.energy_wh * trade.earned
        return Transfer(trade.seller, trade.buyer, self.energy_wh, money, self.energy_wh * trade.price - money)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """How far a flat was from its trades in a slot."""

    wh: int
    """What its meter counted outwards, less what it had sold; inwards and bought negative. Below 0: it was short."""
    undelivered_wh: int
    """What of its trades was not delivered, for whichever side's reason."""
    money: int
    """What the building's grid prices were for what was not delivered of its trades, in 10⁻⁵ yen, income positive: a
    buyer buys there what his seller lacked, a seller is paid there for what his buyer did not take. Whoever had, or
    needed, less than he traded has nothing left to sell or to buy: his being short costs him nothing."""


def merged[Name: Ordered](trades: Iterable[Trade[Name]]) -> tuple[Trade[Name], ...]:
    """Return trades in their fixed order, those of the same parties and prices as one."""
    sums: dict[tuple[Name, Name, int, int], int] = {}
    for each in trades:
        key = (each.seller, each.buyer, each.price, each.earned)
        sums[key] = sums.get(key, 0) + each.wh
    inorder = sorted(sums, key=lambda key: (key[0], key[1], -key[2], -key[3]))
    return tuple(Trade(key[0], key[1], sums[key], key[2], None if key[2] == key[3] else key[3]) for key in inorder)


def deliver[Name: Ordered](
    trades: Sequence[Trade[Name]], need: Mapping[Name, int], surplus: Mapping[Name, int]
) -> tuple[Delivered[Name], ...]:
    """Return what of each trade of a slot was delivered, in their fixed order.

    A party whose meter is unknown had nothing and needed nothing.
    """
    ordered = merged(trades)
    sold: dict[Name, dict[int, int]] = {}
    bought: dict[Name, dict[int, int]] = {}
    for at, trade in enumerate(ordered):
        sold.setdefault(trade.seller, {})[at] = trade.wh
        bought.setdefault(trade.buyer, {})[at] = trade.wh
    offered = cut(sold, surplus)
    wanted = cut(bought, need)
    moved = [min(offered[at], wanted[at]) for at in range(len(ordered))]
    had = {name: surplus.get(name, 0) for name in sold}
    needed = {name: need.get(name, 0) for name in bought}
    for trade, wh in zip(ordered, moved, strict=True):
        had[trade.seller] -= wh
        needed[trade.buyer] -= wh
    for at, trade in enumerate(ordered):
        more = min(trade.wh - moved[at], had[trade.seller], needed[trade.buyer])
        moved[at] += more
        had[trade.seller] -= more
        needed[trade.buyer] -= more
    assert all(left >= 0 for side in (had, needed) for left in side.values())
    assert all(
        wh == trade.wh or not had[trade.seller] or not needed[trade.buyer]
        for trade, wh in zip(ordered, moved, strict=True)
    )
    return tuple(
        Delivered(trade, wh, offered[at], wanted[at]) for at, (trade, wh) in enumerate(zip(ordered, moved, strict=True))
    )


def cut[Name: Ordered](trades: Mapping[Name, Mapping[int, int]], metered: Mapping[Name, int]) -> dict[int, int]:
    """Return what falls to each trade of what each party's meter counted; trades by their places in the fixed order."""
    parts: dict[int, int] = {}
    for name, own in trades.items():
        had, traded = metered.get(name, 0), sum(own.values())
        parts |= own if had >= traded else apportion(had, own)
    return parts


def imbalances[Name: Ordered](
    trades: Iterable[Trade[Name]],
    transfers: Iterable[Transfer[Name]],
    need: Mapping[Name, int],
    surplus: Mapping[Name, int],
    prices: SlotPrices,
) -> dict[Name, Imbalance]:
    """Return how far each flat that traded was from its trades; `transfers` are what was delivered of them."""
    net: dict[Name, int] = {}
    unsold: dict[Name, int] = {}
    unbought: dict[Name, int] = {}
    had, needed = dict(surplus), dict(need)
    for trade in trades:
        net[trade.seller] = net.get(trade.seller, 0) + trade.wh
        net[trade.buyer] = net.get(trade.buyer, 0) - trade.wh
        unsold[trade.seller] = unsold.get(trade.seller, 0) + trade.wh
        unbought[trade.buyer] = unbought.get(trade.buyer, 0) + trade.wh
    for transfer in transfers:
        unsold[transfer.sender] -= transfer.energy_wh
        unbought[transfer.receiver] -= transfer.energy_wh
        had[transfer.sender] -= transfer.energy_wh
        needed[transfer.receiver] -= transfer.energy_wh
    found = {}
    for name in sorted(net):
        wh = surplus.get(name, 0) - need.get(name, 0) - net[name]
        out, into = unsold.get(name, 0), unbought.get(name, 0)
        fed_in, drawn = min(out, had.get(name, 0)), min(into, needed.get(name, 0))
        found[name] = Imbalance(wh, out + into, fed_in * prices.feed_in - drawn * prices.grid)
    return found

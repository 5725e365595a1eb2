"""The settlement of one slot by the dynamic key: surplus is shared in proportion to use.

(dynamique par défaut in France, dynamisch in Austria and Germany.) Order of things:

1. A flat's own surplus of the slot covers its own use of the same slot first, so that every flat
   is a seller or a buyer of the slot, never both.
2. The pool is the smaller of all surplus and all use. It is divided over the buyers in proportion to
   their use and over the sellers in proportion to their surplus, by largest remainders: nobody gets more
   than he used, nobody gives more than he had.
3. Transfers pair sellers and buyers in the order of their names, each used up before the next one
   (the north-west corner): at most sellers + buyers - 1 transfers, and the same for everyone who re-runs it.

Energy is in Wh, prices in ticks of 0.01 yen/kWh, so money is in units of 10⁻⁵ yen and stays an integer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .apportion import Ordered, apportion

HIGHEST_PRICE: Final = 10**9
"""Ten million yen for a kWh: no price, but a bound, so that the money of any slot fits in 64 bits."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a flat's meter counted in the slot, in Wh."""

    import_wh: int
    export_wh: int


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


@dataclass(frozen=True, slots=True)
class Transfer[Name]:
    """Energy that one flat gave another."""

    sender: Name
    receiver: Name
    energy_wh: int
    money: int
    """What the receiver pays the sender, in 10⁻⁵ yen."""


@dataclass(frozen=True, slots=True)
class Share:
    """How the slot went for one flat. Money in 10⁻⁵ yen, income positive."""

    import_wh: int
    export_wh: int
    shared_in_wh: int
    shared_out_wh: int
    inside_money: int
    grid_money: int


@dataclass(frozen=True, slots=True)
class Settlement[Name]:
    """A settled slot."""

    shares: dict[Name, Share]
    transfers: tuple[Transfer[Name], ...]

    @property
    def building_money(self) -> int:
        """The building's side of what flats bought from and sold to the grid through it, in 10⁻⁵ yen."""
        return -sum(share.grid_money for share in self.shares.values())


def settle[Name: Ordered](uses: Mapping[Name, Use], prices: SlotPrices) -> Settlement[Name]:
    """Return the settlement of one slot over the flats whose readings are known.

    Money inside sums to zero, energy shared out equals energy shared in, and no flat shares more than its
    meter counted: asserted, because they are theorems of this code.
    """
    need = {name: max(use.import_wh - use.export_wh, 0) for name, use in uses.items()}
    surplus = {name: max(use.export_wh - use.import_wh, 0) for name, use in uses.items()}
    pool = min(sum(need.values()), sum(surplus.values()))
    received = apportion(pool, need)
    given = apportion(pool, surplus)
    transfers = tuple(
        Transfer(sender, receiver, energy, energy * prices.inside)
        for sender, receiver, energy in _pair(given, received)
    )
    shares = {}
    for name, use in uses.items():
        earned = sum(transfer.money for transfer in transfers if transfer.sender == name)
        paid = sum(transfer.money for transfer in transfers if transfer.receiver == name)
        # Own surplus covered own use at no price; only what is left meets the grid.
        bought = need[name] - received[name]
        sold = surplus[name] - given[name]
        shares[name] = Share(
            import_wh=use.import_wh,
            export_wh=use.export_wh,
            shared_in_wh=received[name],
            shared_out_wh=given[name],
            inside_money=earned - paid,
            grid_money=sold * prices.feed_in - bought * prices.grid,
        )
    assert sum(share.inside_money for share in shares.values()) == 0
    assert sum(given.values()) == sum(received.values()) == pool
    assert all(received[name] <= need[name] and given[name] <= surplus[name] for name in uses)
    return Settlement(shares, transfers)


def _pair[Name: Ordered](given: Mapping[Name, int], received: Mapping[Name, int]) -> list[tuple[Name, Name, int]]:
    left, wanted = dict(given), dict(received)
    buyers = iter(sorted(name for name, energy in received.items() if energy))
    pairs: list[tuple[Name, Name, int]] = []
    buyer = next(buyers, None)
    for seller in sorted(name for name, energy in given.items() if energy):
        while left[seller]:
            assert buyer is not None, "given and received do not have the same sum"
            energy = min(left[seller], wanted[buyer])
            pairs.append((seller, buyer, energy))
            left[seller] -= energy
            wanted[buyer] -= energy
            if not wanted[buyer]:
                buyer = next(buyers, None)
    assert buyer is None, "received more than was given"
    return pairs

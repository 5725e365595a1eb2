"""The settlement of one slot by a sharing key.

Order of things:

1. A flat's own surplus of the slot covers its own use of the same slot first, so that every flat
   is a seller or a buyer of the slot, never both.
2. The key (`keys`) says who gives how much to whom; without another one it is the dynamic key, which shares surplus
   in proportion to use.
3. What is left of need and surplus meets the building's grid prices.

Energy is in Wh, prices in ticks of 0.01 yen/kWh, so money is in units of 10⁻⁵ yen and stays an integer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .apportion import Ordered
from .keys import Dynamic, SharingKey
from .slot_prices import SlotPrices
from .transfer import Transfer


@dataclass(frozen=True, slots=True)
class Use:
    """What a flat's meter counted in the slot, in Wh."""

    import_wh: int
    export_wh: int

    def at_home(self, made_wh: int | None, charged_wh: int | None, discharged_wh: int | None) -> int | None:
        """Return what was used behind the meter, by what was made and stored there; None while one of it is unknown.

        Counters that take large steps tell a slot's energy in a later one: so it may be below 0 in one of them.
        """
        if made_wh is None or charged_wh is None or discharged_wh is None:
            return None
        return self.import_wh - self.export_wh + made_wh + discharged_wh - charged_wh


def unshared_wh(one_way_wh: int, other_way_wh: int, shared_wh: int) -> int:
    """Return what the grid was left with of a flat's energy one way: the net of a slot, less what was shared inside."""
    return max(one_way_wh - other_way_wh, 0) - shared_wh


@dataclass(frozen=True, slots=True)
class Share:
    """How the slot went for one flat. Money in 10⁻⁵ yen, income positive."""

    import_wh: int
    export_wh: int
    shared_in_wh: int
    shared_out_wh: int
    inside_money: int
    grid_money: int

    @property
    def bought_wh(self) -> int:
        """What was left to buy at the building's grid price."""
        return unshared_wh(self.import_wh, self.export_wh, self.shared_in_wh)

    @property
    def sold_wh(self) -> int:
        """What nobody inside took, for the feed-in price."""
        return unshared_wh(self.export_wh, self.import_wh, self.shared_out_wh)


@dataclass(frozen=True, slots=True)
class Settlement[Name]:
    """A settled slot."""

    shares: dict[Name, Share]
    transfers: tuple[Transfer[Name], ...]

    @property
    def building_money(self) -> int:
        """The building's side of what flats bought from and sold to the grid through it, in 10⁻⁵ yen."""
        return -sum(share.grid_money for share in self.shares.values())

    @property
    def rent(self) -> int:
        """What takers paid beyond what givers got, in 10⁻⁵ yen: the building's, under a name of its own."""
        return sum(transfer.rent for transfer in self.transfers)


def left_over[Name: Ordered](uses: Mapping[Name, Use]) -> tuple[dict[Name, int], dict[Name, int]]:
    """Return need and surplus of flats once their own surplus has covered their own use: one of the two is 0."""
    need = {name: max(use.import_wh - use.export_wh, 0) for name, use in uses.items()}
    surplus = {name: max(use.export_wh - use.import_wh, 0) for name, use in uses.items()}
    return need, surplus


def settle[Name: Ordered](
    uses: Mapping[Name, Use], prices: SlotPrices, key: SharingKey[Name] | None = None
) -> Settlement[Name]:
    """Return the settlement of one slot over the flats whose readings are known.

    Money inside, with the rent, sums to zero, energy shared out equals energy shared in, and no flat shares more than
    its meter counted: asserted, because they are theorems of this code.
    """
    need, surplus = left_over(uses)
    transfers = (key or Dynamic[Name]()).share(need, surplus, prices.inside)
    received = dict.fromkeys(uses, 0)
    given = dict.fromkeys(uses, 0)
    inside = dict.fromkeys(uses, 0)
    for transfer in transfers:
        received[transfer.receiver] += transfer.energy_wh
        given[transfer.sender] += transfer.energy_wh
        inside[transfer.receiver] -= transfer.money + transfer.rent
        inside[transfer.sender] += transfer.money
    shares = {}
    for name, use in uses.items():
        # Own surplus covered own use at no price; only what is left meets the grid.
        bought = need[name] - received[name]
        sold = surplus[name] - given[name]
        assert bought >= 0, f"{name!r} was given more than it needs"
        assert sold >= 0, f"{name!r} has given more than it had"
        shares[name] = Share(
            import_wh=use.import_wh,
            export_wh=use.export_wh,
            shared_in_wh=received[name],
            shared_out_wh=given[name],
            inside_money=inside[name],
            grid_money=sold * prices.feed_in - bought * prices.grid,
        )
    settled = Settlement(shares, transfers)
    assert sum(inside.values()) + settled.rent == 0
    assert sum(given.values()) == sum(received.values())
    return settled

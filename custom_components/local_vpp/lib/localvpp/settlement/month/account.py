"""What a month was for one party: sums over its slots, in Wh and 10⁻⁵ yen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..slot import Share
from ..slot_prices import SlotPrices
from ..tariff.calendar import JAPAN_MINUTES
from ..transfer import Transfer
from .party import Role
from .reading import Reading
from .slot import SettledSlot

COARSEST_WH: Final = 2_000
"""What inverters have not shown yet at a day's end, and showed too late at its begin: they count kWh at the coarsest,
and there may be one for the PV and one for a battery. What is further below nothing is no rounding."""
_DAY_S: Final = 86_400


@dataclass(slots=True, kw_only=True)
class Account:
    """Sums. Energy in Wh; money in 10⁻⁵ yen, what is to be paid positive."""

    import_wh: int = 0
    export_wh: int = 0
    used_wh: int = 0
    """Behind the meter; of the slots in which it is known."""
    made_wh: int = 0
    """By own PV, in the slots in which that is known."""
    own_wh: int = 0
    """Used from own PV and battery, less what the battery was charged with; of the same slots."""
    made_known: int = 0
    """Slots in which own PV is known."""
    use_known: int = 0
    """Slots in which own PV and battery are known, and so is what was used."""
    neighbours_wh: int = 0
    roof_wh: int = 0
    given_wh: int = 0
    """Sold inside."""
    bought_wh: int = 0
    """At the building's grid price."""
    sold_wh: int = 0
    """For the feed-in price."""
    neighbours_money: int = 0
    roof_money: int = 0
    given_money: int = 0
    """What it earned inside."""
    grid_money: int = 0
    fed_in_money: int = 0
    """What it earned for what nobody inside took."""
    alone_money: int = 0
    """What it would have paid without sharing: all its need at the grid's price, all its surplus for the feed-in."""
    short_wh: int = 0
    """What it drew beyond, or gave less than, its trades; and the other way round."""
    over_wh: int = 0
    undelivered_wh: int = 0
    """Of its trades."""
    slots: int = 0
    estimated: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    contradictory: list[int] = field(default_factory=list)
    """Days, by the first of their slots, on which its meters say that less than nothing was used."""

    @property
    def inside_wh(self) -> int:
        """What it got inside."""
        return self.neighbours_wh + self.roof_wh

    @property
    def energy_money(self) -> int:
        """What it owes for energy: bought inside and at the grid's price, less what it earned."""
        return self.neighbours_money + self.roof_money - self.given_money + self.grid_money - self.fed_in_money

    def add(self, slot: int, reading: Reading, used: int | None, share: Share, prices: SlotPrices) -> None:
        """Add a slot, with what was used behind the meter, but for what moved inside."""
        bought, sold = share.bought_wh, share.sold_wh
        self.import_wh += share.import_wh
        self.export_wh += share.export_wh
        self.given_wh += share.shared_out_wh
        self.bought_wh += bought
        self.sold_wh += sold
        self.grid_money += bought * prices.grid
        self.fed_in_money += sold * prices.feed_in
        net = share.import_wh - share.export_wh
        self.alone_money += net * (prices.grid if net > 0 else prices.feed_in)
        self.slots += 1
        if reading.estimated_from is not None:
            self.estimated.append(slot)
        if reading.pv_wh is not None:
            self.made_wh += reading.pv_wh
            self.made_known += 1
        if used is None:
            return
        self.used_wh += used
        self.own_wh += used - share.shared_in_wh - bought
        self.use_known += 1


def accounts_of(slots: Iterable[SettledSlot], roles: Mapping[str, Role]) -> tuple[dict[str, Account], int]:
    """Return the accounts of those who are billed, and the rent that fell to the building, in 10⁻⁵ yen."""
    accounts = {name: Account() for name in roles}
    days = {name: _Days() for name in roles}
    roofs = {name for name, role in roles.items() if role is Role.ROOF}
    rent = 0
    for slot in slots:
        begin, prices = slot.given.begin, slot.given.prices
        day = (begin + JAPAN_MINUTES * 60) // _DAY_S
        for name, share in slot.settlement.shares.items():
            reading = slot.readings[name]
            used = reading.used_wh
            accounts[name].add(begin, reading, used, share, prices)
            if used is not None:
                days[name].add(day, begin, used)
        for name, imbalance in slot.imbalances.items():
            if name in accounts:
                accounts[name].short_wh += max(-imbalance.wh, 0)
                accounts[name].over_wh += max(imbalance.wh, 0)
                accounts[name].undelivered_wh += imbalance.undelivered_wh
        for name in slot.missing:
            if name in accounts:
                accounts[name].unknown.append(begin)
        rent += _add_transfers(slot.settlement.transfers, accounts, roofs)
    for name, account in accounts.items():
        account.contradictory = days[name].contradictory
        _check(name, account)
    assert sum(each.neighbours_money + each.roof_money - each.given_money for each in accounts.values()) == rent
    assert sum(each.inside_wh - each.given_wh for each in accounts.values()) == 0
    return accounts, rent


class _Days:
    """What a party used on each of Japan's days, as far as that is known."""

    def __init__(self) -> None:
        self._used: dict[int, tuple[int, int]] = {}

    def add(self, day: int, slot: int, used_wh: int) -> None:
        """Add a slot of a day."""
        first, sum_wh = self._used.get(day, (slot, 0))
        self._used[day] = (first, sum_wh + used_wh)

    @property
    def contradictory(self) -> list[int]:
        """The first slots of those on which less than nothing was used, be the counters as coarse as they are."""
        return [first for first, sum_wh in self._used.values() if sum_wh < -COARSEST_WH]


def _add_transfers(transfers: Iterable[Transfer[str]], accounts: Mapping[str, Account], roofs: set[str]) -> int:
    rent = 0
    for transfer in transfers:
        taker = accounts[transfer.receiver]
        paid = transfer.money + transfer.rent
        if transfer.sender in roofs:
            taker.roof_wh += transfer.energy_wh
            taker.roof_money += paid
        else:
            taker.neighbours_wh += transfer.energy_wh
            taker.neighbours_money += paid
        accounts[transfer.sender].given_money += transfer.money
        rent += transfer.rent
    return rent


def _check(name: str, account: Account) -> None:
    drawn = account.inside_wh + account.bought_wh - account.given_wh - account.sold_wh
    assert drawn == account.import_wh - account.export_wh, f"{name}: what it drew is not where it came from"


def total(accounts: Mapping[str, Account], of: Callable[[Account], int]) -> int:
    """Return a sum over accounts."""
    return sum(of(account) for account in accounts.values())

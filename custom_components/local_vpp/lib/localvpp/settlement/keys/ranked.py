"""A key among parties who had other names when their slot was settled.

Who gets the Wh that cannot be divided, and who is served first, is decided by names. So whoever settles a slot again
under other names, as a month does by flats what was settled by devices, has to use those of then.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..apportion import Ordered
from ..delivery import Trade
from ..transfer import Transfer
from .key import SharingKey
from .traded import Traded


@dataclass(frozen=True, slots=True)
class Ranked[Name: Ordered, Then: Ordered]:
    """The key, and who was who."""

    key: SharingKey[Then]
    then: Mapping[Name, Then]
    """By what name each took part: several may be one's now, and one of them was."""
    names: Mapping[Then, Name]

    @property
    def trades(self) -> tuple[Trade[Name], ...]:
        """The trades, if it is by these. What two who are one now have traded with one another is none of his."""
        if not isinstance(self.key, Traded):
            return ()
        sides = [(self.names[each.seller], self.names[each.buyer], each) for each in self.key.trades]
        return tuple(
            Trade(seller, buyer, each.wh, each.price, each.seller_price)
            for seller, buyer, each in sides
            if seller != buyer
        )

    def share(self, need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot."""
        needed = {self.then[name]: wh for name, wh in need.items()}
        had = {self.then[name]: wh for name, wh in surplus.items()}
        return tuple(
            Transfer(self.names[each.sender], self.names[each.receiver], each.energy_wh, each.money, each.rent)
            for each in self.key.share(needed, had, inside)
        )

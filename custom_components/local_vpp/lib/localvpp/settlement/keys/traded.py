"""Who has traded with whom: the pair matrix of the market, as far as the meters bear it (`delivery`).

What was not traded is shared with nobody: it meets the building's grid prices.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..apportion import Ordered
from ..delivery import Trade, deliver
from ..transfer import Transfer


@dataclass(frozen=True, slots=True)
class Traded[Name: Ordered]:
    """The trades of one slot."""

    trades: tuple[Trade[Name], ...]

    def share(
        self,
        need: Mapping[Name, int],
        surplus: Mapping[Name, int],
        inside: int,
    ) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot: one for each trade of which anything was delivered."""
        return tuple(each.transfer for each in deliver(self.trades, need, surplus) if each.energy_wh)

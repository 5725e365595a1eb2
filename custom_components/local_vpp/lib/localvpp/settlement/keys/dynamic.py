"""Surplus is shared in proportion to use.

The pool is the smaller of all surplus and all use. It is divided over the takers in proportion to their use and over
the givers in proportion to their surplus, by largest remainders.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..apportion import Ordered, apportion
from ..transfer import Transfer
from .key import pooled


@dataclass(frozen=True, slots=True)
class Dynamic[Name: Ordered]:
    """The key of a building that has agreed on no other."""

    def share(self, need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot."""
        pool = min(sum(need.values()), sum(surplus.values()))
        return pooled(apportion(pool, need), surplus, inside)

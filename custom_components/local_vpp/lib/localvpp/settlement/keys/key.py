"""What a sharing key is, and how a pool becomes transfers."""

from collections.abc import Mapping
from typing import Protocol

from ..apportion import Ordered, apportion
from ..transfer import Transfer, pair_off


class SharingKey[Name: Ordered](Protocol):
    """The rule of one slot.

    What every key promises, and `settle` asserts: no taker gets more than he needs, no giver gives more than he has,
    as much is given as taken. Neither the order in which flats are told nor who asks makes a difference.
    """

    def share(self, need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot.

        Args:
            need: Wh that a flat's meter counted inwards beyond its own surplus, by flat.
            surplus: Wh that it counted outwards beyond its own use; nobody has both.
            inside: the building's inside price in ticks; a key whose energy has prices of its own may ignore it.
        """
        ...


def pooled[Name: Ordered](
    received: Mapping[Name, int], surplus: Mapping[Name, int], inside: int
) -> tuple[Transfer[Name], ...]:
    """Return the transfers by which the givers fill what takers get, each giver in proportion to what he has left."""
    given = apportion(sum(received.values()), surplus)
    return tuple(Transfer(giver, taker, wh, wh * inside) for giver, taker, wh in pair_off(given, received))

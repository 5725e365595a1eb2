"""Everyone gets the same, until he needs no more: water-filling.

Among all divisions it is the one whose smallest part is largest, then the second smallest, and so on: who needs little
is served whole, and nobody gets less because a neighbour heats in the peak. Givers are filled up in the same way, so
that a small roof sells as much as a large one until it has no more. The last Wh that do not make one for each
go to the first names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..apportion import Ordered
from ..transfer import Transfer, pair_off


@dataclass(frozen=True, slots=True)
class MaxMin[Name: Ordered]:
    """The key that raises the floor."""

    def share(self, need: Mapping[Name, int], surplus: Mapping[Name, int], inside: int) -> tuple[Transfer[Name], ...]:
        """Return the transfers of a slot."""
        pool = min(sum(need.values()), sum(surplus.values()))
        given, received = level(pool, surplus), level(pool, need)
        return tuple(Transfer(giver, taker, wh, wh * inside) for giver, taker, wh in pair_off(given, received))


def level[Name: Ordered](pool: int, most: Mapping[Name, int]) -> dict[Name, int]:
    """Divide a pool so that each gets the same or all that he can take; the pool is at most the sum of these."""
    assert pool <= sum(most.values()), "more than everyone can take"
    parts: dict[Name, int] = {}
    left, waiting = pool, len(most)
    # From the one who can take least: each either is filled, or gets the level as do all after him.
    for name in sorted(most, key=lambda each: (most[each], each)):
        if most[name] * waiting > left:
            break
        parts[name] = most[name]
        left -= most[name]
        waiting -= 1
    if waiting:
        even, over = divmod(left, waiting)
        for at, name in enumerate(sorted(each for each in most if each not in parts)):
            parts[name] = even + (at < over)
    assert sum(parts.values()) == pool
    return parts

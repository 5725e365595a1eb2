"""Energy that one flat gave another, and the pairing of who gives with who gets."""

from collections.abc import Mapping
from dataclasses import dataclass

from .apportion import Ordered


@dataclass(frozen=True, slots=True)
class Transfer[Name]:
    """Energy that one flat gave another."""

    sender: Name
    receiver: Name
    energy_wh: int
    money: int
    """What the sender gets for it, in 10⁻⁵ yen."""
    rent: int = 0
    """What the receiver pays beyond that, to the building: the rent of a full line, or what a price rule leaves."""


def pair_off[Name: Ordered](given: Mapping[Name, int], received: Mapping[Name, int]) -> list[tuple[Name, Name, int]]:
    """Pair givers and takers in the order of their names, each used up before the next one (the north-west corner).

    At most givers + takers - 1 pairs, no two with the same parties, and the same for everyone who re-runs it.
    """
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

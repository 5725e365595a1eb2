"""Who comes first among equals: the order of H(seed ‖ id).

It is part of the problem, not of a solver: with it every book has exactly one best solution, and nobody can search for
one among equally good ones that suits him. The seed is made after all orders are fixed, by all who gave one.

Only among equals does it matter who comes first. So ranks are drawn when they are asked for: of a million orders some
hundreds stand at the margin, and hashing the rest would take longer than clearing them.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
import hashlib

import numpy as np

from .arrays import Ints


class Draw:
    """The ranks of some names, orders or flats, which are told by their numbers."""

    def __init__(self, seed: bytes, names: Iterable[str]) -> None:
        """Take names in the order of their numbers; they are read when they are asked for, once."""
        self._seed = seed
        self._names = names

    @cached_property
    def names(self) -> Sequence[str]:
        """All names, by their numbers."""
        return self._names if isinstance(self._names, Sequence) else list(self._names)

    def order(self, numbers: Ints) -> Ints:
        """Return at which places of `numbers` those stand who come first, second, and so on."""
        if len(numbers) < 2:
            return np.arange(len(numbers))
        return tie_order(self._seed, [self.names[number] for number in numbers.tolist()])


class Owners:
    """Whose orders they are: a number for each flat, made when it is first asked for. Only the floor counts flats."""

    def __init__(self, seed: bytes, names: Iterable[str]) -> None:
        """Take the flat of each order, in the order of their numbers; they are read when they are asked for, once."""
        self._seed = seed
        self._names = names

    @cached_property
    def _numbered(self) -> tuple[list[str], list[int]]:
        numbers: dict[str, int] = {}
        by_order = [numbers.setdefault(name, len(numbers)) for name in self._names]
        return list(numbers), by_order

    @cached_property
    def flats(self) -> Draw:
        """The ranks of flats, by their numbers."""
        return Draw(self._seed, self._numbered[0])

    @cached_property
    def by_order(self) -> Ints:
        """The flat of each order."""
        return np.array(self._numbered[1], np.int64)


def tie_order(seed: bytes, ids: Sequence[str]) -> Ints:
    """Return the indices of the orders, first the one that comes first among equals."""
    draw = hashlib.sha256
    drawn = [draw(seed + name.encode()).digest() for name in ids]
    # The first 8 bytes of 32 tell nearly all apart; what they do not is decided by the rest.
    heads = np.frombuffer(b"".join(drawn), dtype=">u8")[::4]
    order = np.argsort(heads, kind="stable").astype(np.int64)
    if len(order) > 1 and bool(np.any(heads[order[1:]] == heads[order[:-1]])):
        order = np.array(sorted(range(len(drawn)), key=lambda k: (drawn[k], ids[k])), dtype=np.int64)
    return order

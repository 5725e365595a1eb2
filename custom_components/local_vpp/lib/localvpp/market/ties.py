"""Who comes first among equals: the order of H(seed ‖ id).

It is part of the problem, not of a solver: with it every book has exactly one best solution, and nobody can search for
one among equally good ones that suits him. The seed is made after all orders are fixed, by all who gave one.
"""

from collections.abc import Sequence
import hashlib

import numpy as np

from .arrays import Ints


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

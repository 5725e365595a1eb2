"""Dividing a whole by weights without losing a unit: the method of largest remainders (Hamilton)."""

from collections.abc import Hashable, Mapping
from typing import Any, Protocol


class Ordered(Hashable, Protocol):
    """A name that can be sorted, so that ties fall the same way everywhere."""

    def __lt__(self, other: Any, /) -> bool: ...


def apportion[Key: Ordered](whole: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Return parts in proportion to the weights that sum exactly to the whole.

    Each gets the floor of its share; the units left go to the largest remainders, equal ones in the
    order of their keys, so that everyone who re-runs it gets the same. When the whole is at most the sum
    of the weights, no part exceeds its weight. Raises ValueError for a negative weight or whole, and for
    a whole that nothing has a weight for.
    """
    total = sum(weights.values())
    if whole < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError(f"cannot apportion {whole} by {dict(weights)}: nothing may be negative")
    if total == 0:
        if whole:
            raise ValueError(f"cannot apportion {whole}: all weights are zero")
        return dict.fromkeys(weights, 0)
    parts = {key: whole * weight // total for key, weight in weights.items()}
    left = whole - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: (-(whole * weights[key] % total), key))
    for key in by_remainder[:left]:
        parts[key] += 1
    assert sum(parts.values()) == whole
    return parts

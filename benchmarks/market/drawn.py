"""Random books in columns, and trees of lines like a building's."""

from collections.abc import Callable
import time

import numpy as np

from localvpp.market.lots import Lots, Tree

TICKS = 4_000
"""Limits lie from 0 to 40 yen/kWh, in ticks of 0.01 yen."""


def lots(orders: int, *, seed: int = 1) -> Lots:
    """Return orders of up to 2 kWh at one place; half of them bids."""
    draw = np.random.default_rng(seed)
    return Lots(
        draw.integers(1, 2_000, orders),
        draw.integers(0, TICKS, orders),
        draw.random(orders) < 0.5,
        np.zeros(orders, np.int64),
    )


def tree(widths: tuple[int, ...], per_line: int, *, seed: int = 2) -> Tree:
    """Return a tree with so many children at each node of each level; some of its lines are tight."""
    draw = np.random.default_rng(seed)
    parent, depth, above = [0], [0], [0]
    for level, width in enumerate(widths, start=1):
        here = []
        for node in above:
            for _ in range(width):
                here.append(len(parent))
                parent.append(node)
                depth.append(level)
        above = here
    count = len(parent)
    limits = [draw.integers(0, 2 * per_line * 10 ** (len(widths) - np.array(depth)), count) for _ in range(2)]
    return Tree(tuple(str(node) for node in range(count)), np.array(parent), np.array(depth), *limits)


def at_leaves(some: Lots, over: Tree, *, seed: int = 3) -> Lots:
    """Return the orders at random leaves of a tree."""
    leaves = np.flatnonzero(over.depth == over.levels)
    return some.at(np.random.default_rng(seed).choice(leaves, len(some)))


def best_ms(rounds: int, run: Callable[[], object]) -> float:
    """Return the milliseconds of the quickest of several rounds."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begin)
    return min(taken) * 1000

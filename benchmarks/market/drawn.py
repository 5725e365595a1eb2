"""Random books in columns, and trees of lines like a building's."""

from collections.abc import Callable
from dataclasses import dataclass
import time

import numpy as np

from localvpp.market.arrays import Flags, Ints
from localvpp.market.checking.setting import Columns, Turns
from localvpp.market.lots import A_TICK, BUYS, Lots, Tree, in_columns
from localvpp.market.ties import Draw, Owners

TICKS = 4_000
"""Limits lie from 0 to 40 yen/kWh, in ticks of 0.01 yen."""
SEED = bytes(range(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Orders as they come, each of a flat of its own: nothing is sorted or ranked."""

    wh: Ints
    limit: Ints
    bid: Flags
    place: Ints
    names: list[str]

    def __len__(self) -> int:
        return len(self.wh)

    def lots(self) -> Lots:
        """Return the columns that clearing counts with."""
        return in_columns(
            self.limit * A_TICK + self.bid * BUYS + self.wh,
            place=self.place,
            orders=Draw(SEED, self.names),
            owners=Owners(SEED, self.names),
        )

    def columns(self) -> Columns:
        """Return those that a check counts with."""
        turns = Turns(SEED, self.names)
        return Columns(
            wh=self.wh,
            size=self.wh,
            limit=self.limit,
            bid=self.bid,
            place=self.place,
            flat=np.arange(len(self)),
            turns=turns,
            flats=turns,
        )


def orders(count: int, *, seed: int = 1, over: Tree | None = None) -> Drawn:
    """Return orders of up to 2 kWh, half of them bids, at random leaves of a tree or at one place."""
    draw = np.random.default_rng(seed)
    return Drawn(
        wh=draw.integers(1, 2_000, count),
        limit=draw.integers(0, TICKS, count),
        bid=draw.random(count) < 0.5,
        place=np.zeros(count, np.int64)
        if over is None
        else draw.choice(np.flatnonzero(over.depth == over.levels), count),
        names=[f"order-{number}" for number in range(count)],
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


def best_ms(rounds: int, run: Callable[[], object]) -> float:
    """Return the milliseconds of processor time of the quickest of several rounds."""
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        run()
        taken.append(time.process_time() - begin)
    return min(taken) * 1000

"""How long it takes to clear, to pair and to check a book of columns."""

import hashlib
import time

import numpy as np

from localvpp.market.checking.claim import Claim
from localvpp.market.checking.stage import check_stage
from localvpp.market.clearing.energy import clear_energy
from localvpp.market.clearing.floor import raise_floor
from localvpp.market.clearing.gain import clear_gain
from localvpp.market.lots import Lots, Tree, one_place
from localvpp.market.pairing import Pairs, pair
from localvpp.market.pricing import price_pairs
from localvpp.market.rules import Objective, PriceRule

from ..figures import Figure
from .drawn import at_leaves, best_ms, lots, tree


class Names:
    """Names of orders, made when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> str:
        return f"order {index}"


def cleared(some: Lots, over: Tree) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Clear for the most gain, pair and price; return the pairs, their prices, and those of the proof."""
    solved = clear_gain(some, over)
    pairs = pair(some, over, solved.fills, solved.sequence)
    price = price_pairs(PriceRule.MID, Objective.GAIN, some, over, solved.fills, pairs)
    return pairs, price, solved.prices


def checked(some: Lots, over: Tree, pairs: Pairs, price: np.ndarray, proof: np.ndarray) -> None:
    """Check everything that the trades say."""
    claim = Claim(
        lots=some,
        tree=over,
        ids=Names(len(some)),  # type: ignore[arg-type]  # as much of a sequence as is used
        objective=Objective.GAIN,
        rule=PriceRule.MID,
        ask=pairs.ask,
        bid=pairs.bid,
        wh=pairs.wh,
        price=price,
        seller_price=price,
        prices=proof,
    )
    assert check_stage(claim) == []


def whole(name: str, some: Lots, over: Tree, rounds: int, at_most: float | None) -> list[Figure]:
    """Return the figures of one book."""
    parts: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        begin = time.perf_counter()
        solved = clear_gain(some, over)
        middle = time.perf_counter()
        pairs = pair(some, over, solved.fills, solved.sequence)
        price = price_pairs(PriceRule.MID, Objective.GAIN, some, over, solved.fills, pairs)
        paired = time.perf_counter()
        checked(some, over, pairs, price, solved.prices)
        parts.append((middle - begin, paired - middle, time.perf_counter() - paired))
    best = min(parts, key=sum)
    numbers = np.random.default_rng(4).integers(0, 2**62, len(some))
    return [
        Figure(
            name=f"{name}: cleared, paired and checked",
            value=sum(best) * 1000,
            unit="ms",
            at_most=at_most,
            beside={
                "ms to clear": best[0] * 1000,
                "ms to pair and price": best[1] * 1000,
                "ms to check": best[2] * 1000,
                "trades": len(pairs.wh),
                "million trades/s": len(pairs.wh) / sum(best[:2]) / 1e6,
                "ms to sort as many numbers": best_ms(rounds, lambda: np.sort(numbers, kind="stable")),
            },
        )
    ]


def run_free(*, sizes: tuple[int, ...] = (100, 10_000, 1_000_000), rounds: int = 7) -> list[Figure]:
    """Measure books without lines."""
    targets = {10_000: 5.0, 1_000_000: 500.0}
    figures = []
    for size in sizes:
        some = lots(size)
        figures += whole(f"{size:,} orders", some, one_place(), rounds, targets.get(size))
    some = lots(sizes[-1])
    solved = clear_gain(some, one_place())
    middle = np.full(1, int(solved.prices[0]), np.int64)
    ids = [f"order-{index}" for index in range(sizes[-1])]
    figures.append(
        Figure(
            name=f"{sizes[-1]:,} orders: most energy",
            value=best_ms(rounds, lambda: clear_energy(some)),
            unit="ms",
            beside={
                "ms to raise the floor": best_ms(3, lambda: raise_floor(some, one_place(), solved.fills, middle)),
                "ms to hash the ids": best_ms(1, lambda: [hashlib.sha256(name.encode()).digest() for name in ids]),
            },
        )
    )
    return figures


def run_lines(*, orders: int = 100_000, widths: tuple[int, ...] = (10, 10, 10), rounds: int = 7) -> list[Figure]:
    """Measure books over a building with risers, floors and flats: four levels with the meter's."""
    over = tree(widths, orders * 250 // 1_000)
    some = at_leaves(lots(orders), over)
    # Clearing, pairing and the proof's prices are what a slot waits for; the check runs in each flat.
    (figure,) = whole(f"{orders:,} orders, {len(widths) + 1} levels", some, over, rounds, None)
    solving = Figure(
        name=f"{orders:,} orders, {len(widths) + 1} levels: cleared and paired",
        value=best_ms(rounds, lambda: cleared(some, over)),
        unit="ms",
        at_most=100.0,
        beside={"lines": len(over.names) - 1, "ms to clear": figure.beside["ms to clear"]},
    )
    return [solving, figure]


def run_year(*, slots: int = 17_520, orders: int = 100) -> list[Figure]:
    """Measure a year of half hours, each a book of its own."""
    books = [lots(orders, seed=number) for number in range(slots)]
    place = one_place()
    begin = time.perf_counter()
    results = [cleared(some, place) for some in books]
    solved = time.perf_counter()
    for some, result in zip(books, results, strict=True):
        checked(some, place, *result)
    done = time.perf_counter()
    return [
        Figure(
            name=f"{slots:,} slots × {orders} orders: cleared and paired",
            value=solved - begin,
            unit="s",
            at_most=5.0,
            beside={"s to check all": done - solved, "ms for a slot": (solved - begin) / slots * 1000},
        )
    ]

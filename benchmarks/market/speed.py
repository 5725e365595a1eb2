"""How long it takes to rank, to clear, to pair and to check a book of columns."""

from dataclasses import dataclass, replace
import hashlib
import time

import numpy as np

from localvpp.market.arrays import Ints
from localvpp.market.checking.claim import Claim
from localvpp.market.checking.stage import check_stage
from localvpp.market.clearing.energy import clear_energy
from localvpp.market.clearing.floor import raise_floor
from localvpp.market.clearing.gain import clear_gain
from localvpp.market.lots import Tree, one_place
from localvpp.market.pairing import pair
from localvpp.market.pricing import price_pairs
from localvpp.market.rules import Objective, PriceRule

from ..figures import Figure
from .drawn import SEED, Drawn, best_ms, orders, tree


@dataclass(frozen=True, slots=True)
class Outcome:
    """Trades by the numbers of their orders, their prices, and those that prove them."""

    ask: Ints
    bid: Ints
    wh: Ints
    price: Ints
    proof: Ints


def cleared(some: Drawn, over: Tree) -> tuple[Outcome, tuple[float, float, float]]:
    """Put orders in order, clear for the most gain, pair and price; return what came of it, and when what was done."""
    lots = some.lots()
    sorted_ = time.process_time()
    solved = clear_gain(lots, over)
    solved_ = time.process_time()
    pairs = pair(lots, over, solved.fills)
    price = price_pairs(PriceRule.MID, Objective.GAIN, lots, over, solved.fills, pairs)
    outcome = Outcome(lots.number[pairs.ask], lots.number[pairs.bid], pairs.wh, price, solved.prices)
    return outcome, (sorted_, solved_, time.process_time())


def checked(some: Drawn, over: Tree, outcome: Outcome) -> None:
    """Check everything that the trades say."""
    claim = Claim(
        lots=some.columns(),
        tree=over,
        objective=Objective.GAIN,
        rule=PriceRule.MID,
        ask=outcome.ask,
        bid=outcome.bid,
        wh=outcome.wh,
        price=outcome.price,
        seller_price=outcome.price,
        prices=outcome.proof,
    )
    assert check_stage(claim) == []


def whole(name: str, some: Drawn, over: Tree, rounds: int, at_most: float | None) -> list[Figure]:
    """Return the figures of one book."""
    parts: list[tuple[float, float, float, float]] = []
    clock: list[float] = []
    outcome: Outcome | None = None
    for _ in range(rounds):
        began, begin = time.perf_counter(), time.process_time()
        outcome, (in_order, solved, paired) = cleared(some, over)
        checked(some, over, outcome)
        parts.append((in_order - begin, solved - in_order, paired - solved, time.process_time() - paired))
        clock.append(time.perf_counter() - began)
    assert outcome is not None
    best = min(parts, key=sum)
    numbers = np.random.default_rng(4).integers(0, 2**62, len(some))
    return [
        Figure(
            name=f"{name}: ranked, cleared, paired and checked",
            value=sum(best) * 1000,
            unit="ms",
            at_most=at_most,
            beside={
                "ms to put in order": best[0] * 1000,
                "ms to clear": best[1] * 1000,
                "ms to pair and price": best[2] * 1000,
                "ms to check": best[3] * 1000,
                "ms by the clock, the quickest": min(clock) * 1000,
                "ms by the clock, the slowest": max(clock) * 1000,
                "trades": len(outcome.wh),
                "million trades/s": len(outcome.wh) / sum(best[:3]) / 1e6,
                "ms to sort as many numbers": best_ms(rounds, lambda: np.sort(numbers, kind="stable")),
                "ms to hash all ids": best_ms(
                    min(rounds, 3), lambda: [hashlib.sha256(SEED + name.encode()).digest() for name in some.names]
                ),
            },
        )
    ]


def run_free(*, sizes: tuple[int, ...] = (100, 10_000, 1_000_000), rounds: int = 7) -> list[Figure]:
    """Measure books without lines."""
    targets = {10_000: 5.0, 1_000_000: 500.0}
    figures = []
    for size in sizes:
        some = orders(size)
        figures += whole(f"{size:,} orders", some, one_place(), rounds, targets.get(size))
    lots = orders(sizes[-1]).lots()
    solved = clear_gain(lots, one_place())
    middle = np.full(1, int(solved.prices[0]), np.int64)
    figures.append(
        Figure(
            name=f"{sizes[-1]:,} orders: most energy",
            value=best_ms(rounds, lambda: clear_energy(lots)),
            unit="ms",
            beside={"ms to raise the floor": best_ms(3, lambda: raise_floor(lots, one_place(), solved.fills, middle))},
        )
    )
    return figures


def run_lines(*, count: int = 100_000, widths: tuple[int, ...] = (10, 10, 10), rounds: int = 7) -> list[Figure]:
    """Measure books over a building with risers, floors and flats: four levels with the meter's."""
    over = tree(widths, count * 250 // 1_000)
    figures = whole(f"{count:,} orders, {len(widths) + 1} levels", orders(count, over=over), over, rounds, 100.0)
    return [replace(figures[0], beside={"lines": len(over.names) - 1, **figures[0].beside})]


def run_year(*, slots: int = 17_520, count: int = 100) -> list[Figure]:
    """Measure a year of half hours, each a book of its own."""
    books = [orders(count, seed=number) for number in range(slots)]
    place = one_place()
    begin = time.process_time()
    outcomes = [cleared(some, place)[0] for some in books]
    solved = time.process_time()
    for some, outcome in zip(books, outcomes, strict=True):
        checked(some, place, outcome)
    done = time.process_time()
    return [
        Figure(
            name=f"{slots:,} slots × {count} orders: ranked, cleared and paired",
            value=solved - begin,
            unit="s",
            at_most=5.0,
            beside={"s to check all": done - solved, "ms for a slot": (solved - begin) / slots * 1000},
        )
    ]

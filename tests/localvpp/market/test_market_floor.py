"""The floor is as high as it can be: against every way of sharing, Wh by Wh."""

from collections.abc import Iterator
import random

import numpy as np

from localvpp.market import Book, Objective, Order, Side, check, clear
from localvpp.market.clearing.floor import pour


def ways(wh: list[int], energy: int) -> Iterator[tuple[int, ...]]:
    if not wh:
        if energy == 0:
            yield ()
        return
    for first in range(min(wh[0], energy) + 1):
        for rest in ways(wh[1:], energy - first):
            yield (first, *rest)


def test_no_sharing_has_a_higher_floor() -> None:
    draw = random.Random(1)
    for _ in range(200):
        count = draw.randint(1, 4)
        wh = [draw.randint(0, 5) for _ in range(count)]
        gaps = [draw.randint(0, 4) for _ in range(count)]
        energy = draw.randint(0, sum(wh))
        if not energy:
            continue
        shared, level = pour(np.array(wh), np.array(gaps), energy)
        assert int(shared.sum()) == energy
        assert bool(np.all((shared >= 0) & (shared <= np.array(wh))))

        def gains(way: tuple[int, ...], gaps: list[int] = gaps) -> list[int]:
            return sorted(one * gap for one, gap in zip(way, gaps, strict=True))

        best = max(gains(way) for way in ways(wh, energy))
        ours = gains(tuple(shared.tolist()))
        # Up to the level it is the best there is; beyond it the ranks decide who has the odd Wh.
        assert [gain for gain in ours if gain <= level] == [gain for gain in best if gain <= level]


def test_who_gains_least_gains_more_than_by_the_most_gain() -> None:
    orders = (
        Order(id="sun", flat="1", side=Side.ASK, wh=600, limit=800),
        Order(id="rich", flat="2", side=Side.BID, wh=600, limit=2800),
        Order(id="poor", flat="3", side=Side.BID, wh=600, limit=2000),
    )
    book = Book(seed=b"", orders=orders)
    by_gain, by_floor = clear(book), clear(book, Objective.FLOOR)
    assert [(trade.buyer, trade.wh) for trade in by_gain.trades] == [("rich", 600)]
    price = (800 + 2800) // 2
    shared = {trade.buyer: trade.wh for trade in by_floor.trades}
    assert by_floor.energy_wh == by_gain.energy_wh
    assert {trade.price for trade in by_floor.trades} == {price}
    assert shared == {"rich": 100, "poor": 500}
    assert shared["rich"] * (2800 - price) == shared["poor"] * (2000 - price)
    assert check(book, by_floor) == ()

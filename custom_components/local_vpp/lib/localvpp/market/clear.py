"""From a book to its result."""

from collections.abc import Iterator, Sequence

import numpy as np

from .arrays import Flags
from .book import Book
from .clearing.stages import Market, Staged, run_stages
from .clearing.whole import USUAL, Effort, choose
from .errors import BookError
from .lots import Tree, lots_of, one_place, tree_of
from .order import Side
from .result import Certificate, FloorLevel, Proof, Result, Trade
from .rules import Objective, PriceRule
from .suited import unsuited


def clear(
    book: Book,
    objective: Objective = Objective.GAIN,
    price: PriceRule = PriceRule.MID,
    effort: Effort = USUAL,
) -> Result:
    """Return the book's one solution; the best that an effort finds where orders refuse parts.

    Raises BookError for what the objective or the price rule cannot serve.
    """
    if why := unsuited(book, objective, price):
        raise BookError(why)
    markets = list(markets_of(book))
    chosen = choose(book, markets, objective, price, effort)
    proofs, trades = list[Proof](), list[Trade]()
    energy = gain = 0
    for market, flags in zip(markets, chosen.left_out, strict=True):
        for staged in run_stages(market, objective, price, flags):
            proofs.append(_proof(staged, market.orders[0].slot))
            trades += _trades(staged)
            energy += int(staged.pairs.wh.sum())
            gain += gain_of(staged)
    return Result(
        energy_wh=energy,
        gain=gain,
        trades=tuple(trades),
        certificate=Certificate(
            objective=objective,
            price=price,
            stages=tuple(proofs),
            left_out=tuple(sorted(_left_out(markets, chosen.left_out))),
            bounds=chosen.bounds,
        ),
        gap=chosen.gap(gain),
    )


def markets_of(book: Book) -> Iterator[Market]:
    """Give each slot of a book, in columns."""
    lines = book.lines
    tree: Tree = one_place() if lines is None else tree_of(lines)
    for orders in book.slots().values():
        yield Market(*lots_of(orders, book.seed, tree, {} if lines is None else lines.flats), tree)


def gain_of(staged: Staged) -> int:
    """Return what a stage's trades gain."""
    lots, fills = staged.lots, staged.fills
    return int(np.where(lots.bid, lots.limit, -lots.limit) @ fills)


def _left_out(markets: list[Market], flags: Sequence[Flags | None]) -> Iterator[str]:
    for market, out in zip(markets, flags, strict=True):
        if out is not None:
            yield from market.lots.names(np.flatnonzero(out))


def _trades(staged: Staged) -> Iterator[Trade]:
    lots, pairs, prices = staged.lots, staged.pairs, staged.price.tolist()
    columns = lots.names(pairs.ask), lots.names(pairs.bid), pairs.wh.tolist(), prices
    if staged.seller_price is None:
        return map(Trade, *columns, strict=True)
    sold = zip(prices, staged.seller_price.tolist(), strict=True)
    return map(Trade, *columns, (None if lower == price else lower for price, lower in sold), strict=True)


def _proof(staged: Staged, slot: int) -> Proof:
    names = staged.tree.names
    return Proof(
        stage=staged.stage,
        slot=slot,
        trades=len(staged.pairs.wh),
        seller=staged.seller,
        buyer=staged.buyer,
        prices={} if staged.prices is None else dict(zip(names, staged.prices.tolist(), strict=True)),
        threshold=staged.threshold,
        values=staged.values or {},
        reference={} if staged.reference is None else dict(zip(names, staged.reference.tolist(), strict=True)),
        levels=tuple(
            FloorLevel(names[level.node], Side.BID if level.bid else Side.ASK, level.gain) for level in staged.levels
        ),
    )

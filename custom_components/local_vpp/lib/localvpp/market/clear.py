"""From a book to its result."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from .arrays import Flags
from .book import Book
from .clearing.few import are_few, clear_few
from .clearing.stages import Market, Staged, run_stages
from .clearing.whole import NOTHING_CHOSEN, USUAL, Chosen, Effort, choose
from .errors import BookError
from .lots import Tree, lots_of, one_place, tree_of
from .order import Order, Side
from .result import Certificate, FloorLevel, Part, Proof, Result, Trade, trades_of
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
    if are_few(book, objective, price):
        parts = [clear_few(orders, book.seed, price) for orders in book.slots().values()]
        return _result(parts, objective, price)
    markets = list(markets_of(book))
    chosen = choose(book, markets, objective, price, effort)
    parts = [
        _part(staged, market.given)
        for market, flags in zip(markets, chosen.left_out, strict=True)
        for staged in run_stages(market, objective, price, flags)
    ]
    return _result(parts, objective, price, chosen, tuple(sorted(_left_out(markets, chosen.left_out))))


def _result(
    parts: Sequence[Part],
    objective: Objective,
    price: PriceRule,
    chosen: Chosen = NOTHING_CHOSEN,
    left_out: tuple[str, ...] = (),
) -> Result:
    gain = sum([part.gain for part in parts])
    return Result(
        energy_wh=sum([part.energy_wh for part in parts]),
        gain=gain,
        trades=tuple(chain.from_iterable([part.trades for part in parts])),
        certificate=Certificate(
            objective=objective,
            price=price,
            stages=tuple([part.proof for part in parts]),
            left_out=left_out,
            bounds=chosen.bounds,
        ),
        gap=chosen.gap(gain),
    )


def markets_of(book: Book) -> Iterator[Market]:
    """Give each slot of a book, in columns."""
    lines = book.lines
    tree: Tree = one_place() if lines is None else tree_of(lines)
    for orders in book.slots().values():
        yield Market(
            given=orders,
            lots=lots_of(orders, book.seed, tree, {} if lines is None else lines.flats),
            tree=tree,
            may_have_partners=book.has_partners,
            may_have_green_bids=book.has_green_bids,
        )


def gain_of(staged: Staged) -> int:
    """Return what a stage's trades gain."""
    limit, pairs = staged.lots.limit, staged.pairs
    return int((limit[pairs.bid] - limit[pairs.ask]).dot(pairs.wh))


def _left_out(markets: list[Market], flags: Sequence[Flags | None]) -> Iterator[str]:
    for market, out in zip(markets, flags, strict=True):
        if out is not None:
            yield from market.lots.names(np.flatnonzero(out))


def _part(staged: Staged, orders: Sequence[Order]) -> Part:
    return Part(
        proof=_proof(staged, orders[0].slot),
        trades=list(_trades(staged, orders)),
        energy_wh=int(staged.pairs.wh.sum()),
        gain=gain_of(staged),
    )


def _trades(staged: Staged, orders: Sequence[Order]) -> Iterator[Trade]:
    number, pairs, prices = staged.lots.number, staged.pairs, staged.price.tolist()
    sellers = [orders[ask].id for ask in number[pairs.ask].tolist()]
    buyers = [orders[bid].id for bid in number[pairs.bid].tolist()]
    sold: list[int | None] = [None] * len(prices)
    if staged.seller_price is not None:
        both = zip(prices, staged.seller_price.tolist(), strict=True)
        sold = [None if lower == price else lower for price, lower in both]
    return trades_of(zip(sellers, buyers, pairs.wh.tolist(), prices, sold, strict=True))


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
            [FloorLevel(names[level.node], Side.BID if level.bid else Side.ASK, level.gain) for level in staged.levels]
        ),
    )

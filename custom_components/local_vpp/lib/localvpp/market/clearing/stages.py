"""One slot, stage by stage: partners first, then those who buy nothing but green energy, then everybody.

Partners are two flats whose orders name each other. They trade what their limits allow, in the order of their best
ranks, and meet the others with what is left.

Without lines, with one price, green energy needs no stage: it is sold behind a gate that lets it out and nothing in, so
that all is cleared at once, and green energy is dearer than the rest only when more is wanted than there is. With
lines, or with the objective of most energy, no such price exists: what is promised green could flow the other way.
There those who buy nothing else are served before the rest.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..arrays import Flags, Ints
from ..lots import Lots, Tree, behind_a_gate, one_place
from ..order import Order, Side
from ..pairing import Pairs, pair
from ..pricing import margins, price_pairs
from ..result import Stage
from ..rules import Objective, PriceRule
from .energy import clear_energy
from .floor import Level, raise_floor
from .flow import clear_energy_over_lines
from .gain import clear_gain
from .mcafee import reduce_trades
from .partners import partnerships
from .zones import middle_prices, zones


@dataclass(frozen=True, kw_only=True)
class Market:
    """One slot's orders, as the book has them and in columns, and where they are."""

    given: tuple[Order, ...]
    lots: Lots
    tree: Tree
    may_have_partners: bool
    may_have_green_bids: bool
    """Whether the book has any, in whatever slot: where it has none nobody looks for them."""

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """The orders in the order of their columns: only who asks for more than energy at a limit is looked up."""
        return tuple([self.given[number] for number in self.lots.number.tolist()])

    @cached_property
    def has_green_bids(self) -> bool:
        """Whether some of the orders buy nothing but green energy."""
        return self.may_have_green_bids and any(order.requires for order in self.given)

    def green_asks(self) -> Flags:
        """Which orders sell green energy."""
        return np.array([order.side is Side.ASK and order.is_green for order in self.orders], np.bool_)

    def green_bids(self) -> Flags:
        """Which orders buy nothing else."""
        return np.array([order.wants_green for order in self.orders], np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What one stage did with some of the orders: indices and columns are theirs."""

    stage: Stage
    members: Ints
    lots: Lots
    tree: Tree
    fills: Ints
    pairs: Pairs
    price: Ints
    seller_price: Ints | None = None
    seller: str | None = None
    buyer: str | None = None
    prices: Ints | None = None
    threshold: int | None = None
    values: dict[int, int] | None = None
    reference: Ints | None = None
    levels: tuple[Level, ...] = ()


def run_stages(market: Market, objective: Objective, rule: PriceRule, left_out: Flags | None = None) -> list[Staged]:
    """Clear one slot, without the orders that are left out."""
    tree = market.tree
    green = market.has_green_bids
    gated = green and not tree.levels and objective is not Objective.ENERGY
    first = partnerships(market.orders, market.lots) if market.may_have_partners else []
    left = market.lots.wh if left_out is None else np.where(left_out, 0, market.lots.wh)
    done: list[Staged] = []

    def serve(stage: Stage, members: Ints, **names: str) -> None:
        nonlocal left, tree
        lots = replace(market.lots.take(members), wh=left[members])
        staged = _clear(stage, members, lots, tree, objective, rule, names)
        left = left.copy()
        left[members] -= staged.fills
        if tree.levels:
            tree = tree.loaded(tree.nets(staged.lots.sold(staged.fills, len(tree.names))))
        done.append(staged)

    for partners in first:
        serve(Stage.PARTNERS, partners.orders, seller=partners.seller, buyer=partners.buyer)
    if green and not gated:
        green_bids = market.green_bids()
        serve(Stage.GREEN, np.flatnonzero(market.green_asks() | green_bids))
        serve(Stage.MARKET, np.flatnonzero(~green_bids))
        return done
    lots = market.lots if left is market.lots.wh else replace(market.lots, wh=left)
    if gated:
        tree, lots = behind_a_gate(), lots.at((market.green_asks() | market.green_bids()).astype(np.int64))
    done.append(_clear(Stage.MARKET, np.arange(len(lots)), lots, tree, objective, rule, {}))
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    """What an objective makes of some orders; fields as `Staged` has them."""

    fills: Ints
    pairs_over: Tree
    prices: Ints | None = None
    threshold: int | None = None
    values: dict[int, int] | None = None
    reference: Ints | None = None
    levels: tuple[Level, ...] = ()


def _solve(lots: Lots, tree: Tree, objective: Objective) -> _Solved:
    """Clear some orders."""
    if objective is Objective.ENERGY and tree.levels:
        flow = clear_energy_over_lines(lots, tree)
        # Whose limits meet is decided by limits alone: lines carry sums, whoever they are for.
        return _Solved(fills=flow.fills, pairs_over=one_place(), prices=flow.prices, values=flow.values)
    if objective is Objective.ENERGY:
        fills, threshold = clear_energy(lots)
        return _Solved(fills=fills, pairs_over=tree, threshold=threshold)
    cleared = clear_gain(lots, tree)
    if objective is Objective.GAIN:
        return _Solved(fills=cleared.fills, pairs_over=tree, prices=cleared.prices)
    reference = _reference(lots, tree, cleared.fills)
    fills, levels = raise_floor(lots, tree, cleared.fills, reference)
    return _Solved(
        fills=fills,
        pairs_over=tree,
        prices=cleared.prices,
        reference=reference,
        levels=levels,
    )


def _reference(lots: Lots, tree: Tree, fills: Ints) -> Ints:
    """Return the price at each node that gains are counted from when the floor is raised.

    One price for all who trade is the middle as `pricing` has it. Where full lines part the building it is the middle
    of what contents each part.
    """
    dearest, lowest = margins(lots, tree, fills)
    trading = np.unique(lots.place[fills > 0])
    parts = np.unique(zones(tree, tree.nets(lots.sold(fills, len(tree.names))))[trading])
    if len(parts) > 1:
        return middle_prices(lots, tree, fills)
    middle = (int(dearest[trading[0]]) + int(lowest[trading[0]])) // 2 if len(trading) else 0
    return np.full(len(tree.names), middle, np.int64)


def _clear(
    stage: Stage,
    members: Ints,
    lots: Lots,
    tree: Tree,
    objective: Objective,
    rule: PriceRule,
    names: dict[str, str],
) -> Staged:
    """Clear, pair and price some orders."""
    solved = _solve(lots, tree, objective)
    fills = solved.fills
    reduced = reduce_trades(lots, fills) if rule is PriceRule.MCAFEE else None
    if reduced is not None:
        fills = reduced.fills
    over = solved.pairs_over
    pairs = pair(lots if over is tree else lots.at(np.zeros_like(lots.place)), over, fills)
    if reduced is not None:
        price = np.full(len(pairs.wh), reduced.buyer_price, np.int64)
    elif solved.reference is not None:
        price = (solved.reference[lots.place[pairs.ask]] + solved.reference[lots.place[pairs.bid]]) // 2
    else:
        price = price_pairs(rule, objective, lots, tree, fills, pairs)
    return Staged(
        stage=stage,
        members=members,
        lots=lots,
        tree=tree,
        fills=fills,
        pairs=pairs,
        price=price,
        seller_price=None if reduced is None else np.full(len(pairs.wh), reduced.seller_price, np.int64),
        prices=solved.prices,
        threshold=solved.threshold,
        values=solved.values,
        reference=solved.reference,
        levels=solved.levels,
        **names,
    )

"""What a slot is worth, and what it could be worth at most: if everything could be divided, and nobody came first.

What a result is worth to `energy` and `gain` its trades say. `floor` takes the energy of most gain, and then shares it
so that less is gained: it is worth what that energy would gain if at each node the best limits came first. So leaving
an order out, which makes others gain more by sharing with fewer, makes nothing better, and where the book trades as if
everything could be divided nothing is missing.
"""

from collections.abc import Mapping

import numpy as np

from ..arrays import Flags, Ints, rises
from ..lots import Lots, Tree, behind_a_gate
from ..result import Bound
from ..rules import Objective
from .energy import clear_energy
from .flow import clear_energy_over_lines
from .gain import clear_gain
from .stages import Market


def bound_of(market: Market, objective: Objective) -> tuple[Bound, int]:
    """Return what proves that a slot cannot be worth more, and how much that is: no less proves it."""
    slot = market.orders[0].slot
    if objective is Objective.ENERGY and market.tree.levels:
        flow = clear_energy_over_lines(market.lots, market.tree)
        prices = _by_node(market.tree, flow.energy_prices)
        return Bound(slot=slot, prices=prices, values=flow.energy_values), _bought(market.lots, flow.fills)
    if objective is Objective.ENERGY:
        fills, threshold = clear_energy(market.lots)
        return Bound(slot=slot, threshold=threshold), _bought(market.lots, fills)
    lots, tree = _at_gate(market)
    cleared = clear_gain(lots, tree)
    return Bound(slot=slot, prices=_by_node(tree, cleared.prices)), _gained(lots, cleared.fills)


def worth(market: Market, objective: Objective, filled: Mapping[int, int], left_out: Flags) -> int:
    """Return what a slot is worth by what its orders trade, all stages together."""
    fills = np.zeros(len(market.lots), np.int64)
    fills[list(filled)] = list(filled.values())
    if objective is Objective.ENERGY:
        return _bought(market.lots, fills)
    if objective is Objective.GAIN:
        return _gained(market.lots, fills)
    lots, _ = _at_gate(market)
    return _gained(lots, _best_first(lots, np.where(left_out, 0, lots.wh), fills))


def _at_gate(market: Market) -> tuple[Lots, Tree]:
    """Return where orders are cleared all at once: those for green energy behind a gate, where no lines limit."""
    green = market.green_bids()
    if not green.any() or market.tree.levels:
        return market.lots, market.tree
    return market.lots.at((market.green_asks() | green).astype(np.int64)), behind_a_gate()


def _best_first(lots: Lots, wh: Ints, fills: Ints) -> Ints:
    """Return fills of the same energy of each node's asks, and bids, of which the best limits have all they can."""
    best = np.zeros_like(fills)
    # Columns come in the order of their limits: the best of asks first, of bids last.
    for side in (np.flatnonzero(~lots.bid), np.flatnonzero(lots.bid)[::-1]):
        if not len(side):
            continue
        ordered = side[np.argsort(lots.place[side], kind="stable")]
        place, wide = lots.place[ordered], wh[ordered]
        first = np.flatnonzero(rises(place, -1))
        before = np.cumsum(wide) - wide
        before -= np.repeat(before[first], np.diff(np.append(first, len(place))))
        energy = np.zeros(int(place[-1]) + 1, np.int64)
        np.add.at(energy, place, fills[ordered])
        best[ordered] = np.clip(energy[place] - before, 0, wide)
    return best


def _bought(lots: Lots, fills: Ints) -> int:
    return int(fills[lots.bid].sum())


def _gained(lots: Lots, fills: Ints) -> int:
    return int(np.where(lots.bid, lots.limit, -lots.limit) @ fills)


def _by_node(tree: Tree, numbers: Ints) -> dict[str, int]:
    return dict(zip(tree.names, numbers.tolist(), strict=True))

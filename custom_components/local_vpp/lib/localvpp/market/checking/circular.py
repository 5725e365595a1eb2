"""Whether nothing better could circulate: the goal of most energy over lines with limits.

Energy goes round, from an ask's limit to its node, over lines to a bid's node, to the bid's limit and down to the
ask's. The certificate says what a Wh is worth at each node and limit. Whoever carries energy along a way at those
values cannot have more than the differences bring, so all that could be had is bounded, and who reaches that is best.

Of equally good solutions the ranks single out one: in it the first order trades as much as it does in any of them, of
those the second, and so on. If some way round were left by which an earlier order trades more, and only later ones
less, at the same energy and gain, it would be found: worth counted with a bit for each rank, no way round may cost less
than nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..arrays import Ints
from ..result import energy_worth
from .claim import Claim, Fault, Finding


def most_energy_over_lines(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give why the fills are not the most energy over lines, and of it the most gain and the ranks' one."""
    limits = sorted(set(claim.lots.limit.tolist()))
    if short := _lacking(claim, limits):
        yield Finding(Fault.OPTIMUM, "certificate", short)
        return
    worth = energy_worth(len(claim.lots))
    total, bound = _worths(claim, fills, worth, gains=True)
    if bound != total:
        energy = (bound - total) // worth
        says = (
            f"it proves up to {energy} Wh more than the trades move"
            if energy
            else "it proves more gain of the same energy"
        )
        yield Finding(Fault.OPTIMUM, "certificate", says, energy or None)
        return
    ways = _ways(claim, fills, worth, limits)
    if orders := _round(ways, len(claim.tree.names) + len(limits)):
        turns = claim.lots.turns
        first, *others = sorted(orders, key=turns.turn)
        later = ", ".join(claim.ids[order] for order in others) or "no other"
        yield Finding(
            Fault.TIE,
            claim.ids[first],
            f"of {claim.lots.wh[first]} Wh it trades {fills[first]}, and more would be as good; before {later}",
            int(claim.lots.wh[first] - fills[first]),
        )


def energy_bound(claim: Claim) -> int | None:
    """Return what no solution can move more than, in Wh, by what a Wh is worth where no gain counts.

    None where that is not said of each node and limit.
    """
    if _lacking(claim, sorted(set(claim.lots.limit.tolist()))):
        return None
    return _worths(claim, np.zeros_like(claim.lots.wh), 1, gains=False)[1]


def _lacking(claim: Claim, limits: list[int]) -> str | None:
    values = claim.values
    if claim.prices is None or any(limit not in values for limit in limits):
        return "it lacks what a Wh is worth at some node or limit"
    if any(values[low] > values[high] for low, high in pairwise(limits)):
        return "a Wh is worth less at a higher limit than at a lower one"
    return None


def _worths(claim: Claim, fills: Ints, worth: int, *, gains: bool) -> tuple[int, int]:
    """Return what the fills are worth, and what no solution is worth more than; `gains` is whether gain counts, too."""
    lots, tree, values = claim.lots, claim.tree, claim.values
    assert claim.prices is not None
    prices = claim.prices.tolist()
    total = bound = 0
    for wh, limit, bid, place, fill in zip(
        lots.wh.tolist(), lots.limit.tolist(), lots.bid.tolist(), lots.place.tolist(), fills.tolist(), strict=True
    ):
        each = (worth if bid else 0) + ((limit if bid else -limit) if gains else 0)
        rise = values[limit] - prices[place]
        bound += wh * max(each + (rise if bid else -rise), 0)
        total += fill * each
    for node in range(1, len(prices)):
        rise = prices[int(tree.parent[node])] - prices[node]
        bound += max(rise, 0) * int(tree.exports[node]) + max(-rise, 0) * int(tree.imports[node])
    return total, bound


@dataclass(frozen=True, slots=True)
class _Way:
    """A way that more energy could go, what it costs, and the order that would trade more or less by it."""

    begin: int
    end: int
    cost: int
    order: int | None = None


def _ways(claim: Claim, fills: Ints, worth: int, limits: list[int]) -> list[_Way]:
    """Return all ways that are left; places are numbered nodes first, then limits."""
    lots, tree, many = claim.lots, claim.tree, len(claim.lots)
    nodes = len(tree.names)
    rung = {limit: nodes + number for number, limit in enumerate(limits)}
    ways = [_Way(rung[high], rung[low], 0) for low, high in pairwise(limits)]
    # What goes down the ladder of limits now could go back: between two limits that is all that is sold below
    # but not bought there.
    down = 0
    for low, high in pairwise(limits):
        here = lots.limit == low
        down += int(fills[here & ~lots.bid].sum()) - int(fills[here & lots.bid].sum())
        if down > 0:
            ways.append(_Way(rung[low], rung[high], 0))
    flows = claim.flows(fills)
    for node in range(1, nodes):
        parent = int(tree.parent[node])
        if flows[node] < int(tree.exports[node]):
            ways.append(_Way(node, parent, 0))
        if flows[node] > -int(tree.imports[node]):
            ways.append(_Way(parent, node, 0))
    for order, rank in enumerate(lots.turns.places(range(many))):
        place, limit, first = int(lots.place[order]), int(lots.limit[order]), 1 << (many - 1 - rank)
        if lots.bid[order]:
            begin, end, cost = place, rung[limit], -((worth + limit) << many) - first
        else:
            begin, end, cost = rung[limit], place, (limit << many) - first
        if fills[order] < lots.wh[order]:
            ways.append(_Way(begin, end, cost, order))
        if fills[order] > 0:
            ways.append(_Way(end, begin, -cost, order))
    return ways


def _round(ways: list[_Way], places: int) -> list[int]:
    """Return the orders on a way round that costs less than nothing; none when there is no such way."""
    far, came = [0] * places, dict[int, _Way]()
    last = None
    for _ in range(places + 1):
        last = None
        for way in ways:
            if far[way.begin] + way.cost < far[way.end]:
                far[way.end], came[way.end], last = far[way.begin] + way.cost, way, way.end
        if last is None:
            return []
    assert last is not None
    for _ in range(places):  # Back until it is surely on the way round.
        last = came[last].begin
    orders, at = list[int](), last
    while True:
        way = came[at]
        if way.order is not None:
            orders.append(way.order)
        at = way.begin
        if at == last:
            return orders

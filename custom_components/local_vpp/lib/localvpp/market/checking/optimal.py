"""Whether nothing better was possible, and whether equal orders were served as the seed ranks them.

No solution is worth more than its certificate's prices allow: at a price for each node, take for every order what it
would gain if it traded all it likes at that price, and for every line what carrying all it can from the cheaper to the
dearer end would bring. The sum bounds every solution (weak duality), so one that reaches it, in integers, is best.

Of equally good ones the ranks single out one. A rising price passes the orders one by one (`Claim.keys`): in the one
solution each node has a place on that way, before which all orders are passed and behind which none is, and nodes whose
line has room to spare have the same place. Only for orders whose limit is the very price of their node can that be in
doubt, once the bound is reached: so only their turns are looked up.
"""

from collections.abc import Iterator

import numpy as np

from ..arrays import Flags, Ints
from ..order import HIGHEST_LIMIT
from .claim import Claim, Fault, Finding, told

_NOWHERE = 2**62


def most_gain(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give why the fills are not those of most gain, and of those the ranks' one."""
    yield from _bounded(claim, fills)
    yield from _ranked(claim, fills)


def dual(claim: Claim, prices: Ints) -> int:
    """Return what no solution can gain more than."""
    lots, tree = claim.lots, claim.tree
    at = prices[lots.place] if len(prices) > 1 else prices[0]
    better = np.where(lots.bid, lots.limit - at, at - lots.limit)
    total = int(np.maximum(better, 0) @ lots.wh)
    for node in range(1, len(prices)):
        rise = int(prices[tree.parent[node]]) - int(prices[node])
        total += rise * int(tree.exports[node]) if rise > 0 else -rise * int(tree.imports[node])
    return total


def fits(claim: Claim, prices: Ints | None) -> bool:
    """Whether prices are given for all nodes, and are some."""
    return (
        prices is not None
        and len(prices) == len(claim.tree.names)
        and bool(np.all((prices >= 0) & (prices <= HIGHEST_LIMIT)))
    )


def _bounded(claim: Claim, fills: Ints) -> Iterator[Finding]:
    lots, prices = claim.lots, claim.prices
    if not fits(claim, prices):
        yield Finding(Fault.OPTIMUM, "certificate", f"it lacks a price from 0 to {HIGHEST_LIMIT} for each node")
        return
    assert prices is not None
    gain = int(np.where(lots.bid, lots.limit, -lots.limit) @ fills)
    bound = dual(claim, prices)
    if gain == bound:
        return
    yield Finding(
        Fault.OPTIMUM, "certificate", f"its prices prove {bound} × 10⁻⁵ yen at most, and the trades gain {gain}"
    )
    at = prices[lots.place]
    better = np.where(lots.bid, lots.limit - at, at - lots.limit)
    for order in told((better > 0) & (fills < lots.wh)):
        yield Finding(
            Fault.OPTIMUM,
            claim.ids[order],
            f"at {at[order]} it would gain by trading all of its {lots.wh[order]} Wh, and trades {fills[order]}",
            int(lots.wh[order] - fills[order]),
        )
    for order in told((better < 0) & (fills > 0)):
        yield Finding(Fault.OPTIMUM, claim.ids[order], f"at {at[order]} it loses by what it trades", int(fills[order]))
    flows = claim.flows(fills)
    full = claim.full(flows)
    for node in range(1, len(flows)):
        rise = int(prices[claim.tree.parent[node]]) - int(prices[node])
        if (rise > 0 and not full[node][1]) or (rise < 0 and not full[node][0]):
            yield Finding(
                Fault.OPTIMUM, claim.tree.names[node], "its line has room, and yet its two ends have different prices"
            )


def _ranked(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give where the orders are not passed in their order."""
    if not fits(claim, claim.prices):
        return
    lots = claim.lots
    trading, room = fills > 0, fills < lots.wh
    passed = np.where(lots.bid, room, trading)
    waiting = np.where(lots.bid, trading, room)
    keys = claim.keys(claim.tied())
    if len(claim.tree.names) == 1:
        last, first = _extremes(keys, passed, waiting)
        if last > first:
            yield _turned(claim, keys, last, first, fills)
        return
    lows, highs = np.full(len(claim.tree.names), -1, np.int64), np.full(len(claim.tree.names), _NOWHERE, np.int64)
    np.maximum.at(lows, lots.place[passed], keys[passed])
    np.minimum.at(highs, lots.place[waiting], keys[waiting])
    low, high = lows.tolist(), highs.tolist()
    full, parents = claim.full(claim.flows(fills)), claim.tree.parent.tolist()
    for node in range(len(low) - 1, 0, -1):
        importing, exporting = full[node]
        # Below a line that exports all it can the place may be earlier than above it, below one that imports, later.
        if not importing:
            low[parents[node]] = max(low[parents[node]], low[node])
        if not exporting:
            high[parents[node]] = min(high[parents[node]], high[node])
    if low[0] > high[0]:
        yield _turned(claim, keys, low[0], high[0], fills)
        return
    for node in range(1, len(low)):
        importing, exporting = full[node]
        if not exporting:
            low[node] = max(low[node], low[parents[node]])
        if not importing:
            high[node] = min(high[node], high[parents[node]])
        if low[node] > high[node]:
            yield _turned(claim, keys, low[node], high[node], fills)
            return


def _extremes(keys: Ints, passed: Flags, waiting: Flags) -> tuple[int, int]:
    return int(np.max(keys, where=passed, initial=-1)), int(np.min(keys, where=waiting, initial=_NOWHERE))


def _turned(claim: Claim, keys: Ints, last: int, first: int, fills: Ints) -> Finding:
    """Tell of the last order that was passed and the first one that was not, which should be the other way round."""
    one, other = int(np.flatnonzero(keys == last)[0]), int(np.flatnonzero(keys == first)[0])
    return Finding(
        Fault.TIE,
        claim.ids[one],
        f"it trades {fills[one]} of {claim.lots.wh[one]} Wh and order {claim.ids[other]} {fills[other]} of "
        f"{claim.lots.wh[other]}: by their limits and ranks {claim.ids[other]} comes first",
        int(min(max(fills[one], 1), max(claim.lots.wh[other], 1))),
    )


def most_energy(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give why the fills are not the most energy, and of it the most gain and the ranks' one; without lines."""
    lots = claim.lots
    if claim.threshold is None:
        yield Finding(Fault.OPTIMUM, "certificate", "it lacks the limit at which the cut is smallest")
        return
    energy, bound = int(claim.wh.sum()), cut(claim, claim.threshold)
    if energy != bound:
        yield Finding(
            Fault.OPTIMUM,
            "certificate",
            f"asks up to {claim.threshold} and bids above it have {bound} Wh, and the trades move {energy}",
            bound - energy,
        )
    for bid, first in ((False, "cheapest"), (True, "dearest")):
        side = lots.bid == bid
        order = -lots.limit if bid else lots.limit
        traded, waiting = side & (fills > 0), side & (fills < lots.wh)
        if not traded.any() or not waiting.any():
            continue
        last, next_ = int(order[traded].max()), int(order[waiting].min())
        one, other = (
            int(np.flatnonzero(traded & (order == last))[0]),
            int(np.flatnonzero(waiting & (order == next_))[0]),
        )
        if last == next_:
            # Equal ones: by their turns, he who comes last of those who trade is not behind anybody who waits.
            equals = np.flatnonzero(side & (order == last))
            turns = np.array(lots.turns.places(equals.tolist()))
            one = int(equals[np.argmax(np.where(traded[equals], turns, -1))])
            other = int(equals[np.argmin(np.where(waiting[equals], turns, len(turns)))])
            last, next_ = int(turns[equals == one][0]), int(turns[equals == other][0])
        if last > next_:
            yield Finding(
                Fault.TIE,
                claim.ids[one],
                f"it trades {fills[one]} Wh while {claim.ids[other]} trades {fills[other]} of {lots.wh[other]}: the "
                f"{first} come first, equal ones by rank",
                int(fills[one]),
            )


def cut(claim: Claim, threshold: int) -> int:
    """Return the Wh that every trade takes from: asks up to a limit, and bids above it."""
    lots = claim.lots
    return int(np.sum(lots.wh, where=np.where(lots.bid, lots.limit > threshold, lots.limit <= threshold)))

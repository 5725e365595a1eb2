"""Whether the trades can be: known sides, no more than ordered, no more than the lines carry."""

from collections.abc import Iterator

import numpy as np

from ..arrays import Ints
from ..order import LARGEST_ORDER_WH
from .claim import Claim, Fault, Finding, told


def feasible(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give what cannot be."""
    lots, ids = claim.lots, claim.ids
    for number in told(lots.bid[claim.ask]):
        yield Finding(Fault.TRADE, ids[claim.ask[number]], "it buys, and is named as a seller", int(claim.wh[number]))
    for number in told(~lots.bid[claim.bid]):
        yield Finding(Fault.TRADE, ids[claim.bid[number]], "it sells, and is named as a buyer", int(claim.wh[number]))
    for order in told(fills > lots.wh):
        yield Finding(
            Fault.ORDER,
            ids[order],
            f"it trades {fills[order]} Wh and has {lots.wh[order]} Wh left for this stage",
            int(fills[order] - lots.wh[order]),
        )
    asked, offered = lots.limit[claim.ask], lots.limit[claim.bid]
    for number in told((claim.price > offered) | (claim.seller_price < asked) | (claim.seller_price > claim.price)):
        yield Finding(
            Fault.PRICE,
            _trade(claim, number),
            f"a price of {claim.price[number]} does not lie between the ask's limit {asked[number]} and the bid's "
            f"{offered[number]}",
            int(claim.wh[number]),
        )
    flows = claim.flows(fills)
    for node in range(1, len(flows)):
        over = max(flows[node] - int(claim.tree.exports[node]), -flows[node] - int(claim.tree.imports[node]))
        if over > 0:
            way = "up out of it" if flows[node] > 0 else "down into it"
            yield Finding(
                Fault.LINE,
                claim.tree.names[node],
                f"its line would carry {abs(flows[node])} Wh {way}, {over} more than it has left",
                over,
            )


def countable(claim: Claim) -> Iterator[Finding]:
    """Give trades of no energy, and of more than any order has: their sums could not be trusted."""
    for number in told((claim.wh <= 0) | (claim.wh > LARGEST_ORDER_WH)):
        says = f"a trade moves from 1 to {LARGEST_ORDER_WH} Wh"
        yield Finding(Fault.TRADE, _trade(claim, number), says, int(claim.wh[number]))


def well_paired(claim: Claim, *, anywhere: bool) -> Iterator[Finding]:
    """Give what is wrong with who trades with whom: neighbours first, then the lowest limits of both sides.

    Of equal limits the smaller order comes first, of equally large ones the one whose turn is earlier.

    `anywhere` is for the goal of most energy over lines, where limits alone decide.
    """
    if not len(claim.wh):
        return
    keys = claim.lots.limit * (LARGEST_ORDER_WH + 1) + claim.lots.size
    sellers, buyers = _places(claim, keys, claim.ask), _places(claim, keys, claim.bid)
    rising = (sellers[1:] >= sellers[:-1]) & (buyers[1:] >= buyers[:-1])
    follows = rising & ((sellers[1:] != sellers[:-1]) | (buyers[1:] != buyers[:-1]))
    meeting = None if anywhere or len(claim.tree.names) == 1 else _meeting(claim)
    if meeting is not None:
        depth = claim.tree.depth[meeting]
        later = (depth[1:] < depth[:-1]) | ((depth[1:] == depth[:-1]) & (meeting[1:] > meeting[:-1]))
        follows = later | ((meeting[1:] == meeting[:-1]) & follows)
    for number in told(~follows):
        yield Finding(
            Fault.PAIRING,
            _trade(claim, number + 1),
            f"it cannot follow {_trade(claim, number)}: neighbours come first, then the lowest limits of both sides",
            int(claim.wh[number + 1]),
        )
    if meeting is not None:
        yield from _neighbours_first(claim, meeting, sellers, buyers)


def _places(claim: Claim, keys: Ints, orders: Ints) -> Ints:
    """Return for each of some orders of one side how early it is paired: by its key, and by turn among equals.

    The keys of all orders are limit and energy.
    """
    key = keys[orders]
    # One order after the other stands in the trades as it is paired, so this is sorted already if they are right.
    rising = None if bool(np.all(key[1:] >= key[:-1])) else np.argsort(key, kind="stable")
    if rising is not None:
        orders, key = orders[rising], key[rising]
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] > key[:-1]
    equal = ~new
    equal[1:] &= orders[1:] != orders[:-1]
    group = new.cumsum(dtype=np.int64)
    if bool(equal.any()):
        several = np.zeros(int(group[-1]) + 1, np.bool_)
        several[group[equal]] = True
        where = np.flatnonzero(several[group])
        equals, at = np.unique(orders[where], return_inverse=True)
        turns = np.array(claim.lots.turns.places(equals.tolist()), np.int64)
        group *= len(equals)
        group[where] += turns[at]
    if rising is None:
        return group
    places = np.empty(len(orders), np.int64)
    places[rising] = group
    return places


def _meeting(claim: Claim) -> Ints:
    """Return the node at which each pair's ways up the tree meet."""
    tree = claim.tree
    one, other = claim.lots.place[claim.ask], claim.lots.place[claim.bid]
    for _ in range(2 * int(tree.depth[-1])):
        apart = one != other
        deeper = tree.depth[one] >= tree.depth[other]
        one, other = (
            np.where(apart & deeper, tree.parent[one], one),
            np.where(apart & ~deeper, tree.parent[other], other),
        )
    return one


def _neighbours_first(claim: Claim, meeting: Ints, sellers: Ints, buyers: Ints) -> Iterator[Finding]:
    """Give the nodes that sell and buy beyond their line at once, or send away who would have come first."""
    tree, nodes = claim.tree, len(claim.tree.names)
    for place, keys, what in (
        (claim.lots.place[claim.ask], sellers, "sells"),
        (claim.lots.place[claim.bid], buyers, "buys"),
    ):
        last_here = np.full(nodes, -1, np.int64)
        np.maximum.at(last_here, meeting, keys)
        first_away = np.full(nodes, 2**62, np.int64)
        at = place.copy()
        for _ in range(int(tree.depth[-1])):
            away = at != meeting
            np.minimum.at(first_away, at[away], keys[away])
            at = np.where(away, tree.parent[at], at)
        for node in told(first_away < last_here):
            yield Finding(Fault.PAIRING, tree.names[node], f"who {what} beyond its line would come first at the node")
    leaving, entering = (np.zeros(nodes, np.int64) for _ in range(2))
    for place, sums in ((claim.lots.place[claim.ask], leaving), (claim.lots.place[claim.bid], entering)):
        at = place.copy()
        for _ in range(int(tree.depth[-1])):
            away = at != meeting
            np.add.at(sums, at[away], claim.wh[away])
            at = np.where(away, tree.parent[at], at)
    for node in told((leaving > 0) & (entering > 0)):
        both = int(min(leaving[node], entering[node]))
        yield Finding(Fault.PAIRING, tree.names[node], "it sells beyond its line and buys from beyond it at once", both)


def _trade(claim: Claim, number: int) -> str:
    return f"{claim.ids[claim.ask[number]]} → {claim.ids[claim.bid[number]]}"

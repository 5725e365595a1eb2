"""Whether each trade costs what the rule says (`pricing` says which rules there are)."""

from collections.abc import Iterator

import numpy as np

from ..arrays import Ints
from ..rules import Objective, PriceRule
from .claim import Claim, Fault, Finding, told


def parts(claim: Claim, fills: Ints) -> list[int]:
    """Return for each node the part of the building in which one price holds; lines with room to spare join."""
    full = claim.full(claim.flows(fills))
    part = list(range(len(full)))
    for node in range(1, len(full)):
        if not any(full[node]):
            part[node] = part[int(claim.tree.parent[node])]
    return part


def margin(claim: Claim, fills: Ints) -> tuple[Ints, Ints]:
    """Return for each node the dearest ask and the lowest bid that trade in its part of the building."""
    lots = claim.lots
    sells, buys = (fills > 0) & ~lots.bid, (fills > 0) & lots.bid
    if len(claim.tree.names) == 1:
        dearest = np.array([np.max(lots.limit, where=sells, initial=-1)])
        return dearest, np.array([np.min(lots.limit, where=buys, initial=2**62)])
    part = np.array(parts(claim, fills))
    dear, low = np.full(len(part), -1, np.int64), np.full(len(part), 2**62, np.int64)
    np.maximum.at(dear, part[lots.place[sells]], lots.limit[sells])
    np.minimum.at(low, part[lots.place[buys]], lots.limit[buys])
    return dear[part], low[part]


def rightly_priced(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give the trades that cost something else; the floor's and McAfee's prices are looked at with their fills."""
    lots = claim.lots
    if claim.rule is PriceRule.BID:
        right = lots.limit[claim.bid]
    elif claim.rule is PriceRule.PAIR or claim.objective is Objective.ENERGY:
        right = (lots.limit[claim.ask] + lots.limit[claim.bid]) // 2
    else:
        dearest, lowest = margin(claim, fills)
        if len(claim.tree.names) > 1:
            dearest, lowest = dearest[lots.place[claim.ask]], lowest[lots.place[claim.bid]]
        right = np.broadcast_to((dearest + lowest) // 2, claim.price.shape)
    yield from costs(claim, right, right)


def costs(claim: Claim, right: Ints, right_seller: Ints) -> Iterator[Finding]:
    """Give the trades that do not cost what they should."""
    for number in told((claim.price != right) | (claim.seller_price != right_seller)):
        says = f"it costs {claim.price[number]}"
        if claim.seller_price[number] != claim.price[number]:
            says += f", of which the seller gets {claim.seller_price[number]}"
        says += f", and by the rule {claim.rule} {right[number]}"
        if right_seller[number] != right[number]:
            says += f", of which the seller gets {right_seller[number]}"
        pair = f"{claim.ids[claim.ask[number]]} → {claim.ids[claim.bid[number]]}"
        yield Finding(Fault.PRICE, pair, says, int(claim.wh[number]))

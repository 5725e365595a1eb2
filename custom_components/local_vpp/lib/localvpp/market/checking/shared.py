"""Whether the floor was raised as high as it can be, and whether McAfee's rule left out whom it should."""

from collections.abc import Iterator

import numpy as np

from ..arrays import Ints
from ..order import HIGHEST_LIMIT
from .claim import Claim, Fault, Finding, told
from .optimal import most_gain
from .priced import costs, margin, parts


def raised_floor(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give why the energy is not that of most gain, or not shared so that who gains least gains most."""
    lots = claim.lots
    before = _unshared(claim, fills)
    yield from most_gain(claim, before)
    right = _reference(claim, before)
    if claim.reference is None or claim.reference.tolist() != right:
        yield Finding(
            Fault.PRICE,
            "certificate",
            f"gains are to be counted from {dict(zip(claim.tree.names, right, strict=True))}",
        )
        return
    at = claim.reference[lots.place]
    yield from costs(claim, *[(at[claim.ask] + at[claim.bid]) // 2] * 2)
    gaps = np.where(lots.bid, lots.limit - at, at - lots.limit)
    for order in told((fills > 0) & (gaps < 0)):
        yield Finding(Fault.OPTIMUM, claim.ids[order], f"it trades at {at[order]} and loses by it", int(fills[order]))
    for node, name in enumerate(claim.tree.names):
        for bid in (False, True):
            group = np.flatnonzero((lots.place == node) & (lots.bid == bid) & (gaps >= 0))
            if int(fills[group].sum()):
                yield from _level(claim, fills, gaps, group, name, claim.levels.get((node, bid)))


def _unshared(claim: Claim, fills: Ints) -> Ints:
    """Return the fills of most gain with the same energy at each node and side: the best limits first."""
    lots, keys = claim.lots, claim.keys()
    before = np.zeros_like(fills)
    for node in range(len(claim.tree.names)):
        for bid in (False, True):
            group = np.flatnonzero((lots.place == node) & (lots.bid == bid))
            group = group[np.argsort(-keys[group] if bid else keys[group])]
            until = np.cumsum(lots.wh[group])
            energy = int(fills[group].sum())
            before[group] = np.minimum(until, energy) - np.minimum(until - lots.wh[group], energy)
    return before


def _reference(claim: Claim, before: Ints) -> list[int]:
    """Return the price at each node that gains are counted from."""
    lots, nodes = claim.lots, len(claim.tree.names)
    part = parts(claim, before)
    places = sorted(set(lots.place[before > 0].tolist()))
    if not places:
        return [0] * nodes
    if len({part[place] for place in places}) == 1:
        dearest, lowest = margin(claim, before)
        return [(int(dearest[places[0]]) + int(lowest[places[0]])) // 2] * nodes
    # Several parts: the middle of what contents each, and all those that lines bind to be cheaper or dearer.
    low, high = [0] * nodes, [HIGHEST_LIMIT] * nodes
    for limit, bid, place, wh, fill in zip(
        lots.limit.tolist(), lots.bid.tolist(), lots.place.tolist(), lots.wh.tolist(), before.tolist(), strict=True
    ):
        if fill > 0 if not bid else fill < wh:
            low[place] = max(low[place], limit)
        if fill < wh if not bid else fill > 0:
            high[place] = min(high[place], limit)
    full = claim.full(claim.flows(before))
    cheaper: list[tuple[int, int]] = []
    for node in range(1, nodes):
        importing, exporting = full[node]
        parent = int(claim.tree.parent[node])
        cheaper += [] if importing else [(node, parent)]
        cheaper += [] if exporting else [(parent, node)]
    moved = True
    while moved:
        moved = False
        for one, other in cheaper:
            if low[other] < low[one] or high[one] > high[other]:
                low[other], high[one], moved = max(low[other], low[one]), min(high[one], high[other]), True
    return [(least + most) // 2 for least, most in zip(low, high, strict=True)]


def _level(claim: Claim, fills: Ints, gaps: Ints, group: Ints, name: str, level: int | None) -> Iterator[Finding]:
    """Give why the energy of a node's bids, or asks, is not poured to one level."""
    what = f"{name}, {'bids' if claim.lots.bid[group[0]] else 'asks'}"
    rows = list(
        zip(group.tolist(), claim.lots.wh[group].tolist(), gaps[group].tolist(), fills[group].tolist(), strict=True)
    )
    highest = max(wh * gap for _, wh, gap, _ in rows)
    energy = sum(fill for *_, fill in rows)

    def needed(wh: int, gap: int, gain: int) -> int:
        return min(wh, -(-gain // gap)) if gap else 0

    if level is None or not 0 <= level <= highest:
        yield Finding(Fault.OPTIMUM, what, f"the certificate lacks a level from 0 to {highest}")
        return
    here = sum(needed(wh, gap, level) for _, wh, gap, _ in rows)
    above = sum(needed(wh, gap, level + 1) for _, wh, gap, _ in rows)
    if here > energy or (level < highest and above <= energy):
        yield Finding(
            Fault.OPTIMUM,
            what,
            f"raising all to {level} takes {here} Wh, beyond it {above}, and they have {energy}",
            energy,
        )
        return
    left = energy - here
    for order, wh, gap, fill in rows:
        right = needed(wh, gap, level)
        if gap and right < wh and right * gap == level and left:
            right, left = right + 1, left - 1
        if gap and fill != right:
            yield Finding(
                Fault.OPTIMUM,
                claim.ids[order],
                f"it trades {fill} Wh, and {right} at the level {level}",
                abs(right - fill),
            )
    for order, wh, gap, fill in rows:
        if not gap:
            right = min(wh, left)
            left -= right
            if fill != right:
                yield Finding(
                    Fault.TIE,
                    claim.ids[order],
                    f"it gains nothing, and trades {fill} Wh; {right} are left for it",
                    abs(right - fill),
                )


def reduced(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give what is not as McAfee's rule has it, order by order."""
    lots = claim.lots
    rows = sorted(zip(claim.keys().tolist(), range(len(lots)), strict=True))
    asks = [index for _, index in rows if not lots.bid[index] and lots.wh[index]]
    bids = [index for _, index in reversed(rows) if lots.bid[index] and lots.wh[index]]
    wh, limit = lots.wh.tolist(), lots.limit.tolist()
    # How many asks and bids trade when everything that gains does, and whether the last of each is used up.
    sold, bought, given, taken = 0, 0, 0, 0
    while sold < len(asks) and bought < len(bids) and limit[asks[sold]] <= limit[bids[bought]]:
        step = min(wh[asks[sold]] - given, wh[bids[bought]] - taken)
        given, taken = given + step, taken + step
        if given == wh[asks[sold]]:
            sold, given = sold + 1, 0
        if taken == wh[bids[bought]]:
            bought, taken = bought + 1, 0
    right = [0] * len(lots)
    price = seller = 0
    used_up = not given and not taken
    sold, bought = sold + bool(given), bought + bool(taken)
    if sold:
        price, seller = limit[bids[bought - 1]], limit[asks[sold - 1]]
        middle = None
        if used_up and sold < len(asks) and bought < len(bids):
            middle = (limit[asks[sold]] + limit[bids[bought]]) // 2
        if middle is not None and seller <= middle <= price:
            price = seller = middle
        else:
            sold, bought = sold - 1, bought - 1
        volume = min(sum(wh[index] for index in asks[:sold]), sum(wh[index] for index in bids[:bought]))
        for side in (asks[:sold], bids[:bought]):
            rest = volume
            for index in side:
                right[index] = min(rest, wh[index])
                rest -= right[index]
    for order in told(fills != np.array(right, np.int64)):
        yield Finding(
            Fault.OPTIMUM,
            claim.ids[order],
            f"it trades {fills[order]} Wh, and {right[order]} by McAfee's rule",
            abs(int(fills[order]) - right[order]),
        )
    yield from costs(claim, np.full(len(claim.wh), price), np.full(len(claim.wh), seller))

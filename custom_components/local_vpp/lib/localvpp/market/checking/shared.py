"""Whether the floor was raised as high as it can be, and whether McAfee's rule left out whom it should."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Ints
from ..order import HIGHEST_LIMIT
from .claim import Claim, Fault, Finding, told
from .optimal import fits, most_gain
from .priced import costs, margin, parts


def raised_floor(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give why the energy is not that of most gain, or not shared so that the flat gains most that gains least."""
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


def gain_before_sharing(claim: Claim, fills: Ints) -> int:
    """Return what the energy would gain if at each node the best limits came first: what `floor` makes most of."""
    before = _unshared(claim, fills)
    return int(np.where(claim.lots.bid, claim.lots.limit, -claim.lots.limit) @ before)


def _unshared(claim: Claim, fills: Ints) -> Ints:
    """Return the fills of most gain with the same energy at each node and side: the best limits first."""
    lots = claim.lots
    keys = claim.keys(claim.tied() if fits(claim, claim.prices) else claim.everybody())
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


@dataclass(frozen=True, slots=True)
class _Flat:
    """What a flat has at a node on one side: its orders as number, Wh and gain per Wh, in the order they are served."""

    number: int
    rows: list[tuple[int, int, int]]

    @property
    def most(self) -> int:
        """What it gains when all of its orders trade."""
        return sum(wh * gap for _, wh, gap in self.rows)

    def needed(self, gain: int) -> int:
        """Return the fewest Wh that bring it a gain, or all that bring it any."""
        energy = 0
        for _, wh, gap in self.rows:
            if gap:
                step = min(wh, max(-(-gain // gap), 0))
                energy, gain = energy + step, gain - step * gap
        return energy

    def shared(self, energy: int, *, idle: bool) -> Iterator[tuple[int, int]]:
        """Give what each of its orders trades: of those that gain, or of those that do not."""
        for order, wh, gap in self.rows:
            if bool(gap) is not idle:
                step = min(wh, energy)
                energy -= step
                yield order, step


def _level(claim: Claim, fills: Ints, gaps: Ints, group: Ints, name: str, level: int | None) -> Iterator[Finding]:
    """Give why the energy of a node's bids, or asks, is not poured to one level of all flats."""
    what = f"{name}, {'bids' if claim.lots.bid[group[0]] else 'asks'}"
    flats = _flats(claim, gaps, group)
    highest = max(flat.most for flat in flats)
    energy = int(fills[group].sum())
    if level is None or not 0 <= level <= highest:
        yield Finding(Fault.OPTIMUM, what, f"the certificate lacks a level from 0 to {highest}")
        return
    here = {flat.number: flat.needed(level) for flat in flats}
    above = {flat.number: flat.needed(level + 1) for flat in flats}
    least, more = sum(here.values()), sum(above.values())
    if least > energy or (level < highest and more <= energy):
        yield Finding(
            Fault.OPTIMUM,
            what,
            f"raising all flats to {level} takes {least} Wh, beyond it {more}, and they have {energy}",
            energy,
        )
        return
    left = energy - least
    turns = sorted(flats, key=lambda flat: claim.lots.flats.turn(flat.number))
    for flat in turns:
        # Another Wh lifts those who stand on the level itself; so it is none for those who have more by it already.
        if left and above[flat.number] > here[flat.number]:
            here[flat.number], left = here[flat.number] + 1, left - 1
    idle = _evenly({flat.number: sum(wh for _, wh, gap in flat.rows if not gap) for flat in turns}, left)
    for flat in flats:
        yield from _unlike(claim, fills, flat.shared(here[flat.number], idle=False), f"of its flat's at {level}")
        yield from _unlike(claim, fills, flat.shared(idle[flat.number], idle=True), "of its flat's that gain nothing")


def _flats(claim: Claim, gaps: Ints, group: Ints) -> list[_Flat]:
    """Return the flats of a node and a side; a flat's best limits come first, then its smaller orders, then turns."""
    lots = claim.lots
    by_flat: dict[int, list[int]] = {}
    for order in group.tolist():
        by_flat.setdefault(int(lots.flat[order]), []).append(order)
    return [
        _Flat(
            number,
            [
                (order, int(lots.wh[order]), int(gaps[order]))
                for order in sorted(
                    orders, key=lambda order: (-int(gaps[order]), int(lots.size[order]), lots.turns.turn(order))
                )
            ],
        )
        for number, orders in sorted(by_flat.items())
    ]


def _evenly(most: dict[int, int], energy: int) -> dict[int, int]:
    """Share Wh so that each has as many as the others, or all it can; what is left goes to the first, one each."""
    shares, waiting = dict[int, int](), len(most)
    for number, can in sorted(most.items(), key=lambda one: one[1]):
        if can * waiting > energy:
            break
        shares[number], energy, waiting = can, energy - can, waiting - 1
    if waiting:
        each, odd = divmod(energy, waiting)
        for number in most:
            if number not in shares:
                shares[number], odd = each + (odd > 0), odd - (odd > 0)
    return shares


def _unlike(claim: Claim, fills: Ints, right: Iterator[tuple[int, int]], why: str) -> Iterator[Finding]:
    for order, wh in right:
        if fills[order] != wh:
            says = f"it trades {fills[order]} Wh, and {wh} {why}"
            yield Finding(Fault.OPTIMUM, claim.ids[order], says, abs(wh - int(fills[order])))


def reduced(claim: Claim, fills: Ints) -> Iterator[Finding]:
    """Give what is not as McAfee's rule has it, order by order."""
    lots = claim.lots
    rows = sorted(zip(claim.keys(claim.everybody()).tolist(), range(len(lots)), strict=True))
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

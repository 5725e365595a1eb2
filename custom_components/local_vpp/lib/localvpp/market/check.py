"""Whether a result is right for its book: what every flat asks before it agrees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from .arrays import Ints
from .book import Book
from .checking.circular import energy_bound
from .checking.claim import Claim, Fault, Finding
from .checking.optimal import cut, dual, fits
from .checking.setting import Columns, columns_of, green_gate, partners_of, tree_of_lines
from .checking.shared import gain_before_sharing
from .checking.stage import check_stage
from .clear import markets_of
from .clearing.bound import bound_of
from .lots import Tree
from .order import Order, Side
from .result import Bound, Proof, Result, Stage, Trade
from .rules import Objective, PriceRule
from .suited import unsuited


def check(
    book: Book, result: Result, *, objective: Objective | None = None, price: PriceRule | None = None
) -> tuple[Finding, ...]:
    """Return all that is wrong with a result; nothing, when it is the right one.

    `objective` and `price` are those that the building has agreed on; without them the certificate's own are believed.
    """
    return tuple(_Check(book, result).run(objective, price))


@dataclass(slots=True)
class _Slot:
    """One slot of the book, and what its stages have left of it."""

    orders: list[Order]
    lots: Columns
    tree: Tree
    places: Mapping[str, int]
    left: Ints
    traded: Ints


@dataclass(slots=True)
class _Check:
    book: Book
    result: Result
    tree: Tree = field(init=False)
    slots: dict[int, _Slot] = field(init=False)
    slot_of: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        lines = self.book.lines
        tree = self.tree = tree_of_lines(lines)
        self.slots = {}
        for number, orders in self.book.slots().items():
            lots = columns_of(orders, self.book.seed, tree, {} if lines is None else lines.flats)
            places = {order.id: index for index, order in enumerate(orders)}
            self.slots[number] = _Slot(orders, lots, tree, places, lots.wh.copy(), np.zeros(len(lots), np.int64))
        self.slot_of = {order.id: order.slot for order in self.book.orders}

    def run(self, objective: Objective | None, price: PriceRule | None) -> Iterator[Finding]:
        """Give all findings."""
        certificate = self.result.certificate
        if objective is not None and certificate.objective is not objective:
            yield Finding(Fault.RESULT, "objective", f"it is {certificate.objective}, and {objective} was agreed on")
            return
        if price is not None and certificate.price is not price:
            yield Finding(Fault.RESULT, "price", f"it is {certificate.price}, and {price} was agreed on")
            return
        if why := unsuited(self.book, certificate.objective, certificate.price):
            yield Finding(Fault.RESULT, "price", why)
            return
        yield from self._sums()
        unknown = [
            name for trade in self.result.trades for name in (trade.seller, trade.buyer) if name not in self.slot_of
        ]
        for name in dict.fromkeys(unknown):
            yield Finding(Fault.TRADE, name, "the book has no such order")
        left_out = list(self._left_out())
        yield from left_out
        if not unknown and not left_out:
            yield from self._stages()
            yield from self._parts()
            yield from self._gap()

    # --- The result as a whole ------------------------------------------------------------------------------

    def _sums(self) -> Iterator[Finding]:
        trades, limits = self.result.trades, {order.id: order.limit for order in self.book.orders}
        energy = sum(trade.wh for trade in trades)
        if energy != self.result.energy_wh:
            yield Finding(
                Fault.RESULT,
                "energy_wh",
                f"it is {self.result.energy_wh}, and the trades move {energy}",
                abs(energy - self.result.energy_wh),
            )
        gain = sum(trade.wh * (limits.get(trade.buyer, 0) - limits.get(trade.seller, 0)) for trade in trades)
        if gain != self.result.gain:
            yield Finding(Fault.RESULT, "gain", f"it is {self.result.gain}, and the trades gain {gain}")

    def _left_out(self) -> Iterator[Finding]:
        """Give orders that may not be left out; the others have nothing left to trade with."""
        groups = list(self.book.groups())
        together = {order.id: group for group in groups for order in group}
        names = set(self.result.certificate.left_out)
        for name in self.result.certificate.left_out:
            if name not in together:
                yield Finding(Fault.WHOLE, name, "it refuses no part, and may not be left out")
            elif missing := [order.id for order in together[name] if order.id not in names]:
                yield Finding(Fault.WHOLE, name, f"its block is left out without {', '.join(missing)}")
            else:
                slot = self.slots[self.slot_of[name]]
                slot.left[slot.places[name]] = 0

    def _parts(self) -> Iterator[Finding]:
        """Give orders that trade less than they agree to."""
        for group in self.book.groups():
            filled = [(order, self._filled(order)) for order in group]
            if not any(wh for _, wh in filled):
                continue
            for order, wh in filled:
                if wh < order.least_wh:
                    yield Finding(
                        Fault.WHOLE,
                        order.id,
                        f"it trades {wh} Wh, and wants {order.least_wh} or nothing",
                        order.least_wh - wh,
                    )

    def _filled(self, order: Order) -> int:
        slot = self.slots[order.slot]
        return int(slot.traded[slot.places[order.id]])

    def _gap(self) -> Iterator[Finding]:
        certificate = self.result.certificate
        open_book = certificate.price is PriceRule.MCAFEE or any(True for _ in self.book.groups())
        if not open_book:
            if self.result.gap or certificate.bounds:
                yield Finding(Fault.RESULT, "gap", f"it is {self.result.gap}, and a book like this has none")
            return
        if [bound.slot for bound in certificate.bounds] != list(self.slots):
            yield Finding(Fault.RESULT, "bounds", f"give one for each of the slots {list(self.slots)}")
            return
        total = shared = 0
        # The one place where something is cleared: that no bound is lower is not seen from what a bound says.
        for bound, market in zip(certificate.bounds, markets_of(self.book), strict=True):
            claim = self._whole_slot(self.slots[bound.slot], certificate.objective, bound)
            most = self._most(claim)
            if most is None:
                yield Finding(Fault.RESULT, f"bound of slot {bound.slot}", "it lacks its prices or its limit")
                return
            if most != (least := bound_of(market, certificate.objective)[1]):
                yield Finding(
                    Fault.RESULT,
                    f"bound of slot {bound.slot}",
                    f"it proves {most}, which is {most - least} more than the {least} that are possible if everything "
                    "is divided",
                )
                return
            total += most
            if certificate.objective is Objective.FLOOR:
                shared += self._before_sharing(claim, self.slots[bound.slot].traded)
        value = shared if certificate.objective is Objective.FLOOR else self.result.value
        if total - value != self.result.gap:
            yield Finding(Fault.RESULT, "gap", f"it is {self.result.gap}, and the bounds prove {total - value}")

    @staticmethod
    def _most(claim: Claim) -> int | None:
        """Return what a slot cannot be worth more than, as its bound proves it; None where it proves nothing."""
        if claim.objective is not Objective.ENERGY:
            if not fits(claim, claim.prices):
                return None
            assert claim.prices is not None
            return dual(claim, claim.prices)
        if len(claim.tree.names) > 1:
            return energy_bound(claim)
        return None if claim.threshold is None else cut(claim, claim.threshold)

    def _before_sharing(self, claim: Claim, traded: Ints) -> int:
        """Return what a slot's trades are worth to `floor`: those that are left out have nothing to share."""
        names = set(self.result.certificate.left_out)
        out = np.array([name in names for name in claim.ids], np.bool_)
        lots = replace(claim.lots, wh=np.where(out, 0, claim.lots.wh))
        return gain_before_sharing(replace(claim, lots=lots), traded)

    def _whole_slot(self, slot: _Slot, objective: Objective, bound: Bound) -> Claim:
        lots, tree = slot.lots, self.tree
        if objective is not Objective.ENERGY and len(tree.names) == 1 and _wants_green(slot).any():
            lots, tree = replace(lots, place=_behind_gate(slot)), green_gate()
        nothing = np.zeros(0, np.int64)
        return Claim(
            lots=lots,
            tree=tree,
            objective=objective,
            rule=PriceRule.MID,
            ask=nothing,
            bid=nothing,
            wh=nothing,
            price=nothing,
            seller_price=nothing,
            prices=_by_node(bound.prices, tree),
            threshold=bound.threshold,
            values=dict(bound.values),
        )

    # --- The stages -----------------------------------------------------------------------------------------

    def _stages(self) -> Iterator[Finding]:
        proofs = self.result.certificate.stages
        expected = [stage for number in self.slots for stage in self._expected(number)]
        told = [(proof.slot, proof.stage, proof.seller, proof.buyer) for proof in proofs]
        if told != [(number, stage, seller, buyer) for number, stage, seller, buyer, _, _, _ in expected]:
            wanted = ", ".join(f"{stage} of slot {number}" for number, stage, *_ in expected)
            yield Finding(Fault.RESULT, "stages", f"this book has the stages {wanted}, in this order")
            return
        counts = [proof.trades for proof in proofs]
        if any(count < 0 for count in counts) or sum(counts) != len(self.result.trades):
            yield Finding(
                Fault.RESULT, "stages", f"they have {sum(counts)} trades, and the result {len(self.result.trades)}"
            )
            return
        begin = 0
        for proof, (number, _, _, _, members, place, tree) in zip(proofs, expected, strict=True):
            trades = self.result.trades[begin : begin + proof.trades]
            begin += proof.trades
            yield from self._stage(self.slots[number], proof, trades, members, place, tree)

    def _expected(
        self, number: int
    ) -> Iterator[tuple[int, Stage, str | None, str | None, Ints, Ints | None, Tree | None]]:
        """Give the stages of a slot: who takes part, and where, if it is not where they are."""
        slot = self.slots[number]
        green = _wants_green(slot)
        for seller, buyer, members in partners_of(slot.orders, slot.lots.turns):
            yield number, Stage.PARTNERS, seller, buyer, np.array(members, np.int64), None, None
        everybody = np.arange(len(slot.orders))
        energy = self.result.certificate.objective is Objective.ENERGY
        if green.any() and not energy and len(slot.tree.names) == 1:
            yield number, Stage.MARKET, None, None, everybody, _behind_gate(slot), green_gate()
            return
        if green.any():
            yield number, Stage.GREEN, None, None, np.flatnonzero(_behind_gate(slot)), None, None
        yield number, Stage.MARKET, None, None, everybody[~green], None, None

    def _stage(
        self,
        slot: _Slot,
        proof: Proof,
        trades: tuple[Trade, ...],
        members: Ints,
        place: Ints | None,
        tree: Tree | None,
    ) -> Iterator[Finding]:
        inside = {slot.orders[member].id: index for index, member in enumerate(members.tolist())}
        strangers = [(name, trade.wh) for trade in trades for name in (trade.seller, trade.buyer) if name not in inside]
        for name, wh in strangers:
            yield Finding(Fault.TRADE, name, f"it has no part in the stage {proof.stage} of slot {proof.slot}", wh)
        if strangers:
            return
        lots = slot.lots.of(members, left=slot.left, place=place)
        over = slot.tree if tree is None else tree
        numbers = {name: number for number, name in enumerate(over.names)}
        certificate = self.result.certificate
        claim = Claim(
            lots=lots,
            tree=over,
            objective=certificate.objective,
            rule=certificate.price,
            ask=np.array([inside[trade.seller] for trade in trades], np.int64),
            bid=np.array([inside[trade.buyer] for trade in trades], np.int64),
            wh=np.array([trade.wh for trade in trades], np.int64),
            price=np.array([trade.price for trade in trades], np.int64),
            seller_price=np.array(
                [trade.price if trade.seller_price is None else trade.seller_price for trade in trades], np.int64
            ),
            prices=_by_node(proof.prices, over),
            threshold=proof.threshold,
            values=dict(proof.values),
            reference=_by_node(proof.reference, over),
            levels={
                (numbers[level.node], level.side is Side.BID): level.gain
                for level in proof.levels
                if level.node in numbers
            },
        )
        for trade in trades:
            bid, ask = slot.orders[members[inside[trade.buyer]]], slot.orders[members[inside[trade.seller]]]
            if bid.wants_green and not ask.is_green:
                yield Finding(Fault.GREEN, bid.id, f"it buys green energy only, and {ask.id} sells other", trade.wh)
        yield from check_stage(claim)
        fills = np.clip(
            claim.fills(), 0, lots.wh
        )  # What is more has been found; the next stage is looked at all the same.
        slot.left[members] -= fills
        slot.traded[members] += fills
        if len(slot.tree.names) > 1:
            flows = np.array(claim.flows(fills), np.int64)
            slot.tree = replace(slot.tree, imports=slot.tree.imports + flows, exports=slot.tree.exports - flows)


def _by_node(prices: Mapping[str, int], tree: Tree) -> Ints | None:
    """Return a number for each node; None unless there is one for each, and no other."""
    if set(prices) != set(tree.names):
        return None
    return np.array([prices[name] for name in tree.names], np.int64)


def _wants_green(slot: _Slot) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([order.wants_green for order in slot.orders], np.bool_)


def _behind_gate(slot: _Slot) -> Ints:
    """Return 1 for each order that has to do with green energy, and 0 for each other."""
    return np.array(
        [int(order.wants_green or (order.side is Side.ASK and order.is_green)) for order in slot.orders], np.int64
    )

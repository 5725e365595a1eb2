"""The JSON of a slot's rounds, as docs/protocol.md shows it: by name for the manager, under blinds for a resident.

Energy in Wh, prices in 0.01 yen/kWh, gain in 10⁻⁵ yen. Unknown, and what is not for the reader, is null.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from localvpp.agreeing import said_by
from localvpp.etp import DeviceId
from localvpp.market import Finding, Order, Result, Side
from localvpp.market.rounds import Cleared, Offer, OpenedBook, Outcome, Placed, Rules, digest

from ..store.market import StoredRound, StoredVerdict
from .books import words_of
from .ending import Ended
from .gates import holding

type Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """How flats are called for whom: the names of all, or for a resident that of his own device alone."""

    flats: Mapping[DeviceId, str]
    own: DeviceId | None = None

    def of(self, device: DeviceId | None) -> str | None:
        """Return a flat's name; None when it is not for the reader, or nobody knows whose the device is."""
        if device is None or self.own not in {None, device}:
            return None
        return self.flats.get(device, device.hex())

    def all(self, devices: Iterable[DeviceId]) -> list[str] | None:
        """Return the names of some flats; None for a resident, who is not told who they are."""
        return None if self.own is not None else sorted(self.flats.get(device, device.hex()) for device in devices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is kept of a round."""

    stored: StoredRound
    ordered: frozenset[DeviceId]
    """Whose orders the log held at the gate."""
    committed: Mapping[DeviceId, bytes]
    """What their records name; what was erased is of nobody any more."""
    shown: Mapping[DeviceId, bytes]
    verdicts: Mapping[DeviceId, StoredVerdict]
    first: Mapping[DeviceId, StoredVerdict]
    """What was said of the result that was proposed first, where a second one took its place."""
    places: Mapping[bytes, int]
    """Where in the log the round's records are, by their names."""


def slot_plain(slot: int, rounds: Sequence[Plain]) -> Plain:
    """Return what came of a slot, with its rounds in their order."""
    outcomes = [each["outcome"] for each in rounds]
    outcome = "traded" if "traded" in outcomes else None if None in outcomes else "sharing_key"
    return {"slot": slot, "outcome": outcome, "rounds": list(rounds)}


def to_come(rules: Sequence[Rules], rounds: Sequence[StoredRound]) -> list[Plain]:
    """Return the rounds of a slot whose gates are still open, and when they will be closed: until then it goes on.

    Args:
        rules: all that were ever told.
        rounds: those of the slot whose gates are closed, one at least.
    """
    slot, closed = rounds[0].slot, max(each.number for each in rounds)
    held = holding(rules, slot)
    numbers = () if held is None else range(closed + 1, held.last + 1)
    return [{"number": number, "closes_ms": held.gate_ms(slot, number)} for number in numbers if held is not None]


def summary_plain(stored: StoredRound) -> Plain:
    """Return how a round stands, without what flats have said and want."""
    outcome = {None: None, Ended.TRADED: "traded", Ended.UNTRADED: "sharing_key"}[
        None if stored.ended is None else Ended(stored.ended)
    ]
    told = None if stored.result is None else Outcome.decode(stored.result)
    result = None if told is None else told.result
    voters, needed = len(stored.voters), stored.needed
    if stored.came_back and stored.book is not None:  # Who they were is not known any more, and how many they were is.
        opened = OpenedBook.decode(stored.book)
        voters, needed = opened.voters, opened.needed
    return {
        "number": stored.number,
        "seconds": stored.seconds,
        "closed_ms": stored.closed_ms,
        "log_size": stored.log_size,
        "stage": _stage(stored),
        "outcome": outcome,
        "why": stored.why,
        "ended_ms": stored.ended_ms,
        "voters": voters,
        "needed": needed,
        "book": None if stored.book is None else digest(stored.book).hex(),
        "result": None if stored.result is None else digest(stored.result).hex(),
        "book_record": None if stored.book_record is None else stored.book_record.hex(),
        "cleared_record": None if stored.cleared_record is None else stored.cleared_record.hex(),
        "energy_wh": None if result is None else result.energy_wh,
        "gain": None if result is None else result.gain,
        "clearing_price": None if told is None else told.price,
    }


def round_plain(told: Told, names: Names) -> Plain:
    """Return a round with its orders, curves, trades and verdicts."""
    stored = told.stored
    placed = {device: Placed.decode(document) for device, document in told.shown.items()}
    devices = {hashed: device for device, hashed in told.committed.items()}
    outcome = None if stored.result is None else Outcome.decode(stored.result)
    result = None if outcome is None else outcome.result
    opened = None if stored.book is None else OpenedBook.decode(stored.book)
    # What a flat has shown may have been erased since; the book that all were told of has it under its blind.
    offers = [each.offer for each in placed.values()] if opened is None else opened.offers
    whose = {order.id: names.of(devices.get(offer.digest)) for offer in offers for order in offer.orders}
    seen = {offer.digest for offer in offers}
    silent = [device for device, hashed in told.committed.items() if hashed not in seen]
    verdicts = sorted(told.verdicts.items(), key=lambda each: names.of(each[0]) or "")
    return summary_plain(stored) | {
        "objective": None if opened is None else opened.objective.value,
        "price": None if opened is None else opened.price.value,
        "book_index": None if stored.book_record is None else told.places.get(stored.book_record),
        "cleared_index": None if stored.cleared_record is None else told.places.get(stored.cleared_record),
        "ordered": names.all(told.ordered),
        "not_shown": names.all(silent),
        "agreed": _agreed(told),
        "disputes": [
            {"flat": names.of(device), "findings": list(verdict.findings)}
            for device, verdict in verdicts
            if not verdict.agrees
        ],
        "left_out": [] if opened is None or outcome is None else _left_out(told, opened, outcome, devices, names),
        "orders": _orders(offers, whose, result),
        "curves": {
            "asks": curve([order for offer in offers for order in offer.orders if order.side is Side.ASK]),
            "bids": curve([order for offer in offers for order in offer.orders if order.side is Side.BID]),
        },
        "trades": [
            {
                "seller": whose.get(each.seller),
                "seller_order": each.seller,
                "buyer": whose.get(each.buyer),
                "buyer_order": each.buyer,
                "wh": each.wh,
                "price": each.price,
                "seller_price": each.price if each.seller_price is None else each.seller_price,
            }
            for each in (() if result is None else result.trades)
        ],
    }


def findings_plain(findings: Iterable[Finding]) -> list[Plain]:
    """Return what is wrong with a result."""
    return [{"fault": each.fault.value, "subject": each.subject, "says": each.says, "wh": each.wh} for each in findings]


def curve(orders: Iterable[Order]) -> list[list[int]]:
    """Return what is offered up to each limit, or wanted down to it: pairs of the limit and all Wh until there."""
    best = sorted(orders, key=lambda order: order.limit if order.side is Side.ASK else -order.limit)
    sums = accumulate(order.wh for order in best)
    steps = {order.limit: wh for order, wh in zip(best, sums, strict=True)}
    return [[limit, wh] for limit, wh in steps.items()]


def _agreed(told: Told) -> int:
    """Return how many of those whose word counts have agreed; who vouches and refuses has not."""
    stored = told.stored
    if stored.came_back and stored.cleared is not None:  # Of what was said there is no more than the words.
        words = Cleared.decode(stored.cleared)
        return sum(said_by(word, words.origin)[1].findings is None for word in words.words)
    return len(words_of(stored, told.verdicts).agreed)


def _left_out(
    told: Told, opened: OpenedBook, outcome: Outcome, devices: Mapping[bytes, DeviceId], names: Names
) -> list[Plain]:
    """Return whose orders the result is without, and why; unknown where it is not known what was said of the first.

    Nobody is left out who has vouched for them: he has given no word, or one by which they are not as he gave them.
    """
    stored, found = told.stored, list[Plain]()
    for offer in (each for each in opened.offers if each.blind in outcome.without):
        device = devices.get(offer.digest)
        word = None if device is None else told.first.get(device)
        is_known = device is not None and stored.first is not None
        found.append(
            {
                "flat": names.of(device),
                "orders": [order.id for order in offer.orders],
                "why": ("no_word" if word is None else "not_vouched") if is_known else None,
            }
        )
    return found


def _orders(offers: Sequence[Offer], whose: Mapping[str, str | None], result: Result | None) -> list[Plain]:
    filled: dict[str, int] = {}
    for trade in () if result is None else result.trades:
        for name in (trade.seller, trade.buyer):
            filled[name] = filled.get(name, 0) + trade.wh
    # By name for who may see them; else in an order that says nothing of who they are.
    orders = sorted(
        (order for offer in offers for order in offer.orders), key=lambda order: (whose[order.id] or "", order.id)
    )
    return [
        {
            "id": order.id,
            "flat": whose[order.id],
            "side": order.side.value,
            "wh": order.wh,
            "limit": order.limit,
            "filled_wh": None if result is None else filled.get(order.id, 0),
        }
        for order in orders
    ]


def _stage(stored: StoredRound) -> str:
    if stored.ended is not None:
        return "ended"
    if stored.book is None:
        return "showing"
    return "clearing" if stored.result is None else "checking"

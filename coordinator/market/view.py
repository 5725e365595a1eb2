"""The JSON of a slot's round, as docs/protocol.md shows it: for the manager, who sees whose orders they are.

Energy in Wh, prices in 0.01 yen/kWh, gain in 10⁻⁵ yen. Unknown is null.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from localvpp.etp import DeviceId
from localvpp.market import Order, Result, Side
from localvpp.market.rounds import OpenedBook, Outcome, Placed, digest

from ..store.market import StoredRound, StoredVerdict
from .ending import Ended

type Plain = dict[str, Any]


def slot_plain(slot: int, rounds: Sequence[Plain]) -> Plain:
    """Return what came of a slot, with its rounds in their order."""
    outcomes = [each["outcome"] for each in rounds]
    outcome = "traded" if "traded" in outcomes else None if None in outcomes else "sharing_key"
    return {"slot": slot, "outcome": outcome, "rounds": list(rounds)}


def summary_plain(stored: StoredRound) -> Plain:
    """Return how a round stands, without what flats have said and want."""
    outcome = {None: None, Ended.TRADED: "traded", Ended.UNTRADED: "sharing_key"}[
        None if stored.ended is None else Ended(stored.ended)
    ]
    told = None if stored.result is None else Outcome.decode(stored.result)
    result = None if told is None else told.result
    return {
        "slot": stored.slot,
        "number": stored.number,
        "closed_ms": stored.closed_ms,
        "log_size": stored.log_size,
        "stage": _stage(stored),
        "outcome": outcome,
        "why": stored.why,
        "ended_ms": stored.ended_ms,
        "voters": len(stored.voters),
        "needed": stored.needed,
        "book": None if stored.book is None else digest(stored.book).hex(),
        "result": None if stored.result is None else digest(stored.result).hex(),
        "book_record": None if stored.book_record is None else stored.book_record.hex(),
        "cleared_record": None if stored.cleared_record is None else stored.cleared_record.hex(),
        "energy_wh": None if result is None else result.energy_wh,
        "gain": None if result is None else result.gain,
        "clearing_price": None if told is None else told.price,
    }


def round_plain(
    stored: StoredRound,
    ordered: Iterable[DeviceId],
    shown: Mapping[DeviceId, bytes],
    verdicts: Mapping[DeviceId, StoredVerdict],
    names: Mapping[DeviceId, str],
) -> Plain:
    """Return a round with its orders, curves, trades and verdicts; `names` are those of the flats."""
    placed = {device: Placed.decode(document) for device, document in shown.items()}
    orders = [(device, order) for device, each in placed.items() for order in each.offer.orders]
    flats = {order.id: names.get(device, device.hex()) for device, order in orders}
    result = None if stored.result is None else Outcome.decode(stored.result).result
    opened = None if stored.book is None else OpenedBook.decode(stored.book)
    filled = _filled(result)
    told = sorted(names.get(device, device.hex()) for device in ordered)
    return summary_plain(stored) | {
        "objective": None if opened is None else opened.objective.value,
        "price": None if opened is None else opened.price.value,
        "ordered": told,
        "not_shown": sorted(set(told) - {names.get(device, device.hex()) for device in shown}),
        "agreed": sum(verdict.agrees for verdict in verdicts.values()),
        "disputes": [
            {"flat": names.get(device, device.hex()), "findings": list(verdict.findings)}
            for device, verdict in sorted(verdicts.items(), key=lambda each: names.get(each[0], ""))
            if not verdict.agrees
        ],
        "orders": [
            {
                "id": order.id,
                "flat": flats[order.id],
                "side": order.side.value,
                "wh": order.wh,
                "limit": order.limit,
                "filled_wh": None if result is None else filled.get(order.id, 0),
            }
            for _, order in sorted(orders, key=lambda each: (flats[each[1].id], each[1].id))
        ],
        "curves": {
            "asks": curve([order for _, order in orders if order.side is Side.ASK]),
            "bids": curve([order for _, order in orders if order.side is Side.BID]),
        },
        "trades": [
            {
                "seller": flats.get(each.seller, each.seller),
                "buyer": flats.get(each.buyer, each.buyer),
                "wh": each.wh,
                "price": each.price,
                "seller_price": each.price if each.seller_price is None else each.seller_price,
            }
            for each in (() if result is None else result.trades)
        ],
    }


def curve(orders: Iterable[Order]) -> list[list[int]]:
    """Return what is offered up to each limit, or wanted down to it: pairs of the limit and all Wh until there."""
    best = sorted(orders, key=lambda order: order.limit if order.side is Side.ASK else -order.limit)
    sums = accumulate(order.wh for order in best)
    steps = {order.limit: wh for order, wh in zip(best, sums, strict=True)}
    return [[limit, wh] for limit, wh in steps.items()]


def _stage(stored: StoredRound) -> str:
    if stored.ended is not None:
        return "ended"
    if stored.book is None:
        return "showing"
    return "clearing" if stored.result is None else "checking"


def _filled(result: Result | None) -> dict[str, int]:
    filled: dict[str, int] = {}
    for trade in () if result is None else result.trades:
        for name in (trade.seller, trade.buyer):
            filled[name] = filled.get(name, 0) + trade.wh
    return filled

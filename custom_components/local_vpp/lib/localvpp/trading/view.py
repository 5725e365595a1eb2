"""How a slot of a flat's market is shown. Pure."""

from collections.abc import Sequence

from ..market import MarketError, Trade
from ..market.rounds import Outcome, Placed
from .kept import KeptSlot
from .state import OwnTrade, Phase, SlotState

UNTOLD = "untold"
"""Nothing was heard of what came of the slot."""


def slot_state(kept: KeptSlot, now: int) -> SlotState:
    """Return how a slot stands at a moment, in seconds of Unix time."""
    own, outcome = _newest(kept), _result(kept)
    shared = kept.shared if kept.shared is not None or kept.cleared is not None or now < kept.slot else UNTOLD
    return SlotState(
        slot=kept.slot,
        phase=_phase(kept, shared),
        orders=() if own is None else own.offer.orders,
        trades=() if outcome is None or own is None else _trades(outcome, own),
        price=None if outcome is None else _price(outcome.result.trades),
        findings=kept.findings,
        why=shared or "",
    )


def _newest(kept: KeptSlot) -> Placed | None:
    if kept.log_size is not None:
        counts = kept.counted(kept.log_size)
        return None if counts is None else counts.placed
    return kept.documents[-1].placed if kept.documents else None


def _phase(kept: KeptSlot, shared: str | None) -> Phase:
    if kept.cleared is not None:
        return Phase.TRADED
    if shared is not None:
        return Phase.SHARED
    if kept.book is not None:
        return Phase.DISPUTED if kept.findings else Phase.AGREED
    if kept.closed is not None:
        return Phase.CLOSED
    logged = bool(kept.documents) and kept.documents[-1].index is not None
    return Phase.LOGGED if logged else Phase.PLACED


def _result(kept: KeptSlot) -> Outcome | None:
    """Return what the slot's result is, once it counts."""
    if kept.cleared is None or kept.result is None:
        return None
    try:
        return Outcome.decode(kept.result)
    except MarketError:
        return None  # It is among the findings.


def _trades(outcome: Outcome, own: Placed) -> tuple[OwnTrade, ...]:
    names = {order.id for order in own.offer.orders}
    return tuple(
        OwnTrade(True, each.wh, each.price)
        if each.buyer in names
        else OwnTrade(False, each.wh, each.price if each.seller_price is None else each.seller_price)
        for each in outcome.trades_of(own.offer)
    )


def _price(trades: Sequence[Trade]) -> int | None:
    """Return the median of what buyers pay, by energy: the one price, where there is one."""
    whole, passed = sum(each.wh for each in trades), 0
    for each in sorted(trades, key=lambda trade: trade.price):
        passed += 2 * each.wh
        if passed >= whole:
            return each.price
    return None

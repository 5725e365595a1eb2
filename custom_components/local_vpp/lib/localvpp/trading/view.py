"""How a slot of a flat's market is shown. Pure."""

from ..market import MarketError
from ..market.rounds import Outcome, Placed
from .kept import KeptSlot
from .state import OwnTrade, Phase, SlotState

UNTOLD = "untold"
"""Nothing was heard of what came of the slot."""


def slot_state(kept: KeptSlot, now: int) -> SlotState:
    """Return how a slot stands at a moment, in seconds of Unix time."""
    own = _newest(kept)
    shared = kept.shared if kept.shared is not None or kept.cleared is not None or now < kept.slot else UNTOLD
    return SlotState(
        slot=kept.slot,
        phase=_phase(kept, shared),
        orders=() if own is None else own.offer.orders,
        trades=_trades(kept, own),
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


def _trades(kept: KeptSlot, own: Placed | None) -> tuple[OwnTrade, ...]:
    if kept.cleared is None or kept.result is None or own is None:
        return ()
    names = {order.id for order in own.offer.orders}
    try:
        trades = Outcome.decode(kept.result).trades_of(own.offer)
    except MarketError:
        return ()  # It is among the findings.
    return tuple(
        OwnTrade(True, each.wh, each.price)
        if each.buyer in names
        else OwnTrade(False, each.wh, each.price if each.seller_price is None else each.seller_price)
        for each in trades
    )

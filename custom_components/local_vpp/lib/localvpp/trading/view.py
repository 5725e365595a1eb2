"""How a slot of a flat's market is shown. Pure."""

from ..market.rounds import Placed
from .kept import KeptSlot
from .state import Phase, SlotState

UNTOLD = "untold"
"""Nothing was heard of what came of the slot."""


def slot_state(kept: KeptSlot, now: int) -> SlotState:
    """Return how a slot stands at a moment, in seconds of Unix time."""
    own = newest_of(kept)
    shared = kept.shared if kept.shared is not None or kept.cleared is not None or now < kept.slot else UNTOLD
    return SlotState(
        slot=kept.slot,
        phase=_phase(kept, shared),
        orders=() if own is None else own.offer.orders,
        trades=kept.trades,
        price=kept.price,
        findings=kept.findings,
        why=shared or "",
    )


def newest_of(kept: KeptSlot) -> Placed | None:
    """Return which of this flat's orders count, or would."""
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

"""How a slot of a flat's market, and each of its rounds, is shown. Pure."""

from collections.abc import Sequence

from ..market.rounds import Placed
from .kept import KeptRound
from .state import Phase, RoundState, SlotState

UNTOLD = "untold"
"""Nothing was heard of what came of the round."""


def slot_state(rounds: Sequence[KeptRound], last: int | None, now: int) -> SlotState:
    """Return how a slot stands at a moment, in seconds of Unix time.

    Args:
        rounds: those that the flat has to do with, in their order.
        last: the number of the slot's last round, as far as that is known.
        now: the moment.
    """
    told = tuple(round_state(each, now) for each in rounds)
    newest = told[-1]
    traded = any(each.phase is Phase.TRADED for each in told)
    phase = newest.phase
    if phase is Phase.SHARED:
        more = last is not None and newest.number < last and now < rounds[0].slot
        phase = Phase.TRADED if traded else Phase.OPEN if more else Phase.SHARED
    prices = [each.price for each in told if each.price is not None]
    return SlotState(
        slot=rounds[0].slot,
        phase=phase,
        orders=newest.orders,
        trades=tuple(trade for each in told for trade in each.trades),
        price=prices[-1] if prices else None,
        findings=tuple(finding for each in told for finding in each.findings),
        why="" if traded else newest.why,
        rounds=told,
    )


def round_state(kept: KeptRound, now: int) -> RoundState:
    """Return how a round stands at a moment."""
    own = newest_of(kept)
    untraded = kept.untraded if kept.ended or now < kept.at.slot else UNTOLD
    return RoundState(
        number=kept.at.number,
        phase=_phase(kept, untraded),
        orders=() if own is None else own.offer.orders,
        trades=kept.trades,
        price=kept.price,
        findings=kept.findings,
        why=untraded or "",
    )


def newest_of(kept: KeptRound) -> Placed | None:
    """Return which of this flat's orders count, or would."""
    if kept.log_size is not None:
        counts = kept.counted(kept.log_since or 0, kept.log_size)
        return None if counts is None else counts.placed
    return kept.documents[-1].placed if kept.documents else None


def _phase(kept: KeptRound, untraded: str | None) -> Phase:
    if kept.is_traded:
        return Phase.TRADED
    if untraded is not None:
        return Phase.SHARED
    if kept.book is not None:
        return Phase.DISPUTED if kept.findings else Phase.AGREED
    if kept.closed is not None:
        return Phase.CLOSED
    logged = bool(kept.documents) and kept.documents[-1].index is not None
    return Phase.LOGGED if logged else Phase.PLACED

"""What was kept of a flat's usage as the slots that a forecast is made of. Pure."""

from collections.abc import Callable, Sequence
from typing import Final

from .forecast import History
from .usage import PERIOD_S, Period

LOOKS_BACK_S: Final = 65 * 86_400
"""So much of it a forecast wants: four weeks of errors, each of a forecast that rests on four weeks, and what lies
between."""
_J_PER_WH: Final = 3600


def history_of(periods: Sequence[Period], slot_seconds: int, joules: Callable[[Period], int | None]) -> History | None:
    """Return energy in slots; one of which a period is unknown is unknown. None if nothing is known.

    A sum below nothing is unknown, too: something behind the meter gives energy that nobody reads.

    Args:
        periods: what is known, oldest first.
        slot_seconds: of the history, a multiple of a period's.
        joules: which energy of a period is meant.
    """
    whole: dict[int, list[int]] = {}
    for each in periods:
        if (energy := joules(each)) is not None:
            whole.setdefault(each.begin - each.begin % slot_seconds, []).append(energy)
    known = {
        begin: sum(parts) / _J_PER_WH
        for begin, parts in whole.items()
        if len(parts) == slot_seconds // PERIOD_S and sum(parts) >= 0
    }
    if not known:
        return None
    begin, last = min(known), max(known)
    return History.of(
        begin, slot_seconds, (known.get(slot) for slot in range(begin, last + slot_seconds, slot_seconds))
    )

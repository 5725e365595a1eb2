"""What bounds a building's drill, by its file and its plan; and the place of a flat that an earlier one has called."""

from typing import Final

from ..config import DrillLimits
from ..store.drills import DrillFlat, StoredDrill
from .values import Line, Place, Rules, Stage

CALL_MS: Final = 120_000
"""So long a call holds."""
RETURN_S: Final = 3_600.0
"""So long after a drill's length a flat is home by itself: it was announced, held for the grid, given up on (L2)."""


def bound_s(drill: StoredDrill) -> float:
    """Return how long after its call a flat is home by itself, whatever happens."""
    return CALL_MS / 1000 + drill.length_s + RETURN_S


def rules_of(limits: DrillLimits, drill: StoredDrill, flats: int) -> Rules:
    """Return what the planner keeps to in a building of so many flats."""
    return Rules(
        flats=flats,
        most=drill.most,
        limit_w=drill.limit_w or 1,  # Nobody is called where there is none.
        bound_s=bound_s(drill),
        lines=tuple(Line(each.name, each.kw * 1000, frozenset(each.flats)) for each in limits.lines),
        flat_w=limits.flat_kw * 1000,
        recharge_w=limits.recharge_kw * 1000,
    )


def place_of(limits: DrillLimits, flat: DrillFlat, now: float, now_ms: int) -> Place:
    """Return the place of a flat that an earlier drill has called, and that is not known to be home."""
    assert flat.called_ms is not None, "it was called"
    most_w = limits.flat_kw * 1000
    called_at = now - max(0, now_ms - flat.called_ms) / 1000
    return Place(stage=Stage.OUT, called_at=called_at, worst_w=most_w, gave_w=most_w)

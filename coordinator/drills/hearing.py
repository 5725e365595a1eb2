"""What a flat says of a drill, taken into what is kept of it. Pure; said again, it changes nothing."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from localvpp.islanding import Refusal
from localvpp.wire import DrillAnswer, DrillDocument, DrillNews

from ..store.drills import DrillFlat
from .values import Answered, News, Returned, Stage

OUTAGE: Final = "outage"
"""What a flat says when the grid went away in its drill."""


def stage_of(flat: DrillFlat) -> Stage:
    """Return where a flat stands, by what is kept of it."""
    if flat.called_ms is None:
        return Stage.WAITING
    if flat.accepted is False:
        return Stage.REFUSED
    if flat.ended_ms is not None:
        return Stage.HOME
    return Stage.CALLED if flat.accepted is None else Stage.OUT


def warned(flat: DrillFlat) -> bool:
    """Whether a flat has refused because a warning is in force."""
    return flat.accepted is False and Refusal.WARNING in flat.reasons


def heard(flat: DrillFlat, told: DrillAnswer | DrillNews | DrillDocument, now_ms: int) -> tuple[DrillFlat, list[News]]:
    """Return how a flat stands after what it says, and what the planner hears of it. Said again, it changes nothing."""
    match told:
        case DrillAnswer() if flat.accepted is None:
            answered = replace(flat, answered_ms=now_ms, accepted=told.accepted, reasons=told.reasons, words=told.words)
            return answered, [Answered(flat.flat, told.accepted)]
        case DrillNews() if flat.ended_ms is None and flat.accepted is not False:
            news: list[News] = [] if flat.accepted else [Answered(flat.flat, accepted=True)]
            followed = replace(
                flat, accepted=True, answered_ms=flat.answered_ms or now_ms, phase=told.phase, aborted=told.aborted
            )
            if not told.ended:
                return followed, news
            ended = replace(followed, ended_ms=now_ms, passed=told.passed, transfer=told.transfer, digest=told.digest)
            return ended, [*news, Returned(flat.flat)]
        case DrillDocument() if flat.document is None and sha256(told.document).digest() == flat.digest:
            return replace(flat, document=told.document), []
        case _:
            return flat, []

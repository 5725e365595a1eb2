"""A drill that is over becomes a document, and what is shown of it."""

from collections.abc import Sequence
import logging

from ..wire import Membership
from .document import Document, Noted, Previous, digest, encode
from .drills import Held
from .reading import DocumentError
from .settings import BlackoutSettings
from .state import DrillSummary, Told

_LOGGER = logging.getLogger(__name__)


def drawn(
    held: Held,
    settings: BlackoutSettings,
    membership: Membership,
    software: str,
    *,
    told: Sequence[Told],
    before: bytes | None,
    next_ms: int | None,
) -> tuple[bytes, DrillSummary]:
    """Return a drill's document and its summary.

    Args:
        held: the drill.
        settings: how the flat is set up.
        membership: which flat it is.
        software: name and version of the program.
        told: what people were told meanwhile.
        before: the document of the drill before it.
        next_ms: when the next one is due.
    """
    report, wish = held.report, held.session.wish
    document = encode(
        Document(
            building=membership.origin,
            device=membership.device,
            flat=membership.flat,
            software=software,
            wiring=settings.policy.wiring,
            floors=settings.policy.floors,
            begun_ms=held.session.begun_ms,
            ended_ms=held.ended_ms,
            asked_by=wish.by,
            call=wish.call,
            report=report,
            notices=tuple(Noted(each.time_ms, each.notice, each.detail) for each in told),
            previous=_previous(before),
            next_due_ms=next_ms,
        )
    )
    transfer = None if report.transfer is None else str(report.transfer)
    summary = DrillSummary(
        held.ended_ms, report.level, report.passed, report.aborted, transfer, digest(document), wish.call
    )
    return document, summary


def _previous(before: bytes | None) -> Previous | None:
    if before is None:
        return None
    try:
        return Previous.of(before)
    except DocumentError as error:
        _LOGGER.warning("The last drill's document cannot be compared with: %s", error)
        return None

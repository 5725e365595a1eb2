"""A building's drill that is over as a document: what is kept of it, in the form that a record names. Pure."""

from collections.abc import Collection

from localvpp.blackout.building_document import BuildingDocument, FlatOutcome, Outcome
from localvpp.blackout.document import decode
from localvpp.blackout.reading import DocumentError
from localvpp.etp import DeviceId
from localvpp.islanding.report import Level, Report

from ..store.drills import DrillFlat, StoredDrill
from .report import criteria


def building_document(
    drill: StoredDrill, flats: Collection[DrillFlat], *, name: str, origin: str, device: DeviceId, software: str
) -> BuildingDocument:
    """Return the document of a drill that was announced and is over.

    Args:
        drill: what is kept of it.
        flats: what is kept of each flat in it.
        name: of the building, which has held it.
        origin: of the building's log.
        device: the building's own, whose record will name the document.
        software: name and version of the program.
    """
    assert drill.announced_ms is not None, "it was announced"
    assert drill.ended_ms is not None, "it is over"
    assert drill.ended is not None, "it is over"
    begun_ms = drill.announced_ms
    return BuildingDocument(
        building=origin,
        device=device,
        drill=drill.drill,
        software=software,
        asked_by=name,
        begun_ms=begun_ms,
        ended_ms=drill.ended_ms,
        ended=drill.ended,
        flats_level=Level(drill.level),
        flats=tuple(_outcome(flat, begun_ms) for flat in flats),
        criteria=criteria(drill, flats),
    )


def _outcome(flat: DrillFlat, begun_ms: int) -> FlatOutcome:
    outcome, report = _came_out(flat), _report(flat)
    after_ms = None if flat.acknowledged_ms is None else max(0, flat.acknowledged_ms - begun_ms)
    reasons = (*flat.reasons, *(() if flat.words is None else (flat.words,)))
    if outcome is Outcome.ABORTED and flat.aborted is not None:
        reasons = (flat.aborted,)
    return FlatOutcome(
        flat=flat.flat,
        outcome=outcome,
        reasons=reasons,
        told=flat.notified_ms is not None,
        acknowledged_after_s=None if after_ms is None else after_ms / 1000,
        transfer=None if report is None else report.transfer,
        endurance_s=None if report is None else report.endurance_s,
        report=flat.digest,
    )


def _came_out(flat: DrillFlat) -> Outcome:
    if flat.called_ms is None:
        return Outcome.NOT_CALLED
    if flat.accepted is None:
        return Outcome.SILENT
    if not flat.accepted:
        return Outcome.REFUSED
    if flat.passed:
        return Outcome.PASSED
    if flat.aborted is not None:
        return Outcome.ABORTED
    return Outcome.UNREPORTED if flat.ended_ms is None else Outcome.FAILED


def _report(flat: DrillFlat) -> Report | None:
    """Return what the flat has measured; what is no document, as of a later version, tells nothing."""
    if flat.document is None:
        return None
    try:
        return decode(flat.document).report
    except DocumentError:
        return None

"""What a building's drill has shown (level LB): the roll-call, both limits, and each flat's own report. Pure.

A criterion that nothing was measured for is not passed, and not failed either.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from localvpp.blackout.building_document import BuildingDocument, FlatOutcome, Outcome
from localvpp.blackout.document import Document, decode
from localvpp.blackout.reading import DocumentError
from localvpp.etp import DeviceId
from localvpp.islanding.report import Criterion, Level, Wanted

from ..store.drills import DrillFlat, StoredDrill
from .values import Ended

WANTED: Final = Wanted()
"""What a drill is to show, as each flat's own report has it."""


@dataclass(frozen=True, slots=True)
class RollCallResult:
    """How many have acknowledged in time, of how many."""

    flats: int
    notified: int
    acknowledged: int
    in_time: int

    @property
    def share(self) -> float | None:
        """Of the flats that have acknowledged in time; None without any flat."""
        return self.in_time / self.flats if self.flats else None


def roll_call(drill: StoredDrill, flats: Collection[DrillFlat]) -> RollCallResult:
    """Count the roll-call."""
    after = [
        (flat.acknowledged_ms - drill.announced_ms) / 1000
        for flat in flats
        if flat.acknowledged_ms is not None and drill.announced_ms is not None
    ]
    return RollCallResult(
        flats=len(flats),
        notified=sum(flat.notified_ms is not None for flat in flats),
        acknowledged=len(after),
        in_time=sum(seconds <= WANTED.acknowledged_within_s for seconds in after),
    )


def criteria(drill: StoredDrill, flats: Collection[DrillFlat]) -> tuple[Criterion, ...]:
    """Hold a drill against what it was to show."""
    counted = roll_call(drill, flats)
    followed = [flat for flat in flats if flat.accepted is True]
    rows = [
        _row(
            "people",
            f"≥ {WANTED.acknowledged_share:.0%} within {WANTED.acknowledged_within_s:g} s",
            None if counted.share is None else f"{counted.in_time} of {counted.flats}",
            counted.share is not None and counted.share >= WANTED.acknowledged_share,
        ),
        _row("whole", Ended.DONE.value, drill.ended, drill.ended == Ended.DONE),
    ]
    if drill.limit_w is None or not any(flat.called_ms is not None for flat in flats):
        return tuple(rows)
    demand = None if drill.demand_seen_w is None else f"{drill.demand_seen_w / 1000:.1f} kW"
    rows += [
        _row("transition", f"≤ {drill.most}", str(drill.most_seen), drill.most_seen <= drill.most),
        _row(
            "contract",
            f"≤ {drill.limit_w / 1000:g} kW",
            demand,
            drill.demand_seen_w is not None and drill.demand_seen_w <= drill.limit_w,
        ),
        _row(
            "flats",
            "every flat that followed has passed",
            f"{sum(flat.passed is True for flat in followed)} of {len(followed)}" if followed else None,
            all(flat.passed is True for flat in followed),
        ),
        _row(
            "home",
            "every flat that followed is home",
            f"{sum(flat.ended_ms is not None for flat in followed)} of {len(followed)}" if followed else None,
            all(flat.ended_ms is not None for flat in followed),
        ),
    ]
    return tuple(rows)


def building_document(
    drill: StoredDrill, flats: Collection[DrillFlat], *, origin: str, device: DeviceId, by: str
) -> BuildingDocument:
    """Return the one report of a drill that is over; `by` names the program, and `device` is the building's."""
    assert drill.announced_ms is not None, "it was held"
    assert drill.ended_ms is not None, "it is over"
    assert drill.ended is not None, "it is over for a reason"
    return BuildingDocument(
        building=origin,
        device=device,
        drill=drill.drill,
        software=by,
        asked_by="manager",
        begun_ms=drill.announced_ms,
        ended_ms=drill.ended_ms,
        ended=drill.ended,
        flats_level=Level(drill.level),
        flats=tuple(_outcome(flat, drill.announced_ms) for flat in flats),
        criteria=criteria(drill, flats),
    )


def _outcome(flat: DrillFlat, announced_ms: int) -> FlatOutcome:
    document = _read(flat)
    report = None if document is None else document.report
    reasons = [*flat.reasons, *(each for each in (flat.words, flat.aborted) if each)]
    seen_ms = flat.acknowledged_ms
    return FlatOutcome(
        flat=flat.flat,
        outcome=outcome_of(flat),
        reasons=tuple(reasons),
        told=flat.notified_ms is not None,
        acknowledged_after_s=None if seen_ms is None else max(0, seen_ms - announced_ms) / 1000,
        transfer=None if report is None else report.transfer,
        endurance_s=None if report is None else report.endurance_s,
        report=flat.digest if flat.document is not None else None,
    )


def outcome_of(flat: DrillFlat) -> Outcome:
    """Say what came of a flat's turn."""
    if flat.called_ms is None:
        return Outcome.NOT_CALLED
    if flat.accepted is None:
        return Outcome.SILENT
    if not flat.accepted:
        return Outcome.REFUSED
    if flat.aborted is not None:
        return Outcome.ABORTED
    return {True: Outcome.PASSED, False: Outcome.FAILED, None: Outcome.UNREPORTED}[flat.passed]


def _read(flat: DrillFlat) -> Document | None:
    """Read a flat's own report; one that cannot be read has figures of nothing, and its hash all the same."""
    try:
        return None if flat.document is None else decode(flat.document)
    except DocumentError:
        return None


def _row(name: str, wanted: str, measured: str | None, met: bool) -> Criterion:
    return Criterion(name, wanted, measured, None if measured is None else met)

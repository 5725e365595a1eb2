"""The JSON of drills and of a blackout, as docs/protocol.md shows it. Unknown is null."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from localvpp.devices import MeterReading
from localvpp.islanding import Grid, Supply, grid, japanese

from ..store.drills import DrillFlat, StoredDrill
from .hearing import stage_of
from .report import roll_call
from .values import Against, DrillState, FlatSeen

type Plain = dict[str, Any]

_BETWEEN_HZ: Final = 55.0
"""Of the two grids of Japan, one is below it."""
_TWICE_V: Final = 150.0
"""Above it a bulk meter shows the voltage between two phases of 100 V."""


def grid_of(bulk: MeterReading | None) -> Grid:
    """Judge the grid by what the bulk meter shows; a meter that is silent tells nothing."""
    if bulk is None or bulk.voltage_v is None:
        return Grid.UNKNOWN
    hertz = bulk.frequency_hz
    profile = japanese(
        60 if hertz is not None and hertz > _BETWEEN_HZ else 50,
        nominal_v=200 if bulk.voltage_v > _TWICE_V else 100,
    )
    return grid(Supply(bulk.voltage_v, hertz), profile)


def blackout_plain(flats: Iterable[FlatSeen], bulk: MeterReading | None, drill: Plain | None) -> Plain:
    """Return how the building stands in a blackout."""
    seen = [flat.islanded for flat in flats]
    return {
        "grid": grid_of(bulk).value,
        "islanded": sum(islanded is True for islanded in seen),
        "connected": sum(islanded is False for islanded in seen),
        "unknown": sum(islanded is None for islanded in seen),
        "drill": drill,
    }


def drill_plain(drill: StoredDrill, flats: Mapping[str, DrillFlat], state: DrillState | None) -> Plain:
    """Return a drill with its flats; `state` is the planner's while it goes on."""
    counted = roll_call(drill, flats.values())
    against = None if state is None else state.against
    begun = drill.announced_ms
    return {
        "drill": drill.drill.hex(),
        "level": drill.level,
        "length_s": drill.length_s,
        "stage": _stage(drill, state),
        "planned_ms": drill.planned_ms,
        "announced_ms": begun,
        "first_ms": None if begun is None else begun + drill.notice_s * 1000,
        "until_ms": None if begun is None else begun + drill.within_s * 1000,
        "ended_ms": drill.ended_ms,
        "ended": drill.ended,
        "most": drill.most,
        "limit_w": drill.limit_w,
        "seed": drill.seed,
        "most_seen": drill.most_seen,
        "demand_seen_w": drill.demand_seen_w,
        "record": None if drill.record is None else drill.record.hex(),
        "against": against.value if isinstance(against, Against) else None,
        "notified": counted.notified,
        "acknowledged": counted.acknowledged,
        "acknowledged_in_time": counted.in_time,
        "flats": [flat_plain(flat, begun) for flat in flats.values()],
    }


def _stage(drill: StoredDrill, state: DrillState | None) -> str:
    if drill.ended_ms is not None:
        return "ended"
    if drill.announced_ms is None:
        return "planned"
    return "announced" if state is not None and not state.calls else "running"


def flat_plain(flat: DrillFlat, announced_ms: int | None) -> Plain:
    """Return one flat of a drill."""
    after = (
        None
        if flat.acknowledged_ms is None or announced_ms is None
        else max(0, flat.acknowledged_ms - announced_ms) // 1000
    )
    return {
        "flat": flat.flat,
        "stage": stage_of(flat).value,
        "notified_ms": flat.notified_ms,
        "acknowledged_ms": flat.acknowledged_ms,
        "acknowledged_after_s": after,
        "acknowledged_by": flat.acknowledged_by,
        "called_ms": flat.called_ms,
        "reasons": list(flat.reasons),
        "words": flat.words,
        "phase": flat.phase,
        "ended_ms": flat.ended_ms,
        "passed": flat.passed,
        "aborted": flat.aborted,
        "transfer": flat.transfer,
        "report": None if flat.document is None or flat.digest is None else flat.digest.hex(),
    }

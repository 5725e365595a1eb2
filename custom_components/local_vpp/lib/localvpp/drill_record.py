"""What a blackout drill leaves in the log: a record of kind DRILL, which names the drill's report by its hash. Pure.

The report itself is a document of its own (`blackout.document`): it tells how a household lives, and stays with the
flat. Whoever is given it can prove with the record that it is the one that was drawn up then, to the byte.
"""

from typing import Final

from .etp import Body, DeviceId, ErrorFlag, Kind
from .islanding.report import Level

KIND: Final = Kind.DRILL
_LEVELS: Final = frozenset(str(level) for level in Level)


def drill_body(
    *,
    report: bytes,
    level: Level,
    begun_ms: int,
    ended_ms: int,
    separated: bool,
    device: DeviceId,
    slot_seconds: int,
    place: str | None,
) -> Body:
    """Return what the record of a drill says; its envelope's slot is the one in which it began (`drill_slot`).

    A wall clock that was set back meanwhile makes no drill end before it began: its time is flagged instead (I17).

    Args:
        report: SHA-256 of the document.
        level: how far the drill went.
        begun_ms: Unix time.
        ended_ms: Unix time.
        separated: whether the flat was cut off from the grid by it.
        device: whose drill it was, and who signs: a flat's, or the building's.
        slot_seconds: of the building's terms.
        place: the flat's number.
    """
    errors = ErrorFlag.ISLAND if separated else ErrorFlag(0)
    if ended_ms < begun_ms:
        errors |= ErrorFlag.TIME
    return Body(
        start_ms=begun_ms,
        end_ms=max(begun_ms, ended_ms),
        slot_seconds=slot_seconds,
        sender=device,
        receiver=device,
        energy_wh=0,
        attributes=(),
        errors=errors,
        place=place,
        evidence=(report,),
        reason=str(level),
    )


def drill_slot(begun_ms: int, slot_seconds: int) -> int:
    """Return the slot that the record stands in: the begin, in seconds, of the one in which the drill began."""
    return begun_ms // 1000 // slot_seconds * slot_seconds


def drill_problem(slot: int, body: Body, device: DeviceId) -> str | None:
    """Say why a device's DRILL record is none; what every such record has, `etp` has judged (`etp.record.checked`)."""
    if body.sender != device:
        return "a drill is told of by the device that held it: sender and receiver are another"
    if body.reason not in _LEVELS:
        return f"the drill's level is {body.reason!r}: expected one of {', '.join(sorted(_LEVELS))}"
    if slot != drill_slot(body.start_ms, body.slot_seconds):
        return f"a drill that began at {body.start_ms} ms is no drill of slot {slot}: name the slot in which it began"
    return None

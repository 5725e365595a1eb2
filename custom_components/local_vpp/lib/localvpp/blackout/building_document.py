"""The report of a building's drill (level LB): every flat's outcome, the roll-call, and the bounds that were kept.

Written and read like a flat's (`document`), with the flats' own reports named by their hashes: whoever has one of them
can tell that it is the one that counted. What it was to show is for who held it to say (`coordinator.drills`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..etp import DeviceId
from ..export.plain import Plain
from ..islanding.report import Criterion, Gap, Level
from .document import (
    MILLI,
    maybe_fixed,
    plain_criteria,
    plain_gap,
    read,
    read_criteria,
    read_format,
    read_gap,
    written,
)
from .reading import DocumentError, Fields

FORMAT: Final = "local-vpp building drill 1"
LEVEL: Final = Level.BUILDING
LARGEST: Final = 2 * 1024 * 1024
"""Bytes at most. Whatever a flat says (`wire.drills`), its row has less than 1,500: a thousand flats fit."""
_DRILL: Final = 16
_DIGEST: Final = 32


class Outcome(StrEnum):
    """What came of a flat's turn."""

    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    """It ended before its time."""
    REFUSED = "refused"
    SILENT = "silent"
    """It was called, and did not answer."""
    UNREPORTED = "unreported"
    """It followed the call, and no report of it has come."""
    NOT_CALLED = "not_called"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatOutcome:
    """One flat's row."""

    flat: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    """Why it refused or ended before its time: codes of the wire, or a resident's own words."""
    told: bool = False
    """Whether it showed the announcement."""
    acknowledged_after_s: float | None = None
    transfer: Gap | None = None
    endurance_s: float | None = None
    report: bytes | None = None
    """SHA-256 of its own document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingDocument:
    """What a building's drill has shown."""

    building: str
    """Origin of the building's log."""
    device: DeviceId
    """The building's own: whose records tell of it."""
    drill: bytes
    """The drill's name on the wire."""
    software: str
    asked_by: str
    begun_ms: int
    """Unix time of the announcement."""
    ended_ms: int
    ended: str
    """Why it was over, as the planner names it."""
    flats_level: Level
    """How far each flat was asked to go."""
    flats: tuple[FlatOutcome, ...]
    criteria: tuple[Criterion, ...]
    """What the building's drill was to show, and what it has shown: drawn up by who held it."""

    @property
    def passed(self) -> bool:
        """Whether every criterion was measured and met."""
        return bool(self.criteria) and all(each.passed is True for each in self.criteria)

    @property
    def told(self) -> int:
        """Flats that have shown the announcement."""
        return sum(each.told for each in self.flats)

    @property
    def acknowledged(self) -> int:
        """Flats in which somebody has acknowledged it."""
        return sum(each.acknowledged_after_s is not None for each in self.flats)

    def count(self, *outcomes: Outcome) -> int:
        """Return how many flats came out so."""
        return sum(each.outcome in outcomes for each in self.flats)


def encode_building(document: BuildingDocument) -> bytes:
    """Return the one text of a building's document. Raises DocumentError."""
    return written(
        {
            "format": FORMAT,
            "level": str(LEVEL),
            "building": document.building,
            "device": document.device.hex(),
            "drill": document.drill.hex(),
            "software": document.software,
            "asked_by": document.asked_by,
            "begun_ms": document.begun_ms,
            "ended_ms": document.ended_ms,
            "ended": document.ended,
            "flats": [_plain_flat(each) for each in document.flats],
            "flats_level": str(document.flats_level),
            "criteria": plain_criteria(document.criteria),
            "passed": document.passed,
        },
        LARGEST,
    )


def decode_building(data: bytes) -> BuildingDocument:
    """Return a building's document read strictly. Raises DocumentError."""
    return read(data, _read, encode_building, LARGEST)


def _plain_flat(flat: FlatOutcome) -> Plain:
    return {
        "flat": flat.flat,
        "outcome": str(flat.outcome),
        "reasons": list(flat.reasons),
        "told": flat.told,
        "acknowledged_after_ms": maybe_fixed(flat.acknowledged_after_s, MILLI, "acknowledged_after_s"),
        "transfer": plain_gap(flat.transfer, "transfer"),
        "endurance_ms": maybe_fixed(flat.endurance_s, MILLI, "endurance_s"),
        "report": None if flat.report is None else flat.report.hex(),
    }


def _read(fields: Fields) -> BuildingDocument:
    read_format(fields, FORMAT)
    fields.one_of("level", Level)
    document = BuildingDocument(
        building=fields.text("building"),
        device=DeviceId(fields.octets("device", 16)),
        drill=fields.octets("drill", _DRILL),
        software=fields.text("software"),
        asked_by=fields.text("asked_by"),
        begun_ms=fields.time("begun_ms"),
        ended_ms=fields.time("ended_ms"),
        ended=fields.text("ended"),
        flats=tuple(_read_flat(Fields(each, "a flat")) for each in fields.listed("flats")),
        flats_level=fields.one_of("flats_level", Level),
        criteria=read_criteria(fields),
    )
    fields.flag("passed")
    fields.end()
    return document


def _read_flat(fields: Fields) -> FlatOutcome:
    flat = FlatOutcome(
        flat=fields.text("flat"),
        outcome=fields.one_of("outcome", Outcome),
        reasons=_texts(fields.listed("reasons")),
        told=fields.flag("told"),
        acknowledged_after_s=fields.scaled("acknowledged_after_ms", MILLI),
        transfer=fields.part("transfer", read_gap),
        endurance_s=fields.scaled("endurance_ms", MILLI),
        report=fields.maybe("report", lambda name: fields.octets(name, _DIGEST)),
    )
    fields.end()
    return flat


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    texts = [each for each in values if isinstance(each, str)]
    if len(texts) != len(values):
        raise DocumentError("a flat: reasons has what is no text")
    return tuple(texts)

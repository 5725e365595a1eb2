"""The report of a drill as a document: what a flat keeps, a record of kind DRILL names, and everybody can read.

It is one JSON text: keys sorted, no spaces, UTF-8, whole numbers of fixed small units (ms, mV, mHz, mWh, millionths).
So it is the same to the byte wherever it is written. It is read strictly: what would be written in any other way is
refused, and so is a document that says `passed` of criteria that were not. Its SHA-256 is its name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import hashlib
import json
import math
from typing import Any, Final, NoReturn, Self

from ..etp import DeviceId
from ..export.errors import UnfitError
from ..export.plain import Plain, canonical_json
from ..islanding import Floors, Notice, PolicyError, Wiring
from ..islanding.report import Criterion, Gap, Level, People, Report, Spread
from .reading import DocumentError, Fields

FORMAT: Final = "local-vpp drill 1"
LARGEST: Final = 256 * 1024
"""Bytes at most; the report of a drill has about two thousand."""
MILLI: Final = 1_000
MILLION: Final = 1_000_000
_PERCENT: Final = 10_000
"""Millionths in a percent."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that people were told during the drill."""

    time_ms: int
    notice: Notice
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The drill before this one, as far as the two are compared."""

    ended_ms: int
    level: Level
    passed: bool
    transfer: Gap | None
    endurance_s: float | None
    used_percent: float | None
    """What was taken out of the battery."""
    digest: bytes
    """Of its document."""

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Take what is compared from a drill's document. Raises DocumentError."""
        document = decode(data)
        report = document.report
        return cls(
            ended_ms=document.ended_ms,
            level=report.level,
            passed=report.passed,
            transfer=report.transfer,
            endurance_s=report.endurance_s,
            used_percent=used_percent(report),
            digest=digest(data),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a drill of one flat has shown, and under which circumstances."""

    building: str
    """Origin of the building's log."""
    device: DeviceId
    """Whose records tell of it."""
    flat: str
    software: str
    """Name and version of the program."""
    wiring: Wiring
    floors: Floors
    begun_ms: int
    """Unix time."""
    ended_ms: int
    """Before the begin where the clock was set back meanwhile: how long it took is in the report."""
    asked_by: str
    call: str | None = None
    """The building's drill of which this was a part."""
    report: Report
    notices: tuple[Noted, ...] = ()
    previous: Previous | None = None
    next_due_ms: int | None = None
    """When the next drill is due at the latest."""

    @property
    def separated(self) -> bool:
        """Whether the flat was cut off from the grid by it."""
        return self.report.length_s > 0 or self.report.transfer is not None

    @property
    def actions(self) -> tuple[str, ...]:
        """What is to be done now: by the criterion that was not met or not measured, and once more if it was ended."""
        due = [f"{each.name}_{_FOUND[each.passed]}" for each in self.report.criteria if each.passed is not True]
        return (*due, *(() if self.report.aborted is None else ("repeat",)))


_FOUND: Final = {False: "failed", None: "unmeasured"}


def used_percent(report: Report) -> float | None:
    """Return what a drill took out of the battery; None where it is unknown."""
    if report.soc_begin is None or report.soc_end is None:
        return None
    return round(report.soc_begin - report.soc_end, 4)


def digest(data: bytes) -> bytes:
    """Return the name of a document: what a DRILL record has as its evidence."""
    return hashlib.sha256(data).digest()


def encode(document: Document) -> bytes:
    """Return the one text of a document.

    Raises DocumentError, naming the field, for what no reader would take.
    """
    return written(_plain(document) | {"format": FORMAT}, LARGEST)


def written(told: dict[str, Plain], largest: int) -> bytes:
    """Return the one JSON text of what is told, of so many bytes at most. Raises DocumentError."""
    try:
        data = canonical_json(told)
    except (UnfitError, UnicodeEncodeError) as error:
        raise DocumentError(f"the document cannot be written: {error}") from error
    if len(data) > largest:
        raise DocumentError(f"the document has {len(data)} bytes, {largest} at most: leave events out")
    return data


def decode(data: bytes) -> Document:
    """Return a document read strictly. Raises DocumentError."""
    return read(data, _read, encode, LARGEST)


def read[T](data: bytes, reader: Callable[[Fields], T], encoder: Callable[[T], bytes], largest: int) -> T:
    """Return what a text of so many bytes at most says, if it is the one text of it. Raises DocumentError."""
    if len(data) > largest:
        raise DocumentError(f"the document has {len(data)} bytes; at most {largest} are read")
    try:
        found = json.loads(data.decode(), parse_float=_no_number, parse_constant=_no_number)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DocumentError(f"the document is no JSON text: {error}") from error
    try:
        document = reader(Fields(found, "the document"))
    except PolicyError as error:
        raise DocumentError(f"the document: {error}") from error
    if encoder(document) != data:
        raise DocumentError(
            "the document is not written as it has to be, or contradicts itself: it was changed after it was drawn up"
        )
    return document


def _no_number(text: str) -> NoReturn:
    raise DocumentError(f"the document has the number {text}: it has whole ones only")


# --- writing ---------------------------------------------------------------------------------------------------------


def fixed(value: float, unit: int, name: str) -> int:
    """Return a figure in whole parts of its unit. Raises DocumentError for what is no number."""
    if not math.isfinite(value):
        raise DocumentError(f"{name} is {value}: leave what is unknown out")
    return round(value * unit)


def maybe_fixed(value: float | None, unit: int, name: str) -> int | None:
    """Return the same, or None for what is unknown."""
    return None if value is None else fixed(value, unit, name)


def plain_gap(gap: Gap | None, name: str) -> Plain:
    """Return a time without voltage, in ms."""
    if gap is None:
        return None
    return {"most_ms": fixed(gap.most_s, MILLI, name), "step_ms": fixed(gap.step_s, MILLI, name)}


def _plain(document: Document) -> dict[str, Plain]:
    previous = document.previous
    return _plain_report(document.report) | {
        "building": document.building,
        "device": document.device.hex(),
        "flat": document.flat,
        "software": document.software,
        "wiring": str(document.wiring),
        "floors_ppm": {name: fixed(getattr(document.floors, name), _PERCENT, name) for name in _FLOORS},
        "begun_ms": document.begun_ms,
        "ended_ms": document.ended_ms,
        "asked_by": document.asked_by,
        "call": document.call,
        "notices": [[each.time_ms, str(each.notice), each.detail] for each in document.notices],
        "previous": None if previous is None else _plain_previous(previous),
        "next_due_ms": document.next_due_ms,
        "actions": list(document.actions),
    }


def _plain_previous(previous: Previous) -> Plain:
    return {
        "ended_ms": previous.ended_ms,
        "level": str(previous.level),
        "passed": previous.passed,
        "transfer": plain_gap(previous.transfer, "previous transfer"),
        "endurance_ms": maybe_fixed(previous.endurance_s, MILLI, "previous endurance_s"),
        "used_ppm": maybe_fixed(previous.used_percent, _PERCENT, "previous used_percent"),
        "digest": previous.digest.hex(),
    }


def _plain_report(report: Report) -> dict[str, Plain]:
    people = report.people
    after_s = people.acknowledged_after_s
    return {
        "level": str(report.level),
        "passed": report.passed,
        "aborted": report.aborted,
        "length_ms": fixed(report.length_s, MILLI, "length_s"),
        "transfer": plain_gap(report.transfer, "transfer"),
        "return_gap": plain_gap(report.return_gap, "return_gap"),
        "held_ms": maybe_fixed(report.held_s, MILLI, "held_s"),
        "voltage_mv": _plain_spread(report.voltage, "voltage"),
        "frequency_mhz": _plain_spread(report.frequency, "frequency"),
        "mwh_by_tier": {tier: fixed(wh, MILLI, f"wh_by_tier {tier}") for tier, wh in report.wh_by_tier.items()},
        "pv_mwh": maybe_fixed(report.pv_wh, MILLI, "pv_wh"),
        "soc_begin_ppm": maybe_fixed(report.soc_begin, _PERCENT, "soc_begin"),
        "soc_end_ppm": maybe_fixed(report.soc_end, _PERCENT, "soc_end"),
        "endurance_ms": maybe_fixed(report.endurance_s, MILLI, "endurance_s"),
        "heard_ppm": fixed(report.heard_share, MILLION, "heard_share"),
        "people": {
            "notified": people.notified,
            "acknowledged_after_ms": [fixed(each, MILLI, "acknowledged_after_s") for each in after_s],
        },
        "events": [[fixed(at, MILLI, "events"), what] for at, what in report.events],
        "criteria": plain_criteria(report.criteria),
    }


def plain_criteria(criteria: Sequence[Criterion]) -> Plain:
    """Return what was wanted and measured, in its order."""
    return [
        {"name": each.name, "wanted": each.wanted, "measured": each.measured, "passed": each.passed}
        for each in criteria
    ]


def _plain_spread(spread: Spread | None, name: str) -> Plain:
    if spread is None:
        return None
    told = {"least": spread.least, "mean": spread.mean, "most": spread.most}
    return {key: fixed(value, MILLI, name) for key, value in told.items()}


# --- reading ---------------------------------------------------------------------------------------------------------

_FLOORS: Final = ("hard", "emergency", "person", "drill_abort", "drill_start")


def read_gap(fields: Fields) -> Gap:
    """Return a time without voltage."""
    gap = Gap(fields.whole("most_ms") / MILLI, fields.whole("step_ms") / MILLI)
    fields.end()
    return gap


def read_format(fields: Fields, expected: str) -> None:
    """Raise DocumentError unless the document is of a format."""
    if (found := fields.text("format")) != expected:
        raise DocumentError(f"the document's format is {found!r}, expected {expected!r}: read it with another version")


def _read(fields: Fields) -> Document:
    read_format(fields, FORMAT)
    document = Document(
        building=fields.text("building"),
        device=DeviceId(fields.octets("device", 16)),
        flat=fields.text("flat"),
        software=fields.text("software"),
        wiring=fields.one_of("wiring", Wiring),
        floors=_read_floors(fields.inner("floors_ppm")),
        begun_ms=fields.time("begun_ms"),
        ended_ms=fields.time("ended_ms"),
        asked_by=fields.text("asked_by"),
        call=fields.maybe("call", fields.text),
        report=_read_report(fields),
        notices=tuple(_noted(each, fields) for each in fields.listed("notices")),
        previous=fields.part("previous", _read_previous),
        next_due_ms=fields.maybe("next_due_ms", fields.time),
    )
    fields.listed("actions")
    fields.end()
    return document


def _read_floors(fields: Fields) -> Floors:
    floors = Floors(**{name: fields.whole(name) / _PERCENT for name in _FLOORS})
    fields.end()
    return floors


def _noted(value: Any, fields: Fields) -> Noted:
    match value:
        case [int(time_ms), str(notice), str(detail)] if notice in set(Notice) and type(time_ms) is int:
            return Noted(fields.checked_time("notices", time_ms), Notice(notice), detail)
        case _:
            raise DocumentError(f"the document: notices has {value!r}, expected [time in ms, notice, detail]")


def _read_previous(fields: Fields) -> Previous:
    previous = Previous(
        ended_ms=fields.time("ended_ms"),
        level=fields.one_of("level", Level),
        passed=fields.flag("passed"),
        transfer=fields.part("transfer", read_gap),
        endurance_s=fields.scaled("endurance_ms", MILLI),
        used_percent=fields.scaled("used_ppm", _PERCENT),
        digest=fields.octets("digest", 32),
    )
    fields.end()
    return previous


def _read_report(fields: Fields) -> Report:
    report = Report(
        level=fields.one_of("level", Level),
        length_s=fields.whole("length_ms") / MILLI,
        transfer=fields.part("transfer", read_gap),
        return_gap=fields.part("return_gap", read_gap),
        held_s=fields.scaled("held_ms", MILLI),
        voltage=fields.part("voltage_mv", _read_spread),
        frequency=fields.part("frequency_mhz", _read_spread),
        wh_by_tier=_read_tiers(fields.inner("mwh_by_tier")),
        pv_wh=fields.scaled("pv_mwh", MILLI),
        soc_begin=fields.scaled("soc_begin_ppm", _PERCENT),
        soc_end=fields.scaled("soc_end_ppm", _PERCENT),
        endurance_s=fields.scaled("endurance_ms", MILLI),
        heard_share=fields.whole("heard_ppm") / MILLION,
        people=_read_people(fields.inner("people")),
        events=tuple(_event(each) for each in fields.listed("events")),
        aborted=fields.maybe("aborted", fields.text),
        criteria=read_criteria(fields),
    )
    fields.flag("passed")
    return report


def _read_spread(fields: Fields) -> Spread:
    least, mean, most = (fields.whole(name) / MILLI for name in ("least", "mean", "most"))
    fields.end()
    return Spread(least, mean, most)


def _read_tiers(fields: Fields) -> Mapping[str, float]:
    return {name: fields.whole(name) / MILLI for name in fields.names()}


def _read_people(fields: Fields) -> People:
    after_ms = fields.listed("acknowledged_after_ms")
    if any(type(each) is not int for each in after_ms):
        raise DocumentError("the document: acknowledged_after_ms has what is no whole number")
    people = People(notified=fields.whole("notified"), acknowledged_after_s=tuple(each / MILLI for each in after_ms))
    fields.end()
    return people


def _event(value: Any) -> tuple[float, str]:
    match value:
        case [int(at_ms), str(what)] if type(at_ms) is int:
            return at_ms / MILLI, what
        case _:
            raise DocumentError(f"the document: events has {value!r}, expected [ms since the begin, what happened]")


def read_criteria(fields: Fields) -> tuple[Criterion, ...]:
    """Return what was wanted and measured."""
    return tuple(_criterion(Fields(each, "a criterion")) for each in fields.listed("criteria"))


def _criterion(fields: Fields) -> Criterion:
    criterion = Criterion(
        name=fields.text("name"),
        wanted=fields.text("wanted"),
        measured=fields.maybe("measured", fields.text),
        passed=fields.maybe("passed", fields.flag),
    )
    fields.end()
    return criterion

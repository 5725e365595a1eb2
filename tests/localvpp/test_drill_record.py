"""Records of drills: one names one report, is read strictly by all, and moves no energy."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.drill_record import drill_body, drill_problem, drill_slot
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Erasures,
    ErrorFlag,
    FieldError,
    Kind,
    MeterStatus,
    Reader,
    Record,
    Register,
)
from localvpp.export import UnfitError
from localvpp.export.ocmf import Assurance, data_sets
from localvpp.export.plain import plain_body
from localvpp.islanding.report import Level
from localvpp.meterslot import Told, meter_slot

from .place import ORIGIN, SLOT

SIGNER = Ed25519Signer(bytes(range(32)))
FLAT = SIGNER.public.device_id
REPORT = bytes(range(32))
BEGUN_MS = (SLOT + 20) * 1000


def body(*, ended_ms: int = BEGUN_MS + 300_000, separated: bool = True, level: Level = Level.QUICK) -> Body:
    return drill_body(
        report=REPORT,
        level=level,
        begun_ms=BEGUN_MS,
        ended_ms=ended_ms,
        separated=separated,
        device=FLAT,
        slot_seconds=60,
        place="101",
    )


def record_of(told: Body) -> Record:
    record, _ = Chain(FLAT, ORIGIN).seal(SIGNER, Kind.DRILL, SLOT, told)
    return record


@given(st.sampled_from(Level), st.integers(0, 10**10), st.booleans(), st.sampled_from([60, 900, 1800, 3600]))
def test_what_is_said_of_a_drill_is_read_back_and_admitted(
    level: Level, lasted_ms: int, separated: bool, seconds: int
) -> None:
    told = drill_body(
        report=REPORT,
        level=level,
        begun_ms=BEGUN_MS,
        ended_ms=BEGUN_MS + lasted_ms,
        separated=separated,
        device=FLAT,
        slot_seconds=seconds,
        place=None,
    )
    slot = drill_slot(BEGUN_MS, seconds)
    record, _ = Chain(FLAT, ORIGIN).seal(SIGNER, Kind.DRILL, slot, told)
    read = Record.decode(record.encode())
    read.verify(SIGNER.public, ORIGIN)
    assert (read.body, read.kind) == (told, Kind.DRILL)
    assert drill_problem(slot, told, FLAT) is None
    assert (told.evidence, told.reason, told.energy_wh) == ((REPORT,), str(level), 0)
    assert told.errors == (ErrorFlag.ISLAND if separated else ErrorFlag(0))


def test_the_quick_reader_leaves_drills_to_the_careful_one() -> None:
    assert Reader(FLAT, SIGNER.public, ORIGIN).read(record_of(body()).encode()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"evidence": ()},
        {"evidence": (REPORT, REPORT)},
        {"reason": None},
        {"receiver": DeviceId(bytes(16))},
        {"imported": Register(0, 0)},
        {"exported": Register(0, 0)},
        {"frequency_mhz": 50_000},
        {"price": 0},
        {"meter": "1"},
        {"log_size": 1},
        {"seconds_root": REPORT, "seconds_count": 1},
        {"errors": ErrorFlag.ENERGY},
        {"meter_status": MeterStatus.TIMEOUT},
    ],
    ids=str,
)
def test_a_drill_that_says_anything_else_is_no_record(other: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="DRILL record"):
        record_of(replace(body(), **other))


def test_an_unknown_level_another_device_and_a_wrong_slot_are_not_admitted() -> None:
    assert "expected one of l0" in str(drill_problem(SLOT, replace(body(), reason="l9"), FLAT))
    assert "by the device that held it" in str(drill_problem(SLOT, body(), DeviceId(bytes(16))))
    assert "name the slot in which it began" in str(drill_problem(SLOT + 60, body(), FLAT))


def test_a_clock_that_was_set_back_is_flagged_and_stops_nothing() -> None:
    told = body(ended_ms=BEGUN_MS - 1)
    assert (told.start_ms, told.end_ms) == (BEGUN_MS, BEGUN_MS)
    assert told.errors == ErrorFlag.ISLAND | ErrorFlag.TIME


def test_a_drill_is_no_use_of_energy_and_no_reading_of_a_register() -> None:
    record = record_of(body())
    assert meter_slot(FLAT, SLOT, 60, [Told(record.hash, record.body)]) is None
    with pytest.raises(UnfitError, match="of kind drill"):
        data_sets(record, 0, Assurance.CERTIFIED)
    plain = plain_body(record.body)
    assert (plain["energy_wh"], plain["evidence"], plain["reason"]) == (0, [REPORT.hex()], "l2")


def test_what_a_drill_said_may_be_erased_as_all_that_a_flat_says_of_itself() -> None:
    building = Ed25519Signer(bytes(32))
    about = Body.word(
        (SLOT - 60) * 1000, (SLOT + 60) * 1000, 60, sender=building.public.device_id, receiver=FLAT, place=None
    )
    said, _ = Chain(building.public.device_id, ORIGIN).seal(building, Kind.ERASED, SLOT, about, concerns=FLAT)
    erasures = Erasures()
    erasures.take(9, said.envelope, said.body)
    assert erasures.explain(4, record_of(body()).envelope) == 9

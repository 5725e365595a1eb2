"""The demonstration's check must be able to fail: each claim is broken in turn."""

from dataclasses import replace

import pytest

from commands.demo import check
from commands.demo.building import PRICES
from commands.demo.evidence import Evidence, Logged, values_between
from localvpp.etp import Kind, Register, Source
from localvpp.etp.body import Body

from .conftest import BUILDING, FLAT_101, FLAT_102, ORIGIN, SLOT, SmallLog, metered

A, B = FLAT_101.public.device_id, FLAT_102.public.device_id
BEGIN, END = SLOT * 1000, (SLOT + 60) * 1000


def transfer(energy: int) -> Body:
    return Body(
        start_ms=BEGIN,
        end_ms=END,
        slot_seconds=60,
        sender=A,
        receiver=B,
        energy_wh=energy,
        attributes=((Source.SOLAR, energy),),
        price=2200,
    )


def settled(log_size: int | None, seconds: int = 60) -> Body:
    building = BUILDING.public.device_id
    return Body(
        start_ms=BEGIN,
        end_ms=END + 1000,
        slot_seconds=seconds,
        sender=building,
        receiver=building,
        energy_wh=0,
        attributes=(),
        price=2200,
        log_size=log_size,
    )


ENTRIES = 7
"""Of which the slot was settled: three keys, and two records of each flat."""


@pytest.fixture
def evidence(small_log: SmallLog) -> Evidence:
    small_log.seal(FLAT_102, Kind.INTERVAL, metered(FLAT_102, SLOT, Register(900, 920), Register(0, 0), incoming=False))
    small_log.seal(BUILDING, Kind.TRANSFER, transfer(20))
    small_log.seal(BUILDING, Kind.SETTLED, settled(ENTRIES))
    small_log.publish()
    flats = [
        {
            "flat": "101",
            "import_wh": 0,
            "export_wh": 30,
            "shared_in_wh": 0,
            "shared_out_wh": 20,
            "inside_money": 44_000,
            "grid_money": 8_500,
        },
        {
            "flat": "102",
            "import_wh": 20,
            "export_wh": 0,
            "shared_in_wh": 20,
            "shared_out_wh": 0,
            "inside_money": -44_000,
            "grid_money": 0,
        },
    ]
    slot = {
        "slot": SLOT,
        "missing": [],
        "shared_wh": 20,
        "building_money": -8_500,
        "flats": flats,
        "bulk_import_wh": 0,
        "bulk_export_wh": 5,
        "common_wh": 4,
        "loss_wh": 1,
    }
    return Evidence(
        building={"log_key": small_log.vkey, "origin": ORIGIN},
        state={"latency_ms": {"p50": 5, "p99": 40, "frames": 100}},
        slots=(slot,),
        logged=logged_of(small_log),
        prices=PRICES,
        names={BUILDING.public.device_id: "building", A: "101", B: "102"},
        registers={
            "101": ((BEGIN - 5000, 100, 50), (END - 400, 100, 80)),
            "102": ((BEGIN - 5000, 900, 0), (END - 900, 920, 0)),
        },
    )


def logged_of(log: SmallLog) -> tuple[Logged, ...]:
    return tuple(Logged(i, record, log.proof(i)) for i, record in enumerate(log.records))


def failing(evidence: Evidence) -> set[str]:
    return {finding.claim for finding in check.check_everything(evidence) if not finding.holds}


def with_slot(evidence: Evidence, **changes: object) -> Evidence:
    return replace(evidence, slots=({**evidence.slots[0], **changes},))


def test_everything_holds_of_a_sound_building(evidence: Evidence) -> None:
    assert failing(evidence) == set()


def test_a_register_that_the_meter_never_showed_fails(evidence: Evidence) -> None:
    wrong = replace(evidence, registers={**evidence.registers, "101": ((BEGIN - 5000, 100, 50), (END - 400, 100, 81))})
    assert failing(wrong) == {"energy in ETPs equals the meters' registers to the Wh, slot by slot"}


def test_a_register_read_long_before_its_time_fails(evidence: Evidence) -> None:
    early = ((BEGIN - 5000, 100, 50), (END - 9000, 100, 80), (END - 8000, 100, 85))
    wrong = replace(evidence, registers={**evidence.registers, "101": early})
    assert failing(wrong) == {"energy in ETPs equals the meters' registers to the Wh, slot by slot"}


def test_a_proof_of_another_entry_fails(evidence: Evidence) -> None:
    first, second, *rest = evidence.logged
    swapped = (replace(first, proof=second.proof), second, *rest)
    assert failing(replace(evidence, logged=swapped)) == {"every ETP verifies and is in the log"}


def test_a_missing_entry_breaks_the_chain(evidence: Evidence) -> None:
    without = tuple(logged for logged in evidence.logged if logged.index != 3)
    assert "every ETP verifies and is in the log" in failing(replace(evidence, logged=without))


def test_records_that_do_not_join_fail(evidence: Evidence, small_log: SmallLog) -> None:
    jump = metered(FLAT_102, SLOT + 60, Register(921, 930), Register(0, 0), incoming=True)
    small_log.seal(FLAT_102, Kind.INTERVAL, jump, SLOT + 60)
    small_log.publish()
    assert "each meter's records join without a hole" in failing(replace(evidence, logged=logged_of(small_log)))


def test_shared_energy_that_no_transfer_carries_fails(evidence: Evidence) -> None:
    without = tuple(logged for logged in evidence.logged if logged.record.kind is not Kind.TRANSFER)
    assert "inside energy sums to zero over flats" in failing(replace(evidence, logged=without))


def test_money_that_does_not_sum_to_zero_fails(evidence: Evidence) -> None:
    assert failing(with_slot(evidence, building_money=-8_499)) == {"inside money sums to zero over flats and building"}


def test_a_loss_that_does_not_come_out_fails(evidence: Evidence) -> None:
    assert failing(with_slot(evidence, loss_wh=0)) == {"the bulk meter equals flats, common parts and loss"}


@pytest.mark.parametrize("p99", [1001, None])
def test_late_or_missing_frames_fail(evidence: Evidence, p99: int | None) -> None:
    late = replace(evidence, state={"latency_ms": {"p50": 5, "p99": p99, "frames": 100}})
    assert failing(late) == {"frames arrive within one second (p99)"}


def test_a_building_in_which_nothing_happened_proves_nothing(evidence: Evidence) -> None:
    assert failing(replace(evidence, logged=(), slots=())) == {
        finding.claim for finding in check.check_everything(evidence)
    } - {"frames arrive within one second (p99)"}


def test_a_building_in_which_nothing_was_shared_shows_nothing_of_sharing(evidence: Evidence) -> None:
    silent = [{**share, "shared_in_wh": 0, "shared_out_wh": 0} for share in evidence.slots[0]["flats"]]
    without = tuple(logged for logged in evidence.logged if logged.record.kind is not Kind.TRANSFER)
    quiet = with_slot(replace(evidence, logged=without), flats=silent, shared_wh=0)
    assert "inside energy sums to zero over flats" in failing(quiet)


def test_a_share_that_the_records_do_not_give_fails(evidence: Evidence) -> None:
    first, second = evidence.slots[0]["flats"]
    wrong = with_slot(evidence, flats=[{**first, "grid_money": 8_501}, second], building_money=-8_501)
    assert failing(wrong) == {"every slot's sharing and money follow from the signed records"}


FOLLOWS = "every slot's sharing and money follow from the signed records"


def test_what_was_logged_after_a_slot_was_settled_changes_nothing(evidence: Evidence, small_log: SmallLog) -> None:
    for incoming in (True, False):
        again = metered(FLAT_102, SLOT, Register(920, 920), Register(0, 0), incoming=incoming)
        small_log.seal(FLAT_102, Kind.INTERVAL, replace(again, start_ms=END - 500))
    small_log.publish()
    assert failing(replace(evidence, logged=logged_of(small_log))) == set()


def resettled(small_log: SmallLog, evidence: Evidence, *bodies: Body) -> Evidence:
    """The same log with other records that the slot is settled."""
    building = small_log.chains[BUILDING.public.device_id]
    end = small_log.records.pop()
    head = replace(building.head, seq=end.envelope.seq - 1, hash=end.envelope.prev)
    small_log.chains[BUILDING.public.device_id] = replace(building, head=head)
    for body in bodies:
        small_log.seal(BUILDING, Kind.SETTLED, body)
    small_log.publish()
    return replace(evidence, logged=logged_of(small_log))


@pytest.mark.parametrize(
    "bodies",
    [
        (),
        (settled(ENTRIES), settled(ENTRIES)),
        (settled(None),),
        (settled(9),),
        (settled(5),),
        (settled(ENTRIES, 120),),
    ],
    ids=["unsettled", "settled twice", "by nothing", "by what came later", "by fewer entries", "by a longer slot"],
)
def test_a_slot_that_was_settled_by_something_else_fails(
    bodies: tuple[Body, ...], evidence: Evidence, small_log: SmallLog
) -> None:
    assert failing(resettled(small_log, evidence, *bodies)) == {FOLLOWS}


def test_a_flat_that_was_left_out_although_its_records_prove_the_slot_fails(evidence: Evidence) -> None:
    wrong = with_slot(evidence, flats=evidence.slots[0]["flats"][:1], missing=["102"])
    assert FOLLOWS in failing(wrong)


@pytest.mark.parametrize("missing", [["102"], ["103"]])
def test_a_flat_that_is_called_missing_and_is_not_fails(missing: list[str], evidence: Evidence) -> None:
    assert failing(with_slot(evidence, missing=missing)) >= {FOLLOWS}


def test_a_flat_without_a_whole_slot_must_be_called_missing(evidence: Evidence, small_log: SmallLog) -> None:
    by_fewer = resettled(small_log, evidence, settled(ENTRIES - 1))
    alone = [{**evidence.slots[0]["flats"][0], "shared_out_wh": 0, "inside_money": 0, "grid_money": 25_500}]
    without = replace(
        by_fewer,
        logged=tuple(each for each in by_fewer.logged if each.record.kind is not Kind.TRANSFER),
        slots=({**evidence.slots[0], "flats": alone, "missing": ["102"], "shared_wh": 0, "building_money": -25_500},),
    )
    assert check.check_settlement(without).holds
    assert not check.check_settlement(with_slot(without, missing=[])).holds


def test_a_meter_without_records_fails(evidence: Evidence) -> None:
    wrong = replace(evidence, registers={**evidence.registers, "bulk": ((BEGIN, 0, 0),)})
    assert failing(wrong) == {"every meter has its records"}


def test_a_slot_that_is_silent_about_a_flat_fails(evidence: Evidence) -> None:
    assert "every meter has its records" in failing(with_slot(evidence, flats=evidence.slots[0]["flats"][:1]))


def test_values_between_are_those_shown_at_some_time_of_the_span() -> None:
    registers = ((0, 1, 0), (1000, 2, 0), (2000, 3, 0))
    assert values_between(registers, 1000, 1999) == {(1, 0), (2, 0)}
    assert values_between(registers, 2500, 9000) == {(3, 0)}

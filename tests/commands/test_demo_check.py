"""The demonstration's check must be able to fail: each claim is broken in turn."""

from dataclasses import replace

import pytest

from commands.demo import check
from commands.demo.building import PRICES, SETTLE_AFTER_S
from commands.demo.evidence import Evidence, Logged, values_between
from commands.demo.findings import Finding
from commands.demo.undisturbed import LATE_S, START_S, check_undisturbed
from localvpp.etp import Ed25519Signer, Kind, Register, Source, TradeTerms
from localvpp.etp.body import Body

from .conftest import BUILDING, BULK, COMMON, FLAT_101, FLAT_102, ORIGIN, SLOT, SmallLog, metered

A, B = FLAT_101.public.device_id, FLAT_102.public.device_id
BEGIN, END = SLOT * 1000, (SLOT + 60) * 1000
ASKED_MS = END + (SETTLE_AFTER_S + LATE_S) * 1000
FRAMES = 2 * (60 + 60 + SETTLE_AFTER_S + LATE_S - 3)
"""Of two flats since their enrolment, which had three seconds to start."""


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


FLAT_ENTRIES = 7
"""Three keys, and two records of each flat."""
ENTRIES = FLAT_ENTRIES + 6
"""Of which the slot was settled: those, and a key and two records of each of the building's own meters."""


def seal_meter(log: SmallLog, meter: Ed25519Signer, slot: int, imported: Register, exported: Register) -> None:
    for incoming in (True, False):
        log.seal(meter, Kind.INTERVAL, metered(meter, slot, imported, exported, incoming=incoming), slot)


@pytest.fixture
def exported() -> int:
    """The bulk meter's last reading of what went out."""
    return 5


@pytest.fixture
def evidence(small_log: SmallLog, exported: int) -> Evidence:
    small_log.seal(FLAT_102, Kind.INTERVAL, metered(FLAT_102, SLOT, Register(900, 920), Register(0, 0), incoming=False))
    for key in (BULK.public, COMMON.public):
        small_log.enrol(key)
    seal_meter(small_log, BULK, SLOT, Register(7000, 7000), Register(0, exported))
    seal_meter(small_log, COMMON, SLOT, Register(300, 304), Register(0, 0))
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
        "seconds": 60,
        "missing": [],
        "shared_wh": 20,
        "building_money": -8_500,
        "rent": 0,
        "flats": flats,
        "bulk_import_wh": 0,
        "bulk_export_wh": exported,
        "common_wh": 4,
        "loss_wh": 6 - exported,
    }
    return Evidence(
        building={"log_key": small_log.vkey, "origin": ORIGIN},
        state={"latency_ms": {"p50": 5, "p99": 40, "frames": FRAMES}},
        slots=(slot,),
        logged=logged_of(small_log),
        prices=PRICES,
        names={
            BUILDING.public.device_id: "building",
            A: "101",
            B: "102",
            BULK.public.device_id: "bulk",
            COMMON.public.device_id: "common",
        },
        asked_ms=ASKED_MS,
        registers={
            "101": ((BEGIN - 5000, 100, 50), (END - 400, 100, 80)),
            "102": ((BEGIN - 5000, 900, 0), (END - 900, 920, 0)),
            "bulk": ((BEGIN - 5000, 7000, 0), (END - 9000, 7000, exported)),
            "common": ((BEGIN - 5000, 300, 0), (END - 9000, 304, 0)),
        },
    )


def logged_of(log: SmallLog) -> tuple[Logged, ...]:
    return tuple(Logged(i, record, log.proof(i)) for i, record in enumerate(log.records))


def failing(evidence: Evidence) -> set[str]:
    return {finding.claim for finding in every_finding(evidence) if not finding.holds}


def every_finding(evidence: Evidence) -> list[Finding]:
    return [*check.check_everything(evidence), *check_undisturbed(evidence)]


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
    late = replace(evidence, state={"latency_ms": {"p50": 5, "p99": p99, "frames": FRAMES}})
    assert failing(late) == {"frames arrive within one second (p99)"}


def test_a_building_in_which_nothing_happened_proves_nothing(evidence: Evidence) -> None:
    assert failing(replace(evidence, logged=(), slots=())) == {finding.claim for finding in every_finding(evidence)} - {
        "frames arrive within one second (p99)"
    }


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
        (settled(ENTRIES + 2),),
        (settled(5),),
        (settled(ENTRIES, 120),),
    ],
    ids=["unsettled", "settled twice", "by nothing", "by what came later", "by fewer entries", "by a longer slot"],
)
def test_a_slot_that_was_settled_by_something_else_fails(
    bodies: tuple[Body, ...], evidence: Evidence, small_log: SmallLog
) -> None:
    twice = {"every ETP verifies and is in the log"} if len(bodies) > 1 else set()
    assert failing(resettled(small_log, evidence, *bodies)) == {FOLLOWS, BALANCE, *twice}


def test_a_flat_that_was_left_out_although_its_records_prove_the_slot_fails(evidence: Evidence) -> None:
    wrong = with_slot(evidence, flats=evidence.slots[0]["flats"][:1], missing=["102"])
    assert FOLLOWS in failing(wrong)


@pytest.mark.parametrize("missing", [["102"], ["103"]])
def test_a_flat_that_is_called_missing_and_is_not_fails(missing: list[str], evidence: Evidence) -> None:
    assert failing(with_slot(evidence, missing=missing)) >= {FOLLOWS}


def test_a_flat_without_a_whole_slot_must_be_called_missing(evidence: Evidence, small_log: SmallLog) -> None:
    by_fewer = resettled(small_log, evidence, settled(FLAT_ENTRIES - 1))
    alone = [{**evidence.slots[0]["flats"][0], "shared_out_wh": 0, "inside_money": 0, "grid_money": 25_500}]
    without = replace(
        by_fewer,
        logged=tuple(each for each in by_fewer.logged if each.record.kind is not Kind.TRANSFER),
        slots=({**evidence.slots[0], "flats": alone, "missing": ["102"], "shared_wh": 0, "building_money": -25_500},),
    )
    assert check.check_settlement(without).holds
    assert not check.check_settlement(with_slot(without, missing=[])).holds


def test_a_meter_without_records_fails(evidence: Evidence) -> None:
    without = tuple(each for each in evidence.logged if evidence.names[each.record.envelope.device] != "bulk")
    assert "every meter has its records" in failing(replace(evidence, logged=without))


def test_a_slot_that_is_silent_about_a_flat_fails(evidence: Evidence) -> None:
    assert "every meter has its records" in failing(with_slot(evidence, flats=evidence.slots[0]["flats"][:1]))


WHOLE = "every slot after the start is whole, for every flat"
FRAME = "every flat sends a frame each second"
BALANCE = "the bulk meter equals flats, common parts and loss"


def test_one_whole_slot_does_not_make_up_for_another_one_that_misses_a_flat(evidence: Evidence) -> None:
    (slot,) = evidence.slots
    wrong = replace(evidence, slots=(slot, {**slot, "slot": SLOT + 60, "missing": ["102"], "flats": slot["flats"][:1]}))
    finding = {each.claim: each for each in check_undisturbed(wrong)}[WHOLE]
    assert (finding.holds, finding.figure) == (False, f"slot {SLOT + 60} is not whole: 102")


@pytest.mark.parametrize("field", ["bulk_import_wh", "common_wh"])
def test_a_slot_without_a_meter_of_the_building_is_not_whole(field: str, evidence: Evidence) -> None:
    assert WHOLE in failing(with_slot(evidence, **{field: None}))


def test_a_slot_that_should_be_settled_by_now_and_is_not_fails(evidence: Evidence) -> None:
    later = replace(evidence, asked_ms=ASKED_MS + 59_000)
    assert {each.claim: each.holds for each in check_undisturbed(later)}[WHOLE]
    too_late = {each.claim: each for each in check_undisturbed(replace(evidence, asked_ms=ASKED_MS + 60_000))}[WHOLE]
    assert (too_late.holds, f"slot {SLOT + 60}" in too_late.figure) == (False, True)


def test_a_slot_that_began_while_flats_were_starting_may_miss_one(evidence: Evidence) -> None:
    (slot,) = evidence.slots
    before = {**slot, "slot": SLOT - 60, "missing": ["102"], "flats": slot["flats"][:1]}
    assert {each.claim: each.holds for each in check_undisturbed(replace(evidence, slots=(before, slot)))}[WHOLE]


def test_a_flat_that_never_enrolled_fails(evidence: Evidence) -> None:
    more = replace(evidence, registers={**evidence.registers, "103": ((BEGIN, 0, 0),)})
    finding = {each.claim: each for each in check_undisturbed(more)}[WHOLE]
    assert (finding.holds, finding.figure) == (False, "never enrolled: 103")


SECONDS = (ASKED_MS - BEGIN) // 1000 + 60


@pytest.mark.parametrize(
    ("frames", "holds"),
    [
        (0, False),
        (SECONDS, False),
        (2 * (SECONDS - START_S) * 95 // 100 - 1, False),
        (2 * (SECONDS - START_S) * 95 // 100, True),
        (2 * (SECONDS + 2), True),
        (2 * (SECONDS + 2) + 1, False),
    ],
    ids=["none", "one flat's", "too few", "just enough", "one each second", "more than one each second"],
)
def test_frames_are_counted_against_the_seconds(frames: int, holds: bool, evidence: Evidence) -> None:
    counted = replace(evidence, state={"latency_ms": {"p50": 5, "p99": 40, "frames": frames}})
    assert failing(counted) == (set() if holds else {FRAME})


def test_after_ten_minutes_only_the_last_ten_are_counted(evidence: Evidence) -> None:
    later = replace(evidence, asked_ms=ASKED_MS + 3_600_000)
    for frames, holds in ((2 * 600, True), (2 * 610, True), (2 * 550, False), (2 * 620, False)):
        counted = replace(later, state={"latency_ms": {"p50": 5, "p99": 40, "frames": frames}})
        assert {each.claim: each.holds for each in check_undisturbed(counted)}[FRAME] is holds, frames


@pytest.fixture
def still(evidence: Evidence) -> Evidence:
    """No register moves near the slot's ends."""
    calm = {
        name: tuple((min(since_ms, END - 9000), *shown) for since_ms, *shown in rows)
        for name, rows in evidence.registers.items()
    }
    return replace(evidence, registers=calm)


@pytest.mark.parametrize("exported", [0, 13])
def test_a_loss_within_what_reading_can_make_holds(still: Evidence) -> None:
    """Whole Wh of four meters alone make less than eight."""
    assert failing(still) == set()


@pytest.mark.parametrize("exported", [14])
def test_a_loss_that_reading_cannot_make_fails_though_the_records_say_so(still: Evidence) -> None:
    assert failing(still) == {BALANCE}
    finding = {each.claim: each for each in check.check_everything(still)}[BALANCE]
    assert finding.figure == f"slot {SLOT}: loss is -8 Wh, reading can make 7 Wh"


@pytest.mark.parametrize("exported", [14])
def test_a_meter_that_moves_while_the_others_are_read_may_be_off_by_that(still: Evidence) -> None:
    moving = (*still.registers["common"][:1], (END - 800, 303, 0), (END - 300, 304, 0))
    assert failing(replace(still, registers={**still.registers, "common": moving})) == set()


def moved(body: Body, begin: int) -> Body:
    later = (begin - SLOT) * 1000
    return replace(body, start_ms=body.start_ms + later, end_ms=body.end_ms + later)


def test_small_losses_that_add_up_from_slot_to_slot_fail(still: Evidence, small_log: SmallLog) -> None:
    (slot,) = still.slots
    registers = dict(still.registers)
    slots = [slot]
    # 101 gives 30 Wh, 102 uses 20, the common parts 4: 6 are left, and the bulk meter tells of 5.
    for count in range(1, 9):
        begin = SLOT + 60 * count
        readings = {
            "101": (FLAT_101, Register(100, 100), Register(50 + 30 * count, 80 + 30 * count)),
            "102": (FLAT_102, Register(900 + 20 * count, 920 + 20 * count), Register(0, 0)),
            "bulk": (BULK, Register(7000, 7000), Register(5 * count, 5 + 5 * count)),
            "common": (COMMON, Register(300 + 4 * count, 304 + 4 * count), Register(0, 0)),
        }
        for name, (meter, imported, exported) in readings.items():
            seal_meter(small_log, meter, begin, imported, exported)
            registers[name] = (*registers[name], ((begin + 40) * 1000, imported.end, exported.end))
        small_log.seal(BUILDING, Kind.TRANSFER, moved(transfer(20), begin), begin)
        size = len(small_log.records)
        small_log.seal(BUILDING, Kind.SETTLED, moved(settled(size), begin), begin)
        slots.append({**slot, "slot": begin})
    small_log.publish()
    for kept, holds in ((7, True), (9, False)):
        wrong = replace(still, slots=tuple(slots[:kept]), logged=logged_of(small_log), registers=registers)
        finding = {each.claim: each for each in check.check_everything(wrong)}[BALANCE]
        assert finding.holds is holds, finding.figure
    assert finding.figure == f"slot {SLOT} and the 8 after it: loss is 9 Wh, reading can make 7 Wh"


def test_values_between_are_those_shown_at_some_time_of_the_span() -> None:
    registers = ((0, 1, 0), (1000, 2, 0), (2000, 3, 0))
    assert values_between(registers, 1000, 1999) == {(1, 0), (2, 0)}
    assert values_between(registers, 2500, 9000) == {(3, 0)}


RESULT = b"r" * 32
PAID, EARNED, TRADED_WH = 2000, 1500, 40
INSIDE = "inside money sums to zero over flats and building"


def by_trades(evidence: Evidence, log: SmallLog, names: bytes = RESULT, **terms: int) -> Evidence:
    """The slot as its one trade settles it, of whose 40 Wh one flat had 30 and the other needed 20."""
    building = log.chains[BUILDING.public.device_id]
    for _ in range(2):  # How it was shared, and that it was settled so.
        end = log.records.pop()
        head = replace(building.head, seq=end.envelope.seq - 1, hash=end.envelope.prev)
        building = replace(building, head=head)
    log.chains[BUILDING.public.device_id] = building
    cleared = replace(settled(None), price=None, evidence=(RESULT,), start_ms=BEGIN, end_ms=BEGIN)
    log.seal(BUILDING, Kind.CLEARED, cleared)
    said = {"wh": TRADED_WH, "earned": EARNED, "offered_wh": 30, "wanted_wh": 20} | terms
    log.seal(BUILDING, Kind.TRANSFER, replace(transfer(20), price=PAID, trade=TradeTerms(**said)))
    log.seal(BUILDING, Kind.SETTLED, replace(settled(ENTRIES + 1), evidence=(names,)))
    log.publish()
    first, second = evidence.slots[0]["flats"]
    flats = [{**first, "inside_money": 20 * EARNED}, {**second, "inside_money": -20 * PAID}]
    known = replace(evidence, logged=logged_of(log))
    return with_slot(known, flats=flats, rent=20 * (PAID - EARNED), settled_by="trades")


def test_everything_holds_of_a_slot_that_was_traded(evidence: Evidence, small_log: SmallLog) -> None:
    assert failing(by_trades(evidence, small_log)) == set()


def test_a_traded_slot_that_is_settled_by_another_price_fails(evidence: Evidence, small_log: SmallLog) -> None:
    traded = by_trades(evidence, small_log)
    first, second = traded.slots[0]["flats"]
    assert failing(with_slot(traded, flats=[{**first, "inside_money": 20 * PAID}, second], rent=0)) == {FOLLOWS}
    assert failing(with_slot(traded, rent=0)) == {INSIDE}


def test_trades_that_no_result_of_the_market_names_fail(evidence: Evidence, small_log: SmallLog) -> None:
    assert failing(by_trades(evidence, small_log, bytes(32))) == {FOLLOWS}


def test_a_trade_of_less_than_was_delivered_fails(evidence: Evidence, small_log: SmallLog) -> None:
    assert failing(by_trades(evidence, small_log, offered_wh=21, wanted_wh=20)) == {FOLLOWS}

"""What proves a meter's slot: all of its records together, and nothing that is picked from them."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from localvpp.etp import Body, Ed25519Signer, ErrorFlag, Kind, Record, RecordHash, Register, Source
from localvpp.meterslot import MOST_WH, MeterSlot, Own, Told, evidence_of, meter_slot, reached_end
from localvpp.settlement import Use
from localvpp.slots import BOUNDARY_TOLERANCE_MS

from .metered import MeteredFlat
from .place import SLOT


@pytest.fixture
def flat(signer: Ed25519Signer, building: Ed25519Signer) -> MeteredFlat:
    return MeteredFlat(signer, building.public.device_id)


def told(records: Iterable[Record], slot: int = SLOT) -> list[Told]:
    """The interval records of a slot."""
    of_it = [each for each in records if each.envelope.slot == slot and each.kind is Kind.INTERVAL]
    return [Told(record.hash, record.body) for record in of_it]


def test_both_records_of_an_interval_prove_a_slot_and_neither_does_alone(flat: MeteredFlat) -> None:
    both = told(flat.read((0.5, 0, 0), (30, 3, 1), (60.5, 7, 3)))
    proven = meter_slot(flat.device, SLOT, 60, both)
    assert proven is not None
    assert proven.use == Use(7, 3)
    assert sum(energy for _, energy in proven.colours) == 3
    assert proven.records == tuple(each.name for each in both)
    assert meter_slot(flat.device, SLOT, 60, both[:1]) is None
    assert meter_slot(flat.device, SLOT, 60, both[1:]) is None
    assert meter_slot(flat.device, SLOT, 60, ()) is None


def test_however_many_records_a_slot_has_one_hash_names_them_in_any_order(flat: MeteredFlat) -> None:
    names = [each.name for each in told(flat.read((0.5, 0, 0), (30, 3, 1), (60.5, 7, 3)))]
    assert evidence_of(names) == evidence_of(reversed(names))
    assert len(evidence_of(names * 100)) == len(evidence_of(names)) == 32
    assert len({evidence_of(each) for each in ([], names[:1], names[1:], names, names * 2)}) == 5


def test_a_slot_without_any_energy_is_proven_too(flat: MeteredFlat) -> None:
    proven = meter_slot(flat.device, SLOT, 60, told(flat.read((0.5, 0, 0), (60.5, 0, 0))))
    assert proven is not None
    assert (proven.use, proven.colours) == (Use(0, 0), ())


def interval(flat: MeteredFlat, span: tuple[int, int], imported: Register, exported: Register) -> list[Told]:
    """Both records of an interval, its span in seconds after SLOT."""
    kept = []
    for name, ends, energy in (
        (b"in", (flat.building, flat.device), imported.moved),
        (b"out", (flat.device, flat.building), exported.moved),
    ):
        body = Body(
            start_ms=(SLOT + span[0]) * 1000,
            end_ms=(SLOT + span[1]) * 1000,
            slot_seconds=60,
            sender=ends[0],
            receiver=ends[1],
            energy_wh=energy,
            attributes=((Source.UNKNOWN, energy),) if energy else (),
            imported=imported,
            exported=exported,
        )
        kept.append(Told(RecordHash(name * 16), body))
    return kept


def test_intervals_that_follow_one_another_prove_a_slot_together(flat: MeteredFlat) -> None:
    first = interval(flat, (2, 25), Register(100, 104), Register(50, 50))
    second = interval(flat, (25, 61), Register(104, 109), Register(50, 52))
    proven = meter_slot(flat.device, SLOT, 60, [*second, *first])
    assert proven is not None
    assert (proven.use, proven.colours) == (Use(9, 2), ((Source.UNKNOWN, 2),))
    hole = interval(flat, (26, 61), Register(104, 109), Register(50, 52))
    jump = interval(flat, (25, 61), Register(105, 109), Register(50, 52))
    assert meter_slot(flat.device, SLOT, 60, first + hole) is None
    assert meter_slot(flat.device, SLOT, 60, first + jump) is None
    assert meter_slot(flat.device, SLOT, 60, second) is None
    assert meter_slot(flat.device, SLOT, 60, first) is None
    assert meter_slot(flat.device, SLOT, 60, [*first, *second, second[1]]) is None


def test_what_was_counted_behind_the_meter_is_known_of_a_slot_that_is_told_whole(flat: MeteredFlat) -> None:
    first = interval(flat, (2, 25), Register(100, 104), Register(50, 50))
    second = interval(flat, (25, 61), Register(104, 109), Register(50, 52))

    def own(*generated: Register | None, charged: Register | None = None) -> MeterSlot:
        parts = []
        for (came, went), register in zip((first, second), generated, strict=True):
            body = replace(came.body, generated=register, charged=charged, discharged=Register(7, 7))
            parts += [replace(came, body=body), went]
        proven = meter_slot(flat.device, SLOT, 60, parts)
        assert proven is not None, "what is behind the meter takes nothing away from what it counts"
        return proven

    known = own(Register(10, 12), Register(12, 20), charged=Register(1, 1))
    assert (known.own, known.used_wh) == (Own(10, 0, 0), 9 - 2 + 10)
    assert own(Register(10, 12), Register(12, 20)).used_wh is None
    assert own(Register(10, 12), None).own == Own(None, None, 0)
    assert own(Register(10, 12), Register(13, 20)).own.made_wh is None
    assert own(Register(0, 0), Register(0, MOST_WH)).own.made_wh == MOST_WH
    assert own(Register(0, 0), Register(0, MOST_WH + 1)).own.made_wh is None


def test_a_clock_set_back_over_a_boundary_takes_the_proof_of_the_slot_away(flat: MeteredFlat) -> None:
    first = told(flat.read((0.5, 0, 0), (30, 3, 0), (60.5, 7, 0)))
    assert meter_slot(flat.device, SLOT, 60, first) is not None
    again = told(flat.read((62, 8, 0), (55, 8, 0), (60.5, 9, 0)))
    assert len(again) == 2
    assert meter_slot(flat.device, SLOT, 60, first + again) is None


@pytest.mark.parametrize("flag", ErrorFlag)
def test_a_flagged_record_takes_the_proof_away(flat: MeteredFlat, flag: ErrorFlag) -> None:
    both = told(flat.read((0.5, 0, 0), (60.5, 7, 0)))
    flagged = [Told(each.name, replace(each.body, errors=flag)) for each in both]
    assert meter_slot(flat.device, SLOT, 60, both) is not None
    assert meter_slot(flat.device, SLOT, 60, flagged) is None
    assert meter_slot(flat.device, SLOT, 60, [both[0], flagged[1]]) is None


def test_records_of_another_length_take_the_proof_away(flat: MeteredFlat) -> None:
    minute = told(flat.read((0.5, 0, 0), (60.5, 7, 0)))
    flat.slots_last(120)
    longer = told(flat.read((90, 8, 0), (120.5, 9, 0)))
    assert [each.body.slot_seconds for each in longer] == [120, 120]
    assert meter_slot(flat.device, SLOT, 120, minute) is None
    assert meter_slot(flat.device, SLOT, 60, minute + longer) is None
    assert meter_slot(flat.device, SLOT, 120, minute + longer) is None


@pytest.mark.parametrize(("moved", "proven"), [(MOST_WH, True), (MOST_WH + 1, False)])
def test_more_than_a_meter_can_count_proves_nothing(flat: MeteredFlat, moved: int, proven: bool) -> None:
    flat.rated_w = 10**9  # Else it would be another meter's reading.
    came_in = told(flat.read((0.5, 0, 0), (60.5, moved, 0)))
    went_out = told(flat.read((120.5, moved, moved)), SLOT + 60)
    assert (meter_slot(flat.device, SLOT, 60, came_in) is not None) is proven
    assert (meter_slot(flat.device, SLOT + 60, 60, went_out) is not None) is proven


def test_a_chain_has_come_past_a_slot_when_nothing_more_of_it_will_follow() -> None:
    end_ms = (SLOT + 60) * 1000
    assert reached_end(end_ms - BOUNDARY_TOLERANCE_MS, SLOT, 60)
    assert not reached_end(end_ms - BOUNDARY_TOLERANCE_MS - 1, SLOT, 60)
    assert not reached_end(None, SLOT, 60)

"""Records of gas: one for each slot, joined without a hole, in litres, and never among watt-hours."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from localvpp.devices import GasReading
from localvpp.etp import Body, Carrier, Chain, DeviceId, Ed25519Signer, FieldError, Kind, Record, Source
from localvpp.export import UnfitError
from localvpp.export.ocmf import Assurance, data_sets
from localvpp.export.plain import plain_body
from localvpp.meterslot import Told, meter_slot
from localvpp.supply import Drawn, Supply, SupplyBook, supply_body

from .home import SECONDS, Home
from .place import ORIGIN, SLOT

SIGNER = Ed25519Signer(bytes(range(32)))
FLAT = SIGNER.public.device_id
BUILDING = DeviceId(bytes(range(16)))
START_MS = SLOT * 1000


def body_of(begin: Drawn, end: Drawn) -> Body:
    return supply_body(
        Supply(SLOT, begin, end), device=FLAT, building=BUILDING, slot_seconds=60, meter="G-4711", place="101"
    )


def record_of(body: Body, kind: Kind = Kind.SUPPLY) -> Record:
    record, _ = Chain(FLAT, ORIGIN).seal(SIGNER, kind, SLOT, body)
    return record


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 900), st.integers(0, 90)), max_size=40))
def test_records_join_without_a_hole_and_sum_to_the_register(steps: list[tuple[int, int, int]]) -> None:
    book, now_ms, total_l = SupplyBook(), START_MS, 1_000
    due: list[Supply] = []
    book, none = book.feed(Drawn(now_ms, total_l), now_ms, 60)
    assert none is None
    for seconds, litres, age in steps:
        slot = now_ms // 60_000
        now_ms, total_l = now_ms + 1000 * seconds, total_l + litres
        book, supply = book.feed(Drawn(now_ms - 1000 * age, total_l), now_ms, 60)
        assert (supply is not None) is (now_ms // 60_000 > slot), "one for each slot that is over, told or not"
        if supply is not None:
            due.append(supply)
    ends = [Drawn(START_MS, 1_000), *(each.end for each in due)]
    assert [each.begin for each in due] == ends[:-1]
    assert all(one.slot < other.slot and other.slot % 60 == 0 for one, other in pairwise(due))
    assert sum(body_of(each.begin, each.end).energy_wh for each in due) == ends[-1].total_l - 1_000


def test_a_slot_of_which_the_meter_tells_nothing_new_has_its_record_too() -> None:
    last = Drawn(START_MS, 5_000)
    book, due = SupplyBook(last, SLOT).feed(last, START_MS + 60_000, 60)
    assert due == Supply(SLOT, last, last)
    assert book == SupplyBook(last, SLOT + 60)
    body = body_of(due.begin, due.end)
    assert (body.start_ms, body.end_ms, body.energy_wh, body.attributes) == (START_MS, START_MS, 0, ())


def test_slots_of_another_length_begin_where_those_begin() -> None:
    book, due = SupplyBook(Drawn(START_MS, 5_000), SLOT + 60).feed(
        Drawn(START_MS + 3_600_000, 5_001), START_MS + 3_600_000, 1800
    )
    assert due is not None
    assert due.slot % 1800 == book.slot % 1800 == 0


def test_a_register_that_was_begun_anew_proves_nothing_between() -> None:
    anew = Drawn(START_MS + 60_000, 100)
    book, due = SupplyBook(Drawn(START_MS, 5_000), SLOT).feed(anew, START_MS + 60_000, 60)
    assert (book, due) == (SupplyBook(anew, SLOT + 60), None)
    last = record_of(body_of(Drawn(START_MS, 5_000), Drawn(START_MS + 60_000, 5_100)))
    assert SupplyBook.after(last, START_MS) == SupplyBook(Drawn(START_MS + 60_000, 5_100), SLOT + 60)
    assert SupplyBook.after(last, START_MS + 60_001).begin is None, "the dial was read after it"
    assert SupplyBook.after(None, 0).begin is None


def test_a_record_of_gas_is_in_litres_and_read_back() -> None:
    body = body_of(Drawn(START_MS, 5_000), Drawn(START_MS + 60_000, 5_120))
    record = record_of(body)
    read = Record.decode(record.encode())
    read.verify(SIGNER.public, ORIGIN)
    assert read.body == body
    assert (body.energy_wh, body.unit, body.attributes) == (120, "L", ((Source.GRID, 120),))


@pytest.mark.parametrize("kind", [Kind.INTERVAL, Kind.GAP, Kind.EXCEPTION, Kind.TRANSFER, Kind.SETTLED])
def test_litres_are_sealed_in_no_other_kind_of_record_and_energy_not_in_theirs(kind: Kind) -> None:
    gas = body_of(Drawn(START_MS, 5_000), Drawn(START_MS + 60_000, 5_120))
    with pytest.raises(FieldError, match="a carrier belongs to the bodies of SUPPLY records"):
        record_of(gas, kind)
    with pytest.raises(FieldError, match="a carrier belongs to the bodies of SUPPLY records"):
        record_of(replace(gas, carrier=None))


def test_gas_is_told_apart_from_energy() -> None:
    gas = body_of(Drawn(START_MS, 5_000), Drawn(START_MS + 60_000, 5_120))
    told = plain_body(gas)
    assert (told["energy_wh"], told["import_wh"], told["sources"]) == (None, None, {})
    assert (told["carrier"], told["moved_l"], told["import_l"]) == ("gas", 120, {"begin": 5_000, "end": 5_120})
    assert "carrier" not in plain_body(replace(gas, carrier=None))


def test_no_charging_station_format_takes_gas() -> None:
    record = record_of(body_of(Drawn(START_MS, 5_000), Drawn(START_MS + 60_000, 5_120)))
    with pytest.raises(UnfitError, match="of kind supply"):
        data_sets(record, 0, Assurance.CERTIFIED)


async def test_a_flat_signs_its_gas_beside_its_energy_and_goes_on_after_a_restart(home: Home) -> None:
    litres = 7_000
    home.gas.act = lambda: GasReading(volume_l=litres)
    await home.start(fitted=("gas",))
    await home.online()
    for _ in range(3):
        await home.time.seconds(SECONDS)
        litres += 15
    await home.stop()
    litres += 100
    await home.start(fitted=("gas",))
    await home.online()
    await home.time.seconds(2 * SECONDS)
    chain = await home.chain()
    supplies = [record for record in chain if record.kind is Kind.SUPPLY]
    assert len(supplies) >= 3
    for before, after in pairwise(supplies):
        assert before.body.imported is not None
        assert after.body.imported is not None
        assert before.body.imported.end == after.body.imported.begin
        assert before.body.end_ms == after.body.start_ms
    drawn = sum(record.body.energy_wh for record in supplies)
    assert supplies[-1].body.imported is not None
    assert drawn == supplies[-1].body.imported.end - 7_000 == 145
    assert {record.body.carrier for record in supplies} == {Carrier.GAS}
    assert all(record.body.carrier is None for record in await home.records())
    device = home.membership.device
    for slot in {record.envelope.slot for record in await home.imports()}:
        told = [Told(each.record.hash, each.record.body) for each in await home.store.intervals(slot)]
        assert all(each.body.carrier is None for each in told)
        meter = meter_slot(device, slot, SECONDS, told)
        assert meter is None or meter.use.import_wh <= SECONDS + 5
    await home.stop()

"""What a flat signs of an island (I22): flagged, with the island's frequency, shared with nobody, nothing made up."""

from itertools import pairwise
import json

from localvpp.devices import DeviceSilentError, InverterReading
from localvpp.etp import ErrorFlag, Kind, Record
from localvpp.export.ocmf import Assurance, data_sets
from localvpp.export.plain import canonical_json, plain_record
from localvpp.meterslot import Told, meter_slot

from .home import SECONDS, Home

ISLAND = InverterReading(
    pv_power_w=0.0, grid_connected=False, grid_forming=True, frequency_hz=60.0, backup_frequency_hz=59.4
)


async def proven(home: Home, record: Record) -> bool:
    slot = record.envelope.slot
    told = [Told(each.record.hash, each.record.body) for each in await home.store.intervals(slot)]
    return meter_slot(home.membership.device, slot, SECONDS, told) is not None


async def test_a_slot_with_a_few_seconds_of_an_island_is_flagged_and_shared_with_nobody(home: Home) -> None:
    together = home.inverter.act
    await home.start()
    await home.online()
    await home.time.seconds(2 * SECONDS + 3)
    home.inverter.act = lambda: ISLAND
    await home.time.seconds(4)
    home.inverter.act = together
    await home.time.seconds(2 * SECONDS)
    records = [each for each in await home.imports() if each.kind is Kind.INTERVAL]
    islands = [each for each in records if each.body.errors]
    assert [each.body.errors for each in islands] == [ErrorFlag.ISLAND]
    assert [each.body.frequency_mhz for each in islands] == [59_400]
    assert {each.body.frequency_mhz for each in records if not each.body.errors} == {60_010}
    assert [await proven(home, each) for each in records] == [not each.body.errors for each in records]
    for each in islands:
        assert [reading.errors for reading in data_sets(each, 0, Assurance.CERTIFIED)] == [ErrorFlag.ENERGY] * 2
        plain = json.loads(canonical_json(plain_record(each)))
        assert (plain["body"]["errors"], plain["body"]["frequency_mhz"]) == (["island"], 59_400)
    await home.stop()


async def test_a_meter_that_dies_with_the_grid_leaves_a_flagged_gap_of_what_its_register_says(home: Home) -> None:
    together = home.inverter.act
    await home.start()
    await home.online()
    await home.time.seconds(2 * SECONDS + 3)
    last = home.meter.imported
    home.meter.act = lambda: DeviceSilentError("the meter does not answer; check its cable")
    home.inverter.act = lambda: ISLAND
    await home.time.seconds(3 * SECONDS)
    assert home.meter.imported == last, "the meter is off, and counts nothing"
    sealed = len(await home.records())
    home.meter.act, home.inverter.act = home.meter.count, together
    await home.time.seconds(2 * SECONDS)
    records = await home.imports()
    assert sealed <= 2 * len([each for each in records if not each.body.errors])
    (gap,) = [each for each in records if each.kind is Kind.GAP]
    assert gap.body.errors == ErrorFlag.ISLAND
    assert gap.body.frequency_mhz is None
    assert not await proven(home, gap)
    # Registers follow one another without a hole: not one watt-hour was made up or lost.
    for before, after in pairwise(records):
        assert before.body.imported is not None
        assert after.body.imported is not None
        assert before.body.imported.end == after.body.imported.begin
    assert sum(each.body.energy_wh for each in records) == records[-1].body.imported.end - 1_000_000  # type: ignore[union-attr]
    assert all(not each.body.errors for each in records if each.kind is Kind.INTERVAL)
    await home.stop()

"""A month is read from records as they were shared and signed, by the key of then; what does not fit stops it."""

import asyncio
from dataclasses import replace
from datetime import date
import json
from pathlib import Path
import sqlite3

import pytest

from coordinator.config import BuildingConfig
from coordinator.settlement.months import MonthError, unlike
from coordinator.store import Member, Role
from localvpp.etp import DeviceId, load_or_create
from localvpp.settlement import Use, read_rule, settle
from localvpp.settlement.month import FindingKind, encode_month
from localvpp.settlement.statement import Issuer, Metered, RowKind, keys_of, statements, trail_of

from ...coordinator.conftest import ORIGIN, SLOT, open_house
from ...coordinator.flat import Flat, ManualClock
from ...coordinator.test_members import said
from ...new_database import NewDatabase
from .living import ACCOUNTS, HALF_HOUR, NEXT, laid, live, log, month_of, ran, tell_late, told

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")

SHARING = {
    "static": 'sharing: {key: static, parts: {"101": 1, "102": 3, "103": 4}}',
    "coefficients": 'sharing: {key: coefficients, times: [{parts: {"101": 0, "102": 900000, "103": 100000}}]}',
    "max-min": "sharing: {key: max-min}",
}


@pytest.mark.parametrize("key", SHARING)
def test_a_month_is_shared_by_the_key_that_its_slots_were_settled_by(
    tmp_path: Path, new_database: NewDatabase, key: str
) -> None:
    config = laid(tmp_path, new_database, f"{SHARING[key]}\n")
    asyncio.run(live(config))
    records, settled = month_of(config)
    assert unlike(settled, records) == []
    # The month's bytes have the key, for whoever works it out again.
    month = json.loads(encode_month(settled))
    word = config.sharing.word
    assert {slot["key"] for slot in month["slots"]} == {word}
    assert read_rule(month["keys"][word]) == config.sharing
    uses = {"101": Use(0, 500), "102": Use(300, 0), "103": Use(400, 0)}
    by_key = settle(uses, config.prices, config.sharing.by_name(SLOT) or config.sharing.nameless()).shares
    (first,) = (each for each in settled.slots if each.given.begin == SLOT)
    assert first.settlement.shares == by_key != settle(uses, config.prices).shares


async def roofed(config: BuildingConfig) -> None:
    """A half hour in which the building's roof gave more than one flat."""
    async with open_house(config, ManualClock(SLOT * 1000 - 60_000)) as house:
        one, two = [await house.invited(name) for name in ("101", "102")]
        roof = Flat("roof", ORIGIN, house.key.device_id, load_or_create(config.data / "keys" / "roof"))
        house.clock.pass_until((NEXT + 1) * 1000)
        for flat, use in ((one, (0, 100)), (two, (900, 0)), (roof, (0, 500))):
            await log(house, flat, told(flat, SLOT, *use))
        house.clock.pass_ms(601_000)
        assert [each.slot for each in await house.coordinator.settler.settle_ripe()] == [SLOT]


async def late_for_good(config: BuildingConfig) -> None:
    """Two flats tell of a half hour when a later one is settled: nobody settles it any more."""
    async with open_house(config, ManualClock(SLOT * 1000 - 60_000)) as house:
        one, two = [await house.invited(name) for name in ("101", "102")]
        three = await house.invited("103")
        house.clock.pass_until((NEXT + HALF_HOUR + 1) * 1000)
        await log(house, three, told(three, NEXT, 90))
        house.clock.pass_ms(601_000)
        assert [each.slot for each in await house.coordinator.settler.settle_ripe()] == [NEXT]
        await log(house, one, told(one, SLOT, 0, 500))
        await log(house, two, told(two, SLOT, 300))
        house.clock.pass_ms(601_000)
        assert await house.coordinator.settler.settle_ripe() == []


def test_a_half_hour_that_was_never_settled_is_shared_with_nobody_and_waited_for_no_more(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    config = laid(tmp_path, new_database)
    asyncio.run(late_for_good(config))
    records, settled = month_of(config)
    assert records.pending == ()
    (slot,) = (each for each in settled.slots if each.given.begin == SLOT)
    assert slot.given.late == {"101", "102"}
    shares = slot.settlement.shares
    assert (shares["101"].shared_out_wh, shares["102"].shared_in_wh) == (0, 0)
    assert (shares["101"].grid_money, shares["102"].grid_money) == (500 * 850, -300 * 3150)


def test_a_half_hour_of_which_it_is_not_known_how_it_was_settled_is_not_billed(building: BuildingConfig) -> None:
    with sqlite3.connect(building.data / "building.db") as database:
        database.execute("DELETE FROM shares WHERE slot = ?", (SLOT,))
        database.execute("DELETE FROM transfers WHERE slot = ?", (SLOT,))
        database.execute("DELETE FROM slots WHERE slot = ?", (SLOT,))
    assert month_of(building)[0].pending == (SLOT,)


async def bulk_first(config: BuildingConfig) -> None:
    """A half hour of which the bulk meter alone tells, and one that flats have, too."""
    async with open_house(config, ManualClock(SLOT * 1000 - 60_000)) as house:
        bulk = Flat("bulk", ORIGIN, house.key.device_id, load_or_create(config.data / "keys" / "bulk"))
        house.clock.pass_until((SLOT + HALF_HOUR + 1) * 1000)
        await log(house, bulk, told(bulk, SLOT, 50))
        one = await house.invited("101")
        house.clock.pass_until((NEXT + HALF_HOUR + 1) * 1000)
        for flat, use in ((bulk, 450), (one, 400)):
            await log(house, flat, told(flat, NEXT, use))
        house.clock.pass_ms(601_000)
        assert NEXT in [each.slot for each in await house.coordinator.settler.settle_ripe()]


def test_a_half_hour_that_the_bulk_meter_alone_tells_holds_up_no_month(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    config = laid(tmp_path, new_database, 'meters: {bulk: "tcp://127.0.0.1:9?unit=3"}\n')
    asyncio.run(bulk_first(config))
    records, settled = month_of(config)
    assert records.pending == ()
    lost = {slot.given.begin: slot.loss_wh for slot in settled.slots if slot.loss_wh is not None}
    assert lost == {SLOT: 50, NEXT: 50}


@pytest.mark.parametrize("key", ["", 'sharing: {key: static, parts: {"101": 1, "102": 3, "103": 0}}'])
def test_what_came_from_the_roof_is_a_line_of_its_own(tmp_path: Path, new_database: NewDatabase, key: str) -> None:
    roof = 'meters: {roof: "tcp://127.0.0.1:9?unit=3"}'
    papers = '  roof: {serial: MR, approval: "1234", verified_until: "2030-03"}\n'
    accounts = ACCOUNTS.replace("fees:", f"{papers}fees:")
    config = laid(tmp_path, new_database, f"{roof}\n{key}\n", accounts)
    asyncio.run(roofed(config))
    records, settled = month_of(config)
    assert unlike(settled, records) == []
    assert {party.name: party.role for party in records.parties} == {"101": "flat", "102": "flat", "roof": "roof"}
    account = settled.accounts["102"]
    shared = 600 if not key else 450
    assert account.roof_wh + account.neighbours_wh == shared
    assert account.roof_wh == shared * 5 // 6
    assert settled.bills["roof"].energy_money == -(account.roof_money + settled.accounts["roof"].sold_wh * 850)
    lines = {row.kind: row for row in statements(settled, Issuer("管理組合", None), date(2026, 12, 5))["102"].rows}
    assert (lines[RowKind.ROOF].wh, lines[RowKind.OWN].wh) == (account.roof_wh, None)


async def in_parts(config: BuildingConfig) -> None:
    """A half hour that one flat tells in 60 parts, and another, whose computer starts all the time, in 90."""
    async with open_house(config, ManualClock(SLOT * 1000 - 60_000)) as house:
        flats = [await house.invited(name) for name in ("101", "102")]
        house.clock.pass_until((NEXT + 1) * 1000)
        for flat, parts in zip(flats, (60, 90), strict=True):
            step_ms = HALF_HOUR * 1000 // parts
            for at in range(parts):
                begin_ms = SLOT * 1000 + at * step_ms
                span = {"start_ms": begin_ms, "end_ms": begin_ms + step_ms, "slot_seconds": HALF_HOUR}
                await log(house, flat, flat.slot(SLOT, 5, **span))
        house.clock.pass_ms(601_000)
        (settled,) = await house.coordinator.settler.settle_ripe()
        assert settled.missing == ("102",)


def test_a_half_hour_that_is_told_in_too_many_parts_is_unknown_and_it_is_said(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    config = laid(tmp_path, new_database)
    asyncio.run(in_parts(config))
    records, settled = month_of(config)
    (slot,) = (each for each in settled.slots if each.given.begin == SLOT)
    assert unlike(settled, records) == []
    assert (slot.readings["101"].use.import_wh, "102" in slot.readings) == (300, False)
    crowded = {each.party: each for each in settled.findings if each.kind is FindingKind.CROWDED}
    assert crowded.keys() == {"102"}
    assert crowded["102"].detail.startswith("1 slots were told in more parts than can be read")
    assert crowded["102"].slots == (SLOT,)
    statement = statements(settled, Issuer("管理組合", None), date(2026, 12, 5))["102"]
    (way,) = trail_of(statement)[keys_of(crowded["102"], statement.findings.index(crowded["102"]))[0]].ways
    assert isinstance(way, Metered)
    assert [len(each.records) for each in way.slots] == [180], "it leads to all that was told"


def test_two_bulk_meters_make_no_month(building: BuildingConfig) -> None:
    bulk = Member(DeviceId(b"b" * 16), "bulk", Role.BULK, Flat("x", ORIGIN, DeviceId(b"x" * 16)).key, "", 0)
    twice = [bulk, replace(bulk, device=DeviceId(b"c" * 16))]
    with pytest.raises(MonthError, match="has 2 bulk meters"):
        month_of(building, *twice)


def test_a_slot_that_is_not_settled_yet_is_waited_for(building: BuildingConfig, flats: list[Flat]) -> None:
    assert month_of(building)[0].pending == ()
    asyncio.run(tell_late(building, flats[0]))
    assert month_of(building)[0].pending == (NEXT + HALF_HOUR,)


def test_a_slot_that_was_settled_otherwise_stops_the_month(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with sqlite3.connect(building.data / "building.db") as database:
        database.execute(
            "UPDATE shares SET shared_in_wh = shared_in_wh + 1 WHERE slot = ? AND import_wh = 300", (SLOT,)
        )
    code, _, err = ran(capsys, building, "--out", str(tmp_path / "bills"), "--no-pdf")
    assert code == 1
    assert f"slot {SLOT}, and 0 others, were settled otherwise than their records say now" in err
    assert not (tmp_path / "bills").exists()


def test_a_slot_that_was_settled_otherwise_stops_the_month_also_when_somebody_cannot_be_billed(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    file = building.file.with_name("settlement.yaml")
    file.write_text("\n".join(line for line in ACCOUNTS.splitlines() if '"103": {serial' not in line), encoding="utf-8")
    assert ran(capsys, building)[0] == 0
    with sqlite3.connect(building.data / "building.db") as database:
        database.execute("UPDATE shares SET grid_money = grid_money + 1 WHERE slot = ? AND import_wh = 300", (SLOT,))
    code, _, err = ran(capsys, building)
    assert code == 1
    assert f"slot {SLOT}, and 0 others, were settled otherwise than their records say now" in err


def test_a_month_of_which_records_were_erased_is_not_billed_any_more(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    async def erase() -> None:
        async with open_house(building, ManualClock((NEXT + 10 * HALF_HOUR) * 1000)) as house:
            await said(house, "102/erase", {"until_ms": house.clock.wall_ms()})

    asyncio.run(erase())
    code, _, err = ran(capsys, building)
    assert code == 1
    assert "a month of which records were erased is not billed any more" in err

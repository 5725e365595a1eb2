"""`local-vpp settle`: a month's bills out of the building's own records, as they were shared and signed."""

import asyncio
from dataclasses import replace
from datetime import date
import json
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from commands import settle as settle_command
from commands.main import main
from coordinator.config import BuildingConfig, load, load_accounts
from coordinator.members import Action
from coordinator.settlement.months import MonthError, Records, read_month, unlike
from coordinator.store import (
    Member,
    Role,
    close_database,
    entries as entry_store,
    members as member_store,
    open_database,
    snapshot,
)
from localvpp.etp import DeviceId, Kind, Record, load_or_create
from localvpp.settlement import SlotPrices, Use, read_rule, settle
from localvpp.settlement.month import MonthInput, SettledMonth, encode_month, settle_month, wh_by_band
from localvpp.settlement.statement import Issuer, RowKind, statements
from localvpp.settlement.tariff import Month, MonthUse, utility_bill

from ..coordinator.conftest import FILE, ORIGIN, SLOT, House, open_house
from ..coordinator.flat import Flat, ManualClock
from ..coordinator.test_members import said
from ..localvpp.settlement.months import OCTOBER, building as flats_made_up, month_of as month_made_up
from ..new_database import NewDatabase

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")

HALF_HOUR = 1800
NEXT = SLOT + HALF_HOUR
NOVEMBER = Month(2026, 11)
ACCOUNTS = """
issuer: {name: 管理組合, registration: T7010705000725}
meters:
  "101": {serial: M1, approval: "1234", verified_until: "2030-03"}
  "102": {serial: M2, approval: "1234", verified_until: "2030-03"}
  "103": {serial: M3, approval: "1234", verified_until: "2030-03"}
fees: [{name: meters, yen: 3000, parts: {"101": 1, "102": 1, "103": 1}}]
"""


def told(flat: Flat, slot: int, import_wh: int, export_wh: int = 0) -> list[Record]:
    """The records of a half hour."""
    whole: dict[str, Any] = {"end_ms": (slot + HALF_HOUR) * 1000, "slot_seconds": HALF_HOUR}
    return flat.slot(slot, import_wh, export_wh, **whole)


async def log(house: House, flat: Flat, records: list[Record]) -> None:
    logged = await house.coordinator.ledger.submit(flat.device, [record.encode() for record in records])
    assert all(result.index is not None for result in logged.results), logged


async def live(config: BuildingConfig) -> Flat:
    """Two half hours: in the second, 103 tells of his when it is settled already. Return 102, who tells more later."""
    async with open_house(config, ManualClock(SLOT * 1000 - 60_000)) as house:
        one, two, three = [await house.invited(name) for name in ("101", "102", "103")]
        house.clock.pass_until((NEXT + 1) * 1000)
        for flat, use in ((one, (0, 500)), (two, (300, 0)), (three, (400, 0))):
            await log(house, flat, told(flat, SLOT, *use))
        assert [each.slot for each in await house.coordinator.settler.settle_ripe()] == [SLOT]
        house.clock.pass_until((NEXT + HALF_HOUR + 1) * 1000)
        await log(house, one, told(one, NEXT, 0, 200))
        await log(house, two, told(two, NEXT, 150))
        house.clock.pass_ms(601_000)
        (second,) = await house.coordinator.settler.settle_ripe()
        assert second.missing == ("103",)
        await log(house, three, told(three, NEXT, 90))
        assert await house.coordinator.settler.settle_ripe() == []
        return two


async def tell_late(config: BuildingConfig, flat: Flat) -> None:
    """Tell of a half hour that nobody else knows anything of."""
    async with open_house(config, ManualClock((NEXT + 10 * HALF_HOUR) * 1000)) as house:
        await house.reinstate("101")
        await log(house, flat, told(flat, NEXT + HALF_HOUR, 1000))
        assert await house.coordinator.settler.settle_ripe() == []


@pytest.fixture
def flats() -> list[Flat]:
    """The flat that has more to tell."""
    return []


SHARING = {
    "static": 'sharing: {key: static, parts: {"101": 1, "102": 3, "103": 4}}',
    "coefficients": 'sharing: {key: coefficients, times: [{parts: {"101": 0, "102": 900000, "103": 100000}}]}',
    "max-min": "sharing: {key: max-min}",
}


@pytest.mark.parametrize("key", SHARING)
def test_a_month_is_shared_by_the_key_that_its_slots_were_settled_by(
    tmp_path: Path, new_database: NewDatabase, key: str
) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(FILE.replace("slot_minutes: 1", "slot_minutes: 30") + SHARING[key] + "\n")
    (tmp_path / "settlement.yaml").write_text(ACCOUNTS, encoding="utf-8")
    config = load(file)
    new_database.lay(config)
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
    file = tmp_path / "building.yaml"
    file.write_text(FILE.replace("slot_minutes: 1", "slot_minutes: 30"))
    (tmp_path / "settlement.yaml").write_text(ACCOUNTS, encoding="utf-8")
    config = load(file)
    new_database.lay(config)
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
    file = tmp_path / "building.yaml"
    meters = 'meters: {bulk: "tcp://127.0.0.1:9?unit=3"}'
    file.write_text(f"{FILE.replace('slot_minutes: 1', 'slot_minutes: 30')}{meters}\n")
    (tmp_path / "settlement.yaml").write_text(ACCOUNTS, encoding="utf-8")
    config = load(file)
    new_database.lay(config)
    asyncio.run(bulk_first(config))
    records, settled = month_of(config)
    assert records.pending == ()
    lost = {slot.given.begin: slot.loss_wh for slot in settled.slots if slot.loss_wh is not None}
    assert lost == {SLOT: 50, NEXT: 50}


@pytest.mark.parametrize("key", ["", 'sharing: {key: static, parts: {"101": 1, "102": 3, "103": 0}}'])
def test_what_came_from_the_roof_is_a_line_of_its_own(tmp_path: Path, new_database: NewDatabase, key: str) -> None:
    file = tmp_path / "building.yaml"
    roof = 'meters: {roof: "tcp://127.0.0.1:9?unit=3"}'
    file.write_text(f"{FILE.replace('slot_minutes: 1', 'slot_minutes: 30')}{roof}\n{key}\n")
    papers = '  roof: {serial: MR, approval: "1234", verified_until: "2030-03"}\n'
    (tmp_path / "settlement.yaml").write_text(ACCOUNTS.replace("fees:", f"{papers}fees:"), encoding="utf-8")
    config = load(file)
    new_database.lay(config)
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


@pytest.fixture
def building(tmp_path: Path, new_database: NewDatabase, flats: list[Flat]) -> BuildingConfig:
    file = tmp_path / "building.yaml"
    file.write_text(FILE.replace("slot_minutes: 1", "slot_minutes: 30"))
    (tmp_path / "settlement.yaml").write_text(ACCOUNTS, encoding="utf-8")
    config = load(file)
    new_database.lay(config)
    flats.append(asyncio.run(live(config)))
    return config


def month_of(config: BuildingConfig, *more: Member) -> tuple[Records, SettledMonth]:
    accounts = load_accounts(config.file.with_name("settlement.yaml"), config)

    async def read() -> Records:
        engine = await open_database(config.database_url)
        try:
            async with snapshot(engine) as connection:
                members = [*await member_store.every(connection), *more]
                return await read_month(connection, config, accounts, members, NOVEMBER)
        finally:
            await close_database(engine)

    records = asyncio.run(read())
    given = MonthInput(
        building=config.name,
        month=NOVEMBER,
        slot_seconds=HALF_HOUR,
        parties=records.parties,
        slots=records.slots,
        before=records.before,
        keys=records.keys,
    )
    return records, settle_month(given)


def ran(capsys: pytest.CaptureFixture[str], config: BuildingConfig, *more: str) -> tuple[int, str, str]:
    accounts = str(config.file.with_name("settlement.yaml"))
    code = main(["settle", str(config.file), "--accounts", accounts, "--month", "2026-11", *more])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_month_is_what_was_shared_and_signed_slot_by_slot(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    records, settled = month_of(building)
    assert records.shares.keys() == {SLOT, NEXT}
    assert unlike(settled, records) == []
    prices = SlotPrices(2200, 3150, 850)
    first, second = (each for each in settled.slots if each.given.begin in {SLOT, NEXT})
    assert (
        first.settlement.shares == settle({"101": Use(0, 500), "102": Use(300, 0), "103": Use(400, 0)}, prices).shares
    )
    # Who came late meets the grid's price alone, and the others share as they did without him.
    assert second.given.late == {"103"}
    assert second.settlement.shares["102"].shared_in_wh == 150
    assert second.settlement.shares["103"].grid_money == -90 * 3150
    assert len(first.given.logged) == len(first.settlement.transfers) == 2
    assert all(len(reading.records) == 2 for reading in first.readings.values())
    assert encode_month(settled) == encode_month(month_of(building)[1])

    out = tmp_path / "bills"
    code, said, _ = ran(capsys, building, "--out", str(out), "--issued", "2026-12-05", "--no-pdf")
    assert code == 0
    sums = json.loads(said)
    assert sums["flats_yen"] == sum(sums["bills"][name] for name in ("101", "102", "103"))
    assert sums["margin_yen"] is sums["utility_yen"] is None
    names = {each.name for each in out.iterdir()}
    assert {"month.json", "collection.ja.csv", "building.en.html", "101.ja.html", "103.records.en.csv"} <= names
    month = (out / "month.json").read_bytes()
    assert ran(capsys, building, "--out", str(out), "--issued", "2026-12-05", "--no-pdf")[0] == 0
    assert (out / "month.json").read_bytes() == month
    assert json.loads((out / "101.json").read_bytes())["invoice"]["issued"] == "2026-12-05"


def test_the_banks_file_is_written_where_accounts_have_what_it_needs(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    account = 'bank: "0001", branch: "023", account: "1234567"'
    payer = f'{{{account}, holder: ヤマダ タロウ, number: "102"}}'
    debit = f'debit: {{code: "1", name: サクラ, day: 27, {account}, payers: {{"102": {payer}}}}}\n'
    building.file.with_name("settlement.yaml").write_text(ACCOUNTS + debit, encoding="utf-8")
    out = tmp_path / "bills"
    code, said, _ = ran(capsys, building, "--out", str(out), "--no-pdf")
    assert code == 0
    sums = json.loads(said)
    assert sums["debited_yen"] == sums["bills"]["102"] > 0
    header, row, trailer, end, _ = (out / "collection.zengin.txt").read_bytes().split(b"\r\n")
    assert [each[:1] for each in (header, row, trailer, end)] == [b"1", b"2", b"8", b"9"]
    assert header[54:58] == b"1227"
    assert int(row[80:90]) == int(trailer[7:19]) == sums["debited_yen"]


def test_who_has_no_meter_that_may_be_billed_from_is_left_out_and_it_is_said(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    file = building.file.with_name("settlement.yaml")
    without = [line for line in ACCOUNTS.splitlines() if '"103": {serial' not in line]
    file.write_text("\n".join(without), encoding="utf-8")
    code, said, err = ran(capsys, building)
    assert code == 0
    assert "103" not in json.loads(said)["bills"]
    assert "are shared otherwise than when they were settled, because 103 cannot be billed" in err


def test_what_cannot_be_settled_is_said_in_a_sentence(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = building.file.with_name("settlement.yaml")
    file.write_text(ACCOUNTS.replace("yen: 3000", "yen: 3000.5"), encoding="utf-8")
    code, _, err = ran(capsys, building)
    assert code == 1
    assert "fees[0].yen: 3000.5: write a whole number of yen" in err
    example = Path(__file__).parents[2] / "examples/tariff.yaml"
    (tmp_path / "tariff.yaml").write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    file.write_text(ACCOUNTS + "tariff: tariff.yaml\n", encoding="utf-8")
    code, _, err = ran(capsys, building)
    assert code == 1
    assert "the bulk meter is not known in 2026-11: write its highest demand into maxima_kw" in err
    file.write_text(ACCOUNTS + 'tariff: tariff.yaml\nmaxima_kw: {"2026-11": 5, "2026-08": 9, "2026-10": 8}\n')
    assert "maxima_kw has a month missing between others" in ran(capsys, building)[2]


def test_the_utilitys_own_figures_count_where_the_bulk_meter_does_not_tell(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    example = (Path(__file__).parents[2] / "examples/tariff.yaml").read_text(encoding="utf-8")
    (tmp_path / "tariff.yaml").write_text(example, encoding="utf-8")
    file = building.file.with_name("settlement.yaml")
    told = 'tariff: tariff.yaml\nmaxima_kw: {"2026-11": 5}\n'
    file.write_text(ACCOUNTS + told, encoding="utf-8")
    code, _, err = ran(capsys, building)
    assert (code, "write the month's kWh by band into kwh" in err) == (1, True)
    kwh = 'kwh: {"2026-11": {day: 30, night: 12}}\n'
    file.write_text(ACCOUNTS + told + kwh, encoding="utf-8")
    code, said, _ = ran(capsys, building)
    assert code == 0
    # 基本料金 5 x 1890 x 0.85, 電力量 30 x 20.60 + 12 x 14.20, 燃調 42 x 0.13, 賦課金 42 x 4.18
    assert json.loads(said)["utility_yen"] == int(8032.50 + 618 + 170.40 + 5.46 + 175.56)
    # A contract demand that was agreed wants no highest demand.
    agreed = example.replace("# agreed_kw: 520", "agreed_kw: 520")
    (tmp_path / "tariff.yaml").write_text(agreed, encoding="utf-8")
    file.write_text(ACCOUNTS + "tariff: tariff.yaml\n" + kwh, encoding="utf-8")
    code, said, _ = ran(capsys, building)
    assert code == 0
    assert json.loads(said)["utility_yen"] == int(520 * 1890 * 0.85 + 618 + 170.40 + 5.46 + 175.56)


def test_half_hours_that_the_bulk_meter_does_not_tell_may_have_been_the_highest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    examples = Path(__file__).parents[2] / "examples"
    config = load(examples / "building.yaml")
    accounts = load_accounts(examples / "settlement.yaml", config)
    given = month_made_up(flats_made_up(8))
    slots = (replace(given.slots[0], bulk=None), *given.slots[1:])
    records = Records(tuple(given.parties), slots, {}, {}, ())
    accounts = replace(accounts, kwh={OCTOBER: {"day": 1000, "night": 500}})
    assert settle_command._utility(config, accounts, records, OCTOBER) is not None
    told = "the bulk meter is unknown in 1 half hours of 2026-10"
    assert told in capsys.readouterr().err
    settle_command._utility(config, replace(accounts, maxima_kw={OCTOBER: 70}), records, OCTOBER)
    assert told not in capsys.readouterr().err


def test_what_comes_after_a_month_was_billed_is_on_the_next_bill_once(
    building: BuildingConfig, flats: list[Flat], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    november, december, january = (tmp_path / name for name in ("november", "december", "january"))
    assert ran(capsys, building, "--out", str(november), "--no-pdf")[0] == 0
    asyncio.run(tell_late(building, flats[0]))

    def billed(month: str, out: Path, *before: Path) -> dict[str, Any]:
        accounts = str(building.file.with_name("settlement.yaml"))
        files = [word for each in before for word in ("--billed", str(each / "month.json"))]
        given = ["settle", str(building.file), "--accounts", accounts, "--month", month, "--out", str(out), "--no-pdf"]
        assert main([*given, *files]) == 0
        sums: dict[str, Any] = json.loads(capsys.readouterr().out)
        return sums

    assert billed("2026-12", december, november)["bills"]["101"] < 1000
    # 1 kWh at the grid's price, and as much a week later, where it stands in for what is not known.
    told_late, estimated = json.loads((december / "102.json").read_bytes())["adjustments"]
    assert (told_late["slot"], told_late["money"], told_late["because"]) == (NEXT + HALF_HOUR, 1000 * 3150, "102")
    assert len(told_late["records"]) == 2
    assert (estimated["slot"], estimated["money"]) == (NEXT + HALF_HOUR + 7 * 86400, 1000 * 3150)
    # In January nothing stands in any more, and nothing is billed twice.
    assert billed("2027-01", january, november, december)["bills"]["102"] == 1000
    code, _, err = ran(capsys, building, "--billed", str(december / "month.json"))
    assert code == 1
    assert "is of 2026-12: give months before 2026-11, each once" in err


async def unheard(config: BuildingConfig) -> Flat:
    """A half hour that is settled without 103. Return it, who tells later."""
    async with open_house(config, ManualClock(SLOT * 1000 - 60_000)) as house:
        one, two, three = [await house.invited(name) for name in ("101", "102", "103")]
        house.clock.pass_until((SLOT + HALF_HOUR + 1) * 1000)
        for flat, use in ((one, (0, 500)), (two, (300, 0))):
            await log(house, flat, told(flat, SLOT, *use))
        house.clock.pass_ms(601_000)
        assert [each.slot for each in await house.coordinator.settler.settle_ripe()] == [SLOT]
        return three


async def tell(config: BuildingConfig, flat: Flat, slot: int, import_wh: int) -> list[tuple[int, Record]]:
    """Tell of a half hour that is settled; return what the building corrects, with its places."""
    async with open_house(config, ManualClock((slot + 10 * HALF_HOUR) * 1000)) as house:
        await house.reinstate(flat.name)
        await log(house, flat, told(flat, slot, import_wh))
        await house.coordinator.settler.settle_ripe()
        async with house.coordinator.engine.connect() as connection:
            found = await entry_store.of_slots(connection, Kind.CORRECTION, 0)
        return [(entry.index, Record.decode(entry.sealed or b"")) for entry in found]


def test_a_difference_leads_to_the_record_by_which_the_building_has_corrected_it(
    tmp_path: Path, new_database: NewDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "building.yaml"
    file.write_text(FILE.replace("slot_minutes: 1", "slot_minutes: 30"))
    (tmp_path / "settlement.yaml").write_text(ACCOUNTS, encoding="utf-8")
    config = load(file)
    new_database.lay(config)
    three = asyncio.run(unheard(config))
    november, december, again = (tmp_path / name for name in ("november", "december", "again"))
    given = ["settle", str(file), "--accounts", str(tmp_path / "settlement.yaml"), "--no-pdf"]
    assert main([*given, "--month", "2026-11", "--out", str(november)]) == 0
    ((index, correction),) = asyncio.run(tell(config, three, SLOT, 400))
    late = [*given, "--month", "2026-12", "--billed", str(november / "month.json")]
    assert main([*late, "--out", str(december)]) == 0
    told_late, estimated = json.loads((december / "103.json").read_bytes())["adjustments"]
    assert (told_late["slot"], told_late["import_wh"]) == (SLOT, 400)
    assert told_late["corrections"] == [[index, correction.hash.hex()]]
    # What the same value changes where it stands in, a week later, leads to the same record.
    assert (estimated["slot"], estimated["corrections"]) == (SLOT + 7 * 86400, told_late["corrections"])
    change = correction.body.correction
    assert change is not None
    assert change.after is not None
    assert [name.hex() for name in change.after.records] == sorted(name for _, name in told_late["records"])
    page = (december / "103.en.html").read_text()
    assert f"{index} {correction.hash.hex()}" in page
    assert correction.hash.hex() in (december / "103.records.en.csv").read_text()
    assert main([*late, "--out", str(again)]) == 0
    for file in sorted(december.iterdir()):
        assert (again / file.name).read_bytes() == file.read_bytes(), file.name
    capsys.readouterr()
    # As long as the building has not looked at what came late, nobody is billed by it.
    with sqlite3.connect(config.data / "building.db") as database:
        database.execute("UPDATE corrected SET log_size = 0")
    assert main([*late, "--out", str(again)]) == 1
    assert f"of slot {SLOT}, and 0 others, something came late" in capsys.readouterr().err


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


async def leave(config: BuildingConfig, name: str, at: int) -> None:
    async with open_house(config, ManualClock(at * 1000)) as house:
        await house.coordinator.members.say(name, Action.REVOKE, {})


def test_who_has_left_and_who_has_not_come_yet_is_neither_estimated_nor_unknown(building: BuildingConfig) -> None:
    before = month_of(building)[1]
    at = NOVEMBER.slots(HALF_HOUR)
    week = 7 * 86_400
    # A week after what was told something stands in; until then, and from the enrolment on, nothing is known.
    estimated = [SLOT + week, NEXT + week]
    assert [before.accounts[name].estimated for name in ("101", "103")] == [estimated, estimated]
    unknown = [begin for begin in at if begin > NEXT and begin not in estimated]
    assert before.accounts["101"].unknown == unknown
    asyncio.run(leave(building, "103", NEXT + 3 * HALF_HOUR))
    records, after = month_of(building)
    assert unlike(after, records) == []
    assert [party.name for party in records.parties] == ["101", "102", "103"]
    assert (after.accounts["103"].estimated, after.accounts["103"].slots) == ([], 2)
    assert after.accounts["103"].unknown == [NEXT + HALF_HOUR, NEXT + 2 * HALF_HOUR]
    assert after.accounts["101"] == before.accounts["101"]


def test_who_has_moved_out_holds_up_nobody_elses_bill(
    building: BuildingConfig, flats: list[Flat], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    november, december = tmp_path / "november", tmp_path / "december"
    assert ran(capsys, building, "--out", str(november), "--no-pdf")[0] == 0
    asyncio.run(tell_late(building, flats[0]))
    asyncio.run(leave(building, "102", NEXT + 11 * HALF_HOUR))
    accounts = str(building.file.with_name("settlement.yaml"))
    given = ["settle", str(building.file), "--accounts", accounts, "--month", "2026-12", "--out", str(december)]
    assert main([*given, "--no-pdf", "--billed", str(november / "month.json")]) == 0
    said = capsys.readouterr()
    bills = json.loads(said.out)["bills"]
    assert bills.keys() == {"101", "103", "building"}
    assert bills["building"] == 1000
    assert "fee 'meters': the part of 102, who is no party of 2026-12, falls to the building" in said.err
    assert "differences of 102 are on nobody's bill: it is not billed in 2026-12" in said.err
    assert json.loads((december / "month.json").read_bytes())["differences"] == []


def test_two_bulk_meters_make_no_month(building: BuildingConfig) -> None:
    bulk = Member(DeviceId(b"b" * 16), "bulk", Role.BULK, Flat("x", ORIGIN, DeviceId(b"x" * 16)).key, "", 0)
    twice = [bulk, replace(bulk, device=DeviceId(b"c" * 16))]
    with pytest.raises(MonthError, match="has 2 bulk meters"):
        month_of(building, *twice)


def test_a_slot_that_is_not_settled_yet_is_waited_for(building: BuildingConfig, flats: list[Flat]) -> None:
    assert month_of(building)[0].pending == ()
    asyncio.run(tell_late(building, flats[0]))
    assert month_of(building)[0].pending == (NEXT + HALF_HOUR,)


def test_the_utilitys_bill_follows_from_the_tariff_and_the_bulk_meter() -> None:
    examples = Path(__file__).parents[2] / "examples"
    config = load(examples / "building.yaml")
    accounts = load_accounts(examples / "settlement.yaml", config)
    assert accounts.tariff is not None
    given = month_made_up(flats_made_up(8))
    records = Records(tuple(given.parties), tuple(given.slots), {}, {}, ())
    bill = settle_command._utility(config, accounts, records, OCTOBER)
    energy = wh_by_band(accounts.tariff, given.slots, HALF_HOUR)
    maxima = [57, 58, 57, 56, 58, 60, 61, 63, 65, 59, 57]
    peak = settle_month(given).peak
    assert peak is not None
    assert bill is not None
    assert bill == utility_bill(accounts.tariff, MonthUse(OCTOBER, energy, [*maxima, peak.kw]))
    assert bill.basic.contract_kw == 65
    # The utility's own figure counts where it is written.
    higher = replace(accounts, maxima_kw={**accounts.maxima_kw, OCTOBER: 70})
    other = settle_command._utility(config, higher, records, OCTOBER)
    assert other is not None
    assert other.basic.contract_kw == 70
    assert settle_command._utility(config, replace(accounts, tariff=None), records, OCTOBER) is None
    # A month's own power factor stays its own, whatever a later one has.
    of_month = replace(accounts, power_factor=90, power_factors={OCTOBER: 100})
    assert settle_command._utility(config, of_month, records, OCTOBER) == bill


def test_a_month_is_settled_in_the_buildings_folder_with_nothing_more_said(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(building.file.parent)
    assert main(["settle", "--month", "2026-11"]) == 0
    english = json.loads(capsys.readouterr().out)
    assert main(["settle", "--month", "2026-11", "--language", "ja"]) == 0
    japanese = json.loads(capsys.readouterr().out)
    assert english | {"findings": []} == japanese | {"findings": []}
    bulk = "the bulk meter is unknown: 1440 slots without the bulk meter: their loss is unknown"
    assert bulk in english["findings"]
    bulk = "受電の計量値が不明のコマがあります。 1440 コマで受電の計量値がなく、損失が不明です。"
    assert bulk in japanese["findings"]
    assert len(english["findings"]) == len(japanese["findings"])
    assert not any("slots" in line for line in japanese["findings"])
    building.file.with_name("settlement.yaml").rename(building.file.with_name("bills.yaml"))
    assert main(["settle", "--month", "2026-11"]) == 1
    assert "settlement.yaml: is not there: write it as examples/settlement.yaml" in capsys.readouterr().err
    building.file.write_text(building.file.read_text(encoding="utf-8") + "settlement: bills.yaml\n", encoding="utf-8")
    assert main(["settle", "--month", "2026-11"]) == 0
    assert json.loads(capsys.readouterr().out) == english

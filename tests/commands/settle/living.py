"""A building of three flats with two half hours, of which one flat tells late, and the month that comes of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from coordinator.config import BuildingConfig, load, load_accounts
from coordinator.members import Action
from coordinator.settlement.months import Records, read_month
from coordinator.store import Member, close_database, members as member_store, open_database, snapshot
from localvpp.etp import Record
from localvpp.settlement.month import MonthInput, SettledMonth, settle_month
from localvpp.settlement.tariff import Month

from ...coordinator.conftest import FILE, SLOT, House, open_house
from ...coordinator.flat import Flat, ManualClock
from ...new_database import NewDatabase

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


def laid(folder: Path, new_database: NewDatabase, more: str = "", accounts: str = ACCOUNTS) -> BuildingConfig:
    """A building of half hours before its first start, with its accounts."""
    file = folder / "building.yaml"
    file.write_text(f"{FILE.replace('slot_minutes: 1', 'slot_minutes: 30')}{more}")
    (folder / "settlement.yaml").write_text(accounts, encoding="utf-8")
    config = load(file)
    new_database.lay(config)
    return config


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


async def leave(config: BuildingConfig, name: str, at: int) -> None:
    async with open_house(config, ManualClock(at * 1000)) as house:
        await house.coordinator.members.say(name, Action.REVOKE, {})

"""What comes after a month was billed is a difference on the next bill, once, and leads to what it was before."""

import asyncio
import json
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from commands.main import main
from coordinator.config import BuildingConfig
from coordinator.store import entries as entry_store
from localvpp.etp import Kind, Record

from ...coordinator.conftest import SLOT, open_house
from ...coordinator.flat import Flat, ManualClock
from ...new_database import NewDatabase
from .living import HALF_HOUR, NEXT, laid, leave, log, ran, tell_late, told

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")


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
    config = laid(tmp_path, new_database)
    three = asyncio.run(unheard(config))
    november, december, again = (tmp_path / name for name in ("november", "december", "again"))
    given = ["settle", str(config.file), "--accounts", str(tmp_path / "settlement.yaml"), "--no-pdf"]
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
    # Its money is 400 Wh at that half hour's price, which the month names that it is billed with.
    at_the_grid = {"bought_wh": 400, "sold_wh": 0, "prices": [2200, 3150, 850]}
    month = json.loads((december / "month.json").read_bytes())
    assert month["differences"][0]["priced"] == told_late["priced"] == at_the_grid
    assert told_late["money"] == 400 * 3150
    earlier = json.loads((november / "month.json").read_bytes())["slots"]
    assert [slot["prices"] for slot in earlier if slot["begin"] == SLOT] == [at_the_grid["prices"]]
    money = json.loads((december / "103.json").read_bytes())["figures"]["difference 0.yen"]
    assert money["from"][1]["place"] == "differences[0].priced.prices[1]"
    assert main([*late, "--out", str(again)]) == 0
    for file in sorted(december.iterdir()):
        assert (again / file.name).read_bytes() == file.read_bytes(), file.name
    capsys.readouterr()
    # As long as the building has not looked at what came late, nobody is billed by it.
    with sqlite3.connect(config.data / "building.db") as database:
        database.execute("UPDATE corrected SET log_size = 0")
    assert main([*late, "--out", str(again)]) == 1
    assert f"of slot {SLOT}, and 0 others, something came late" in capsys.readouterr().err


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

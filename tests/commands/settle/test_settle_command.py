"""`local-vpp settle`: what it writes and prints, what it refuses in words, and the utility's bill that it works out."""

from contextlib import closing
from dataclasses import replace
import json
from pathlib import Path
import sqlite3

import pytest

from commands import settle as settle_command
from commands.main import main
from coordinator.config import BuildingConfig, load, load_accounts
from coordinator.settlement.months import Records, unlike
from localvpp.settlement import SlotPrices, Use, settle
from localvpp.settlement.month import encode_month, settle_month, wh_by_band
from localvpp.settlement.statement.figure import Trailing
from localvpp.settlement.tariff import MonthUse, utility_bill

from ...coordinator.conftest import SLOT
from ...localvpp.settlement.months import OCTOBER, building as flats_made_up, month_of as month_made_up
from .living import ACCOUNTS, HALF_HOUR, NEXT, month_of, ran

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")


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


def test_the_ways_of_a_statements_numbers_are_laid_once_for_all_that_tells_them(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid = 0
    begun = Trailing.__init__

    def counted(trail: Trailing) -> None:
        nonlocal laid
        laid += 1
        begun(trail)

    monkeypatch.setattr(Trailing, "__init__", counted)
    out = tmp_path / "bills"
    assert ran(capsys, building, "--out", str(out), "--no-pdf")[0] == 0
    told = {file.stem for file in out.glob("*.json")} - {"month"}
    assert told >= {"101", "102", "103", "building"}
    assert len(list(out.glob("*.html"))) == 2 * len(told)
    assert laid == len(told)


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
    example = Path(__file__).parents[3] / "examples/tariff.yaml"
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
    example = (Path(__file__).parents[3] / "examples/tariff.yaml").read_text(encoding="utf-8")
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
    examples = Path(__file__).parents[3] / "examples"
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


def test_the_utilitys_bill_follows_from_the_tariff_and_the_bulk_meter() -> None:
    examples = Path(__file__).parents[3] / "examples"
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


def test_a_database_that_is_not_there_is_named_and_not_made(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    database = building.data / "building.db"
    there = database.read_bytes()
    database.unlink()
    missing = (
        f"local-vpp: the building's database {database} is not there: the coordinator makes it when it first runs. Run "
        "this where the coordinator runs, or let `data` of the building's file name the folder that has it\n"
    )
    assert ran(capsys, building) == (1, "", missing)
    assert not database.exists()
    moved = building.data.rename(building.data.with_name("elsewhere"))
    assert ran(capsys, building) == (1, "", missing)
    # What the driver says of a file that is no database is told without the library's own address.
    moved.rename(building.data)
    database.write_bytes(b"text that is long enough to be taken for the header of a file of SQLite, " * 2)
    code, _, said = ran(capsys, building)
    assert code == 1
    assert said.endswith(f"{database} cannot be used: file is not a database\n")
    database.write_bytes(there)
    assert ran(capsys, building)[0] == 0


def test_a_database_that_cannot_be_read_while_a_month_is_settled_is_told_in_words(
    building: BuildingConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(building.data / "building.db")) as database:
        database.execute("DROP TABLE entries")
    code, _, said = ran(capsys, building)
    assert code == 1
    assert said == "local-vpp: the building's database cannot be read: no such table: entries\n"


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
    text = building.file.read_text(encoding="utf-8")
    building.file.write_text(text + "settlement: null\n", encoding="utf-8")
    assert main(["settle", "--month", "2026-11"]) == 1
    assert "settlement: it names no accounts: name their file, or give --accounts" in capsys.readouterr().err
    building.file.write_text(text + "settlement: bills.yaml\n", encoding="utf-8")
    assert main(["settle", "--month", "2026-11"]) == 0
    assert json.loads(capsys.readouterr().out) == english

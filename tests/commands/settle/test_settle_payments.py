"""`local-vpp payments`: what the manager books, from a file or the bank's answer, and what each account comes to."""

import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from coordinator.config import BuildingConfig

from ...coordinator.conftest import open_house
from ...coordinator.flat import ManualClock
from .living import ACCOUNTS, NOVEMBER, ran

pytestmark = pytest.mark.usefixtures("socket_enabled", "umask_kept")

HEADER = "date,flat,direction,yen,for,month,way,reference,reverses"
LATER = (NOVEMBER.plus(2).begin()) * 1000
DEBIT = (
    'debit: {code: "1", name: サクラ, day: 27, bank: "0009", branch: "007", account: "1", payers: {'
    '"102": {bank: "0009", branch: "007", account: "1234567", holder: ヤマダ タロウ, number: "102"}, '
    '"103": {bank: "0009", branch: "007", account: "1234568", holder: サトウ ハナコ, number: "77"}}}\n'
)


@pytest.fixture
def bills(building: BuildingConfig, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Path:
    """The folder of November's bills, as they were handed out."""
    building.file.with_name("settlement.yaml").write_text(ACCOUNTS + DEBIT, encoding="utf-8")
    folder = tmp_path / "bills"
    code, _, said = ran(capsys, building, "--out", str(folder), "--issued", "2026-12-05", "--no-pdf")
    assert code == 0, said
    return folder


def yen_of(folder: Path, flat: str) -> int:
    yen = json.loads((folder / f"{flat}.json").read_bytes())["bill"]["yen"]
    assert isinstance(yen, int)
    return yen


async def record(
    capsys: pytest.CaptureFixture[str], building: BuildingConfig, *commands: list[str]
) -> list[tuple[int, str, str]]:
    """Run `payments record` with each of these beside a running coordinator: how it ended, printed, and said."""
    found = []
    async with open_house(building, ManualClock(LATER)) as house:
        for each in commands:
            capsys.readouterr()
            whole = ["payments", "record", str(building.file), *each, "--url", house.url]
            code = await asyncio.to_thread(main, whole)
            told = capsys.readouterr()
            found.append((code, told.out, told.err))
    return found


def show(capsys: pytest.CaptureFixture[str], building: BuildingConfig, bills: Path | None) -> Any:
    more = [] if bills is None else ["--bills", str(bills)]
    assert main(["payments", "show", str(building.file), *more]) == 0
    return json.loads(capsys.readouterr().out)


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    file = folder / "payments.csv"
    file.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return file


def answered(bills: Path, results: Mapping[bytes, bytes]) -> bytes:
    """The request to the bank as it comes back, with a result for each payer's number and the trailer's counts."""
    header, *rows, trailer, end, nothing = (bills / "collection.zengin.txt").read_bytes().split(b"\r\n")
    assert nothing == b""
    rows = [row[:111] + results[row[91:111].lstrip(b"0")] + row[112:] for row in rows]
    counted = b""
    for of in ([row for row in rows if row[111:112] == b"0"], [row for row in rows if row[111:112] != b"0"]):
        counted += b"%06d%012d" % (len(of), sum(int(row[80:90]) for row in of))
    return b"\r\n".join([header, *rows, trailer[:19] + counted + trailer[55:], end, b""])


def test_a_file_of_payments_is_booked_once_and_the_accounts_follow(
    building: BuildingConfig, bills: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    owed = yen_of(bills, "102")
    file = written(
        tmp_path,
        f"2026-12-20,102,received,{owed - 100},bill,2026-11,transfer,a-1,",
        "2026-12-20,103,received,20000,deposit,,cash,a-2,",
        "2026-12-21,103,paid_out,5000,deposit,,transfer,a-3,",
    )
    command = [str(file), "--bills", str(bills)]
    (code, out, err), (again_code, again, _) = asyncio.run(record(capsys, building, command, command))
    assert (code, json.loads(out)) == (0, {"recorded": ["a-1", "a-2", "a-3"], "known": [], "not_debited": []}), err
    assert (again_code, json.loads(again)) == (0, {"recorded": [], "known": ["a-1", "a-2", "a-3"], "not_debited": []})
    told = show(capsys, building, bills)
    accounts = {each["flat"]: each for each in told["flats"]}
    assert (accounts["102"]["billed_yen"], accounts["102"]["open_yen"]) == (owed, 100)
    assert len(accounts["102"]["bills"][0]["payments"]) == 1
    assert (accounts["103"]["deposit_yen"], accounts["103"]["paid_yen"]) == (15_000, 0)
    sums = told["sums"]
    assert sums["billed_yen"] == sum(yen_of(bills, flat) for flat in ("101", "102", "103"))
    assert sums["open_yen"] == sums["billed_yen"] - (owed - 100)
    # Without the bill, what was paid for it stands apart, and nothing is called open.
    (two,) = (each for each in show(capsys, building, None)["flats"] if each["flat"] == "102")
    assert (two["other_yen"], two["open_yen"], two["bills"]) == (owed - 100, 0, [])


def test_each_account_is_written_as_a_sheet_beside_the_statements_and_a_set_off_stands_on_it(
    building: BuildingConfig, bills: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        "2026-12-20,103,received,20000,deposit,,cash,a-1,",
        "2026-12-21,103,paid_out,300,deposit,,set_off,a-2,",
        "2026-12-21,103,received,300,bill,2026-11,set_off,a-3,",
    )
    ((code, _, err),) = asyncio.run(record(capsys, building, [str(file), "--bills", str(bills)]))
    assert code == 0, err
    out = tmp_path / "accounts"
    command = ["payments", "show", str(building.file), "--bills", str(bills), "--out", str(out), "--no-pdf"]
    assert main([*command, "--issued", "2027-01-05"]) == 0
    (three,) = (each for each in json.loads(capsys.readouterr().out)["flats"] if each["flat"] == "103")
    assert {file.name for file in out.iterdir()} == {
        f"{stem}.{language}.{ending}"
        for stem in ("account.101", "account.102", "account.103", "accounts")
        for language in ("ja", "en")
        for ending in ("html", "csv")
    }
    page = (out / "account.103.ja.html").read_text(encoding="utf-8")
    assert f"<strong>{yen_of(bills, '103') - 300:,}円</strong>" in page
    assert "2027-01-05" in page
    assert "充当・相殺" in page
    for index, digest in [*three["deposits"], *three["bills"][0]["payments"]]:
        assert f"{index}:{digest}" in page, "booked with the flat's present device"
    first = {file.name: file.read_bytes() for file in out.iterdir()}
    assert main([*command, "--issued", "2027-01-05"]) == 0
    assert {file.name: file.read_bytes() for file in out.iterdir()} == first
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    assert main(["payments", "show", str(building.file), "--out", str(blocked), "--no-pdf"]) == 1
    assert f"--out {blocked}" in capsys.readouterr().err


def test_a_wrong_payment_is_taken_back_and_booked_rightly(
    building: BuildingConfig, bills: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    owed = yen_of(bills, "102")
    first = written(tmp_path, f"2026-12-20,102,received,{owed * 10},bill,2026-11,cash,a-1,")
    ((code, _, _),) = asyncio.run(record(capsys, building, [str(first), "--bills", str(bills)]))
    assert code == 0
    second = written(
        tmp_path,
        "2026-12-21,102,,,reversal,,,a-2,a-1",
        f"2026-12-20,102,received,{owed},bill,2026-11,cash,a-3,",
    )
    ((code, out, err),) = asyncio.run(record(capsys, building, [str(second), "--bills", str(bills)]))
    assert (code, json.loads(out)["recorded"]) == (0, ["a-2", "a-3"]), err
    (two,) = (each for each in show(capsys, building, bills)["flats"] if each["flat"] == "102")
    assert (two["paid_yen"], two["open_yen"], len(two["bills"][0]["payments"])) == (owed, 0, 1)
    assert main(["payments", "show", str(building.file), "--bills", str(bills), "--table"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["flat", "billed", "paid", "open", "deposit", "other", "bills"]
    assert rows[1].split() == ["102", f"{owed:,}", f"{owed:,}", "0", "0", "0"]


def test_with_a_line_that_the_coordinator_refuses_nothing_of_a_file_is_booked_and_the_line_is_named(
    building: BuildingConfig, bills: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cases = {
        "2026-12-20,102,received,20,deposit,,cash,山田,": "line 3: reference: '山田' is no reference",
        "2026-12-20,109,received,20,deposit,,cash,b,": "line 3: flat: 109 is not in building.yaml",
        "2027-12-20,102,received,20,deposit,,cash,b,": "line 3: date: 2027-12-20 lies ahead",
        "2026-12-20,102,,,reversal,,,b,zz": "line 3: reverses: zz is the reference of no payment of 102",
        "2026-12-20,102,received,20,deposit,,cash,a-1,": "line 3: reference: a-1 is that of payments.0, too",
        "2026-12-20,102,received,20,bill,2026-10,cash,b,": "line 3: month: '2026-10': there is no bill of 102 for it",
    }
    commands = []
    for at, line in enumerate(cases):
        folder = tmp_path / str(at)
        folder.mkdir()
        file = written(folder, "2026-12-20,102,received,20,deposit,,cash,a-1,", line)
        commands.append([str(file), "--bills", str(bills)])
    for (code, out, err), says in zip(asyncio.run(record(capsys, building, *commands)), cases.values(), strict=True):
        assert (code, out) == (1, "")
        assert says in err
        assert "nothing is booked" in err
    assert show(capsys, building, None)["flats"] == []


def test_the_banks_answer_is_booked_as_debits_and_what_was_not_debited_stays_open(
    building: BuildingConfig, bills: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_bytes(answered(bills, {b"102": b"0", b"77": b"1"}))
    command = ["--zengin", str(answer), "--bills", str(bills)]
    (code, out, err), (_, again, _) = asyncio.run(record(capsys, building, command, command))
    assert code == 0, err
    told = json.loads(out)
    assert len(told["recorded"]) == 1
    assert told["recorded"][0].startswith("debit-20261227-")
    assert told["not_debited"] == [{"flat": "103", "yen": yen_of(bills, "103"), "result": "1", "why": "no_funds"}]
    assert json.loads(again)["known"] == told["recorded"]
    accounts = {each["flat"]: each for each in show(capsys, building, bills)["flats"]}
    assert (accounts["102"]["open_yen"], accounts["102"]["paid_yen"]) == (0, yen_of(bills, "102"))
    assert accounts["103"]["open_yen"] == yen_of(bills, "103")
    code, said, _ = ran_after(capsys, building, bills)
    assert code == 0
    assert json.loads(said)["open_yen"] == {flat: each["open_yen"] for flat, each in accounts.items()}
    # A month that was kept without its statements is billed on as ever, and what is open of it is said not to be told.
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "month.json").write_bytes((bills / "month.json").read_bytes())
    code, said, err = ran_after(capsys, building, alone)
    assert (code, json.loads(said)["open_yen"]) == (0, None)
    assert f"what is open of earlier bills is not told: --bills {alone} has no statement of a flat" in err


def ran_after(capsys: pytest.CaptureFixture[str], building: BuildingConfig, bills: Path) -> tuple[int, str, str]:
    """Settle December, November being billed."""
    accounts = str(building.file.with_name("settlement.yaml"))
    command = ["settle", str(building.file), "--accounts", accounts, "--month", "2026-12"]
    code = main([*command, "--billed", str(bills / "month.json")])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_of_an_answer_in_which_something_does_not_fit_nothing_is_booked(
    building: BuildingConfig, bills: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole = answered(bills, {b"102": b"0", b"77": b"0"})
    cases = [
        (b"\r\n8000002", b"\r\n8000003", "the trailer says 3 accounts over"),
        (b"00000000000000000077", b"00000000000000000078", "the number 78 is no payer's in the accounts' debit"),
        (b"00000000000000000077", b"00000000000000000102", "record 3 is of 102, as record 2 is: ask your bank"),
        (b"19100000000001", b"19100000000002", "it is for the collector 2, and the accounts' code is 1"),
        (b"1227000", b"0231000", "record 1: its day is 0231, which is none"),
    ]
    commands = []
    for at, (old, new, _) in enumerate(cases):
        assert whole.count(old) == 1
        answer = tmp_path / f"{at}.txt"
        answer.write_bytes(whole.replace(old, new))
        commands.append(["--zengin", str(answer), "--bills", str(bills)])
    other = tmp_path / "other"
    other.mkdir()
    told = json.loads((bills / "102.json").read_bytes())
    told["bill"]["yen"] += 1
    (other / "102.json").write_text(json.dumps(told))
    (tmp_path / "whole.txt").write_bytes(whole)
    commands.append(["--zengin", str(tmp_path / "whole.txt"), "--bills", str(other)])
    must = [*(says for _, _, says in cases), f"of 102, whose bill for 2026-11 is {told['bill']['yen']} yen: name the"]
    for (code, out, err), says in zip(asyncio.run(record(capsys, building, *commands)), must, strict=True):
        assert (code, out) == (1, "")
        assert says in err
    assert show(capsys, building, None)["flats"] == []

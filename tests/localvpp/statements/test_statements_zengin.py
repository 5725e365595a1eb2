"""The request to a bank: each field at its place, every record of 120 bytes, and the sums those of the records."""

from dataclasses import replace

import pytest

from localvpp.settlement.month import Role, SettledMonth, settle_month
from localvpp.settlement.tariff import Month
from localvpp.statements.zengin import BankAccount, Collector, Payer, debits, half_width, zengin

from ..settlement.months import building, month_of

COLLECTOR = Collector(
    "12345", "サクラハイツ カンリクミアイ", BankAccount("0184", "23", 1, "7654", "ミヤザキ", "ホンテン"), 27
)


def payer(name: str, **changes: object) -> Payer:
    account = BankAccount("9", "7", 1, "1234567", "", "")
    return replace(Payer(account, "ヤマダ タロウ", name), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def settled() -> SettledMonth:
    return settle_month(month_of(building(4)))


def records_of(data: bytes) -> list[bytes]:
    assert data.endswith(b"\r\n")
    records = data.split(b"\r\n")[:-1]
    assert all(len(each) == 120 for each in records)
    return records


def test_each_field_stands_at_its_place(settled: SettledMonth) -> None:
    payers = {"101": payer("101"), "102": payer("102", first=True)}
    header, *rows, trailer, end = records_of(zengin(settled, COLLECTOR, payers))
    kana = "ｻｸﾗﾊｲﾂ ｶﾝﾘｸﾐｱｲ".encode("shift_jis")
    assert header[:4] == b"1910"
    assert header[4:14] == b"0000012345"
    assert header[14:54] == kana.ljust(40)
    assert header[54:58] == b"1127"
    assert header[58:62] == b"0184"
    assert header[62:77] == "ﾐﾔｻﾞｷ".encode("shift_jis").ljust(15)
    assert header[77:80] == b"023"
    assert header[80:95] == "ﾎﾝﾃﾝ".encode("shift_jis").ljust(15)
    assert header[95:103] == b"10007654"
    assert header[103:] == b" " * 17
    for row, name in zip(rows, ("101", "102"), strict=True):
        yen = settled.bills[name].yen
        assert row[:5] == b"20009"
        assert row[5:20] == b" " * 15
        assert row[20:23] == b"007"
        assert row[23:42] == b" " * 19
        assert row[42:50] == b"11234567"
        assert row[50:80] == "ﾔﾏﾀﾞ ﾀﾛｳ".encode("shift_jis").ljust(30)
        assert row[80:90] == f"{yen:010}".encode()
        assert row[90:91] == (b"1" if name == "102" else b"0")
        assert row[91:111] == f"{int(name):020}".encode()
        assert row[111:112] == b"0"
        assert row[112:] == b" " * 8
    total = settled.bills["101"].yen + settled.bills["102"].yen
    assert trailer == f"8{2:06}{total:012}{0:036}".encode().ljust(120)
    assert end == b"9".ljust(120)


def test_only_flats_that_owe_and_have_an_account_are_debited(settled: SettledMonth) -> None:
    roles = {party.name: party.role for party in settled.given.parties}
    payers = {name: payer("1") for name in ("100", "101", "roof", "common", "999")}
    owed = debits(settled, payers)
    assert owed == {name: settled.bills[name].yen for name in ("100", "101") if settled.bills[name].yen > 0}
    assert all(roles[name] is Role.FLAT for name in owed)
    bills = {**settled.bills, "101": replace(settled.bills["101"], yen=-5)}
    assert "101" not in debits(replace(settled, bills=bills), payers)
    none = records_of(zengin(settled, COLLECTOR, {}))
    assert [each[:1] for each in none] == [b"1", b"8", b"9"]


def test_december_is_debited_in_january(settled: SettledMonth) -> None:
    december = replace(settled, given=replace(settled.given, month=Month(2026, 12)))
    assert zengin(december, COLLECTOR, {})[54:58] == b"0127"


@pytest.mark.parametrize(
    ("month", "due"), [(Month(2027, 1), b"0228"), (Month(2028, 1), b"0229"), (Month(2026, 10), b"1130")]
)
def test_a_day_that_a_month_has_not_is_its_last(settled: SettledMonth, month: Month, due: bytes) -> None:
    of = replace(settled, given=replace(settled.given, month=month))
    assert zengin(of, replace(COLLECTOR, day=31), {})[54:58] == due


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("ガギグ パピプ", "ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟﾌﾟ"),
        ("キュウヨ ショウゴ", "ｷﾕｳﾖ ｼﾖｳｺﾞ"),
        ("ｶ)ﾔﾏﾀﾞ", "ｶ)ﾔﾏﾀﾞ"),
        ("ＡＢＣ abc１２", "ABC ABC12"),
        ("ヴィラ-サクラ.1/2", "ｳﾞｲﾗ-ｻｸﾗ.1/2"),
    ],
)
def test_names_are_written_as_banks_take_them(text: str, half: str) -> None:
    assert half_width(text) == half
    assert len(half.encode("shift_jis")) == len(half)


@pytest.mark.parametrize("text", ["山田", "やまだ", "サクラ・ハイツ", "ア,イ", "サクラハイツー", "é"])
def test_what_banks_do_not_take_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"banks take katakana"):
        half_width(text)


def test_what_has_no_room_is_refused(settled: SettledMonth) -> None:
    with pytest.raises(ValueError, match="write 30 at most"):
        zengin(settled, COLLECTOR, {"101": payer("1", holder="ガ" * 16)})
    with pytest.raises(ValueError, match="write up to 20 digits"):
        zengin(settled, COLLECTOR, {"101": payer("1" * 21)})
    with pytest.raises(ValueError, match="write up to 10 digits"):
        zengin(settled, replace(COLLECTOR, code="A1"), {})
    bills = {**settled.bills, "101": replace(settled.bills["101"], yen=10**10)}
    with pytest.raises(ValueError, match="has room for 9999999999"):
        zengin(replace(settled, bills=bills), COLLECTOR, {"101": payer("1")})

"""The file of a building's accounts is read, and a mistake in it is told with its line."""

from pathlib import Path

import pytest

from coordinator.config import Accounts, ConfigError, Tenancy, load, load_accounts
from localvpp.settlement.month import MeterPapers, Split
from localvpp.settlement.tariff import Month
from localvpp.statements import BankAccount, Collector, Payer

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "settlement.yaml"
BUILDING = load(EXAMPLES / "building.yaml")


def test_the_example_is_of_the_building_beside_it() -> None:
    accounts: Accounts = load_accounts(EXAMPLE, BUILDING)
    assert accounts.meters.keys() == {*BUILDING.flats, "common"}
    assert accounts.meters["204"] == MeterPapers("M0204", "第1234号", Month(2026, 9), information_only=True)
    assert accounts.maxima_kw[Month(2026, 7)] == 65
    assert accounts.tariff is not None
    assert accounts.split is Split.BY_PRICE
    assert sum(accounts.fees[0].parts.values()) == 500
    assert accounts.issuer.registration is None


@pytest.mark.parametrize(
    ("line", "instead", "named"),
    [
        (
            '  "101": {serial',
            '  "101": {serie: 5, serial',
            r"meters.101.serie: is not a key of this file: did you mean serial",
        ),
        ("split: by price", "split: by luck", "split: 'by luck': write by price or by cost"),
        ("power_factor: 100", "power_factor: 101", "power_factor: 101: write a whole number of percent"),
        ('  "101": {serial: "M0101", ', '  "101": {', "meters.101.serial is missing: add a line `serial: …`"),
        ('  "101": {serial', '  "999": {serial', "meters.999: '999' is no flat of the building's file"),
        (
            'verified_until: "2030-03"}\n  "102"',
            'verified_until: 2030}\n  "102"',
            "until: 2030 is no month",
        ),
        ('"101": 70, ', '"109": 70, ', r"fees\[0\].parts.109: '109' is no flat"),
        ("    yen: 40000", "    yen: 400.5", r"fees\[0\].yen: 400.5: write a whole number of yen"),
        ("power_factors: {}", 'power_factors: {"2026-10": 101}', "power_factors.2026-10: 101: write a whole number of"),
        ("loss_alarm_percent", "loss_alarm", "loss_alarm: is not a key of this file: did you mean loss_alarm_percent"),
        ('"2025-11": 57', '"2025-13": 57', "maxima_kw.2025-13: '2025-13' is no month"),
        ("  # registration: T1234567890123 ", "  registration: T1234567890123 ", "its first would be"),
        ("recipients: {}", 'recipients: {"999": A}', "recipients.999: '999' is no flat"),
        ("tenancies: {}", 'tenancies: {"999": [{}]}', "tenancies.999: '999' is no flat"),
        ("tenancies: {}", 'tenancies: {"101": []}', "tenancies.101: give one at least"),
        ("tenancies: {}", 'tenancies: {"101": [{since: "2026-02-30"}]}', "since: '2026-02-30' is no day"),
        ("tenancies: {}", 'tenancies: {"101": [{until: "9999-12-31"}]}', "write a day of the years 1970 to 9998"),
        (
            "tenancies: {}",
            'tenancies: {"101": [{since: "2026-02-02", until: "2026-02-01"}]}',
            "tenancies.101: one ends before it begins",
        ),
        (
            "tenancies: {}",
            'tenancies: {"101": [{until: "2026-02-02"}, {since: "2026-02-02"}]}',
            "tenancies.101: give them in their order, each ended",
        ),
        ("issuer:\n  name: Sakura Heights Owners' Association\n", "issuer:\n", "issuer.name is missing: add a line"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, instead: str, named: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert line in text
    file = tmp_path / "settlement.yaml"
    file.write_text(text.replace(line, instead, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=named) as caught:
        load_accounts(file, BUILDING)
    assert str(caught.value).startswith(f"{file}:{caught.value.line}: ")


def test_a_tenancy_is_from_the_begin_of_its_first_day_to_the_end_of_its_last(tmp_path: Path) -> None:
    file = tmp_path / "settlement.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("tariff: tariff.yaml", "")
    said = 'tenancies: {"101": [{until: "2026-01-31"}, {since: "2026-02-01"}]}'
    file.write_text(text.replace("tenancies: {}", said), encoding="utf-8")
    february_ms = Month(2026, 2).begin() * 1000
    assert load_accounts(file, BUILDING).tenancies == {
        "101": (Tenancy(begin_ms=None, end_ms=february_ms), Tenancy(begin_ms=february_ms, end_ms=None))
    }
    assert load_accounts(EXAMPLE, BUILDING).tenancies == {}


def test_cost_cannot_be_divided_that_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "settlement.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("split: by price", "split: by cost")
    (tmp_path / "tariff.yaml").write_text((EXAMPLE.parent / "tariff.yaml").read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    assert load_accounts(file, BUILDING).split is Split.BY_COST
    file.write_text(text.replace("tariff: tariff.yaml", ""), encoding="utf-8")
    with pytest.raises(ConfigError, match="split: by cost divides what the utility's bill comes to: name its `tariff`"):
        load_accounts(file, BUILDING)


DEBIT = """
debit:
  code: "12345"
  name: サクラハイツ カンリクミアイ
  day: 27
  bank: "0001"
  branch: "023"
  account: "1234567"
  payers:
    "101": {bank: "0001", branch: "005", kind: 2, account: "54321", holder: ヤマダ タロウ, number: "101", first: true}
"""


def test_whose_account_is_debited_is_read(tmp_path: Path) -> None:
    file = tmp_path / "settlement.yaml"
    (tmp_path / "tariff.yaml").write_bytes((EXAMPLES / "tariff.yaml").read_bytes())
    file.write_text(EXAMPLE.read_text(encoding="utf-8") + DEBIT, encoding="utf-8")
    debit = load_accounts(file, BUILDING).debit
    assert debit is not None
    collector = BankAccount("0001", "023", 1, "1234567")
    assert debit.collector == Collector("12345", "サクラハイツ カンリクミアイ", collector, 27)
    assert debit.payers == {"101": Payer(BankAccount("0001", "005", 2, "54321"), "ヤマダ タロウ", "101", first=True)}
    assert load_accounts(EXAMPLE, BUILDING).debit is None


@pytest.mark.parametrize(
    ("line", "instead", "named"),
    [
        ('code: "12345"', "code: 12345", "debit.code: 12345: write 1 to 10 digits in quotes"),
        ('  code: "12345"\n', "", 'debit.code is missing: add a line `code: …`, as in code: "12345"'),
        ("サクラハイツ", "さくら", "debit.name: 'さくら カンリクミアイ' has 'さ': banks take katakana"),
        ("サクラハイツ", "サクラハイツー", "for ー write -"),
        ("サクラハイツ", "サ" * 40, "has 48 characters as banks count them: write 40 at most"),
        ("day: 27", "day: 32", "debit.day: 32: write a whole number of days of the month from 1 to 31"),
        ("kind: 2", "kind: 3", r"debit.payers.101.kind: 3: write 1 \(普通\), 2 \(当座\) or 9"),
        ('branch: "005"', 'branch: "5"', "debit.payers.101.branch: '5': write 3 digits"),
        ('"101": {bank', '"999": {bank', "debit.payers.999: '999' is no flat"),
    ],
)
def test_a_mistake_in_an_account_is_told_with_its_line(tmp_path: Path, line: str, instead: str, named: str) -> None:
    assert line in DEBIT
    file = tmp_path / "settlement.yaml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8") + DEBIT.replace(line, instead, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        load_accounts(file, BUILDING)

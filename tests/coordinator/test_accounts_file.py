"""The file of a building's accounts is read, and a mistake in it is told with its line."""

from pathlib import Path

import pytest

from coordinator.config import Accounts, ConfigError, load, load_accounts
from localvpp.settlement.month import MeterPapers, Split
from localvpp.settlement.tariff import Month

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
        ("loss_alarm_percent", "loss_alarm", "loss_alarm: is not a key of this file: did you mean loss_alarm_percent"),
        ('"2025-11": 57', '"2025-13": 57', "maxima_kw.2025-13: '2025-13' is no month"),
        ("  # registration: T1234567890123 ", "  registration: T1234567890123 ", "its first would be"),
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

"""A tariff's file is read, and a mistake in it is told with its line."""

from pathlib import Path

import pytest

from coordinator.config import ConfigError, load_tariff
from localvpp.settlement.tariff import Month

EXAMPLE = Path(__file__).parents[2] / "examples/tariff.yaml"


def test_the_example_is_a_tariff() -> None:
    tariff = load_tariff(EXAMPLE)
    assert tariff.levy_price(Month(2026, 10)) == 418
    assert tariff.fuel_price(Month(2026, 9)) == -105


@pytest.mark.parametrize(
    ("line", "instead", "named"),
    [
        ('  yen_per_kw: "1890.00"', "  yen_per_kw: 1890.00", "basic.yen_per_kw: 1890.0 is a bare number"),
        ("tax: {percent: 10, included: true}", "tax: {percent: 10}", "tax.included: is missing"),
        ('  - {band: night, yen: "14.20"}', "", "the last band, and no other"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, instead: str, named: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert line in text
    file = tmp_path / "tariff.yaml"
    file.write_text(text.replace(line, instead), encoding="utf-8")
    with pytest.raises(ConfigError, match=named) as caught:
        load_tariff(file)
    assert str(caught.value).startswith(f"{file}:{caught.value.line}: ")

"""The utility's bill: published figures come out, money is exact, and a wrong tariff says what is wrong."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest
import yaml

from localvpp.settlement.tariff import (
    LineKind,
    Month,
    MonthUse,
    TariffError,
    contract_kw,
    demand_kw,
    fiscal_year,
    half_up,
    peak_of,
    read_tariff,
    utility_bill,
)

EXAMPLE = Path(__file__).parents[3] / "examples/tariff.yaml"


def example() -> dict[str, Any]:
    plain = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert isinstance(plain, dict)
    return plain


def flat_rate(**changes: Any) -> dict[str, Any]:
    """One price for everything."""
    plain = {
        "name": "one price",
        "source": "a test",
        "valid": {"from": "2025-04-01"},
        "basic": {"yen_per_kw": "1000.00"},
        "energy": [{"band": "all", "yen": "20.00"}],
        "fuel": {"source": "a test", "months": {"2026-04": "0.00", "2026-05": "-1.25"}},
        "levy": {"source": "METI", "years": {"2025": "3.98", "2026": "4.18"}},
        "tax": {"percent": 10, "included": True},
    }
    return plain | changes


def test_the_published_series_of_contract_demand_comes_out() -> None:
    """TEPCO's example of 実量制: monthly maxima from July on, and what is contracted in each month."""
    maxima = [60, 63, 65, 59, 57, 57, 61, 60, 58, 56, 57, 58, 59, 58, 57]
    contracted = [60, 63, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 61]
    assert [contract_kw(maxima[: at + 1]) for at in range(len(maxima))] == contracted


@pytest.mark.parametrize("maxima", [[], [50, -1]], ids=str)
def test_contract_demand_does_not_follow_from_nothing(maxima: list[int]) -> None:
    with pytest.raises(ValueError, match="monthly maxima"):
        contract_kw(maxima)


def test_demand_is_the_half_hours_energy_times_two() -> None:
    assert demand_kw(30_000) == 60
    assert half_up(demand_kw(30_249)) == 60
    assert half_up(demand_kw(30_250)) == 61


def test_the_heaviest_half_hour_is_by_the_clock() -> None:
    """Ten heavy minutes are offset by the remaining twenty of their window."""
    slots = [(0, 10_000), (600, 1000), (1200, 1000), (1800, 5000), (2400, 5000), (3000, 5000)]
    peak = peak_of(slots, 600)
    assert peak is not None
    assert (peak.begin, peak.wh, peak.kw, peak.unknown) == (1800, 15_000, 30, 0)


def test_a_half_hour_that_is_not_known_whole_is_none_of_the_maxima_and_is_told() -> None:
    peak = peak_of([(0, 90_000), (900, None), (1800, 5000), (2700, 5000)], 900)
    assert peak is not None
    assert (peak.begin, peak.kw, peak.unknown) == (1800, 20, 1)
    assert peak_of([(0, None)], 1800) is None
    with pytest.raises(ValueError, match="slots of 3600 s do not tell apart"):
        peak_of([(0, 5)], 3600)


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("0.4999", 0), ("299.5", 300), ("300.4999", 300), ("-0.5", 0), ("-0.51", -1)]
)
def test_rounding_is_half_up(value: str, rounded: int) -> None:
    assert half_up(Fraction(value)) == rounded


@pytest.mark.parametrize(
    ("month", "year"), [("2026-04", 2025), ("2026-05", 2026), ("2027-04", 2026), ("2025-05", 2025), ("2026-12", 2026)]
)
def test_the_levys_year_is_from_mays_reading_to_aprils(month: str, year: int) -> None:
    assert fiscal_year(Month.parse(month)) == year


def test_the_levy_is_the_published_one_of_each_year() -> None:
    tariff = read_tariff(flat_rate())
    for month, ticks in (("2026-04", 398), ("2026-05", 418)):
        bill = utility_bill(tariff, MonthUse(Month.parse(month), {"all": 1_000_000}, [10]))
        levy = next(line for line in bill.lines if line.kind is LineKind.LEVY)
        assert (levy.price, levy.yen) == (ticks, Fraction(ticks * 1000, 100))


def test_from_500_kw_on_the_contract_demand_is_agreed() -> None:
    use = MonthUse(Month(2026, 5), {}, [500])
    with pytest.raises(ValueError, match="500 kW is not measured but agreed"):
        utility_bill(read_tariff(flat_rate()), use)
    agreed = read_tariff(flat_rate(basic={"yen_per_kw": "1000.00", "agreed_kw": 520}))
    assert utility_bill(agreed, use).lines[0].quantity == 520


def test_a_bill_is_floored_once_at_its_end() -> None:
    bill = utility_bill(read_tariff(flat_rate()), MonthUse(Month(2026, 5), {"all": 300_500}, [7, 5]))
    # 301 kWh: 7000 + 6020 - 376.25 + 1258.18
    assert [line.yen for line in bill.lines] == [7000, 6020, Fraction("-376.25"), Fraction("1258.18")]
    assert (bill.total_yen, bill.tax_yen, bill.net_yen) == (13_901, 1263, 12_638)
    floored = flat_rate(levy={"source": "METI", "years": {"2026": "4.18"}, "floored": True})
    assert utility_bill(read_tariff(floored), MonthUse(Month(2026, 5), {"all": 300_500}, [7])).total_yen == 13_901
    without = flat_rate(tax={"percent": 10, "included": False})
    bill = utility_bill(read_tariff(without), MonthUse(Month(2026, 5), {"all": 300_500}, [7]))
    assert (bill.net_yen, bill.tax_yen, bill.total_yen) == (13_901, 1390, 15_291)


def test_the_power_factor_changes_the_basic_charge() -> None:
    plain = flat_rate(basic={"yen_per_kw": "1000.00", "power_factor_base": 185})
    for percent, yen in ((100, 8500), (85, 10_000), (90, 9500)):
        use = MonthUse(Month(2026, 5), {}, [10], percent)
        assert utility_bill(read_tariff(plain), use).lines[0].yen == yen


def test_steps_of_the_month() -> None:
    steps = [{"until_kwh": 120, "yen": "20.00"}, {"until_kwh": 300, "yen": "26.00"}, {"yen": "30.00"}]
    tariff = read_tariff(flat_rate(energy=[{"band": "all", "steps": steps}]))
    for kwh, yen in ((0, 0), (120, 2400), (121, 2426), (300, 7080), (410, 10_380)):
        bill = utility_bill(tariff, MonthUse(Month(2026, 5), {"all": kwh * 1000}, [0]))
        assert sum(line.yen for line in bill.lines if line.kind is LineKind.ENERGY) == yen


@given(st.integers(0, 10**9))
def test_steps_leave_no_kwh_out(wh: int) -> None:
    steps = [{"until_kwh": 120, "yen": "20.00"}, {"until_kwh": 300, "yen": "26.00"}, {"yen": "30.00"}]
    bill = utility_bill(
        read_tariff(flat_rate(energy=[{"band": "all", "steps": steps}])), MonthUse(Month(2026, 5), {"all": wh}, [0])
    )
    kwh = sum(line.quantity for line in bill.lines if line.kind is LineKind.ENERGY)
    assert kwh == half_up(Fraction(wh, 1000))
    assert bill.net_yen + bill.tax_yen == bill.total_yen


@pytest.mark.parametrize(
    ("at", "band"),
    [
        ("2026-08-03T13:00", "peak"),  # a Monday
        ("2026-08-03T15:30", "peak"),
        ("2026-08-03T16:00", "summer day"),
        ("2026-08-01T13:00", "summer day"),  # a Saturday
        ("2026-08-02T13:00", "night"),  # a Sunday
        ("2026-08-11T13:00", "night"),  # a holiday, on a Tuesday
        ("2026-10-05T08:00", "day"),
        ("2026-10-05T07:30", "night"),
        ("2026-10-05T22:00", "night"),
        ("2026-09-30T21:30", "summer day"),
        ("2026-10-01T21:30", "day"),
    ],
)
def test_a_slot_has_the_price_of_its_season_day_and_hour(at: str, band: str) -> None:
    day, clock = at.split("T")
    year, month, number = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in clock.split(":"))
    second = Month(year, month).begin() + (number - 1) * 86400 + hour * 3600 + minute * 60
    assert read_tariff(example()).band_of(second) == band


def test_a_month_has_its_slots_by_japans_clock() -> None:
    slots = Month(2026, 10).slots(1800)
    assert len(slots) == 1488
    assert slots[0] == 1_790_780_400  # 2026-10-01T00:00+09:00
    assert len(Month(2028, 2).slots(1800)) == 29 * 48
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert read_tariff(example()).fits(1800)
    assert not read_tariff(
        flat_rate(energy=[{"band": "day", "hours": "08:10-22:00", "yen": "20.00"}, {"band": "night", "yen": "10.00"}])
    ).fits(1800)


def test_a_tariff_holds_for_whole_months() -> None:
    tariff = read_tariff(example())
    assert (tariff.valid_from, tariff.valid_until) == (date(2025, 4, 1), date(2027, 3, 31))
    assert tariff.holds(Month(2027, 3))
    assert not tariff.holds(Month(2027, 4))
    with pytest.raises(ValueError, match=r"not for all of 2027-04: name the tariff"):
        utility_bill(tariff, MonthUse(Month(2027, 4), {}, [10]))
    with pytest.raises(ValueError, match=r"fuel.months has no 2026-12"):
        utility_bill(tariff, MonthUse(Month(2026, 12), {}, [10]))
    with pytest.raises(ValueError, match="has no band noon"):
        utility_bill(tariff, MonthUse(Month(2026, 10), {"noon": 5}, [10]))
    with pytest.raises(ValueError, match=r"levy.years has no 2024, which 2025-04 is of"):
        utility_bill(
            read_tariff(flat_rate(fuel={"source": "a test", "months": {"2025-04": "0.00"}})),
            MonthUse(Month(2025, 4), {}, [10]),
        )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": ""}, r"^name: '': write 1 to 300"),
        ({"colour": "red"}, r"^colour: is not a key"),
        ({"basic": {}}, r"^basic.yen_per_kw: is missing"),
        ({"basic": {"yen_per_kw": 1890.0}}, r"basic.yen_per_kw: 1890.0 is a bare number, and money must be exact"),
        ({"basic": {"yen_per_kw": "-1.00"}}, "is negative: only the fuel adjustment may be"),
        ({"basic": {"yen_per_kw": "1.005"}}, "is no price"),
        ({"energy": []}, r"^energy: is empty"),
        ({"energy": {}}, r"^energy: .* write a list"),
        ({"energy": [{"band": "a", "hours": "08:00-22:00", "yen": "1.00"}]}, "the last band, and no other"),
        ({"energy": [{"band": "a", "yen": "1.00"}, {"band": "b", "yen": "1.00"}]}, r"^energy\[0\]: the last band"),
        ({"energy": [{"band": "a", "season": "rain", "yen": "1.00"}]}, "'rain' is no season"),
        ({"energy": [{"band": "a", "days": ["monday"], "yen": "1.00"}]}, r"^energy\[0\].days"),
        ({"energy": [{"band": "a", "hours": "8-22", "yen": "1.00"}]}, "no time of the day"),
        ({"energy": [{"band": "a", "steps": [{"until_kwh": 5, "yen": "1.00"}]}]}, "each step but the last"),
        ({"valid": {"from": "2026-04-31"}}, r"^valid.from: '2026-04-31' is no day"),
        ({"valid": {"from": "2026-04-01", "until": "2026-03-31"}}, "is before valid.from"),
        ({"fuel": {"source": "x", "months": {"2026-13": "1.00"}}}, r"fuel.months.2026-13: .* is no month"),
        ({"levy": {"source": "x", "years": {"26": "1.00"}}}, "is no fiscal year"),
        ({"levy": {"years": {}}}, r"^levy.source: is missing"),
        ({"tax": {"percent": 10, "included": "yes"}}, "write true or false"),
        ({"seasons": {"summer": ["07-01"]}}, "is no season: write its first and last day"),
        ({"holidays": [20260101]}, r"^holidays\[0\]: 20260101 is no day"),
    ],
    ids=str,
)
def test_a_wrong_tariff_says_what_is_wrong_and_what_to_write(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(TariffError, match=named):
        read_tariff(flat_rate(**changes))


@pytest.mark.parametrize("plain", [None, [], "tariff", {1: 2}], ids=str)
def test_what_is_no_tariff_at_all_is_refused(plain: object) -> None:
    with pytest.raises(TariffError, match="write `key: value` lines"):
        read_tariff(plain)

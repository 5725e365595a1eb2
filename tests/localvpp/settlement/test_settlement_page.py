"""docs/settlement.md works an example out: here it is computed, and each figure of its tables compared."""

from fractions import Fraction
from pathlib import Path
from typing import Final

from localvpp.settlement import (
    Coefficients,
    Dynamic,
    MaxMin,
    SharingKey,
    SlotPrices,
    Static,
    Trade,
    Traded,
    Use,
    settle,
)
from localvpp.settlement.month import to_yen
from localvpp.settlement.tariff import LineKind, Month, MonthUse, read_tariff, utility_bill
from localvpp.statements.figures import decimal

from .test_settlement_tariff import example

PAGE: Final = (Path(__file__).parents[3] / "docs/settlement.md").read_text(encoding="utf-8")
NOON: Final = {"101": Use(0, 900), "201": Use(1000, 0), "202": Use(800, 0), "301": Use(200, 0), "roof": Use(0, 600)}
PRICES: Final = SlotPrices(inside=2200, grid=3100, feed_in=850)


def table(first: str) -> list[list[str]]:
    """The rows of the page's table whose first column is called so."""
    lines = PAGE.splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def yen(money: int) -> str:
    assert money % 1000 == 0
    return f"{'-' if money < 0 else ''}{abs(money) // 100_000}.{abs(money) // 1000 % 100:02}"


def test_one_half_hour() -> None:
    shares = settle(NOON, PRICES).shares
    for name, *cells in table("who"):
        share, use = shares[name], NOON[name]
        net = use.import_wh - use.export_wh
        alone = net * (PRICES.grid if net > 0 else PRICES.feed_in)
        numbers = [use.import_wh, use.export_wh, share.shared_in_wh, share.shared_out_wh, share.bought_wh]
        assert cells == [str(each) for each in numbers] + [yen(-share.inside_money - share.grid_money), yen(alone)]
    assert len(table("who")) == len(NOON)
    assert yen(sum(max(share.inside_money, 0) for share in shares.values())) == "33.00"


def test_the_same_half_hour_by_each_key() -> None:
    thirds = Static({"201": 1, "202": 1, "301": 1})
    keys: list[SharingKey[str]] = [
        Dynamic(),
        thirds,
        Coefficients({"201": 500_000, "202": 300_000, "301": 200_000}),
        MaxMin(),
        Traded((Trade("101", "202", 500, 2000),)),
    ]
    rows = table("key")
    assert [row[0].split(",")[0].split()[0].strip(":") for row in rows] == [
        "dynamic",
        "static",
        "coefficients",
        "max-min",
        "trades",
    ]
    for row, key in zip(rows, keys, strict=True):
        shares = settle(NOON, PRICES, key).shares
        assert row[1:4] == [str(shares[name].shared_in_wh) for name in ("201", "202", "301")], row[0]
    assert sum(share.sold_wh for share in settle(NOON, PRICES, thirds).shares.values()) == 300


def test_rounding_to_yen() -> None:
    rows = table("flat")
    exact = {flat: int(Fraction(amount) * 100_000) for flat, amount, _ in rows}
    assert to_yen(exact) == {flat: int(bill) for flat, _, bill in rows}


def test_the_utilitys_bill() -> None:
    maxima = [int(each) for each in PAGE.split("November to October: ")[1].split(" kW")[0].split(", ")]
    assert len(maxima) == 12
    use = MonthUse(Month(2026, 10), {"day": 9_000_000, "night": 6_000_000}, maxima)
    bill = utility_bill(read_tariff(example()), use)
    lines = [line for line in bill.lines if line.quantity or line.kind is not LineKind.ENERGY]
    expected = [
        [
            f"{line.kind} {line.name}".strip(),
            str(line.quantity),
            decimal(Fraction(line.price, 100), 2).replace(",", ""),
            decimal(line.yen, 2).replace(",", ""),
        ]
        for line in lines
    ]
    expected.append(["total", "", "", str(bill.total_yen)])
    expected.append(["tax within", "", "", str(bill.tax_yen)])
    assert table("line") == expected

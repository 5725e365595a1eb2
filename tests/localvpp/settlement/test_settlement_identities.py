"""Whatever number of a settled month is changed, an identity fails, and says whose and by how much."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from localvpp.settlement import Share, Transfer, Use
from localvpp.settlement.month import (
    BUILDING,
    Bill,
    Difference,
    Fee,
    FindingKind,
    IdentityError,
    SettledMonth,
    SettledSlot,
    Split,
    settle_month,
)
from localvpp.settlement.month.identities import check_month, check_slot, check_utility
from localvpp.settlement.tariff import LineKind, UtilityBill
from localvpp.statements.figures import moment

from .months import building, month_of
from .test_settlement_month import FLATS, KEYS, SMALL, utility_of, with_utility

NOON = 24
LATE = Difference(1, "101", 5, 0, 0, 0, 15_500, "101")


@cache
def settled() -> SettledMonth:
    """With a fee, a difference, trades and rents, and the utility's bill."""
    given = month_of(SMALL, key=KEYS["traded"], fees=[Fee("meters", 900, dict.fromkeys(FLATS, 1))], differences=[LATE])
    return settle_month(with_utility(given))


@cache
def by_cost() -> SettledMonth:
    return settle_month(with_utility(month_of(SMALL), split=Split.BY_COST))


def with_slot(change: Callable[[SettledSlot], SettledSlot], at: int | None = None) -> SettledMonth:
    month = settled()
    where = at if at is not None else next(n for n, slot in enumerate(month.slots) if slot.settlement.transfers)
    slots = list(month.slots)
    slots[where] = change(slots[where])
    return replace(month, slots=tuple(slots))


def with_share(**changes: int) -> SettledMonth:
    """One flat's share of a slot, a little other than it was."""

    def change(slot: SettledSlot) -> SettledSlot:
        name = slot.settlement.transfers[0].receiver
        share: Share = slot.settlement.shares[name]
        other = replace(share, **{key: getattr(share, key) + by for key, by in changes.items()})
        shares = {**slot.settlement.shares, name: other}
        return replace(slot, settlement=replace(slot.settlement, shares=shares))

    return with_slot(change)


def with_transfer(**changes: Any) -> SettledMonth:
    def change(slot: SettledSlot) -> SettledSlot:
        first, *others = slot.settlement.transfers
        told = {key: getattr(first, key) + by if isinstance(by, int) else by for key, by in changes.items()}
        return replace(slot, settlement=replace(slot.settlement, transfers=(replace(first, **told), *others)))

    return with_slot(change)


def without_transfer(slot: SettledSlot) -> SettledSlot:
    return replace(slot, settlement=replace(slot.settlement, transfers=slot.settlement.transfers[1:]))


def twice(slot: SettledSlot) -> SettledSlot:
    first: Transfer[str] = slot.settlement.transfers[0]
    return replace(slot, settlement=replace(slot.settlement, transfers=(first, *slot.settlement.transfers)))


def with_bulk(slot: SettledSlot) -> SettledSlot:
    assert slot.given.bulk is not None
    return replace(slot, given=replace(slot.given, bulk=Use(slot.given.bulk.import_wh + 1, slot.given.bulk.export_wh)))


def with_bill(name: str = "101", month: SettledMonth | None = None, **changes: Any) -> SettledMonth:
    month = month or settled()
    bill: Bill = month.bills[name]
    told = {key: getattr(bill, key) + by if isinstance(by, int) else by for key, by in changes.items()}
    return replace(month, bills={**month.bills, name: replace(bill, **told)})


def without_bill(name: str) -> SettledMonth:
    return replace(settled(), bills={each: bill for each, bill in settled().bills.items() if each != name})


def with_given(**changes: Any) -> SettledMonth:
    return replace(settled(), given=replace(settled().given, **changes))


MUTATED: dict[str, tuple[Callable[[], SettledMonth], str]] = {
    # 1: energy of a slot
    "loss": (lambda: with_slot(lambda s: replace(s, loss_wh=(s.loss_wh or 0) + 1)), "what came into the building"),
    "bulk meter": (lambda: with_slot(with_bulk), "what came into the building"),
    "unbilled": (lambda: with_slot(lambda s: replace(s, unbilled_wh=7)), "what came into the building"),
    # 2: energy of a party
    "import": (lambda: with_share(import_wh=1), "drew"),
    "export": (lambda: with_share(export_wh=1), "drew"),
    "import and export": (lambda: with_share(import_wh=1, export_wh=1), "drew"),
    "got": (lambda: with_share(shared_in_wh=-1), "got inside"),
    "gave": (lambda: with_share(shared_out_wh=1), "gave inside"),
    "a transfer less": (lambda: with_slot(without_transfer), "by the transfers"),
    "a transfer twice": (lambda: with_slot(twice), "by the transfers"),
    "a transfer's energy": (lambda: with_transfer(energy_wh=1), "by the transfers"),
    "a transfer's receiver": (lambda: with_transfer(receiver="nobody"), "one of whom has no share"),
    # 3: money inside
    "a transfer's money": (lambda: with_transfer(money=1), "the money inside of"),
    "a transfer's rent": (lambda: with_transfer(rent=1), "the money inside of"),
    "money inside": (lambda: with_share(inside_money=1), "the money inside of"),
    "money of the grid": (lambda: with_share(grid_money=1), "the grid's part of"),
    "rent": (lambda: replace(settled(), rent=settled().rent + 1), "the building's rents"),
    # 4: bills
    "a bill left out": (lambda: without_bill("101"), "101 has a share, and no bill"),
    "energy of a bill": (lambda: with_bill(energy_money=1), "the energy on the bill of 101"),
    "the building's energy": (lambda: with_bill(BUILDING, energy_money=-1), "the energy on the bill of building"),
    "a difference": (lambda: with_bill(adjustment_money=1), "the differences on the bill of 101"),
    "a difference's record": (lambda: with_given(differences=[]), "the differences on the bill of 101"),
    "a fee's part": (lambda: with_bill(fees=(("meters", 1),)), "the fees on the bills|before it was rounded"),
    "a fee left out": (lambda: with_given(fees=[]), "the fees on the bills"),
    "a yen for nothing": (lambda: with_bill(BUILDING, by_cost(), yen=1), "the bill of building"),
    "two yen more": (lambda: with_bill(yen=2), "the bill of 101"),
    "a yen more": (lambda: with_bill(rounded("101"), yen=1), "all bills in yen|before it was rounded"),
    "a difference divided by price": (lambda: with_bill(levelling_money=5), "by price divide 5"),
    "a difference not divided": (
        lambda: with_bill("101", by_cost(), levelling_money=-(10**9), yen=-(10**4)),
        "by cost leave a margin",
    ),
}


@pytest.mark.parametrize("more_than", ["needed", "had"])
def test_nobody_shares_more_than_its_meter_counted_though_all_sums_say_so(more_than: str) -> None:
    """A transfer of more energy, with both sides' shares, money and grid's part worked out again by it."""
    slot, first, by = next(
        (slot, first, left[0] + 1)
        for slot in settled().slots
        if slot.settlement.transfers
        for first in [slot.settlement.transfers[0]]
        for shares in [slot.settlement.shares]
        for left in [(shares[first.receiver].bought_wh, shares[first.sender].sold_wh)]
        for left in [left if more_than == "needed" else left[::-1]]
        if left[0] < left[1]
    )
    money, prices = by * 2000, slot.given.prices
    moved = replace(first, energy_wh=first.energy_wh + by, money=first.money + money)
    giver, taker = (slot.settlement.shares[name] for name in (first.sender, first.receiver))
    shares = {
        **slot.settlement.shares,
        first.sender: replace(
            giver,
            shared_out_wh=giver.shared_out_wh + by,
            inside_money=giver.inside_money + money,
            grid_money=giver.grid_money - by * prices.feed_in,
        ),
        first.receiver: replace(
            taker,
            shared_in_wh=taker.shared_in_wh + by,
            inside_money=taker.inside_money - money,
            grid_money=taker.grid_money + by * prices.grid,
        ),
    }
    bent = replace(slot.settlement, shares=shares, transfers=(moved, *slot.settlement.transfers[1:]))
    with pytest.raises(IdentityError, match="shared more than its meter counted"):
        check_slot(replace(slot, settlement=bent))
    check_slot(slot)


def rounded(name: str) -> str:
    """A flat whose bill was rounded down: a yen more is within a yen of what it owes exactly."""
    bills = settled().bills
    return next((each for each in FLATS if bills[each].yen * 100_000 < bills[each].exact_money), name)


@pytest.mark.parametrize("mutated", MUTATED)
def test_a_changed_number_fails_an_identity(mutated: str) -> None:
    made, named = MUTATED[mutated]
    check_month(settled())
    check_month(by_cost())
    with pytest.raises(IdentityError, match=named):
        check_month(made())


@pytest.mark.parametrize(
    ("told", "named"),
    [("common_yen", "flats and all others in yen"), ("margin_yen", "what the building takes in yen")],
)
def test_sums_that_a_month_tells_are_those_of_its_bills(monkeypatch: pytest.MonkeyPatch, told: str, named: str) -> None:
    month = settled()
    other = getattr(month, told) + 1
    check_month(month)
    monkeypatch.setattr(SettledMonth, told, property(lambda _: other))
    with pytest.raises(IdentityError, match=named):
        check_month(month)


def test_every_kind_of_key_and_split_passes() -> None:
    for key in KEYS.values():
        check_month(settle_month(with_utility(month_of(SMALL, key=key))))
    check_month(settle_month(with_utility(month_of(SMALL), split=Split.BY_COST, export_yen=70)))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda bill: replace(bill, net_yen=bill.net_yen + 1), "its total in yen|its tax"),
        (lambda bill: replace(bill, tax_yen=bill.tax_yen + 1), "its total in yen|its tax"),
        (lambda bill: replace(bill, tax_yen=bill.tax_yen + 1, net_yen=bill.net_yen - 1), "its tax"),
        (lambda bill: replace(bill, lines=bill.lines[1:]), "its total in yen"),
        (
            lambda bill: replace(bill, lines=tuple(replace(line, quantity=line.quantity + 1) for line in bill.lines)),
            "kWh of its fuel|the bulk meter counted",
        ),
        (
            lambda bill: replace(bill, lines=(*bill.lines[:-1], replace(bill.lines[-1], yen=Fraction(1)))),
            "its total in yen",
        ),
    ],
)
def test_the_utilitys_bill_is_of_what_the_bulk_meter_counted(
    change: Callable[[UtilityBill], UtilityBill], named: str
) -> None:
    given = settled().given
    wh = sum(slot.bulk.import_wh for slot in given.slots if slot.bulk is not None)
    bill = utility_of(given)
    check_utility(bill, wh)
    check_utility(bill, None)
    with pytest.raises(IdentityError, match=named):
        check_utility(change(bill), wh)
    with pytest.raises(IdentityError, match="the bulk meter counted"):
        check_utility(bill, wh + 5_000)


def test_a_bill_is_not_held_against_a_bulk_meter_that_is_unknown_in_a_slot() -> None:
    given = with_utility(month_of(SMALL))
    at = max(range(len(given.slots)), key=lambda each: (bulk := given.slots[each].bulk) is not None and bulk.import_wh)
    slots = list(given.slots)
    slots[at] = replace(slots[at], bulk=None)
    settled = settle_month(replace(given, slots=slots))
    assert settled.slots[at].loss_wh is None


def test_a_difference_of_somebody_without_an_account_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the difference of slot .* is of '999', who has no account"):
        settle_month(month_of(SMALL, differences=[replace(LATE, party="999")]))


@pytest.mark.parametrize("kind", [LineKind.FUEL, LineKind.LEVY])
def test_fuel_and_levy_are_of_the_kwh_that_the_energy_lines_have(kind: LineKind) -> None:
    bill = utility_of(settled().given)
    lines = tuple(replace(line, quantity=line.quantity + (line.kind is kind)) for line in bill.lines)
    assert lines != bill.lines
    with pytest.raises(IdentityError, match=f"kWh of its {kind}"):
        check_utility(replace(bill, lines=lines), None)


def test_what_the_utility_charges_otherwise_than_by_its_tariff_is_a_finding() -> None:
    given = with_utility(month_of(SMALL))
    assert given.utility is not None
    right = settle_month(replace(given, charged_yen=given.utility.total_yen))
    assert FindingKind.UTILITY not in {each.kind for each in right.findings}
    wrong = settle_month(replace(given, charged_yen=given.utility.total_yen + 78))
    (found,) = (each for each in wrong.findings if each.kind is FindingKind.UTILITY)
    assert found.detail.startswith(f"charges {given.utility.total_yen + 78} yen, and by its tariff it is")
    assert "電力会社の請求は" in found.told.japanese


def test_one_slot_in_which_much_is_lost_is_found_though_the_month_is_within_the_alarm() -> None:
    given = month_of(building(30))
    quiet = settle_month(given)
    assert FindingKind.LOSS not in {each.kind for each in quiet.findings}
    slots = list(given.slots)
    bulk = slots[700].bulk
    assert bulk is not None
    slots[700] = replace(slots[700], bulk=Use(bulk.import_wh + 5_000, bulk.export_wh))
    (found,) = (each for each in settle_month(replace(given, slots=slots)).findings if each.kind is FindingKind.LOSS)
    assert found.detail.startswith("in 1 slots more than 5 % of what came in reached no meter")
    assert f"{moment(slots[700].begin):%Y-%m-%d %H:%M}" in found.detail

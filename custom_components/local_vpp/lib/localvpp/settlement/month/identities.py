"""What has to be true of every settled month, whatever came in. Each side is summed by a way of its own.

1. Energy of a slot: what came in through the bulk meter and what parties gave is what went out through it, what parties
   drew, what was drawn behind meters that are not billed, and the loss. Summed from the readings; settled by shares.
2. Energy of a party: what it needed is what transfers brought and what it bought at the grid's price; its surplus is
   what transfers took and what was sold.
3. Money inside: each party's is what the transfers say. That takers pay what givers and the building get follows, for
   each transfer is counted on both of its sides.
4. Bills: each follows from the slots' shares, fees and differences; together they are what the building takes from its
   parties, to the yen, and with the income from outside they pay the utility and leave the margin.
5. The utility's bill: its kWh are those that the bulk meter counted, unless they are the utility's own; its total is
   the floor of its lines, taxed once.

What is not true is an error with its name and amounts: no bill may leave the house then.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, NoReturn

from ..tariff import LineKind, UtilityBill
from .bills import Split
from .party import BUILDING
from .yen import UNITS

if TYPE_CHECKING:
    from .month import SettledMonth
    from .slot import SettledSlot


class IdentityError(Exception):
    """Sums that have to agree do not: names and amounts are in the sentence."""


def check_month(settled: SettledMonth) -> None:
    """Raise IdentityError unless every identity holds."""
    drawn: dict[str, int] = dict.fromkeys(settled.bills, 0)
    owed = 0
    for slot in settled.slots:
        drawn[BUILDING] -= slot.settlement.rent
        shares = slot.settlement.shares
        for name, grid in check_slot(slot).items():
            if name not in drawn:
                raise IdentityError(f"slot {slot.given.begin}: {name} has a share, and no bill in this month")
            owed += grid
            drawn[name] += grid - shares[name].inside_money
    _check_bills(settled, drawn, owed)
    if settled.given.utility is not None:
        check_utility(settled.given.utility, None if settled.given.utility_kwh else _bulk_wh(settled))


def check_slot(slot: SettledSlot) -> dict[str, int]:
    """Return what each owes for grid energy, in 10⁻⁵ yen. Raise IdentityError unless energy and money are conserved."""
    at, shares, prices = slot.given.begin, slot.settlement.shares, slot.given.prices
    came = dict.fromkeys(shares, 0)
    gone = dict.fromkeys(shares, 0)
    money = dict.fromkeys(shares, 0)
    for transfer in slot.settlement.transfers:
        sender, receiver, wh = transfer.sender, transfer.receiver, transfer.energy_wh
        if sender not in shares or receiver not in shares:
            raise IdentityError(f"slot {at}: {wh} Wh moved from {sender} to {receiver}, one of whom has no share")
        came[receiver] += wh
        gone[sender] += wh
        money[sender] += transfer.money
        money[receiver] -= transfer.money + transfer.rent
    imported = exported = 0
    owed = {}
    for name, share in shares.items():
        use = slot.readings[name].use
        net, told = use.import_wh - use.export_wh, share.import_wh - share.export_wh
        if use.import_wh != share.import_wh or net != told:
            _unlike(f"slot {at}: what {name} drew", told, "by its meter", net)
        if share.shared_in_wh != came[name]:
            _unlike(f"slot {at}: what {name} got inside", share.shared_in_wh, "by the transfers", came[name])
        if share.shared_out_wh != gone[name]:
            _unlike(f"slot {at}: what {name} gave inside", share.shared_out_wh, "by the transfers", gone[name])
        if share.inside_money != money[name]:
            _unlike(f"slot {at}: the money inside of {name}", share.inside_money, "by the transfers", money[name])
        bought, sold = max(net, 0) - came[name], max(-net, 0) - gone[name]
        if bought < 0 or sold < 0:
            raise IdentityError(f"slot {at}: {name} shared more than its meter counted: {share}")
        owed[name] = bought * prices.grid - sold * prices.feed_in
        if share.grid_money != -owed[name]:
            _unlike(f"slot {at}: the grid's part of {name}", -share.grid_money, "by its prices", owed[name])
        imported += use.import_wh
        exported += use.export_wh
    bulk = slot.given.bulk
    if slot.loss_wh is not None and bulk is not None:
        entered = bulk.import_wh + exported
        left = bulk.export_wh + imported + slot.unbilled_wh + slot.loss_wh
        if entered != left:
            _unlike(f"slot {at}: what came into the building in Wh", entered, "drawn, sent out and lost", left)
    return owed


def check_utility(bill: UtilityBill, bulk_wh: int | None) -> None:
    """Raise IdentityError unless the utility's bill is of what the bulk meter counted, and adds up.

    `bulk_wh` is what came in through the month; None: its kWh are the utility's own.
    """
    energy = [line for line in bill.lines if line.kind is LineKind.ENERGY]
    kwh = sum(line.quantity for line in energy)
    for line in bill.lines:
        if line.kind in {LineKind.FUEL, LineKind.LEVY} and line.quantity != kwh:
            _unlike(f"the utility's bill: kWh of its {line.kind}", line.quantity, "its energy lines have", kwh)
    bands = len({line.name for line in energy})
    if bulk_wh is not None and abs(kwh * 1000 - bulk_wh) > 500 * bands:
        _unlike("the utility's bill: its Wh", kwh * 1000, "the bulk meter counted", bulk_wh)
    lines = floor(sum((line.yen for line in bill.lines), Fraction()))
    if lines not in {bill.total_yen, bill.net_yen}:
        _unlike("the utility's bill: its total in yen", bill.total_yen, "by its lines", lines)
    base = 100 + bill.tax_percent if lines == bill.total_yen else 100
    if bill.tax_yen != lines * bill.tax_percent // base:
        _unlike("the utility's bill: its tax in yen", bill.tax_yen, "by its total", lines * bill.tax_percent // base)


def _check_bills(settled: SettledMonth, drawn: Mapping[str, int], owed: int) -> None:
    """Raise unless bills are what the slots, fees and differences come to.

    `drawn` is each party's money by the slots' shares, `owed` what all of them owe at the building's grid prices.
    """
    given, bills = settled.given, settled.bills
    for name, bill in bills.items():
        if bill.energy_money != drawn[name]:
            _unlike(f"the energy on the bill of {name}", bill.energy_money, "by its slots", drawn[name])
        adjusted = sum(each.money for each in given.differences if each.party == name)
        if bill.adjustment_money != adjusted:
            _unlike(f"the differences on the bill of {name}", bill.adjustment_money, "by their records", adjusted)
        if abs(bill.yen * UNITS - bill.exact_money) >= UNITS:
            _unlike(f"the bill of {name} in 10⁻⁵ yen", bill.yen * UNITS, "before it was rounded", bill.exact_money)
    charged = sum(part for bill in bills.values() for _, part in bill.fees)
    fees = sum(fee.yen for fee in given.fees)
    if charged != fees * UNITS:
        _unlike("the fees on the bills in 10⁻⁵ yen", charged, "they are of", fees * UNITS)
    levelled = sum(bill.levelling_money for bill in bills.values())
    if given.split is Split.BY_PRICE and levelled:
        raise IdentityError(f"bills by price divide {levelled} (10⁻⁵ yen) of the difference to the utility's bill")
    rents = sum(slot.settlement.rent for slot in settled.slots)
    if settled.rent != rents:
        _unlike("the building's rents", settled.rent, "by the transfers", rents)
    taken = owed + fees * UNITS + sum(each.money for each in given.differences) + levelled
    yen = sum(bill.yen for bill in bills.values())
    if yen != taken // UNITS:
        _unlike("all bills in yen", yen, "what parties owe for grid energy, fees and differences", taken // UNITS)
    if settled.flats_yen + settled.common_yen != yen:
        _unlike("flats and all others in yen", settled.flats_yen + settled.common_yen, "all bills", yen)
    if given.utility is None or settled.margin_yen is None:
        return
    paid = given.utility.total_yen + settled.margin_yen
    if taken // UNITS + given.export_yen != paid:
        _unlike("what the building takes in yen", taken // UNITS + given.export_yen, "utility and margin", paid)
    if given.split is Split.BY_COST and settled.margin_yen and any(a.grid_money for a in settled.accounts.values()):
        raise IdentityError(f"bills by cost leave a margin of {settled.margin_yen} yen: it has to be divided")


def _bulk_wh(settled: SettledMonth) -> int | None:
    bulks = [slot.bulk for slot in settled.given.slots]
    known = [bulk.import_wh for bulk in bulks if bulk is not None]
    return sum(known) if len(known) == len(bulks) else None


def _unlike(what: str, one: int, other_name: str, other: int) -> NoReturn:
    raise IdentityError(
        f"{what}: {one}; {other_name}: {other}. Nothing is billed: look at the records of before, and report this"
    )

"""A month of a building: from slots to bills, the same bytes whoever works it out. Pure.

What is wrong is not passed over: it is a finding, by party and slot. What cannot be billed is not: who has a meter that
is not fit for billing gets no bill, and its energy is a line of the building's balance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..tariff import Month, Tariff, UtilityBill
from ..tariff.demand import Peak, peak_of
from .account import Account, accounts_of
from .bills import Bill, Fee, Split, bills_of
from .difference import Difference
from .finding import Finding
from .findings import findings_of
from .identities import check_month
from .party import BUILDING, Billing, Party, Role, billing_of
from .reading import Reading
from .slot import SettledSlot, SlotInput, settle_slot

LOSS_ALARM_PERCENT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthInput:
    """All that a month follows from."""

    building: str
    month: Month
    slot_seconds: int
    parties: Sequence[Party]
    slots: Sequence[SlotInput]
    before: Mapping[int, Mapping[str, Reading | None]]
    """Readings of the weeks before, by slot, which may stand in for what is not known."""
    utility: UtilityBill | None = None
    """What it must be by the tariff; None: it has not come yet."""
    utility_kwh: bool = False
    """Whether its kWh are those that the utility has told, and not what the bulk meter counted."""
    charged_yen: int | None = None
    """What the utility has charged; None: nobody has compared it."""
    export_yen: int = 0
    """What the building gets from outside for what it sent out."""
    fees: Sequence[Fee] = ()
    differences: Sequence[Difference] = ()
    split: Split = Split.BY_PRICE
    loss_alarm_percent: int = LOSS_ALARM_PERCENT
    keys: Mapping[str, str] = field(default_factory=dict)
    """The documents of the sharing keys of its slots, by their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledMonth:
    """A month, settled."""

    given: MonthInput
    billing: Mapping[str, Billing]
    slots: tuple[SettledSlot, ...]
    accounts: Mapping[str, Account]
    """Of those who are billed."""
    shown: Mapping[str, Account]
    """Of those whose meter is for information only: as if nothing were shared with them."""
    bills: Mapping[str, Bill]
    peak: Peak | None
    loss_wh: int | None
    """The sum of the slots' losses; None: of no slot is it known."""
    unbilled_wh: int
    rent: int
    findings: tuple[Finding, ...]

    @property
    def flats_yen(self) -> int:
        """What all flats pay together."""
        roles = {party.name: party.role for party in self.given.parties}
        return sum(bill.yen for name, bill in self.bills.items() if roles.get(name) is Role.FLAT)

    @property
    def common_yen(self) -> int:
        """What falls to everything that is no flat: common parts, roof, and the building's own account."""
        return sum(bill.yen for bill in self.bills.values()) - self.flats_yen

    @property
    def levelling_money(self) -> int:
        """The difference to the utility's bill that was divided, in 10⁻⁵ yen."""
        return sum(bill.levelling_money for bill in self.bills.values())

    @property
    def grid_money(self) -> int:
        """What all paid for grid energy, by which that was divided, in 10⁻⁵ yen."""
        return sum(account.grid_money for account in self.accounts.values())

    @property
    def margin_yen(self) -> int | None:
        """What the building keeps, or lacks, when it has paid the utility; None: its bill has not come yet."""
        costs = _costs_yen(self.given)
        return None if costs is None else self.flats_yen + self.common_yen - costs


def settle_month(given: MonthInput) -> SettledMonth:
    """Settle a month.

    Raises ValueError for what cannot be a month: slots missing or in another order, two parties of one name, somebody's
    reading who is no party, a fee of nobody. Raises IdentityError where its sums do not agree.
    """
    _check(given)
    judged = {party.name: billing_of(party, given.month) for party in given.parties}
    billing = {name: each[0] for name, each in judged.items()}
    billed = [party for party in given.parties if billing[party.name] is Billing.BILLED]
    unbilled = [party for party in given.parties if billing[party.name] is not Billing.BILLED]
    measured = {**given.before, **{slot.begin: slot.readings for slot in given.slots}}
    slots = tuple(settle_slot(slot, billed, unbilled, measured) for slot in given.slots)
    accounts, rent = accounts_of(slots, {party.name: party.role for party in billed})
    bills = bills_of(
        accounts,
        rent,
        fees=given.fees,
        differences=given.differences,
        costs_yen=_costs_yen(given),
        split=given.split,
        unbilled={party.name for party in unbilled},
    )
    losses = [slot.loss_wh for slot in slots if slot.loss_wh is not None]
    imports = ((slot.begin, None if slot.bulk is None else slot.bulk.import_wh) for slot in given.slots)
    settled = SettledMonth(
        given=given,
        billing=billing,
        slots=slots,
        accounts=accounts,
        shown=_shown(given, [each for each in unbilled if billing[each.name] is Billing.INFORMATION_ONLY]),
        bills=bills,
        peak=peak_of(imports, given.slot_seconds) if 1800 % given.slot_seconds == 0 else None,
        loss_wh=sum(losses) if losses else None,
        unbilled_wh=sum(slot.unbilled_wh for slot in slots),
        rent=rent,
        findings=findings_of(given, slots, accounts, {name: each[1] for name, each in judged.items()}, billing),
    )
    check_month(settled)
    return settled


def wh_by_band(tariff: Tariff, slots: Sequence[SlotInput], slot_seconds: int) -> dict[str, int]:
    """Return what came in through the bulk meter by the tariff's bands, as its bill wants it.

    Raises ValueError where the bulk meter is unknown, or slots are longer than prices last: then the utility's own
    figures have to be taken.
    """
    remedy = "write the month's kWh by band into kwh, as the utility's bill has them"
    if not tariff.fits(slot_seconds):
        raise ValueError(f"prices of tariff {tariff.name!r} change within slots of {slot_seconds} s: {remedy}")
    sums = {band.name: 0 for band in tariff.energy}
    for slot in slots:
        if slot.bulk is None:
            raise ValueError(f"the bulk meter is unknown in slot {slot.begin}: {remedy}")
        sums[tariff.band_of(slot.begin)] += slot.bulk.import_wh
    return sums


def _costs_yen(given: MonthInput) -> int | None:
    return None if given.utility is None else given.utility.total_yen - given.export_yen


def _check(given: MonthInput) -> None:
    names = [party.name for party in given.parties]
    for name in names:
        if names.count(name) > 1 or name == BUILDING:
            raise ValueError(f"party {name!r}: give each a name of its own, and none {BUILDING!r}")
    if given.export_yen < 0:
        raise ValueError(f"an income of {given.export_yen} yen for what was sent out: write 0 or more")
    begins = [slot.begin for slot in given.slots]
    wanted = list(given.month.slots(given.slot_seconds))
    if begins != wanted:
        wrong = next((each for each in wanted if each not in set(begins)), None)
        raise ValueError(
            f"month {given.month} has {len(wanted)} slots from {wanted[0]} on, given are {len(begins)}"
            + (f"; slot {wrong} is missing" if wrong is not None else "")
            + ": give each once, in their order, one of which nothing is known with empty readings"
        )
    known = set(names)
    for slot in given.slots:
        if not slot.readings.keys() <= known:
            strange = min(slot.readings.keys() - known)
            raise ValueError(f"slot {slot.begin} has a reading of {strange!r}, who is no party of this month")


def _shown(given: MonthInput, parties: Sequence[Party]) -> dict[str, Account]:
    if not parties:
        return {}
    alone = [Party(each.name, each.role, each.meter, shares=False) for each in parties]
    slots = [settle_slot(slot, alone, (), {}) for slot in given.slots]
    return accounts_of(slots, {party.name: party.role for party in alone})[0]

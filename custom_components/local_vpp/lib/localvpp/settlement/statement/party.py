"""A party's statement: what it used and from where, what that cost, what sharing was worth, and by which records.

Its numbers come of the month's accounts. Whoever doubts one follows it down (`trail`) to the slots that it is the sum
of (`slots`), and to the records in the log that each of these was read from.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from ..month import (
    UNITS,
    Account,
    Bill,
    Billing,
    Difference,
    Fee,
    Finding,
    MeterPapers,
    Reference,
    Role,
    SettledMonth,
    encode_month,
)
from ..tariff import Month
from ..tariff.demand import WINDOW_SECONDS
from ..transfer import Transfer
from .figure import Document, Documents
from .invoice import Invoice, Issuer
from .slots import Followed, Moved, PartySlots

PEAKS: Final = 3
MONTH_FILE: Final = "month.json"
"""What a settled month's bytes are handed out as."""


class RowKind(StrEnum):
    """Where energy came from, or went."""

    OWN = "own"
    NEIGHBOURS = "neighbours"
    ROOF = "roof"
    GRID = "grid"
    GIVEN = "given"
    FED_IN = "fed in"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the statement."""

    kind: RowKind
    wh: int | None
    """None: unknown."""
    money: int
    """10⁻⁵ yen, to be paid positive."""


@dataclass(frozen=True, slots=True)
class PeakPart:
    """One of the building's heaviest half hours, and this party's part in it."""

    begin: int
    building_wh: int
    own_wh: int
    bulk: Mapping[int, int] = field(default_factory=dict)
    """What the bulk meter counted inwards, by slot."""
    own: Mapping[int, int] = field(default_factory=dict)
    """What the party bought from the grid, by slot."""
    bulk_records: Mapping[int, tuple[Reference, ...]] = field(default_factory=dict)

    @property
    def part(self) -> Fraction:
        """Between 0 and 1."""
        return Fraction(self.own_wh, self.building_wh) if self.building_wh else Fraction()


@dataclass(frozen=True, slots=True)
class Levelling:
    """What is divided of the difference to the utility's bill, and by what. 10⁻⁵ yen."""

    money: int
    grid_money: int
    """What all parties together paid for grid energy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One party's month."""

    building: str
    month: Month
    party: str
    role: Role
    billing: Billing
    meter: MeterPapers | None
    rows: tuple[Row, ...]
    account: Account
    bill: Bill | None
    """None: nothing is to be paid, for the meter is not fit for billing; why not, `findings` say. Of one that is not
    marked as information only there is nothing else, either: not a line of its figures is for anybody."""
    adjustments: Mapping[int, Difference]
    """By their places among the month's differences."""
    peaks: tuple[PeakPart, ...]
    by_slot: PartySlots
    """What its numbers are the sums of."""
    fees: tuple[Fee, ...]
    """Those that its bill has parts of, whole."""
    levelling: Levelling
    documents: Documents
    findings: tuple[Finding, ...]
    invoice: Invoice | None

    @property
    def evidence(self) -> Mapping[int, tuple[Reference, ...]]:
        """By slot: the party's own records, and those of its transfers."""
        return self.by_slot.evidence

    @property
    def slots(self) -> Mapping[int, Moved]:
        """By slot, of those in which it is known."""
        return self.by_slot.moved

    @property
    def transfers(self) -> Mapping[int, tuple[Transfer[str], ...]]:
        """Those that it gave or took, by slot."""
        return self.by_slot.transfers

    @property
    def roofs(self) -> Set[str]:
        """Whose energy is the roof's."""
        return self.by_slot.month.roofs

    @property
    def used_wh(self) -> int | None:
        """All that was used; None where it is not known in every slot."""
        return self.account.used_wh if self.knows_use else None

    @property
    def knows_use(self) -> bool:
        """Whether what was used is known in every slot, and so are own PV and battery."""
        return 0 < self.account.slots == self.account.use_known

    @property
    def knows_made(self) -> bool:
        """Whether what own PV made is known in every slot."""
        return 0 < self.account.slots == self.account.made_known

    @property
    def saved_money(self) -> int:
        """What sharing was worth: the bill for energy without it, less the one with it."""
        return self.account.alone_money - self.account.energy_money

    @property
    def inside_price(self) -> Fraction | None:
        """The average price of what was bought inside, in ticks."""
        account = self.account
        return Fraction(account.neighbours_money + account.roof_money, account.inside_wh) if account.inside_wh else None

    @property
    def grid_price(self) -> Fraction | None:
        """The average price of what was bought from the grid, in ticks."""
        return Fraction(self.account.grid_money, self.account.bought_wh) if self.account.bought_wh else None

    @property
    def self_sufficiency(self) -> Fraction | None:
        """Which part of the use did not come from the grid; with a battery that was charged from there, 0 at least."""
        used = self.used_wh
        return Fraction(max(used - self.account.bought_wh, 0), used) if used else None

    @property
    def self_consumption(self) -> Fraction | None:
        """Which part of what own PV made stayed in the building."""
        made = self.account.made_wh if self.knows_made else 0
        return Fraction(max(made - self.account.sold_wh, 0), made) if made else None

    @property
    def credited_yen(self) -> int:
        """What the party is credited for energy it gave or sold."""
        return (self.account.given_money + self.account.fed_in_money) // UNITS

    @property
    def charged_yen(self) -> int:
        """What it is charged: with what it is credited, exactly the bill."""
        return (0 if self.bill is None else self.bill.yen) + self.credited_yen


def statements(
    settled: SettledMonth,
    issuer: Issuer,
    issued: date,
    recipients: Mapping[str, str] | None = None,
    documents: Documents | None = None,
) -> dict[str, Statement]:
    """Return the statement of each party, by name: of flats, roof and common parts.

    Args:
        settled: the month.
        issuer: who sends them.
        issued: when.
        recipients: whom invoices are for, by flat, where that is known.
        documents: what their numbers follow from; None: the month's bytes alone, which are made for it.
    """
    documents = documents or Documents(Document.of(MONTH_FILE, encode_month(settled)))
    followed = Followed(settled)
    levelling = Levelling(settled.levelling_money, settled.grid_money)
    peaks = _peaks(settled)
    parties = {party.name: party for party in settled.given.parties}
    made = {}
    refused = {name: Account() for name, billing in settled.billing.items() if billing is Billing.REFUSED}
    for name, account in sorted({**settled.accounts, **settled.shown, **refused}.items()):
        party = parties[name]
        bill = settled.bills.get(name)
        statement = Statement(
            building=settled.given.building,
            month=settled.given.month,
            party=name,
            role=party.role,
            billing=settled.billing[name],
            meter=party.meter,
            rows=() if name in refused else _rows(account),
            account=account,
            bill=bill,
            adjustments={at: each for at, each in enumerate(settled.given.differences) if each.party == name},
            peaks=() if name in refused else tuple(_peak(each, name, followed) for each in peaks),
            by_slot=followed.by(name),
            fees=tuple(fee for fee in settled.given.fees if name in fee.parts),
            levelling=levelling,
            documents=documents,
            findings=tuple(each for each in settled.findings if each.party == name),
            invoice=None,
        )
        made[name] = _invoiced(statement, issuer, issued, (recipients or {}).get(name))
    return made


def _invoiced(statement: Statement, issuer: Issuer, issued: date, name: str | None) -> Statement:
    if issuer.registration is None or statement.bill is None or statement.role is not Role.FLAT:
        return statement
    if statement.charged_yen <= 0:
        return statement
    month, after = statement.month, statement.month.plus(1)
    invoice = Invoice(
        issuer=issuer.name,
        registration=issuer.registration,
        recipient=statement.party if name is None else f"{statement.party} {name}",
        issued=issued,
        begin=date(month.year, month.month, 1),
        end=date(after.year, after.month, 1) - timedelta(days=1),
        charged_yen=statement.charged_yen,
        tax_percent=issuer.tax_percent,
    )
    return replace(statement, invoice=invoice)


def _rows(account: Account) -> tuple[Row, ...]:
    values: dict[RowKind, tuple[int | None, int]] = {
        RowKind.OWN: (account.own_wh if account.use_known else None, 0),
        RowKind.NEIGHBOURS: (account.neighbours_wh, account.neighbours_money),
        RowKind.ROOF: (account.roof_wh, account.roof_money),
        RowKind.GRID: (account.bought_wh, account.grid_money),
        RowKind.GIVEN: (account.given_wh, -account.given_money),
        RowKind.FED_IN: (account.sold_wh, -account.fed_in_money),
    }
    return tuple(Row(kind, wh, money) for kind, (wh, money) in values.items())


@dataclass(frozen=True, slots=True)
class _Heaviest:
    """A half hour of the bulk meter's, by slots: what it counted, its records, what each party bought from the grid."""

    begin: int
    bulk: Mapping[int, int]
    records: Mapping[int, tuple[Reference, ...]]


def _peak(of: _Heaviest, name: str, month: Followed) -> PeakPart:
    slots = [month.at[begin] for begin in of.bulk]
    own = {slot.given.begin: moved.share.bought_wh for slot, moved in month.of_each(name, slots)}
    return PeakPart(of.begin, sum(of.bulk.values()), sum(own.values()), of.bulk, own, of.records)


def _peaks(settled: SettledMonth) -> list[_Heaviest]:
    """Return the heaviest half hours of the bulk meter; none where slots do not make them."""
    if WINDOW_SECONDS % settled.given.slot_seconds:
        return []
    found: dict[int, _Heaviest] = {}
    unknown: set[int] = set()
    for slot in settled.given.slots:
        window = slot.begin // WINDOW_SECONDS * WINDOW_SECONDS
        if slot.bulk is None:
            unknown.add(window)
            continue
        before = found.get(window, _Heaviest(window, {}, {}))
        bulk = {**before.bulk, slot.begin: slot.bulk.import_wh}
        found[window] = _Heaviest(window, bulk, {**before.records, slot.begin: slot.bulk_records})
    whole = [each for window, each in found.items() if window not in unknown]
    return sorted(whole, key=lambda each: (-sum(each.bulk.values()), each.begin))[:PEAKS]

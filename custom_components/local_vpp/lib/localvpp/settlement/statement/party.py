"""A party's statement: what it used and from where, what that cost, what sharing was worth, and by which records.

Every row names the slots that it is the sum of, and every slot the records in the log that it was read from: whoever
doubts a number can follow it down to signed meter values.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from ..delivery import Imbalance
from ..month import (
    UNITS,
    Account,
    Bill,
    Billing,
    Difference,
    Fee,
    Finding,
    MeterPapers,
    Reading,
    Reference,
    Role,
    SettledMonth,
    encode_month,
)
from ..slot import Share
from ..slot_prices import SlotPrices
from ..tariff import Month
from ..tariff.demand import WINDOW_SECONDS
from ..transfer import Transfer
from .figure import Document, Documents
from .invoice import Invoice, Issuer

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
    MADE = "made"
    """By own PV: it stands apart, for it was used, stored, given or fed in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the statement."""

    kind: RowKind
    wh: int | None
    """None: unknown. Of own PV it is the sum of the slots in which that is known."""
    money: int
    """10⁻⁵ yen, to be paid positive."""
    slots: tuple[int, ...]
    """Those that it is the sum of, by their begins: where it is not 0."""


class Moved(NamedTuple):
    """What a slot was for the party, but for what moved inside."""

    reading: Reading
    share: Share
    prices: SlotPrices
    imbalance: Imbalance | None


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
    made: Row
    account: Account
    bill: Bill | None
    """None: nothing is to be paid, for the meter is not fit for billing; why not, `findings` say. Of one that is not
    marked as information only there is nothing else, either: not a line of its figures is for anybody."""
    adjustments: tuple[Difference, ...]
    peaks: tuple[PeakPart, ...]
    evidence: Mapping[int, tuple[Reference, ...]]
    """By slot: the party's own records, and those of its transfers."""
    slots: Mapping[int, Moved]
    """By slot, of those in which it is known."""
    transfers: Mapping[int, tuple[Transfer[str], ...]]
    """Those that it gave or took, by slot."""
    roofs: Set[str]
    """Whose energy is the roof's."""
    fees: tuple[Fee, ...]
    """Those that its bill has parts of, whole."""
    documents: Documents
    findings: tuple[Finding, ...]
    invoice: Invoice | None

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

    def records_of(self, row: Row) -> Iterator[Reference]:
        """Yield the records that a row comes from, in the order of its slots."""
        for slot in row.slots:
            yield from self.evidence.get(slot, ())


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
    roofs = frozenset(party.name for party in settled.given.parties if party.role is Role.ROOF)
    gathered = _gather(settled)
    peaks = _peaks(settled)
    parties = {party.name: party for party in settled.given.parties}
    made = {}
    refused = {name: Account() for name, billing in settled.billing.items() if billing is Billing.REFUSED}
    for name, account in sorted({**settled.accounts, **settled.shown, **refused}.items()):
        party = parties[name]
        bill = settled.bills.get(name)
        slots = gathered[name]
        statement = Statement(
            building=settled.given.building,
            month=settled.given.month,
            party=name,
            role=party.role,
            billing=settled.billing[name],
            meter=party.meter,
            rows=() if name in refused else _rows(account, slots),
            made=_made(account, slots),
            account=account,
            bill=bill,
            adjustments=tuple(each for each in settled.given.differences if each.party == name),
            peaks=() if name in refused else tuple(_peak(each, slots) for each in peaks),
            evidence=slots.evidence,
            slots=slots.moved,
            transfers={begin: tuple(each) for begin, each in slots.transfers.items()},
            roofs=roofs,
            fees=tuple(fee for fee in settled.given.fees if name in fee.parts),
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


class _Slots:
    """Which slots each row is of, while they are gathered."""

    def __init__(self) -> None:
        self.rows: dict[RowKind, list[int]] = {kind: [] for kind in RowKind}
        self.evidence: dict[int, tuple[Reference, ...]] = {}
        self.moved: dict[int, Moved] = {}
        self.transfers: dict[int, list[Transfer[str]]] = {}


def _gather(settled: SettledMonth) -> dict[str, _Slots]:
    found = {party.name: _Slots() for party in settled.given.parties}
    roofs = {party.name for party in settled.given.parties if party.role is Role.ROOF}
    for slot in settled.slots:
        begin, given = slot.given.begin, slot.given
        for name, share in slot.settlement.shares.items():
            reading, mine = slot.readings[name], found[name]
            mine.evidence[begin] = reading.references
            mine.moved[begin] = Moved(reading, share, given.prices, slot.imbalances.get(name))
            rows = mine.rows
            if share.bought_wh:
                rows[RowKind.GRID].append(begin)
            if share.sold_wh:
                rows[RowKind.FED_IN].append(begin)
            if share.shared_out_wh:
                rows[RowKind.GIVEN].append(begin)
            if reading.pv_wh:
                rows[RowKind.MADE].append(begin)
            used = reading.used_wh
            if used is not None and used != share.shared_in_wh + share.bought_wh:
                rows[RowKind.OWN].append(begin)
        for transfer in slot.settlement.transfers:
            sender, receiver = transfer.sender, transfer.receiver
            kind = RowKind.ROOF if sender in roofs else RowKind.NEIGHBOURS
            for name in (sender, receiver):
                found[name].transfers.setdefault(begin, []).append(transfer)
            rows = found[receiver].rows
            if not rows[kind] or rows[kind][-1] != begin:
                rows[kind].append(begin)
        for sender, receiver in {(each.sender, each.receiver): None for each in slot.settlement.transfers}:
            logged = given.logged.get((sender, receiver), ())
            for name in (sender, receiver):
                found[name].evidence[begin] = (*found[name].evidence[begin], *logged)
        for name in settled.shown:
            _gather_shown(given.readings.get(name), begin, given.prices, found[name])
    return found


def _gather_shown(reading: Reading | None, begin: int, prices: SlotPrices, mine: _Slots) -> None:
    if reading is None:
        return
    mine.evidence[begin] = reading.references
    drawn, given = reading.use.import_wh, reading.use.export_wh
    money = max(given - drawn, 0) * prices.feed_in - max(drawn - given, 0) * prices.grid
    mine.moved[begin] = Moved(reading, Share(drawn, given, 0, 0, 0, money), prices, None)
    if reading.pv_wh:
        mine.rows[RowKind.MADE].append(begin)
    net = reading.use.import_wh - reading.use.export_wh
    if net:
        mine.rows[RowKind.GRID if net > 0 else RowKind.FED_IN].append(begin)
    used = reading.used_wh
    if used is not None and used != max(net, 0):
        mine.rows[RowKind.OWN].append(begin)


def _rows(account: Account, slots: _Slots) -> tuple[Row, ...]:
    values: dict[RowKind, tuple[int | None, int]] = {
        RowKind.OWN: (account.own_wh if account.use_known else None, 0),
        RowKind.NEIGHBOURS: (account.neighbours_wh, account.neighbours_money),
        RowKind.ROOF: (account.roof_wh, account.roof_money),
        RowKind.GRID: (account.bought_wh, account.grid_money),
        RowKind.GIVEN: (account.given_wh, -account.given_money),
        RowKind.FED_IN: (account.sold_wh, -account.fed_in_money),
    }
    return tuple(Row(kind, wh, money, tuple(slots.rows[kind])) for kind, (wh, money) in values.items())


def _made(account: Account, slots: _Slots) -> Row:
    return Row(RowKind.MADE, account.made_wh if account.made_known else None, 0, tuple(slots.rows[RowKind.MADE]))


@dataclass(frozen=True, slots=True)
class _Heaviest:
    """A half hour of the bulk meter's, by slots: what it counted, its records, what each party bought from the grid."""

    begin: int
    bulk: Mapping[int, int]
    records: Mapping[int, tuple[Reference, ...]]


def _peak(of: _Heaviest, slots: _Slots) -> PeakPart:
    own = {at: slots.moved[at].share.bought_wh for at in of.bulk if at in slots.moved}
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

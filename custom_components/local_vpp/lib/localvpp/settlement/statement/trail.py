"""The way of each number of a party's statement: to slots and their records, to other numbers, to a document."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Final

from ..delivery import Imbalance
from ..month import UNITS, Difference, Fee, Finding, Reference
from ..tariff.calendar import JAPAN_MINUTES, local
from ..transfer import Transfer
from .figure import (
    SCALE,
    Apportioned,
    AtLeastZero,
    Floor,
    Laid,
    Metered,
    Number,
    Of,
    Product,
    Quotient,
    SlotValue,
    Sum,
    Trail,
    Trailing,
    Unit,
    Way,
    Worked,
    Written,
    key_of,
    less,
    total,
)
from .noted import keys_of, note_line
from .party import PeakPart, RowKind, Statement
from .slots import Moved

type _Value = Callable[[int, Moved], int | None]
"""What a slot, by its begin, adds to a number; None: unknown."""

_PRICES: Final[Mapping[RowKind, tuple[str, ...]]] = {
    RowKind.OWN: (),
    RowKind.NEIGHBOURS: ("slots[].prices[0]",),
    RowKind.ROOF: ("slots[].prices[0]",),
    RowKind.GRID: ("slots[].prices[1]",),
    RowKind.GIVEN: ("slots[].prices[0]",),
    RowKind.FED_IN: ("slots[].prices[2]",),
}
"""Where the prices of what a line is paid for stand in the month. Of what was traded the records of the transfers have
them, and the slot's SETTLED record names the documents by which they came about."""
HOURS_OF_KW: Final = 2
"""A half hour's kWh times this are its mean kW."""


def trail_of(statement: Statement) -> Trail:
    """Return all numbers of a statement, each with its way."""
    laid = _Party(statement)
    if not statement.rows:
        return laid.trail
    laid.energy()
    laid.bill()
    laid.saving()
    laid.figures()
    for at, peak in enumerate(statement.peaks):
        laid.peak(f"peak {at}", peak)
    laid.invoice()
    for at, finding in enumerate(statement.findings):
        laid.note(at, finding)
    return laid.trail


class _Party(Trailing):
    """The trail of one statement."""

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self._of: Final = statement
        self._moved: dict[int, _Inside] = {
            begin: _Inside(statement, transfers) for begin, transfers in statement.transfers.items()
        }

    def energy(self) -> None:
        """Lay the lines of energy."""
        money: Mapping[RowKind, tuple[_Value, _Value]] = {
            RowKind.OWN: (self._own_wh, _nothing),
            RowKind.NEIGHBOURS: (self._inside("neighbours_wh"), self._inside("neighbours_money")),
            RowKind.ROOF: (self._inside("roof_wh"), self._inside("roof_money")),
            RowKind.GRID: (lambda _, at: at.share.bought_wh, lambda _, at: at.share.bought_wh * at.prices.grid),
            RowKind.GIVEN: (lambda _, at: at.share.shared_out_wh, self._inside("given_money")),
            RowKind.FED_IN: (lambda _, at: at.share.sold_wh, lambda _, at: -at.share.sold_wh * at.prices.feed_in),
        }
        for row in self._of.rows:
            energy, paid = money[row.kind]
            name = row.kind.value
            price = None
            if row.wh and row.money:
                sign = -1 if row.money < 0 else 1
                by = Quotient(Sum(((sign, Of(key_of(name, "yen"))),)), Of(key_of(name, "kwh")))
                price = Laid(Unit.PRICE, abs(Fraction(row.money * 1000, row.wh * UNITS)), (Worked(by),))
            kwh = self._sum(Unit.KWH, energy, known=row.wh is not None)
            self.line(name, kwh=kwh, price=price, yen=self._paid(paid, *_PRICES[row.kind]))

    def bill(self) -> None:
        """Lay what is beside energy, and the sum."""
        bill, month = self._of.bill, self._of.documents.month
        if bill is None:
            return
        lines = [key_of(row.kind.value, "yen") for row in self._of.rows]
        for at, ((name, money), fee) in enumerate(zip(bill.fees, self._of.fees, strict=True)):
            assert name == fee.name, "fees are in one order"
            lines.append(f"fee {at}")
            way = Worked(_part_of(fee, self._of.party, money))
            self.one(lines[-1], Unit.YEN, Fraction(money, UNITS), way, Written(month, f"fees[{name}]"))
        if bill.levelling_money:
            lines.append("levelling")
            places = (Written(month, "levelling"), Written(month, "accounts[].grid_money"))
            way = Worked(self._levelling(bill.levelling_money))
            self.one(lines[-1], Unit.YEN, Fraction(bill.levelling_money, UNITS), way, *places)
        if self._of.adjustments:
            for at, each in self._of.adjustments.items():
                self._difference(at, each)
            lines.append("adjustment")
            rows = [key_of(difference_line(at), "yen") for at in self._of.adjustments]
            self.worked(lines[-1], Unit.YEN, total(rows))
        exact = total(lines)
        more = bill.yen - bill.exact_money // UNITS
        floored = ((1, Floor(exact)), *(((1, Number(Fraction(more))),) if more else ()))
        rounded = Fraction(bill.yen * UNITS - bill.exact_money, UNITS)
        lines.append("rounding")
        # Who gets one more of the yen that floors leave over, follows from everybody's exact amounts.
        self.one(lines[-1], Unit.YEN, rounded, Worked(Sum((*floored, (-1, exact)))), Written(month, "bills[]"))
        self.worked("to pay", Unit.WHOLE_YEN, total(lines))

    def saving(self) -> None:
        """Lay what sharing was worth."""
        alone = self._paid(_alone, "slots[].prices[1]", "slots[].prices[2]")
        self.one("alone", Unit.YEN, alone.value, *alone.ways)
        self.worked("saved", Unit.YEN, less("alone", *(key_of(row.kind.value, "yen") for row in self._of.rows)))

    def figures(self) -> None:
        """Lay what the month was like."""
        account = self._of.account
        self._summed("taken", Unit.KWH, lambda _, at: at.share.import_wh)
        self._summed("sent", Unit.KWH, lambda _, at: at.share.export_wh)
        self._summed("made", Unit.KWH, lambda _, at: at.reading.pv_wh, known=account.made_known > 0)
        self._summed("used", Unit.KWH, lambda _, at: at.reading.used_wh, known=account.use_known > 0)
        grid, fed_in = key_of(RowKind.GRID.value, "kwh"), key_of(RowKind.FED_IN.value, "kwh")
        # Of what is not known in every slot there is no part to tell.
        if self._of.knows_use:
            self.worked("sufficiency", Unit.PART, Quotient(AtLeastZero(less("used", grid)), Of("used")))
        if self._of.knows_made and account.made_wh:
            self.worked("consumption", Unit.PART, Quotient(AtLeastZero(less("made", fed_in)), Of("made")))
        inside = [kind.value for kind in (RowKind.NEIGHBOURS, RowKind.ROOF)]
        yen, kwh = ([key_of(name, column) for name in inside] for column in ("yen", "kwh"))
        self.worked("inside price", Unit.PRICE, Quotient(total(yen), total(kwh)))
        grid_yen = Of(key_of(RowKind.GRID.value, "yen"))
        self.worked("grid price", Unit.PRICE, Quotient(grid_yen, Of(grid)))
        for name, begins in (("estimated", account.estimated), ("unknown", account.unknown)):
            slots = tuple(SlotValue(at, 1, self._of.evidence.get(at, ())) for at in begins)
            # Of what nobody knows there is no record: the month says which slots these are.
            where = "shown" if self._of.bill is None else "accounts"
            place = Written(self._of.documents.month, f"{where}[{self._of.party}].{name}")
            self.one(name, Unit.SLOTS, len(begins), Metered(slots), place)
        if account.short_wh or account.over_wh or account.undelivered_wh:
            self._summed("short", Unit.KWH, _of_trades(lambda each: max(-each.wh, 0)))
            self._summed("over", Unit.KWH, _of_trades(lambda each: max(each.wh, 0)))
            self._summed("undelivered", Unit.KWH, _of_trades(lambda each: each.undelivered_wh))

    def peak(self, name: str, peak: PeakPart) -> None:
        """Lay a heavy half hour."""
        bulk = tuple(SlotValue(at, wh, peak.bulk_records[at]) for at, wh in peak.bulk.items())
        own = tuple(SlotValue(at, wh, self._of.evidence.get(at, ())) for at, wh in peak.own.items())
        keys = [key_of(name, column) for column in ("building", "own")]
        self.line(
            name,
            building_kw=Laid(Unit.KW, Fraction(peak.building_wh, 500), (Worked(mean_kw(keys[0])),)),
            own_kw=Laid(Unit.KW, Fraction(peak.own_wh, 500), (Worked(mean_kw(keys[1])),)),
            part=Laid(Unit.PART, peak.part, (Worked(Quotient(Of(keys[1]), Of(keys[0]))),)),
            building=Laid(Unit.KWH, Fraction(peak.building_wh, 1000), (Metered(bulk),)),
            own=Laid(Unit.KWH, Fraction(peak.own_wh, 1000), (Metered(own),)),
        )

    def invoice(self) -> None:
        """Lay the numbers of the block."""
        invoice = self._of.invoice
        if invoice is None:
            return
        keys = [key_of(kind.value, "yen") for kind in (RowKind.GIVEN, RowKind.FED_IN)]
        self.worked("credited", Unit.WHOLE_YEN, Floor(Sum(tuple((-1, Of(key)) for key in keys))))
        self.worked("charged", Unit.WHOLE_YEN, total(("to pay", "credited")))
        percent = Fraction(invoice.tax_percent, 100 + invoice.tax_percent)
        self.worked("tax", Unit.WHOLE_YEN, Floor(Product((Of("charged"),), percent)))

    def note(self, at: int, finding: Finding) -> None:
        """Lay how many slots, or days, a note is of."""
        if not keys_of(finding, at):
            return
        count, ways = len(finding.slots), {"stand in": "estimated", "unknown": "unknown"}
        if finding.told.key in ways:
            laid = Laid(Unit.SLOTS, count, (Worked(Of(ways[finding.told.key])),))
        elif finding.told.key == "less than none":
            laid = Laid(Unit.DAYS, count, (Metered(self._days(finding.slots)),))
        else:
            slots = tuple(SlotValue(begin, 1, self._noted(begin)) for begin in finding.slots)
            laid = Laid(Unit.SLOTS, count, (Metered(slots),))
        self.line(note_line(at), count=laid)

    def _noted(self, begin: int) -> tuple[Reference, ...]:
        """Return the records of a slot; of one that cannot be read for their number, these."""
        crowded = self._of.by_slot.month.at[begin].given.crowded
        return crowded.get(self._of.party) or self._records(begin)

    def _days(self, firsts: Iterable[int]) -> tuple[SlotValue, ...]:
        """Return Japan's days by their first known slots, each with the records of all its slots."""
        days = {local(begin, JAPAN_MINUTES).date(): begin for begin in firsts}
        found: dict[int, tuple[Reference, ...]] = {}
        for begin in self._of.slots:
            first = days.get(local(begin, JAPAN_MINUTES).date())
            if first is not None:
                found[first] = (*found.get(first, ()), *self._records(begin))
        return tuple(SlotValue(first, 1, records) for first, records in found.items())

    def _levelling(self, money: int) -> Apportioned:
        """Return how a part of the difference to the utility's bill follows."""
        whole, all_paid = self._of.levelling.money, self._of.levelling.grid_money
        floored = abs(whole) * self._of.account.grid_money // all_paid
        return Apportioned(
            Number(Fraction(abs(whole), UNITS)),
            Of(key_of(RowKind.GRID.value, "yen")),
            Number(Fraction(all_paid, UNITS)),
            more=abs(money) > floored,
            owed=money < 0,
        )

    def _difference(self, at: int, each: Difference) -> None:
        records = (*each.before, *each.records, *each.corrections)
        month = self._of.documents.month
        prices = (Written(month, f"differences[{at}].priced.prices[{of}]") for of in _prices_of(each))

        def laid(unit: Unit, value: int, *more: Way) -> Laid:
            ways = (Metered((SlotValue(each.slot, value, records),)), *more)
            return Laid(unit, Fraction(value, SCALE[unit]), ways)

        energy = laid(Unit.KWH, each.import_wh - each.export_wh)
        self.line(difference_line(at), kwh=energy, yen=laid(Unit.YEN, each.money, *prices))

    def _paid(self, of: _Value, *prices: str) -> Laid:
        """Return a sum of money: that of its slots' energy at prices, which stand in the month."""
        laid = self._sum(Unit.YEN, of)
        month = self._of.documents.month
        return Laid(laid.unit, laid.value, (*laid.ways, *(Written(month, place) for place in prices if laid.value)))

    def _summed(self, name: str, unit: Unit, of: _Value, *, known: bool = True) -> None:
        laid = self._sum(unit, of, known=known)
        self.one(name, unit, laid.value, *laid.ways)

    def _sum(self, unit: Unit, of: _Value, *, known: bool = True) -> Laid:
        """Return the sum of a value over the slots, with those in which it is not 0."""
        slots = []
        summed = 0
        for begin, moved in self._of.slots.items():
            value = of(begin, moved)
            if value:
                slots.append(SlotValue(begin, value, self._records(begin)))
                summed += value
        return Laid(unit, Fraction(summed, SCALE[unit]) if known else None, (Metered(tuple(slots)),))

    def _records(self, begin: int) -> tuple[Reference, ...]:
        return self._of.evidence.get(begin, ())

    def _own_wh(self, begin: int, at: Moved) -> int | None:
        used = at.reading.used_wh
        return None if used is None else used - at.share.shared_in_wh - at.share.bought_wh

    def _inside(self, name: str) -> _Value:
        def value(begin: int, _: Moved) -> int:
            moved = self._moved.get(begin)
            return 0 if moved is None else int(getattr(moved, name))

        return value


def difference_line(at: int) -> str:
    """Return the name of the line of a difference, by its place in the month."""
    return f"difference {at}"


def _prices_of(difference: Difference) -> list[int]:
    """Return which of its slot's prices a difference was made by: inside, grid, fed in."""
    priced = difference.priced
    if priced is None:
        return []
    made = (difference.money != priced.grid_money, priced.bought_wh, priced.sold_wh)
    return [of for of, part in enumerate(made) if part]


def _part_of(fee: Fee, party: str, money: int) -> Apportioned:
    """Return how a party's part of a fee follows."""
    part, parts = fee.parts[party], sum(fee.parts.values())
    more = money > fee.yen * UNITS * part // parts
    whole, weight, weights = (Number(Fraction(each)) for each in (fee.yen, part, parts))
    return Apportioned(whole, weight, weights, more=more)


def _nothing(_: int, __: Moved) -> int:
    return 0


def _alone(_: int, at: Moved) -> int:
    net = at.share.import_wh - at.share.export_wh
    return net * (at.prices.grid if net > 0 else at.prices.feed_in)


def _of_trades(of: Callable[[Imbalance], int]) -> _Value:
    return lambda _, at: 0 if at.imbalance is None else of(at.imbalance)


def mean_kw(key: str) -> Product:
    """Return how the mean kW of a half hour follows from its kWh."""
    return Product((Of(key),), Fraction(HOURS_OF_KW))


class _Inside:
    """What moved inside in a slot, for one party. Wh, and 10⁻⁵ yen to be paid."""

    __slots__ = ("given_money", "neighbours_money", "neighbours_wh", "roof_money", "roof_wh")

    def __init__(self, statement: Statement, transfers: Iterable[Transfer[str]]) -> None:
        self.neighbours_wh = self.neighbours_money = self.roof_wh = self.roof_money = self.given_money = 0
        for each in transfers:
            if each.sender == statement.party:
                self.given_money -= each.money
            elif each.sender in statement.roofs:
                self.roof_wh += each.energy_wh
                self.roof_money += each.money + each.rent
            else:
                self.neighbours_wh += each.energy_wh
                self.neighbours_money += each.money + each.rent

"""The way of each number of the building's statement: to the bulk meter's records, its parties' statements, documents.

What a party drew, gave and pays is told on its own statement, which leads to its records; here that is named with its
digest, so that nobody's slots stand on a sheet that others read.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from ..month import BUILDING, Billing, Reference
from ..slot import Use
from ..tariff import LineKind
from ..tariff.bill import Line
from .building import BuildingStatement
from .figure import (
    Expression,
    Floor,
    Laid,
    Metered,
    Of,
    Product,
    Rounded,
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
from .trail import mean_kw

_COLUMNS: Final = ("taken", "sent", "given", "roof")
"""What of a party's energy the building's balance is made of."""


def house_trail(house: BuildingStatement) -> Trail:
    """Return all numbers of the building's statement, each with its way."""
    laid = _House(house)
    laid.parties()
    laid.balance()
    laid.peak()
    laid.utility()
    laid.sums()
    return laid.trail


def party_line(name: str) -> str:
    """Return the name of a party's line."""
    return f"party {name}"


class _House(Trailing):
    """The trail of the building's statement."""

    def __init__(self, house: BuildingStatement) -> None:
        super().__init__()
        self._of: Final = house

    def parties(self) -> None:
        """Lay what each party drew and pays."""
        accounts = self._of.settled.accounts
        for name, bill in {**self._of.flats, **self._of.others}.items():
            account = accounts.get(name)
            paid = Fraction(bill.yen)
            if account is None:
                place = Written(self._of.documents.month, f"bills[{name}]")
                self.line(party_line(name), **dict.fromkeys(_COLUMNS), yen=Laid(Unit.WHOLE_YEN, paid, (place,)))
                continue
            document = self._of.parties[name]
            energy = (account.import_wh, account.export_wh, account.given_wh, account.roof_wh)
            places = ("taken", "sent", "given.kwh", "roof.kwh")
            columns = {
                column: Laid(Unit.KWH, Fraction(wh, 1000), (Written(document, f"figures[{place}]"),))
                for column, wh, place in zip(_COLUMNS, energy, places, strict=True)
            }
            yen = Laid(Unit.WHOLE_YEN, paid, (Written(document, "figures[to pay]"),))
            self.line(party_line(name), **columns, yen=yen)

    def balance(self) -> None:
        """Lay where the building's energy came from, and went."""
        house, month = self._of, self._of.documents.month
        self._bulk("bulk in", lambda bulk: bulk.import_wh)
        self._bulk("bulk out", lambda bulk: bulk.export_wh)
        self.worked("flats", Unit.KWH, self._drawn(house.flats))
        self.worked("common", Unit.KWH, self._drawn(house.others))
        self.one("unbilled", Unit.KWH, Fraction(house.unbilled_wh, 1000), Metered(tuple(self._unbilled())))
        loss = less("bulk in", "bulk out", "flats", "common", "unbilled")
        if house.loss_wh is not None and house.loss_slots == len(house.settled.slots):
            self.worked("loss", Unit.KWH, loss)
        else:
            wh = None if house.loss_wh is None else Fraction(house.loss_wh, 1000)
            self.one("loss", Unit.KWH, wh, Written(month, "slots[].loss_wh"))
        self.worked("shared", Unit.KWH, self._over("given"))
        self.worked("of roof", Unit.KWH, self._over("roof"))

    def peak(self) -> None:
        """Lay the heaviest half hour."""
        peak = self._of.peak
        if peak is None:
            return
        slots = range(peak.begin, peak.begin + 1800, self._of.settled.given.slot_seconds)
        values = self._values(lambda bulk: bulk.import_wh, lambda at: at in slots)
        self.line(
            "peak",
            kw=Laid(Unit.KW, peak.kw, (Worked(Rounded(mean_kw(key_of("peak", "kwh")))),)),
            kwh=Laid(Unit.KWH, Fraction(peak.wh, 1000), (Metered(tuple(values)),)),
        )

    def utility(self) -> None:
        """Lay the utility's bill."""
        bill = self._of.utility
        if bill is None:
            return
        self._bands()
        energy: list[str] = []
        for at, line in enumerate(bill.lines):
            name = f"utility {at}"
            unit = Unit.KW if line.kind is LineKind.BASIC else Unit.KWH
            quantity = Laid(unit, line.quantity, self._quantity(at, line, energy))
            price = Laid(Unit.PRICE, Fraction(line.price, 100), (self._tariff(line),))
            amount = Laid(Unit.YEN, line.yen, (Worked(_amount(name, line)),))
            self.line(name, quantity=quantity, price=price, yen=amount)
            if line.kind is LineKind.ENERGY:
                energy.append(name)
        lines = total(key_of(f"utility {at}", "yen") for at in range(len(bill.lines)))
        percent = bill.tax_percent
        if bill.lines_yen == bill.total_yen:
            self.worked("utility total", Unit.WHOLE_YEN, Floor(lines))
            within = Fraction(percent, 100 + percent)
            self.worked("utility tax", Unit.WHOLE_YEN, Floor(Product((Of("utility total"),), within)))
        else:
            self.worked("utility tax", Unit.WHOLE_YEN, Floor(Product((Floor(lines),), Fraction(percent, 100))))
            self.worked("utility total", Unit.WHOLE_YEN, Sum(((1, Floor(lines)), (1, Of("utility tax")))))

    def sums(self) -> None:
        """Lay what all pay together, and that it adds up."""
        house = self._of
        self.worked("flats yen", Unit.WHOLE_YEN, total(key_of(party_line(name), "yen") for name in house.flats))
        self.worked("common yen", Unit.WHOLE_YEN, total(key_of(party_line(name), "yen") for name in house.others))
        if house.utility is None:
            return
        self.one("export yen", Unit.WHOLE_YEN, house.export_yen, Written(house.documents.month, "export_yen"))
        income = total(("flats yen", "common yen", "export yen")).terms
        self.worked("margin", Unit.WHOLE_YEN, Sum((*income, (-1, Of("utility total")))))

    def _bulk(self, name: str, of: Callable[[Use], int]) -> None:
        values = self._values(of)
        self.one(name, Unit.KWH, Fraction(sum(each.value for each in values), 1000), Metered(tuple(values)))

    def _values(self, of: Callable[[Use], int], within: Callable[[int], bool] = lambda _: True) -> list[SlotValue]:
        """Return what the bulk meter counted, slot by slot, where it is not 0."""
        return [
            SlotValue(slot.begin, of(slot.bulk), slot.bulk_records)
            for slot in self._of.settled.given.slots
            if slot.bulk is not None and of(slot.bulk) and within(slot.begin)
        ]

    def _drawn(self, names: Mapping[str, object]) -> Sum:
        """Return how what some drew, less what they gave, follows from their lines."""
        lines = [party_line(name) for name in names if name != BUILDING]
        terms = ((1, "taken"), (-1, "sent"))
        return Sum(tuple((sign, Of(key_of(line, column))) for line in lines for sign, column in terms))

    def _over(self, column: str) -> Sum:
        names = [name for name in (*self._of.flats, *self._of.others) if name != BUILDING]
        return total(key_of(party_line(name), column) for name in names)

    def _unbilled(self) -> list[SlotValue]:
        settled = self._of.settled
        names = [name for name, billing in settled.billing.items() if billing is not Billing.BILLED]
        found = []
        for slot in settled.slots if names else ():
            readings = [reading for name in names if (reading := slot.given.readings.get(name)) is not None]
            records: tuple[Reference, ...] = tuple(record for reading in readings for record in reading.records)
            if slot.unbilled_wh:
                found.append(SlotValue(slot.given.begin, slot.unbilled_wh, records))
        return found

    def _bands(self) -> None:
        """Lay what the bulk meter counted by the tariff's bands, where the bill follows from that."""
        tariff, bill = self._of.tariff, self._of.utility
        if tariff is None or bill is None or self._of.settled.given.utility_kwh:
            return
        imported = self._values(lambda bulk: bulk.import_wh)
        for band in tariff.energy:
            values = [each for each in imported if tariff.band_of(each.begin) == band.name]
            wh = sum(each.value for each in values)
            self.one(_band_line(band.name), Unit.KWH, Fraction(wh, 1000), Metered(tuple(values)))

    def _quantity(self, at: int, line: Line, energy: list[str]) -> tuple[Way, ...]:
        """Return where the quantity of a line comes from; `energy` are the lines of energy before it."""
        bill, month = self._of.utility, self._of.documents.month
        assert bill is not None, "it has this line"
        if line.kind is LineKind.BASIC:
            if self._of.tariff is not None and self._of.tariff.agreed_kw is not None:
                return (self._tariff(line),)
            if self._of.peak is not None and self._of.peak.kw == line.quantity:
                return (Worked(Of(key_of("peak", "kw"))),)
            return (Written(month, "utility.maxima_kw"),)
        if line.kind is not LineKind.ENERGY:
            return (Worked(total(key_of(name, "quantity") for name in energy)),)
        if _band_line(line.name) not in self.trail:
            return (Written(month, f"utility.lines[{at}]"),)
        whole: Expression = Rounded(Of(_band_line(line.name)))
        steps = [each for each in range(len(bill.lines)) if bill.lines[each].name == line.name]
        if at != steps[-1]:
            return (self._tariff(line), Written(month, f"utility.lines[{at}]"))
        if len(steps) == 1:
            return (Worked(whole),)
        before = tuple((-1, Of(key_of(f"utility {each}", "quantity"))) for each in steps[:-1])
        return (Worked(Sum(((1, whole), *before))),)

    def _tariff(self, line: Line) -> Written:
        """Return where a price stands; without the tariff's file, in the month."""
        place = f"{line.kind.value}[{line.name}]" if line.name else line.kind.value
        document = self._of.documents.tariff
        return (
            Written(self._of.documents.month, f"utility.lines[{place}]")
            if document is None
            else Written(document, place)
        )


def _band_line(name: str) -> str:
    return f"band {name}"


def _amount(name: str, line: Line) -> Expression:
    """Return how a line's amount follows from quantity and price: by the power factor, or floored, where it is."""
    product = Product((Of(key_of(name, "quantity")), Of(key_of(name, "price"))))
    plain = Fraction(line.quantity * line.price, 100)
    if line.yen == plain:
        return product
    if line.kind is LineKind.LEVY:
        return Floor(product)
    return Product(product.factors, line.yen / plain)

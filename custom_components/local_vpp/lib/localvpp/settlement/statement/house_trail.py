"""The way of each number of the building's statement: to the bulk meter's records, its parties' statements, documents.

What a party drew, gave and pays is told on its own statement, which leads to its records; here that is named with its
digest, so that nobody's slots stand on a sheet that others read.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from ..month import BUILDING, Billing, Finding, Reference
from ..slot import Use
from ..tariff import LineKind, Month, fiscal_year
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
from .noted import keys_of, note_line
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
    laid.notes()
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
            price = Laid(Unit.PRICE, Fraction(line.price, 100), (self._tariff(at, _price_of(line, bill.month)),))
            amount = Laid(Unit.YEN, line.yen, (Worked(_amount(name, line)), *self._factor(at, line)))
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

    def notes(self) -> None:
        """Lay the numbers of the notes: those of its parties lead to their statements."""
        of_party: dict[str, int] = {}
        for at, finding in enumerate(self._of.findings):
            own = of_party.setdefault(finding.party, 0)
            of_party[finding.party] += 1
            if not keys_of(finding, at):
                continue
            if finding.party:
                self._note_of(note_line(at), finding, own)
            else:
                self._own_note(note_line(at), finding)

    def _note_of(self, line: str, finding: Finding, own: int) -> None:
        """Lay a note that stands on a party's statement, too, as the `own`th there."""
        unit = Unit.DAYS if finding.told.key == "less than none" else Unit.SLOTS
        (place, *_) = keys_of(finding, own)
        there = Written(self._of.parties[finding.party], f"figures[{place}]")
        self.line(line, count=Laid(unit, len(finding.slots), (there,)))

    def _own_note(self, line: str, finding: Finding) -> None:
        month, values = self._of.documents.month, finding.told.values

        def kwh(value: object, *ways: Way) -> Laid:
            assert isinstance(value, int), "it is of Wh"
            return Laid(Unit.KWH, Fraction(value, 1000), ways)

        percent = Fraction(self._of.settled.given.loss_alarm_percent, 100)
        alarm = Laid(Unit.PART, percent, (Written(month, "loss_alarm_percent"),))
        match finding.told.key:
            case "no bulk":
                self.line(line, count=Laid(Unit.SLOTS, len(finding.slots), (Written(month, "slots[].bulk"),)))
            case "loss":
                lost = (Worked(Of("loss")),)
                came = Written(month, "slots[].bulk")
                self.line(line, wh=kwh(values[0], *lost), of=kwh(values[1], came), percent=alarm)
            case "loss in slots":
                lossy = Written(month, "slots[].loss_wh"), Written(month, "slots[].bulk")
                worst = f"slots[{finding.slots[0]}]"
                self.line(
                    line,
                    count=Laid(Unit.SLOTS, len(finding.slots), lossy),
                    wh=kwh(values[3], Written(month, f"{worst}.loss_wh")),
                    of=kwh(values[4], Written(month, f"{worst}.bulk"), Written(month, f"{worst}.shares")),
                    percent=alarm,
                )
            case "charged":
                charged = Laid(Unit.WHOLE_YEN, self._of.settled.given.charged_yen, (Written(month, "charged_yen"),))
                by_tariff = Laid(Unit.WHOLE_YEN, Of("utility total").worth(self.trail), (Worked(Of("utility total")),))
                self.line(line, charged=charged, by_tariff=by_tariff)

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
                return (self._tariff(at, "basic.agreed_kw"),)
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
            return (self._tariff(at, f"energy[{line.name}].steps"), Written(month, f"utility.lines[{at}]"))
        if len(steps) == 1:
            return (Worked(whole),)
        before = tuple((-1, Of(key_of(f"utility {each}", "quantity"))) for each in steps[:-1])
        return (Worked(Sum(((1, whole), *before))),)

    def _factor(self, at: int, line: Line) -> tuple[Way, ...]:
        """Return where the power factor stands, where a line's amount is by it."""
        if line.kind is not LineKind.BASIC or line.yen == Fraction(line.quantity * line.price, 100):
            return ()
        month = self._of.documents.month
        return (Written(month, "utility.power_factor"), self._tariff(at, "basic.power_factor_base"))

    def _tariff(self, at: int, place: str) -> Written:
        """Return where a line's price stands, or what else it is by; without the tariff's file, in the month."""
        document = self._of.documents.tariff
        if document is None:
            return Written(self._of.documents.month, f"utility.lines[{at}]")
        return Written(document, place)


def _band_line(name: str) -> str:
    return f"band {name}"


def _price_of(line: Line, month: Month) -> str:
    """Return where the tariff's file has the price of a line."""
    match line.kind:
        case LineKind.BASIC:
            return "basic.yen_per_kw"
        case LineKind.ENERGY:
            return f"energy[{line.name}]"
        case LineKind.FUEL:
            return f"fuel.months[{month}]"
        case LineKind.LEVY:
            return f"levy.years[{fiscal_year(month)}]"


def _amount(name: str, line: Line) -> Expression:
    """Return how a line's amount follows from quantity and price: by the power factor, or floored, where it is."""
    product = Product((Of(key_of(name, "quantity")), Of(key_of(name, "price"))))
    plain = Fraction(line.quantity * line.price, 100)
    if line.yen == plain:
        return product
    if line.kind is LineKind.LEVY:
        return Floor(product)
    return Product(product.factors, line.yen / plain)

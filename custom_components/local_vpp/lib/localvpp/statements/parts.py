"""The parts of statements that page and PDF share: names with values, and tables, in words."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from string import Formatter

from ..settlement.month import Billing, Difference, Finding, MeterPapers
from ..settlement.statement import (
    BuildingStatement,
    Invoice,
    Statement,
    Trail,
    difference_line,
    key_of,
    keys_of,
    party_line,
)
from ..settlement.tariff import LineKind
from .figures import decimal, kw, kwh, moment, month_name, percent, price, with_unit, yen
from .lines import Line, lines_of
from .shown import Cell, Facts, Table, shown
from .words import Words


def head(statement: Statement, words: Words) -> Facts:
    """Say what a statement is of."""
    return [
        (words["building"], statement.building),
        (words["month"], month_name(statement.month, words)),
        (words["party"], statement.party),
        *_meter(statement.meter, words),
    ]


def _meter(meter: MeterPapers | None, words: Words) -> Facts:
    if meter is None:
        return [(words["meter"], words["unknown"])]
    until = words["unknown"] if meter.verified_until is None else str(meter.verified_until)
    return [(words["meter"], meter.serial), (words["approval"], meter.approval), (words["verified"], until)]


def to_pay(statement: Statement, trail: Trail, words: Words) -> tuple[str, Cell]:
    """Say what is to be paid, and the amount."""
    bill = statement.bill
    if bill is None:
        return words["not_billed" if statement.billing is Billing.REFUSED else "nothing"], "—"
    amount = words["yen"].format(f"{abs(bill.yen):,}")
    return words["to_pay" if bill.yen >= 0 else "to_get"], shown(trail, "to pay", amount)


def saving(statement: Statement, trail: Trail, words: Words) -> list[Cell]:
    """Say what sharing was worth, texts and numbers in turn; of who is not billed, why not."""
    if statement.billing is Billing.REFUSED:
        return [" ".join(words.detail(each) for each in statement.findings)]
    saved = statement.saved_money
    numbers = [
        shown(trail, "saved", yen(abs(saved), 0)),
        shown(trail, "alone", yen(statement.account.alone_money, 0)),
    ]
    return filled(words["saved" if saved >= 0 else "lost"], numbers)


def filled(sentence: str, numbers: Sequence[Cell]) -> list[Cell]:
    """Return a sentence with numbers in its places, texts and numbers in turn."""
    found: list[Cell] = []
    for at, (text, place, _, _) in enumerate(Formatter().parse(sentence)):
        found.append(text)
        if place is not None:
            found.append(numbers[int(place) if place else at])
    return found


def energy(statement: Statement, trail: Trail, words: Words) -> Table:
    """Lay out the lines, with the sum."""
    header = [words["item"], *lettered(words[key] for key in ("kwh", "price", "amount"))]
    rows = [_line(line, trail, words) for line in lines_of(statement, words)]
    if statement.bill is not None:
        rows.append([words["sum"], "", "", shown(trail, "to pay", f"{statement.bill.yen:,}")])
    return header, rows


def lettered(names: Iterable[str]) -> list[str]:
    """Return the heads of columns with the letters by which their numbers are referred to."""
    return [f"{name} ({letter})" for name, letter in zip(names, "abcdefgh", strict=False)]


def _line(line: Line, trail: Trail, words: Words) -> list[Cell]:
    if line.row is None:
        return [line.name, "", "", shown(trail, line.key, yen(line.money))]
    texts = {"kwh": kwh(line.wh, words), "price": price(line.price), "yen": yen(line.money)}
    return [line.name, *(shown(trail, key_of(line.key, column), text) for column, text in texts.items())]


def figures(statement: Statement, trail: Trail, words: Words) -> Facts:
    """Say what the month was like."""
    account = statement.account
    nothing_made = statement.knows_made and not account.made_wh
    consumption = "—" if nothing_made else percent(statement.self_consumption, words)
    told: list[tuple[str, str, str]] = [
        ("taken", words["taken"], with_unit(account.import_wh, words)),
        ("sent", words["sent"], with_unit(account.export_wh, words)),
        ("made", *_known("made", account.made_known, account.made_wh, statement, words)),
        ("used", *_known("used", account.use_known, account.used_wh, statement, words)),
        ("sufficiency", words["sufficiency"], percent(statement.self_sufficiency, words)),
        ("consumption", words["consumption"], consumption),
        ("inside price", words["inside_price"], price(statement.inside_price)),
        ("grid price", words["grid_price"], price(statement.grid_price)),
        ("estimated", words["estimated"], str(len(account.estimated))),
        ("unknown", words["unknown_slots"], str(len(account.unknown))),
    ]
    traded = {"short": account.short_wh, "over": account.over_wh, "undelivered": account.undelivered_wh}
    told += [(key, words[key], with_unit(wh, words)) for key, wh in traded.items() if any(traded.values())]
    return [(name, shown(trail, key, text)) for key, name, text in told]


def _known(key: str, slots: int, wh: int, statement: Statement, words: Words) -> tuple[str, str]:
    """Say a sum over the slots in which it is known, and how many it is not known in, if there are both."""
    if not slots:
        return words[key], words["unknown"]
    unknown = statement.account.slots - slots
    return words["partly"].format(words[key], unknown) if unknown else words[key], f"{kwh(wh, words)} kWh"


def peaks(statement: Statement, trail: Trail, words: Words) -> Table:
    """Lay out the building's heaviest half hours."""
    header = [words["peak_at"], *lettered(words[key] for key in ("peak_building", "peak_own", "peak_part"))]
    rows: list[list[Cell]] = []
    for at, each in enumerate(statement.peaks):
        texts = {"building_kw": kw(each.building_wh), "own_kw": kw(each.own_wh), "part": percent(each.part, words)}
        cells = [shown(trail, key_of(f"peak {at}", column), text) for column, text in texts.items()]
        rows.append([f"{moment(each.begin):%Y-%m-%d %H:%M}", *cells])
    return header, rows


def differences(statement: Statement, trail: Trail, words: Words) -> Table:
    """Lay out the difference records of earlier months."""
    header = [words["difference_at"], words["because"], *lettered(words[key] for key in ("kwh", "amount"))]
    rows: list[list[Cell]] = []
    for at, each in statement.adjustments.items():
        texts = {"kwh": kwh(each.import_wh - each.export_wh, words), "yen": yen(each.money)}
        cells = [shown(trail, key_of(difference_line(at), column), text) for column, text in texts.items()]
        rows.append([f"{moment(each.slot):%Y-%m-%d %H:%M}", because_of(each, words), *cells])
    return header, rows


def because_of(difference: Difference, words: Words) -> str:
    """Say why a slot comes out otherwise than it was billed."""
    return words["late"].format(difference.because) if difference.because else words["other_meters"]


def invoice_facts(invoice: Invoice, statement: Statement, trail: Trail, words: Words) -> Facts:
    """Say what a qualified invoice has to."""
    name = month_name(statement.month, words)
    percent_ = invoice.tax_percent

    def yen_of(key: str, whole: int) -> Cell:
        return shown(trail, key, words["yen"].format(f"{whole:,}"))

    return [
        (words["issuer"], invoice.issuer),
        (words["registration"], invoice.registration),
        (words["recipient"], invoice.recipient),
        (words["issued"], invoice.issued.isoformat()),
        (words["period"], words["period_of"].format(invoice.begin.isoformat(), invoice.end.isoformat())),
        (words["description"], words["description_of"].format(name)),
        (words["taxable"].format(percent_), yen_of("charged", invoice.charged_yen)),
        (words["tax"].format(percent_), yen_of("tax", invoice.tax_yen)),
        (words["credited"], yen_of("credited", statement.credited_yen)),
    ]


def notes(findings: Sequence[Finding], trail: Trail, words: Words) -> list[list[Cell]]:
    """Say what somebody should look at: each a sentence, texts and numbers in turn."""
    return [_note(at, each, trail, words) for at, each in enumerate(findings)]


def _note(at: int, finding: Finding, trail: Trail, words: Words) -> list[Cell]:
    keys = keys_of(finding, at)
    if not keys:
        return [words.finding(finding)]
    numbers = [shown(trail, key, str(value)) for key, value in zip(keys, finding.told.values, strict=True)]
    whose, what = words.of_finding(finding), words.sentence(finding.told.key)
    return [f"{whose} ", *filled(what, numbers)]


# --- the building ----------------------------------------------------------------------------------------------------


def balance(house: BuildingStatement, trail: Trail, words: Words) -> Facts:
    """Say where the building's energy came from, and went."""
    values = (
        ("bulk in", "bulk_in", house.import_wh),
        ("bulk out", "bulk_out", house.export_wh),
        ("flats", "flats", house.flats_wh),
        ("common", "common", house.common_wh),
        ("unbilled", "unbilled", house.unbilled_wh),
        ("loss", "loss", house.loss_wh),
        ("shared", "shared", house.shared_wh),
        ("of roof", "of_roof", house.roof_wh),
    )
    return [(words[word], shown(trail, key, with_unit(wh, words))) for key, word, wh in values]


def utility(house: BuildingStatement, trail: Trail, words: Words) -> Table:
    """Lay out the utility's bill."""
    header = [words["item"], *lettered(words[key] for key in ("quantity", "unit_price", "amount"))]
    bill = house.utility
    if bill is None:
        return header, [[words["not_come"], "", "", ""]]
    rows: list[list[Cell]] = []
    for at, line in enumerate(bill.lines):
        name = words.utility_line(line.kind) + (f" {line.name}" if line.name else "")
        unit = "kW" if line.kind is LineKind.BASIC else "kWh"
        texts = {
            "quantity": f"{line.quantity:,} {unit}",
            "price": price(Fraction(line.price)),
            "yen": decimal(line.yen, 2),
        }
        cells = [shown(trail, key_of(f"utility {at}", column), text) for column, text in texts.items()]
        rows.append([name, *cells])
    tax = words["tax" if bill.lines_yen == bill.total_yen else "tax_on"]
    rows.append([tax.format(bill.tax_percent), "", "", shown(trail, "utility tax", f"{bill.tax_yen:,}")])
    rows.append([words["utility_total"], "", "", shown(trail, "utility total", f"{bill.total_yen:,}")])
    return header, rows


def amounts(house: BuildingStatement, trail: Trail, words: Words) -> Table:
    """Lay out what each party drew, gave and pays."""
    columns = ("taken", "sent", "given", "roof")
    header = [words["party"], *lettered(words[f"{column}_kwh"] for column in columns), f"{words['amount']} (e)"]
    flats = [_party(name, bill.yen, house, trail, words) for name, bill in house.flats.items()]
    others = [_party(name, bill.yen, house, trail, words) for name, bill in house.others.items()]
    blank: list[Cell] = [""] * len(columns)
    return header, [
        *flats,
        [words["flats_yen"], *blank, shown(trail, "flats yen", f"{house.flats_yen:,}")],
        *others,
        [words["common_yen"], *blank, shown(trail, "common yen", f"{house.common_yen:,}")],
    ]


def _party(name: str, paid: int, house: BuildingStatement, trail: Trail, words: Words) -> list[Cell]:
    account = house.settled.accounts.get(name)
    energy = ("",) * 4
    if account is not None:
        measured = (account.import_wh, account.export_wh, account.given_wh, account.roof_wh)
        energy = tuple(kwh(wh, words) for wh in measured)  # type: ignore[assignment]
    texts = dict(zip(("taken", "sent", "given", "roof", "yen"), (*energy, f"{paid:,}"), strict=True))
    line = party_line(name)
    shown_name = words.other(name) if name in house.others else name
    return [shown_name, *(shown(trail, key_of(line, column), text) for column, text in texts.items())]


def adds_up(house: BuildingStatement, trail: Trail, words: Words) -> list[Cell]:
    """Say that it adds up, texts and numbers in turn, or what is not there yet."""
    if house.utility is None or house.margin_yen is None:
        return [words["not_come"]]
    values = {
        "flats yen": house.flats_yen,
        "common yen": house.common_yen,
        "export yen": house.export_yen,
        "utility total": house.utility.total_yen,
        "margin": house.margin_yen,
    }
    return filled(words["adds_up"], [shown(trail, key, f"{value:,}") for key, value in values.items()])

"""The parts of statements that page and PDF share: names with values, and tables, in words."""

from collections.abc import Sequence
from fractions import Fraction

from ..settlement.month import Billing, Finding, MeterPapers
from ..settlement.statement import BuildingStatement, Invoice, Row, Statement
from ..settlement.tariff import LineKind
from .figures import decimal, kw, kwh, moment, month_name, percent, price, with_unit, yen
from .lines import Line, lines_of
from .words import Words

type Facts = list[tuple[str, str]]
type Table = tuple[list[str], list[list[str]]]


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


def to_pay(statement: Statement, words: Words) -> tuple[str, str]:
    """Say what is to be paid, and the amount."""
    bill = statement.bill
    if bill is None:
        return words["not_billed" if statement.billing is Billing.REFUSED else "nothing"], "—"
    return words["to_pay" if bill.yen >= 0 else "to_get"], words["yen"].format(f"{abs(bill.yen):,}")


def saving(statement: Statement, words: Words) -> str:
    """Say what sharing was worth; of who is not billed, why not."""
    if statement.billing is Billing.REFUSED:
        return " ".join(words.detail(each) for each in statement.findings)
    saved = statement.saved_money
    return words["saved" if saved >= 0 else "lost"].format(yen(abs(saved), 0), yen(statement.account.alone_money, 0))


def energy(statement: Statement, words: Words) -> Table:
    """Lay out the lines, with the sum."""
    header = [words[key] for key in ("item", "kwh", "price", "amount", "records")]
    rows = [_line(statement, line, words) for line in lines_of(statement, words)]
    if statement.bill is not None:
        rows.append([words["sum"], "", "", f"{statement.bill.yen:,}", ""])
    return header, rows


def _line(statement: Statement, line: Line, words: Words) -> list[str]:
    if line.row is None:
        return [line.name, "", "", yen(line.money), ""]
    source = _records_of(statement, line.row, words)
    return [line.name, kwh(line.wh, words), price(line.price), yen(line.money), source]


def _records_of(statement: Statement, row: Row, words: Words) -> str:
    return words["records_of"].format(len(row.slots), sum(1 for _ in statement.records_of(row)))


def figures(statement: Statement, words: Words) -> Facts:
    """Say what the month was like."""
    account = statement.account
    nothing_made = statement.knows_made and not account.made_wh
    made_from = (words["made_from"], _records_of(statement, statement.made, words))
    return [
        _known("made", account.made_known, account.made_wh, statement, words),
        *([made_from] if account.made_known else []),
        _known("used", account.use_known, account.used_wh, statement, words),
        (words["sufficiency"], percent(statement.self_sufficiency, words)),
        (words["consumption"], "—" if nothing_made else percent(statement.self_consumption, words)),
        (words["inside_price"], price(statement.inside_price)),
        (words["grid_price"], price(statement.grid_price)),
        (words["estimated"], str(len(account.estimated))),
        (words["unknown_slots"], str(len(account.unknown))),
        *_imbalance(statement, words),
    ]


def _known(key: str, slots: int, wh: int, statement: Statement, words: Words) -> tuple[str, str]:
    """Say a sum over the slots in which it is known, and how many it is not known in, if there are both."""
    if not slots:
        return words[key], words["unknown"]
    unknown = statement.account.slots - slots
    return words["partly"].format(words[key], unknown) if unknown else words[key], f"{kwh(wh, words)} kWh"


def _imbalance(statement: Statement, words: Words) -> Facts:
    account = statement.account
    values = {"short": account.short_wh, "over": account.over_wh, "undelivered": account.undelivered_wh}
    return [(words[key], with_unit(wh, words)) for key, wh in values.items() if any(values.values())]


def peaks(statement: Statement, words: Words) -> Table:
    """Lay out the building's heaviest half hours."""
    header = [words[key] for key in ("peak_at", "peak_building", "peak_own", "peak_part")]
    rows = [
        [f"{moment(each.begin):%Y-%m-%d %H:%M}", kw(each.building_wh), kw(each.own_wh), percent(each.part, words)]
        for each in statement.peaks
    ]
    return header, rows


def differences(statement: Statement, words: Words) -> Table:
    """Lay out the difference records of earlier months."""
    header = [words[key] for key in ("difference_at", "because", "kwh", "amount")]
    rows = [
        [
            f"{moment(each.slot):%Y-%m-%d %H:%M}",
            words["late"].format(each.because),
            kwh(each.import_wh - each.export_wh, words),
            yen(each.money),
        ]
        for each in statement.adjustments
    ]
    return header, rows


def invoice_facts(invoice: Invoice, statement: Statement, words: Words) -> Facts:
    """Say what a qualified invoice has to."""
    name = month_name(statement.month, words)
    percent_ = invoice.tax_percent
    return [
        (words["issuer"], invoice.issuer),
        (words["registration"], invoice.registration),
        (words["recipient"], invoice.recipient),
        (words["issued"], invoice.issued.isoformat()),
        (words["period"], words["period_of"].format(invoice.begin.isoformat(), invoice.end.isoformat())),
        (words["description"], words["description_of"].format(name)),
        (words["taxable"].format(percent_), words["yen"].format(f"{invoice.charged_yen:,}")),
        (words["tax"].format(percent_), words["yen"].format(f"{invoice.tax_yen:,}")),
        (words["credited"], words["yen"].format(f"{statement.credited_yen:,}")),
    ]


def notes(findings: Sequence[Finding], words: Words) -> list[str]:
    """Say what somebody should look at."""
    return [words.finding(each) for each in findings]


# --- the building ----------------------------------------------------------------------------------------------------


def balance(house: BuildingStatement, words: Words) -> Facts:
    """Say where the building's energy came from, and went."""
    values = (
        ("bulk_in", house.import_wh),
        ("bulk_out", house.export_wh),
        ("flats", house.flats_wh),
        ("common", house.common_wh),
        ("unbilled", house.unbilled_wh),
        ("loss", house.loss_wh),
        ("shared", house.shared_wh),
        ("of_roof", house.roof_wh),
    )
    return [(words[key], with_unit(wh, words)) for key, wh in values]


def utility(house: BuildingStatement, words: Words) -> Table:
    """Lay out the utility's bill."""
    header = [words[key] for key in ("item", "quantity", "unit_price", "amount")]
    bill = house.utility
    if bill is None:
        return header, [[words["not_come"], "", "", ""]]
    names = {LineKind.BASIC: "basic", LineKind.ENERGY: "utility_energy", LineKind.FUEL: "fuel", LineKind.LEVY: "levy"}
    rows = []
    for line in bill.lines:
        name = words[names[line.kind]] + (f" {line.name}" if line.name else "")
        unit = "kW" if line.kind is LineKind.BASIC else "kWh"
        rows.append([name, f"{line.quantity:,} {unit}", price(Fraction(line.price)), decimal(line.yen, 2)])
    tax = words["tax" if bill.lines_yen == bill.total_yen else "tax_on"]
    rows.append([tax.format(bill.tax_percent), "", "", f"{bill.tax_yen:,}"])
    rows.append([words["utility_total"], "", "", f"{bill.total_yen:,}"])
    return header, rows


def amounts(house: BuildingStatement, words: Words) -> Table:
    """Lay out who pays what."""
    header = [words["party"], words["amount"]]
    rows = [[name, f"{bill.yen:,}"] for name, bill in house.flats.items()]
    rows.append([words["flats_yen"], f"{house.flats_yen:,}"])
    rows += [[words.other(name), f"{bill.yen:,}"] for name, bill in house.others.items()]
    rows.append([words["common_yen"], f"{house.common_yen:,}"])
    return header, rows


def adds_up(house: BuildingStatement, words: Words) -> str:
    """Say that it adds up, or what is not there yet."""
    if house.utility is None or house.margin_yen is None:
        return words["not_come"]
    values: Sequence[int] = (
        house.flats_yen,
        house.common_yen,
        house.export_yen,
        house.utility.total_yen,
        house.margin_yen,
    )
    return words["adds_up"].format(*(f"{value:,}" for value in values))

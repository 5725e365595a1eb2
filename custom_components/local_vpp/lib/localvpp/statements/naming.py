"""What the numbers of a statement are called, in words."""

from collections.abc import Mapping
from typing import Final

from ..settlement.month import Finding
from ..settlement.statement import BuildingStatement, Figure, Statement
from .figures import moment
from .words import Words

_LINES: Final[Mapping[str, str]] = {
    "to pay": "sum",
    "saved": "saved_of",
    "inside price": "inside_price",
    "grid price": "grid_price",
    "unknown": "unknown_slots",
    "bulk in": "bulk_in",
    "bulk out": "bulk_out",
    "of roof": "of_roof",
    "peak": "contract_peak",
    "utility total": "utility_total",
    "flats yen": "flats_yen",
    "common yen": "common_yen",
    "export yen": "export_yen",
}
"""Lines that words have under another name."""

_COLUMNS: Final[Mapping[str, str]] = {
    "kwh": "kwh",
    "building_kw": "peak_building",
    "own_kw": "peak_own",
    "part": "peak_part",
    "building": "building_kwh",
    "own": "own_kwh",
    "taken": "taken_kwh",
    "sent": "sent_kwh",
    "given": "given_kwh",
    "roof": "roof_kwh",
    "yen": "amount",
    "price": "per_kwh",
    "quantity": "quantity",
    "kw": "kw",
    "count": "note_count",
    "wh": "kwh",
    "of": "note_of",
    "percent": "note_alarm",
    "charged": "note_charged",
    "by_tariff": "note_by_tariff",
}


def name_in(statement: Statement, figure: Figure, words: Words) -> str:
    """Return what a number of a party's statement is called."""
    kind, _, at = figure.line.partition(" ")
    bill, invoice = statement.bill, statement.invoice
    if kind == "fee" and bill is not None:
        line = bill.fees[int(at)][0]
    elif kind == "peak":
        line = f"{moment(statement.peaks[int(at)].begin):%Y-%m-%d %H:%M}"
    elif kind == "difference":
        line = f"{moment(statement.adjustments[int(at)].slot):%Y-%m-%d %H:%M}"
    elif kind == "note":
        line = _note(statement.findings[int(at)], words)
    elif kind in {"charged", "tax"} and invoice is not None:
        line = words["taxable" if kind == "charged" else "tax"].format(invoice.tax_percent)
    else:
        line = words[_LINES.get(figure.line, figure.line)]
    return _with_column(line, figure, words)


def name_in_house(house: BuildingStatement, figure: Figure, words: Words) -> str:
    """Return what a number of the building's statement is called."""
    kind, _, rest = figure.line.partition(" ")
    if kind == "party":
        line = words.other(rest)
    elif kind == "band":
        line = words["band"].format(rest)
    elif kind == "note":
        line = _note(house.findings[int(rest)], words)
    elif kind == "utility" and rest.isdigit() and house.utility is not None:
        bill_line = house.utility.lines[int(rest)]
        line = words.utility_line(bill_line.kind) + (f" {bill_line.name}" if bill_line.name else "")
    elif figure.line == "utility tax" and house.utility is not None:
        bill = house.utility
        line = words["tax" if bill.lines_yen == bill.total_yen else "tax_on"].format(bill.tax_percent)
    else:
        line = words[_LINES.get(figure.line, figure.line)]
    return _with_column(line, figure, words)


def _note(finding: Finding, words: Words) -> str:
    return words["note"].format(words.of_finding(finding).rstrip("。:"))


def _with_column(line: str, figure: Figure, words: Words) -> str:
    return f"{line}, {words[_COLUMNS[figure.column]]}" if figure.column else line

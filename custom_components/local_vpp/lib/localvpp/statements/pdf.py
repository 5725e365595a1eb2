"""A statement on sheets of A4. The statement itself rides along as a file: that is what can be checked.

Its times are of the month, so that the same statement gives the same bytes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from ..paper import Font, Language, Sheet, find_font
from ..settlement.month import Billing
from ..settlement.statement import BuildingStatement, Statement, encode_statement
from . import parts
from .figures import month_name
from .words import Words

_LINES = (70.0, 28.0, 24.0, 28.0, 30.0)
_PEAKS = (60.0, 40.0, 40.0, 40.0)
_DIFFERENCES = (40.0, 80.0, 30.0, 30.0)
_UTILITY = (80.0, 40.0, 30.0, 30.0)
_AMOUNTS = (120.0, 60.0)
_GREEN = (22, 120, 60)
_BELOW_MM = 30.0


def statement_pdf(statement: Statement, language: Language, *, software: str, font: Font | None = None) -> bytes:
    """Return a party's statement.

    Args:
        statement: what it says.
        language: of the words.
        software: that has made it.
        font: to be embedded; None takes one of the system's.

    Raises:
        PdfError: no font, or the extra `pdf` is not installed.
    """
    words = Words(language)
    title = f"{words['title']} {statement.party}"
    sheet = _sheet(statement.month.plus(1).begin(), title, words, software, font)
    sheet.title(words["title"], month_name(statement.month, words))
    sheet.facts(parts.head(statement, words))
    name, amount = parts.to_pay(statement, words)
    sheet.result(amount, [f"{name}  {parts.saving(statement, words)}"], _GREEN)
    if statement.billing is not Billing.REFUSED:
        sheet.heading(words["energy"])
        header, rows = parts.energy(statement, words)
        sheet.table(_LINES, header, rows, pages=True, numbers=(1, 2, 3))
        sheet.heading(words["figures"])
        sheet.facts(parts.figures(statement, words), label_mm=55.0)
        sheet.heading(words["peaks"])
        sheet.table(_PEAKS, *parts.peaks(statement, words), pages=True, numbers=(1, 2, 3))
    if statement.adjustments:
        _room(sheet)
        sheet.heading(words["differences"])
        sheet.table(_DIFFERENCES, *parts.differences(statement, words), pages=True, numbers=(2, 3))
    if statement.invoice is not None:
        _room(sheet)
        sheet.heading(words["invoice"])
        sheet.facts(parts.invoice_facts(statement.invoice, statement, words), columns=1, label_mm=70.0)
    if statement.findings:
        _room(sheet)
        sheet.heading(words["notes"])
        _lines(sheet, parts.notes(statement.findings, words))
    _room(sheet)
    sheet.heading(words["evidence"])
    data = encode_statement(statement)
    name = f"statement-{statement.month}-{statement.party}.json"
    indexes = [record.index for records in statement.evidence.values() for record in records]
    if indexes:
        sheet.lines([words["evidence_note"].format(len(indexes), min(indexes), max(indexes), name)])
    sheet.facts([(words["digest"], sha256(data).hexdigest())], columns=1, label_mm=40.0)
    sheet.lines([words["split_note"]], size=7)
    sheet.number_pages()
    sheet.attach(name, data)
    return sheet.finish()


def building_pdf(house: BuildingStatement, language: Language, *, software: str, font: Font | None = None) -> bytes:
    """Return the building's statement. Raises PdfError."""
    words = Words(language)
    sheet = _sheet(house.month.plus(1).begin(), words["building_title"], words, software, font)
    sheet.title(words["building_title"], month_name(house.month, words))
    sheet.facts([(words["building"], house.building)])
    sheet.lines([parts.adds_up(house, words)], size=10)
    sheet.heading(words["balance"])
    sheet.facts(parts.balance(house, words), label_mm=45.0)
    sheet.heading(words["utility"])
    sheet.table(_UTILITY, *parts.utility(house, words), pages=True, numbers=(1, 2, 3))
    _room(sheet)
    sheet.heading(words["collection"])
    sheet.table(_AMOUNTS, *parts.amounts(house, words), pages=True, numbers=(1,))
    if house.findings:
        _room(sheet)
        sheet.heading(words["notes"])
        _lines(sheet, parts.notes(house.findings, words))
    _room(sheet, 12.0)
    sheet.lines([words["split_note"]], size=7)
    sheet.number_pages()
    return sheet.finish()


def _sheet(end: int, title: str, words: Words, software: str, font: Font | None) -> Sheet:
    made = datetime.fromtimestamp(end, UTC)
    return Sheet(words.language, font or find_font(), title, made, software=software, page=words["page"])


def _lines(sheet: Sheet, texts: Sequence[str]) -> None:
    for each in texts:
        _room(sheet, 8.0)
        sheet.lines([each])


def _room(sheet: Sheet, needed_mm: float = _BELOW_MM) -> None:
    if sheet.left_mm < needed_mm:
        sheet.page()

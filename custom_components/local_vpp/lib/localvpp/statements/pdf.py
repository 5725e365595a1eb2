"""A statement on sheets of A4. The statement itself rides along as a file: that is what can be checked.

Its times are of the month, so that the same statement gives the same bytes.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from hashlib import sha256

from ..paper import JAPAN, Font, Language, Sheet, find_font
from ..settlement.month import Billing
from ..settlement.statement import (
    BuildingStatement,
    Document,
    Figure,
    Statement,
    Trail,
    encode_building,
    encode_statement,
)
from . import account as accounted, parts
from .account import AccountSheet
from .figures import month_name
from .naming import name_in, name_in_house
from .shown import Cell, Facts, Shown, Table, bracketed, documents_of, numbered, plain, value_of, way_of
from .words import Words

_LINES = (84.0, 32.0, 32.0, 32.0)
_PEAKS = (60.0, 40.0, 40.0, 40.0)
_DIFFERENCES = (40.0, 80.0, 30.0, 30.0)
_UTILITY = (80.0, 40.0, 30.0, 30.0)
_AMOUNTS = (50.0, 27.0, 25.0, 25.0, 25.0, 28.0)
_WAYS = (10.0, 60.0, 32.0, 78.0)
_BILLS = (32.0, 26.0, 26.0, 26.0, 70.0)
_MOVED = (20.0, 40.0, 20.0, 26.0, 24.0, 50.0)
_GREEN = (22, 120, 60)
_BELOW_MM = 30.0


def statement_pdf(
    statement: Statement, trail: Trail, language: Language, *, software: str, font: Font | None = None
) -> bytes:
    """Return a party's statement.

    Args:
        statement: what it says.
        trail: the ways of its numbers (`trail_of`).
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
    sheet.facts(_facts(parts.head(statement, words)))
    name, amount = parts.to_pay(statement, trail, words)
    worth = "".join(marked(each) for each in parts.saving(statement, trail, words))
    sheet.result(plain(amount), [f"{name} {mark([amount])} {worth}"], _GREEN)
    if statement.billing is not Billing.REFUSED:
        sheet.heading(words["energy"])
        _table(sheet, _LINES, parts.energy(statement, trail, words), numbers=(1, 2, 3))
        sheet.heading(words["figures"])
        sheet.facts(_facts(parts.figures(statement, trail, words)), label_mm=55.0)
        sheet.heading(words["peaks"])
        _table(sheet, _PEAKS, parts.peaks(statement, trail, words), numbers=(1, 2, 3))
    if statement.adjustments:
        _room(sheet)
        sheet.heading(words["differences"])
        _table(sheet, _DIFFERENCES, parts.differences(statement, trail, words), numbers=(2, 3))
    if statement.invoice is not None:
        _room(sheet)
        sheet.heading(words["invoice"])
        facts = parts.invoice_facts(statement.invoice, statement, trail, words)
        sheet.facts(_facts(facts), columns=1, label_mm=70.0)
    if statement.findings:
        _room(sheet)
        sheet.heading(words["notes"])
        _lines(sheet, parts.notes(statement.findings, trail, words))
    _ways(sheet, trail, lambda figure: name_in(statement, figure, words), words)
    _room(sheet)
    sheet.heading(words["evidence"])
    data = encode_statement(statement, trail)
    name = f"statement-{statement.month}-{statement.party}.json"
    indexes = [record.index for records in statement.evidence.values() for record in records]
    if indexes:
        sheet.lines([words["evidence_note"].format(len(indexes), min(indexes), max(indexes), name)])
    sheet.facts([(words["digest"], sha256(data).hexdigest())], columns=1, label_mm=40.0)
    sheet.lines([words["split_note"]], size=7)
    sheet.number_pages()
    sheet.attach(name, data)
    return sheet.finish()


def building_pdf(
    house: BuildingStatement, trail: Trail, language: Language, *, software: str, font: Font | None = None
) -> bytes:
    """Return the building's statement; `trail` is its own (`house_trail`). Raises PdfError."""
    words = Words(language)
    sheet = _sheet(house.month.plus(1).begin(), words["building_title"], words, software, font)
    sheet.title(words["building_title"], month_name(house.month, words))
    sheet.facts([(words["building"], house.building)])
    sheet.lines(["".join(marked(each) for each in parts.adds_up(house, trail, words))], size=10)
    sheet.heading(words["balance"])
    sheet.facts(_facts(parts.balance(house, trail, words)), label_mm=45.0)
    sheet.heading(words["utility"])
    _table(sheet, _UTILITY, parts.utility(house, trail, words), numbers=(1, 2, 3))
    _room(sheet)
    sheet.heading(words["collection"])
    _table(sheet, _AMOUNTS, parts.amounts(house, trail, words), numbers=(1, 2, 3, 4, 5))
    if house.findings:
        _room(sheet)
        sheet.heading(words["notes"])
        _lines(sheet, parts.notes(house.findings, trail, words))
    _ways(sheet, trail, lambda figure: name_in_house(house, figure, words), words)
    _room(sheet)
    data = encode_building(house, trail)
    sheet.facts([(words["digest"], sha256(data).hexdigest())], columns=1, label_mm=40.0)
    sheet.lines([words["split_note"]], size=7)
    sheet.number_pages()
    sheet.attach(f"building-{house.month}.json", data)
    return sheet.finish()


def account_pdf(sheet: AccountSheet, language: Language, *, software: str, font: Font | None = None) -> bytes:
    """Return a flat's account; its time is the begin of the day on which it is made out. Raises PdfError."""
    words, account = Words(language), sheet.account
    begin = int(datetime.combine(sheet.issued, time(), JAPAN).timestamp())
    paper = _sheet(begin, f"{words['account']} {account.flat}", words, software, font)
    paper.title(words["account"], sheet.issued.isoformat())
    paper.facts(_facts(accounted.facts(accounted.head(sheet, words))), label_mm=35.0)
    name, amount = accounted.result(account, words)
    paper.result(amount, [name], _GREEN)
    paper.facts(_facts(accounted.facts(accounted.sums(account, words))), label_mm=50.0)
    paper.heading(words["bills"])
    header, rows = accounted.table(accounted.bills(account, words))
    paper.table(_BILLS, header, _plain(rows), pages=True, numbers=(1, 2, 3), folds=(4,))
    taken = accounted.void(sheet, words)
    for key, lines in (("moved", accounted.moved(sheet, words)), ("void", taken)):
        header, rows = accounted.table(lines)
        if rows:
            _room(paper)
            paper.heading(words[key])
            paper.table(_MOVED, header, _plain(rows), pages=True, numbers=(3,), folds=(1, 4, 5))
    paper.lines([words["account_note"]], size=7)
    paper.number_pages()
    return paper.finish()


def _plain(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[plain(each) for each in row] for row in rows]


def _facts(facts: Facts) -> list[tuple[str, str]]:
    return [(name, f"{plain(value)} {mark([value])}".rstrip()) for name, value in facts]


def _table(sheet: Sheet, widths: Sequence[float], table: Table, *, numbers: Sequence[int]) -> None:
    header, rows = table
    told = [[f"{mark(row)} {plain(row[0])}".lstrip(), *(plain(each) for each in row[1:])] for row in rows]
    sheet.table(widths, header, told, pages=True, numbers=numbers)


def _ways(sheet: Sheet, trail: Trail, name: Callable[[Figure], str], words: Words) -> None:
    """Say where each number comes from, and the digests of the documents that some do."""
    if not trail:
        return

    def told(figure: Figure) -> str:
        def slots(count: int, records: int) -> str:
            return words["slots_of"].format(count, records, words["slots_attached"].format(figure.number))

        def place(document: Document, at: str) -> str:
            return f"{document.name}: {at}"

        ways = (way_of(way, trail, words, slots=slots, name=bracketed, place=place) for way in figure.ways)
        return "; ".join(ways)

    _room(sheet)
    sheet.heading(words["ways"])
    sheet.lines([words["ways_note"]])
    header = [words[key] for key in ("number", "item", "value", "records")]
    rows = [[figure.ref, name(figure), value_of(figure, words), told(figure)] for figure in trail.values()]
    sheet.table(_WAYS, header, rows, pages=True, numbers=(2,), folds=(1, 3))
    _room(sheet)
    sheet.heading(words["documents"])
    digests = [(each.name, f"SHA-256 {each.sha256}") for each in documents_of(trail)]
    sheet.facts(digests, columns=1, label_mm=40.0)


def mark(row: Sequence[Cell]) -> str:
    """Write by which number a line is referred to; empty for one without numbers."""
    number = numbered(row)
    return f"[{number}]" if number else ""


def marked(cell: Cell) -> str:
    """Write a piece of a sentence, a number with what it is referred to by."""
    return f"{plain(cell)} {mark([cell])}" if isinstance(cell, Shown) else plain(cell)


def _sheet(end: int, title: str, words: Words, software: str, font: Font | None) -> Sheet:
    made = datetime.fromtimestamp(end, UTC)
    return Sheet(words.language, font or find_font(), title, made, software=software, page=words["page"])


def _lines(sheet: Sheet, notes: Sequence[Sequence[Cell]]) -> None:
    for each in notes:
        _room(sheet, 8.0)
        sheet.lines([f"{''.join(plain(piece) for piece in each)} {mark(each)}".rstrip()])


def _room(sheet: Sheet, needed_mm: float = _BELOW_MM) -> None:
    if sheet.left_mm < needed_mm:
        sheet.page()

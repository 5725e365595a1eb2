"""A statement as CSV: its numbers, exactly, with where each comes from; apart from them the slots and records.

UTF-8 with a byte order mark, since spreadsheets take it for something else without. A text that a spreadsheet would
compute begins with an apostrophe.
"""

from collections.abc import Callable, Iterable, Sequence
import csv
from functools import partial
from io import StringIO
import re
from typing import Final

from ..paper import Language
from ..payments import FlatAccount
from ..settlement.statement import (
    SCALE,
    BuildingStatement,
    Document,
    Figure,
    Statement,
    Trail,
    Unit,
    Way,
)
from ..settlement.tariff import Month
from . import account as accounted
from .account import AccountSheet
from .figures import decimal, moment
from .naming import name_in, name_in_house
from .shown import amount, bracketed, sections, slots_of, way_of
from .words import Words

type Name = Callable[[Figure, Words], str]

_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")
_DIGITS: Final = 6
"""Of what has no exact decimals: a price that is a quotient, a part."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def statement_csv(statement: Statement, trail: Trail, language: Language) -> bytes:
    """Return the numbers of a party's statement; `trail` is its own (`trail_of`)."""
    words = Words(language)
    head = [(words["party"], statement.party)]
    return _numbers(statement.building, statement.month, head, trail, partial(name_in, statement), words)


def building_csv(house: BuildingStatement, trail: Trail, language: Language) -> bytes:
    """Return the numbers of the building's statement; `trail` is its own (`house_trail`)."""
    return _numbers(house.building, house.month, [], trail, partial(name_in_house, house), Words(language))


def records_csv(statement: Statement, trail: Trail, language: Language) -> bytes:
    """Return what each number of a party's statement comes from, slot by slot."""
    return _slots(trail, partial(name_in, statement), Words(language))


def building_records_csv(house: BuildingStatement, trail: Trail, language: Language) -> bytes:
    """Return what each number of the building's statement comes from, slot by slot."""
    return _slots(trail, partial(name_in_house, house), Words(language))


def account_csv(sheet: AccountSheet, language: Language) -> bytes:
    """Return a flat's account: its sums, its bills, and what was paid, each with where it stands."""
    words, account = Words(language), sheet.account
    rows: list[Sequence[object]] = [*accounted.head(sheet, words)]
    tables = [("bills", accounted.bills(account, words)), ("moved", accounted.moved(sheet, words))]
    taken = accounted.void(sheet, words)
    if taken[1]:
        tables.append(("void", taken))
    for key, (header, lines) in tables:
        rows += [[], [words[key]], header, *lines]
    return written([*rows, [], *accounted.sums(account, words)])


def accounts_csv(accounts: Sequence[FlatAccount], language: Language) -> bytes:
    """Return all accounts of a building on one list, for its manager; the last line is their sum."""
    header, lines = accounted.overview(accounts, Words(language))
    return written([header, *lines])


def _numbers(
    building: str, month: Month, head: Sequence[Sequence[object]], trail: Trail, name: Name, words: Words
) -> bytes:
    """Write a row for each number: by what it is referred to, what it is, exactly, and where it comes from."""
    rows: list[Sequence[object]] = [
        [words["building"], building],
        [words["month"], str(month)],
        *head,
        [],
        [words[key] for key in ("number", "item", "value", "unit", "records")],
    ]
    for figure in trail.values():
        told = "; ".join(_told(way, figure, trail, words) for way in figure.ways)
        rows.append([figure.ref, name(figure, words), exact(figure), words[f"unit {figure.unit.value}"], told])
    return written(rows)


def _told(way: Way, figure: Figure, trail: Trail, words: Words) -> str:
    """Write a way: of a document with its digest, for nothing else on this sheet has it."""

    def slots(count: int, records: int) -> str:
        return words["slots_of"].format(count, records, words["slots_sheet"].format(figure.number))

    # A text that begins with "=" is a formula to a spreadsheet.
    return way_of(way, trail, words, slots=slots, name=bracketed, place=place_in).removeprefix("= ")


def place_in(document: Document, *places: str) -> str:
    """Write where in a document something stands, with its digest."""
    return f"{document.name}: {', '.join(places)} (SHA-256 {document.sha256})"


def _slots(trail: Trail, name: Name, words: Words) -> bytes:
    """Write a row for each slot of each line: what it adds to the line's numbers, and its records in the log."""
    head = [words[key] for key in ("number", "item", "slot", "kwh", "amount", "index_hash")]
    rows: list[Sequence[object]] = [head]
    for number, figures in sections(trail).items():
        units = [figure.unit for figure in figures]
        names = ", ".join(name(figure, words) for figure in figures)
        for begin, (texts, records) in slots_of(figures).items():
            values = {unit: text for unit, text in zip(units, texts, strict=True) if text}
            told = " ".join(f"{record.index}:{record.hash.hex()}" for record in records)
            rows.append([number, names, iso(begin), values.get(Unit.KWH, ""), values.get(Unit.YEN, ""), told])
    return written(rows)


def iso(begin: int) -> str:
    """Write a slot's begin by Japan's clock."""
    return f"{moment(begin):%Y-%m-%dT%H:%M:%S%:z}"


def exact(figure: Figure) -> str:
    """Write a number without its unit: exactly, but for prices and parts, which are rounded; empty: unknown."""
    value = figure.value
    if value is None:
        return ""
    scale = SCALE.get(figure.unit, 1)
    if (value * scale).denominator == 1 and scale > 1:
        return amount(figure.unit, int(value * scale))
    if value.denominator == 1:
        return str(value.numerator)
    return decimal(value, _DIGITS).replace(",", "")


def exact_yen(money: int) -> str:
    """Write 10⁻⁵ yen as a decimal number without any rounding."""
    sign, whole = "-" if money < 0 else "", abs(money)
    return f"{sign}{whole // 100_000}.{whole % 100_000:05}"


def written(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows; numbers as they are, texts so that nothing is computed from them."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(each) for each in row])
    return ("\ufeff" + text.getvalue()).encode()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_COMPUTED) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value

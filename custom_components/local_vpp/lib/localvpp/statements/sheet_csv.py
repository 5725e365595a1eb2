"""A statement as CSV: its lines with exact amounts, and apart from them the records behind each slot.

UTF-8 with a byte order mark, since spreadsheets take it for something else without. A text that a spreadsheet would
compute begins with an apostrophe.
"""

from collections.abc import Iterable, Sequence
import csv
from io import StringIO
import re
from typing import Final

from ..paper import Language
from ..settlement.statement import Statement
from .figures import moment
from .lines import lines_of
from .words import Words

_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def statement_csv(statement: Statement, language: Language) -> bytes:
    """Return the lines: item, Wh, 10⁻⁵ yen exactly as yen with five decimals, number of slots and records."""
    words = Words(language)
    rows: list[Sequence[object]] = [
        [words["building"], statement.building],
        [words["month"], str(statement.month)],
        [words["party"], statement.party],
        [],
        [words["item"], "Wh", words["amount"], words["slot_count"], words["record_count"]],
    ]
    for line in lines_of(statement, words):
        slots = [] if line.row is None else line.row.slots
        records = 0 if line.row is None else sum(1 for _ in statement.records_of(line.row))
        counted = ["" if line.wh is None else line.wh, exact_yen(line.money)]
        rows.append([line.name, *counted, *([len(slots), records] if line.row else ["", ""])])
    if statement.rows:
        made = statement.made
        records = sum(1 for _ in statement.records_of(made))
        rows.append([words["made"], "" if made.wh is None else made.wh, "", len(made.slots), records])
    if statement.bill is not None:
        rows.append([words["sum"], "", f"{statement.bill.yen}", "", ""])
    return written(rows)


def records_csv(statement: Statement, language: Language) -> bytes:
    """Return what each slot comes from: its begin, the lines that it counts in, log index and hash of each record."""
    words = Words(language)
    counts_in: dict[int, list[str]] = {}
    for row in (*statement.rows, statement.made):
        for slot in row.slots:
            counts_in.setdefault(slot, []).append(words[row.kind])
    rows: list[Sequence[object]] = [[words["slot"], words["rows"], words["index"], words["hash"]]]
    for slot, records in sorted(statement.evidence.items()):
        for record in records:
            told = f"{moment(slot):%Y-%m-%dT%H:%M:%S%:z}"
            rows.append([told, " / ".join(counts_in.get(slot, ())), record.index, record.hash.hex()])
    return written(rows)


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

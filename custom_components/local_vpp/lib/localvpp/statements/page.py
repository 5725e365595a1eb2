"""A statement as one page of HTML, complete in itself: for the screen, for a telephone, and for paper.

It fetches nothing from anywhere. Each line of energy leads to the slots and records that it comes from, further down.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from ..paper import Language
from ..settlement.month import Billing, Reference
from ..settlement.statement import BuildingStatement, RowKind, Statement
from . import parts
from .figures import moment, month_name
from .words import Words

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 15px/1.6 system-ui, "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", sans-serif; color: #1d2523;
  margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; border-bottom: 1px solid #dfe2de; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
dt { color: #5a6662; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid #dfe2de;
  font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
thead th { background: #f0f2f4; font-weight: 600; }
tbody th { font-weight: 400; }
tbody tr.sum :is(th, td) { font-weight: 700; border-top: 2px solid #1d2523; }
.pay { border: 2px solid #1f6f5c; border-radius: 8px; padding: .6rem 1rem; margin: 1rem 0; }
.pay strong { font-size: 1.9rem; }
.note { color: #5a6662; font-size: .85rem; }
.scroll { overflow-x: auto; }
.records { max-height: 18rem; overflow: auto; }
h3 { font-size: .9rem; margin: 1rem 0 .2rem; } section:target h3 { background: #e6f2ee; }
code { font-size: .75rem; }
@media print { @page { size: A4; margin: 15mm; } body { max-width: none; padding: 0; font-size: 10pt; }
  .records { max-height: none; overflow: visible; } .records, code { font-size: 6pt; line-height: 1.2; }
  .records :is(th, td) { padding: 0 .5rem; border: 0; }
  h2, h3 { break-after: avoid; } tr { break-inside: avoid; } a { color: inherit; } }
"""


def statement_page(statement: Statement, language: Language) -> str:
    """Return a party's statement."""
    words = Words(language)
    name, amount = parts.to_pay(statement, words)
    body = [
        f"<h1>{escape(words['title'])}</h1>",
        f'<p class="note">{escape(words["split_note"])}</p>',
        _facts(parts.head(statement, words)),
        f'<p class="pay">{escape(name)}<br><strong>{escape(amount)}</strong><br>'
        f"{escape(parts.saving(statement, words))}</p>",
    ]
    if statement.billing is not Billing.REFUSED:
        body += [
            _heading(words["energy"]),
            _energy(statement, words),
            _heading(words["figures"]),
            _figures(statement, words),
            _leading("peaks", words),
            _table(*parts.peaks(statement, words)),
        ]
    if statement.adjustments:
        body += [_leading("differences", words), _table(*parts.differences(statement, words))]
    if statement.invoice is not None:
        body += [_heading(words["invoice"]), _facts(parts.invoice_facts(statement.invoice, statement, words))]
    if statement.findings:
        body += [_heading(words["notes"]), *_notes(parts.notes(statement.findings, words))]
    body += [_heading(words["evidence"]), *_evidence(statement, words)]
    return _page(f"{words['title']} {statement.party} {month_name(statement.month, words)}", language, body)


def building_page(house: BuildingStatement, language: Language) -> str:
    """Return the building's statement."""
    words = Words(language)
    body = [
        f"<h1>{escape(words['building_title'])}</h1>",
        f'<p class="note">{escape(words["split_note"])}</p>',
        _facts([(words["building"], house.building), (words["month"], month_name(house.month, words))]),
        f'<p class="pay">{escape(parts.adds_up(house, words))}</p>',
        _heading(words["balance"]),
        _facts(parts.balance(house, words)),
        _heading(words["utility"]),
        _table(*parts.utility(house, words)),
        _heading(words["collection"]),
        _table(*parts.amounts(house, words)),
    ]
    if house.findings:
        body += [_heading(words["notes"]), *_notes(parts.notes(house.findings, words))]
    return _page(f"{words['building_title']} {month_name(house.month, words)}", language, body)


def _page(title: str, language: Language, body: Iterable[str]) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _leading(key: str, words: Words) -> str:
    """Write a heading that leads to the records behind its table."""
    return f'<h2><a href="#{key}">{escape(words[key])}</a></h2>'


def _notes(notes: Iterable[str]) -> list[str]:
    return [f"<p>{escape(each)}</p>" for each in notes]


def _facts(facts: parts.Facts) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts) + "</dl>"


def _figures(statement: Statement, words: Words) -> str:
    """Write the figures, of which what own PV made leads to its records."""
    (name, value), *others = parts.figures(statement, words)
    made = f'<dt>{escape(name)}</dt><dd><a href="#{_anchor(RowKind.MADE)}">{escape(value)}</a></dd>'
    return _facts(others).replace("<dl>", f"<dl>{made}", 1)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return _rows(header, [[escape(cell) for cell in row] for row in rows])


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]], *, summed: bool = False) -> str:
    lines = []
    for at, (name, *cells) in enumerate(rows):
        marked = ' class="sum"' if summed and at == len(rows) - 1 else ""
        told = "".join(f"<td>{cell}</td>" for cell in cells)
        lines.append(f'<tr{marked}><th scope="row">{name}</th>{told}</tr>')
    return f'<div class="scroll">{_whole(header, lines)}</div>'


def _whole(header: Sequence[str], lines: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _energy(statement: Statement, words: Words) -> str:
    header, rows = parts.energy(statement, words)
    shown = [[escape(cell) for cell in row] for row in rows]
    for row, each in zip(shown, statement.rows, strict=False):
        row[-1] = f'<a href="#{_anchor(each.kind)}">{row[-1]}</a>'
    return _rows(header, shown, summed=statement.bill is not None)


def _evidence(statement: Statement, words: Words) -> Iterable[str]:
    """Yield what each figure comes from: its slots, and of each the records by log index and hash."""
    for row in (*statement.rows, statement.made):
        yield _records(
            _anchor(row.kind), words[row.kind], ((at, statement.evidence.get(at, ())) for at in row.slots), words
        )
    if statement.peaks:
        yield _records("peaks", words["peaks"], ((each.begin, each.records) for each in statement.peaks), words)
    if statement.adjustments:
        told = ((each.slot, (*each.before, *each.records)) for each in statement.adjustments)
        yield _records("differences", words["differences"], told, words)


def _records(anchor: str, name: str, told: Iterable[tuple[int, Iterable[Reference]]], words: Words) -> str:
    """Write records in a box on the screen, whole on paper: a link to what is folded away shows nothing."""
    lines = []
    for slot, records in told:
        written = " ".join(f"<code>{record.index} {record.hash.hex()}</code>" for record in records)
        at = f'<th scope="row">{moment(slot):%m-%d %H:%M}</th>'
        lines.append(f"<tr>{at}<td>{written or escape(words['none'])}</td></tr>")
    title = f"{escape(name)} ({len(lines)})"
    header = [words["slot"], f"{words['index']} / {words['hash']}"]
    box = f'<div class="records" tabindex="0" role="region" aria-label="{title}">{_whole(header, lines)}</div>'
    return f'<section id="{anchor}"><h3>{title}</h3>{box if lines else ""}</section>'


def _anchor(kind: RowKind) -> str:
    return kind.replace(" ", "-")

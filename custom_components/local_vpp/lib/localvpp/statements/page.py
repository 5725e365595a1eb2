"""A statement as one page of HTML, complete in itself: for the screen, for a telephone, and for paper.

It fetches nothing from anywhere. Each number leads to where it comes from, further down: see `page_ways`.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from ..paper import Language
from ..payments import FlatAccount
from ..settlement.month import Billing
from ..settlement.statement import BuildingStatement, Statement, Trail
from . import account as accounted, parts
from .account import AccountSheet
from .figures import month_name
from .naming import name_in, name_in_house
from .page_ways import cell, evidence, mark, ways, whole
from .shown import Cell, Facts
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
h3 { font-size: .9rem; margin: 1rem 0 .2rem; } section:target h3, tr:target { background: #e6f2ee; }
code { font-size: .75rem; overflow-wrap: anywhere; }
.at { color: #5a6662; font-size: .75rem; font-weight: 400; display: inline-block; min-width: 1.6rem; }
a.n { color: inherit; text-decoration-color: #9bb5ac; text-underline-offset: .2em; }
.ways :is(th, td) { text-align: left; } .ways td:nth-child(3) { text-align: right; }
.coded :is(th, td):not(:last-child) { white-space: nowrap; } .coded :is(th, td):last-child { text-align: left; }
.coded code { display: inline-block; min-width: 17rem; }
@media print { @page { size: A4; margin: 15mm; } body { max-width: none; padding: 0; font-size: 10pt; }
  .records { max-height: none; overflow: visible; } .records, code { font-size: 6pt; line-height: 1.2; }
  .records :is(th, td) { padding: 0 .5rem; border: 0; }
  h2, h3 { break-after: avoid; } tr { break-inside: avoid; } a { color: inherit; } }
"""


def statement_page(statement: Statement, trail: Trail, language: Language) -> str:
    """Return a party's statement; `trail` is its own (`trail_of`)."""
    words = Words(language)
    name, amount = parts.to_pay(statement, trail, words)
    body = [
        f"<h1>{escape(words['title'])}</h1>",
        f'<p class="note">{escape(words["split_note"])}</p>',
        _facts(parts.head(statement, words)),
        f'<p class="pay">{escape(name)}<br><strong>{cell(amount)}</strong><br>'
        f"{''.join(cell(each) for each in parts.saving(statement, trail, words))}</p>",
    ]
    if statement.billing is not Billing.REFUSED:
        body += [
            _heading(words["energy"]),
            _table(*parts.energy(statement, trail, words), summed=statement.bill is not None),
            _heading(words["figures"]),
            _facts(parts.figures(statement, trail, words)),
            _heading(words["peaks"]),
            _table(*parts.peaks(statement, trail, words)),
        ]
    if statement.adjustments:
        body += [_heading(words["differences"]), _table(*parts.differences(statement, trail, words))]
    if statement.invoice is not None:
        body += [_heading(words["invoice"]), _facts(parts.invoice_facts(statement.invoice, statement, trail, words))]
    if statement.findings:
        body += [_heading(words["notes"]), *_notes(parts.notes(statement.findings, trail, words))]
    body += ways(trail, lambda figure: name_in(statement, figure, words), words)
    body += evidence(trail, statement.evidence, lambda figure: name_in(statement, figure, words), words)
    return _page(f"{words['title']} {statement.party} {month_name(statement.month, words)}", language, body)


def building_page(house: BuildingStatement, trail: Trail, language: Language) -> str:
    """Return the building's statement; `trail` is its own (`house_trail`)."""
    words = Words(language)
    body = [
        f"<h1>{escape(words['building_title'])}</h1>",
        f'<p class="note">{escape(words["split_note"])}</p>',
        _facts([(words["building"], house.building), (words["month"], month_name(house.month, words))]),
        f'<p class="pay">{"".join(cell(each) for each in parts.adds_up(house, trail, words))}</p>',
        _heading(words["balance"]),
        _facts(parts.balance(house, trail, words)),
        _heading(words["utility"]),
        _table(*parts.utility(house, trail, words)),
        _heading(words["collection"]),
        _table(*parts.amounts(house, trail, words)),
    ]
    if house.findings:
        body += [_heading(words["notes"]), *_notes(parts.notes(house.findings, trail, words))]
    bulk = {slot.begin: slot.bulk_records for slot in house.settled.given.slots}
    body += ways(trail, lambda figure: name_in_house(house, figure, words), words)
    body += evidence(trail, bulk, lambda figure: name_in_house(house, figure, words), words)
    return _page(f"{words['building_title']} {month_name(house.month, words)}", language, body)


def account_page(sheet: AccountSheet, language: Language) -> str:
    """Return a flat's account."""
    words, account = Words(language), sheet.account
    name, amount = accounted.result(account, words)
    header, taken = accounted.table(accounted.void(sheet, words))
    body = [
        f"<h1>{escape(words['account'])}</h1>",
        f'<p class="note">{escape(words["account_note"])}</p>',
        _facts(accounted.facts(accounted.head(sheet, words))),
        f'<p class="pay">{escape(name)}<br><strong>{escape(amount)}</strong></p>',
        _facts(accounted.facts(accounted.sums(account, words))),
        _heading(words["bills"]),
        _table(*accounted.table(accounted.bills(account, words)), summed=True, coded=True),
        _heading(words["moved"]),
        _table(*accounted.table(accounted.moved(sheet, words)), summed=True, coded=True),
    ]
    if taken:
        body += [_heading(words["void"]), _table(header, taken, coded=True)]
    return _page(f"{words['account']} {account.flat}", language, body)


def accounts_page(building: str, accounts: Sequence[FlatAccount], language: Language) -> str:
    """Return all accounts of a building on one list, for its manager."""
    words = Words(language)
    body = [
        f"<h1>{escape(words['accounts'])}</h1>",
        _facts([(words["building"], building)]),
        _table(*accounted.table(accounted.overview(accounts, words)), summed=True),
    ]
    return _page(f"{words['accounts']} {building}", language, body)


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


def _notes(notes: Iterable[Sequence[Cell]]) -> list[str]:
    return [f"<p>{mark(each)}{''.join(cell(piece) for piece in each)}</p>" for each in notes]


def _facts(facts: Facts) -> str:
    rows = (f"<dt>{mark([value])}{escape(name)}</dt><dd>{cell(value)}</dd>" for name, value in facts)
    return f"<dl>{''.join(rows)}</dl>"


def _table(header: Sequence[str], rows: Sequence[Sequence[Cell]], *, summed: bool = False, coded: bool = False) -> str:
    """Write a table; the last line is a sum if `summed`, the last column of digests if `coded`."""
    lines = []
    for at, row in enumerate(rows):
        marked = ' class="sum"' if summed and at == len(rows) - 1 else ""
        name, *cells = row
        texts = [cell(each) for each in cells]
        if coded:
            texts[-1] = f"<code>{texts[-1]}</code>"
        told = "".join(f"<td>{each}</td>" for each in texts)
        lines.append(f'<tr{marked}><th scope="row">{mark(row)}{cell(name)}</th>{told}</tr>')
    return f'<div class="scroll{" coded" if coded else ""}">{whole(header, lines)}</div>'

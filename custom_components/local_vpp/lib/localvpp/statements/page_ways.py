"""The way from each number, on a page: a link to how it comes about, from there to its slots, and to their records.

Number → line of "where each number comes from" → numbers that it is made of, the document that it stands in, or its
slots → the records of each slot, by their place in the log and their hash.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from ..settlement.month import Reference
from ..settlement.statement import Figure, Trail
from .figures import moment
from .shown import Cell, Evidence, documents_of, numbered, plain, sections, slots_of, value_of, way_of
from .words import Words


def cell(of: Cell) -> str:
    """Write a cell; a number of the trail leads to where it comes from."""
    text = escape(plain(of))
    return text if isinstance(of, str) else f'<a class="n" href="#f{of.figure.ref}">{text}</a>'


def mark(row: Sequence[Cell]) -> str:
    """Write the number of a line before its name; nothing for one without numbers."""
    number = numbered(row)
    return f'<span class="at">{number} </span>' if number else ""


def whole(header: Sequence[str], lines: Iterable[str]) -> str:
    """Write a table."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in header)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def ways(trail: Trail, name: Callable[[Figure], str], words: Words) -> list[str]:
    """Write where each number comes from."""
    if not trail:
        return []
    lines = []
    for figure in trail.values():
        told = "<br>".join(_way(each, figure, trail, words) for each in range(len(figure.ways)))
        lines.append(
            f'<tr id="f{figure.ref}"><th scope="row">{figure.ref}</th><td>{escape(name(figure))}</td>'
            f"<td>{escape(value_of(figure, words))}</td><td>{told}</td></tr>"
        )
    header = [words[key] for key in ("number", "item", "value", "records")]
    documents = [
        f'<tr id="d-{escape(each.name)}"><th scope="row">{escape(each.name)}</th>'
        f"<td><code>{each.sha256}</code></td></tr>"
        for each in documents_of(trail)
    ]
    return [
        f"<h2>{escape(words['ways'])}</h2>",
        f'<div class="scroll ways"><p class="note">{escape(words["ways_note"])}</p>{whole(header, lines)}</div>',
        f"<h3>{escape(words['documents'])}</h3>",
        f'<div class="scroll ways">{whole([words["document"], "SHA-256"], documents)}</div>',
    ]


def evidence(trail: Trail, records: Evidence, name: Callable[[Figure], str], words: Words) -> list[str]:
    """Write the slots of each number, and then the records of each slot, once."""
    body = [f"<h2>{escape(words['evidence'])}</h2>"]
    needed: set[int] = set()
    for number, figures in sections(trail).items():
        lines = []
        for begin, (texts, own) in slots_of(figures).items():
            at = f"{moment(begin):%m-%d %H:%M}"
            told = "".join(f"<td>{each}</td>" for each in texts)
            if own == records.get(begin, ()):
                needed.add(begin)
                lines.append(f'<tr><th scope="row"><a href="#t{begin}">{at}</a></th>{told}</tr>')
            else:
                lines.append(f'<tr><th scope="row">{at}</th>{told}<td>{_records(own, words)}</td></tr>')
        title = f"[{number}] {', '.join(name(each) for each in figures)} ({len(lines)})"
        header = [words["slot"], *(f"{each.unit.value} [{each.ref}]" for each in figures)]
        body.append(_section(f"r{number}", title, header, lines))
    lines = [
        f'<tr id="t{begin}"><th scope="row">{moment(begin):%m-%d %H:%M}</th>'
        f"<td>{_records(records.get(begin, ()), words)}</td></tr>"
        for begin in sorted(needed)
    ]
    header = [words["slot"], f"{words['index']} / {words['hash']}"]
    return [*body, _section("records", f"{words['records_by_slot']} ({len(lines)})", header, lines)]


def _way(at: int, figure: Figure, trail: Trail, words: Words) -> str:
    def slots(count: int, records: int) -> str:
        told = words["slots_of"].format(count, records, words["slots_here"].format(figure.number))
        return f'<a href="#r{figure.number}">{escape(told)}</a>'

    return way_of(
        figure.ways[at],
        trail,
        words,
        slots=slots,
        name=lambda each: f'<a href="#f{each.ref}">[{each.ref}]</a>',
        place=lambda document, place: f'<a href="#d-{escape(document.name)}">{escape(f"{document.name}: {place}")}</a>',
    )


def _records(records: Iterable[Reference], words: Words) -> str:
    return " ".join(f"<code>{each.index} {each.hash.hex()}</code>" for each in records) or escape(words["none"])


def _section(anchor: str, title: str, header: Sequence[str], lines: Sequence[str]) -> str:
    """Write records in a box on the screen, whole on paper: a link to what is folded away shows nothing."""
    box = (
        f'<div class="records" tabindex="0" role="region" aria-label="{escape(title)}">{whole(header, lines)}</div>'
        if lines
        else ""
    )
    return f'<section id="{anchor}"><h3>{escape(title)}</h3>{box}</section>'

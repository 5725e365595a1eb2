"""A number as a statement shows it, with what it is referred to by; and how its way is written."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..settlement.month import Reference
from ..settlement.statement import Document, Figure, Metered, Trail, Unit, Way, Worked, Written
from ..settlement.tariff import half_up
from .figures import decimal, percent
from .words import Words

type Cell = str | Shown
type Facts = list[tuple[str, Cell]]
type Table = tuple[list[str], list[list[Cell]]]
type Evidence = Mapping[int, tuple[Reference, ...]]
"""The records of each slot."""


class Shown(NamedTuple):
    """A number of the trail."""

    text: str
    figure: Figure


def shown(trail: Trail, key: str, text: str) -> Cell:
    """Return a text as the number that it is; as no number, where the statement has none."""
    figure = trail.get(key)
    return text if figure is None or figure.value is None else Shown(text, figure)


def plain(cell: Cell) -> str:
    """Return what a cell says."""
    return cell if isinstance(cell, str) else cell.text


def numbered(row: Sequence[Cell]) -> str:
    """Return the number of a row's line; empty for one without numbers."""
    return next((cell.figure.number for cell in row if isinstance(cell, Shown)), "")


def value_of(figure: Figure, words: Words) -> str:
    """Write a number with its unit: kWh and yen exactly."""
    value = figure.value
    if value is None:
        return words["unknown"]
    match figure.unit:
        case Unit.KWH:
            return f"{decimal(value, 3)} kWh"
        case Unit.YEN:
            return words["yen"].format(decimal(value, 5 if (value * 100).denominator != 1 else 2))
        case Unit.WHOLE_YEN:
            return words["yen"].format(f"{half_up(value):,}")
        case Unit.PRICE:
            return f"{decimal(value, 2)} {words['per_kwh']}"
        case Unit.PART:
            return percent(value, words)
        case Unit.KW:
            return f"{decimal(value, 1)} kW"
        case Unit.SLOTS:
            return words["slots_counted"].format(half_up(value))
        case Unit.DAYS:
            return words["days_counted"].format(half_up(value))


def way_of(
    way: Way,
    trail: Trail,
    words: Words,
    *,
    slots: Callable[[int, int], str],
    name: Callable[[Figure], str],
    place: Callable[[Document, str], str],
) -> str:
    """Write a way.

    Args:
        way: the way.
        trail: that it is of.
        words: of the language.
        slots: writes where so many slots, with so many records, are found.
        name: writes the reference of a number.
        place: writes a place in a document.
    """
    match way:
        case Metered(each):
            return slots(len(each), sum(len(slot.records) for slot in each))
        case Worked(by):
            return f"= {by.told(lambda key: name(trail[key]), words.__getitem__)}"
        case Written(document, at):
            return place(document, at)


def bracketed(figure: Figure) -> str:
    """Write the reference of a number."""
    return f"[{figure.ref}]"


def documents_of(trail: Trail) -> list[Document]:
    """Return the documents that numbers lead to, each once."""
    found = {way.document: None for each in trail.values() for way in each.ways if isinstance(way, Written)}
    return list(found)


def sections(trail: Trail) -> dict[str, list[Figure]]:
    """Return the numbers that come from slots, by the number of their line."""
    found: dict[str, list[Figure]] = {}
    for each in trail.values():
        if any(isinstance(way, Metered) for way in each.ways):
            found.setdefault(each.number, []).append(each)
    return found


def slots_of(figures: list[Figure]) -> dict[int, tuple[list[str], tuple[Reference, ...]]]:
    """Return what each slot adds to the numbers of one line, as text, with its records."""
    found: dict[int, tuple[list[str], tuple[Reference, ...]]] = {}
    for at, figure in enumerate(figures):
        for way in figure.ways:
            for slot in way.slots if isinstance(way, Metered) else ():
                texts, _ = found.setdefault(slot.begin, ([""] * len(figures), slot.records))
                texts[at] = amount(figure.unit, slot.value)
    return dict(sorted(found.items()))


def amount(unit: Unit, value: int) -> str:
    """Write what a slot adds, exactly: Wh as kWh, 10⁻⁵ yen as yen."""
    sign, size = "-" if value < 0 else "", abs(value)
    match unit:
        case Unit.KWH:
            return f"{sign}{size // 1_000}.{size % 1_000:03}"
        case Unit.YEN:
            return f"{sign}{size // 100_000}.{size % 100_000:05}"
        case _:
            return f"{value}"

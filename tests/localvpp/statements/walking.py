"""Walks a statement from each number down: none without a way, no way that ends before records or documents."""

import ast
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from html.parser import HTMLParser
from itertools import accumulate
from math import floor
import operator
import re
from typing import Any, Final

from localvpp.settlement.month import Reference
from localvpp.settlement.statement import SCALE, Documents, Metered, Trail, Worked, Written

_NUMBER = re.compile(r"\d")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?")
_NAMED_BY = ("name", "begin", "band")


class Page(HTMLParser):
    """What a page says, and where each piece of it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []
        """Texts of cells with what they link to, or nothing, before any list of ways."""
        self.leads: dict[str, list[str]] = {}
        """By id: the links in what has it."""
        self.codes: dict[str, list[str]] = {}
        """By id: the records and digests in what has it."""
        self._open: list[tuple[str, str | None]] = []
        self._link = ""
        self._lists = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "div" and "ways" in (values.get("class") or ""):
            self._lists = True
        if tag not in {"meta", "br"}:
            self._open.append((tag, values.get("id")))
        for name in filter(None, (values.get("id"),)):
            self.leads[name], self.codes[name] = [], []
        if tag == "a":
            self._link = values.get("href") or ""
            for name in self._ids():
                self.leads[name].append(self._link.removeprefix("#"))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, _ = self._open.pop()
            if opened == "a":
                self._link = ""
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        if "code" in tags:
            for name in self._ids():
                self.codes[name].append(data)
        # What stands in a span is the number of a line, by which its numbers are referred to.
        if not self._lists and tags & {"td", "dd", "strong", "p"} and "span" not in tags and data.strip():
            self.told.append((data, self._link))

    def _ids(self) -> Iterable[str]:
        return [name for _, name in self._open if name]


def astray(page: Page, names: Iterable[str]) -> list[str]:
    """The numbers of a page that lead nowhere; `names` are no numbers: of meters, people, days, notes."""
    known = set(names)
    found = []
    for whole, link in page.told:
        # A note begins with whose it is.
        text = next((whole.removeprefix(f"{name} ") for name in known if whole.startswith(f"{name} ")), whole)
        if not _NUMBER.search(text) or whole in known or _DATE.fullmatch(text):
            continue
        if not link or link.removeprefix("#") not in page.leads:
            found.append(text)
    return found


def down(page: Page, start: str, seen: set[str] | None = None) -> set[str]:
    """The records and digests at the end of the ways from one place of a page."""
    seen = set() if seen is None else seen
    if start in seen:
        return set()
    seen.add(start)
    found = set(page.codes[start])
    for target in page.leads[start]:
        found |= down(page, target, seen)
    return found


def at_place(document: Any, place: str) -> list[Any]:
    """What stands at a place of a document: `bills[].yen` are several, `slots[1759244400].prices[1]` is one.

    In brackets stands a key, the name of one of several, the begin of a slot, or a place in a row; nothing: all.
    """
    found, rest = [document], place
    while rest:
        if rest.startswith("["):
            depths = accumulate((sign == "[") - (sign == "]") for sign in rest)
            end = next(at for at, depth in enumerate(depths) if not depth)
            key, rest = rest[1:end], rest[end + 1 :].removeprefix(".")
            found = [each for one in found for each in _chosen(one, key)]
        else:
            key = re.split(r"[.\[]", rest, maxsplit=1)[0]
            rest = rest.removeprefix(key).removeprefix(".")
            found = [one[key] for one in found]
    assert found, f"nothing stands at {place}"
    return found


def _chosen(of: Any, key: str) -> list[Any]:
    if not key:
        return list(of.values()) if isinstance(of, dict) else list(of)
    if isinstance(of, dict):
        return [of[key] if key in of else of[int(key)]]
    names = [each for each in of if isinstance(each, dict) and key in {str(each.get(by)) for by in _NAMED_BY}]
    return names or [of[int(key)]]


def worked(by: str, values: Mapping[str, Fraction | None]) -> Fraction | None:
    """What a written rule comes to, `max(0, [17] - [4a]) ÷ [17]` say; None where a number in it is unknown, or 0 below.

    Nothing is used of what has written it: it is read as it stands, by whoever has the paper.
    """
    read = re.sub(r"\[(\w+)\]", r"of_\1", by).replace("×", "*").replace("÷", "/").replace(";", ",")
    return _worked(ast.parse(read, mode="eval").body, values)


def _worked(node: ast.expr, values: Mapping[str, Fraction | None]) -> Fraction | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(repr(number))
        case ast.Name(id=name):
            return values[name.removeprefix("of_")]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _worked(operand, values)
            return None if value is None else -value
        case ast.BinOp(left=left, op=sign, right=right):
            one, other = _worked(left, values), _worked(right, values)
            if one is None or other is None or (isinstance(sign, ast.Div) and not other):
                return None
            return _SIGNS[type(sign)](one, other)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            told = [_worked(each, values) for each in arguments]
            known = [each for each in told if each is not None]
            return _RULES[name](*known) if len(known) == len(told) else None
    raise AssertionError(f"{ast.dump(node)} is no part of a rule")


_SIGNS: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_RULES: Final[Mapping[str, Callable[..., Fraction]]] = {
    "floor": lambda value, step=Fraction(1): floor(value / step) * step,
    "rounded": lambda value: Fraction(floor(value + Fraction(1, 2))),
    "max": max,
}


def check_trail(trail: Trail, documents: Documents, others: Iterable[str] = ()) -> None:
    """Each number is what its ways come to; each document is one that is handed out."""
    known = {documents.month.sha256, *others} | ({documents.tariff.sha256} if documents.tariff else set())
    for key, figure in trail.items():
        for way in figure.ways:
            match way:
                case Metered(slots):
                    if figure.value is not None:
                        assert Fraction(sum(slot.value for slot in slots), SCALE.get(figure.unit, 1)) == figure.value, (
                            key
                        )
                case Worked(by):
                    assert by.worth(trail) == figure.value, key
                case Written(document, _):
                    assert document.sha256 in known, key


def check_records(trail: Trail, log: Mapping[int, bytes], *, none: Iterable[str] = ()) -> int:
    """Each slot of each number has records, and the log has these; returns how many were followed."""
    followed = 0
    for key, figure in trail.items():
        for way in figure.ways:
            for slot in way.slots if isinstance(way, Metered) else ():
                assert slot.records or key in none, f"slot {slot.begin} of {key} has no record"
                for record in slot.records:
                    assert record == Reference(record.index, log[record.index]), f"{key}: {record.index}"
                    followed += 1
    return followed

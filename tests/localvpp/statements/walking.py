"""Walks a statement from each number down: none without a way, no way that ends before records or documents."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from html.parser import HTMLParser
import re

from localvpp.settlement.month import Reference
from localvpp.settlement.statement import SCALE, Documents, Metered, Trail, Worked, Written

_NUMBER = re.compile(r"\d")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?")
_HEAD = {"dl", "h1"}


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
        if not self._lists and tags & {"td", "dd", "strong", "p"} and data.strip():
            self.told.append((data, self._link))

    def _ids(self) -> Iterable[str]:
        return [name for _, name in self._open if name]


def astray(page: Page, names: Iterable[str]) -> list[str]:
    """The numbers of a page that lead nowhere; `names` are no numbers: of meters, people, days, notes."""
    known = set(names)
    found = []
    for text, link in page.told:
        if not _NUMBER.search(text) or text in known or _DATE.fullmatch(text):
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

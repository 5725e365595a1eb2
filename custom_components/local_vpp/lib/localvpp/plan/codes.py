"""Which codes a plan carries, and how its XML is built: a table, read as data.

The table that ships is NOT verified against the schema of OCCTO (電力広域的運営推進機関). Its element codes are those
that programs read which others have published; form and repetition follow them, and nobody has sent such a file. A
retailer who has the standard corrects the table, not the program (`read_table`, docs/plans.md).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
import json
import re
from typing import Any, Final

from .errors import wrong
from .sheet import ENERGY, Field

_CODE: Final = re.compile(r"[0-9A-Z]+")
_ELEMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Code:
    """An element of the head with a code in it: X(length), as the standard writes it."""

    name: str
    """How a plan names it."""
    element: str
    title: str
    length: int

    def fits(self, value: str) -> bool:
        """Whether a value has the form of such a code."""
        return len(value) == self.length and _CODE.fullmatch(value) is not None

    @property
    def remedy(self) -> str:
        """What to do about one that does not."""
        return f"give the {self.title}, {self.length} capital letters or digits"


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of plan within the file: a list of slots with a value each."""

    title: str
    path: tuple[str, ...]
    """The elements around all slots."""
    slot: str
    """The element of one slot."""
    number: str
    value: str
    fields: tuple[Field, ...]
    """What is summed."""


@dataclass(frozen=True, slots=True)
class CodeTable:
    """How the file of a plan is built."""

    status: str
    root: tuple[str, ...]
    date: str
    codes: tuple[Code, ...]
    sections: tuple[Section, ...]
    """Demand and sales first, procurement last: the sum of all others."""
    unit_wh: int
    """What values are counted in."""


@lru_cache(maxsize=1)
def default_table() -> CodeTable:
    """Return the table that ships."""
    return read_table(json.loads(files(__package__).joinpath("codes_unverified.json").read_text(encoding="utf-8")))


def read_table(plain: Any) -> CodeTable:
    """Read a table out of JSON.

    Raises PlanError, naming the field, value and remedy.
    """
    told = _object(plain, "table", {"status", "root", "date", "codes", "sections", "unit_wh"})
    codes = []
    for each in _list(told["codes"], "codes"):
        code = _object(each, "code", {"name", "element", "title", "length"})
        length = _number(code["length"], "length", 100)
        codes.append(
            Code(_text(code["name"], "name"), _element(code["element"]), _text(code["title"], "title"), length)
        )
    if len({code.name for code in codes}) < len(codes):
        raise wrong("codes", [code.name for code in codes], "name each code once")
    sections = [_section(each) for each in _list(told["sections"], "sections")]
    if sorted(field for section in sections for field in section.fields) != sorted(ENERGY):
        raise wrong("sections", [section.title for section in sections], f"name each once of {', '.join(ENERGY)}")
    status = _text(told["status"], "status")
    if "--" in status:
        raise wrong("status", status, "leave out '--': it stands in a comment of XML")
    table = CodeTable(
        status=status,
        root=_path(told["root"], "root"),
        date=_element(told["date"]),
        codes=tuple(codes),
        sections=tuple(sections),
        unit_wh=_number(told["unit_wh"], "unit_wh", 10**6),
    )
    if len(sections) < 2 or set(sections[-1].fields) != set(ENERGY[4:]):
        raise wrong("sections", [one.title for one in sections], f"the last, and it alone, has {', '.join(ENERGY[4:])}")
    return table


def _section(plain: Any) -> Section:
    told = _object(plain, "section", {"title", "path", "slot", "number", "value", "fields"})
    fields = []
    for name in _list(told["fields"], "fields"):
        if name not in ENERGY:
            raise wrong("fields", name, f"name some of {', '.join(ENERGY)}")
        fields.append(Field(name))
    return Section(
        title=_text(told["title"], "title"),
        path=_path(told["path"], "path"),
        slot=_element(told["slot"]),
        number=_element(told["number"]),
        value=_element(told["value"]),
        fields=tuple(fields),
    )


def _object(plain: Any, what: str, fields: set[str]) -> dict[str, Any]:
    if not isinstance(plain, dict) or set(plain) != fields:
        raise wrong(what, plain, f"give an object with {', '.join(sorted(fields))}, and nothing else")
    return plain


def _list(plain: Any, what: str) -> list[Any]:
    if not isinstance(plain, list):
        raise wrong(what, plain, "give a list")
    return plain


def _text(plain: Any, what: str) -> str:
    if not isinstance(plain, str) or not plain or not plain.isprintable():
        raise wrong(what, plain, "give a text")
    return plain


def _number(plain: Any, what: str, most: int) -> int:
    if type(plain) is not int or not 1 <= plain <= most:
        raise wrong(what, plain, f"give a whole number from 1 to {most}")
    return plain


def _element(plain: Any) -> str:
    if not isinstance(plain, str) or not _ELEMENT.fullmatch(plain):
        raise wrong("element", plain, "give the name of an XML element")
    return plain


def _path(plain: Any, what: str) -> tuple[str, ...]:
    path = tuple(_element(each) for each in _list(plain, what))
    if not path:
        raise wrong(what, plain, "name one element at least")
    return path

"""Plans as CSV, for spreadsheets, and its strict inverse.

First a line for each of the plan's own fields, then an empty one, then a table with one line for each slot: those of
the plan itself, whose `part` is empty, and those of each flat. Times are ISO 8601 with their offset. Lines end as
RFC 4180 has them (October 2005); a mark of the byte order and other ends of lines, as of spreadsheets, are read.
"""

from collections.abc import Iterator, Sequence
import csv
from datetime import datetime
import io
from itertools import groupby
import re
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from .day import clock, zone_named
from .errors import wrong
from .plain import FORMAT, read_date, read_kind
from .plan import Part, Plan
from .sheet import ENERGY, LARGEST_WH, MOST_SLOTS, Field, Sheet

_HEAD: Final = ("format", "kind", "name", "number", "made_at", "date", "zone", "slot_seconds", "begin", "end")
_CODE: Final = "code of "
_PLACE: Final = ("part", "slot", "begin", "end")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")


def to_csv(plan: Plan) -> bytes:
    """Write a plan as a table, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    head = {
        "format": FORMAT,
        "kind": plan.kind.value,
        "name": plan.name,
        "number": plan.number,
        "made_at": clock(plan.made_at, plan.zone),
        "date": plan.date.isoformat(),
        "zone": plan.zone.key,
        "slot_seconds": plan.slot_seconds,
        "begin": clock(plan.begin, plan.zone),
        "end": clock(plan.end, plan.zone),
    }
    writer.writerows(head.items())
    writer.writerows((_CODE + name, code) for name, code in sorted(plan.codes.items()))
    responds = plan.sheet.responds or any(part.sheet.responds for part in plan.parts)
    fields = tuple(Field) if responds else ENERGY
    writer.writerows(((), (*_PLACE, *fields)))
    for name, sheet in (("", plan.sheet), *((part.name, part.sheet) for part in plan.parts)):
        blank = [""] * (len(fields) - len(sheet.fields))
        for number, values in enumerate(sheet.wh.T.tolist(), 1):
            begin = plan.begin_of(number)
            place = (name, number, clock(begin, plan.zone), clock(begin + plan.slot_seconds, plan.zone))
            writer.writerow((*place, *values, *blank))
    return text.getvalue().encode()


def from_csv(data: bytes) -> Plan:
    """Read a plan out of what `to_csv` wrote.

    Raises PlanError for anything else: a line, a column or a field that is missing, doubled or unknown, a number
    that is not whole, a time that is not the slot's.
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise wrong("file", data[:20], f"is no CSV in UTF-8 ({error}): give what an export wrote") from error
    if [] not in rows:
        raise wrong("file", f"{len(rows)} lines", "an empty line parts the plan's fields from the table of its slots")
    parted = rows.index([])
    head, codes = _head(rows[:parted])
    zone = zone_named(head["zone"])
    begin, length = _time("begin", head["begin"], zone), _number("slot_seconds", head["slot_seconds"])
    sheets = dict(_sheets(rows[parted + 1 :], begin, length, zone))
    if "" not in sheets:
        raise wrong("part", None, "the lines of the plan itself, whose part is empty, come first")
    own = sheets.pop("")
    return Plan(
        kind=read_kind(head["kind"]),
        name=head["name"],
        number=_number("number", head["number"]),
        made_at=_time("made_at", head["made_at"], zone),
        date=read_date(head["date"]),
        zone=zone,
        slot_seconds=length,
        begin=begin,
        end=_time("end", head["end"], zone),
        sheet=own,
        parts=tuple(Part(name, sheet) for name, sheet in sheets.items()),
        codes=MappingProxyType(codes),
    )


def _head(rows: Sequence[Sequence[str]]) -> tuple[dict[str, str], dict[str, str]]:
    for row in rows:
        if len(row) != 2:
            raise wrong("line", row, "a field of the plan has a name and a value")
    names = [name for name, _ in rows]
    if tuple(names[: len(_HEAD)]) != _HEAD:
        raise wrong("fields", names[: len(_HEAD)], f"give {', '.join(_HEAD)}, in this order")
    values = [value for _, value in rows]
    head, codes = (
        dict(zip(names[cut], values[cut], strict=True)) for cut in (slice(len(_HEAD)), slice(len(_HEAD), None))
    )
    if head["format"] != FORMAT:
        raise wrong("format", head["format"], f"give {FORMAT!r}")
    for name in names[len(_HEAD) :]:
        if not name.startswith(_CODE) or names.count(name) > 1:
            raise wrong(name, codes[name], f"leave it out: what follows are codes, each once, as {_CODE}sender")
    return head, {name.removeprefix(_CODE): code for name, code in codes.items()}


def _sheets(rows: Sequence[Sequence[str]], begin: int, length: int, zone: ZoneInfo) -> Iterator[tuple[str, Sheet]]:
    header = tuple(rows[0]) if rows else ()
    fields = header[len(_PLACE) :]
    if header[: len(_PLACE)] != _PLACE or fields not in {tuple(Field), ENERGY}:
        raise wrong("columns", list(header), f"give {', '.join((*_PLACE, *Field))}; the last two both or none")
    for row in rows[1:]:
        if len(row) != len(header):
            raise wrong("line", row, f"the header names {len(header)} columns: give each line as many")
    clocks: dict[int, str] = {}
    seen: set[str] = set()
    for name, group in groupby(rows[1:], lambda row: row[0]):
        lines = list(group)
        if name in seen or (not seen and name):
            raise wrong("part", name, "give the lines of the plan itself first, then each flat's, all together")
        seen.add(name)
        if len(lines) > MOST_SLOTS:
            raise wrong("slots", len(lines), f"a day has {MOST_SLOTS} at most", part=name)
        for number, line in enumerate(lines, 1):
            for at in (begin + (number - 1) * length, begin + number * length):
                clocks.setdefault(at, clock(at, zone))
            wanted = [str(number), *(clocks[begin + step * length] for step in (number - 1, number))]
            for field, value, right in zip(_PLACE[1:], line[1:], wanted, strict=False):
                if value != right:
                    raise wrong(field, value, f"give {right}: slots follow one another", part=name, slot=number)
        yield name, _sheet(name, lines, fields)


def _sheet(name: str, lines: Sequence[Sequence[str]], fields: Sequence[str]) -> Sheet:
    # A flat without demand response within a plan that has it leaves those columns empty.
    silent = len(fields) > len(ENERGY) and all(not any(line[-2:]) for line in lines)
    width = len(ENERGY) if silent else len(fields)
    values = [line[len(_PLACE) : len(_PLACE) + width] for line in lines]
    for number, row in enumerate(values, 1):
        for field, text in zip(fields, row, strict=False):
            if not _WHOLE.fullmatch(text) or abs(int(text)) > LARGEST_WH:
                raise wrong(field, text, f"give whole Wh up to {LARGEST_WH}", part=name, slot=number)
    return Sheet(np.ascontiguousarray(np.array(values, np.int64).reshape(len(lines), width).T))


def _number(field: str, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise wrong(field, text, "give a whole number")
    return int(text)


def _time(field: str, text: str, zone: ZoneInfo) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.microsecond or clock(int(found.timestamp()), zone) != text:
        raise wrong(field, text, f"write a time of {zone.key} with its offset, as 2026-11-27T00:00:00+09:00")
    return int(found.timestamp())

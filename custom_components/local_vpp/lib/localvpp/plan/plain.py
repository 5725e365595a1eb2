"""Plans as JSON, canonical, and its strict inverse: what is read is what was written, to the byte.

Times are seconds of Unix time, energy is whole Wh, columns are lists with a number for each slot.
"""

from collections.abc import Mapping
from datetime import date
import json
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ..export.plain import Plain, canonical_json
from .day import zone_named
from .errors import PlanError, wrong
from .plan import Kind, Part, Plan
from .sheet import ENERGY, MOST_SLOTS, RESPONSE, Field, Sheet, whole

FORMAT: Final = "local-vpp plan 1"
_NEEDED: Final = (
    "format",
    "kind",
    "name",
    "number",
    "made_at",
    "date",
    "zone",
    "slot_seconds",
    "begin",
    "end",
    "columns",
)
_OPTIONAL: Final = ("codes", "parts")


def to_json(plan: Plan) -> bytes:
    """Write a plan: the one JSON text that it has."""
    return canonical_json(plain_plan(plan))


def from_json(text: bytes) -> Plan:
    """Read a plan, whatever the order of its fields and the blanks between them.

    Raises PlanError for what is no JSON, and for a field that is missing, unknown, doubled, or not what it should be.
    """
    try:
        plain = json.loads(text, object_pairs_hook=_once)
    except PlanError:
        raise
    except (ValueError, RecursionError) as error:
        raise wrong("file", text[:20], f"is no JSON ({error}): give what an export wrote") from error
    return read_plan(plain)


def plain_plan(plan: Plan) -> dict[str, Plain]:
    """Return what JSON is written of; what says nothing is left out."""
    told: dict[str, Plain] = {
        "format": FORMAT,
        "kind": plan.kind.value,
        "name": plan.name,
        "number": plan.number,
        "made_at": plan.made_at,
        "date": plan.date.isoformat(),
        "zone": plan.zone.key,
        "slot_seconds": plan.slot_seconds,
        "begin": plan.begin,
        "end": plan.end,
        "columns": _plain_sheet(plan.sheet),
    }
    if plan.codes:
        told["codes"] = dict(plan.codes)
    if plan.parts:
        told["parts"] = [{"name": part.name, "columns": _plain_sheet(part.sheet)} for part in plan.parts]
    return told


def read_plan(plain: Any) -> Plan:
    """Return the plan that JSON holds. Raises PlanError."""
    told = _object(plain, "plan", _NEEDED, _OPTIONAL)
    if told["format"] != FORMAT:
        raise wrong("format", told["format"], f"give {FORMAT!r}")
    codes = told.get("codes", {})
    if not isinstance(codes, dict) or ("codes" in told and not codes):
        raise wrong("codes", codes, "give an object of codes, or leave it out")
    parts = told.get("parts", [])
    if not isinstance(parts, list) or ("parts" in told and not parts):
        raise wrong("parts", parts, "give a list of the flats' plans, or leave it out")
    return Plan(
        kind=read_kind(told["kind"]),
        name=told["name"],
        number=told["number"],
        made_at=told["made_at"],
        date=read_date(told["date"]),
        zone=zone_named(told["zone"]) if isinstance(told["zone"], str) else _no_name("zone", told["zone"]),
        slot_seconds=told["slot_seconds"],
        begin=told["begin"],
        end=told["end"],
        sheet=_read_sheet(told["columns"], ""),
        parts=tuple(_read_part(part) for part in parts),
        codes=MappingProxyType(codes),
    )


def read_kind(text: object) -> Kind:
    """Return a kind of plan. Raises PlanError."""
    if text not in list(Kind):
        raise wrong("kind", text, "give flat or building")
    return Kind(str(text))


def read_date(text: object) -> date:
    """Return a date. Raises PlanError."""
    try:
        found = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise wrong("date", text, "write it as 2026-11-27")
    return found


def _plain_sheet(sheet: Sheet) -> dict[str, Plain]:
    return {field.value: sheet.column(field).tolist() for field in sheet.fields}


def _read_sheet(plain: Any, part: str) -> Sheet:
    columns = _object(plain, "columns", ENERGY, RESPONSE, part)
    if len(set(RESPONSE) & set(columns)) == 1:
        raise wrong("columns", sorted(columns), f"give both of {', '.join(RESPONSE)}, or none", part=part)
    for name, values in columns.items():
        if not isinstance(values, list) or len(values) > MOST_SLOTS:
            raise wrong(name, values, f"give a list of whole Wh, {MOST_SLOTS} at most", part=part)
    slots = len(columns[Field.DEMAND])
    return Sheet(np.stack([whole(columns[name], slots, name, part) for name in Field if name in columns]))


def _read_part(plain: Any) -> Part:
    told = _object(plain, "part", ("name", "columns"))
    if not isinstance(told["name"], str):
        _no_name("name", told["name"])
    return Part(told["name"], _read_sheet(told["columns"], told["name"]))


def _object(
    plain: Any, what: str, needed: tuple[str, ...], optional: tuple[str, ...] = (), part: str = ""
) -> Mapping[str, Any]:
    if not isinstance(plain, dict):
        raise wrong(what, plain, f"give an object with {', '.join(needed)}", part=part)
    for name in plain:
        if name not in needed and name not in optional:
            raise wrong(name, plain[name], f"leave it out: a {what} has {', '.join((*needed, *optional))}", part=part)
    for name in needed:
        if name not in plain:
            raise wrong(name, None, f"a {what} needs it", part=part)
    return plain


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise wrong(next(name for name in names if names.count(name) > 1), "twice", "name each field once")
    return found


def _no_name(field: str, value: object) -> Any:
    raise wrong(field, value, "give a name")

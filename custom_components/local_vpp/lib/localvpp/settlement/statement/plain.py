"""A statement as plain values and as bytes, as it rides along in its PDF: JSON, integers, fractions as "a/b"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
import json
from typing import Any, Final

from ..month import Reference, Role, plain_difference
from .building import BuildingStatement
from .figure import Metered, Trail, Way, Worked, Written
from .party import Statement

FORMAT: Final = "local-vpp/statement/2"
BUILDING_FORMAT: Final = "local-vpp/building-statement/1"


def encode_statement(statement: Statement, trail: Trail) -> bytes:
    """Return a statement as bytes, the same for the same statement; `trail` is its own (`trail_of`)."""
    return json.dumps(
        plain_statement(statement, trail), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


@dataclass(frozen=True, slots=True)
class BilledFlat:
    """What a flat's statement bills it for."""

    building: str
    flat: str
    month: str
    yen: int


def read_billed_flat(data: bytes) -> BilledFlat | None:
    """Read of a statement's bytes what a flat is billed; None where they are none, or of who is billed nothing.

    Raises ValueError for a statement of another version, or one that is broken.
    """
    try:
        plain = json.loads(data)
        told = plain["format"]
    except ValueError, KeyError, TypeError:
        return None  # Another document: a month, or whatever lies beside statements.
    if not isinstance(told, str) or not told.startswith(FORMAT.rpartition("/")[0] + "/"):
        return None
    if told != FORMAT:
        raise ValueError(f"its format is {told!r}, expected {FORMAT!r}: read it with another version")
    match plain:
        case {"role": Role.FLAT.value, "bill": {"yen": int(yen)}, "party": str(flat), "month": str(month)} if (
            type(yen) is int
        ):
            return BilledFlat(str(plain.get("building")), flat, month, yen)
        case {"role": str(), "bill": None} | {"role": Role.COMMON.value | Role.ROOF.value}:
            return None
    raise ValueError("is a statement that does not say whose it is, of which month, and over how many yen")


def plain_statement(statement: Statement, trail: Trail) -> dict[str, Any]:
    """Return a statement as what JSON holds; records are [index, hash] by slot."""
    bill, invoice, meter = statement.bill, statement.invoice, statement.meter
    return {
        "format": FORMAT,
        "building": statement.building,
        "month": str(statement.month),
        "party": statement.party,
        "role": statement.role,
        "billing": statement.billing.value,
        "meter": None
        if meter is None
        else {
            "serial": meter.serial,
            "approval": meter.approval,
            "verified_until": None if meter.verified_until is None else str(meter.verified_until),
        },
        "rows": [{"kind": row.kind, "wh": row.wh, "money": row.money} for row in statement.rows],
        "figures": plain_trail(trail, statement.evidence),
        "used_wh": statement.used_wh,
        "alone_money": statement.account.alone_money,
        "saved_money": statement.saved_money,
        "inside_price": _fraction(statement.inside_price),
        "grid_price": _fraction(statement.grid_price),
        "self_sufficiency": _fraction(statement.self_sufficiency),
        "self_consumption": _fraction(statement.self_consumption),
        "estimated": statement.account.estimated,
        "unknown": statement.account.unknown,
        "bill": None
        if bill is None
        else {
            "yen": bill.yen,
            "exact_money": bill.exact_money,
            "fees": [[name, money] for name, money in bill.fees],
            "adjustment_money": bill.adjustment_money,
            "levelling_money": bill.levelling_money,
        },
        "charged_yen": statement.charged_yen,
        "credited_yen": statement.credited_yen,
        "adjustments": [plain_difference(each) for each in statement.adjustments.values()],
        "peaks": [[each.begin, each.building_wh, each.own_wh] for each in statement.peaks],
        "findings": [[each.kind, each.detail] for each in statement.findings],
        "invoice": None
        if invoice is None
        else {
            "issuer": invoice.issuer,
            "registration": invoice.registration,
            "recipient": invoice.recipient,
            "issued": invoice.issued.isoformat(),
            "begin": invoice.begin.isoformat(),
            "end": invoice.end.isoformat(),
            "charged_yen": invoice.charged_yen,
            "tax_percent": invoice.tax_percent,
            "tax_yen": invoice.tax_yen,
        },
        "records": _by_slot(statement.evidence),
    }


def encode_building(house: BuildingStatement, trail: Trail) -> bytes:
    """Return the building's statement as bytes, the same for the same one; `trail` is its own (`house_trail`)."""
    bulk = {slot.begin: slot.bulk_records for slot in house.settled.given.slots}
    plain = {
        "format": BUILDING_FORMAT,
        "building": house.building,
        "month": str(house.month),
        "figures": plain_trail(trail, bulk),
        "records": _by_slot(bulk),
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain_trail(trail: Trail, evidence: Mapping[int, tuple[Reference, ...]]) -> dict[str, Any]:
    """Return numbers with their ways: of slots what each adds, and its records where they are not those of its slot."""
    return {
        key: {
            "ref": each.ref,
            "value": _fraction(each.value),
            "unit": each.unit.value,
            "from": [_way(way, trail, evidence) for way in each.ways],
        }
        for key, each in trail.items()
    }


def _way(way: Way, trail: Trail, evidence: Mapping[int, tuple[Reference, ...]]) -> dict[str, Any]:
    match way:
        case Metered(slots):
            return {
                "slots": {
                    str(each.begin): each.value
                    if each.records == evidence.get(each.begin, ())
                    else [each.value, _references(each.records)]
                    for each in slots
                }
            }
        case Worked(by):
            return {"by": by.told(lambda key: f"[{trail[key].ref}]", lambda word: word)}
        case Written(document, place):
            return {"document": document.name, "sha256": document.sha256, "place": place}


def _by_slot(evidence: Mapping[int, tuple[Reference, ...]]) -> dict[str, Any]:
    return {str(slot): _references(records) for slot, records in evidence.items() if records}


def _references(records: Iterable[Reference]) -> list[list[Any]]:
    return [[record.index, record.hash.hex()] for record in records]


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else str(value)

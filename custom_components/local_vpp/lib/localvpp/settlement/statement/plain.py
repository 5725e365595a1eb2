"""A statement as plain values and as bytes, as it rides along in its PDF: JSON, integers, fractions as "a/b"."""

from fractions import Fraction
import json
from typing import Any, Final

from ..month import plain_difference
from .party import Statement

FORMAT: Final = "local-vpp/statement/1"


def encode_statement(statement: Statement) -> bytes:
    """Return a statement as bytes: the same for the same statement."""
    return json.dumps(plain_statement(statement), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain_statement(statement: Statement) -> dict[str, Any]:
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
        "rows": [
            {"kind": row.kind, "wh": row.wh, "money": row.money, "slots": list(row.slots)} for row in statement.rows
        ],
        "made": {"wh": statement.made.wh, "slots": list(statement.made.slots)},
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
        "adjustments": [plain_difference(each) for each in statement.adjustments],
        "peaks": [[each.begin, each.building_wh, each.own_wh] for each in statement.peaks],
        "peak_records": [[[each.index, each.hash.hex()] for each in peak.records] for peak in statement.peaks],
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
        "records": {
            str(slot): [[record.index, record.hash.hex()] for record in records]
            for slot, records in statement.evidence.items()
            if records
        },
    }


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else str(value)

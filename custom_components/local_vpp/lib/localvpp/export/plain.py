"""A record in plain words: the JSON that people read, and that goes into ledgers of others.

Names, not numbers, for whatever has a name; hex for bytes; null for what is unknown. The canonical form is that of
RFC 8785 (June 2020) for what occurs here: objects with ASCII keys, text, booleans, null and integers below 2^53.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
import json
from typing import Final

from ..etp import Body, ErrorFlag, Payment, Record, Register, SignedEnvelope, StandIn, TakenBack
from .errors import UnfitError

type Plain = bool | int | str | list[Plain] | dict[str, Plain] | None

_LARGEST: Final = 2**53 - 1
"""Beyond it RFC 8785 has no integers: many readers of JSON would round."""


def plain_record(record: Record) -> dict[str, Plain]:
    """Return what a record says, its body with it. The salt is left out: it belongs to the record's file."""
    return plain_envelope(record.signed) | {"body": plain_body(record.body)}


def plain_envelope(signed: SignedEnvelope) -> dict[str, Plain]:
    """Return what the log, and so everybody, sees of a record."""
    envelope = signed.envelope
    told: dict[str, Plain] = {
        "hash": signed.hash.hex(),
        "building": signed.building,
        "algorithm": signed.statement.header.algorithm.name,
        "key_id": signed.statement.header.key_id.hex(),
        "device": envelope.device.hex(),
        "epoch": envelope.epoch,
        "seq": envelope.seq,
        "prev": envelope.prev.hex(),
        "kind": envelope.kind.name.lower(),
        "slot": envelope.slot,
        "commitment": envelope.commitment.hex(),
    }
    if envelope.enrolled:
        told["enrolled"] = {
            "device": envelope.enrolled.device.hex(),
            "algorithm": envelope.enrolled.key.algorithm.name,
            "public_key": envelope.enrolled.key.data.hex(),
            "fingerprint": envelope.enrolled.key.fingerprint,
        }
    if envelope.concerns is not None:
        told["concerns"] = envelope.concerns.hex()
    if envelope.next_key is not None:
        told["next_key"] = envelope.next_key.hex()
    return told


def plain_body(body: Body) -> dict[str, Plain]:
    """Return what a body says; what moved of another carrier than electricity stands apart, and not in Wh."""
    if body.carrier is not None:
        imported, unit = _register(body.imported), body.unit.lower()
        rest = plain_body(replace(body, carrier=None, energy_wh=0, attributes=(), imported=None, exported=None))
        moved: dict[str, Plain] = {f"moved_{unit}": body.energy_wh, f"import_{unit}": imported}
        return rest | {"energy_wh": None, "carrier": body.carrier.name.lower()} | moved
    told: dict[str, Plain] = {
        "start_ms": body.start_ms,
        "end_ms": body.end_ms,
        "slot_seconds": body.slot_seconds,
        "time_status": body.time_status.name.lower(),
        "sender": body.sender.hex(),
        "receiver": body.receiver.hex(),
        "energy_wh": body.energy_wh,
        "sources": {source.name.lower(): wh for source, wh in body.attributes},
        "meter": body.meter,
        "meter_status": body.meter_status.name.lower(),
        "errors": _names(body.errors),
        "import_wh": _register(body.imported),
        "export_wh": _register(body.exported),
        "frequency_mhz": body.frequency_mhz,
        "place": body.place,
        "seconds": {"root": body.seconds_root.hex(), "count": body.seconds_count} if body.seconds_root else None,
        "price": body.price,
        "evidence": [name.hex() for name in body.evidence],
    }
    told |= {f"{name}_wh": _register(register) for name, register in body.behind.items()}
    if body.trade is not None:
        told["trade"] = asdict(body.trade)
    if body.payment is not None:
        told["payment"] = _payment(body.payment)
    return told if body.reason is None else told | {"reason": body.reason}


def _payment(payment: Payment | StandIn) -> dict[str, Plain]:
    """Return a payment: of a bill with its month and statement, of what takes back with the record that it names."""
    if isinstance(payment, StandIn):
        return {"stands_in": True}
    told: dict[str, Plain] = {"day": payment.day.isoformat(), "reference": payment.reference}
    if isinstance(payment, TakenBack):
        return told | {"takes_back": payment.record.hex()}
    told |= {"yen": payment.yen, "way": payment.way.name.lower()}
    bill = payment.bill
    return told if bill is None else told | {"month": bill.month, "statement": bill.statement.hex()}


def canonical_json(value: Plain) -> bytes:
    """Return the one JSON text of a value.

    Raises UnfitError for an integer that a reader of JSON may round.
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _check(value: Plain) -> None:
    match value:
        case bool():
            return
        case int() if not -_LARGEST <= value <= _LARGEST:
            raise UnfitError(f"{value} is beyond the integers that every reader of JSON keeps: at most {_LARGEST}")
        case list():
            for item in value:
                _check(item)
        case dict():
            for item in value.values():
                _check(item)


def _names(flags: Iterable[ErrorFlag]) -> list[Plain]:
    return [str(flag.name).lower() for flag in flags]


def _register(register: Register | None) -> Plain:
    return {"begin": register.begin, "end": register.end} if register else None

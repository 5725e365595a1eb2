"""`local-vpp etp show FILE`: what a record says, as JSON."""

import argparse
from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any

from localvpp.etp import EtpError, Record, parse_envelope
from localvpp.etp.body import Body, ErrorFlag, Register

from .errors import CommandError
from .files import read_bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print a record as JSON")
    show.add_argument("file", type=Path, help="a sealed record (.etp), or an envelope as the log holds it")


def run(arguments: argparse.Namespace) -> int:
    """Print the record."""
    data = read_bytes(arguments.file, "the record")
    try:
        told = describe(data)
    except EtpError as error:
        raise CommandError(f"{arguments.file} is no record of Local VPP: {error}") from error
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


def describe(data: bytes) -> dict[str, Any]:
    """Return what a sealed record, or a bare envelope, says. Signatures need a key: `local-vpp log verify`.

    Raises EtpError.
    """
    # d2 is the tag of a COSE_Sign1: an envelope without its body.
    if data[:1] == b"\xd2":
        signed, body = parse_envelope(data), None
    else:
        record = Record.decode(data)
        signed, body = record.signed, record.body
    envelope = signed.envelope
    told: dict[str, Any] = {
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
            "fingerprint": envelope.enrolled.key.fingerprint,
        }
    if body:
        told["body"] = _describe_body(body)
    return told


def _describe_body(body: Body) -> dict[str, Any]:
    return {
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


def _names(flags: Iterable[ErrorFlag]) -> list[str]:
    return [str(flag.name).lower() for flag in flags]


def _register(register: Register | None) -> dict[str, int] | None:
    return {"begin": register.begin, "end": register.end} if register else None

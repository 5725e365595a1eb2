"""`local-vpp etp`: look at a record, verify it offline, export it for outsiders.

    local-vpp etp show FILE
    local-vpp etp verify FILE --proof FILE (--log-key VKEY | --policy FILE) [--enrolment FILE --enrolment-proof FILE]
    local-vpp etp equivocation EVIDENCE.json | FILE FILE --public-key BASE64
    local-vpp etp export FILE --format cose|receipt --proof FILE --key LOG-KEY-FILE
    local-vpp etp export FILE --format ocmf --proof FILE --log-key VKEY --key PEM
    local-vpp etp export FILE --format bbc1 --proof FILE --log-key VKEY --key PEM (--previous FILE | --first)

Nothing is exported that is not proven first: whoever signs an export vouches for it.
"""

import argparse
import base64
import json
from pathlib import Path
import sys
from typing import Any, Final

from localvpp import tlog
from localvpp.etp import Algorithm, BadKeyError, EtpError, PublicKey, prove_equivocation
from localvpp.export import ExportError, bbc1, ocmf, plain_body, plain_envelope, receipt

from . import evidence
from .errors import CommandError
from .files import read_bytes, write_bytes
from .keyfiles import read_signer

_ED25519_KEY: Final = 32
"""Bytes of a raw Ed25519 public key; one of P-256 has 65."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print a record as JSON")
    show.add_argument("file", type=Path, help="a record (.etp), an envelope as the log holds it, or a statement")
    show.set_defaults(action=_show)

    verify = actions.add_parser("verify", help="prove a record, without any network")
    evidence.add_arguments(verify)
    verify.set_defaults(action=_verify)

    twice = actions.add_parser("equivocation", help="prove that a device has signed two records with one number")
    twice.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="both records (.etp or envelope), or the evidence as the building's coordinator exports it (JSON)",
    )
    twice.add_argument("--public-key", metavar="BASE64", help="the device's key, where the files do not bring it")
    twice.set_defaults(action=_equivocation)

    export = actions.add_parser("export", help="write a record in a format of others")
    evidence.add_arguments(export)
    export.add_argument(
        "--format",
        required=True,
        choices=_EXPORTS,
        help="cose: transparent statement (SCITT); receipt: the COSE receipt in it, alone; ocmf: meter readings; "
        "bbc1: transaction of BBc-1",
    )
    export.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="FILE",
        help="the private key that signs, of mode 0600: P-256 in PEM, or for cose and receipt the log's own",
    )
    chain = export.add_mutually_exclusive_group()
    chain.add_argument("--previous", type=Path, metavar="FILE", help="bbc1: the transaction of the record before")
    chain.add_argument("--first", action="store_true", help="bbc1: begin a chain of transactions with this record")
    export.add_argument("--out", type=Path, metavar="FILE", help="where the export goes (default: standard output)")
    export.set_defaults(action=_export)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; return how the process should end."""
    code: int = arguments.action(arguments)
    return code


# --- Show ---------------------------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace) -> int:
    """Print the record."""
    data = read_bytes(arguments.file, "the record")
    try:
        told = describe(data)
    except (EtpError, ExportError) as error:
        raise CommandError(f"{arguments.file} is no record of Local VPP: {error}") from error
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


def describe(data: bytes) -> dict[str, Any]:
    """Return what a record, or a bare envelope, says. Nothing of it is proven: `local-vpp etp verify`.

    Raises EtpError or ExportError.
    """
    given = evidence.decode(data)
    told: dict[str, Any] = plain_envelope(given.signed)
    if given.receipts:
        told["receipts"] = [_describe_receipt(data) for data in given.receipts]
    if given.record:
        told["body"] = plain_body(given.record.body)
    return told


def _describe_receipt(data: bytes) -> dict[str, Any]:
    parsed = receipt.parse(data)
    match parsed.proof:
        case receipt.Inclusion(size=size, index=index):
            proof: dict[str, Any] = {"proof": "inclusion", "size": size, "index": index}
        case receipt.Consistency(old=old, new=new):
            proof = {"proof": "consistency", "old": old, "new": new}
    return {"log": parsed.log, "key_id": parsed.key_id.hex()} | proof


# --- Verify -------------------------------------------------------------------------------------------------


def _verify(arguments: argparse.Namespace) -> int:
    """Print what is proven; return 1 when it is not what was asked."""
    trusted = evidence.trust(arguments)
    try:
        proven = evidence.gather(arguments, trusted)
    except evidence.REFUSALS as error:
        print(json.dumps({"ok": False, "fault": str(error)}, indent=2, ensure_ascii=False))
        return 1
    signed, place = proven.given.signed, proven.place
    told = {
        "ok": True,
        "proven": [
            "inclusion",
            *(["body"] if proven.given.record else []),
            *(["signature"] if proven.signature else []),
        ],
        "hash": signed.hash.hex(),
        "device": signed.envelope.device.hex(),
        "seq": signed.envelope.seq,
        "kind": signed.envelope.kind.name.lower(),
        "slot": signed.envelope.slot,
        "energy_wh": proven.given.record.body.wh if proven.given.record else None,
        "log": place.head.origin,
        "index": place.index,
        "size": place.head.size,
        "root": place.head.root.hex(),
        "witnesses": list(place.witnesses),
        "fault": None,
    }
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


# --- Equivocation -------------------------------------------------------------------------------------------


def _equivocation(arguments: argparse.Namespace) -> int:
    """Print what two records prove against their device; return 1 when they prove nothing."""
    first, second, key = _contradicting(arguments)
    try:
        proven = prove_equivocation(first, second, key)
    except EtpError as error:
        print(json.dumps({"ok": False, "fault": str(error)}, indent=2, ensure_ascii=False))
        return 1
    envelope = proven.first.envelope
    told = {
        "ok": True,
        "device": envelope.device.hex(),
        "enrolled_key": key.device_id == envelope.device,
        "fingerprint": key.fingerprint,
        "building": proven.first.building,
        "seq": proven.seq,
        "hashes": [proven.first.hash.hex(), proven.second.hash.hex()],
        "fault": None,
    }
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


def _contradicting(arguments: argparse.Namespace) -> tuple[bytes, bytes, PublicKey]:
    """Return both envelopes and the key. Raises CommandError for files that hold neither."""
    match arguments.files:
        case [path]:
            told = _read_evidence(path)
            key = arguments.public_key or told["public_key"]
            return _unbase64(told["logged"], path), _unbase64(told["other"], path), _device_key(key)
        case [one, other]:
            if arguments.public_key is None:
                raise CommandError("the records do not bring their device's key: give it with --public-key BASE64")
            try:
                envelopes = [evidence.decode(read_bytes(path, "a record")).entry for path in (one, other)]
            except (EtpError, ExportError) as error:
                raise CommandError(f"{one} and {other} are not two records of Local VPP: {error}") from error
            return envelopes[0], envelopes[1], _device_key(arguments.public_key)
        case _:
            raise CommandError("give two records, or one file of evidence")


def _read_evidence(path: Path) -> dict[str, str]:
    try:
        told = json.loads(read_bytes(path, "the evidence"))
    except ValueError as error:
        raise CommandError(f"{path} is no evidence in JSON, and one record alone proves nothing: {error}") from error
    fields = ("public_key", "logged", "other")
    if not isinstance(told, dict) or not all(isinstance(told.get(field), str) for field in fields):
        raise CommandError(
            f"{path} is no evidence: it needs {', '.join(fields)}, as GET /api/v1/conflicts/… gives them"
        )
    return told


def _unbase64(text: str, source: object) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise CommandError(f"{source}: {text[:20]!r}… is not base64") from error


def _device_key(text: str) -> PublicKey:
    """Return a public key: its length tells the algorithm."""
    data = _unbase64(text, "--public-key")
    try:
        return PublicKey(Algorithm.ED25519 if len(data) == _ED25519_KEY else Algorithm.ES256, data)
    except BadKeyError as error:
        raise CommandError(f"{text!r} is no public key: {error}") from error


# --- Export -------------------------------------------------------------------------------------------------


def _export(arguments: argparse.Namespace) -> int:
    """Write the export."""
    if arguments.format != "bbc1" and (arguments.first or arguments.previous):
        raise CommandError("--previous and --first chain transactions of BBc-1: other formats have none")
    try:
        data = _EXPORTS[arguments.format](arguments)
    except evidence.REFUSALS as error:
        raise CommandError(f"{arguments.file} is not exported: {error}") from error
    write_bytes(arguments.out, data, f"the export in {arguments.format}")
    return 0


def _cose(arguments: argparse.Namespace) -> bytes:
    """Return the transparent statement."""
    entry, signed = _sign_receipt(arguments)
    return receipt.attach(entry, [signed])


def _receipt(arguments: argparse.Namespace) -> bytes:
    """Return the receipt alone."""
    return _sign_receipt(arguments)[1]


def _sign_receipt(arguments: argparse.Namespace) -> tuple[bytes, bytes]:
    """Return the entry and its receipt. The key must be the log's: the proof's checkpoint tells."""
    signer = read_signer(arguments.key)
    if signer.public.algorithm is not Algorithm.ED25519:
        raise CommandError(f"{arguments.key} is not a log's key, which is of Ed25519: a receipt is the log's to sign")
    if arguments.proof is None:
        raise CommandError("a receipt says what a proof of the log says: give the record's with --proof FILE")
    origin = evidence.decode(read_bytes(arguments.file, "the record")).signed.building
    log_key = tlog.VerifierKey(origin, tlog.SignatureType.ED25519, signer.public.data)
    if arguments.log_key not in {None, log_key.encode()}:
        raise CommandError(f"--key is that of {log_key.encode()}, not of {arguments.log_key}")
    proven = evidence.gather(arguments, evidence.trust(arguments, own=log_key))
    entry, place = proven.given.entry, proven.place
    return entry, receipt.sign_inclusion(signer, place.head, place.index, place.path, entry=entry)


def _ocmf(arguments: argparse.Namespace) -> bytes:
    """Return two lines: the reading at the record's begin, and that at its end."""
    signer, proven = read_signer(arguments.key), evidence.gather(arguments, evidence.trust(arguments))
    assurance = ocmf.Assurance.CERTIFIED if proven.signature else ocmf.Assurance.TRUSTED
    sets = ocmf.data_sets(proven.sealed(), proven.place.index, assurance)
    return "".join(f"{ocmf.sign(each, signer, proven.given.entry)}\n" for each in sets).encode()


def _bbc1(arguments: argparse.Namespace) -> bytes:
    """Return the transaction, and tell its name on standard error."""
    signer, proven = read_signer(arguments.key), evidence.gather(arguments, evidence.trust(arguments))
    record = proven.sealed()
    previous = None
    if arguments.previous:
        previous = bbc1.parse(read_bytes(arguments.previous, "the transaction before"))
        previous.verify()
    elif record.envelope.seq > 1 and not arguments.first:
        raise CommandError(
            f"the record is number {record.envelope.seq} of its device: give the transaction of the one before with "
            "--previous FILE, or begin a chain here with --first"
        )
    transaction = bbc1.export(record, proven.place.index, signer, previous)
    print(f"transaction {transaction.id.hex()}", file=sys.stderr)
    return transaction.encode()


_EXPORTS = {"cose": _cose, "receipt": _receipt, "ocmf": _ocmf, "bbc1": _bbc1}

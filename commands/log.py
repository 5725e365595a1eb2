"""`local-vpp log`: check a whole log from its files alone, or prove one entry of it in a text to carry away.

    local-vpp log verify LOG --vkey KEY [--policy FILE] [--earlier FILE …]
    local-vpp log proof LOG INDEX --vkey KEY [--out FILE] [--entry FILE]

LOG is a folder, or the address of a log: `http://coordinator:8470/log`.

Beyond the tree (signature, tiles, root), `verify` checks what the entries are: records whose keys are enrolled by
entries before them, signed, and each device's chain without a hole. In a folder, partial tiles and bundles that the log
has superseded since are held against the tree, too (`leftovers_verified`); what lies there beyond the head is counted
(`leftovers_unchecked`). Over HTTP nobody can list them: both are null. With a policy, as many witnesses as it asks for
must have signed the head (`cosigned`); without one they are not looked at. The answer is JSON; exit code 1 and the
first bad thing when something is wrong.
"""

import argparse
from collections.abc import Iterator, Sequence
import json
from pathlib import Path
from typing import Any

from localvpp import tlog
from localvpp.etp import Directory, EtpError, parse_envelope
from localvpp.logfolder import COSIGNED, LogFolder
from localvpp.logreader import HttpReader
from localvpp.tlog.note import MAX_NOTE_BYTES
from localvpp.tlog.policy import MAX_POLICY_BYTES

from .cosigned import NOT_LOOKED_AT, add_policy, kept_beside, look, read_earlier, read_policy
from .errors import CommandError
from .files import write_bytes
from .readers import read_log


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser("verify", help="check a log's files")
    add_log(check)
    add_policy(check)
    check.set_defaults(action=_verify)
    proof = actions.add_parser("proof", help="prove that an entry is in a log")
    add_log(proof)
    proof.add_argument("index", type=int, metavar="INDEX", help="the entry's place in the log, from 0")
    proof.add_argument("--out", type=Path, metavar="FILE", help="where the proof goes (default: standard output)")
    proof.add_argument("--entry", type=Path, metavar="FILE", help="where to put the entry itself, as the log has it")
    proof.set_defaults(action=_prove)


def add_log(parser: argparse.ArgumentParser) -> None:
    """Describe which log, and its key."""
    parser.add_argument("log", help="the folder that holds `checkpoint` and `tile/`, or its address http://…/log")
    parser.add_argument("--vkey", required=True, help="the log's verifier key, as the building's page shows it")


def run(arguments: argparse.Namespace) -> int:
    """Check, or prove; return how the process should end."""
    code: int = arguments.action(arguments, log_key(arguments.vkey))
    return code


def log_key(text: str) -> tlog.Ed25519Verifier:
    """Return the key that a log is verified with. Raises CommandError."""
    try:
        return tlog.Ed25519Verifier(tlog.VerifierKey.parse(text))
    except tlog.TlogError as error:
        raise CommandError(f"--vkey {text!r} is no verifier key (name+hash+key): {error}") from error


def _verify(arguments: argparse.Namespace, key: tlog.Ed25519Verifier) -> int:
    """Print the finding; return 1 when the log does not verify."""
    earlier, policy = read_earlier(arguments), read_policy(arguments, key)
    found = read_log(arguments.log, lambda log: verify(log, key, earlier, policy), whole=True)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if found["ok"] else 1


def _prove(arguments: argparse.Namespace, key: tlog.Ed25519Verifier) -> int:
    """Write the proof, and the entry where it is wanted."""
    try:
        proof, entry = read_log(arguments.log, lambda log: prove(log, key, arguments.index), whole=False)
    except tlog.TlogError as error:
        raise CommandError(f"entry {arguments.index} of {arguments.log} cannot be proven: {error}") from error
    if arguments.entry:
        write_bytes(arguments.entry, entry, "the entry")
    write_bytes(arguments.out, proof.encode(), "the proof")
    return 0


def prove(log: tlog.LogReader, key: tlog.Ed25519Verifier, index: int) -> tuple[tlog.TlogProof, bytes]:
    """Return the proof of an entry under the log's present checkpoint, and the entry.

    Raises TlogError, above all when the log's files do not make what its key has signed.
    """
    text = log.read_checkpoint()
    opened = tlog.open_checkpoint(text, key)
    head = opened.checkpoint
    if not 0 <= index < head.size:
        raise tlog.ProofError(f"the log has {head.size} entries, the first of which is 0")
    if isinstance(log, HttpReader) and len(opened.note.unknown) >= tlog.MAX_PUBLISHED:
        text = _with_quorum(log, opened) or text
    text = next((kept for kept in kept_beside(log) if _is_under(kept, opened, key)), text)
    proof = tlog.make_proof(head.size, index, tlog.TileHashReader(head.size, head.root, log), text)
    number = index // tlog.TILE_WIDTH
    width = min(tlog.TILE_WIDTH, head.size - number * tlog.TILE_WIDTH)
    entry = tlog.read_bundle(log, tlog.Bundle(number, width))[index % tlog.TILE_WIDTH]
    tlog.verify_proof(proof, entry, key)
    return proof, entry


def _with_quorum(log: HttpReader, head: tlog.OpenedCheckpoint) -> bytes | None:
    """Return a checkpoint with as many cosignatures as the policy beside the log needs; None where it has none.

    The published one stops at 16, and whoever gets the proof has nothing else to count.
    """
    try:
        policy = tlog.Policy.parse(log.read_beside("policy", MAX_POLICY_BYTES))
        data = log.read_beside(f"cosignatures/{head.checkpoint.size}", MAX_NOTE_BYTES)
    except tlog.MissingError:
        return None
    lines = [tlog.NoteSignature.parse(line) for line in data.decode(errors="surrogateescape").splitlines()]
    return tlog.gather_quorum(head.note, lines, policy)


def _is_under(kept: bytes, head: tlog.OpenedCheckpoint, key: tlog.Ed25519Verifier) -> bool:
    """Whether a checkpoint that a mirror keeps is of the very head: then it has the quorum that the mirror's lacks."""
    try:
        return tlog.open_checkpoint(kept, key).note.text == head.note.text
    except tlog.TlogError:
        return False


def verify(
    log: tlog.LogReader,
    key: tlog.Ed25519Verifier,
    earlier: Sequence[bytes] = (),
    policy: tlog.Policy | None = None,
) -> dict[str, Any]:
    """Return what a whole check of a log has found, also against checkpoints from before, and of its witnesses."""
    directory = Directory(key.name)

    def inspect(_: int, entry: bytes) -> None:
        try:
            signed = parse_envelope(entry)
            directory.take(signed, directory.check(signed))
        except EtpError as error:
            raise ValueError(str(error)) from error

    check = tlog.check_log(log, key, inspect=inspect)
    head, fault = check.checkpoint, check.fault
    if head and fault is None:
        fault = next(_contradictions(log, key, head, earlier), None)
    if head and fault is None:
        fault = next(_contradicted(log, key, head), None)
    cosigned: str | list[str] = NOT_LOOKED_AT
    if check.opened and fault is None and policy is not None:
        found = look(log, check.opened, policy, earlier)
        cosigned = list(found.witnesses)
        if found.missing is not None:
            fault = tlog.Fault(tlog.Place.CHECKPOINT, "checkpoint", f"its head has no quorum: {found.missing}")
    beside = None
    if head and fault is None and isinstance(log, LogFolder):
        beside = tlog.check_leftovers(log, head, log.tile_files())
        fault = beside.fault
    return {
        "ok": fault is None,
        "origin": head.origin if head else None,
        "size": head.size if head else None,
        "root": head.root.hex() if head else None,
        "entries_verified": check.entries,
        "tiles_verified": check.tiles,
        "leftovers_verified": beside.verified if beside else None,
        "leftovers_unchecked": beside.unchecked if beside else None,
        "checkpoints_verified": len(earlier) + 1 if fault is None or beside else None,
        "cosigned": cosigned,
        "devices": len(directory.devices),
        "fault": {"what": fault.place.value, "path": fault.path, "index": fault.index, "reason": fault.reason}
        if fault
        else None,
    }


def _contradicted(log: tlog.LogReader, key: tlog.Ed25519Verifier, head: tlog.Checkpoint) -> Iterator[tlog.Fault]:
    """Yield the head that a mirror keeps beside its own, should the log's key have signed it for another history.

    A larger one may have come while the folder was copied; what the key has not signed says nothing of its log.
    """
    for text in kept_beside(log):
        try:
            kept = tlog.open_checkpoint(text, key).checkpoint
        except tlog.TlogError:
            continue
        if kept.size <= head.size:
            for fault in _contradictions(log, key, head, [text]):
                yield tlog.Fault(fault.place, COSIGNED, fault.reason)


def _contradictions(
    log: tlog.LogReader, key: tlog.Ed25519Verifier, head: tlog.Checkpoint, earlier: Sequence[bytes]
) -> Iterator[tlog.Fault]:
    """Yield each earlier checkpoint that the log has not grown from."""
    reader = tlog.TileHashReader(head.size, head.root, log)
    for number, text in enumerate(earlier):
        try:
            old = tlog.open_checkpoint(text, key).checkpoint
            path = tlog.prove_consistency(old.size, head.size, reader)
            tlog.verify_consistency(old.size, head.size, old.root, head.root, path)
        except tlog.TlogError as error:
            yield tlog.Fault(tlog.Place.CHECKPOINT, f"earlier checkpoint {number}", str(error), number)

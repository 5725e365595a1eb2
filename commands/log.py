"""`local-vpp log verify DIR --vkey KEY`: check a whole log, from its files alone.

Beyond the tree (signature, tiles, root) it checks what the entries are: records whose keys are enrolled by
entries before them, signed, and each device's chain without a hole. The answer is JSON; exit code 1 and the first bad
thing when something is wrong.
"""

import argparse
from collections.abc import Iterator, Sequence
import json
from pathlib import Path
from typing import Any, override

from localvpp import tlog
from localvpp.etp import Directory, EtpError, parse_envelope

from .errors import CommandError
from .files import read_bytes


class FolderReader(tlog.LogReader):
    """The files of a log in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def read_checkpoint(self) -> bytes:
        return self._read("checkpoint")

    @override
    def read_tile(self, tile: tlog.Tile) -> bytes:
        return self._read(tile.path)

    @override
    def read_bundle(self, bundle: tlog.Bundle) -> bytes:
        return self._read(bundle.path)

    def _read(self, path: str) -> bytes:
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            raise tlog.MissingError(f"{path} is missing") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="check a log's files")
    verify.add_argument("folder", type=Path, help="the folder that holds `checkpoint` and `tile/`")
    verify.add_argument("--vkey", required=True, help="the log's verifier key, as the building's page shows it")
    verify.add_argument(
        "--earlier",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="checkpoints kept from before: each must be one that this log has grown from",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the finding; return 1 when the log does not verify."""
    try:
        key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(arguments.vkey))
    except tlog.TlogError as error:
        raise CommandError(f"--vkey {arguments.vkey!r} is no verifier key (name+hash+key): {error}") from error
    if not arguments.folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder: name the one that holds `checkpoint` and `tile/`")
    earlier = [read_bytes(path, "the checkpoint") for path in arguments.earlier]
    found = verify(FolderReader(arguments.folder), key, earlier)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if found["ok"] else 1


def verify(log: tlog.LogReader, key: tlog.Ed25519Verifier, earlier: Sequence[bytes] = ()) -> dict[str, Any]:
    """Return what a whole check of a log has found, also against checkpoints that were kept from before."""
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
    return {
        "ok": fault is None,
        "origin": head.origin if head else None,
        "size": head.size if head else None,
        "root": head.root.hex() if head else None,
        "entries_verified": check.entries,
        "tiles_verified": check.tiles,
        "checkpoints_verified": len(earlier) + 1 if fault is None else None,
        "devices": len(directory.devices),
        "fault": {"what": fault.place.value, "path": fault.path, "index": fault.index, "reason": fault.reason}
        if fault
        else None,
    }


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

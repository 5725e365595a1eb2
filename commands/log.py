"""`local-vpp log verify DIR --vkey KEY`: check a whole log, from its files alone.

Beyond the tree (signature, tiles, root) it checks what the entries are: records whose keys are enrolled by
entries before them, signed, and each device's chain without a hole. The answer is JSON; exit code 1 and the first bad
thing when something is wrong.
"""

import argparse
import json
from pathlib import Path
from typing import Any, override

from localvpp import tlog
from localvpp.etp import Directory, EtpError, parse_envelope

from .errors import CommandError


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


def run(arguments: argparse.Namespace) -> int:
    """Print the finding; return 1 when the log does not verify."""
    try:
        key = tlog.Ed25519Verifier(tlog.VerifierKey.parse(arguments.vkey))
    except tlog.TlogError as error:
        raise CommandError(f"--vkey {arguments.vkey!r} is no verifier key (name+hash+key): {error}") from error
    if not arguments.folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder: name the one that holds `checkpoint` and `tile/`")
    found = verify(FolderReader(arguments.folder), key)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if found["ok"] else 1


def verify(log: tlog.LogReader, key: tlog.Ed25519Verifier) -> dict[str, Any]:
    """Return what a whole check of a log has found."""
    directory = Directory(key.name)

    def inspect(_: int, entry: bytes) -> None:
        try:
            signed = parse_envelope(entry)
            directory.take(signed, directory.check(signed))
        except EtpError as error:
            raise ValueError(str(error)) from error

    check = tlog.check_log(log, key, inspect=inspect)
    head, fault = check.checkpoint, check.fault
    return {
        "ok": check.ok,
        "origin": head.origin if head else None,
        "size": head.size if head else None,
        "root": head.root.hex() if head else None,
        "entries_verified": check.entries,
        "tiles_verified": check.tiles,
        "devices": len(directory.devices),
        "fault": {"what": fault.place.value, "path": fault.path, "index": fault.index, "reason": fault.reason}
        if fault
        else None,
    }

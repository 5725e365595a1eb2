"""`local-vpp ledger`: what is sealed beside a building's log: for whom it is, where it lies, what it says to them.

local-vpp ledger recovery-key building.yaml          print a fresh recovery key, once, to be kept on paper
local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE [--recovery-key FILE …]
local-vpp ledger auditor-key FILE                    make an auditor's key; print its half for building.yaml
local-vpp ledger open LOG --vkey KEY --key FILE      print what an auditor, or the sheet, can read
local-vpp ledger copies MIRROR [--drop KEY]          show for which recovery keys a mirror keeps copies; drop one
"""

import argparse
import asyncio
from dataclasses import asdict
import json
import os
from pathlib import Path
import sys

from coordinator.config import BuildingConfig, ConfigError, TlsError, load, make_data
from coordinator.keys import write_private
from coordinator.ledger import LedgerError
from coordinator.rebuild import RebuildError, rebuild
from coordinator.store import StoreError
from coordinator.vault import RECOVERY_FILE, make_recovery_key
from localvpp.clock import SystemClock
from localvpp.etp import BadKeyError
from localvpp.logfolder import LogFolder
from localvpp.vault import AUDITOR, RECOVERY, SecretKey, SecretKeyError
from localvpp.vaultcopies import VaultCopies

from . import opening
from .errors import CommandError
from .files import read_bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    make = actions.add_parser("recovery-key", help="make the key that a lost building is rebuilt with; print it once")
    make.add_argument("file", type=Path, metavar="FILE", help="the building's file, as building.yaml")
    make.add_argument("--replace", action="store_true", help="there is one already: from now on, this one opens")
    make.set_defaults(action=_make)

    again = actions.add_parser("rebuild", help="restore a coordinator from one flat's mirror")
    again.add_argument("file", type=Path, metavar="FILE", help="the building's file, with an empty data folder")
    again.add_argument("--from", dest="mirror", type=Path, required=True, metavar="MIRROR", help="a mirror's folder")
    again.add_argument(
        "--recovery-key",
        dest="keys",
        type=Path,
        action="append",
        required=True,
        metavar="KEY",
        help="a file with what is on the sheet; of a key that was replaced, give both, each with its own",
    )
    again.add_argument(
        "--leave-unreadable", action="store_true", help="go on without the bodies of records that no sheet opens"
    )
    again.set_defaults(action=_rebuild)

    auditor = actions.add_parser("auditor-key", help="make the key with which an auditor opens records")
    auditor.add_argument("key", type=Path, metavar="FILE", help="where the secret half goes, for its owner alone")
    auditor.set_defaults(action=_make_auditor)

    read = actions.add_parser("open", help="print what records say, for an auditor, or whoever has the sheet")
    opening.add_arguments(read)
    read.set_defaults(action=opening.run)

    copies = actions.add_parser("copies", help="show for which recovery keys a mirror keeps sealed copies")
    copies.add_argument("mirror", type=Path, metavar="MIRROR", help="a mirror's folder")
    copies.add_argument("--drop", metavar="KEY", help="delete the copy for a key that nobody has any more, by its id")
    copies.set_defaults(action=_copies)


def run(arguments: argparse.Namespace) -> int:
    """Do what the arguments ask; return how the process should end."""
    os.umask(0o077)  # Keys, bodies and salts are their owner's alone.
    try:
        code: int = arguments.action(arguments)
    except (
        ConfigError,
        TlsError,
        LedgerError,
        RebuildError,
        StoreError,
        BadKeyError,
        SecretKeyError,
        OSError,
    ) as error:
        raise CommandError(str(error)) from error
    return code


def _make(arguments: argparse.Namespace) -> int:
    config = load(arguments.file)
    make_data(config)
    keys = config.data / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    place = keys / RECOVERY_FILE
    if place.exists() and not arguments.replace:
        raise CommandError(f"{place} is there already: give --replace if its sheet is lost")
    secret = SecretKey.generate(RECOVERY)
    make_recovery_key(keys, secret)
    print(secret.text)
    sys.stderr.write(
        f"Write it on paper, or print it, and keep the sheet away from the server: it is shown this once. With it and "
        "any flat's mirror the building can be rebuilt, and all that its meters told can be read. It counts from the "
        f"coordinator's next start on. Mirrors know it as {secret.public.id.hex()}: write that on the sheet, too.\n"
    )
    if arguments.replace:
        sys.stderr.write(
            "Keep the sheet of the key before, if it is not lost: mirrors keep what was sealed for it, too. Tell the "
            "flats with a mirror that there is a new key: their mirrors say so by themselves, and they shall ask you "
            "when you have made none.\n"
        )
    return 0


def _rebuild(arguments: argparse.Namespace) -> int:
    config: BuildingConfig = load(arguments.file)
    secrets = [_secret(path) for path in arguments.keys]
    if not arguments.mirror.is_dir():
        raise CommandError(f"--from {arguments.mirror} is no folder: name a mirror's, which holds `checkpoint`")
    rebuilt = asyncio.run(
        rebuild(config, arguments.mirror, secrets, SystemClock(), leave_unreadable=arguments.leave_unreadable)
    )
    print(json.dumps(asdict(rebuilt) | {"root": rebuilt.root.hex()}, indent=2))
    return 0


def _secret(path: Path) -> SecretKey:
    try:
        secret = SecretKey.parse(read_bytes(path, "the recovery key").decode(errors="replace"))
    except SecretKeyError as error:
        raise CommandError(f"--recovery-key {path}: {error}") from error
    if secret.label != RECOVERY:
        raise CommandError(f"--recovery-key {path}: this is another sheet, the recovery key begins with {RECOVERY}-")
    return secret


def _make_auditor(arguments: argparse.Namespace) -> int:
    if arguments.key.exists():
        raise CommandError(f"{arguments.key} is there already: name a new file, or move that one away")
    secret = SecretKey.generate(AUDITOR)
    write_private(arguments.key, secret.text)
    print(secret.public.data.hex())
    sys.stderr.write(
        f"The secret key is in {arguments.key}, readable by you alone: keep it, or print it on paper, and give it to "
        "nobody. The line above is the public key: the building's manager writes it into building.yaml, below "
        "`auditors`. What is sealed for you opens with local-vpp ledger open.\n"
    )
    return 0


def _copies(arguments: argparse.Namespace) -> int:
    copies = VaultCopies(LogFolder(arguments.mirror)).all()
    if arguments.drop is not None:
        dropped = [copy for copy in copies if copy.key == arguments.drop]
        if not dropped:
            known = ", ".join(copy.key for copy in copies) or "none"
            raise CommandError(
                f"--drop {arguments.drop}: {arguments.mirror} keeps no copy for that key, but for {known}"
            )
        dropped[0].drop()
        copies.remove(dropped[0])
    for copy in copies:
        parts = copy.building_parts()
        first, newest = (parts[-1], parts[0]) if parts else (None, None)
        print(json.dumps({"key": copy.key, "bundles": copy.count(), "first_s": first, "newest_s": newest}))
    return 0

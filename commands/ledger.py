"""`local-vpp ledger`: what a building needs to survive the loss of its server.

local-vpp ledger recovery-key building.yaml               print a fresh recovery key, once, to be kept on paper
local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE
"""

import argparse
import asyncio
from dataclasses import asdict
import json
import os
from pathlib import Path
import sys

from coordinator.config import BuildingConfig, ConfigError, TlsError, load, make_data
from coordinator.ledger import LedgerError
from coordinator.rebuild import RebuildError, rebuild
from coordinator.store import StoreError
from coordinator.vault import RECOVERY_FILE, make_recovery_key
from localvpp.clock import SystemClock
from localvpp.etp import BadKeyError
from localvpp.vault import RECOVERY, SecretKey, SecretKeyError

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
        "--recovery-key", type=Path, required=True, metavar="KEY", help="a file with what is on the sheet"
    )
    again.set_defaults(action=_rebuild)


def run(arguments: argparse.Namespace) -> int:
    """Do what the arguments ask."""
    os.umask(0o077)  # Keys, bodies and salts are the manager's alone.
    try:
        arguments.action(arguments, load(arguments.file))
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
    return 0


def _make(arguments: argparse.Namespace, config: BuildingConfig) -> None:
    make_data(config)
    keys = config.data / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    place = keys / RECOVERY_FILE
    if place.exists():
        if not arguments.replace:
            raise CommandError(f"{place} is there already: give --replace if its sheet is lost")
        place.unlink()
    secret = SecretKey.generate(RECOVERY)
    make_recovery_key(keys, secret)
    print(secret.text)
    sys.stderr.write(
        "Write it on paper, or print it, and keep the sheet away from the server: it is shown this once. With it and "
        "any flat's mirror the building can be rebuilt, and all that its meters told can be read. It counts from the "
        "coordinator's next start on.\n"
    )


def _rebuild(arguments: argparse.Namespace, config: BuildingConfig) -> None:
    text = read_bytes(arguments.recovery_key, "the recovery key").decode(errors="replace")
    secret = SecretKey.parse(text)
    if not arguments.mirror.is_dir():
        raise CommandError(f"--from {arguments.mirror} is no folder: name a mirror's, which holds `checkpoint`")
    rebuilt = asyncio.run(rebuild(config, arguments.mirror, secret, SystemClock()))
    print(json.dumps(asdict(rebuilt) | {"root": rebuilt.root.hex()}, indent=2))

"""The keys of a building, each a file of mode 0600 in DATA/keys, and the manager's token.

    building     signs enrolments, transfers and terms (COSE)
    bulk, common sign the records of the building's own meters (COSE)
    log          signs checkpoints (C2SP signed note)

Every duty has a key of its own, so that one can be renewed, or moved into hardware, without the others.

A key that is being renewed has two files more (`rotation`):

    NAME.next        a fresh key that no entry names yet
    NAME.former      signed before; kept for a log that is rebuilt from a mirror of before

Which of them signs is told by the log, so that whatever was begun is ended at the next look.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import os
from pathlib import Path
import secrets
import tempfile
from typing import Final

from localvpp.etp import BadKeyError, PublicKey, Signer, load_or_create
from localvpp.tlog import Ed25519Signer as NoteSigner, Ed25519Verifier, SignatureType, SignerKey

OWN: Final = ("building", "bulk", "common")
"""The keys that sign records."""
NEXT: Final = ".next"
FORMER: Final = ".former"
KEY_FILES: Final = (*OWN, "log", *(f"{name}{ending}" for name in OWN for ending in (NEXT, FORMER)))
"""The files that hold private keys: what a building needs to go on as itself. Some need not be there."""
_TOKEN_BYTES: Final = 24
"""192 bits: nobody guesses it, and it still fits a line of a terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingKeys:
    """All private keys of a building."""

    building: Signer
    bulk: Signer
    common: Signer
    log: NoteSigner
    log_key: str
    """The log's verifier key in note form (name+hash+key)."""
    log_verifier: Ed25519Verifier
    web_token: str = field(repr=False)


def load_keys(folder: Path, origin: str, enrolled: Mapping[str, PublicKey] | None = None) -> BuildingKeys:
    """Return the keys in a folder, making what is not there yet. Blocking.

    `enrolled` are the keys that the log names: files whose rotation was broken off get their places by it. Raises
    BadKeyError when a file can be read by other users or does not hold a key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, key in (enrolled or {}).items():
        settle(folder, name, key)
    seed = load_or_create(folder / "log").seed()
    log = SignerKey(origin, SignatureType.ED25519, seed)
    return BuildingKeys(
        building=load_or_create(folder / "building"),
        bulk=load_or_create(folder / "bulk"),
        common=load_or_create(folder / "common"),
        log=NoteSigner(log),
        log_key=log.verifier_key.encode(),
        log_verifier=Ed25519Verifier(log.verifier_key),
        web_token=load_token(folder),
    )


def settle(folder: Path, name: str, enrolled: PublicKey) -> None:
    """Give the key that the log names the place of the one that signs, if it is in one of the others. Blocking.

    Raises BadKeyError.
    """
    place = folder / name
    if not place.exists() or load_or_create(place).public == enrolled:
        return
    for ending in (NEXT, FORMER):
        other = folder / f"{name}{ending}"
        if other.exists() and load_or_create(other).public == enrolled:
            # What is in the way signed before; where the log was rebuilt from before, it is to be named again.
            exchange(place, other, folder / f"{name}{FORMER if ending == NEXT else NEXT}")
            return


def exchange(place: Path, other: Path, aside: Path) -> None:
    """Let a key take the place of another, which is put aside. Begun twice, it ends the same. Blocking."""
    draft = aside.with_name(f".{aside.name}")
    draft.unlink(missing_ok=True)
    os.link(place, draft)
    draft.replace(aside)
    draft.unlink(missing_ok=True)  # It stays where it and `aside` were one file already.
    sync(place.parent)
    other.replace(place)
    sync(place.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder durable. Blocking."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load_token(folder: Path) -> str:
    """Return the manager's token for the building's pages, making it when there is none. Blocking.

    Raises BadKeyError when the file can be read by other users or holds no token.
    """
    path = folder / "web_token"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_private(path, secrets.token_urlsafe(_TOKEN_BYTES))
    if path.stat().st_mode & 0o077:
        raise BadKeyError(f"{path} can be read by other users: chmod 600 it, or delete it to get a new token")
    try:
        token = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError as error:
        raise BadKeyError(f"{path} does not hold a token: delete it to get a new one") from error
    if not token:
        raise BadKeyError(f"{path} is empty: delete it to get a new token")
    return token


def write_private(path: Path, text: str) -> None:
    """Make a file of mode 0600 that is there as a whole or not at all; one that came first stays as it is."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
    sync(path.parent)

"""The keys of a building, each a file of mode 0600 in DATA/keys, and the manager's token.

    building     signs enrolments, transfers and terms (COSE)
    bulk, common sign the records of the building's own meters (COSE)
    log          signs checkpoints (C2SP signed note)

Every duty has a key of its own, so that one can be renewed, or moved into hardware, without the others.
"""

from contextlib import suppress
from dataclasses import dataclass, field
import os
from pathlib import Path
import secrets
import tempfile
from typing import Final

from localvpp.etp import BadKeyError, Signer, load_or_create
from localvpp.tlog import Ed25519Signer as NoteSigner, Ed25519Verifier, SignatureType, SignerKey

KEY_FILES: Final = ("building", "bulk", "common", "log")
"""The files that hold private keys: what a building needs to go on as itself."""
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


def load_keys(folder: Path, origin: str) -> BuildingKeys:
    """Return the keys in a folder, making what is not there yet. Blocking.

    Raises BadKeyError when a file can be read by other users or does not hold a key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

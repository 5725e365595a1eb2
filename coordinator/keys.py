"""The keys of a building, each a file of mode 0600 in DATA/keys or a key in a token, and the manager's token.

    building     signs enrolments, transfers and terms (COSE)
    bulk, common, roof sign the records of the building's own meters (COSE)
    log          signs checkpoints (C2SP signed note)

Every duty has a key of its own, so that one can be renewed, or moved into hardware, without the others. `keys` in the
building's file names those that are in a token (PKCS#11); the log's own key is a file, for a checkpoint's Ed25519 key
signs many times a second at a slot's end.

A key that is being renewed has two files more (`rotation`):

    NAME.next        a fresh key that no entry names yet; the building's own comes from its sheet (`nextkey`), and is
                     here from just before its entry is written
    NAME.former      signed before; kept for a log that is rebuilt from a mirror of before

Which of them signs is told by the log, so that whatever was begun is ended at the next look.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
import os
from pathlib import Path
import secrets
import tempfile
from types import MappingProxyType
from typing import Final

from localvpp.etp import BadKeyError, PublicKey, Signer, load_or_create
from localvpp.ownnames import OWN_NAMES
from localvpp.tlog import Ed25519Signer as NoteSigner, Ed25519Verifier, SignatureType, SignerKey

from .signing import WatchedSigner

NEXT: Final = ".next"
FORMER: Final = ".former"
KEY_FILES: Final = (*OWN_NAMES, "log", *(f"{name}{FORMER}" for name in OWN_NAMES))
"""The files that hold private keys: what a building needs to go on as itself. Some need not be there.

None of a key that no entry names: the building's next one is to be in no copy, not even a sealed one.
"""
_TOKEN_BYTES: Final = 24
"""192 bits: nobody guesses it, and it still fits a line of a terminal."""


@dataclass(frozen=True, slots=True)
class LogKey:
    """What the log signs with."""

    signer: NoteSigner
    text: str
    """The verifier key in note form (name+hash+key)."""
    verifier: Ed25519Verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingKeys:
    """All private keys of a building."""

    building: WatchedSigner
    bulk: WatchedSigner
    common: WatchedSigner
    roof: WatchedSigner
    checkpoints: LogKey
    web_token: str = field(repr=False)

    @property
    def own(self) -> tuple[WatchedSigner, ...]:
        """Those that sign records."""
        return self.building, self.bulk, self.common, self.roof

    @property
    def log(self) -> NoteSigner:
        """What signs the log's checkpoints."""
        return self.checkpoints.signer

    @property
    def log_key(self) -> str:
        """The log's verifier key in note form (name+hash+key)."""
        return self.checkpoints.text

    @property
    def log_verifier(self) -> Ed25519Verifier:
        """What verifies the log's checkpoints."""
        return self.checkpoints.verifier

    @property
    def trouble(self) -> str | None:
        """Why a key does not sign; None when all do."""
        told = [f"{each.name}: {each.trouble}" for each in self.own if each.trouble]
        return "; ".join(told) or None


def load_keys(
    folder: Path,
    origin: str,
    tokens: Mapping[str, Signer] = MappingProxyType({}),
    enrolled: Mapping[str, PublicKey] = MappingProxyType({}),
) -> BuildingKeys:
    """Return the keys in a folder, making what is not there yet, beside those in tokens. Blocking.

    `enrolled` are the keys that the log names: files whose rotation was broken off get their places by it. Raises
    BadKeyError when a file can be read by other users or does not hold a key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, key in enrolled.items():
        if name not in tokens:
            settle(folder, name, key)
    building, bulk, common, roof = (
        WatchedSigner(name, tokens[name] if name in tokens else load_or_create(folder / name)) for name in OWN_NAMES
    )
    return BuildingKeys(
        building=building,
        bulk=bulk,
        common=common,
        roof=roof,
        checkpoints=load_log_key(folder, origin),
        web_token=load_token(folder),
    )


def load_log_key(folder: Path, origin: str) -> LogKey:
    """Return the log's key, making it when there is none. Blocking.

    Raises BadKeyError when the file can be read by other users or does not hold a key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = SignerKey(origin, SignatureType.ED25519, load_or_create(folder / "log").seed())
    return LogKey(NoteSigner(key), key.verifier_key.encode(), Ed25519Verifier(key.verifier_key))


def settle(folder: Path, name: str, enrolled: PublicKey) -> None:
    """Give the key that the log names the place of the one that signs, if it is in one of the others. Blocking.

    Raises BadKeyError.
    """
    place = folder / name
    if place.exists() and load_or_create(place).public == enrolled:
        return
    for ending in (NEXT, FORMER):
        other = folder / f"{name}{ending}"
        if other.exists() and load_or_create(other).public == enrolled:
            if not place.exists():  # The key before was in a token.
                other.replace(place)
                sync(folder)
                return
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
    with _draft(path, text) as draft, suppress(FileExistsError):
        os.link(draft, path)
    sync(path.parent)


def replace_private(path: Path, text: str) -> None:
    """Put a file of mode 0600 in the place of one that is there: at every moment one of the two is, as a whole."""
    with _draft(path, text) as draft:
        draft.replace(path)
    sync(path.parent)


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """Write a file beside its place, on the disk before it gets its name."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)

"""Private keys that a person names on the command line: PEM (PKCS#8 or SEC 1), or a coordinator's seed in hex.

A key that others can read is refused, before it is read and not only when it is made: who signs with it would vouch for
what they sign.
"""

import os
from pathlib import Path
import re
import stat
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from localvpp.etp import BadKeyError, Ed25519Signer, Es256Signer, Signer

from .errors import CommandError

_LARGEST: Final = 16 * 1024
_SEED: Final = re.compile(rb"[0-9a-f]{64}\s*")


def read_signer(path: Path) -> Signer:
    """Return the signer whose private key a file holds.

    Raises CommandError when it cannot be read, can be read by others, or holds no such key. None shows the content.
    """
    data = read_private(path)
    if _SEED.fullmatch(data):
        return Ed25519Signer(bytes.fromhex(data.decode("ascii")))
    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise CommandError(f"{path} is encrypted: give the key as openssl pkey -in {path} writes it") from None
    except ValueError, UnsupportedAlgorithm:
        raise CommandError(f"{path} holds no private key: neither PEM nor a seed of 64 hex digits") from None
    try:
        match key:
            case Ed25519PrivateKey():
                return Ed25519Signer(key.private_bytes_raw())
            case EllipticCurvePrivateKey():
                return Es256Signer(key)
            case _:
                raise BadKeyError(f"a key of type {type(key).__name__} signs neither way")
    except BadKeyError as error:
        raise CommandError(f"{path}: {error}; give a P-256 or an Ed25519 key") from error


def read_private(path: Path) -> bytes:
    """Return a private key's file. Raises CommandError when it cannot be read, or others can read it."""
    try:
        # One opened file is judged and read: between a look by name and a second one it could become another.
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CommandError(f"the key {path} is no file")
            if status.st_mode & 0o077:
                raise CommandError(
                    f"the key {path} can be read by other users: chmod 600 it, and renew the key if that matters"
                )
            return file.read(_LARGEST)
    except OSError as error:
        raise CommandError(f"the key {path} cannot be read: {error.strerror}") from error

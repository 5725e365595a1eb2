"""Keys that sign records: Ed25519 by default, ES256 (P-256) for keys that live in hardware.

Algorithm numbers are those of RFC 9053 (EdDSA −8, ES256 −7), which today's verifiers expect;
the fully specified numbers of RFC 9864 (Ed25519 −19, ESP256 −9) are read as well.
Public keys travel as 32 raw bytes (Ed25519) or 65 bytes uncompressed SEC 1 (P-256).

A public Ed25519 key of low order would accept signatures that nobody made. OpenSSL accepts such keys,
so they are refused by the rule that the log's own keys are held to (`tlog.ed25519_public_key`).

Nobody but the signer may be able to make a second signature out of the first: a record's name is the hash of
its signed bytes, and two records with one seq are evidence against their signer. Ed25519 has one s for each R;
ECDSA has s and n - s, so ES256 signatures are written, and read, with the smaller one only.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
import hashlib
import hmac
import os
from pathlib import Path
import re
import tempfile
from typing import Final, NewType, Protocol, override

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ..tlog import TlogError, ed25519_public_key
from .errors import BadKeyError, SignatureError

DeviceId = NewType("DeviceId", bytes)
"""16 bytes: the pseudonym of one device, taken from the key it was enrolled with."""

KeyId = NewType("KeyId", bytes)
"""8 bytes: COSE `kid`, the start of the SHA-256 of the public key."""

DEVICE_ID_LENGTH: Final = 16
KEY_ID_LENGTH: Final = 8
_KEPT_KEYS: Final = 1024
"""Keys kept ready: each of a building's flats verifies a record at every slot's end, and a frame a second."""
_P256_SCALAR: Final = 32
_SEED_LENGTH: Final = 32
_FINGERPRINT: Final = re.compile(rb"[0-9a-f]{32}")
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n of P-256 (SEC 2 v2.0, 2.4.2)."""


class Algorithm(IntEnum):
    """COSE signature algorithms that a record may be signed with."""

    ED25519 = -8
    ES256 = -7


_READ_AS: Final = {-8: Algorithm.ED25519, -19: Algorithm.ED25519, -7: Algorithm.ES256, -9: Algorithm.ES256}


def algorithm(number: object) -> Algorithm:
    """Return the algorithm of a COSE number, old or fully specified.

    Raises BadKeyError for any other.
    """
    if isinstance(number, int) and not isinstance(number, bool) and number in _READ_AS:
        return _READ_AS[number]
    raise BadKeyError(f"algorithm {number!r} is not one of EdDSA (-8) and ES256 (-7)")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A verifying key. Raises BadKeyError when its bytes are no sound key of its algorithm."""

    algorithm: Algorithm
    data: bytes
    """32 bytes (Ed25519) or 65 bytes 04‖x‖y (P-256)."""

    def __post_init__(self) -> None:
        match self.algorithm:
            case Algorithm.ED25519:
                try:
                    ed25519_public_key(self.data)
                except TlogError as error:
                    raise BadKeyError(str(error)) from error
            case Algorithm.ES256:
                try:
                    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.data)
                except ValueError as error:
                    raise BadKeyError(f"this is no point of P-256 in uncompressed form: {error}") from error
                if len(self.data) != 1 + 2 * _P256_SCALAR:
                    raise BadKeyError("a P-256 public key is 65 bytes, uncompressed")

    @property
    def key_id(self) -> KeyId:
        """The first 8 bytes of SHA-256 of the key."""
        return _key_id(self.data)

    @property
    def device_id(self) -> DeviceId:
        """The pseudonym of the device that is enrolled with this key."""
        return DeviceId(hashlib.sha256(b"local-vpp device\0" + self.data).digest()[:DEVICE_ID_LENGTH])

    @property
    def fingerprint(self) -> str:
        """What a person compares on two screens: 16 bytes of SHA-256 in groups of four hex digits."""
        digits = hashlib.sha256(self.data).hexdigest()[:32]
        return " ".join(digits[i : i + 4] for i in range(0, 32, 4))

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise SignatureError unless the signature is this key's over the message."""
        try:
            match self.algorithm:
                case Algorithm.ED25519:
                    _ed25519(self.data).verify(signature, message)
                case Algorithm.ES256:
                    if len(signature) != 2 * _P256_SCALAR:
                        raise SignatureError(f"an ES256 signature has 64 bytes, not {len(signature)}")
                    r, s = (int.from_bytes(signature[i : i + _P256_SCALAR]) for i in (0, _P256_SCALAR))
                    if s > P256_ORDER // 2:
                        raise SignatureError(
                            "the ES256 signature has the larger of its two s: write n - s in its place"
                        )
                    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.data)
                    point.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
        except InvalidSignature as error:
            raise SignatureError(f"the signature is not of key {self.key_id.hex()}") from error


@lru_cache(_KEPT_KEYS)
def _key_id(data: bytes) -> KeyId:
    return KeyId(hashlib.sha256(data).digest()[:KEY_ID_LENGTH])


@lru_cache(_KEPT_KEYS)
def _ed25519(data: bytes) -> Ed25519PublicKey:
    return ed25519_public_key(data)


def is_fingerprint(text: str) -> bool:
    """Whether a text has the form of a fingerprint, however a person spaced or cased it."""
    return _FINGERPRINT.fullmatch(_folded(text)) is not None


def same_fingerprint(left: str, right: str) -> bool:
    """Whether two fingerprints agree, however a person spaced or cased them."""
    return hmac.compare_digest(_folded(left), _folded(right))


def _folded(text: str) -> bytes:
    return "".join(text.split()).replace(":", "").replace("-", "").lower().encode()


class Signer(Protocol):
    """Whoever holds a private key: a file, a chip."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this signer signs."""
        ...

    @property
    def blocks(self) -> bool:
        """Whether signing waits for something outside of this process, as a token: see `off_loop`."""
        return False

    def sign(self, message: bytes) -> bytes:
        """Return a COSE signature over the message: 64 bytes in both algorithms, in ES256 with s ≤ n/2."""
        ...


async def off_loop[T](signer: Signer, work: Callable[[], T]) -> T:
    """Do work that signs: in a thread where the signer blocks, so that the event loop goes on meanwhile.

    A key in memory signs in microseconds, which is less than the way to a thread and back.
    """
    return await asyncio.to_thread(work) if signer.blocks else work()


class Ed25519Signer(Signer):
    """A signer whose 32-byte seed is in this process's memory."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != _SEED_LENGTH:
            raise BadKeyError(f"an Ed25519 seed has 32 bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = PublicKey(Algorithm.ED25519, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Ed25519Signer:
        """Return a signer with a fresh key."""
        return cls(os.urandom(_SEED_LENGTH))

    @property
    @override
    def public(self) -> PublicKey:
        return self._public

    @override
    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def seed(self) -> bytes:
        """The secret itself, for storing. Handle with care."""
        return self._key.private_bytes_raw()


class Es256Signer(Signer):
    """A P-256 signer in memory; hardware signers implement the same protocol."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(key.curve, ec.SECP256R1):
            raise BadKeyError(f"ES256 needs a P-256 key, not one of {key.curve.name}")
        self._key = key
        self._public = PublicKey(
            Algorithm.ES256, key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    @classmethod
    def generate(cls) -> Es256Signer:
        """Return a signer with a fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    @override
    def public(self) -> PublicKey:
        return self._public

    @override
    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(_P256_SCALAR) + min(s, P256_ORDER - s).to_bytes(_P256_SCALAR)

    def pem(self) -> bytes:
        """The secret itself, PKCS#8 in PEM, for storing. Handle with care."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_or_create(path: Path) -> Ed25519Signer:
    """Return the signer whose seed a file holds, in hex; make file (mode 0600) and key when there is none.

    The file gets its name only when the seed is on the disk: a crash leaves a whole key or none. Of two processes
    that make it at once, both get the key of the first. Blocking: call it from a thread.

    Raises BadKeyError when the file cannot be made or read, can be read by others, or holds no seed.
    """
    try:
        if not path.exists():
            _create(path, Ed25519Signer.generate().seed())
        return Ed25519Signer(_read_seed(path))
    except OSError as error:
        raise BadKeyError(
            f"{path} cannot be made or read as a key file: {error.strerror}; give this user the right to its folder"
        ) from error


def _read_seed(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise BadKeyError(f"{path} can be read by other users: chmod 600 it, and renew the key if that matters")
    try:
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        seed = b""
    if len(seed) != _SEED_LENGTH:
        raise BadKeyError(
            f"{path} does not hold an Ed25519 seed of 64 hex digits: put the key back from a backup, or remove the "
            "file and enrol anew"
        )
    return seed


def _create(path: Path, seed: bytes) -> None:
    """Put a seed where there is none; leave what somebody else put there meanwhile."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # Of mode 0600.
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(seed.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

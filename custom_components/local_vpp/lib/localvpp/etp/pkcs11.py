"""A signer whose private key never leaves its token: a security module, a smart card, a TPM behind PKCS#11.

The key is named by a URI (RFC 7512), and its PIN stands in a file of mode 0600, never on a command line or in a log:

    pkcs11:token=Flat;object=vpp?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/local-vpp/pin

Ed25519 (CKM_EDDSA) is used where the key is one of edwards25519, ES256 (CKM_ECDSA over SHA-256, of both s the smaller)
where it is one of P-256. Which one a token has is the token's affair: most TPMs and smart cards have P-256 only.

A token that is pulled out makes signing fail, with a reason, until it is back. A PIN that the token refuses is not
tried again: a few wrong ones would lock the token for good.
"""

from dataclasses import dataclass
import hashlib
import importlib
import os
from pathlib import Path
import stat
import threading
from typing import Any, Final, override
from urllib.parse import unquote, unquote_to_bytes

from .errors import BadKeyError, SignerUnavailableError
from .keys import P256_ORDER, Algorithm, PublicKey, Signer

SCHEME: Final = "pkcs11:"
_LARGEST_PIN: Final = 255
"""Bytes; PKCS#11 tokens take far fewer."""
_SIGNATURE: Final = 64
_OCTETS: Final = b"\x04"
_EDWARDS25519: Final = (
    bytes.fromhex("130c656477617264733235353139"),  # PrintableString "edwards25519", PKCS#11 v3.0
    bytes.fromhex("06032b6570"),  # OID 1.3.101.112, RFC 8410
)
_P256: Final = bytes.fromhex("06082a8648ce3d030107")
"""OID 1.2.840.10045.3.1.7."""


@dataclass(frozen=True, slots=True)
class KeyUri:
    """Which key of which token, and how to get at it."""

    module: Path
    """The token's driver, a shared library."""
    pin_source: Path | None
    token: str | None = None
    serial: bytes | None = None
    label: str | None = None
    id: bytes | None = None

    @classmethod
    def parse(cls, text: str) -> KeyUri:
        """Return what a URI names. Raises BadKeyError, which never shows a PIN."""
        if not text.startswith(SCHEME):
            raise BadKeyError(f"the key is no PKCS#11 URI: it begins with {SCHEME}")
        path, _, query = text.removeprefix(SCHEME).partition("?")
        named = _attributes(path, ";", {"token", "serial", "object", "id", "type"})
        asked = _attributes(query, "&", {"module-path", "pin-source", "pin-value"})
        if "pin-value" in asked:
            raise BadKeyError("the URI holds the PIN itself, where others can read it: name a file with pin-source")
        if "module-path" not in asked:
            raise BadKeyError("the URI does not tell the token's driver: add ?module-path=/usr/lib/….so")
        if named.get("type", "private") != "private":
            raise BadKeyError(f"the URI names an object of type {named['type']}: a signer is a private key")
        if not {"token", "serial"} & named.keys() or not {"object", "id"} & named.keys():
            raise BadKeyError("the URI names no single key: give token= or serial=, and object= or id=")
        source = asked.get("pin-source")
        return cls(
            Path(unquote(asked["module-path"])),
            None if source is None else Path(unquote(source).removeprefix("file:")),
            unquote(named["token"]) if "token" in named else None,
            unquote_to_bytes(named["serial"]) if "serial" in named else None,
            unquote(named["object"]) if "object" in named else None,
            unquote_to_bytes(named["id"]) if "id" in named else None,
        )

    @property
    def name(self) -> str:
        """How a person knows the key."""
        token = self.token or (self.serial or b"").decode(errors="replace")
        return f"key {self.label or (self.id or b'').hex()} of token {token}"


def _attributes(text: str, separator: str, known: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, text.split(separator)):
        name, equals, value = part.partition("=")
        if not equals or name not in known:
            raise BadKeyError(f"the PKCS#11 URI has {name!r}, which is not one of {', '.join(sorted(known))}")
        if name in found:
            raise BadKeyError(f"the PKCS#11 URI has {name!r} twice")
        found[name] = value
    return found


def read_pin(path: Path) -> str:
    """Return the PIN that a file holds. Raises BadKeyError when others can read it, too."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
                raise BadKeyError(f"the PIN's file {path} can be read by other users, or is no file: chmod 600 it")
            data = file.read(_LARGEST_PIN + 2)
        pin = data.decode().removesuffix("\n")
    except OSError as error:
        raise BadKeyError(f"the PIN's file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadKeyError(f"the PIN's file {path} holds no text") from None
    if not 0 < len(pin) <= _LARGEST_PIN:
        raise BadKeyError(f"the PIN's file {path} holds no PIN of 1 to {_LARGEST_PIN} characters")
    return pin


class Pkcs11Signer(Signer):
    """A signer in a token. Its calls block for as long as the token needs to sign, and one waits for the other."""

    def __init__(self, uri: KeyUri) -> None:
        """Open the token and find the key. Blocking.

        Raises BadKeyError when that cannot be: no driver, no token, a wrong PIN, no such key, or one of another kind.
        """
        self._uri = uri
        self._one = threading.Lock()
        """A session of PKCS#11 does one thing at a time (v3.0, 5.1.4)."""
        self._pin = None if uri.pin_source is None else read_pin(uri.pin_source)
        self._library: Any = load_driver(uri.module)
        self._pkcs11: Any = _wrapper()
        self._refused: str | None = None
        self._key: Any = None
        self._session: Any = None
        try:
            self._public = self._open()
        except SignerUnavailableError as error:
            raise BadKeyError(str(error)) from error
        except (self._pkcs11.PKCS11Error, OSError) as error:
            raise BadKeyError(f"the token's driver {uri.module} cannot be used: {_told(error)}") from error

    @property
    @override
    def public(self) -> PublicKey:
        return self._public

    @property
    @override
    def blocks(self) -> bool:
        return True

    @override
    def sign(self, message: bytes) -> bytes:
        """Raises SignerUnavailableError while the token does not sign."""
        with self._one:
            return self._sign_alone(message)

    def _sign_alone(self, message: bytes) -> bytes:
        if self._refused is not None:
            raise SignerUnavailableError(self._refused)
        if self._key is None:
            self._reopen()
        try:
            return self._sign(message)
        except self._pkcs11.PKCS11Error as error:
            # It was pulled out, or its driver lost it: the next signature looks for it anew.
            self._key = self._session = None
            raise SignerUnavailableError(
                f"{self._uri.name} does not sign ({_told(error)}): put the token back"
            ) from error

    def close(self) -> None:
        """Log out of the token."""
        with self._one:
            session, self._session, self._key = self._session, None, None
            if session is not None:
                try:
                    session.close()
                except self._pkcs11.PKCS11Error as error:
                    raise SignerUnavailableError(f"{self._uri.name} cannot be closed: {_told(error)}") from error

    def _sign(self, message: bytes) -> bytes:
        mechanism = self._pkcs11.Mechanism
        if self._public.algorithm is Algorithm.ED25519:
            signature = bytes(self._key.sign(message, mechanism=mechanism.EDDSA))
        else:
            signature = bytes(self._key.sign(hashlib.sha256(message).digest(), mechanism=mechanism.ECDSA))
            half = _SIGNATURE // 2
            s = int.from_bytes(signature[half:])
            signature = signature[:half] + min(s, P256_ORDER - s).to_bytes(half)
        if len(signature) != _SIGNATURE:
            raise SignerUnavailableError(f"{self._uri.name} gave a signature of {len(signature)} bytes, not 64")
        return signature

    def _reopen(self) -> None:
        try:
            # A driver looks for its tokens when it is initialised; one that came back is found by that only.
            self._library.reinitialize()
            found = self._open()
        except self._pkcs11.PKCS11Error as error:
            raise SignerUnavailableError(
                f"{self._uri.name} does not answer ({_told(error)}): put the token back"
            ) from error
        except BadKeyError as error:
            self._key = self._session = None
            raise SignerUnavailableError(str(error)) from error
        if found != self._public:
            self._key = self._session = None
            raise SignerUnavailableError(f"{self._uri.name} is another key now: put the enrolled one's token back")

    def _open(self) -> PublicKey:
        """Log in and find the key; return its public half."""
        errors, uri = self._pkcs11, self._uri
        try:
            token = self._library.get_token(token_label=uri.token, token_serial=uri.serial)
        except errors.NoSuchToken:
            raise SignerUnavailableError(f"{uri.name}: the token is not there; put it in, or mend the URI") from None
        except errors.MultipleTokensReturned:
            raise BadKeyError(f"{uri.name}: several tokens are called so; name one by serial=") from None
        try:
            session = token.open(user_pin=self._pin)
        except errors.UserAlreadyLoggedIn:
            session = token.open()  # A process logs in once: another signer of the same token has.
        except errors.PinIncorrect, errors.PinInvalid, errors.PinLenRange:
            self._refused = f"{uri.name}: the token refuses the PIN of {uri.pin_source}; it is not tried again"
            raise SignerUnavailableError(self._refused) from None
        except errors.PinLocked:
            self._refused = f"{uri.name}: the token is locked after wrong PINs; its security officer unlocks it"
            raise SignerUnavailableError(self._refused) from None
        key = self._object(session, errors.ObjectClass.PRIVATE_KEY)
        public = self._object(session, errors.ObjectClass.PUBLIC_KEY)
        found = _public_key(
            bytes(public[errors.Attribute.EC_PARAMS]), bytes(public[errors.Attribute.EC_POINT]), uri.name
        )
        self._key, self._session = key, session
        return found

    def _object(self, session: Any, kind: Any) -> Any:
        what = "public" if kind == self._pkcs11.ObjectClass.PUBLIC_KEY else "private"
        try:
            return session.get_key(object_class=kind, label=self._uri.label, id=self._uri.id)
        except self._pkcs11.NoSuchKey:
            hint = "" if self._pin is not None else ", or it is hidden without a PIN: name its file with pin-source"
            raise BadKeyError(f"{self._uri.name}: the token has no {what} key of that name{hint}") from None
        except self._pkcs11.MultipleObjectsReturned:
            raise BadKeyError(f"{self._uri.name}: several {what} keys are called so; name one by id=") from None


def load_driver(module: Path) -> Any:
    """Load a token's driver, and log in to nothing. Blocking. Raises BadKeyError."""
    pkcs11 = _wrapper()
    try:
        return pkcs11.lib(str(module))
    except (pkcs11.PKCS11Error, OSError) as error:
        raise BadKeyError(
            f"the token's driver {module} cannot be used ({_told(error)}): write where its package has put the shared "
            "library into module-path"
        ) from error


def _wrapper() -> Any:
    try:
        return importlib.import_module("pkcs11")
    except ImportError as error:
        raise BadKeyError(
            "a key in a token needs python-pkcs11: install Local VPP with its extra, local-vpp[hardware]"
        ) from error


def _public_key(parameters: bytes, point: bytes, name: str) -> PublicKey:
    """Return the key of EC_PARAMS and EC_POINT (PKCS#11 v3.0, 2.3.3): the point is in a DER OCTET STRING."""
    raw = point[2:] if point[:1] == _OCTETS and len(point) == point[1] + 2 else point
    if parameters in _EDWARDS25519:
        return PublicKey(Algorithm.ED25519, raw)
    if parameters == _P256:
        return PublicKey(Algorithm.ES256, raw)
    raise BadKeyError(f"{name} is of another curve than P-256 and edwards25519: make one of these")


def _told(error: BaseException) -> str:
    """Return what a driver's error says; many of them have a name only."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__

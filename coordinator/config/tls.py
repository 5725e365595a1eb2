"""`listen.tls`: a certificate and its key, looked at closely enough that a mistake is told before a client is refused.

OpenSSL's own words for a wrong file are of little help, so the files are read here first. What it makes of them has the
last say: the context that this gives is the one that answers.
"""

from dataclasses import dataclass
from pathlib import Path
import ssl
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LEAST_VERSION: Final = ssl.TLSVersion.TLSv1_2
"""Older versions are broken (RFC 8996), and no client of this decade needs them."""


class TlsError(Exception):
    """A certificate or its key cannot be used."""

    def __init__(self, field: str, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.field = field
        """`certificate` or `key`."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where a certificate with its chain lies, and where its private key; both in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ServerTls:
    """What a server answers with."""

    context: ssl.SSLContext
    begins_ms: int
    ends_ms: int


def load_tls(files: TlsFiles) -> ServerTls:
    """Read a certificate and its key. Blocking.

    A certificate that is over is told by its times, not refused: the building is metered and settled nevertheless.
    Raises TlsError.
    """
    certificate = _certificate(files.certificate)
    _check_key(files, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = LEAST_VERSION
    try:
        # The password is for a file that was locked since it was read: without one OpenSSL would ask the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except OSError as error:  # ssl.SSLError is one.
        reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        raise TlsError(
            "certificate",
            files.certificate,
            f"is refused by OpenSSL ({reason}): have one issued for a key of P-256, or of RSA with 2048 bits or more",
        ) from error
    return ServerTls(
        context,
        begins_ms=int(certificate.not_valid_before_utc.timestamp() * 1000),
        ends_ms=int(certificate.not_valid_after_utc.timestamp() * 1000),
    )


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(_read("certificate", path))[0]
    except ValueError as error:
        raise TlsError(
            "certificate",
            path,
            "holds no certificate in PEM: give the file that begins with -----BEGIN CERTIFICATE----- and has its "
            "chain, often fullchain.pem",
        ) from error


def _check_key(files: TlsFiles, certificate: x509.Certificate) -> None:
    data = _read("key", files.key)
    if files.key.stat().st_mode & 0o007:
        raise TlsError("key", files.key, "can be read by all users: chmod o-rwx it")
    try:
        key = load_pem_private_key(data, None)
    except TypeError as error:
        raise TlsError(
            "key",
            files.key,
            "is locked with a passphrase, which a service cannot be asked for: write it without one, with "
            "openssl pkey -in LOCKED -out KEY",
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TlsError(
            "key", files.key, "holds no private key in PEM: give the file with -----BEGIN PRIVATE KEY-----"
        ) from error
    if key.public_key() != certificate.public_key():
        raise TlsError(
            "key",
            files.key,
            f"is not the key of {files.certificate}: give the one that it was issued for; if that has a chain, the "
            "server's own certificate comes first in it",
        )


def _read(field: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TlsError(
            field,
            path,
            f"cannot be read ({error.strerror}): check the path, and that the coordinator's user may read it",
        ) from error

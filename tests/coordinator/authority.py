"""An authority that issues certificates to whom a test likes, and a machine that trusts it."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
import os
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from coordinator.config import TlsFiles

type PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def name_of(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority:
    """Signs certificates with a key that nobody knows of who is not told."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = name_of("Authority of a test")
        self.certificate = self._signed(self._name, self._key, [], (-1, 3650), authority=True)

    def _signed(
        self, subject: x509.Name, key: PrivateKey, names: list[str], days: tuple[int, int], *, authority: bool = False
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if authority:
            usage = x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            )
            builder = builder.add_extension(usage, critical=True)
        if names:
            alternatives = x509.SubjectAlternativeName([general(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def issue(
        self,
        folder: Path,
        *names: str,
        days: tuple[int, int] = (-30, 60),
        key: PrivateKey | None = None,
        password: bytes | None = None,
    ) -> TlsFiles:
        """Write a certificate for some names, and its key, over whatever is there."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(name_of(names[0]), key, list(names), days)
        lock: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
        files = TlsFiles(folder / "fullchain.pem", folder / "privkey.pem")
        for path, data in (
            (files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)),
            (files.certificate, certificate.public_bytes(Encoding.PEM) + self.pem),
        ):
            # As who renews does it: beside the old one, and then in its place.
            new = path.with_suffix(".new")
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123  # by its descriptor
                file.write(data)
            new.rename(path)
        return files

    @property
    def pem(self) -> bytes:
        """The authority's own certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    def trusting(self) -> ssl.SSLContext:
        """Return what a client has that trusts this authority and no other."""
        return ssl.create_default_context(cadata=self.pem.decode())


def serial_of(path: Path) -> int:
    """Return the serial number of a certificate."""
    return x509.load_pem_x509_certificates(path.read_bytes())[0].serial_number

"""A key in a token signs as one in a file does, never shows its PIN, and says what is wrong until it is mended."""

import importlib
import logging
from pathlib import Path
from typing import Any

import pytest

from localvpp.etp import Algorithm, BadKeyError, Chain, Kind, SignatureError, SignerUnavailableError
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer, read_pin

from ...softhsm import PIN, SoftHsm
from ..place import ORIGIN, SLOT

BOTH = pytest.mark.parametrize(
    ("curve", "algorithm"), [("edwards25519", Algorithm.ED25519), ("P-256", Algorithm.ES256)]
)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    return SoftHsm.make(tmp_path / "hsm", monkeypatch)


def opened(token: SoftHsm, label: str = "vpp") -> Pkcs11Signer:
    return Pkcs11Signer(KeyUri.parse(token.uri(label)))


# --- Signing ------------------------------------------------------------------------------------------------


@BOTH
def test_a_tokens_signatures_verify(token: SoftHsm, curve: str, algorithm: Algorithm) -> None:
    token.make_key("vpp", curve)
    signer = opened(token)
    assert signer.public.algorithm is algorithm
    for at in range(32):  # A raw ECDSA signature has the larger s every second time: it would be refused.
        message = b"message %d" % at
        signer.public.verify(signer.sign(message), message)
    with pytest.raises(SignatureError):
        signer.public.verify(signer.sign(b"one"), b"another")
    signer.close()


@BOTH
def test_a_record_of_a_tokens_key_is_a_record_as_any(
    token: SoftHsm, curve: str, algorithm: Algorithm, make_body: Any
) -> None:
    token.make_key("vpp", curve)
    signer = opened(token)
    record, chain = Chain(signer.public.device_id, ORIGIN).seal(signer, Kind.INTERVAL, SLOT, make_body())
    record.verify(signer.public, ORIGIN)
    assert record.signed.statement.header.algorithm is algorithm
    assert chain.head.seq == 1
    signer.close()


def test_the_same_key_is_found_again(token: SoftHsm) -> None:
    token.make_key("vpp", "P-256")
    token.make_key("other", "edwards25519")
    first, again, other = opened(token), opened(token), opened(token, "other")
    assert first.public == again.public
    assert other.public != first.public
    other.public.verify(other.sign(b"x"), b"x")


# --- What is wrong ------------------------------------------------------------------------------------------


def test_a_wrong_pin_is_told_and_shown_nowhere(token: SoftHsm, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token.make_key("vpp", "P-256")
    token.write_pin("a wrong secret")
    with pytest.raises(BadKeyError, match=r"refuses the PIN of .*pin; it is not tried again") as error:
        opened(token)
    assert "a wrong secret" not in str(error.value)
    assert "a wrong secret" not in caplog.text
    token.write_pin(PIN)
    opened(token).close()


@pytest.mark.parametrize(
    ("label", "name", "told"),
    [("vpp", "another", "the token is not there"), ("no such key", "flat", "the token has no private key")],
)
def test_a_token_or_key_that_is_not_there_is_told(token: SoftHsm, label: str, name: str, told: str) -> None:
    token.make_key("vpp", "P-256")
    with pytest.raises(BadKeyError, match=told):
        Pkcs11Signer(KeyUri.parse(token.uri(label, named=name)))


def test_two_keys_of_one_name_are_not_guessed_between(token: SoftHsm) -> None:
    token.make_key("vpp", "P-256")
    token.make_key("vpp", "P-256")
    with pytest.raises(BadKeyError, match="several private keys are called so; name one by id="):
        opened(token)


def test_a_key_of_another_curve_is_refused(token: SoftHsm) -> None:
    token.make_key("vpp", "P-384")
    with pytest.raises(BadKeyError, match="another curve than P-256 and edwards25519"):
        opened(token)


def test_a_driver_that_is_none_is_told(token: SoftHsm, tmp_path: Path) -> None:
    uri = token.uri("vpp").replace(str(token.module), str(tmp_path / "none.so"))
    with pytest.raises(BadKeyError, match=r"driver .*none\.so cannot be used"):
        Pkcs11Signer(KeyUri.parse(uri))


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(BadKeyError, match=r"local-vpp\[hardware\]"):
        Pkcs11Signer(KeyUri.parse("pkcs11:token=t;object=o?module-path=/m.so"))


# --- A token that is pulled out -----------------------------------------------------------------------------


@BOTH
def test_a_token_that_is_pulled_out_fails_until_it_is_back(token: SoftHsm, curve: str, algorithm: Algorithm) -> None:
    token.make_key("vpp", curve)
    signer = opened(token)
    before = signer.public
    token.pull()
    for _ in range(3):
        with pytest.raises(SignerUnavailableError, match="put the token back"):
            signer.sign(b"x")
    token.put_back()
    before.verify(signer.sign(b"x"), b"x")
    assert signer.public == before


def test_another_key_in_the_place_of_the_enrolled_one_does_not_sign(token: SoftHsm) -> None:
    token.make_key("vpp", "P-256")
    signer = opened(token)
    token.pull()
    with pytest.raises(SignerUnavailableError):
        signer.sign(b"x")
    token.put_back()
    token.library.reinitialize()
    with token.library.get_token(token_label="flat").open(rw=True, user_pin=PIN) as session:
        for each in list(session.get_objects()):
            each.destroy()
    token.make_key("vpp", "P-256")
    with pytest.raises(SignerUnavailableError, match="is another key now"):
        signer.sign(b"x")


def test_a_pin_that_was_changed_meanwhile_is_tried_once_only(token: SoftHsm) -> None:
    token.make_key("vpp", "P-256")
    signer = opened(token)
    token.pull()
    with pytest.raises(SignerUnavailableError):
        signer.sign(b"x")
    token.put_back()
    token.library.reinitialize()
    with token.library.get_token(token_label="flat").open(rw=True, user_pin=PIN) as session:
        session.set_pin(PIN, "another one")
    for _ in range(5):
        with pytest.raises(SignerUnavailableError, match="not tried again"):
            signer.sign(b"x")


# --- Names and PINs -----------------------------------------------------------------------------------------


def test_a_uri_names_a_key_of_a_token() -> None:
    uri = KeyUri.parse(
        "pkcs11:token=My%20token;serial=0a;object=vpp;id=%01%02;type=private?module-path=/m.so&pin-source=file:/p"
    )
    assert uri == KeyUri(Path("/m.so"), Path("/p"), "My token", b"0a", "vpp", b"\x01\x02")
    assert uri.name == "key vpp of token My token"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file:x", "begins with pkcs11:"),
        ("pkcs11:token=t;object=o", "does not tell the token's driver"),
        ("pkcs11:object=o?module-path=/m.so", "names no single key"),
        ("pkcs11:token=t?module-path=/m.so", "names no single key"),
        ("pkcs11:token=t;object=o;type=cert?module-path=/m.so", "a signer is a private key"),
        ("pkcs11:token=t;token=u;object=o?module-path=/m.so", "'token' twice"),
        ("pkcs11:token=t;colour=red;object=o?module-path=/m.so", "'colour', which is not one of"),
        ("pkcs11:token=t;object=o?module-path=/m.so&pin-value=4321", "name a file with pin-source"),
    ],
)
def test_a_uri_that_names_no_key_is_refused_and_shows_no_pin(text: str, told: str) -> None:
    with pytest.raises(BadKeyError, match=told) as error:
        KeyUri.parse(text)
    assert "4321" not in str(error.value)


def test_a_pin_that_others_can_read_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_text("4321\n")
    file.chmod(0o640)
    with pytest.raises(BadKeyError, match="chmod 600"):
        read_pin(file)
    file.chmod(0o600)
    assert read_pin(file) == "4321"
    file.write_text("\n")
    with pytest.raises(BadKeyError, match="holds no PIN"):
        read_pin(file)
    with pytest.raises(BadKeyError, match="cannot be read: No such file"):
        read_pin(tmp_path / "none")

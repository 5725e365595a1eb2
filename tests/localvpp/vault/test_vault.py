"""Bodies survive with the mirrors, which cannot read them; the sheet of paper opens them."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, strategies as st
import pytest

from localvpp.etp import Body, DeviceId, Register, Source, cbor
from localvpp.vault import (
    BUCKET,
    RECOVERY,
    Opening,
    Recipient,
    SealError,
    SecretKey,
    SecretKeyError,
    open_bodies,
    open_sealed,
    seal,
    seal_bodies,
)

ORIGIN = "vpp.example/sakura-heights"
SECRET = SecretKey(RECOVERY, sha256(b"the sheet of paper").digest())
AUDITOR = SecretKey("AUDITOR", sha256(b"the auditor").digest())
SALT = sha256(b"salt").digest()

openings = st.lists(
    st.none() | st.builds(Opening, st.binary(min_size=32, max_size=32), st.binary(max_size=400)), max_size=20
)


@given(openings, st.integers(0, 2**40))
def test_each_recipient_opens_what_was_sealed_and_erased_bodies_leave_their_place(
    bodies: list[Opening | None], first: int
) -> None:
    sealed = seal_bodies([SECRET.public, AUDITOR.public], ORIGIN, first, bodies)
    for secret in (SECRET, AUDITOR):
        assert open_bodies(secret, ORIGIN, first, len(bodies), sealed) == bodies


def test_what_is_sealed_tells_neither_its_content_nor_its_length() -> None:
    short = seal_bodies([SECRET.public], ORIGIN, 0, [Opening(SALT, b"12 Wh")])
    long = seal_bodies([SECRET.public], ORIGIN, 0, [Opening(SALT, b"12000 Wh" * 40)])
    assert len(short) == len(long)
    assert b"12 Wh" not in short
    assert seal_bodies([SECRET.public], ORIGIN, 0, [Opening(SALT, b"12 Wh")]) != short, "each time under a new key"


def test_a_blob_of_many_bodies_is_as_long_as_their_number_says_and_no_longer_or_shorter() -> None:
    some = [Opening(SALT, bytes(length)) for length in (77, 163, 210, 225)]
    for count in (1, 2, 7, 100, 256):
        made = [[some[(at + turn) % 4] for at in range(count)] for turn in range(4)]
        made += [[one] * count for one in some] + [[None] * count]
        assert len({len(seal_bodies([SECRET.public], ORIGIN, 0, bodies)) for bodies in made}) == 1


@pytest.mark.parametrize(
    ("opened", "named"),
    [
        (lambda sealed: open_bodies(AUDITOR, ORIGIN, 256, 1, sealed), "take the key of that sheet"),
        (lambda sealed: open_bodies(SECRET, "vpp.example/other", 256, 1, sealed), "in another's place"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 0, 1, sealed), "in another's place"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 2, sealed), "in another's place"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, sealed[:-1]), "not CBOR"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, cbor.encode({0: 1})), "version is 1"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, cbor.encode({0: 3})), "version is 3"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, cbor.encode({0: 2, 1: [b"x"], 2: b""})), "recipient is"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, spoiled(sealed, 1, [])), "for 0 recipients"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, spoiled(sealed, 1, [[bytes(8), b"x"]])), "recipient is"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, spoiled(sealed, 1, [[bytes(8), bytes(80)]] * 2)), "once"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, spoiled(sealed, 2, bytes(1000))), "whole kilobytes"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, spoiled(sealed, 3, 0)), "unknown key 3"),
    ],
    ids=[
        "another key",
        "another building",
        "another place",
        "another length",
        "cut",
        "older",
        "newer",
        "no recipient",
        "nobody",
        "a short key",
        "somebody twice",
        "no kilobytes",
        "something more",
    ],
)
def test_what_is_not_for_this_key_and_place_is_refused_with_its_reason(
    opened: Callable[[bytes], Any], named: str
) -> None:
    sealed = seal_bodies([SECRET.public], ORIGIN, 256, [Opening(SALT, b"body")])
    with pytest.raises(SealError, match=named):
        opened(sealed)


def spoiled(sealed: bytes, key: int, value: cbor.Value) -> bytes:
    fields = cbor.decode(sealed, "sealed")
    assert isinstance(fields, dict)
    return cbor.encode(fields | {key: value})


@pytest.mark.parametrize(
    ("plain", "named"),
    [
        (b"", "end before the body of entry 256"),
        (bytes(BUCKET - 1), "end before the body of entry 256"),
        ((2**32 - 1).to_bytes(4) + bytes(BUCKET - 4), "end before the body of entry 256"),
        (bytes(2 * BUCKET), f"have {BUCKET} bytes more than 1 entries"),
        (bytes(BUCKET - 1) + b"x", "256 is not padded with zeros"),
        ((31).to_bytes(4) + bytes(BUCKET - 4), "fewer than a salt"),
    ],
    ids=["empty", "cut", "endless", "more", "padding", "no salt"],
)
def test_bodies_that_anybody_could_seal_are_read_strictly(plain: bytes, named: str) -> None:
    context = cbor.encode(["local-vpp bodies", ORIGIN, 256, 1])
    with pytest.raises(SealError, match=named):
        open_bodies(SECRET, ORIGIN, 256, 1, seal([SECRET.public], context, plain))


def wrapped_around(padded: bytes) -> bytes:
    """Seal for the sheet what `seal` would never pad so: anybody with the public key can."""
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    ciphertext = ChaCha20Poly1305(bytes(32)).encrypt(bytes(12), padded, b"context")
    recipient = SECRET.public
    return cbor.encode(
        {0: 2, 1: [[recipient.id, suite.encrypt(bytes(32), recipient.key, info=b"context")]], 2: ciphertext}
    )


@pytest.mark.parametrize(
    "padded",
    [b"\xff" * 1024, (5).to_bytes(4) + bytes(2044), (5).to_bytes(4) + bytes(1019) + b"x"],
    ids=["a length beyond the end", "padded by more than a kilobyte", "not with zeros"],
)
def test_a_length_that_does_not_fit_is_refused_and_nothing_breaks(padded: bytes) -> None:
    with pytest.raises(SealError, match="padded with zeros to whole kilobytes"):
        open_sealed(SECRET, b"context", wrapped_around(padded))
    assert open_sealed(SECRET, b"context", wrapped_around((5).to_bytes(4) + b"plain" + bytes(1015))) == b"plain"


wh = st.integers(0, 2**63 - 1)


@given(wh, wh, wh, st.dictionaries(st.sampled_from(Source), st.integers(1, 2**60), max_size=7), st.booleans())
def test_a_meters_record_has_one_size_whatever_its_numbers_are(
    imported: int, exported: int, moved: int, sources: dict[Source, int], seconds: bool
) -> None:
    body = Body(
        start_ms=1_795_312_800_000,
        end_ms=1_795_314_600_000,
        slot_seconds=1800,
        sender=DeviceId(bytes(16)),
        receiver=DeviceId(b"7" * 16),
        energy_wh=sum(sources.values()),
        attributes=tuple(sorted(sources.items())),
        imported=Register(imported, min(imported + moved, 2**63 - 1)),
        exported=Register(exported, exported),
        frequency_mhz=50_000,
        meter="M" * 64,
        place="号" * 16,
        seconds_root=SALT if seconds else None,
        seconds_count=1800 if seconds else None,
    ).encode()
    frames = [len(seal_bodies([SECRET.public], ORIGIN, 0, [Opening(SALT, body)] * count)) for count in (7, 8, 9)]
    none = [len(seal_bodies([SECRET.public], ORIGIN, 0, [None] * count)) for count in (7, 8, 9)]
    assert frames == none


def test_every_changed_byte_is_noticed() -> None:
    sealed = seal([SECRET.public], b"context", b"secret")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(SealError):
            open_sealed(SECRET, b"context", bytes(changed))


@given(st.binary(min_size=32, max_size=32), st.sampled_from([RECOVERY, "AUDITOR"]))
def test_a_secret_key_is_read_off_the_sheet_however_it_is_spaced(data: bytes, label: str) -> None:
    secret = SecretKey(label, data)
    assert SecretKey.parse(secret.text) == secret
    assert SecretKey.parse(f" {secret.text.lower().replace('-', ' - ')} ") == secret
    assert secret.data.hex() not in repr(secret)


def test_every_mistyped_character_of_a_secret_key_is_named() -> None:
    text = SECRET.text
    for at in range(len(RECOVERY) + 1, len(text)):
        if text[at] != "-":
            with pytest.raises(SecretKeyError, match="mistyped"):
                SecretKey.parse(text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :])
    for wrong in ("", "RECOVERY", text[:-1], text.replace("RECOVERY-", ""), "あ" * 60):
        with pytest.raises(SecretKeyError, match="eight groups"):
            SecretKey.parse(wrong)
    with pytest.raises(SecretKeyError, match="mistyped"):
        SecretKey.parse(text.replace(RECOVERY, "AUDITOR"))


def test_a_public_key_of_another_length_is_refused() -> None:
    with pytest.raises(SecretKeyError, match="32 bytes, not 31"):
        Recipient(bytes(31))
    for low in (bytes(32), b"\1" + bytes(31)):
        with pytest.raises(SecretKeyError, match="low order"):
            Recipient(low)

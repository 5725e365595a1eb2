"""Bodies survive with the mirrors, which cannot read them; the sheet of paper opens them."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.etp import cbor
from localvpp.vault import (
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
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, cbor.encode({0: 2})), "version is 2"),
        (lambda sealed: open_bodies(SECRET, ORIGIN, 256, 1, cbor.encode({0: 1, 1: [b"x"], 2: b""})), "recipient is"),
    ],
    ids=["another key", "another building", "another place", "another length", "cut", "newer", "no recipient"],
)
def test_what_is_not_for_this_key_and_place_is_refused_with_its_reason(
    opened: Callable[[bytes], Any], named: str
) -> None:
    sealed = seal_bodies([SECRET.public], ORIGIN, 256, [Opening(SALT, b"body")])
    with pytest.raises(SealError, match=named):
        opened(sealed)


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

"""Keys that are weak, malformed or readable by others are refused; a signature has one form only."""

import errno
import os
from pathlib import Path
import stat

from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import (
    Algorithm,
    BadKeyError,
    Ed25519Signer,
    Es256Signer,
    PublicKey,
    SignatureError,
    Signer,
    is_fingerprint,
    load_or_create,
    same_fingerprint,
)
from localvpp.etp.keys import algorithm

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def add(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Addition on edwards25519 (RFC 8032, 5.1.4), in affine coordinates."""
    (x1, y1), (x2, y2) = left, right
    both = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P,
    )


def point(y: int) -> tuple[int, int] | None:
    """A point with this y, if the curve has one (RFC 8032, 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else (x, y)


def low_order_encodings() -> set[bytes]:
    """All encodings of the points whose order divides 8, from the curve's own arithmetic."""
    torsion: set[tuple[int, int]] = set()
    for y in range(2, 100):
        if len(torsion) == 8:
            break
        if (found := point(y)) is None:
            continue
        # ORDER times a point leaves its part of low order.
        result, doubled = (0, 1), found
        for bit in range(ORDER.bit_length()):
            if ORDER >> bit & 1:
                result = add(result, doubled)
            doubled = add(doubled, doubled)
        multiple = (0, 1)
        for _ in range(8):
            multiple = add(multiple, result)
            torsion.add(multiple)
    assert len(torsion) == 8
    found_y = {y for _, y in torsion}
    return {
        (encoded | sign << 255).to_bytes(32, "little")
        for y in found_y
        for encoded in (y, y + P)
        if encoded < 2**255
        for sign in (0, 1)
    }


def test_the_fourteen_encodings_of_low_order_are_refused_as_keys() -> None:
    encodings = low_order_encodings()
    assert len(encodings) == 14
    for data in encodings:
        with pytest.raises(BadKeyError, match="low order"):
            PublicKey(Algorithm.ED25519, data)


def test_an_ed25519_signature_has_one_s() -> None:
    signer = Ed25519Signer(bytes(range(32)))
    signature = signer.sign(b"12 Wh")
    signer.public.verify(signature, b"12 Wh")
    s = int.from_bytes(signature[32:], "little")
    with pytest.raises(SignatureError):
        signer.public.verify(signature[:32] + (s + ORDER).to_bytes(32, "little"), b"12 Wh")


def test_nobody_makes_a_second_es256_signature_out_of_the_first() -> None:
    for _ in range(8):  # half of all s would be the larger one
        signer = Es256Signer.generate()
        signature = signer.sign(b"12 Wh")
        signer.public.verify(signature, b"12 Wh")
        mirrored = signature[:32] + (P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
        with pytest.raises(SignatureError, match="larger"):
            signer.public.verify(mirrored, b"12 Wh")


@pytest.mark.parametrize("signer", [Ed25519Signer.generate(), Es256Signer.generate()], ids=["EdDSA", "ES256"])
def test_a_signature_is_of_one_message_and_one_key(signer: Signer) -> None:
    signature = signer.sign(b"12 Wh")
    assert len(signature) == 64
    signer.public.verify(signature, b"12 Wh")
    for bad, message in ((signature, b"13 Wh"), (signature[:63], b"12 Wh"), (b"", b"12 Wh"), (bytes(64), b"12 Wh")):
        with pytest.raises(SignatureError):
            signer.public.verify(bad, message)
    with pytest.raises(SignatureError):
        type(signer).generate().public.verify(signature, b"12 Wh")  # type: ignore[attr-defined]  # both have it


@settings(deadline=None, max_examples=200)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=70))
def test_any_32_bytes_are_a_weak_key_or_refuse_a_signature_nobody_made(data: bytes, signature: bytes) -> None:
    try:
        key = PublicKey(Algorithm.ED25519, data)
    except BadKeyError:
        return
    with pytest.raises(SignatureError):
        key.verify(signature, b"12 Wh")


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=70))
def test_bytes_that_are_no_point_are_no_p256_key(data: bytes) -> None:
    with pytest.raises(BadKeyError):
        PublicKey(Algorithm.ES256, data)


def test_keys_are_of_their_own_length_and_curve() -> None:
    compressed = b"\x02" + Es256Signer.generate().public.data[1:33]
    with pytest.raises(BadKeyError, match="65 bytes"):
        PublicKey(Algorithm.ES256, compressed)
    with pytest.raises(BadKeyError, match="32 bytes, not 31"):
        PublicKey(Algorithm.ED25519, bytes(31))
    with pytest.raises(BadKeyError, match="32 bytes, not 33"):
        Ed25519Signer(bytes(33))
    with pytest.raises(BadKeyError, match="secp384r1"):
        Es256Signer(ec.generate_private_key(ec.SECP384R1()))


@pytest.mark.parametrize("number", [-6, 0, 8, True, "-8", -8.0, None])
def test_other_algorithms_are_refused(number: object) -> None:
    with pytest.raises(BadKeyError, match="not one of"):
        algorithm(number)


def test_numbers_old_and_new_name_the_same_algorithm() -> None:
    assert algorithm(-8) is algorithm(-19) is Algorithm.ED25519
    assert algorithm(-7) is algorithm(-9) is Algorithm.ES256


def test_a_fingerprint_is_compared_as_people_type_it() -> None:
    fingerprint = Ed25519Signer(bytes(32)).public.fingerprint
    assert len(fingerprint.split()) == 8
    assert same_fingerprint(fingerprint, fingerprint.upper().replace(" ", "-"))
    assert same_fingerprint(fingerprint, fingerprint.replace(" ", ""))
    assert not same_fingerprint(fingerprint, fingerprint[:-1] + ("0" if fingerprint[-1] != "0" else "1"))
    assert not same_fingerprint(fingerprint, "")
    assert not same_fingerprint(fingerprint, "指紋")


def test_what_has_the_form_of_a_fingerprint_is_told_from_what_has_not() -> None:
    fingerprint = Ed25519Signer(bytes(32)).public.fingerprint
    for text in (fingerprint, fingerprint.upper().replace(" ", "-"), fingerprint.replace(" ", ":")):
        assert is_fingerprint(text)
    for text in ("", "00:11:22", fingerprint[:-1], fingerprint + "0", fingerprint[:-1] + "g", "指紋"):
        assert not is_fingerprint(text)


# --- The key's file -----------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "flat.key"
    made = load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create(path).public == made.public


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flat.key"
    load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(BadKeyError, match="chmod 600"):
        load_or_create(path)
    path.chmod(0o600)
    load_or_create(path)


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"zz" * 32, b"\xff" * 64])
def test_a_file_without_a_seed_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flat.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadKeyError, match=r"flat\.key does not hold .* remove the file and enrol anew"):
        load_or_create(path)
    assert path.read_bytes() == content


def test_a_crash_while_a_key_is_written_leaves_no_key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "flat.key"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(BadKeyError, match=r"flat\.key cannot be made .*No space left"):
            load_or_create(path)
    assert list(tmp_path.iterdir()) == []
    made = load_or_create(path)
    assert load_or_create(path).public == made.public
    assert list(tmp_path.iterdir()) == [path]


def test_of_two_that_make_a_key_at_once_both_have_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "flat.key"
    first: list[PublicKey] = []
    fsync = os.fsync

    def overtaken(handle: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        first.append(load_or_create(path).public)

    monkeypatch.setattr(os, "fsync", overtaken)
    assert [load_or_create(path).public] == first
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadKeyError, match=r"missing/flat\.key cannot be made .*right to its folder"):
        load_or_create(tmp_path / "missing" / "flat.key")

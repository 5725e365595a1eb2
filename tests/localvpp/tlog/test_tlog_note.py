"""Notes and keys: what is written is read again, and nothing else is."""

import base64
from collections.abc import Iterator
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    MAX_SIGNATURES,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Note,
    NoteSignature,
    SignatureError,
    SignatureType,
    SignerKey,
    TlogError,
    VerifierKey,
    ed25519_public_key,
    open_note,
    sign_note,
)

EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = "本日の発電\n\nthree empty lines\n\n\n\nand an end\n".encode()
P = 2**255 - 19


def key(name: str, kind: SignatureType = SignatureType.ED25519) -> SignerKey:
    return SignerKey(name, kind, sha256(name.encode()).digest())


def mangled(data: bytes) -> Iterator[bytes]:
    """Every byte with each bit flipped, left out, doubled, and followed by a stranger."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        yield data[:at] + data[at + 1 :]
        yield data[: at + 1] + data[at:]
        yield data[:at] + b"\n" + data[at:]
    yield data + b"\n"
    yield data + b"x"


def test_a_published_verifier_key_is_read_and_written_back() -> None:
    parsed = VerifierKey.parse(EXAMPLE_VKEY)
    assert (parsed.name, parsed.kind, parsed.key_id.hex()) == ("example.com/foo", SignatureType.ED25519, "530d903a")
    assert parsed.encode() == EXAMPLE_VKEY


@pytest.mark.parametrize("kind", list(SignatureType))
def test_keys_are_read_as_they_were_written(kind: SignatureType) -> None:
    ours = key("vpp.example/building", kind)
    assert SignerKey.parse(ours.encode()) == ours
    assert VerifierKey.parse(ours.verifier_key.encode()) == ours.verifier_key
    assert ours.encode().startswith("PRIVATE+KEY+vpp.example/building+")


def test_the_type_is_part_of_the_key_id() -> None:
    kinds = (SignatureType.ED25519, SignatureType.COSIGNATURE)
    plain, cosigner = (VerifierKey("a", kind, key("a").verifier_key.public) for kind in kinds)
    assert plain.key_id != cosigner.key_id


@pytest.mark.parametrize("text", [EXAMPLE_VKEY, key("vpp.example/建物").verifier_key.encode()])
def test_a_verifier_key_with_any_byte_changed_is_refused(text: str) -> None:
    for wrong in mangled(text.encode()):
        try:
            decoded = wrong.decode()
        except UnicodeDecodeError:
            continue
        if decoded != text:
            with pytest.raises(TlogError):
                VerifierKey.parse(decoded)


def test_a_private_key_with_any_byte_changed_is_refused_and_never_shown() -> None:
    ours = key("vpp.example/building")
    text = ours.encode()
    secret = base64.b64encode(ours.seed).decode()
    assert secret not in repr(ours)
    assert ours.seed.hex() not in repr(ours)
    for wrong in mangled(text.encode()):
        try:
            decoded = wrong.decode()
        except UnicodeDecodeError:
            continue
        if decoded != text:
            with pytest.raises(FormatError) as caught:
                SignerKey.parse(decoded)
            assert text.rsplit("+", 1)[1][8:24] not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "form"),
        ("name", "form"),
        ("name+530d903a", "form"),
        ("name+530D903A+AAAA", "lower-case"),
        ("name+530d903a+", "empty"),
        ("name+530d903a+AAAA", "0x00"),
        ("name+530d903a+////", "0xff"),
        ("name+530d903a+AQID", "32 bytes"),
        ("+530d903a+AQID", "name"),
        ("a name+530d903a+AQID", "name"),
    ],
)
def test_texts_that_are_no_verifier_key_are_refused(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        VerifierKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a\u00a0b", "a\u3000b", "a\u2028", "a\nb", "a\x1fb", "a+b", "\ud800"])
def test_names_that_could_be_read_in_two_ways_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="name"):
        VerifierKey(name, SignatureType.ED25519, key("a").verifier_key.public)
    with pytest.raises(FormatError, match="name"):
        SignerKey(name, SignatureType.ED25519, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_private_key_has_32_bytes(length: int) -> None:
    with pytest.raises(FormatError, match=f"has {length} bytes, not 32"):
        SignerKey("a", SignatureType.ED25519, bytes(length))


def low_order_encodings() -> list[bytes]:
    """Found from the curve's equation: 2P = 0 at y of 1 and -1, 4P = 0 at y of 0, 8P = 0 where d*y^4 + 2*y^2 = 1."""
    d = -121665 * pow(121666, -1, P) % P
    # y^2 = (-1 +- sqrt(1 + d)) / d; of the two, one is a square.
    root = next(
        r
        for r in (pow(1 + d, (P + 3) // 8, P) * i % P for i in (1, pow(2, (P - 1) // 4, P)))
        if r * r % P == (1 + d) % P
    )
    order_8 = []
    for square in ((-1 + root) * pow(d, -1, P) % P, (-1 - root) * pow(d, -1, P) % P):
        y = pow(square, (P + 3) // 8, P)
        for candidate in (y, y * pow(2, (P - 1) // 4, P) % P):
            if candidate * candidate % P == square:
                order_8 += [candidate, P - candidate]
    ys = [0, 1, P - 1, P, P + 1, *order_8]
    return [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]


def test_all_14_encodings_of_points_of_low_order_are_refused_as_keys() -> None:
    encodings = low_order_encodings()
    assert len(set(encodings)) == 14
    for raw in encodings:
        with pytest.raises(SignatureError, match="low order"):
            ed25519_public_key(raw)
        with pytest.raises(SignatureError, match="low order"):
            VerifierKey("a", SignatureType.ED25519, raw)
    ed25519_public_key((2).to_bytes(32, "little"))
    ed25519_public_key(Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def test_a_signed_note_opens_to_its_text(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    note = sign_note(TEXT, [signer])
    opened = open_note(note, [verifier])
    assert opened.text == TEXT
    assert [line.name for line in opened.verified] == [signer.name]
    assert opened.unknown == ()
    assert opened.signed_by(verifier)
    assert Note.parse(note).encode() == note


def test_a_note_with_any_byte_changed_is_refused(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    note = sign_note(b"short\n\ntext\n", [signer])
    for wrong in mangled(note):
        if wrong != note:
            with pytest.raises(TlogError):
                open_note(wrong, [verifier])
    assert open_note(note, [verifier]).text == b"short\n\ntext\n"


def test_unknown_keys_are_ignored_even_with_a_known_name_or_a_known_id(
    signer: Ed25519Signer, verifier: Ed25519Verifier
) -> None:
    garbage = [
        NoteSignature("someone.example", signer.key_id, bytes(64)),
        NoteSignature(signer.name, key("other").verifier_key.key_id, b"?"),
    ]
    opened = open_note(sign_note(TEXT, [signer], garbage), [verifier])
    assert opened.unknown == tuple(garbage)
    assert len(opened.verified) == 1


def test_one_wrong_signature_of_a_known_key_condemns_the_note(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    other = key("witness.example")
    other_verifier = Ed25519Verifier(other.verifier_key)
    note = sign_note(TEXT, [signer, Ed25519Signer(other)])
    assert len(open_note(note, [verifier, other_verifier]).verified) == 2
    bad = NoteSignature(other.name, other.verifier_key.key_id, Ed25519Signer(other).sign(b"another text\n"))
    wrong = sign_note(TEXT, [signer], [bad])
    with pytest.raises(SignatureError, match=r"witness\.example"):
        open_note(wrong, [verifier, other_verifier])
    assert open_note(wrong, [verifier]).unknown == (bad,)
    late = Note(TEXT, (*Note.parse(note).signatures, bad)).encode()
    with pytest.raises(SignatureError):
        open_note(late, [verifier, other_verifier])


def test_a_key_that_signs_twice_counts_once(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    assert len(open_note(sign_note(TEXT, [signer, signer]), [verifier]).verified) == 1


def test_a_note_that_no_known_key_has_signed_is_refused(signer: Ed25519Signer) -> None:
    stranger = Ed25519Verifier(key("stranger.example").verifier_key)
    with pytest.raises(SignatureError, match="no known key"):
        open_note(sign_note(TEXT, [signer]), [stranger])
    with pytest.raises(SignatureError, match="no known key"):
        open_note(sign_note(TEXT, [signer]), [])


def test_the_same_key_given_twice_is_a_mistake_of_the_caller(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    with pytest.raises(FormatError, match="keep one"):
        open_note(sign_note(TEXT, [signer]), [verifier, verifier])


def test_a_hundred_signatures_are_read_and_one_more_is_not(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    strangers = [NoteSignature(f"w{i}.example", signer.key_id, bytes(64)) for i in range(MAX_SIGNATURES)]
    note = sign_note(TEXT, [signer], strangers[1:])
    assert len(open_note(note, [verifier]).unknown) == MAX_SIGNATURES - 1
    with pytest.raises(FormatError, match="101"):
        sign_note(TEXT, [signer], strangers)
    with pytest.raises(FormatError, match="101"):
        open_note(note + strangers[0].encode().encode(), [verifier])
    with pytest.raises(FormatError, match="larger"):
        open_note(bytes(1_000_001), [verifier])


@pytest.mark.parametrize("text", [b"", b"no newline", b"a\tb\n", b"a\rb\n", b"\xff\n", b"a\x00\n"])
def test_what_cannot_be_a_note_is_never_signed(text: bytes) -> None:
    class Refusing:
        name = "log.example"
        key_id = key("log.example").verifier_key.key_id

        def sign(self, text: bytes) -> bytes:
            raise AssertionError(text)

    with pytest.raises(FormatError, match="text of a note"):
        sign_note(text, [Refusing()])


def test_a_note_needs_a_signature() -> None:
    with pytest.raises(FormatError, match="1 to 100"):
        sign_note(TEXT, [])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "a text, an empty line, and signature lines"),
        (b"\n", "a text, an empty line, and signature lines"),
        (b"\n\n", "a text, an empty line, and signature lines"),
        (b"text\n", "a text, an empty line, and signature lines"),
        (b"text\n\n", "a text, an empty line, and signature lines"),
        (b"text\n\n\xe2\x80\x94 name AAAAAAA=", "which end in a newline"),
        (b"text\n\n\xe2\x80\x94 name\n", "the form '— name base64'"),
        (b"text\n\n- name AAAAAAA=\n", "the form '— name base64'"),
        (b"text\n\n\xe2\x80\x94 name AAAAAA==\n", "4 bytes: no more than its key id"),
        (b"text\n\n\xe2\x80\x94 name AAAAAAB=\n", "not canonical base64"),
        (b"text\n\n\xe2\x80\x94 name AAAA AAA=\n", "not base64"),
        (b"text\n\n\xe2\x80\x94 name AAAAAAA\n", "not base64"),
        (b"text\n\n\xe2\x80\x94 name AAAAAAA=\r\n", "not base64"),
        (b"text\n\n\xe2\x80\x94  AAAAAAA=\n", "name must be non-empty"),
        (b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n", "without spaces, control characters and '\\+'"),
        (b"text\n\n\xe2\x80\x94 na\xc2\xa0me AAAAAAA=\n", "without spaces, control characters and '\\+'"),
        (b"text\n\n\xe2\x80\x94 \xff AAAAAAA=\n", "signature lines of a note are not UTF-8"),
        (b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n", "text of a note is not UTF-8"),
        (b"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n", "control characters other than newline"),
        (b"text\r\n\n\xe2\x80\x94 name AAAAAAA=\n", "control characters other than newline"),
        (b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * 101, "from 1 to 100 signatures, not 101"),
        (b"x" * 1_000_001, "1000001 bytes is larger than 1000000"),
    ],
)
def test_malformed_notes_are_refused_with_their_reason(data: bytes, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        Note.parse(data)


def test_the_shortest_note_is_read() -> None:
    assert Note.parse("text\n\n— name AAAAAAA=\n".encode()).signatures[0].signature == b"\x00"


def test_keys_of_another_type_do_not_sign_or_verify_as_plain_ed25519() -> None:
    cosigner = key("witness.example", SignatureType.COSIGNATURE)
    with pytest.raises(FormatError, match="COSIGNATURE"):
        Ed25519Signer(cosigner)
    with pytest.raises(FormatError, match="COSIGNATURE"):
        Ed25519Verifier(cosigner.verifier_key)


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_read_only_if_they_are_what_would_be_written(data: bytes) -> None:
    try:
        note = Note.parse(data)
    except FormatError:
        return
    assert note.encode() == data


names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="+"), min_size=1)


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n")),
    st.lists(st.tuples(names, st.binary(min_size=5, max_size=90)), min_size=1, max_size=5),
)
def test_notes_are_read_as_they_were_written(text: str, lines: list[tuple[str, bytes]]) -> None:
    encoded = text.encode() + b"\n"
    signatures = tuple(
        NoteSignature(name, VerifierKey(name, SignatureType.ED25519, key("a").verifier_key.public).key_id, raw)
        for name, raw in lines
    )
    note = Note(encoded, signatures)
    assert Note.parse(note.encode()) == note

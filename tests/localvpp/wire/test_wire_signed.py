"""Hello and terms prove a key, for one nonce, one building and one protocol."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import DeviceId, Ed25519Signer, EtpError, FieldError, SignatureError, VersionError, cbor, cose
from localvpp.settlement import SlotPrices, first_prices
from localvpp.wire import NONCE_LENGTH, PROTOCOL, Terms, open_hello, open_terms, sign_hello, sign_terms
from localvpp.wire.hello import HELLO_TYPE
from localvpp.wire.terms import TERMS_TYPE

from ..place import ORIGIN, PRICES

NONCE, OWN = bytes(range(NONCE_LENGTH)), b"\x07" * NONCE_LENGTH


def test_a_hello_proves_the_flats_key(signer: Ed25519Signer, device: DeviceId, stranger: Ed25519Signer) -> None:
    greeting = open_hello(sign_hello(signer, device, ORIGIN, NONCE, OWN, 7), ORIGIN, NONCE)
    assert (greeting.device, greeting.own_nonce, greeting.witnessed) == (device, OWN, 7)
    greeting.statement.verify(signer.public)
    with pytest.raises(SignatureError):
        greeting.statement.verify(stranger.public)


def test_a_hello_answers_one_challenge_of_one_building(signer: Ed25519Signer, device: DeviceId) -> None:
    hello = sign_hello(signer, device, ORIGIN, NONCE, OWN, 7)
    with pytest.raises(FieldError, match="another challenge"):
        open_hello(hello, ORIGIN, OWN)
    with pytest.raises(FieldError, match=ORIGIN):
        open_hello(hello, "vpp.example/next-door", NONCE)


def test_a_hello_names_its_device_in_both_places(signer: Ed25519Signer, device: DeviceId) -> None:
    statement = cose.sign(
        signer,
        content_type=HELLO_TYPE,
        issuer="urn:local-vpp:device:" + "00" * 16,
        subject=ORIGIN,
        payload=cbor.encode({0: PROTOCOL, 1: device, 2: NONCE, 3: OWN}),
    )
    with pytest.raises(FieldError, match="issuer"):
        open_hello(statement, ORIGIN, NONCE)


@pytest.mark.parametrize("version", [PROTOCOL - 1, PROTOCOL + 1])
def test_hello_and_terms_of_another_protocol_say_what_to_do(
    version: int, signer: Ed25519Signer, building: Ed25519Signer, device: DeviceId, make_terms: Callable[..., Terms]
) -> None:
    named = f"protocol is {version}, this program reads {PROTOCOL}: update the older one"
    hello = of_version(signer, sign_hello(signer, device, ORIGIN, NONCE, OWN, 7), version)
    with pytest.raises(VersionError, match=named):
        open_hello(hello, ORIGIN, NONCE)
    terms = of_version(building, sign_terms(building, make_terms(), OWN), version)
    with pytest.raises(VersionError, match=named):
        open_terms(terms, building.public, OWN)


def of_version(signer: Ed25519Signer, data: bytes, version: int) -> bytes:
    """The same statement, as a program of another protocol would have signed it."""
    statement = cose.parse(data, "a statement")
    fields = cbor.decode(statement.payload, "its payload")
    assert isinstance(fields, dict)
    return cose.sign(
        signer,
        content_type=statement.content_type,
        issuer=statement.issuer,
        subject=statement.subject,
        payload=cbor.encode(fields | {0: version}),
    )


def test_terms_are_the_buildings_and_answer_this_flat(
    building: Ed25519Signer, stranger: Ed25519Signer, make_terms: Callable[..., Terms]
) -> None:
    terms = make_terms()
    data = sign_terms(building, terms, OWN)
    assert open_terms(data, building.public, OWN) == terms
    with pytest.raises(SignatureError):
        open_terms(data, stranger.public, OWN)
    with pytest.raises(FieldError, match="another flat's nonce"):
        open_terms(data, building.public, NONCE)
    with pytest.raises(FieldError, match="issuer"):
        open_terms(_issued_by(building, terms, DeviceId(b"\1" * 16)), building.public, OWN)


def _issued_by(signer: Ed25519Signer, terms: Terms, claimed: DeviceId) -> bytes:
    payload = cose.parse(sign_terms(signer, terms, OWN), "the terms").payload
    return cose.sign(
        signer,
        content_type=TERMS_TYPE,
        issuer=f"urn:local-vpp:device:{claimed.hex()}",
        subject=terms.origin,
        payload=payload,
    )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"slot_seconds": 0}, "do not divide an hour"),
        ({"slot_seconds": 7}, "do not divide an hour"),
        ({"slot_seconds": 7200}, "slot length"),
        ({"log_key": "x" * 257}, "log key"),
    ],
    ids=str,
)
def test_terms_that_a_flat_could_not_keep_are_refused(
    changes: dict[str, int], named: str, building: Ed25519Signer, make_terms: Callable[..., Terms]
) -> None:
    with pytest.raises(FieldError, match=named):
        open_terms(sign_terms(building, make_terms(**changes), OWN), building.public, OWN)


PLAIN = [[0, 2200, 3100, 850]]


@pytest.mark.parametrize(
    ("prices", "named"),
    [
        ([[0, 849, 3100, 850]], "must rise"),
        ([[0, 3101, 3100, 850]], "must rise"),
        ([], "one period at least"),
        ([[60, 2200, 3100, 850], [0, 2300, 3100, 850]], "follow one another"),
        ([[0, 2200, 3100, 850], [0, 2300, 3100, 850]], "follow one another"),
        ([[0, 2200, 3100]], "four numbers"),
        ([[0, 2200, 10**9 + 1, 850]], "a price of 1000000001 is above 1000000000"),
        ([[0, 2**63, 2**63, 2**63]], "four numbers"),
        ([[-1, 2200, 3100, 850]], "four numbers"),
        ([b"prices"], "a list of integers"),
        ([[0, 2200, 3100, True]], "a list of integers"),
        ([[0, 2200, 3100, 850, b"static"]], "and perhaps a key"),
        ([[0, 2200, 3100, "static", 850]], "four numbers"),
        ([[0, 2200, 3100, 850, "dynamic"]], "does not say so"),
        (7, "expected a list"),
    ],
    ids=str,
)
def test_prices_that_are_none_are_refused(
    prices: list[cbor.Value], named: str, building: Ed25519Signer, make_terms: Callable[..., Terms]
) -> None:
    terms = make_terms()
    fields = cbor.decode(cose.parse(sign_terms(building, terms, OWN), "the terms").payload, "the payload")
    assert isinstance(fields, dict)
    assert fields[4] == PLAIN
    signed = cose.sign(
        building,
        content_type=TERMS_TYPE,
        issuer=f"urn:local-vpp:device:{terms.building.hex()}",
        subject=ORIGIN,
        payload=cbor.encode(fields | {4: prices}),
    )
    with pytest.raises(FieldError, match=named):
        open_terms(signed, building.public, OWN)


def test_a_statement_of_one_kind_is_not_taken_for_another(
    signer: Ed25519Signer, building: Ed25519Signer, device: DeviceId, make_terms: Callable[..., Terms]
) -> None:
    with pytest.raises(FieldError, match="content type"):
        open_terms(sign_hello(building, device, ORIGIN, OWN, OWN, 7), building.public, OWN)
    with pytest.raises(FieldError, match="the hello is a"):
        open_hello(sign_terms(signer, make_terms(), NONCE), ORIGIN, NONCE)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_one_changed_byte_is_refused(data: st.DataObject) -> None:
    signer = Ed25519Signer(bytes(32))
    terms = Terms(ORIGIN, "key", 60, first_prices(PRICES), signer.public.device_id, 1)
    whole = bytearray(sign_terms(signer, terms, OWN))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(EtpError):
        open_terms(bytes(whole), signer.public, OWN)


def test_prices_may_be_equal(building: Ed25519Signer, make_terms: Callable[..., Terms]) -> None:
    terms = replace(make_terms(), prices=first_prices(SlotPrices(850, 850, 850)))
    assert open_terms(sign_terms(building, terms, OWN), building.public, OWN) == terms

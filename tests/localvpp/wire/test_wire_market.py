"""A word on the market is the building's, for one flat; a verdict is that flat's, on one book and one result."""

from typing import Any

import cbor2
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import DeviceId, Ed25519Signer, EtpError, FieldError, SignatureError, VersionError, cbor, cose
from localvpp.wire import (
    LARGEST_MESSAGE,
    LONGEST_FINDING,
    MOST_ASKED,
    MOST_FINDINGS,
    PROTOCOL,
    AskKeys,
    AskMarket,
    AskPapers,
    BestSoFar,
    FromCoordinator,
    FromFlat,
    GateClosed,
    Keys,
    LoggedEnvelope,
    LoggedRecord,
    MarketRules,
    MarketSaid,
    MarketWord,
    OpenBook,
    OrdersTaken,
    Paper,
    Proposal,
    ProposalHeard,
    Proposed,
    ProtocolError,
    RoundName,
    ShowOrders,
    Traded,
    Untraded,
    Verdict,
    decode,
    encode,
    findings_name,
    open_market_word,
    open_verdict,
    sign_market_word,
    sign_verdict,
)
from localvpp.wire.market_word import MARKET_TYPE, VERDICT_TYPE, VOUCHED_SINCE

from ..place import ORIGIN, SLOT

OTHER = DeviceId(b"\x0f" * 16)
BOOK, RESULT = b"b" * 32, b"r" * 32
RULES = MarketRules(3, SLOT, b"n" * 32)
AT = RoundName(SLOT, 1)
hashes = st.binary(min_size=32, max_size=32)
numbers = st.integers(0, 2**63 - 1)
rounds = st.builds(RoundName, st.integers(0, 2**50), st.integers(0, 8))
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=64)


def signed(building: Ed25519Signer, device: DeviceId, word: MarketWord = RULES) -> bytes:
    return sign_market_word(building, building.public.device_id, ORIGIN, device, word)


@settings(deadline=None, max_examples=80)
@given(
    st.builds(MarketRules, numbers, st.integers(0, 2**50), hashes)
    | st.builds(GateClosed, rounds, numbers, numbers, hashes)
    | st.builds(BestSoFar, rounds, hashes, hashes)
    | st.builds(Proposed, rounds, hashes, hashes)
    | st.builds(Untraded, rounds, names)
    | st.builds(OrdersTaken, rounds, hashes)
)
def test_a_word_opens_as_it_was_signed(word: MarketWord) -> None:
    building = Ed25519Signer(b"\x05" * 32)
    opened = open_market_word(signed(building, OTHER, word), building.public, building.public.device_id, ORIGIN, OTHER)
    assert opened == word


def test_a_word_of_another_for_another_or_of_another_building_is_refused(
    building: Ed25519Signer, stranger: Ed25519Signer, device: DeviceId
) -> None:
    mine = building.public.device_id
    forged = sign_market_word(stranger, mine, ORIGIN, device, RULES)
    with pytest.raises(SignatureError):
        open_market_word(forged, building.public, mine, ORIGIN, device)
    with pytest.raises(FieldError, match="for device"):
        open_market_word(signed(building, OTHER), building.public, mine, ORIGIN, device)
    with pytest.raises(FieldError, match=ORIGIN):
        open_market_word(signed(building, device), building.public, mine, "vpp.example/next-door", device)
    verdict = sign_verdict(building, mine, ORIGIN, AT, BOOK, RESULT)
    with pytest.raises(FieldError):
        open_market_word(verdict, building.public, mine, ORIGIN, device)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({0: PROTOCOL - 1}, VersionError),
        ({2: 6}, FieldError),
        ({3: -1}, FieldError),
        ({3: 2**50 + 1}, FieldError),
        ({4: 9}, FieldError),
        ({6: "x"}, FieldError),
        ({7: None}, FieldError),
        ({7: bytes(31)}, FieldError),
        ({8: 1}, FieldError),
        ({2: 1}, FieldError),
        ({2: 1, 6: None}, FieldError),
    ],
)
def test_a_word_with_a_wrong_field_is_refused(
    building: Ed25519Signer, device: DeviceId, fields: dict[int, Any], error: type[EtpError]
) -> None:
    plain: dict[int, cbor.Value] = {0: PROTOCOL, 1: device, 2: 2, 3: SLOT, 4: 1, 5: 10, 6: 20, 7: bytes(32)}
    mine = building.public.device_id
    data = cose.sign(
        building,
        content_type=MARKET_TYPE,
        issuer=cose.parse(signed(building, device), "a word").issuer,
        subject=ORIGIN,
        payload=cbor.encode({key: value for key, value in (plain | fields).items() if value is not None}),
    )
    with pytest.raises(error):
        open_market_word(data, building.public, mine, ORIGIN, device)


def test_a_verdict_says_what_was_found_of_what(stranger: Ed25519Signer) -> None:
    flat = Ed25519Signer(b"\x07" * 32)
    device = flat.public.device_id
    agreed = open_verdict(sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT), device, ORIGIN)
    assert (agreed.at, agreed.book, agreed.result, agreed.findings) == (AT, BOOK, RESULT, None)
    agreed.statement.verify(flat.public)
    with pytest.raises(SignatureError):
        agreed.statement.verify(stranger.public)
    found = ("order 1 is another", "order 2, too")
    against = open_verdict(sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT, found), device, ORIGIN)
    assert against.findings == findings_name(found) != findings_name(found[:1])
    with pytest.raises(FieldError):
        open_verdict(agreed.statement.data, OTHER, ORIGIN)
    payload = cbor.encode({0: PROTOCOL, 1: OTHER, 2: SLOT, 3: 1, 4: BOOK, 5: RESULT})
    other = cose.sign(flat, content_type=VERDICT_TYPE, issuer=agreed.statement.issuer, subject=ORIGIN, payload=payload)
    with pytest.raises(FieldError, match="names device"):
        open_verdict(other, device, ORIGIN)


@pytest.mark.parametrize(("protocol", "is_read"), [(7, False), (8, True), (PROTOCOL, True), (PROTOCOL + 1, False)])
def test_verdicts_of_before_are_read(protocol: int, is_read: bool) -> None:
    flat = Ed25519Signer(b"\x07" * 32)
    device = flat.public.device_id
    payload = cbor.encode({0: protocol, 1: device, 2: SLOT, 3: 1, 4: BOOK, 5: RESULT})
    name = open_verdict(sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT), device, ORIGIN).statement.issuer
    data = cose.sign(flat, content_type=VERDICT_TYPE, issuer=name, subject=ORIGIN, payload=payload)
    if is_read:
        assert open_verdict(data, device, ORIGIN).book == BOOK
    else:
        with pytest.raises(VersionError):
            open_verdict(data, device, ORIGIN)


def test_a_flat_vouches_for_its_own_orders_whatever_else_it_finds() -> None:
    flat = Ed25519Signer(b"\x07" * 32)
    device = flat.public.device_id
    vouched = open_verdict(sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT, vouches=True), device, ORIGIN)
    assert (vouched.vouches, vouched.findings) == (True, None)
    assert not open_verdict(sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT), device, ORIGIN).vouches
    against = sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT, ("the price is another",), vouches=True)
    assert open_verdict(against, device, ORIGIN).vouches
    assert open_verdict(against, device, ORIGIN).findings == findings_name(("the price is another",))


@pytest.mark.parametrize("fields", [{7: False}, {7: 1}, {0: VOUCHED_SINCE - 1, 7: True}])
def test_a_word_that_vouches_otherwise_is_none(fields: dict[int, cbor.Value]) -> None:
    flat = Ed25519Signer(b"\x07" * 32)
    device = flat.public.device_id
    payload = cbor.encode({0: PROTOCOL, 1: device, 2: SLOT, 3: 1, 4: BOOK, 5: RESULT} | fields)
    name = open_verdict(sign_verdict(flat, device, ORIGIN, AT, BOOK, RESULT), device, ORIGIN).statement.issuer
    data = cose.sign(flat, content_type=VERDICT_TYPE, issuer=name, subject=ORIGIN, payload=payload)
    with pytest.raises(FieldError):
        open_verdict(data, device, ORIGIN)


ORDERS = (LoggedEnvelope(b"e", 3, (b"\0" * 32,)),)


@pytest.mark.parametrize(
    "message",
    [
        MarketSaid(b"s", "head"),
        MarketSaid(b"s", "", b"rules"),
        OpenBook(AT, b"s", b"book", b"result", b"record", 7, (b"\1" * 32,), ORDERS, None, "head"),
        OpenBook(AT, b"s", b"book", b"result", b"record", 7, (), ORDERS, LoggedRecord(b"r", 8, (b"\2" * 32,)), "head"),
        ProposalHeard(AT, b"\3" * 32, b"record", ()),
        ProposalHeard(AT, b"\3" * 32, b"", ("it is worse by 1 Wh",)),
        Traded(AT, b"cleared", b"record", 9, (), "head"),
        AskPapers(SLOT, BOOK),
        Keys((OTHER,), 3, 9, (LoggedEnvelope(b"e", 3, (b"\0" * 32,)),), "head", b"s"),
    ],
)
def test_what_the_building_says_reads_back(message: FromCoordinator) -> None:
    assert decode(encode(message), FromCoordinator) == message


@pytest.mark.parametrize(
    "message",
    [
        AskMarket((AT,)),
        AskKeys((OTHER, DeviceId(bytes(16))), 7),
        ShowOrders(AT, b"{}"),
        Proposal(AT, b"{}"),
        Verdict(AT, b"s", ("wrong",)),
        Verdict(AT, b"s", ()),
        Paper(SLOT, BOOK, b"{}"),
        Paper(SLOT, BOOK, b""),
    ],
)
def test_what_a_flat_says_reads_back(message: FromFlat) -> None:
    assert decode(encode(message), FromFlat) == message


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (25, [[[SLOT, 0]] * (MOST_ASKED + 1)]),
        (25, [[[SLOT, 9]]]),
        (27, [[SLOT, 0], bytes(64 * 1024 + 1)]),
        (29, [[SLOT, 0], b"s", ["wrong"] * (MOST_FINDINGS + 1)]),
        (29, [[SLOT, 0], b"s", ["x" * (LONGEST_FINDING + 1)]]),
        (29, [[SLOT, 0], b"s", [1]]),
        (32, [SLOT, b"b" * 31, b""]),
        (32, [-1, BOOK, b""]),
        (32, [2**50 + 1, BOOK, b""]),
        (32, [SLOT, BOOK, bytes(896 * 1024 + 1)]),
        (33, [[SLOT, 0], bytes(448 * 1024 + 1)]),
        (33, [[SLOT, 0], "text"]),
    ],
)
def test_what_is_too_much_is_refused(code: int, fields: list[Any]) -> None:
    with pytest.raises(ProtocolError):
        decode(cbor2.dumps([code, *fields]), FromFlat)


def test_the_largest_paper_fits_into_a_message() -> None:
    assert len(encode(Paper(2**50, BOOK, bytes(896 * 1024)))) <= LARGEST_MESSAGE


@settings(deadline=None, max_examples=60)
@given(rounds, st.binary(max_size=200), hashes, st.lists(st.text(max_size=40), max_size=MOST_FINDINGS).map(tuple))
def test_proposals_and_what_becomes_of_them_read_back(
    at: RoundName, document: bytes, name: bytes, reasons: tuple[str, ...]
) -> None:
    proposal, heard = Proposal(at, document), ProposalHeard(at, name, document, reasons)
    assert decode(encode(proposal), FromFlat) == proposal
    assert decode(encode(heard), FromCoordinator) == heard


@pytest.mark.parametrize("reasons", [["wrong"] * (MOST_FINDINGS + 1), ["x" * (LONGEST_FINDING + 1)], [1]])
def test_too_many_reasons_are_refused(reasons: list[Any]) -> None:
    with pytest.raises(ProtocolError):
        decode(cbor2.dumps([34, [SLOT, 0], BOOK, b"", reasons]), FromCoordinator)

"""A message reads back as itself; everything else is refused with the field's name."""

import cbor2
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import RecordHash
from localvpp.wire import (
    CALL_LENGTH,
    LARGEST_DOCUMENT,
    LONGEST_WORDS,
    REASONS,
    AskChainEnd,
    AskRecords,
    AskWitness,
    BuildingRotated,
    ChainEnd,
    Challenge,
    Code,
    DrillAnswer,
    DrillDocument,
    DrillKept,
    DrillNews,
    DrillSaid,
    FrameAck,
    Frames,
    FromCoordinator,
    FromFlat,
    Hello,
    LastRecord,
    LeftOut,
    LoggedRecord,
    Mirrored,
    ProtocolError,
    RecordResult,
    Records,
    RecordsAck,
    Refused,
    RollCall,
    SettledProof,
    SlotResult,
    TheRecords,
    Welcome,
    WitnessSays,
    decode,
    encode,
)

integers = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
binaries = st.binary(max_size=40)
hashes = st.binary(min_size=32, max_size=32).map(RecordHash)

calls = st.binary(min_size=CALL_LENGTH, max_size=CALL_LENGTH)
words = st.none() | st.text(max_size=LONGEST_WORDS).filter(str.isprintable)


def tuples[T](of: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(of, max_size=3).map(tuple)


results = st.builds(
    RecordResult, hashes, st.none() | integers, tuples(binaries), st.none() | st.sampled_from(Code), texts
)
settled = st.builds(SettledProof, binaries, integers, texts)
from_coordinator = st.one_of(
    st.builds(Challenge, integers, texts, binaries, integers),
    st.builds(Welcome, binaries, st.none() | st.builds(LastRecord, integers, integers, hashes)),
    st.builds(FrameAck, integers),
    st.builds(RecordsAck, tuples(results), texts),
    st.builds(
        SlotResult,
        *[integers] * 11,
        records=tuples(hashes),
        transfers=tuples(binaries),
        indexes=tuples(integers),
        proofs=tuples(texts),
        settled=settled,
        statement=binaries,
    ),
    st.builds(LeftOut, integers, integers, settled, binaries),
    st.builds(AskWitness, integers, binaries),
    st.builds(
        TheRecords,
        tuples(st.builds(LoggedRecord, binaries, integers, tuples(binaries))),
        texts,
        tuples(binaries),
    ),
    st.builds(Refused, st.sampled_from(Code), texts, st.booleans()),
    st.builds(DrillSaid, binaries),
    st.builds(DrillKept, calls),
)
from_flat = st.one_of(
    st.builds(Hello, binaries, texts, integers),
    st.builds(Frames, tuples(binaries)),
    st.builds(Records, tuples(binaries)),
    st.builds(WitnessSays, integers, integers, texts, binaries),
    st.builds(Mirrored, integers, binaries),
    st.builds(AskRecords, integers, integers),
    st.builds(RollCall, calls, words),
    st.builds(DrillAnswer, calls, st.just(True), st.just(()), words),
    st.builds(
        DrillAnswer,
        calls,
        st.just(False),
        st.lists(st.sampled_from(sorted(REASONS)), min_size=1, unique=True).map(tuple),
        words,
    ),
    st.builds(
        DrillNews,
        calls,
        words.map(lambda text: text or ""),
        st.booleans(),
        st.none() | st.booleans(),
        words,
        words,
        st.none() | binaries,
    ),
    st.builds(DrillDocument, calls, binaries),
)


@settings(deadline=None, max_examples=120)
@given(from_coordinator)
def test_what_a_coordinator_says_reads_back_as_itself(message: FromCoordinator) -> None:
    assert decode(encode(message), FromCoordinator) == message


@settings(deadline=None, max_examples=60)
@given(from_flat)
def test_what_a_flat_says_reads_back_as_itself(message: FromFlat) -> None:
    assert decode(encode(message), FromFlat) == message


def test_every_message_has_a_code_of_its_own() -> None:
    messages = (Challenge, Hello, Welcome, Frames, FrameAck, Records, RecordsAck, SlotResult, AskWitness, Refused)
    later = (WitnessSays, Mirrored, LeftOut, AskRecords, TheRecords, BuildingRotated, AskChainEnd, ChainEnd)
    drills = (DrillSaid, DrillKept, RollCall, DrillAnswer, DrillNews, DrillDocument)
    assert [message.CODE for message in (*messages, *later, *drills)] == list(range(1, 25))


def test_each_side_understands_the_other_only() -> None:
    with pytest.raises(ProtocolError, match="message code 6 is unknown here"):
        decode(encode(Records(())), FromCoordinator)
    with pytest.raises(ProtocolError, match="message code 5 is unknown here"):
        decode(encode(FrameAck(1)), FromFlat)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60))
def test_random_bytes_raise_nothing_but_a_protocol_error(data: bytes) -> None:
    for union in (FromCoordinator, FromFlat):
        try:
            decode(data, union)
        except ProtocolError:
            continue


@settings(deadline=None, max_examples=150)
@given(from_coordinator, st.data())
def test_mangled_messages_raise_nothing_but_a_protocol_error(message: FromCoordinator, data: st.DataObject) -> None:
    whole = encode(message)
    begin = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(begin, min(begin + 6, len(whole))))
    try:
        decode(whole[:begin] + data.draw(st.binary(max_size=8)) + whole[end:], FromCoordinator)
    except ProtocolError:
        return


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([], "begins with its code"),
        (7, "begins with its code"),
        ({5: 1}, "begins with its code"),
        ([True, 1, "o", b"", 0], "begins with its code|code"),
        ([5], "FrameAck has 0 fields, expected 1"),
        ([5, 1, 2], "FrameAck has 2 fields, expected 1"),
        ([5, "1"], r"FrameAck\.count is '1', expected int"),
        ([5, True], r"FrameAck\.count is True, expected int"),
        ([5, 1.0], r"FrameAck\.count is 1.0, expected int"),
        ([5, None], r"FrameAck\.count is None, expected int"),
        ([5, 2**63], r"FrameAck\.count is 9223372036854775808, which 64 bits with a sign do not hold"),
        ([5, -(2**63) - 1], r"FrameAck\.count is -9223372036854775809, which 64 bits with a sign do not hold"),
        (
            [13, 0, 0, [b"", 2**64 - 1, "", [], []], b""],
            r"LeftOut\.settled\.index is 18446744073709551615, which 64 bits",
        ),
        ([9, 1, "x"], r"AskWitness\.request is 'x', expected bytes"),
        ([10, "no_such_code", "", False], r"Refused\.code is 'no_such_code', expected one of unknown_flat"),
        ([10, b"bad_record", "", False], r"Refused\.code is b'bad_record'"),
        ([10, "bad_record", "", 0], r"Refused\.fatal is 0, expected bool"),
        ([3, b"", [1, 2]], r"Welcome\.last has 2 fields, expected 3"),
        ([3, b"", 7], r"Welcome\.last is 7, expected the fields of a LastRecord"),
        ([7, 1, ""], r"RecordsAck\.results is 1, expected a list"),
        ([7, [[b"h", 1, ["x"], None, ""]], ""], r"RecordsAck\.results\[0\]\.proof\[0\] is 'x', expected bytes"),
    ],
    ids=str,
)
def test_a_field_that_is_wrong_is_named(value: object, named: str) -> None:
    with pytest.raises(ProtocolError, match=named):
        decode(cbor2.dumps(value), FromCoordinator)


CALL = bytes(CALL_LENGTH)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([21, b"short", None], "RollCall: drill has 5 bytes, expected 16"),
        ([21, CALL, "x" * 201], "RollCall: who: write one line of at most 200"),
        ([21, CALL, "a\nb"], "RollCall: who: write one line"),
        ([22, CALL, False, ["no_such_reason"], None], "reasons has 'no_such_reason', expected one of battery_low"),
        (
            [22, CALL, False, ["warning", "busy", "warning"], None],
            "reasons has 'warning' more than once: name each once",
        ),
        ([22, CALL, False, ["warning"], "x" * 201], "DrillAnswer: words: write one line of at most 200"),
        (
            [23, CALL, "islanded", False, None, "x" * 201, None, None],
            "DrillNews: aborted: write one line of at most 200",
        ),
        ([22, CALL, True, ["warning"], None], "reasons: a call is accepted without any"),
        ([22, CALL, False, [], None], "refused with one at least"),
        ([23, CALL, "islanded", False, 0, None, None, None], r"DrillNews\.passed is 0, expected bool"),
        ([24, CALL, bytes(LARGEST_DOCUMENT + 1)], "document has 262145 bytes, expected 262144 at most"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_flat_says_of_a_drill_is_within_its_bounds(value: object, named: str) -> None:
    with pytest.raises(ProtocolError, match=named):
        decode(cbor2.dumps(value), FromFlat)


@pytest.mark.parametrize(
    "data",
    ["d81c82d81d0000", "8205c24101", "8205d81e820102", "9f0501", "ff", "", "82", "81" * 50, "8205fb"],
)
def test_tags_depth_and_broken_bytes_are_refused(data: str) -> None:
    with pytest.raises(ProtocolError):
        decode(bytes.fromhex(data), FromCoordinator)

"""Only the one deterministic encoding of a value is read, and nothing that a signed structure never holds."""

import re
from typing import Any

import cbor2
from hypothesis import assume, given, settings, strategies as st
import pytest

from localvpp.etp import EncodingError, cbor

QUICK = settings(deadline=None, max_examples=80)

leaves = st.one_of(st.integers(-(2**64) + 1, 2**64 - 1), st.binary(max_size=40), st.text(max_size=20), st.booleans())
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 255), inner, max_size=4),
    max_leaves=8,
)


def depth(value: Any) -> int:
    match value:
        case list():
            return 1 + max(map(depth, value), default=0)
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
        case _:
            return 0


@QUICK
@given(values.filter(lambda value: depth(value) <= cbor.DEEPEST))
def test_every_value_reads_back_as_itself(value: Any) -> None:
    assert cbor.decode(cbor.encode(value), "it") == value


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=40))
def test_random_bytes_are_refused_or_are_the_encoding_of_what_they_say(data: bytes) -> None:
    try:
        value = cbor.decode(data, "it")
    except EncodingError:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param("", "premature end of stream", id="nothing"),
        pytest.param(
            "1817", "the number at byte 0 is longer than need be", id="an integer of two bytes where one would do"
        ),
        pytest.param(
            "1b00000000000000ff",
            "the number at byte 0 is longer than need be",
            id="an integer of nine bytes where two would do",
        ),
        pytest.param(
            "580161",
            "the number at byte 0 is longer than need be",
            id="a byte string whose length is longer than need be",
        ),
        pytest.param("9f01ff", "the length at byte 0 is indefinite", id="an array of indefinite length"),
        pytest.param("bf0101ff", "the length at byte 0 is indefinite", id="a map of indefinite length"),
        pytest.param("5f4161ff", "the length at byte 0 is indefinite", id="bytes of indefinite length"),
        pytest.param("7f6161ff", "the length at byte 0 is indefinite", id="text of indefinite length"),
        pytest.param("a20041ff01831817f5f4", "the number at byte 6 is longer", id="too long an integer deep inside"),
        pytest.param("a201010102", "the map key at byte 3 is there twice", id="a key twice"),
        pytest.param("a202000100", "the map key at byte 3 is out of order", id="keys out of order"),
        pytest.param("a21818001700", "the map key at byte 4 is out of order", id="a longer key before a shorter one"),
        pytest.param("0100", "it ends at byte 1, where 1 more follow", id="a byte after the end"),
        pytest.param("a119010000", "the map key 256: keys are integers 0..255", id="a key above 255"),
        pytest.param("a12000", "the map key -1: keys are integers 0..255", id="a negative key"),
        pytest.param("a1616100", "the map key 'a': keys are integers 0..255", id="a text key"),
        pytest.param("a1f500", "the map key True: keys are integers 0..255", id="a key of true"),
        pytest.param("a18000", "keys are integers 0..255", id="a key that is an array"),
        pytest.param("f93c00", "holds a float", id="a half-precision float"),
        pytest.param("fb3ff0000000000000", "holds a float", id="a double"),
        pytest.param("f97e00", "holds a float", id="not a number"),
        pytest.param("f6", "holds a NoneType", id="null"),
        pytest.param("f7", "holds a UndefinedType", id="undefined"),
        pytest.param("e0", "holds a CBORSimpleValue", id="a simple value"),
        pytest.param("ff", "break code", id="a break without begin"),
        pytest.param("c24101", "it holds a tag", id="a bignum"),
        pytest.param("c249010000000000000000", "it holds a tag", id="a bignum of more than 64 bits"),
        pytest.param("c34101", "it holds a tag", id="a negative bignum"),
        pytest.param(
            "3bffffffffffffffff",
            "an integer of more than 64 bits",
            id="the least integer of CBOR, which 64 bits do not negate",
        ),
        pytest.param("c11a65000000", "it holds a tag", id="a date"),
        pytest.param("d9010280", "it holds a tag", id="a set"),
        pytest.param("d9d9f701", "it holds a tag", id="a self-described value"),
        pytest.param("d9ffff01", "it holds a tag", id="a tag of nobody"),
        pytest.param("61ff", "'utf-8' codec", id="text that is no UTF-8"),
        pytest.param("9bffffffffffffffff", "premature end of stream", id="an array that promises more than there is"),
        pytest.param("5bffffffffffffffff", "premature end of stream", id="bytes that promise more than there are"),
        pytest.param("8201", "premature end of stream", id="an array that ends too soon"),
        pytest.param("d81c81d81d00", "it holds a tag", id="a list that holds itself"),
        pytest.param("81" * 9 + "00", "nesting depth", id="nine arrays inside each other"),
    ],
)
def test_refused(data: str, why: str) -> None:
    with pytest.raises(EncodingError, match=rf"^the body .*{re.escape(why)}"):
        cbor.decode(bytes.fromhex(data), "the body")


@QUICK
@given(values.filter(lambda value: depth(value) <= cbor.DEEPEST), st.data())
def test_whatever_head_is_made_longer_is_named_by_its_place(value: Any, draw: st.DataObject) -> None:
    good = cbor.encode(value)
    first = good[0]
    assume(first & 31 < 24 and first >> 5 != 7)
    longer = bytes([first & 0xE0 | 24, first & 31]) + good[1:]
    with pytest.raises(EncodingError, match="the number at byte 0 is longer than need be"):
        cbor.decode(longer, "it")
    more = draw.draw(st.binary(min_size=1, max_size=3))
    with pytest.raises(EncodingError, match=f"it ends at byte {len(good)}, where {len(more)} more follow"):
        cbor.decode(good + more, "it")


def test_depth_cannot_exhaust_the_stack() -> None:
    with pytest.raises(EncodingError, match="nesting depth"):
        cbor.decode(b"\x81" * 100_000 + b"\x00", "it")


def test_no_tag_is_acted_upon() -> None:
    for tag in (*range(300), 1004, 43000, 55799, 65535):
        head = bytes([0xC0 | tag]) if tag < 24 else b"\xd8" + bytes([tag]) if tag < 256 else b"\xd9" + tag.to_bytes(2)
        with pytest.raises(EncodingError, match="holds a tag"):
            cbor.decode(head + b"\x80", "it")


def test_shared_values_cannot_blow_up() -> None:
    """Each list holds the one before it twice: 40 of them would be 10^12 items, from 300 bytes."""
    doubling = b"".join(
        b"\xd8\x1c\x82" + b"\xd8\x1d" + cbor2.dumps(at) + b"\xd8\x1d" + cbor2.dumps(at) for at in range(40)
    )
    with pytest.raises(EncodingError, match="holds a tag"):
        cbor.decode(b"\x98\x29" + b"\xd8\x1c\x80" + doubling, "it")


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        None,
        {256: 0},
        {-1: 0},
        {"a": 0},
        {True: 0},
        [1.5],
        2**64,
        -(2**64),
        (1, 2),
        {1: None},
        "\ud800",
        {1: {1, 2}},
    ],
)
def test_what_has_no_encoding_is_not_written(value: Any) -> None:
    with pytest.raises(EncodingError):
        cbor.encode(value)


def test_keys_are_in_the_order_of_their_bytes() -> None:
    assert cbor.encode({255: 3, 23: 0, 0: 1, 24: 4, 10: 2}) == bytes.fromhex("a5 0001 0a02 1700 181804 18ff03")


def test_the_library_would_have_taken_what_is_refused() -> None:
    """Why the strict reader exists: the library alone reads these without a word."""
    assert cbor2.loads(bytes.fromhex("0100")) == 1
    assert cbor2.loads(bytes.fromhex("a201010102")) == {1: 2}
    assert cbor2.loads(bytes.fromhex("1817")) == 23

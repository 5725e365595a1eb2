"""Entries on their way to a mirror: every form is read as it was written, and only that."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    MAX_PACKAGE_BYTES,
    AddEntries,
    FormatError,
    Hash,
    MirrorInfo,
    Package,
    Span,
    build_upload,
    spans,
    take_header,
    take_package,
    upload_stop,
)

ORIGIN = "vpp.example/building-7"
NUMBERS = st.integers(0, 2**63 - 1)


def test_packages_are_cut_where_bundles_are() -> None:
    assert list(spans(0, 0)) == []
    assert list(spans(700, 700)) == []
    assert list(spans(250, 258)) == [Span(250, 256), Span(256, 258)]
    assert [span.begin for span in spans(250, 600)] == [0, 256, 512]
    for start in range(0, 600, 23):
        for end in range(start, 1100, 41):
            cut = list(spans(start, end))
            assert [index for span in cut for index in range(span.start, span.end)] == list(range(start, end))
            assert all(span.begin <= span.start < span.end <= span.begin + 256 for span in cut)
            assert len(list(spans(start, upload_stop(start, end, 2)))) <= 2


def test_a_header_is_laid_out_as_the_specification_says() -> None:
    header = AddEntries("log", 5, 300, b"tick")
    assert header.encode() == (
        b"\x00\x03log" + b"\x00\x00\x00\x00\x00\x00\x00\x05" + b"\x00\x00\x00\x00\x00\x00\x01\x2c" + b"\x00\x04tick"
    )


@given(
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30),
    NUMBERS,
    NUMBERS,
    st.binary(max_size=300),
    st.binary(max_size=9),
)
def test_headers_are_read_as_they_were_written_and_not_before_they_are_whole(
    origin: str, one: int, other: int, ticket: bytes, more: bytes
) -> None:
    header = AddEntries(origin, min(one, other), max(one, other), ticket)
    data = header.encode()
    assert take_header(data + more) == (header, len(data))
    for end in range(len(data)):
        assert take_header(data[:end]) is None


def test_headers_that_cannot_be_are_refused() -> None:
    for origin, start, end, ticket, why in (
        ("", 0, 0, b"", "origin"),
        ("a" * 65536, 0, 0, b"", "origin"),
        ("\ud800", 0, 0, b"", "UTF-8"),
        ("a", -1, 0, b"", "start to an end"),
        ("a", 2, 1, b"", "start to an end"),
        ("a", 0, 2**63, b"", "start to an end"),
        ("a", 0, 0, bytes(65536), "ticket"),
    ):
        with pytest.raises(FormatError, match=why):
            AddEntries(origin, start, end, ticket)
    with pytest.raises(FormatError, match="origin"):
        take_header(bytes(20))
    with pytest.raises(FormatError, match="not UTF-8"):
        take_header(b"\x00\x01\xff" + bytes(18))


@given(
    st.lists(st.binary(max_size=300), min_size=1, max_size=6),
    st.lists(st.binary(min_size=32, max_size=32).map(Hash), max_size=3),
    st.binary(max_size=5),
)
def test_packages_are_read_as_they_were_written_and_not_before_they_are_whole(
    entries: list[bytes], path: list[Hash], more: bytes
) -> None:
    package = Package(tuple(entries), tuple(path))
    data = package.encode()
    span = Span(256, 256 + len(entries))
    assert take_package(bytearray(data + more), span) == (package, len(data))
    for end in range(0, len(data), 7):
        assert take_package(data[:end], span) is None
    assert take_package(data[:-1], span) is None


def test_the_longest_package_is_as_long_as_a_receiver_is_told() -> None:
    package = Package((bytes(65535),) * 256, (EMPTY_ROOT,) * 63)
    assert len(package.encode()) == MAX_PACKAGE_BYTES


def test_packages_that_cannot_be_are_refused() -> None:
    with pytest.raises(FormatError, match="at most 63 hashes"):
        Package((b"",), (EMPTY_ROOT,) * 64)
    with pytest.raises(FormatError, match="at most 63 hashes"):
        Package((b"",), (Hash(b"short"),))
    with pytest.raises(FormatError, match="from 1 to 256 entries"):
        Package((), ()).encode()
    with pytest.raises(FormatError, match="65536 bytes"):
        Package((bytes(65536),), ()).encode()
    with pytest.raises(FormatError, match="at most 63 hashes, not 64"):
        take_package(b"\x00\x00\x40", Span(0, 1))


def test_an_upload_ends_where_a_package_does(make_tree: Callable[[int], Any]) -> None:
    header = AddEntries(ORIGIN, 250, 258)
    hashes = make_tree(300).hashes
    for count in (5, 7, 9):
        with pytest.raises(FormatError, match="do not end where a package"):
            build_upload(header, [b""] * count, hashes)
    assert build_upload(header, [], hashes) == header.encode()
    with pytest.raises(FormatError, match="8193 entries are more than 32 packages; send them in several requests"):
        build_upload(AddEntries(ORIGIN, 0, 9000), [b""] * 8193, hashes)


@given(NUMBERS, NUMBERS, st.binary(max_size=300))
def test_what_a_mirror_says_of_itself_is_read_as_it_was_written(size: int, next_entry: int, ticket: bytes) -> None:
    info = MirrorInfo(size, next_entry, ticket)
    assert MirrorInfo.parse(info.encode()) == info


def test_what_a_mirror_says_is_three_lines() -> None:
    assert MirrorInfo(700, 512, b"tick").encode() == b"700\n512\ndGljaw==\n"
    assert MirrorInfo(0, 0).encode() == b"0\n0\n\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "three lines"),
        (b"1\n2\n", "three lines"),
        (b"1\n2\ndGljaw==", "three lines"),
        (b"1\n2\ndGljaw==\n\n", "three lines"),
        (b"01\n2\n\n", "the mirror's size must be a decimal number"),
        (b"1\n+2\n\n", "the mirror's next entry must be a decimal number"),
        (b"1\n9223372036854775808\n\n", "the mirror's next entry must be a decimal number"),
        (b"1\n2\ndGljaw=\n", "the mirror's ticket is not base64"),
        (b"1\n2\ndGljax==\n", "the mirror's ticket is not canonical"),
        (b"1\n2\n\xff\n", "not ASCII"),
        pytest.param(b"1\n2\n" + b"A" * 90000 + b"\n", "is larger than", id="too large"),
    ],
)
def test_what_a_mirror_cannot_say_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        MirrorInfo.parse(text)


def test_what_a_mirror_cannot_mean_cannot_be_made() -> None:
    for size, next_entry, ticket in ((-1, 0, b""), (0, 2**63, b""), (0, 0, bytes(65536))):
        with pytest.raises(FormatError):
            MirrorInfo(size, next_entry, ticket)

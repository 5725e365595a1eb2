"""Deterministic CBOR of a known shape, as a regular expression: checked and taken apart at once.

A map with fixed integer keys and fields of plain types has exactly one deterministic encoding (RFC 8949 §4.2.1), and
the set of these encodings is a regular language. Each piece here describes one whole CBOR item, so a sequence of them
can be read in one way only. What no regular expression can count, the lengths in the heads of maps and of long byte
strings, is left to whoever puts the pieces together.
"""

from typing import Final

_SHORTEST: Final = (
    # One of five forms, each only for what the shorter ones do not hold; at most 2^63-1, as in `fields`.
    rb"[\x00-\x17]|\x18[\x18-\xff]|\x19(?!\x00).{2}|\x1a(?!\x00\x00).{4}|\x1b(?!\x00{4})[\x00-\x7f].{7}"
)

UNSIGNED: Final = b"(" + _SHORTEST + b")"
"""An unsigned integer with its head: see `number`."""
BYTES_16: Final = rb"\x50(.{16})"
BYTES_32: Final = rb"\x58\x20(.{32})"
BYTES_64: Final = rb"\x58\x40(.{64})"
TEXT: Final = b"(" + b"|".join(bytes([0x60 + length]) + b".{%d}" % length for length in range(24)) + b")"
"""Text of at most 23 bytes with its head: see `text`."""


def small(most: int) -> bytes:
    """An unsigned integer of 0 to `most`, at most 23: its one byte is its value."""
    assert most < 24, "it would take two bytes"
    return b"([\\x00-\\x%02x])" % most


def pairs(most_key: int, most: int) -> bytes:
    """A map of at most `most` pairs, with its head, from a small key to an unsigned integer: see `PAIR`."""
    pair = b"(?:[\\x00-\\x%02x](?:%b))" % (most_key, _SHORTEST)
    return b"(" + b"|".join(b"\\x%02x%b{%d}" % (0xA0 + count, pair, count) for count in range(most + 1)) + b")"


PAIR: Final = rb"([\x00-\x17])" + UNSIGNED
"""One pair of what `pairs` has matched after its head."""


def number(item: bytes) -> int:
    """Return the value of what UNSIGNED has matched."""
    return item[0] if len(item) == 1 else int.from_bytes(item[1:])


def text(item: bytes) -> str:
    """Return the value of what TEXT has matched. Raises UnicodeDecodeError."""
    return item[1:].decode()


def byte_string(data: bytes) -> bytes:
    """Return the deterministic encoding of a byte string."""
    return byte_string_head(len(data)) + data


def byte_string_head(length: int) -> bytes:
    """Return the head of a byte string in its shortest form."""
    if length < 24:
        return bytes((0x40 + length,))
    if length < 256:
        return bytes((0x58, length))
    if length < 65_536:
        return bytes((0x59, length >> 8, length & 0xFF))
    return b"\x5a" + length.to_bytes(4)

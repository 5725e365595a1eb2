"""Where CBOR leaves its deterministic form (RFC 8949 §4.2.1): what to tell whoever wrote it.

Whether bytes are deterministic is decided by encoding their value again; this only finds out why they are not, so it
is asked about refused bytes alone. They are well-formed, and hold integers, strings, arrays, maps and booleans.
"""

from typing import Final

_LEAST: Final = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
"""The least number that needs so long a head, by what its first byte says."""
_INDEFINITE: Final = 31


class _DeviationError(Exception):
    """What was found, and where."""


def deviation(data: bytes) -> str:
    """Say in which way the bytes of a value are not the deterministic ones."""
    try:
        end = _walk(data, 0)
    except _DeviationError as found:
        return str(found)
    if end < len(data):
        return f"it ends at byte {end}, where {len(data) - end} more follow"
    return "it re-encodes to other bytes"


def _walk(data: bytes, begin: int) -> int:
    """Return where the value that begins at a byte ends."""
    major, number, at = _head(data, begin)
    match major:
        case 2 | 3:  # Bytes and text.
            return at + number
        case 4:  # An array.
            for _ in range(number):
                at = _walk(data, at)
        case 5:  # A map.
            before = b""
            for _ in range(number):
                key_at, at = at, _walk(data, at)
                key = data[key_at:at]
                if key == before:
                    raise _DeviationError(f"the map key at byte {key_at} is there twice")
                if key < before:
                    raise _DeviationError(f"the map key at byte {key_at} is out of order")
                before, at = key, _walk(data, at)
        case _:  # A number or a boolean is its head.
            pass
    return at


def _head(data: bytes, begin: int) -> tuple[int, int, int]:
    """Return the major type, the number in the head, and where the head ends."""
    major, short = data[begin] >> 5, data[begin] & 31
    if short == _INDEFINITE:
        raise _DeviationError(f"the length at byte {begin} is indefinite")
    if short not in _LEAST:
        return major, short, begin + 1
    end = begin + 1 + (1 << (short - 24))
    number = int.from_bytes(data[begin + 1 : end])
    if number < _LEAST[short]:
        raise _DeviationError(f"the number at byte {begin} is longer than need be")
    return major, number, end

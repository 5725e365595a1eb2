"""Deterministic CBOR (RFC 8949 §4.2.1), written and read strictly.

Signed bytes must have one form only, or two honest programs could disagree about what was
signed. cbor2's canonical mode sorts map keys by length first (RFC 7049), which equals RFC
8949's bytewise order as long as every key is an integer 0..23: so other keys are refused
here, and so are floats, tags, indefinite lengths and anything else that does not re-encode
to the very same bytes.
"""

from typing import Final

import cbor2

from .errors import EncodingError

type Value = int | bytes | str | bool | list[Value] | dict[int, Value]
"""What a signed structure is made of: no float, no null, no tag."""

LARGEST_KEY: Final = 23
"""Keys up to 23 take one byte, so both orders of canonical CBOR agree."""

LARGEST_INTEGER: Final = 2**64 - 1
"""CBOR's own range without bignum tags."""


def encode(value: Value) -> bytes:
    """Return the deterministic encoding of a value.

    Raises EncodingError for a value that has none here.
    """
    _check(value, "value")
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, what: str) -> Value:
    """Return the value of deterministically encoded bytes.

    Raises EncodingError, naming `what`, when the bytes are not CBOR, hold a forbidden type or
    are not the one deterministic encoding of what they say.
    """
    try:
        value = cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError, OverflowError, RecursionError) as error:
        raise EncodingError(f"{what} is not CBOR: {error}") from error
    _check(value, what)
    if cbor2.dumps(value, canonical=True) != data:
        raise EncodingError(f"{what} is not deterministic CBOR (RFC 8949 §4.2.1): it re-encodes to other bytes")
    return value  # type: ignore[no-any-return]  # _check has proven the type


def _check(value: object, what: str) -> None:
    match value:
        case bool() | bytes() | str():
            return
        case int():
            if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
                raise EncodingError(f"{what} holds an integer of more than 64 bits")
        case list():
            for item in value:
                _check(item, what)
        case dict():
            for key, item in value.items():
                if type(key) is not int or not 0 <= key <= LARGEST_KEY:
                    raise EncodingError(f"{what} has the map key {key!r}: keys are integers 0..{LARGEST_KEY}")
                _check(item, what)
        case _:
            raise EncodingError(f"{what} holds a {type(value).__name__}, which a signed structure never does")

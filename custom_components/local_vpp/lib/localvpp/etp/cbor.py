"""Deterministic CBOR (RFC 8949 §4.2.1), written and read strictly.

Signed bytes must have one form only, or two honest programs could disagree about what was
signed. cbor2's canonical mode sorts map keys by length first (RFC 7049), which equals RFC
8949's bytewise order as long as no key is negative, and none is text: so other keys are refused
here, and so are floats, tags, indefinite lengths and anything else that does not re-encode
to the very same bytes.
"""

from typing import Any, Final, NoReturn

import cbor2

from .deviation import deviation
from .errors import EncodingError

type Value = int | bytes | str | bool | list[Value] | dict[int, Value]
"""What a signed structure is made of: no float, no null, no tag."""

LARGEST_KEY: Final = 255
"""Of unsigned integers the shorter one is the smaller one, so both orders of canonical CBOR agree. More fields than
these no structure has."""

LARGEST_INTEGER: Final = 2**64 - 1
"""CBOR's own range without bignum tags."""

DEEPEST: Final = 8
"""Containers inside containers; a header with its claims, or a body with its registers, nests two deep."""

_TAGS_OF_CBOR2: Final = (
    *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54),
    *(100, 256, 258, 260, 261, 1004, 43000, 55799),
)
"""Tags that cbor2 6.2 would act upon. Two of them share values (28, 29): a few hundred bytes could stand for a list
that holds itself, or for more items than memory; others compile regular expressions or raise to huge powers."""


def encode(value: Value) -> bytes:
    """Return the deterministic encoding of a value.

    Raises EncodingError for a value that has none here.
    """
    _check(value, "value")
    try:
        return cbor2.dumps(value, canonical=True)
    except ValueError as error:
        raise EncodingError(f"value holds text that is no Unicode: {error}") from error


def _refuse_tag(*_: object) -> NoReturn:
    raise EncodingError("it holds a tag, which no message and no signed structure does")


_NO_TAGS: Final = dict.fromkeys(_TAGS_OF_CBOR2, _refuse_tag)


def read(data: bytes, what: str) -> Any:
    """Return the first value of CBOR bytes from anybody, in any encoding: no tags, at most DEEPEST containers deep.

    Raises EncodingError, naming `what`.
    """
    try:
        return cbor2.loads(data, semantic_decoders=_NO_TAGS, tag_hook=_refuse_tag, max_depth=DEEPEST)
    except (cbor2.CBORDecodeError, ValueError, OverflowError, TypeError) as error:
        raise EncodingError(f"{what} is not CBOR: {error.__cause__ or error}") from error


def decode(data: bytes, what: str) -> Value:
    """Return the value of deterministically encoded bytes.

    Raises EncodingError, naming `what`, when the bytes are not CBOR, hold a forbidden type or
    are not the one deterministic encoding of what they say.
    """
    value = read(data, what)
    _check(value, what)
    if cbor2.dumps(value, canonical=True) != data:
        raise EncodingError(f"{what} is not deterministic CBOR (RFC 8949 §4.2.1): {deviation(data)}")
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

"""The two forms of a value inside the log's text files: base64 (RFC 4648 section 4) and decimal numbers.

Both readers are strict inverses of their writers. A text with two spellings of one value could be changed without
breaking what it says, and two implementations could then disagree on what was signed.
"""

import binascii
import re
from typing import Final

from .errors import FormatError

# Sizes and indexes stay below 2**63, as in the log implementations whose integers are signed 64-bit.
MAX_NUMBER: Final = 2**63 - 1
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,18})")


def encode_base64(raw: bytes) -> str:
    """Write bytes as standard base64 with padding, on one line."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


def decode_base64(text: str, field: str) -> bytes:
    """Read standard base64 with padding, refusing every other spelling of the same bytes.

    Args:
        text: the base64 characters alone.
        field: what the text is, for the error.

    Raises:
        FormatError: when the text is not what ``encode_base64`` writes.
    """
    try:
        raw = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except UnicodeEncodeError, binascii.Error:
        raise FormatError(f"{field} is not base64: {text[:80]!r}") from None
    if encode_base64(raw) != text:
        raise FormatError(f"{field} is not canonical base64 (padding or unused bits are wrong): {text[:80]!r}")
    return raw


def decode_decimal(text: str, field: str) -> int:
    """Read a decimal number from 0 to 2**63 - 1 in ASCII digits, without sign, space or leading zero.

    Raises:
        FormatError: when the text is anything else.
    """
    if _DECIMAL.fullmatch(text) is None or (value := int(text)) > MAX_NUMBER:
        raise FormatError(f"{field} must be a decimal number from 0 to 2^63-1 without leading zeros, not {text[:80]!r}")
    return value

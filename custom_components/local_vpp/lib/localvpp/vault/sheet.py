"""A secret of 32 bytes as it stands on a sheet of paper: for people who type it in once, years later, after a fire.

Base32 in groups of seven letters and digits, without a digit that looks like a letter, behind a label that says what
the sheet is, and with a checksum that names a mistyped one before anything is tried with it.

    sheet = LABEL "-" base32(secret 32 bytes ‖ SHA-256(LABEL ‖ secret)[:3]), 56 characters in groups of seven
"""

import base64
import hashlib
import hmac
from typing import Final

SECRET_LENGTH: Final = 32
_CHECK_LENGTH: Final = 3
_GROUP: Final = 7


class SheetError(ValueError):
    """The text is no secret, or one that was mistyped."""


def write_sheet(label: str, secret: bytes) -> str:
    """Return what is printed on the sheet."""
    assert len(secret) == SECRET_LENGTH, "nothing else is written down"
    code = base64.b32encode(secret + _check(label, secret)).decode()
    return "-".join([label, *(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))])


def read_sheet(text: str) -> tuple[str, bytes]:
    """Return label and secret that a person typed off the sheet.

    Raises SheetError.
    """
    label, _, code = "".join(text.split()).partition("-")
    label = label.upper()
    # A person may read 0 for O and 1 for I: base32 has neither digit.
    folded = code.replace("-", "").upper().replace("0", "O").replace("1", "I")
    try:
        data = base64.b32decode(folded)
    except ValueError:
        data = b""
    if len(data) != SECRET_LENGTH + _CHECK_LENGTH:
        raise SheetError(f"a secret key is its label and eight groups of {_GROUP} characters, as in RECOVERY-ABCDEFG-…")
    secret, check = data[:SECRET_LENGTH], data[SECRET_LENGTH:]
    if not hmac.compare_digest(check, _check(label, secret)):
        raise SheetError("a character of the secret key was mistyped: its checksum does not come out")
    return label, secret


def _check(label: str, secret: bytes) -> bytes:
    return hashlib.sha256(f"local-vpp {label}\0".encode() + secret).digest()[:_CHECK_LENGTH]

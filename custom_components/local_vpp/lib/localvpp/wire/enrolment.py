"""Enrolment: how a flat and a building come to know each other's keys.

The manager hands a resident an invite: a flat number and a secret of 128 bits, good once and for a day.
Both sides prove that they hold the secret without sending it: the flat over its own public key, the
coordinator over both keys. Whoever listens learns nothing that helps, and whoever stands in between
cannot put a key of his own in. The fingerprints are shown on both screens besides.

    invite = FLAT "-" BASE32(id 4 bytes ‖ secret 16 bytes), in groups of four characters
"""

import base64
from dataclasses import dataclass
import hashlib
import hmac
import secrets
from typing import Final, Self

from ..etp import NEXT_KEY_LENGTH, DeviceId, NextKey, PublicKey

_ID_LENGTH: Final = 4
_SECRET_LENGTH: Final = 16
_FLAT_LENGTH: Final = 16


class InviteError(ValueError):
    """The text is no invite code."""


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite as the manager wrote it. Its repr hides the secret."""

    flat: str
    id: bytes
    secret: bytes

    def __repr__(self) -> str:
        return f"Invite(flat={self.flat!r}, id={self.id.hex()})"

    @classmethod
    def issue(cls, flat: str) -> Self:
        """Return a fresh invite for a flat."""
        if not flat or len(flat) > _FLAT_LENGTH or not flat.isalnum():
            raise InviteError(f"flat {flat!r}: a flat's number has 1 to {_FLAT_LENGTH} letters and digits")
        return cls(flat, secrets.token_bytes(_ID_LENGTH), secrets.token_bytes(_SECRET_LENGTH))

    @property
    def text(self) -> str:
        """What the manager prints: the flat, then 32 characters in groups of four."""
        code = base64.b32encode(self.id + self.secret).decode()
        return "-".join([self.flat, *(code[i : i + 4] for i in range(0, len(code), 4))])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the invite that a person typed or scanned.

        Raises InviteError.
        """
        flat, _, code = text.strip().partition("-")
        # A person may read 0 for O and 1 for I: base32 has neither digit.
        folded = code.replace("-", "").replace(" ", "").upper().replace("0", "O").replace("1", "I")
        try:
            data = base64.b32decode(folded)
        except ValueError:  # binascii.Error is one, and text that is not ASCII raises ValueError itself
            data = b""
        if not flat or len(flat) > _FLAT_LENGTH or not flat.isalnum() or len(data) != _ID_LENGTH + _SECRET_LENGTH:
            raise InviteError("an invite is a flat's number and eight groups of four characters, as in 101-ABCD-…")
        return cls(flat, data[:_ID_LENGTH], data[_ID_LENGTH:])


@dataclass(frozen=True, slots=True)
class Membership:
    """What a flat keeps of its enrolment; nothing in it is secret."""

    url: str
    """Base URL of the coordinator, without a slash at its end."""
    origin: str
    flat: str
    device: DeviceId
    building_key: PublicKey
    next_key: NextKey
    """What the building's key after that has to open: with both in hand the flat follows nobody else's."""


def flat_proof(invite: Invite, flat_key: PublicKey) -> bytes:
    """What the flat sends in place of the secret."""
    return hmac.digest(invite.secret, b"local-vpp enrol flat\0" + _told(invite, flat_key), hashlib.sha256)


def building_proof(
    invite: Invite, flat_key: PublicKey, building_key: PublicKey, next_key: NextKey, origin: str
) -> bytes:
    """What the coordinator answers, so that the flat can trust the building's key, and knows the next one's hash."""
    assert len(next_key) == NEXT_KEY_LENGTH, "of one length: no origin can be taken for a part of it"
    told = _told(invite, flat_key) + _told(invite, building_key) + next_key + origin.encode()
    return hmac.digest(invite.secret, b"local-vpp enrol building\0" + told, hashlib.sha256)


def _told(invite: Invite, key: PublicKey) -> bytes:
    return b"".join(
        len(part).to_bytes(2) + part
        for part in (invite.id, invite.flat.encode(), str(int(key.algorithm)).encode(), key.data)
    )

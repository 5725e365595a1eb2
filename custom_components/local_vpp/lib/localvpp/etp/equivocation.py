"""Two records of one device with one seq: signed evidence, to anybody, that its key is in two hands. Pure.

A device counts its records without a reset, so whoever holds its key alone signs one record per number. The two
envelopes prove the contrary by themselves: no log, no body and no word of whoever found them is needed.
"""

from dataclasses import dataclass

from .envelope import SignedEnvelope, parse
from .errors import EtpError
from .keys import PublicKey


class NoEquivocationError(EtpError):
    """Two envelopes prove nothing against their device."""


@dataclass(frozen=True, slots=True)
class Equivocation:
    """What two envelopes prove."""

    first: SignedEnvelope
    second: SignedEnvelope
    key: PublicKey

    @property
    def seq(self) -> int:
        """The number that both records have."""
        return self.first.envelope.seq


def prove_equivocation(first: bytes, second: bytes, key: PublicKey) -> Equivocation:
    """Return what two envelopes prove against the holder of a key.

    Raises EtpError: an envelope is not one, is not signed with the key, or the two do not contradict each other.
    """
    one, other = parse(first), parse(second)
    for signed in (one, other):
        signed.statement.verify(key)
    for what, left, right in (
        ("devices", one.envelope.device.hex(), other.envelope.device.hex()),
        ("buildings", one.building, other.building),
        ("numbers", one.envelope.seq, other.envelope.seq),
    ):
        if left != right:
            raise NoEquivocationError(f"the records have different {what}, {left} and {right}: both may be true")
    if one.hash == other.hash:
        raise NoEquivocationError("both are the same record")
    return Equivocation(one, other, key)

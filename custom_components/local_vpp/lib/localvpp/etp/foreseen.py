"""The key that the building will sign with next, foreseen: whoever steals its keys of today has not those of tomorrow.

The building's own enrolment, and each rotation of its key, holds a hash of the key that comes after. Only that one is
taken for it: a rotation has to open the standing commitment. The private half of the next key is kept off the server,
so whoever has all that lies there can sign as the building, and cannot renew its key. The idea is that of
pre-rotation in KERI (Key Event Receipt Infrastructure, S. M. Smith, 2019); form and rule are of this log.

    commitment = SHA-256(CBOR(["local-vpp next key", origin, algorithm, public key]))

The log holds the hash alone, so until a key is shown nobody can even begin to look for its private half.
"""

import hashlib
from typing import Final, NewType

from . import cbor
from .keys import PublicKey

NextKey = NewType("NextKey", bytes)
"""32 bytes: the commitment to a building's next key."""

NEXT_KEY_LENGTH: Final = 32


def foresee(key: PublicKey, origin: str) -> NextKey:
    """Return the commitment to a key, for the building whose log has this origin."""
    told = cbor.encode(["local-vpp next key", origin, int(key.algorithm), key.data])
    return NextKey(hashlib.sha256(told).digest())

"""Which witnesses a head needs: more than two thirds of the flats, and an outsider where there are few flats.

Any two sets of ⌊2n/3⌋ + 1 out of n share more than a third of n: to show two histories to two quorums, more than a
third of the flats would have to lie. The policy is a file (C2SP tlog-policy) that anybody can keep and check with; it
follows from the log's own entries, and from the outside witnesses that the building's file names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from localvpp import tlog
from localvpp.etp import DeviceId, PublicKey
from localvpp.guard import witness_name
from localvpp.quorum import quorum_of

ALONE_BELOW: Final = 4
"""Of three flats none may be missing, let alone lie: an outside witness has to join them, where one is named."""
MOST_FLATS: Final = 148
"""Their quorum of 99 and the log's own signature are the 100 lines that a note can have, in Go's verifier and ours:
of more flats no proof could show a quorum. Those who were enrolled first witness."""
FLATS: Final = "flats"
OUTSIDE: Final = "outside"
QUORUM: Final = "building"
GROUPS: Final = frozenset({FLATS, OUTSIDE, QUORUM})
"""Names in the policy that no witness can have."""


@dataclass(frozen=True, slots=True)
class OutsideWitness:
    """A witness that is no flat of this building, such as a management company's."""

    name: str
    key: tlog.VerifierKey
    url: str


def flat_key(origin: str, device: DeviceId, key: PublicKey) -> tlog.VerifierKey:
    """Return the key that a flat cosigns with, in note form."""
    return tlog.VerifierKey(witness_name(origin, device), tlog.SignatureType.COSIGNATURE, key.data)


def witness_policy(
    log: tlog.VerifierKey, witnesses: Mapping[DeviceId, PublicKey], outside: Sequence[OutsideWitness] = ()
) -> tlog.Policy:
    """Return the policy of a building, of `witnesses` in the order of enrolment; without any it asks for nobody.

    One key counts once: a flat that names the key of an outside witness is none itself.
    """
    taken = {each.key.public for each in outside}
    flats = [
        tlog.PolicyWitness(device.hex(), flat_key(log.name, device, key))
        for device, key in witnesses.items()
        if key.data not in taken
    ][:MOST_FLATS]
    others = [tlog.PolicyWitness(each.name, each.key, each.url) for each in outside]
    groups: list[tlog.Group] = []
    if flats:
        groups.append(tlog.Group(FLATS, quorum_of(len(flats)), tuple(each.name for each in flats)))
    if others:
        groups.append(tlog.Group(OUTSIDE, 1, tuple(each.name for each in others)))
    match groups:
        case []:
            quorum = tlog.NO_QUORUM
        case [only]:
            quorum = only.name
        case [first, second]:
            quorum = FLATS
            if len(flats) < ALONE_BELOW:
                groups.append(tlog.Group(QUORUM, 2, (first.name, second.name)))
                quorum = QUORUM
        case _:
            raise AssertionError("there are two groups at most")
    return tlog.Policy((tlog.PolicyLog(log),), (*flats, *others), tuple(groups), quorum)

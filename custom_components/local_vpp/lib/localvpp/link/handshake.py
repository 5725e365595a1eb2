"""The handshake: each side signs the other's nonce. Nothing is stored here, and nothing is believed without a proof.

A building that has renewed its key shows that before its terms. Its rotations lead on from the key that the flat knows;
that a log holds them is proven here, and that it has grown out of what this flat has witnessed is for the caller to
look at before he believes the new key: `Introduced.followed` says whether there is something to look at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
import secrets

from .. import tlog
from ..etp import EtpError, FieldError, SignatureError, Signer, off_loop
from ..lineage import Lineage, UnforeseenRotationError, check_logged
from ..wire import (
    NONCE_LENGTH,
    PROTOCOL,
    BuildingRotated,
    Challenge,
    Code,
    Hello,
    Membership,
    Terms,
    Welcome,
    open_terms,
    sign_hello,
)
from .peer import Peer
from .status import FatalLinkError, FormerKeyError, LinkError, LinkState, StolenKeyError


@dataclass(frozen=True, slots=True)
class Caller:
    """What a flat says of itself."""

    membership: Membership
    signer: Signer
    software: str
    settled_slot: int
    """The last settled slot of which it has stored what the building said, 0 when none."""
    witnessed: int
    """Entries of the newest head that it has witnessed, 0 when none."""


@dataclass(frozen=True, slots=True)
class NewHead:
    """A head that the building's rotations are proven under, and that it has grown out of the witnessed one."""

    note: bytes
    growth: tuple[tlog.Hash, ...]


@dataclass(frozen=True, slots=True)
class Introduced:
    """A building that has proven its key, or a key that its rotations lead to."""

    terms: Terms
    log_key: tlog.VerifierKey
    welcome: Welcome
    lineage: Lineage
    """The building's keys, those that were followed now among them."""
    followed: NewHead | None
    """What the keys that were followed now stand or fall with; None when there are none."""


async def shake_hands(peer: Peer, caller: Caller, known: Lineage) -> Introduced:
    """Prove both keys, from the building's keys that the flat knows.

    Raises FatalLinkError when the other one is not the building, or speaks another protocol, FormerKeyError when it
    signs with a key that the building has renewed, StolenKeyError when it names one that was not foreseen; LinkError,
    ProtocolError.
    """
    member = caller.membership
    challenge = await peer.hear()
    if not isinstance(challenge, Challenge):
        raise LinkError(f"the coordinator began with {type(challenge).__name__} instead of a challenge")
    if challenge.protocol != PROTOCOL:
        raise FatalLinkError(
            LinkState.REFUSED,
            f"the coordinator speaks protocol {challenge.protocol}, this flat {PROTOCOL}: update the older one",
            Code.WRONG_PROTOCOL,
        )
    if challenge.origin != member.origin:
        raise FatalLinkError(
            LinkState.REFUSED,
            f"{member.url} is the coordinator of {challenge.origin}, not of {member.origin}",
        )
    own_nonce = secrets.token_bytes(NONCE_LENGTH)
    statement = await off_loop(
        caller.signer,
        lambda: sign_hello(caller.signer, member.device, member.origin, challenge.nonce, own_nonce, caller.witnessed),
    )
    await peer.say(Hello(statement, caller.software, caller.settled_slot))
    welcome = await peer.hear()
    rotated = welcome if isinstance(welcome, BuildingRotated) else None
    if rotated is not None:
        welcome = await peer.hear()
    if not isinstance(welcome, Welcome):
        raise LinkError(f"the coordinator answered the hello with {type(welcome).__name__}")
    try:
        introduced = _introduced(welcome, rotated, member, known, own_nonce)
    except FieldError as error:
        raise FatalLinkError(
            LinkState.REFUSED, f"{member.url} answered with terms that cannot be used: {error}"
        ) from error
    except UnforeseenRotationError as error:
        raise StolenKeyError(
            f"{member.url} cannot prove that it is the building this flat was enrolled in: {error}. Somebody else has "
            "the building's key: tell the building manager",
            error.sealed,
        ) from error
    except (EtpError, tlog.TlogError) as error:
        raise FatalLinkError(
            LinkState.REFUSED,
            f"{member.url} cannot prove that it is the building this flat was enrolled in ({error}): "
            "ask the building manager whether its key was changed",
        ) from error
    terms = introduced.terms
    if terms.origin != member.origin:
        raise FatalLinkError(
            LinkState.REFUSED,
            f"{member.url} has terms for {terms.origin}, not for {member.origin}",
        )
    if terms.building == member.device:
        raise FatalLinkError(LinkState.REFUSED, f"{member.url} calls this flat's device the building")
    return introduced


def _introduced(
    welcome: Welcome, rotated: BuildingRotated | None, member: Membership, known: Lineage, own_nonce: bytes
) -> Introduced:
    lineage = known if rotated is None else known.follow(rotated, member.origin)
    try:
        terms = open_terms(welcome.terms, lineage.newest, own_nonce)
    except SignatureError as error:
        if (former := _signed_before(welcome, lineage, member, own_nonce)) is not None:
            raise former from error
        raise
    try:
        log_key = tlog.VerifierKey.parse(terms.log_key)
    except tlog.TlogError as error:
        raise FieldError(f"the log's key is {terms.log_key!r}: {error}") from error
    followed = None
    if rotated is not None and len(lineage.keys) > len(known.keys):
        check_logged(rotated, lineage, len(known.keys), tlog.Ed25519Verifier(log_key), terms)
        followed = NewHead(rotated.checkpoint.encode(), _path(rotated.growth))
    return Introduced(terms, log_key, welcome, replace(lineage, building=terms.building), followed)


def _signed_before(welcome: Welcome, lineage: Lineage, member: Membership, own_nonce: bytes) -> FormerKeyError | None:
    """Return the error of terms that a key has signed which the building had before, as far as this flat knows."""
    for since in lineage.keys[:-1]:
        try:
            terms = open_terms(welcome.terms, since.key, own_nonce)
            log_key = tlog.VerifierKey.parse(terms.log_key)
        except EtpError, tlog.TlogError:
            continue
        return FormerKeyError(
            f"{member.url} cannot prove that it is the building this flat was enrolled in: the terms are signed with "
            f"{since.key.fingerprint}, which was renewed as this flat was shown. An old copy of the building's data "
            f"was put back, or somebody uses the old key: {lineage.newest.fingerprint} signs now. Ask the building "
            "manager",
            log_key,
        )
    return None


def _path(steps: Sequence[bytes]) -> tuple[tlog.Hash, ...]:
    return tuple(tlog.to_hash(step) for step in steps)

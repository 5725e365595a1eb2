"""How the two ends of a flat's chain meet when it connects: its own, and the one that the log says it has.

Mostly they are the same, or the flat is ahead. A flat behind the log, as after a restored backup, goes on from what the
log proves to have of its chain. One whose proven records the log does not have any more holds that against it.
"""

from collections.abc import Sequence
import logging
import secrets
from typing import Final, Never, Protocol

from .. import tlog
from ..adopting import AdoptionBook
from ..adoption import Adopted, AdoptionError, ForgedError, Proven, check_records, rotated_to, too_often
from ..clock import Clock
from ..etp import DeviceId, EtpError, PublicKey
from ..guard import Doubt, Guard, WitnessMovedError
from ..lineage import Lineage
from ..notebook import Evidence, EvidenceKind, Notebook
from ..store import FlatStore
from ..wire import (
    NONCE_LENGTH,
    AskChainEnd,
    AskRecords,
    ChainEnd,
    FromCoordinator,
    LastRecord,
    Membership,
    Records,
    RecordsAck,
    Refused,
    Terms,
    TheRecords,
    open_chain_end,
)
from .peer import Peer
from .status import FatalLinkError, LinkError, LinkState

_LOGGER = logging.getLogger(__name__)

MOST_EARLY: Final = 512
"""Messages that may come before the records that were asked for: more than a coordinator ever has waiting."""


class MeetingListener(Protocol):
    """Who goes on from where the ends have met."""

    async def chain_adopted(self, adopted: Adopted) -> None:
        """The log has proven another end of the flat's chain: go on from there. Returns when that is durable.

        Raises StoreError; then nothing is adopted.
        """
        ...

    def ledger_distrusted(self, reason: str) -> None:
        """The log contradicted itself: the evidence is kept."""
        ...


class Meeting:
    """Compares the ends of one flat's chain."""

    def __init__(
        self, membership: Membership, store: FlatStore, guard: Guard, clock: Clock, listener: MeetingListener
    ) -> None:
        self._membership = membership
        self._store = store
        self._guard = guard
        self._clock = clock
        self._listener = listener
        self._adoptions = AdoptionBook(store)
        self._notebook = Notebook(store)

    async def meet(
        self, peer: Peer, terms: Terms, lineage: Lineage, keys: Sequence[PublicKey], last: LastRecord | None
    ) -> list[FromCoordinator]:
        """Return when the ends have met, with what came meanwhile and is still to be taken.

        Args:
            peer: the coordinator.
            terms: its terms, proven.
            lineage: the building's keys.
            keys: what this flat signs with.
            last: the end of its chain, as the log has it.

        Raises FatalLinkError when they do not meet, LinkError when it could not be told.
        """
        proven = (await self._store.load()).proven
        if (reason := await self._contradicts(proven, last)) is not None:
            await self._hold_against(peer, terms, lineage, proven, reason)
        if last is None or await self._store.hash_at(last.seq) == last.hash:
            return []
        now_ms = self._clock.wall_ms()
        if too_often(await self._adoptions.times(), now_ms):
            await self._hand_in(peer, last, now_ms)
            raise FatalLinkError(
                LinkState.DIVERGED,
                f"a second copy of this flat is running: the log went on without this one for the third time within "
                f"an hour, now to record {last.seq}. Stop the copy",
            )
        return await self._adopt(peer, terms, keys, last, proven)

    async def doubt(self, last: LastRecord | None) -> Doubt | None:
        """Say why this flat's witness is not to sign the log, of which no more is asked now; None when the ends meet.

        A log that is held may be behind, and is not held against anybody: what is proven is only kept from being cut.
        """
        proven = (await self._store.load()).proven
        if (reason := await self._contradicts(proven, last)) is not None:
            return Doubt(reason, contradicts=True)
        if last is None or await self._store.hash_at(last.seq) == last.hash:
            return None
        return Doubt(
            f"the log has record {last.seq} of this flat, and this flat has another one or none: it was restored from "
            "a backup, or copied, and the key of its witness may have signed what it has forgotten",
            contradicts=False,
        )

    async def proven_head(self) -> bytes:
        """Return the signed head in which the newest of this flat's proven records was proven; empty when none was."""
        proven = (await self._store.load()).proven
        name = await self._store.hash_at(proven) if proven else None
        kept = None if name is None else await self._store.kept(name)
        return tlog.TlogProof.parse(kept.proof.encode()).checkpoint if kept and kept.proof else b""

    async def keep_proven(self, kind: EvidenceKind, reason: str, seq: int, theirs: bytes) -> None:
        """Keep what contradicts that the log holds a record of this flat, beside that record and its proof."""
        name = await self._store.hash_at(seq)
        kept = None if name is None else await self._store.kept(name)
        assert kept is not None, "a record that was proven is kept"
        assert kept.proof is not None, "and so is its proof"
        ours = kept.record.encode() + b"\n" + kept.proof.encode()
        named = b"%d " % seq + theirs if kind is EvidenceKind.TWICE else b"%d" % seq
        await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours, theirs, kind), named)
        self._listener.ledger_distrusted(reason)

    async def _contradicts(self, proven: int, last: LastRecord | None) -> str | None:
        """Say how the end of this flat's chain contradicts that the log was proven to hold a record; None if not."""
        if proven > (last.seq if last else 0):
            return (
                f"the log has proven to hold record {proven} of this flat, and now "
                f"{f'ends with record {last.seq}' if last else 'has none'}: it was cut or replaced"
            )
        if last is not None and proven == last.seq and await self._store.hash_at(proven) != last.hash:
            return f"the log has proven to hold record {proven} of this flat, and now says that it is another one"
        return None

    async def _hold_against(self, peer: Peer, terms: Terms, lineage: Lineage, proven: int, reason: str) -> Never:
        """Ask the building to sign what contradicts the log's proof, and keep both.

        Raises FatalLinkError. What the building does not sign may have been spoiled on its way: it proves nothing.
        """
        nonce = secrets.token_bytes(NONCE_LENGTH)
        await peer.say(AskChainEnd(nonce))
        told = await self._await_chain_end(peer)
        device = self._membership.device
        try:
            end = open_chain_end(told.statement, lineage.newest, terms.building, terms.origin, device, nonce)
        except EtpError as error:
            unsigned = f"{reason}; but the building has not signed that: {error}"
            raise FatalLinkError(LinkState.DIVERGED, unsigned) from error
        signed = await self._contradicts(proven, end.last)
        if signed is None:
            raise LinkError(f"{reason}; but what the building signs is another end: somebody stands in between")
        await self.keep_proven(EvidenceKind.CUT, signed, proven, told.statement)
        raise FatalLinkError(LinkState.DIVERGED, signed)

    async def _await_chain_end(self, peer: Peer) -> ChainEnd:
        for _ in range(MOST_EARLY):
            match await peer.hear():
                case ChainEnd() as told:
                    return told
                case Refused(_, message, _):
                    raise FatalLinkError(
                        LinkState.DIVERGED, f"the building does not sign where this flat's chain ends: {message}"
                    )
                case _:
                    pass  # What it says of slots and heads is for a connection that holds.
        raise LinkError(f"the coordinator sent {MOST_EARLY} messages and no end of this flat's chain")

    async def _adopt(
        self, peer: Peer, terms: Terms, keys: Sequence[PublicKey], last: LastRecord, proven: int
    ) -> list[FromCoordinator]:
        """Take over what the log proves to have of this flat's chain.

        Raises FatalLinkError when it does not prove that: nothing is adopted then.
        """
        early: list[FromCoordinator] = []
        device: DeviceId = self._membership.device
        key = tlog.VerifierKey.parse(terms.log_key)
        verifier = tlog.Ed25519Verifier(key)
        head = await self._store.head_at(proven)
        records: list[Proven] = []
        known = [*keys, *await self._adoptions.keys()]
        try:
            while head.seq < last.seq:
                size = (await self._notebook.witnessed(self._membership.origin))[0].size
                await peer.say(AskRecords(head.seq, size))
                told = await _await_records(peer, early)
                if not told.records:
                    raise AdoptionError(
                        f"the log says that it has record {last.seq} of this flat, and does not show it"
                    )
                growth = tuple(tlog.to_hash(step) for step in told.growth)
                await self._guard.follow(key, told.checkpoint.encode(), growth, since=size)
                more, head = check_records(told, head, device, known, verifier, terms.origin)
                records += more
                known += rotated_to(each.record for each in more)
            if not any(each.record.hash == last.hash for each in records):
                raise AdoptionError(f"the log shows another record {last.seq} of this flat than it says it has")
        except ForgedError as error:
            ours = self._guard.head.note
            await self._notebook.keep(
                Evidence(self._clock.wall_ms(), str(error), ours, error.evidence, EvidenceKind.FORGED)
            )
            self._listener.ledger_distrusted(str(error))
            raise FatalLinkError(LinkState.DIVERGED, str(error)) from error
        except WitnessMovedError as error:
            raise LinkError(str(error)) from error
        except (AdoptionError, tlog.TlogError) as error:
            reason = f"the end of this flat's chain in the log is not proven, and is not believed: {error}"
            raise FatalLinkError(LinkState.DIVERGED, reason) from error
        await self._listener.chain_adopted(Adopted(proven, tuple(records), head))
        return early

    async def _hand_in(self, peer: Peer, last: LastRecord, now_ms: int) -> None:
        """Give the building what this flat has signed beside a logged record: proof that its key is in two hands."""
        sealed = await self._adoptions.contradiction(now_ms)
        if sealed is None and (own := await self._store.hash_at(last.seq)) is not None:
            kept = await self._store.kept(own)
            sealed = None if kept is None else kept.record.encode()
        if sealed is None:
            return
        _LOGGER.error("Flat %s hands in the proof that its key is in two hands", self._membership.flat)
        await peer.say(Records((sealed,)))
        while not isinstance(await peer.hear(), RecordsAck):
            continue


async def _await_records(peer: Peer, early: list[FromCoordinator]) -> TheRecords:
    """Return the answer to AskRecords; what else comes waits until the chains have met."""
    while True:
        match await peer.hear():
            case TheRecords() as told:
                return told
            case Refused(_, message, _):
                raise AdoptionError(f"the coordinator does not give the records that it has: {message}")
            case other if len(early) < MOST_EARLY:
                early.append(other)
            case _:
                raise LinkError(f"the coordinator sent {MOST_EARLY} messages and none of this flat's records")

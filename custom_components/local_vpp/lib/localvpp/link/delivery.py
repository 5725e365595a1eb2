"""The flat's records on their way into the log: sent in order, until the log has proven to hold them.

An acknowledgement counts only with an inclusion proof under a checkpoint that the log's key has signed.
"""

import asyncio
from collections.abc import Sequence
import logging
from typing import Final, Protocol

from .. import tlog
from ..etp import Kind, RecordHash
from ..guard import Guard
from ..judge import Judge
from ..notebook import EvidenceKind
from ..store import FlatStore
from ..wire import LARGEST_BATCH, Code, RecordResult, Records, RecordsAck, Terms
from .meeting import Meeting
from .peer import Peer
from .status import FatalLinkError, LinkError, LinkState, LinkStatus

_LOGGER = logging.getLogger(__name__)

RETRY_RECORDS_S: Final = 30.0
"""Records without an answer are sent again after this; the ledger knows the same bytes again."""


class DeliveryListener(Protocol):
    """Who wants to hear what became of records. Called in the event loop; must not block."""

    def link_changed(self, status: LinkStatus) -> None:
        """Records are held up, or not any more."""
        ...

    def records_proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        """The log holds these records at these indexes; so many are still to be sent."""
        ...


class Delivery:
    """Brings one flat's records into the log."""

    def __init__(
        self, flat: str, store: FlatStore, guard: Guard, judge: Judge, meeting: Meeting, listener: DeliveryListener
    ) -> None:
        self._flat = flat
        self._store = store
        self._guard = guard
        self._judge = judge
        self._meeting = meeting
        self._listener = listener
        self._answered = asyncio.Event()
        self._held_up = False
        """Whether records wait for something that may mend itself."""

    def records_waiting(self) -> None:
        """Tell that the store has new records to send."""
        self._answered.set()

    def begin(self) -> None:
        """Begin with a new connection."""
        self._held_up = False

    async def send(self, peer: Peer) -> None:
        """Send what is not proven, batch after batch, until cancelled."""
        while True:
            self._answered.clear()
            batch = await self._store.unsent(LARGEST_BATCH)
            if batch:
                await peer.say(Records(tuple(batch)))
            try:
                async with asyncio.timeout(RETRY_RECORDS_S):
                    await self._answered.wait()
            except TimeoutError:
                continue

    async def take(self, ack: RecordsAck, log_key: tlog.Verifier, terms: Terms) -> None:
        """Take what the coordinator says of a batch.

        Raises LinkError when it proves nothing or cannot go on, FatalLinkError when a person must look.
        """
        proofs: list[tuple[RecordHash, int, str]] = []
        slots: set[int] = set()
        refused: RecordResult | None = None
        for result in ack.results:
            if result.index is None:
                if result.refused is None:
                    raise LinkError(f"the coordinator neither took nor refused record {result.hash.hex()}")
                refused = refused or result
                continue
            kept = await self._store.kept(result.hash)
            if kept is None:
                raise LinkError(f"the coordinator acknowledged record {result.hash.hex()}, which is not this flat's")
            proof = tlog.TlogProof(
                index=result.index,
                path=tuple(tlog.to_hash(step) for step in result.proof),
                checkpoint=ack.checkpoint.encode(),
            )
            try:
                opened = tlog.verify_proof(proof, kept.record.signed.statement.data, log_key, origin=terms.origin)
            except tlog.TlogError as error:
                # Anybody between the two could have written this: only what the log's key signed is evidence.
                raise LinkError(f"the proof of record {kept.record.envelope.seq} does not hold: {error}") from error
            if kept.index not in (None, result.index):
                reason = f"the log holds record {kept.record.envelope.seq} twice, at {kept.index} and at {result.index}"
                await self._meeting.keep_proven(EvidenceKind.TWICE, reason, kept.record.envelope.seq, proof.encode())
                raise LinkError(f"record {kept.record.envelope.seq} was logged twice")
            proofs.append((result.hash, result.index, proof.encode().decode()))
            if kept.record.kind is Kind.INTERVAL:
                slots.add(kept.record.envelope.slot)
            await self._guard.compare(opened.checkpoint, proof.checkpoint)
        pending = await self._store.proven(proofs)
        if proofs:
            self._listener.records_proven([(name, index) for name, index, _ in proofs], pending)
            await self._judge.proven(sorted(slots))
        if refused is not None:
            self._take_refusal(refused)
        elif self._held_up:
            self._held_up = False
            _LOGGER.info("The log takes the records of flat %s again", self._flat)
            self._listener.link_changed(LinkStatus(LinkState.ONLINE))
        # An answer that brought nothing on must not be asked for again at once: the retry's time will.
        if pending and proofs and refused is None:
            self._answered.set()

    def _take_refusal(self, refused: RecordResult) -> None:
        """Act on the first refused record; those after it are refused for its sake.

        Raises LinkError where sending the same record again on this connection cannot help.
        """
        reason = f"the log refuses a record of this flat: {refused.refused}: {refused.message}"
        match refused.refused:
            case Code.FROM_THE_FUTURE:
                # Time mends it: the retry sends the same bytes again.
                if not self._held_up:
                    self._held_up = True
                    _LOGGER.warning("%s", reason)
                    told = f"this flat's clock is ahead of the building's: set it ({refused.message})"
                    self._listener.link_changed(LinkStatus(LinkState.ONLINE, told))
            case Code.OUT_OF_ORDER:
                raise LinkError(reason)  # The next welcome tells where the chains part, if they do.
            case Code.CONFLICT:
                raise FatalLinkError(LinkState.DIVERGED, reason, Code.CONFLICT)
            case code:
                raise FatalLinkError(LinkState.REFUSED, reason, code)

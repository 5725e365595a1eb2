"""The flat as a witness of its building's log: no single server is trusted, because every flat watches it.

Asked over the link, it signs a head only if that has grown out of the last one it signed (C2SP tlog-witness), and what
it signs is durable before it is sent. A head that the log's key signed and that is not shown to have grown out of it is
kept beside its counterpart, and told at once.

Two heads of one size with different roots prove a fork by themselves, for good and to anybody. A larger head whose
proof fails does not yet: whoever stands between the two can spoil a proof. It is told as long as it lasts, and heals
when the log proves that it has grown.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
import logging
from typing import Protocol

from . import tlog
from .clock import Clock
from .etp import DeviceId
from .notebook import Evidence, Notebook, Purpose
from .wire import WitnessSays

_LOGGER = logging.getLogger(__name__)


class GuardListener(Protocol):
    """Who wants to hear of the log's heads. Called in the event loop; must not block."""

    def head_moved(self, checkpoint: tlog.Checkpoint) -> None:
        """The log has grown, consistently."""
        ...

    def ledger_forked(self, reason: str) -> None:
        """The newest head is not shown to follow from the one before; `head_moved` takes that back."""
        ...

    def ledger_distrusted(self, reason: str) -> None:
        """The log contradicted itself; the evidence is kept."""
        ...


def witness_name(origin: str, device: DeviceId) -> str:
    """The name under which a flat cosigns: nothing in it tells which flat it is."""
    return f"{origin}/w/{device.hex()}"


class Guard:
    """Watches one log for one flat."""

    def __init__(
        self, origin: str, device: DeviceId, notebook: Notebook, clock: Clock, listener: GuardListener
    ) -> None:
        self._origin = origin
        self._name = witness_name(origin, device)
        self._notebook = notebook
        self._clock = clock
        self._listener = listener
        self._lock = asyncio.Lock()
        self._log: tlog.WitnessedLog | None = None
        self._cosigner: tlog.Ed25519Cosigner | None = None
        self.log_key: tlog.VerifierKey | None = None
        self.key: tlog.VerifierKey | None = None
        """What this witness cosigns with; None before it was opened."""

    async def open(self, log_key: tlog.VerifierKey, epoch: int) -> None:
        """Begin to watch, or go on to watch, the log that signs with a key."""
        async with self._lock:
            seed = await self._notebook.seed(epoch, Purpose.WITNESS)
            key = tlog.SignerKey(self._name, tlog.SignatureType.COSIGNATURE, seed)
            latest, time = await self._notebook.witnessed(self._origin)
            self._log = tlog.WitnessedLog(self._origin, (log_key,), latest, time)
            self._cosigner = tlog.Ed25519Cosigner(key)
            self.key = key.verifier_key
            self.log_key = log_key

    @property
    def head(self) -> tlog.Head:
        """The newest head that was witnessed."""
        return self._log.latest if self._log is not None else tlog.NO_HEAD

    async def answer(self, request: bytes) -> WitnessSays:
        """Answer the body of an `add-checkpoint`, as over HTTP.

        Raises StoreError: then nothing was signed.
        """
        async with self._lock:
            assert self._log is not None, "opened before anybody asks"
            assert self._cosigner is not None, "opened before anybody asks"
            before = self._log
            now = self._clock.wall_ms() // 1000
            answer = tlog.add_checkpoint({self._origin: before}, request, now, [self._cosigner])
            if answer.log is not None:
                await self._notebook.replace(before, answer.log)
                self._log = answer.log
            if answer.evidence:
                await self._hold_against(before.latest, tlog.AddCheckpoint.parse(request).checkpoint)
        if answer.log is not None:
            latest = answer.log.latest
            self._listener.head_moved(tlog.Checkpoint(self._origin, latest.size, latest.root))
        return WitnessSays(int(answer.status), answer.content_type, answer.body)

    async def follow(
        self, log_key: tlog.VerifierKey, note: bytes, growth: Sequence[tlog.Hash]
    ) -> tlog.OpenedCheckpoint:
        """Go on to a head that the log is shown to have grown into, signing nothing; return it.

        Whoever was restored from a backup has forgotten the newest heads: what it believes next must still have grown
        out of the one that it remembers. Raises TlogError when the log's key has not signed the head, or it does not
        follow; StoreError.
        """
        async with self._lock:
            opened = tlog.open_checkpoint(note, tlog.Ed25519Verifier(log_key), origin=self._origin)
            head = opened.checkpoint
            latest, time = await self._notebook.witnessed(self._origin)
            if head.size < latest.size:
                raise tlog.ProofError(
                    f"the head of {head.size} entries is older than the witnessed one of {latest.size}"
                )
            try:
                tlog.verify_consistency(latest.size, head.size, latest.root, head.root, growth)
            except tlog.ProofError:
                await self._hold_against(latest, note)
                raise
            if head.size > latest.size:
                before = tlog.WitnessedLog(self._origin, (log_key,), latest, time)
                after = replace(before, latest=tlog.Head(head.size, head.root, note))
                await self._notebook.replace(before, after)
                if self._log is not None:
                    self._log = after
        return opened

    async def compare(self, head: tlog.Checkpoint, note: bytes) -> None:
        """Hold a head that came on another way, signed by the log, against the witnessed one."""
        async with self._lock:
            latest = self._log.latest if self._log is not None else tlog.NO_HEAD
            if head.size == latest.size and head.root != latest.root:
                await self._hold_against(latest, note)

    async def _hold_against(self, ours: tlog.Head, theirs: bytes) -> None:
        """Keep two signed heads that contradict each other, or seem to."""
        reason = f"the log has shown the heads {_told(ours.note)} and {_told(theirs)}"
        proven = _size(theirs) == ours.size
        reason += ", which cannot both be true" if proven else ", and does not prove that one has grown into the other"
        if await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours.note, theirs)):
            _LOGGER.error("%s: %s", self._name, reason)
        if proven:
            self._listener.ledger_distrusted(reason)
        else:
            self._listener.ledger_forked(reason)


def _size(note: bytes) -> int:
    return int(note.split(b"\n", 2)[1])


def _told(note: bytes) -> str:
    if not note:
        return "of an empty log"
    _, size, root, *_ = note.decode(errors="replace").split("\n", 3)
    return f"{size} ({root[:12]}…)"

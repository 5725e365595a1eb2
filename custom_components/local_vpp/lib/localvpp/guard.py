"""The flat as a witness of its building's log: no single server is trusted, because every flat watches it.

Asked over the link, it signs a head only if that has grown out of the last one it signed (C2SP tlog-witness), and what
it signs is durable before it is sent. A head that the log's key signed and that is not shown to have grown out of it is
kept beside its counterpart, and told at once.

Two heads of one size with different roots prove a fork by themselves, for good and to anybody. A larger head whose
proof fails does not yet: whoever carries it can spoil a proof. Of the coordinator it is told as long as it lasts, and
heals when the log proves that it has grown; should it grow to the very size of the head that did not fit, with another
root, that proves the fork. Of a stranger, who asks over HTTP, a spoiled proof is refused and means nothing.

A witness begins to sign when its flat has met its coordinator, and not before: a flat that was restored from a backup
learns there what it has forgotten. While there is a doubt (its key may have signed what this flat has forgotten, or the
log contradicts what it has proven) it signs nothing, and still says what it knows. A proof that the flat holds under a
head is knowledge of that head, as much as a signature: no smaller one is signed, and the answer names its size.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Protocol

from . import tlog
from .clock import Clock
from .etp import DeviceId
from .notebook import Evidence, EvidenceKind, Notebook, Purpose

type Answer = tlog.Answer[tlog.WitnessedLog]


class GuardListener(Protocol):
    """Who wants to hear of the log's heads. Called in the event loop; must not block."""

    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None:
        """The newest head was signed: the one before again, or one that has grown out of it."""
        ...

    def ledger_forked(self, reason: str) -> None:
        """The newest head is not shown to follow from the one before; one that has grown takes that back."""
        ...

    def ledger_distrusted(self, reason: str) -> None:
        """The log contradicted itself; the evidence is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a witness signs nothing although its flat has met the coordinator."""

    reason: str
    contradicts: bool
    """Whether the log contradicts what was proven to the flat: a word against the log, and no mere silence."""


class OlderHeadError(tlog.TlogError):
    """The head is smaller than the witnessed one of the same log: an old one, or one of a log that was set back."""


class WitnessMovedError(Exception):
    """Another head was witnessed while the log was asked to grow out of the one before: it has to be asked again."""


def witness_name(origin: str, device: DeviceId) -> str:
    """The name under which a flat cosigns: nothing in it tells which flat it is."""
    return f"{origin}/w/{device.hex()}"


class Guard:
    """Watches one log for one flat."""

    def __init__(
        self, origin: str, device: DeviceId, notebook: Notebook, clock: Clock, listener: GuardListener
    ) -> None:
        self.origin = origin
        self._name = witness_name(origin, device)
        self._notebook = notebook
        self._clock = clock
        self._listener = listener
        self._lock = asyncio.Lock()
        self._log: tlog.WitnessedLog | None = None
        self._cosigner: tlog.Ed25519Cosigner | None = None
        self.log_key: tlog.VerifierKey | None = None
        self._proven: tlog.Head = tlog.NO_HEAD
        """The head that the flat's newest proof stands in."""
        self._doubt: Doubt | None = None
        self._disputed: dict[int, bytes] = {}
        """Heads that were not shown to have grown out of the witnessed one, by their size."""
        self.key: tlog.VerifierKey | None = None
        """What this witness cosigns with; None before it was opened."""

    async def open(
        self, log_key: tlog.VerifierKey, epoch: int, proven: bytes = b"", doubt: Doubt | None = None
    ) -> None:
        """Begin to watch, or go on to watch, the log that signs with a key.

        Args:
            log_key: the log's key.
            epoch: of the flat's chain; each has a witness key of its own.
            proven: the signed head of the flat's newest proof, which the log has to be as large as; empty for none.
            doubt: why nothing is to be signed. What is known is said all the same.
        """
        async with self._lock:
            latest, time = await self._notebook.witnessed(self.origin)
            await self._remember_disputed()
            if doubt is None:
                seed = await self._notebook.seed(epoch, Purpose.WITNESS)
                key = tlog.SignerKey(self._name, tlog.SignatureType.COSIGNATURE, seed)
                self._cosigner, self.key = tlog.Ed25519Cosigner(key), key.verifier_key
            self._doubt = doubt
            self._proven = _as_head(proven) if proven else tlog.NO_HEAD
            self._log = tlog.WitnessedLog(self.origin, (log_key,), latest, time)
            self.log_key = log_key

    async def _remember_disputed(self) -> None:
        heads = [each.theirs for each in await self._notebook.evidence() if each.kind is EvidenceKind.HEADS]
        self._disputed = {_head(note).size: note for note in heads}

    @property
    def head(self) -> tlog.Head:
        """The newest head that was witnessed."""
        return self._log.latest if self._log is not None else tlog.NO_HEAD

    def close(self) -> None:
        """Sign nothing until opened again: a second copy of this flat may be signing with the same key."""
        self._log = None

    async def answer(self, request: bytes, *, stranger: bool = False) -> Answer:
        """Answer the body of an `add-checkpoint`; a stranger is whoever has not proven to be the coordinator.

        Raises StoreError: then nothing was signed.
        """
        async with self._lock:
            before, cosigners = self._log, [each for each in (self._cosigner,) if each is not None]
            if before is None:
                return tlog.refuse(
                    HTTPStatus.SERVICE_UNAVAILABLE, "this witness has not met its building's coordinator yet"
                )
            now = self._clock.wall_ms() // 1000
            answer = tlog.add_checkpoint({self.origin: before}, request, now, cosigners)
            if answer.evidence:
                await self._hold_against(before, tlog.AddCheckpoint.parse(request).checkpoint, stranger=stranger)
            if answer.log is None:
                return answer
            if (refused := await self._refuse(before, answer.log.latest, stranger=stranger)) is not None:
                return refused
            (cosigner,) = cosigners
            if stranger and _is_same(answer.log.latest, before.latest) and (known := _line(before, cosigner)):
                # Anybody could have us write to the disk by showing the same head again and again.
                return tlog.Answer(answer.status, known, answer.content_type)
            await self._notebook.replace(before, answer.log)
            self._log = answer.log
            latest = answer.log.latest
            self._listener.head_moved(
                tlog.Checkpoint(self.origin, latest.size, latest.root), grown=latest.size > before.latest.size
            )
            await self._hold_disputed(answer.log, stranger=stranger)
            return answer

    async def _refuse(self, log: tlog.WitnessedLog, asked: tlog.Head, *, stranger: bool) -> Answer | None:
        """Refuse a head that would be signed, did this flat know nothing beside what its witness has signed."""
        if asked.size < self._proven.size:
            return tlog.Answer(HTTPStatus.CONFLICT, b"%d\n" % self._proven.size, tlog.SIZE_TEXT)
        if asked.size == self._proven.size and asked.root != self._proven.root:
            await self._hold_against(replace(log, latest=self._proven), asked.note, stranger=stranger)
            return tlog.refuse(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"the log has proven a record of this flat in another head of {asked.size} entries",
            )
        if self._doubt is None:
            return None
        says = HTTPStatus.UNPROCESSABLE_ENTITY if self._doubt.contradicts else HTTPStatus.SERVICE_UNAVAILABLE
        return tlog.refuse(says, self._doubt.reason)

    @property
    def largest(self) -> bytes:
        """The largest head that this flat knows of, signed by the log: witnessed, or named by a proof; or empty."""
        return max((self.head, self._proven), key=lambda head: head.size).note

    async def checkpoint(self) -> bytes | None:
        """Return the newest head that this witness has signed, with its signature; None when there is none.

        Raises StoreError.
        """
        async with self._lock:
            latest = self._log.latest if self._log else (await self._notebook.witnessed(self.origin))[0]
        return latest.note or None

    async def follow(
        self,
        log_key: tlog.VerifierKey,
        note: bytes,
        growth: Sequence[tlog.Hash],
        *,
        since: int,
        stranger: bool = False,
    ) -> tlog.OpenedCheckpoint:
        """Go on to a head that the log is shown to have grown into since one of so many entries, signing nothing.

        Whoever was restored from a backup has forgotten the newest heads, and whoever was away has not seen them: what
        it believes next must still have grown out of the one that it remembers. That says nothing of who else has seen
        the head: with the log's key anybody can make a public log grow for one flat.

        Raises TlogError when the log's key has not signed the head, or it does not follow, OlderHeadError when it is a
        smaller one; WitnessMovedError when the witnessed head is no longer the one that the proof begins at, which is
        held against nobody; StoreError.
        """
        async with self._lock:
            opened = tlog.open_checkpoint(note, tlog.Ed25519Verifier(log_key), origin=self.origin)
            head = opened.checkpoint
            latest, time = await self._notebook.witnessed(self.origin)
            if latest.note:
                # A log is its origin and its key: under another key nothing follows on what was witnessed.
                tlog.open_checkpoint(latest.note, tlog.Ed25519Verifier(log_key), origin=self.origin)
            if head.size < latest.size:
                raise OlderHeadError(
                    f"the head of {head.size} entries is older than the witnessed one of {latest.size}"
                )
            before = tlog.WitnessedLog(self.origin, (log_key,), latest, time)
            if since != latest.size < head.size:
                raise WitnessMovedError(
                    f"a head of {latest.size} entries was witnessed while the log proved its growth since {since}"
                )
            if since != latest.size:
                growth = ()  # It is the very size of the witnessed one: its root says all.
            try:
                tlog.verify_consistency(latest.size, head.size, latest.root, head.root, growth)
            except tlog.ProofError:
                await self._hold_against(before, note, stranger=stranger)
                raise
            if head.size > latest.size:
                after = replace(before, latest=tlog.Head(head.size, head.root, note))
                await self._notebook.replace(before, after)
                if self._log is None:
                    await self._remember_disputed()
                else:
                    self._log = after
                await self._hold_disputed(after, stranger=stranger)
        return opened

    async def compare(self, head: tlog.Checkpoint, note: bytes) -> None:
        """Hold a head that came on another way, signed by the log, against the witnessed one.

        Raises StoreError.
        """
        async with self._lock:
            log = self._log
            if log is not None and head.size == log.latest.size and head.root != log.latest.root:
                await self._hold_against(log, note, stranger=False)

    async def _hold_disputed(self, log: tlog.WitnessedLog, *, stranger: bool) -> None:
        """Hold the newest head against one of its size that was not shown to fit before."""
        disputed = self._disputed.get(log.latest.size)
        if disputed is not None and _head(disputed).root != log.latest.root:
            await self._hold_against(log, disputed, stranger=stranger)

    async def _hold_against(self, log: tlog.WitnessedLog, note: bytes, *, stranger: bool) -> None:
        """Keep two heads that contradict each other, or seem to; `note` is signed by the log."""
        # Without the lines of others: they prove nothing, and each of them would make it look like a new head.
        opened = tlog.open_note(note, [tlog.make_verifier(key) for key in log.keys])
        head = tlog.Checkpoint.parse(opened.text)
        ours, theirs = log.latest, tlog.Note(opened.text, opened.verified).encode()
        proven = head.size == ours.size
        if not proven and (stranger or not ours.size):
            return  # A proof that anybody can spoil, or one that nothing needs: there is nothing to contradict yet.
        reason = f"the log has shown the heads {_told(ours.size, ours.root)} and {_told(head.size, head.root)}"
        reason += ", which cannot both be true" if proven else ", and does not prove that one has grown into the other"
        await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours.note, theirs))
        if proven:
            self._listener.ledger_distrusted(reason)
        else:
            self._disputed[head.size] = theirs
            self._listener.ledger_forked(reason)


def _head(note: bytes) -> tlog.Checkpoint:
    return tlog.Checkpoint.parse(tlog.Note.parse(note).text)


def _as_head(note: bytes) -> tlog.Head:
    head = _head(note)
    return tlog.Head(head.size, head.root, note)


def _is_same(one: tlog.Head, other: tlog.Head) -> bool:
    return bool(other.note) and (one.size, one.root) == (other.size, other.root)


def _line(log: tlog.WitnessedLog, cosigner: tlog.Ed25519Cosigner) -> bytes:
    """Return what a cosigner has signed of the newest head; empty when it has not."""
    note = tlog.Note.parse(log.latest.note)
    ours = (cosigner.name, cosigner.key_id)
    return "".join(line.encode() for line in note.signatures if (line.name, line.key_id) == ours).encode()


def _told(size: int, root: tlog.Hash) -> str:
    return f"of size {size} ({base64.b64encode(root).decode()[:12]}…)"

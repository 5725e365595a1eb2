"""What is known of the log at any moment: its head, who writes in it, how far each has come, and proofs of all that.

The sequencer (`ledger`) moves it with each commit; whoever asks gets what is published, and never half of a commit.
"""

import asyncio
from collections.abc import Callable, Sequence

from localvpp.etp import EMPTY, DeviceId, Head, PublicKey, Roster
from localvpp.logfolder import LogFolder
from localvpp.tlog import Ed25519Verifier, TileHashReader, TlogProof, make_proof, open_checkpoint

from ..store import StoredHead
from .conflict import Conflict
from .directory import Directory
from .submission import Committed
from .suspensions import Suspensions
from .tree import Path, Prover, Tree


class Known:
    """What is published of one log."""

    def __init__(self, folder: LogFolder, origin: str, verifier: Ed25519Verifier) -> None:
        self._folder = folder
        self._origin = origin
        self._verifier = verifier
        self._listeners: list[Callable[[Committed], None]] = []
        self._heads: dict[DeviceId, Head] = {}
        self._reached: dict[DeviceId, int] = {}
        self._suspensions = Suspensions()
        self._directory = Directory()
        self._roster = Roster(origin)
        self._published: StoredHead | None = None
        self._proven: tuple[StoredHead | None, Prover] = (None, Tree(folder).prover())
        """A checkpoint and what proves entries in it: one value, for threads that ask while the log grows."""
        self._trouble: str | None = None

    @property
    def directory(self) -> Directory:
        """Who signs with which key."""
        return self._directory

    @property
    def size(self) -> int:
        """The number of published entries."""
        return 0 if self._published is None else self._published.size

    @property
    def published(self) -> StoredHead | None:
        """The published checkpoint; None before the first entry."""
        return self._published

    @property
    def folder(self) -> LogFolder:
        """The log's files."""
        return self._folder

    @property
    def trouble(self) -> str | None:
        """What keeps the ledger from taking records; None when nothing does."""
        return self._trouble

    def head(self, device: DeviceId) -> Head:
        """Return the end of a device's chain."""
        return self._heads.get(device, EMPTY)

    def reached_ms(self, device: DeviceId) -> int | None:
        """Return until when a meter's records tell; None when it has none."""
        return self._reached.get(device)

    def subscribe(self, listener: Callable[[Committed], None]) -> Callable[[], None]:
        """Call a listener, in the event loop, after each published commit. Returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, committed: Committed) -> None:
        for listener in tuple(self._listeners):
            listener(committed)

    # --- Keys in two hands --------------------------------------------------------------------------------------------

    @property
    def conflicts(self) -> Sequence[Conflict]:
        """The records that were contradicted, oldest first."""
        return self._suspensions.conflicts

    def suspended(self, device: DeviceId) -> Conflict | None:
        """Return the conflict for which nothing is taken of a flat; None where there is none."""
        return self._suspensions.in_force.get(device)

    @property
    def witnesses(self) -> dict[DeviceId, PublicKey]:
        """The keys that flats cosign with and that count, in the order of enrolment.

        A flat that is suspended because its key is in two hands is none until it is reinstated: who has a copy of its
        database has its witness's key, too, and might sign another history with it.
        """
        named = self._directory.witnesses.items()
        return {device: key for device, key in named if not self._suspensions.keeps_out(device, self._roster)}

    @property
    def unsaid(self) -> Sequence[Conflict]:
        """The conflicts for which a flat is still to be suspended by an entry."""
        return self._suspensions.unsaid(self._roster)

    def on_conflict(self, listener: Callable[[Conflict], None]) -> Callable[[], None]:
        """Call a listener, in the event loop, for each flat of which nothing is taken from then on.

        Returns how to stop. Both records are durable by then: `store.conflicts.evidence` has them.
        """
        return self._suspensions.subscribe(listener)

    # --- Proofs -------------------------------------------------------------------------------------------------------

    def proof(self, index: int, checkpoint: bytes | None = None) -> TlogProof:
        """Return the proof of an entry in a checkpoint, or in the published one. Blocking: it reads some tiles.

        Raises ProofError for an index that is not in it, MissingError or UnauthenticTileError for damaged files.
        """
        if checkpoint is None:
            head, prover = self._proven
            assert head is not None, "an entry has an index, so there is a checkpoint"
            return TlogProof(index=index, path=prover.path(index), checkpoint=head.checkpoint)
        opened = open_checkpoint(checkpoint, self._verifier).checkpoint
        reader = TileHashReader(opened.size, opened.root, self._folder)
        return make_proof(opened.size, index, reader, checkpoint)

    async def grown(self, old: int) -> tuple[bytes, Path]:
        """Return the published checkpoint and the proof that it has grown out of the one of `old` entries.

        Raises ProofError when the log has fewer entries, MissingError or UnauthenticTileError for damaged files.
        """
        head, prover = self._proven
        assert head is not None, "whoever asks has heard of a checkpoint"
        return head.checkpoint, await asyncio.to_thread(prover.growth, old)

    async def proven(self, indexes: Sequence[int], old: int) -> tuple[StoredHead, list[TlogProof], Path]:
        """Return a head, the proofs of entries in it, and that it has grown out of the one of `old` entries.

        Raises as `grown` and `proof` do.
        """
        head, prover = self._proven
        assert head is not None, "an entry has an index, so there is a checkpoint"

        def work() -> tuple[StoredHead, list[TlogProof], Path]:
            proofs = [TlogProof(index=at, path=prover.path(at), checkpoint=head.checkpoint) for at in indexes]
            return head, proofs, prover.growth(old)

        return await asyncio.to_thread(work)

"""The sequencer: gives records their places in the log, and answers only when they are there for good.

One task commits in groups: whatever has been submitted while the one before was being written. The order of a commit
is what makes a crash between any two steps harmless:

1. Every record is examined. Nothing is changed yet.
2. One transaction writes the entries, what follows from them, and the signed checkpoint over them. This is the point
   of no return: a crash before it leaves nothing behind, a crash after it loses nothing.
3. Bundles and tiles are written. They are made of the entries alone, so a crash here makes them anew, byte for byte.
4. The checkpoint is published. Whoever reads it finds every file that it speaks of.
5. Senders are answered, each with its proof. A sender that was not answered submits again and gets the same index.

Recovery is the same code: the tree is taken from the published files and grown, by step 3, to what step 2 had written.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import EMPTY, DeviceId, Head, Record, Roster, Standing
from localvpp.etp.roster import RULING
from localvpp.logfolder import CHECKPOINT, LogFolder
from localvpp.slots import METERED
from localvpp.tlog import (
    Checkpoint,
    Ed25519Signer,
    Ed25519Verifier,
    Hash,
    TileHashReader,
    TlogError,
    TlogProof,
    make_proof,
    open_checkpoint,
    prove_consistency,
    sign_checkpoint,
    to_hash,
)
from localvpp.wire import RecordResult

from ..store import (
    AnotherWriterError,
    LogWriter,
    Member,
    Role,
    StoredHead,
    entries as entry_store,
    members as member_store,
    snapshot,
)
from .admission import Examiner, Refusal
from .conflict import Conflict, conflict_of, is_in_force
from .directory import Directory
from .errors import LedgerError, LedgerUnavailableError, RefusedError
from .placing import Placing
from .recovery import Recovery
from .submission import Committed, Consequences, Logged, Plan, Submission
from .tree import Growth, Tree

GATHER_S: Final = 0.05
"""How long a commit waits for company: fewer synced writes at a slot's end, when all flats speak at once."""

LARGEST_COMMIT: Final = 1_024
"""Records in one commit: about a tenth of a second of verifying."""

RETRY_S: Final = 5.0
"""A ledger in trouble looks this often whether it can write again."""

_WAITING: Final = 256
"""Submissions that may wait; then senders do."""

_log = logging.getLogger(__name__)


class Ledger:
    """The log of one building. Use as `async with Ledger(...)`."""

    def __init__(
        self,
        engine: AsyncEngine,
        folder: LogFolder,
        *,
        origin: str,
        founder: Member,
        signer: Ed25519Signer,
        verifier: Ed25519Verifier,
        clock: Clock,
        gather_s: float = GATHER_S,
    ) -> None:
        self._engine = engine
        self._writer = LogWriter(engine)
        self._folder = folder
        self._origin = origin
        self._founder = founder
        self._signer = signer
        self._verifier = verifier
        self._recovery = Recovery(engine, folder, origin, founder, verifier)
        self._clock = clock
        self._gather_s = gather_s
        self._queue: asyncio.Queue[Submission | None] = asyncio.Queue(_WAITING)
        self._listeners: list[Callable[[Committed], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._heads: dict[DeviceId, Head] = {}
        self._reached: dict[DeviceId, int] = {}
        self._conflicts: list[Conflict] = []
        self._conflict_listeners: list[Callable[[Conflict], None]] = []
        self._suspended: dict[DeviceId, Conflict] = {}
        self._placing = Placing(engine, self.head, self._suspended)
        self._untold: list[Conflict] = []
        self._directory = Directory()
        self._roster = Roster(origin)
        self._tree: Tree | None = None
        self._published: StoredHead | None = None
        self._trouble: str | None = None
        self._publishing = asyncio.Lock()
        self.held: str | None = None
        """Why no record is taken although the ledger could write; None when nothing holds it."""

    async def __aenter__(self) -> Ledger:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._writer.close)
            await self._recover()
            stack.pop_all()
        self._task = asyncio.create_task(self._run(), name="ledger")
        return self

    async def __aexit__(self, *_: object) -> None:
        task, self._task = self._task, None
        try:
            if task is not None:
                with suppress(asyncio.QueueShutDown):  # It has stopped by itself; why is what it raises.
                    await self._queue.put(None)
                await task
        finally:
            await self._writer.close()

    # --- What it knows ------------------------------------------------------------------------------------------------

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

    # --- Keys in two hands --------------------------------------------------------------------------------------------

    @property
    def conflicts(self) -> Sequence[Conflict]:
        """The records that were contradicted, oldest first."""
        return tuple(self._conflicts)

    def suspended(self, device: DeviceId) -> Conflict | None:
        """Return the conflict for which nothing is taken of a flat; None where there is none.

        It is in force from the moment in which it is durable until the building reinstates or revokes the flat. The
        flat is suspended by an entry, too, as soon as one can be written: see `unsaid`.
        """
        return self._suspended.get(device)

    @property
    def unsaid(self) -> Sequence[Conflict]:
        """The conflicts for which a flat is still to be suspended by an entry."""
        return tuple(
            conflict
            for device, conflict in self._suspended.items()
            if self._roster.line(device).standing is Standing.ACTIVE
        )

    def on_conflict(self, listener: Callable[[Conflict], None]) -> Callable[[], None]:
        """Call a listener, in the event loop, for each flat of which nothing is taken from then on.

        Returns how to stop. Both records are durable by then: `store.entries.evidence` has them.
        """
        self._conflict_listeners.append(listener)
        return lambda: self._conflict_listeners.remove(listener)

    def _suspend(self, conflict: Conflict) -> None:
        """Take nothing more of a flat whose second record with one seq is durable."""
        if not any((known.device, known.seq) == (conflict.device, conflict.seq) for known in self._conflicts):
            self._conflicts.append(conflict)
        member = self._directory.get(conflict.device)
        if member is None or member.role is not Role.FLAT or member.standing is not Standing.ACTIVE:
            return
        if conflict.device in self._suspended:
            return
        self._suspended[conflict.device] = conflict
        _log.error(
            "Flat %s has signed two records with number %d, %s and %s: nothing more is taken of it",
            member.name,
            conflict.seq,
            conflict.logged.hex(),
            conflict.hash.hex(),
        )
        self._untold.append(conflict)

    def _lift(self, before: Roster) -> None:
        """Take the records again of whom the building has reinstated; of the revoked, the roster takes none."""
        for device in tuple(self._suspended):
            now, known = self._roster.line(device).standing, before.lines.get(device)
            was_suspended = known is not None and known.standing is Standing.SUSPENDED
            if now is Standing.REVOKED or (now is Standing.ACTIVE and was_suspended):
                del self._suspended[device]

    def _tell_conflicts(self) -> None:
        """Tell of such flats. Their senders are answered first: what a listener says is the end of their links."""
        untold, self._untold = self._untold, []
        for conflict in untold:
            for listener in tuple(self._conflict_listeners):
                asyncio.get_running_loop().call_soon(listener, conflict)

    # --- Proofs -------------------------------------------------------------------------------------------------------

    def proof(self, index: int, checkpoint: bytes | None = None) -> TlogProof:
        """Return the proof of an entry in a checkpoint, or in the published one. Blocking: it reads some tiles.

        Raises ProofError for an index that is not in it, MissingError or UnauthenticTileError for damaged files.
        """
        if checkpoint is None:
            assert self._published is not None, "an entry has an index, so there is a checkpoint"
            checkpoint = self._published.checkpoint
        opened = open_checkpoint(checkpoint, self._verifier).checkpoint
        reader = TileHashReader(opened.size, opened.root, self._folder)
        return make_proof(opened.size, index, reader, checkpoint)

    async def grown(self, old: int) -> tuple[bytes, tuple[Hash, ...]]:
        """Return the published checkpoint and the proof that it has grown out of the one of `old` entries.

        Raises ProofError when the log has fewer entries, MissingError or UnauthenticTileError for damaged files.
        """
        head = self._published
        assert head is not None, "whoever asks has heard of a checkpoint"
        return head.checkpoint, await asyncio.to_thread(self._prove_growth, old, head)

    async def proven(self, indexes: Sequence[int], old: int) -> tuple[StoredHead, list[TlogProof], tuple[Hash, ...]]:
        """Return a head, the proofs of entries in it, and that it has grown out of the one of `old` entries.

        Raises as `grown` and `proof` do.
        """
        head = self._published
        assert head is not None, "an entry has an index, so there is a checkpoint"

        def work() -> tuple[StoredHead, list[TlogProof], tuple[Hash, ...]]:
            reader = TileHashReader(head.size, to_hash(head.root), self._folder)
            proofs = [make_proof(head.size, index, reader, head.checkpoint) for index in indexes]
            return head, proofs, tuple(prove_consistency(old, head.size, reader))

        return await asyncio.to_thread(work)

    def _prove_growth(self, old: int, head: StoredHead) -> tuple[Hash, ...]:
        reader = TileHashReader(head.size, to_hash(head.root), self._folder)
        return tuple(prove_consistency(old, head.size, reader))

    async def publish_again(self, size: int, checkpoint: bytes) -> None:
        """Publish the checkpoint of a size with further signatures, unless a newer one is published by now."""
        async with self._publishing:
            if size == self.size:
                await asyncio.to_thread(self._folder.write, [(CHECKPOINT, checkpoint)])

    # --- Submitting ---------------------------------------------------------------------------------------------------

    async def submit(self, sender: DeviceId, sealed: Sequence[bytes]) -> Logged:
        """Submit records of one device in the order of its chain; return when they are durable and published.

        Good records before a bad one are logged. Raises LedgerUnavailableError: submit the same again later.
        """
        return await self._enqueue(sender, sealed, whole=False, consequences=Consequences())

    async def submit_whole(self, sender: DeviceId, sealed: Sequence[bytes], consequences: Consequences) -> Logged:
        """Submit records of the building's own, all or none, with what follows from them.

        Raises RefusedError when one of them is refused, LedgerUnavailableError.
        """
        return await self._enqueue(sender, sealed, whole=True, consequences=consequences)

    async def ready(self) -> None:
        """Return when what is known here is what is durable; a ledger in trouble is made to try again at once.

        After a failed publish the database is ahead of `head`, `size` and `directory`. Raises LedgerUnavailableError.
        """
        if self._trouble is not None:
            await self._enqueue(self._founder.device, (), whole=False, consequences=Consequences())

    async def _enqueue(
        self, sender: DeviceId, sealed: Sequence[bytes], *, whole: bool, consequences: Consequences
    ) -> Logged:
        if self._task is None or self._task.done():
            raise LedgerUnavailableError("the ledger is closed: submit the records again when it is back")
        if self.held is not None and sealed:
            raise LedgerUnavailableError(f"the ledger takes no record now: {self.held}")
        answer: asyncio.Future[Logged] = asyncio.get_running_loop().create_future()
        try:
            await self._queue.put(Submission(sender, tuple(sealed), whole, consequences, answer))
        except asyncio.QueueShutDown as error:
            raise LedgerUnavailableError("the ledger is closing: submit the records again when it is back") from error
        return await answer

    # --- The sequencer ------------------------------------------------------------------------------------------------

    async def join(self) -> None:
        """Wait until the sequencer ends: when it is closed, or by an error of its own, which is raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _run(self) -> None:
        closing = False
        try:
            while not closing:
                batch, closing = await self._gather()
                try:
                    await self._commit_or_recover(batch)
                finally:
                    self._put_off(batch, self._trouble or "the ledger stopped")
                    self._tell_conflicts()
        finally:
            # Who waits for a place in the queue would take those that are freed here, and never be answered.
            self._queue.shutdown()
            waiting = []
            while not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            self._put_off([each for each in waiting if each is not None], "the ledger is closing")

    async def _commit_or_recover(self, batch: Sequence[Submission]) -> None:
        try:
            if self._trouble is not None:
                before = self.size
                await self._recover()
                self._trouble = None
                _log.warning("The ledger takes records again")
                await self._tell_recovered(before)
            await self._commit(batch)
        except (LedgerError, SQLAlchemyError, AnotherWriterError, TlogError, OSError) as error:
            if self._trouble is None:
                _log.exception("The ledger cannot write; it tries again every few seconds")
            self._trouble = f"{type(error).__name__}: {error}"

    async def _tell_recovered(self, before: int) -> None:
        """Tell of entries that were durable when publishing them failed."""
        head = self._published
        if head is None or head.size == before:
            return
        async with self._engine.connect() as connection:
            entries = await entry_store.span(connection, before, head.size)
        self._tell(Committed(before, tuple(entries), head.size, head.root, head.checkpoint, head.signed_ms))

    def _tell(self, committed: Committed) -> None:
        for listener in tuple(self._listeners):
            listener(committed)

    @staticmethod
    def _put_off(batch: Sequence[Submission], why: str) -> None:
        """Answer those who have no answer yet."""
        for submission in batch:
            if not submission.answer.done():
                submission.answer.set_exception(
                    LedgerUnavailableError(f"the records may not be durable yet ({why}): submit the same again")
                )

    async def _gather(self) -> tuple[list[Submission], bool]:
        """Wait for submissions; return a commit's worth of them, and whether the ledger is to close after it."""
        batch: list[Submission] = []
        count = 0
        now = asyncio.get_running_loop().time
        deadline = None if self._trouble is None else now() + RETRY_S
        with suppress(TimeoutError):
            while count < LARGEST_COMMIT:
                async with asyncio.timeout_at(deadline):
                    submission = await self._queue.get()
                if submission is None:
                    return batch, True
                batch.append(submission)
                count += len(submission.sealed)
                if len(batch) == 1:
                    deadline = now() + self._gather_s
        return batch, False

    async def _commit(self, batch: Sequence[Submission]) -> None:
        if not batch:
            return
        assert self._tree is not None
        now_ms = self._clock.wall_ms()
        examined = await asyncio.to_thread(self._examine, batch, now_ms)
        plan = await self._plan(batch, examined, now_ms)
        if plan.records or plan.conflicts:
            growth, head = await asyncio.to_thread(self._grow, self._tree, plan, now_ms)
            rows = [
                entry_store.entry_row(entry, record) for entry, record in zip(plan.entries, plan.records, strict=True)
            ]
            async with self._writer.transaction() as connection:
                if rows:
                    await entry_store.append(
                        connection, rows, None if self._published is None else self._published.size, head
                    )
                for row in plan.conflicts:  # After the entries: what a record contradicts may be one of them.
                    await entry_store.record_conflict(connection, row)
                for consequences in plan.consequences:
                    for statement in consequences.statements:
                        await connection.execute(statement)
            # Durable. From here on the records have their places, whatever happens to this process.
            for row in plan.conflicts:
                self._suspend(conflict_of(row))
            if rows:
                async with self._publishing:
                    await asyncio.to_thread(self._publish, growth, head)
                    self._take_over(plan, growth, head)
        answers = await asyncio.to_thread(self._answers, plan)
        for submission, answer in answers:
            if not submission.answer.done():
                submission.answer.set_result(answer)

    def _examine(self, batch: Sequence[Submission], now_ms: int) -> list[list[Record | Refusal]]:
        founding = self._roster.building is None
        building = self._founder.device if self._roster.building is None else self._roster.building
        directory = {self._founder.device: self._founder} if founding else self._directory.by_device
        examiner = Examiner(self._origin, building, directory, now_ms)
        return [examiner.examine_all(each.sealed, each.sender) for each in batch]

    async def _plan(
        self, batch: Sequence[Submission], examined: Sequence[Sequence[Record | Refusal]], now_ms: int
    ) -> Plan:
        plan = Plan(self.size, self._roster.copy())
        for submission, records in zip(batch, examined, strict=True):
            ruling = any(isinstance(record, Record) and record.kind in RULING for record in records)
            trial = Plan(plan.base + len(plan.records), plan.roster.copy() if ruling else plan.roster)
            outcomes = await self._placing.place(plan, trial, submission, records, now_ms)
            refused = next((each for each in outcomes if isinstance(each, Refusal)), None)
            if submission.whole and refused is not None:
                if not submission.answer.done():
                    submission.answer.set_exception(RefusedError(f"{refused.code}: {refused.message}"))
                continue
            changed = self._changes(plan.roster, trial.roster) if ruling else []
            plan.roster = trial.roster
            plan.records += trial.records
            plan.heads |= trial.heads
            plan.by_seq |= trial.by_seq
            plan.conflicts += trial.conflicts
            plan.consequences.append(submission.consequences)
            plan.consequences += changed
            plan.answers.append((submission, outcomes))
        return plan

    def _changes(self, before: Roster, after: Roster) -> list[Consequences]:
        """What follows from entries that say something of members: their rows, and what is known of them here."""
        changes = []
        for device, line in before.lines.items():
            new = after.lines[device]
            member = self._directory.get(device)
            if new != line:
                assert member is not None, "whoever has a line is a member"
                changes.append(Consequences(tuple(member_store.changing(line, new)), member.saying(new)))
        return changes

    def _grow(self, tree: Tree, plan: Plan, now_ms: int) -> tuple[Growth, StoredHead]:
        plan.entries = [
            entry_store.entry_of(index, record, now_ms) for index, record in enumerate(plan.records, plan.base)
        ]
        growth = tree.grow([entry.envelope for entry in plan.entries])
        checkpoint = sign_checkpoint(Checkpoint(self._origin, growth.size, growth.root), [self._signer])
        return growth, StoredHead(self._origin, growth.size, growth.root, checkpoint, now_ms)

    def _publish(self, growth: Growth, head: StoredHead) -> None:
        self._folder.write(growth.files())
        self._folder.write([(CHECKPOINT, head.checkpoint)])
        self._folder.drop_partials(growth.places())

    def _take_over(self, plan: Plan, growth: Growth, head: StoredHead) -> None:
        """Know what is published now, and tell it."""
        assert self._tree is not None
        self._tree.adopt(growth)
        self._published = head
        self._heads |= plan.heads
        before, self._roster = self._roster, plan.roster
        for record in plan.records:
            if record.kind in METERED:
                device = record.envelope.device
                self._reached[device] = max(self._reached.get(device, 0), record.body.end_ms)
        for consequences in plan.consequences:
            if consequences.member is not None:
                self._directory.put(consequences.member)
        self._lift(before)
        self._tell(Committed(plan.base, tuple(plan.entries), head.size, head.root, head.checkpoint, head.signed_ms))

    def _answers(self, plan: Plan) -> list[tuple[Submission, Logged]]:
        assert self._tree is not None
        answers = []
        for submission, outcomes in plan.answers:
            results = tuple(
                outcome.result
                if isinstance(outcome, Refusal)
                else RecordResult(outcome[0], outcome[1], self._tree.prove(outcome[1]), None, "")
                for outcome in outcomes
            )
            proven = self._published is not None and any(result.index is not None for result in results)
            checkpoint = self._published.checkpoint if self._published is not None and proven else b""
            answers.append((submission, Logged(results, checkpoint)))
        return answers

    # --- Recovery -----------------------------------------------------------------------------------------------------

    async def _recover(self) -> None:
        """Take everything from the database, and bring the files to what it says.

        Raises LedgerError when database, files and keys are not of one log, or another process writes to it.
        """
        try:
            await self._writer.open()
        except AnotherWriterError as error:
            raise LedgerError(str(error)) from error
        async with snapshot(self._engine) as connection:
            head = await entry_store.head(connection)
            heads = await entry_store.chain_heads(connection)
            reached = await entry_store.reached(connection)
            members = await member_store.every(connection)
            conflicts = await entry_store.all_conflicts(connection)
            words = await entry_store.words(connection) if conflicts else []
        tree = await self._recovery.tree(head, members)
        self._tree, self._published, self._heads, self._reached = tree, head, heads, reached
        self._directory = Directory(members)
        building = self._directory.named(self._founder.name)
        before, self._roster = (
            self._roster,
            Roster(self._origin, None if building is None else building.device, (member.line for member in members)),
        )
        self._conflicts = [conflict_of(row) for row in conflicts]
        self._lift(before)
        for conflict in self._conflicts:
            if conflict.device not in self._suspended and is_in_force(
                conflict, self._directory.get(conflict.device), words
            ):
                self._suspended[conflict.device] = conflict

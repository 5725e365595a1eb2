"""The sequencer: gives records their places in the log, and answers only when they are there for good.

Records are committed in groups: whatever has been submitted while the one before was being written. The order of a
commit is what makes a crash between any two steps harmless:

1. Every record is examined. Nothing is changed yet; this goes on while the group before is being written.
2. One transaction writes the entries, what follows from them, and the signed checkpoint over them. This is the point
   of no return: a crash before it leaves nothing behind, a crash after it loses nothing.
3. Bundles and tiles are put in their places. They are made of the entries alone: a crash here makes them anew, byte
   for byte.
4. The checkpoint is published. Whoever reads it finds every file that it speaks of.
5. Senders are answered, each with its proof. A sender that was not answered submits again and gets the same index.
6. Now and then the files of several commits are synced together, and then the head that all of them are of is written
   down as synced. A power cut before that may leave of steps 3 and 4 what it likes: they are done again.
7. Partial tiles and bundles that full ones have replaced are dropped. A crash leaves some of them, which harm nobody.

Recovery (`recovery`) is steps 3, 4, 6 and 7 again: the tree is taken from the files of the synced head and grown to
what step 2 had written. A step that fails leaves it open how far it came; so a ledger in trouble first recovers, and
then goes on.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import DeviceId, Roster
from localvpp.logfolder import CHECKPOINT, LogFolder
from localvpp.tlog import (
    Checkpoint,
    Ed25519Signer,
    Ed25519Verifier,
    TlogError,
    sign_checkpoint,
)
from localvpp.wire import RecordResult

from ..store import (
    AnotherWriterError,
    LogWriter,
    Member,
    StoredHead,
    conflicts as conflict_store,
    entries as entry_store,
    members as member_store,
)
from .admission import Basis, Refusal
from .conflict import conflict_of
from .directory import Directory
from .errors import LedgerError, LedgerUnavailableError, RefusedError
from .examiners import Examiners
from .intake import Group, Intake
from .known import Known
from .placing import Outcome, Placed, Placing, Plan, Spot
from .publishing import Publishing
from .recovery import Recovery
from .submission import NOTHING_ELSE, Committed, Consequences, Logged, Submission
from .tree import Growth, Tree

GATHER_S: Final = 0.05
"""How long a commit waits for company: fewer synced writes at a slot's end, when all flats speak at once."""

LARGEST_COMMIT: Final = 2_048
"""Records in one commit: about a fifth of a second of verifying on one processor. What a commit costs whatever is in it
is divided by them."""

RETRY_S: Final = 5.0
"""A ledger in trouble looks this often whether it can write again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Grown:
    """What the log is with the entries of a commit."""

    growth: Growth
    head: StoredHead


class Ledger(Known):
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
        processes: int | None = None,
    ) -> None:
        """Take what the log is made of.

        A commit waits `gather_s` for company; `processes` is how many verify signatures (`Examiners`).
        """
        super().__init__(folder, origin, verifier)
        self._engine = engine
        self._writer = LogWriter(engine)
        self._founder = founder
        self._signer = signer
        self._recovery = Recovery(engine, folder, origin, founder, verifier)
        self._clock = clock
        self._intake = Intake(self._examine, gather_s=gather_s, largest=LARGEST_COMMIT)
        self._unanswered: set[asyncio.Future[Logged]] = set()
        self._task: asyncio.Task[None] | None = None
        self.examiners: Final = Examiners(origin, processes)
        self._placing = Placing(self.head, self._suspensions.in_force, self._changes)
        self._version = 0
        """Of directory and roster: what was examined by an older one may be judged otherwise by now."""
        self._tree = Tree(folder)
        self._publishing = Publishing(folder, self._sync_failed)
        self._held: str | None = None
        self._taking_since = clock.monotonic()

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
                self._intake.close()
                await task
        finally:
            await self._writer.close()

    # --- Whether it takes records -------------------------------------------------------------------------------------

    @property
    def held(self) -> str | None:
        """Why no record is taken although the ledger could write; None when nothing holds it."""
        return self._held

    @property
    def taking_since(self) -> float:
        """Since when records are taken without a break, on the monotonic clock: whoever sends them had so long."""
        return self._taking_since if self._held is None and self._trouble is None else self._clock.monotonic()

    def hold(self, why: str) -> None:
        """Take and sign nothing new until released; what waits to be written is put off."""
        self._held = why

    def release(self) -> None:
        """Take records again."""
        self._held = None
        self._taking_since = self._clock.monotonic()

    async def publish_again(self, size: int, checkpoint: bytes) -> None:
        """Publish the checkpoint of a size with further signatures, unless a newer one is published by now."""
        async with self._publishing.lock:
            if size == self.size and self._trouble is None:
                await asyncio.to_thread(self._folder.put, [(CHECKPOINT, checkpoint)])

    # --- Submitting ---------------------------------------------------------------------------------------------------

    async def submit(self, sender: DeviceId, sealed: Sequence[bytes]) -> Logged:
        """Submit records of one device in the order of its chain; return when they are durable and published.

        Good records before a bad one are logged. Raises LedgerUnavailableError: submit the same again later.
        """
        return await self._enqueue(sender, sealed, whole=False, consequences=NOTHING_ELSE)

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
            await self._enqueue(self._founder.device, (), whole=False, consequences=NOTHING_ELSE)

    async def _enqueue(
        self, sender: DeviceId, sealed: Sequence[bytes], *, whole: bool, consequences: Consequences
    ) -> Logged:
        if self._task is None or self._task.done():
            raise LedgerUnavailableError("the ledger is closed: submit the records again when it is back")
        if self._held is not None and sealed:
            raise LedgerUnavailableError(f"the ledger takes no record now: {self._held}")
        answer: asyncio.Future[Logged] = asyncio.get_running_loop().create_future()
        self._unanswered.add(answer)
        try:
            await self._intake.put(Submission(sender, tuple(sealed), whole, consequences, answer))
            return await answer
        except asyncio.QueueShutDown as error:
            raise LedgerUnavailableError("the ledger is closing: submit the records again when it is back") from error
        finally:
            self._unanswered.discard(answer)

    # --- The sequencer ------------------------------------------------------------------------------------------------

    async def join(self) -> None:
        """Wait until the sequencer ends: when it is closed, or by an unforeseen error, which is raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _run(self) -> None:
        """Examine one group while the one before is being written, and the files of those before are synced."""
        examining = asyncio.create_task(self._intake.run(), name="ledger intake")
        syncing = asyncio.create_task(self._publishing.keep_synced(), name="ledger sync")
        try:
            async with self.examiners:
                await self._write_groups(syncing)
                await examining
            await self._publishing.sync()
        finally:
            examining.cancel()
            syncing.cancel()
            await asyncio.wait([examining, syncing])
            for answer in tuple(self._unanswered):
                _put_off(answer, self._trouble or "the ledger is closing")

    async def _examine(self, batch: list[Submission]) -> Group:
        version, building, members = self._version, self._roster.building, self._directory.by_device
        if building is None:
            building, members = self._founder.device, {self._founder.device: self._founder}
        told = [(each.sender, each.sealed) for each in batch]
        basis = Basis(building, members, self._clock.wall_ms())
        return Group(batch, await self.examiners.examine(told, basis), version)

    async def _write_groups(self, syncing: asyncio.Task[None]) -> None:
        while True:
            if syncing.done():
                # What has ended it is nothing that making the files again would heal; nor may they stay unsynced.
                syncing.result()
            group: Group | None = Group()
            # A ledger in trouble has to recover, whether somebody submits or not.
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S):
                    group = await self._intake.take()
            if group is None:
                return
            await self._write(group)

    async def _write(self, group: Group) -> None:
        """Commit a group, or put it off; a ledger in trouble recovers first."""
        try:
            if self._trouble is not None:
                before = self.size
                await self._recover()
                self._trouble, self._taking_since = None, self._clock.monotonic()
                _log.warning("The ledger takes records again")
                await self._tell_recovered(before)
            if group.batch and (self._held is None or not any(each.sealed for each in group.batch)):
                if group.version != self._version:
                    group = await self._examine(group.batch)
                await self._commit(group)
        except (LedgerError, SQLAlchemyError, AnotherWriterError, TlogError, OSError) as error:
            if self._trouble is None:
                _log.exception("The ledger cannot write; it tries again every few seconds")
            self._trouble = f"{type(error).__name__}: {error}"
        finally:
            for submission in group.batch:
                _put_off(submission.answer, self._trouble or self._held or "the ledger stopped")
            self._suspensions.tell()

    def _sync_failed(self, error: OSError) -> None:
        _log.error("The ledger cannot sync its files (%s); it makes them again", error)
        self._trouble = f"{type(error).__name__}: {error}"

    async def _tell_recovered(self, before: int) -> None:
        """Tell of entries that were durable when publishing them failed."""
        head = self._published
        if head is None or head.size == before:
            return
        async with self._engine.connect() as connection:
            entries = await entry_store.span(connection, before, head.size)
        self._tell(Committed(before, tuple(entries), head.size, head.root, head.checkpoint, head.signed_ms))

    async def _commit(self, group: Group) -> None:
        logged = await self._logged(group)
        plan, grown = await asyncio.to_thread(self._prepare, group, logged)
        for submission, refusal in plan.refused:
            if not submission.answer.done():
                submission.answer.set_exception(RefusedError(f"{refusal.code}: {refusal.message}"))
        if not plan.is_empty:
            async with self._writer.transaction() as connection:
                if grown is not None:
                    old_size = None if self._published is None else self._published.size
                    await entry_store.append(connection, plan.entries, old_size, grown.head)
                for row in plan.conflicts:  # After the entries: what a record contradicts may be one of them.
                    await conflict_store.keep(connection, row)
                for consequences in plan.consequences:
                    for statement in consequences.statements:
                        await connection.execute(statement)
            # Durable. From here on the records have their places, whatever happens to this process.
            for row in plan.conflicts:
                conflict = conflict_of(row)
                self._suspensions.add(conflict, self._directory.get(conflict.device))
            if grown is not None:
                async with self._publishing.publishing(grown.growth, grown.head.checkpoint):
                    self._take_over(plan, grown)
        answers = await asyncio.to_thread(self._answers, plan, grown)
        for submission, answer in answers:
            if not submission.answer.done():
                submission.answer.set_result(answer)
        await self._publishing.sync_if_must()

    async def _logged(self, group: Group) -> Mapping[Spot, Placed]:
        """Look up what is logged where records come again, or contradict."""
        claimed = self._placing.claimed(group.verdicts)
        if not claimed:
            return {}
        async with self._engine.connect() as connection:
            return await entry_store.at_seqs(connection, claimed)

    def _prepare(self, group: Group, logged: Mapping[Spot, Placed]) -> tuple[Plan, _Grown | None]:
        now_ms = self._clock.wall_ms()
        told = list(zip(group.batch, group.verdicts, strict=True))
        plan = self._placing.plan(self.size, self._roster, told, logged, now_ms)
        if not plan.entries:
            return plan, None
        growth = Growth(self._tree, [entry.envelope for entry in plan.entries])
        checkpoint = sign_checkpoint(Checkpoint(self._origin, growth.size, growth.root), [self._signer])
        return plan, _Grown(growth, StoredHead(self._origin, growth.size, growth.root, checkpoint, now_ms))

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

    def _take_over(self, plan: Plan, grown: _Grown) -> None:
        """Know what is published now, and tell it."""
        head = grown.head
        self._tree.adopt(grown.growth)
        self._published = head
        self._proven = (head, self._tree.prover())
        self._heads |= plan.heads
        before, self._roster = self._roster, plan.roster
        self._reached |= plan.reached
        for consequences in plan.consequences:
            if consequences.member is not None:
                self._directory.put(consequences.member)
                self._version += 1
        self._suspensions.lift(before, self._roster)
        self._tell(Committed(plan.base, tuple(plan.entries), head.size, head.root, head.checkpoint, head.signed_ms))

    def _answers(self, plan: Plan, grown: _Grown | None) -> list[tuple[Submission, Logged]]:
        head, prover = self._proven
        paths = [] if grown is None else grown.growth.paths()

        def result(outcome: Outcome) -> RecordResult:
            if isinstance(outcome, Refusal):
                return outcome.result
            index, name = outcome
            path = paths[index - plan.base] if index >= plan.base else prover.path(index)
            return RecordResult(name, index, path, None, "")

        answers = []
        for submission, outcomes in plan.answers:
            results = tuple([result(outcome) for outcome in outcomes])
            proven = head is not None and any(each.index is not None for each in results)
            answers.append((submission, Logged(results, head.checkpoint if head is not None and proven else b"")))
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
        async with self._publishing.remaking():
            recovered = await self._recovery.run()
            self._tree, self._published = recovered.tree, recovered.published
        self._proven = (recovered.published, recovered.tree.prover())
        self._heads, self._reached = dict(recovered.heads), dict(recovered.reached)
        self._directory = Directory(recovered.members)
        building = self._directory.named(self._founder.name)
        before, self._roster = (
            self._roster,
            Roster(
                self._origin,
                None if building is None else building.device,
                (member.line for member in recovered.members),
            ),
        )
        self._version += 1
        self._suspensions.lift(before, self._roster)
        self._suspensions.take_up(recovered.conflicts, self._directory, recovered.words)


def _put_off(answer: asyncio.Future[Logged], why: str) -> None:
    """Answer somebody who has no answer yet."""
    if not answer.done():
        answer.set_exception(
            LedgerUnavailableError(f"the records may not be durable yet ({why}): submit the same again")
        )

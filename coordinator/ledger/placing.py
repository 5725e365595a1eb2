"""Gives records their places: each its index, or its refusal, by what the log holds and what this commit adds."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import ChainError, DeviceId, EtpError, Head, Record, RecordHash
from localvpp.wire import Code

from ..store import entries as entry_store
from .admission import Refusal, refusal
from .conflict import Conflict, why_suspended
from .submission import Plan, Submission


class Placing:
    """Places records behind the ends of their chains; whose key is in two hands gets none."""

    def __init__(
        self, engine: AsyncEngine, head: Callable[[DeviceId], Head], suspended: Mapping[DeviceId, Conflict]
    ) -> None:
        self._engine = engine
        self._head = head
        self._suspended = suspended

    async def place(
        self,
        plan: Plan,
        trial: Plan,
        submission: Submission,
        records: Sequence[Record | Refusal],
        now_ms: int,
    ) -> list[Refusal | tuple[RecordHash, int]]:
        """Give each record of a submission its index or its refusal; after a refused one, all are out of order."""
        outcomes: list[Refusal | tuple[RecordHash, int]] = []
        broken: Refusal | None = None
        for at, record in enumerate(records):
            if isinstance(record, Refusal):
                broken = broken or record
                outcomes.append(record if broken is record else _after(broken, record.name))
                continue
            if broken is not None:
                outcomes.append(_after(broken, record.hash))
                continue
            envelope = record.envelope
            device, seq = envelope.device, envelope.seq
            if device in self._suspended:
                broken = Refusal(record.hash, Code.SUSPENDED, why_suspended(self._suspended[device]))
                outcomes.append(broken)
                continue
            head = trial.heads.get(device) or plan.heads.get(device) or self._head(device)
            if seq <= head.seq:
                logged = trial.by_seq.get((device, seq)) or plan.by_seq.get((device, seq))
                if logged is None:
                    async with self._engine.connect() as connection:
                        logged = await entry_store.at_seq(connection, device, seq)
                assert logged is not None, "a chain has no holes"
                if logged[1] == record.hash:
                    outcomes.append((record.hash, logged[0]))
                    continue
                trial.conflicts.append(entry_store.conflict_row(record, submission.sealed[at], logged[1], now_ms))
                broken = Refusal(
                    record.hash,
                    Code.CONFLICT,
                    f"record {seq} of device {device.hex()} is logged as {logged[1].hex()}: two records with one seq "
                    "are evidence that its key is in two hands; it is suspended",
                )
                outcomes.append(broken)
                continue
            try:
                trial.roster.admit(record.signed)
            except EtpError as error:
                broken = refusal(record, error)
                outcomes.append(broken)
                continue
            try:
                trial.heads[device] = head.follow(envelope, record.hash)
            except ChainError as error:
                broken = Refusal(record.hash, Code.OUT_OF_ORDER, str(error))
                outcomes.append(broken)
                continue
            trial.roster.take(envelope)
            index = trial.base + len(trial.records)
            trial.records.append(record)
            trial.by_seq[device, seq] = (index, record.hash)
            outcomes.append((record.hash, index))
        return outcomes


def _after(broken: Refusal, name: RecordHash) -> Refusal:
    return Refusal(
        name, Code.OUT_OF_ORDER, f"record {broken.name.hex()} before it was refused ({broken.code}): mend that"
    )

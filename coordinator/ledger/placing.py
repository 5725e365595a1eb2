"""Gives records their places: each its index, or its refusal, by what the log holds and what this commit adds.

Pure rules on records that are sound by themselves: a plan takes effect when it has been written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localvpp.etp import METERED, ChainError, DeviceId, EtpError, Head, RecordHash, Roster
from localvpp.etp.roster import RULING
from localvpp.wire import Code

from ..store import Entry, conflicts as conflict_store
from .admission import Admitted, Refusal, Verdict, refusal
from .conflict import Conflict, why_suspended
from .submission import Consequences, Submission

type Spot = tuple[DeviceId, int]
"""A device and a seq: where a record stands on its chain."""
type Placed = tuple[int, RecordHash]
"""Where a record stands in the log, and its name."""
type Outcome = Placed | Refusal


@dataclass(slots=True)
class Plan:
    """What a commit is going to write."""

    base: int
    """The size of the log so far."""
    roster: Roster
    entries: list[Entry] = field(default_factory=list)
    heads: dict[DeviceId, Head] = field(default_factory=dict)
    """The ends of the chains that grow."""
    reached: dict[DeviceId, int] = field(default_factory=dict)
    """The end of the last new record of a meter."""
    new: dict[Spot, Placed] = field(default_factory=dict)
    conflicts: list[Mapping[str, Any]] = field(default_factory=list)
    consequences: list[Consequences] = field(default_factory=list)
    answers: list[tuple[Submission, list[Outcome]]] = field(default_factory=list)
    refused: list[tuple[Submission, Refusal]] = field(default_factory=list)
    """Submissions that were to be logged whole, and what was wrong with them."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.entries and not self.conflicts

    def trial(self, roster: Roster) -> Plan:
        """Return a plan for what comes after this one."""
        return Plan(self.base + len(self.entries), roster)

    def take(self, trial: Plan) -> None:
        """Go on with what was tried."""
        self.roster = trial.roster
        self.entries += trial.entries
        self.heads |= trial.heads
        self.reached |= trial.reached
        self.new |= trial.new
        self.conflicts += trial.conflicts


@dataclass(frozen=True, slots=True)
class Placing:
    """Places submissions one after another behind the ends of their chains; whose key is in two hands gets none."""

    head: Callable[[DeviceId], Head]
    suspended: Mapping[DeviceId, Conflict]
    changes: Callable[[Roster, Roster], Iterable[Consequences]]
    """What follows from entries that make one roster out of another."""

    def claimed(self, batch: Sequence[Sequence[Verdict]]) -> set[Spot]:
        """Return which places of their chains, already taken in the log, sound records claim: `plan` needs to know."""
        return {
            (verdict.device, verdict.seq)
            for verdicts in batch
            for verdict in verdicts
            if type(verdict) is Admitted and verdict.seq <= self.head(verdict.device).seq
        }

    def plan(
        self,
        size: int,
        roster: Roster,
        batch: Sequence[tuple[Submission, Sequence[Verdict]]],
        logged: Mapping[Spot, Placed],
        now_ms: int,
    ) -> Plan:
        """Return what to write of submissions; `logged` holds what `claimed` asks for."""
        plan = Plan(size, roster.copy())
        for submission, verdicts in batch:
            ruling = any(type(verdict) is Admitted and verdict.kind in RULING for verdict in verdicts)
            trial = plan.trial(plan.roster.copy() if ruling else plan.roster)
            outcomes = self._outcomes(plan, trial, submission, verdicts, logged, now_ms)
            if submission.whole:
                refused = next((each for each in outcomes if isinstance(each, Refusal)), None)
                if refused is not None:
                    plan.refused.append((submission, refused))
                    continue
            plan.consequences.append(submission.consequences)
            if ruling:
                plan.consequences += self.changes(plan.roster, trial.roster)
            plan.take(trial)
            plan.answers.append((submission, outcomes))
        return plan

    def _outcomes(
        self,
        plan: Plan,
        trial: Plan,
        submission: Submission,
        verdicts: Sequence[Verdict],
        logged: Mapping[Spot, Placed],
        now_ms: int,
    ) -> list[Outcome]:
        """Give each record of a submission its index or its refusal; after a refused one, all are out of order."""
        outcomes: list[Outcome] = []
        broken: Refusal | None = None
        for verdict, sealed in zip(verdicts, submission.sealed, strict=True):
            if broken is not None:
                name = verdict.hash if isinstance(verdict, Admitted) else verdict.name
                outcomes.append(_after(broken, name))
                continue
            outcome = (
                self._next(plan, trial, verdict, sealed, logged, now_ms) if isinstance(verdict, Admitted) else verdict
            )
            outcomes.append(outcome)
            if isinstance(outcome, Refusal):
                broken = outcome
        return outcomes

    def _next(
        self, plan: Plan, trial: Plan, record: Admitted, sealed: bytes, logged: Mapping[Spot, Placed], now_ms: int
    ) -> Outcome:
        device, seq, name = record.device, record.seq, record.hash
        if device in self.suspended:
            return Refusal(name, Code.SUSPENDED, why_suspended(self.suspended[device]))
        head = trial.heads.get(device) or plan.heads.get(device) or self.head(device)
        if seq <= head.seq:
            spot = (device, seq)
            placed = trial.new.get(spot) or plan.new.get(spot) or logged[spot]
            if placed[1] == name:
                return placed
            trial.conflicts.append(conflict_store.row_of(name, placed[1], device, seq, sealed, now_ms))
            return Refusal(
                name,
                Code.CONFLICT,
                f"record {seq} of device {device.hex()} is logged as {placed[1].hex()}: two records with one seq "
                "are evidence that its key is in two hands; it is suspended",
            )
        roster, word = trial.roster, record.word
        try:
            if word is None:
                roster.admit_plain(device, record.kind, record.key_id)
            else:
                roster.admit(word)
        except EtpError as error:
            return refusal(name, error)
        try:
            trial.heads[device] = head.follow(record, name)
        except ChainError as error:
            return Refusal(name, Code.OUT_OF_ORDER, str(error))
        if word is not None:
            roster.take(word.envelope)
        if record.kind in METERED:
            trial.reached[device] = record.end_ms
        index = trial.base + len(trial.entries)
        trial.entries.append(
            Entry(
                index,
                name,
                device,
                record.epoch,
                seq,
                record.kind,
                record.slot,
                record.end_ms,
                now_ms,
                record.envelope,
                record.salt,
                record.body,
            )
        )
        placed = trial.new[device, seq] = (index, name)
        return placed


def _after(broken: Refusal, name: RecordHash) -> Refusal:
    return Refusal(
        name, Code.OUT_OF_ORDER, f"record {broken.name.hex()} before it was refused ({broken.code}): mend that"
    )

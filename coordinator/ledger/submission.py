"""What is submitted to the ledger, what a commit of it will write, and what is answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.sql import Executable

from localvpp.etp import DeviceId, Head, Record, RecordHash, Roster
from localvpp.wire import RecordResult

from ..store import Entry, Member
from .admission import Refusal


@dataclass(frozen=True, slots=True)
class Logged:
    """The answer to a submission: one result per record, all proven in one checkpoint."""

    results: tuple[RecordResult, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit has published; `size` and `root` are those of its checkpoint."""

    first: int
    entries: tuple[Entry, ...]
    size: int
    root: bytes
    checkpoint: bytes
    signed_ms: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from a submission's records and is written with them or not at all."""

    statements: tuple[Executable, ...] = ()
    member: Member | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """Records of one sender that wait for their places."""

    sender: DeviceId
    sealed: tuple[bytes, ...]
    whole: bool
    """Log all of the records or none."""
    consequences: Consequences
    answer: asyncio.Future[Logged]


@dataclass(slots=True)
class Plan:
    """What a commit is going to write."""

    base: int
    roster: Roster
    records: list[Record] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    heads: dict[DeviceId, Head] = field(default_factory=dict)
    by_seq: dict[tuple[DeviceId, int], tuple[int, RecordHash]] = field(default_factory=dict)
    conflicts: list[Mapping[str, Any]] = field(default_factory=list)
    consequences: list[Consequences] = field(default_factory=list)
    answers: list[tuple[Submission, list[Refusal | tuple[RecordHash, int]]]] = field(default_factory=list)

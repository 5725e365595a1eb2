"""What is submitted to the ledger, and what is answered."""

import asyncio
from dataclasses import dataclass

from sqlalchemy.sql import Executable

from localvpp.etp import DeviceId
from localvpp.wire import RecordResult

from ..store import Entry, Member


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


NOTHING_ELSE = Consequences()


@dataclass(frozen=True, slots=True)
class Submission:
    """Records of one sender that wait for their places."""

    sender: DeviceId
    sealed: tuple[bytes, ...]
    whole: bool
    """Log all of the records or none."""
    consequences: Consequences
    answer: asyncio.Future[Logged]

"""The log of a building: what is admitted, in which order, and since when it is durable."""

from .conflict import Conflict, why_suspended
from .directory import Directory
from .errors import LedgerError, LedgerUnavailableError, RefusedError
from .ledger import GATHER_S, Ledger
from .lock import LOCK, FolderLock
from .scribe import NOBODY, Scribe
from .submission import Committed, Consequences, Logged

__all__ = [
    "GATHER_S",
    "LOCK",
    "NOBODY",
    "Committed",
    "Conflict",
    "Consequences",
    "Directory",
    "FolderLock",
    "Ledger",
    "LedgerError",
    "LedgerUnavailableError",
    "Logged",
    "RefusedError",
    "Scribe",
    "why_suspended",
]

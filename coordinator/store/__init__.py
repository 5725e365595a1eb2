"""What a building must not forget, in SQLite or PostgreSQL. Queries stand in small modules, one per duty."""

from .database import StoreError, alone, close_database, empty, in_words, open_database, snapshot
from .entries import AnotherWriterError, Entry, StoredHead
from .invites import StoredInvite
from .members import SHARING, Member, Role
from .writer import LogWriter

__all__ = [
    "SHARING",
    "AnotherWriterError",
    "Entry",
    "LogWriter",
    "Member",
    "Role",
    "StoreError",
    "StoredHead",
    "StoredInvite",
    "alone",
    "close_database",
    "empty",
    "in_words",
    "open_database",
    "snapshot",
]

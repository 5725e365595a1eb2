"""What a building must not forget, in SQLite or PostgreSQL. Queries stand in small modules, one per duty."""

from .database import StoreError, close_database, open_database
from .entries import AnotherWriterError, Entry, StoredHead
from .invites import StoredInvite
from .members import Member, Role

__all__ = [
    "AnotherWriterError",
    "Entry",
    "Member",
    "Role",
    "StoreError",
    "StoredHead",
    "StoredInvite",
    "close_database",
    "open_database",
]

"""Entries that say something of devices' keys are found without reading the log.

Revision ID: 0018
Revises: 0016
"""

from alembic import op
import sqlalchemy as sa

revision = "0018"
down_revision = "0016"

_KEYED = sa.text("kind IN (6, 7, 8, 14, 15)")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_index("ix_entries_keyed", "entries", ["log_index"], sqlite_where=_KEYED, postgresql_where=_KEYED)

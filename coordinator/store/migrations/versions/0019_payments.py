"""Payments are found without reading the log.

Revision ID: 0019
Revises: 0018
"""

from alembic import op
import sqlalchemy as sa

revision = "0019"
down_revision = "0018"

_PAYMENTS = sa.text("kind = 24")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_index("ix_entries_payments", "entries", ["log_index"], sqlite_where=_PAYMENTS, postgresql_where=_PAYMENTS)

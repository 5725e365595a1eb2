"""Flats sign the log's heads, as witnesses and as mirrors.

Revision ID: 0003
Revises: 0002
"""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("witness_key", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("mirror_key", sa.LargeBinary(length=32), nullable=True))

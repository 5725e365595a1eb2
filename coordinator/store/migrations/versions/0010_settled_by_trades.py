"""By what a slot was settled, and the rent of its trades.

Revision ID: 0010
Revises: 0009
"""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("slots", sa.Column("rent", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("slots", sa.Column("cleared", sa.LargeBinary(length=32), nullable=True))
    op.add_column("transfers", sa.Column("rent", sa.BigInteger(), server_default="0", nullable=False))

"""Prices are announced for slots to come.

Revision ID: 0002
Revises: 0001
"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "price_periods",
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inside_price", sa.BigInteger(), nullable=False),
        sa.Column("grid_price", sa.BigInteger(), nullable=False),
        sa.Column("feed_in_price", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("since", name=op.f("pk_price_periods")),
    )

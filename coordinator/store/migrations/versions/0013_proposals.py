"""Results that are proposed for a round's book.

Revision ID: 0013
Revises: 0012
"""

from alembic import op
import sqlalchemy as sa

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "market_proposals",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, primary_key=True),
        sa.Column("number", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("record", sa.LargeBinary(length=32), primary_key=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slot", "number"], ["market_rounds.slot", "market_rounds.number"]),
    )

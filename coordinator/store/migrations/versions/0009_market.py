"""The rounds of the building's market: orders that were shown, books, results, and what flats have found of them.

Revision ID: 0009
Revises: 0008
"""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "market_slots",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=False),
        sa.Column("voters", sa.JSON(), nullable=False),
        sa.Column("book", sa.LargeBinary(), nullable=True),
        sa.Column("book_record", sa.LargeBinary(length=32), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("cleared", sa.LargeBinary(), nullable=True),
        sa.Column("cleared_record", sa.LargeBinary(length=32), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_market_slots")),
    )
    op.create_table(
        "market_orders",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["market_slots.slot"], name=op.f("fk_market_orders_slot")),
        sa.PrimaryKeyConstraint("slot", "device", name=op.f("pk_market_orders")),
    )
    op.create_table(
        "market_verdicts",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("said_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["market_slots.slot"], name=op.f("fk_market_verdicts_slot")),
        sa.PrimaryKeyConstraint("slot", "device", name=op.f("pk_market_verdicts")),
    )

"""The list at a round's gate, who vouches for his own orders, and a second result of a round.

Revision ID: 0016
Revises: 0014
"""

from alembic import op
import sqlalchemy as sa

revision = "0016"
down_revision = "0014"


def upgrade() -> None:
    """Bring the schema to this revision: what was said before is of the first result, and nobody vouched."""
    op.add_column("market_rounds", sa.Column("listed", sa.LargeBinary(), nullable=True))
    op.add_column("market_rounds", sa.Column("first", sa.LargeBinary(), nullable=True))
    op.execute("CREATE TABLE market_words AS SELECT * FROM market_verdicts")
    op.drop_table("market_verdicts")
    op.create_table(
        "market_verdicts",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("vouches", sa.Boolean(), nullable=False),
        sa.Column("said_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot", "number"], ["market_rounds.slot", "market_rounds.number"], name=op.f("fk_market_verdicts_slot")
        ),
        sa.PrimaryKeyConstraint("slot", "number", "device", "second", name=op.f("pk_market_verdicts")),
    )
    op.execute(
        "INSERT INTO market_verdicts (slot, number, device, second, statement, findings, vouches, said_ms)"
        " SELECT slot, number, device, false, statement, findings, false, said_ms FROM market_words"
    )
    op.drop_table("market_words")

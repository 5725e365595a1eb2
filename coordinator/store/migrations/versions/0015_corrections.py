"""How much of the log was looked at for what came late: a log of before has all of it to be looked at yet.

Revision ID: 0015
Revises: 0014
"""

from alembic import op
import sqlalchemy as sa

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "corrected",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrected")),
    )
    op.bulk_insert(
        sa.table("corrected", sa.column("id", sa.Integer), sa.column("log_size", sa.BigInteger)),
        [{"id": 1, "log_size": 0}],
    )

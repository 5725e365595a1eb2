"""The building's drills, and what became of each flat in them.

Revision ID: 0008
Revises: 0007
"""

from alembic import op
import sqlalchemy as sa

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "drills",
        sa.Column("drill", sa.LargeBinary(length=16), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("length_s", sa.Integer(), nullable=False),
        sa.Column("notice_s", sa.Integer(), nullable=False),
        sa.Column("within_s", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("limit_w", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("planned_ms", sa.BigInteger(), nullable=False),
        sa.Column("announced_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("most_seen", sa.Integer(), nullable=False),
        sa.Column("demand_seen_w", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("record", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("drill", name=op.f("pk_drills")),
    )
    op.create_table(
        "drill_flats",
        sa.Column("drill", sa.LargeBinary(length=16), nullable=False),
        sa.Column("flat", sa.String(length=16), nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=True),
        sa.Column("announced_ms", sa.BigInteger(), nullable=True),
        sa.Column("notified_ms", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_ms", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=200), nullable=True),
        sa.Column("call", sa.LargeBinary(length=16), nullable=True),
        sa.Column("called_ms", sa.BigInteger(), nullable=True),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("phase", sa.String(length=200), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("aborted", sa.String(length=200), nullable=True),
        sa.Column("transfer", sa.String(length=200), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["drill"], ["drills.drill"], name=op.f("fk_drill_flats_drill")),
        sa.PrimaryKeyConstraint("drill", "flat", name=op.f("pk_drill_flats")),
    )
    op.create_index(op.f("ix_drill_flats_call"), "drill_flats", ["call"], unique=False)

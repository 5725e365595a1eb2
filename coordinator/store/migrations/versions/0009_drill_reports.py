"""What is drawn up of a building's drill, with the record that names it.

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
        "drill_reports",
        sa.Column("drill", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record", sa.LargeBinary(length=32), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["drill"], ["drills.drill"], name=op.f("fk_drill_reports_drill")),
        sa.PrimaryKeyConstraint("drill", name=op.f("pk_drill_reports")),
    )

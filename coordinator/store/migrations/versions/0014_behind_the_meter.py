"""What a flat's own PV made in a settled slot, and what was used at home.

Revision ID: 0014
Revises: 0013
"""

from alembic import op
import sqlalchemy as sa

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("shares", sa.Column("made_wh", sa.BigInteger(), nullable=True))
    op.add_column("shares", sa.Column("used_wh", sa.BigInteger(), nullable=True))

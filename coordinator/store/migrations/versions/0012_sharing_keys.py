"""By which key a building shares, with its prices.

Revision ID: 0012
Revises: 0011
"""

from alembic import op
import sqlalchemy as sa

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("price_periods", sa.Column("key", sa.String(length=64), server_default="dynamic", nullable=False))
    op.add_column("slots", sa.Column("key", sa.String(length=64), server_default="dynamic", nullable=False))
    op.add_column("price_periods", sa.Column("key_document", sa.Text(), nullable=True))

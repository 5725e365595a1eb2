"""Members rotate their keys, are suspended and revoked; a revoked flat's name is free for its next device.

Revision ID: 0004
Revises: 0003
"""

from alembic import op
import sqlalchemy as sa

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standing", sa.String(length=16), nullable=False, server_default="active"))
        batch_op.drop_constraint(batch_op.f("uq_members_name"), type_="unique")
    current = sa.text("standing <> 'revoked'")
    op.create_index(
        "uq_members_current_name", "members", ["name"], unique=True, sqlite_where=current, postgresql_where=current
    )
    op.create_table(
        "retired_keys",
        sa.Column("public_key", sa.LargeBinary(length=65), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["members.device"], name=op.f("fk_retired_keys_device")),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_retired_keys")),
    )

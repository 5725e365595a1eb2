"""An entry is found by its place in the log or on its chain, which cost nothing to keep, and no longer by its name.

Revision ID: 0005
Revises: 0004
"""

from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the schema to this revision.

    In SQLite a table is written anew for it, and one that others refer to cannot be while they do.
    """
    with op.batch_alter_table("retired_keys", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_retired_keys_device"), type_="foreignkey")
    for table, constraint in (
        ("members", "fk_members_enrolled_by"),
        ("conflicts", "fk_conflicts_logged_hash"),
        ("transfers", "fk_transfers_hash"),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(constraint), type_="foreignkey")
    with op.batch_alter_table("retired_keys", schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_retired_keys_device"), "members", ["device"], ["device"])
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_entries_hash"), type_="unique")
        if op.get_bind().dialect.name == "sqlite":
            # Only an INTEGER is the key of the table itself: any other has an index beside it.
            batch_op.alter_column("log_index", existing_type=sa.BigInteger(), type_=sa.Integer(), nullable=False)

"""The first schema.

Revision ID: 0001
Revises:
"""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "entries",
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("logged_ms", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_entries")),
        sa.UniqueConstraint("device", "seq", name=op.f("uq_entries_device_seq")),
        sa.UniqueConstraint("hash", name=op.f("uq_entries_hash")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entries_slot_kind"), ["slot", "kind"], unique=False)

    op.create_table(
        "invites",
        sa.Column("id", sa.LargeBinary(length=4), nullable=False),
        sa.Column("flat", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=16), nullable=True),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("wrong_proofs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=256), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=False),
        sa.Column("signed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "meter_books",
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("open_interval", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_meter_books")),
    )
    op.create_table(
        "slots",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=False),
        sa.Column("inside_price", sa.BigInteger(), nullable=False),
        sa.Column("grid_price", sa.BigInteger(), nullable=False),
        sa.Column("feed_in_price", sa.BigInteger(), nullable=False),
        sa.Column("bulk_import_wh", sa.BigInteger(), nullable=True),
        sa.Column("bulk_export_wh", sa.BigInteger(), nullable=True),
        sa.Column("common_wh", sa.BigInteger(), nullable=True),
        sa.Column("loss_wh", sa.BigInteger(), nullable=True),
        sa.Column("building_money", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_slots")),
    )
    op.create_table(
        "conflicts",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("logged_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["logged_hash"], ["entries.hash"], name=op.f("fk_conflicts_logged_hash")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_conflicts")),
    )
    op.create_table(
        "members",
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=65), nullable=False),
        sa.Column("software", sa.String(length=200), nullable=False),
        sa.Column("enrolled_by", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["enrolled_by"], ["entries.hash"], name=op.f("fk_members_enrolled_by")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_members")),
        sa.UniqueConstraint("name", name=op.f("uq_members_name")),
    )
    op.create_table(
        "shares",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("import_wh", sa.BigInteger(), nullable=False),
        sa.Column("export_wh", sa.BigInteger(), nullable=False),
        sa.Column("shared_in_wh", sa.BigInteger(), nullable=False),
        sa.Column("shared_out_wh", sa.BigInteger(), nullable=False),
        sa.Column("inside_money", sa.BigInteger(), nullable=False),
        sa.Column("grid_money", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["slots.slot"], name=op.f("fk_shares_slot")),
        sa.PrimaryKeyConstraint("slot", "device", name=op.f("pk_shares")),
    )
    with op.batch_alter_table("shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shares_device_slot"), ["device", "slot"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.LargeBinary(length=16), nullable=False),
        sa.Column("receiver", sa.LargeBinary(length=16), nullable=False),
        sa.Column("energy_wh", sa.BigInteger(), nullable=False),
        sa.Column("money", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["entries.hash"], name=op.f("fk_transfers_hash")),
        sa.ForeignKeyConstraint(["slot"], ["slots.slot"], name=op.f("fk_transfers_slot")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_transfers")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfers_slot"), ["slot"], unique=False)

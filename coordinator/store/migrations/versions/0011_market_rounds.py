"""Several rounds of a slot, each with the rules that it was made by.

What has come of slots before is kept. Their documents are dropped: they have another form, which nobody reads any more.
A round that had not ended is over. A slot that was traded has to be settled first: flats drop their documents, too, so
they could not give them back, and would hold it against the building that it is settled by the sharing key.

Revision ID: 0011
Revises: 0010
"""

from alembic import op
import sqlalchemy as sa

from coordinator.store.database import StoreError

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the schema to this revision."""
    _refuse_unsettled()
    op.create_table(
        "market_rules",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_market_rules")),
    )
    op.create_table(
        "market_rounds",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("rules", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=False),
        sa.Column("log_since", sa.BigInteger(), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=False),
        sa.Column("voters", sa.JSON(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("book", sa.LargeBinary(), nullable=True),
        sa.Column("book_record", sa.LargeBinary(length=32), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("cleared", sa.LargeBinary(), nullable=True),
        sa.Column("cleared_record", sa.LargeBinary(length=32), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["rules"], ["market_rules.number"], name=op.f("fk_market_rounds_rules")),
        sa.PrimaryKeyConstraint("slot", "number", name=op.f("pk_market_rounds")),
    )
    op.execute(
        "INSERT INTO market_rounds (slot, number, seconds, closed_ms, log_since, log_size, checkpoint, voters,"
        " enrolled, book_record, cleared_record, ended, ended_ms, why)"
        " SELECT slot, 0, seconds, closed_ms, 0, log_size, checkpoint, voters, 0, book_record, cleared_record,"
        " CASE WHEN ended = 'traded' THEN 'traded' ELSE 'untraded' END, COALESCE(ended_ms, closed_ms),"
        " CASE WHEN ended IS NULL THEN 'rebuilt' ELSE why END FROM market_slots"
    )
    op.drop_table("market_orders")
    op.drop_table("market_verdicts")
    op.drop_table("market_slots")
    op.create_table(
        "market_orders",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot", "number"], ["market_rounds.slot", "market_rounds.number"], name=op.f("fk_market_orders_slot")
        ),
        sa.PrimaryKeyConstraint("slot", "number", "device", name=op.f("pk_market_orders")),
    )
    op.create_table(
        "market_verdicts",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("said_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot", "number"], ["market_rounds.slot", "market_rounds.number"], name=op.f("fk_market_verdicts_slot")
        ),
        sa.PrimaryKeyConstraint("slot", "number", "device", name=op.f("pk_market_verdicts")),
    )


def _refuse_unsettled() -> None:
    found = op.get_bind().execute(
        sa.text(
            "SELECT count(*), min(slot) FROM market_slots WHERE ended = 'traded'"
            " AND slot > (SELECT COALESCE(MAX(slot), -1) FROM slots)"
        )
    )
    count, first = found.one()
    if count:
        raise StoreError(
            f"{count} slots that were traded are not settled, the first is {first}, and this release does not read by "
            "what they were traded: start the one of before until they are settled, and then this one"
        )

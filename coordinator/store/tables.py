"""The tables of a building, in SQL that SQLite and PostgreSQL both speak.

Times are milliseconds of Unix time, energy Wh, money 10⁻⁵ yen. An entry of the log and everything that depends on it
are written in one transaction, so no row here ever speaks of a record that is not logged.
"""

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

log_head: Final = sa.Table(
    "log_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("origin", sa.String(256), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary(32), nullable=False),
    sa.Column("checkpoint", sa.LargeBinary, nullable=False),
    sa.Column("signed_ms", sa.BigInteger, nullable=False),
)
"""One row: the newest checkpoint that was signed. What it covers is durable; it may not be published yet."""

KEYED: Final = "kind IN (6, 7, 8, 14, 15)"
"""ENROL, ROTATE, REVOKE, SUSPEND and REINSTATE: what says with which key a device signs, and whether it may."""

PAYMENTS: Final = "kind = 24"

entries: Final = sa.Table(
    "entries",
    metadata,
    # In SQLite only an INTEGER is the key of the table itself: any other has an index beside it.
    sa.Column("log_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("device", sa.LargeBinary(16), nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.SmallInteger, nullable=False),
    sa.Column("slot", sa.BigInteger, nullable=False),
    sa.Column("end_ms", sa.BigInteger, nullable=False),
    sa.Column("logged_ms", sa.BigInteger, nullable=False),
    sa.Column("envelope", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary(32), nullable=True),
    sa.Column("body", sa.LargeBinary, nullable=True),
    sa.UniqueConstraint("device", "seq"),
    sa.Index(None, "slot", "kind"),
    sa.Index("ix_entries_keyed", "log_index", sqlite_where=sa.text(KEYED), postgresql_where=sa.text(KEYED)),
    sa.Index("ix_entries_payments", "log_index", sqlite_where=sa.text(PAYMENTS), postgresql_where=sa.text(PAYMENTS)),
)
"""The log. `envelope` is the leaf; salt and body may be erased, which the log survives.

There is no index by hash: hashes come in no order, so that keeping one costs as much as all the rest of a commit, the
more the longer the log. A device's seq names a record as well, and those come one after another.
"""

members: Final = sa.Table(
    "members",
    metadata,
    sa.Column("device", sa.LargeBinary(16), primary_key=True),
    sa.Column("name", sa.String(16), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("algorithm", sa.SmallInteger, nullable=False),
    sa.Column("public_key", sa.LargeBinary(65), nullable=False),
    sa.Column("software", sa.String(200), nullable=False),
    sa.Column("enrolled_by", sa.LargeBinary(32), nullable=False),
    sa.Column("enrolled_ms", sa.BigInteger, nullable=False),
    sa.Column("witness_key", sa.LargeBinary(32), nullable=True),
    sa.Column("mirror_key", sa.LargeBinary(32), nullable=True),
    sa.Column("standing", sa.String(16), nullable=False, server_default="active"),
    sa.Column("next_key", sa.LargeBinary(32), nullable=True),
    sa.Index(
        "uq_members_current_name",
        "name",
        unique=True,
        sqlite_where=sa.text("standing <> 'revoked'"),
        postgresql_where=sa.text("standing <> 'revoked'"),
    ),
)
"""The key directory: each row follows from the ENROL entry that it names, the rest from later entries. A flat's name is
that of one device at a time; the devices that were revoked keep it in their rows."""

retired_keys: Final = sa.Table(
    "retired_keys",
    metadata,
    sa.Column("public_key", sa.LargeBinary(65), primary_key=True),
    sa.Column("algorithm", sa.SmallInteger, nullable=False),
    sa.Column("device", sa.LargeBinary(16), sa.ForeignKey("members.device"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
)
"""Keys that were rotated away, numbered for each device: they sign old records, and nothing any more."""

invites: Final = sa.Table(
    "invites",
    metadata,
    sa.Column("id", sa.LargeBinary(4), primary_key=True),
    sa.Column("flat", sa.String(16), nullable=False),
    sa.Column("secret", sa.LargeBinary(16), nullable=True),
    sa.Column("issued_ms", sa.BigInteger, nullable=False),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.Column("wrong_proofs", sa.Integer, nullable=False, server_default="0"),
    sa.Column("used_ms", sa.BigInteger, nullable=True),
    sa.Column("answer", sa.LargeBinary(32), nullable=True),
)
"""Invites. The secret goes when the invite is used, expired or void; what the flat was answered is no secret and
stays, for a flat that did not hear it."""

conflicts: Final = sa.Table(
    "conflicts",
    metadata,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("logged_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("device", sa.LargeBinary(16), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
)
"""Signed evidence: a second record with the seq of a logged one; its envelope alone once that one's body is erased."""

price_periods: Final = sa.Table(
    "price_periods",
    metadata,
    sa.Column("since", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("inside_price", sa.BigInteger, nullable=False),
    sa.Column("grid_price", sa.BigInteger, nullable=False),
    sa.Column("feed_in_price", sa.BigInteger, nullable=False),
    sa.Column("key", sa.String(64), nullable=False, server_default="dynamic"),
    sa.Column("key_document", sa.Text, nullable=True),
)
"""Announced prices and sharing key by the begin of the first slot they hold for; rows are added, never changed: flats
remember them."""

slots: Final = sa.Table(
    "slots",
    metadata,
    sa.Column("slot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("settled_ms", sa.BigInteger, nullable=False),
    sa.Column("inside_price", sa.BigInteger, nullable=False),
    sa.Column("grid_price", sa.BigInteger, nullable=False),
    sa.Column("feed_in_price", sa.BigInteger, nullable=False),
    sa.Column("bulk_import_wh", sa.BigInteger, nullable=True),
    sa.Column("bulk_export_wh", sa.BigInteger, nullable=True),
    sa.Column("common_wh", sa.BigInteger, nullable=True),
    sa.Column("loss_wh", sa.BigInteger, nullable=True),
    sa.Column("building_money", sa.BigInteger, nullable=False),
    sa.Column("missing", sa.JSON, nullable=False),
    sa.Column("rent", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("cleared", sa.LargeBinary(32), nullable=True),
    sa.Column("key", sa.String(64), nullable=False, server_default="dynamic"),
)
"""Settled slots."""

shares: Final = sa.Table(
    "shares",
    metadata,
    sa.Column("slot", sa.BigInteger, sa.ForeignKey("slots.slot"), primary_key=True, autoincrement=False),
    sa.Column("device", sa.LargeBinary(16), primary_key=True),
    sa.Column("import_wh", sa.BigInteger, nullable=False),
    sa.Column("export_wh", sa.BigInteger, nullable=False),
    sa.Column("shared_in_wh", sa.BigInteger, nullable=False),
    sa.Column("shared_out_wh", sa.BigInteger, nullable=False),
    sa.Column("inside_money", sa.BigInteger, nullable=False),
    sa.Column("grid_money", sa.BigInteger, nullable=False),
    sa.Column("made_wh", sa.BigInteger, nullable=True),
    sa.Column("used_wh", sa.BigInteger, nullable=True),
    sa.Index(None, "device", "slot"),
)
"""How a settled slot went for each flat whose readings were known."""

transfers: Final = sa.Table(
    "transfers",
    metadata,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("slot", sa.BigInteger, sa.ForeignKey("slots.slot"), nullable=False),
    sa.Column("sender", sa.LargeBinary(16), nullable=False),
    sa.Column("receiver", sa.LargeBinary(16), nullable=False),
    sa.Column("energy_wh", sa.BigInteger, nullable=False),
    sa.Column("money", sa.BigInteger, nullable=False),
    sa.Column("rent", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index(None, "slot"),
)
"""The transfer records of settled slots, by the name of their record."""

corrected: Final = sa.Table(
    "corrected",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("log_size", sa.BigInteger, nullable=False),
)
"""One row: of the first `log_size` entries, every one that came late for its slot has been looked at, and what it
corrects is in the log."""

meter_books: Final = sa.Table(
    "meter_books",
    metadata,
    sa.Column("device", sa.LargeBinary(16), primary_key=True),
    sa.Column("open_interval", sa.LargeBinary, nullable=False),
)
"""The interval that a building meter's book has open."""

meter_waiting: Final = sa.Table(
    "meter_waiting",
    metadata,
    sa.Column("device", sa.LargeBinary(16), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("records", sa.LargeBinary, nullable=False),
)
"""What a building meter's book has closed and the log has not: it waits for its witnesses, or cannot be written. A row
goes in the transaction that logs it."""

drills: Final = sa.Table(
    "drills",
    metadata,
    sa.Column("drill", sa.LargeBinary(16), primary_key=True),
    sa.Column("level", sa.String(8), nullable=False),
    sa.Column("length_s", sa.Integer, nullable=False),
    sa.Column("notice_s", sa.Integer, nullable=False),
    sa.Column("within_s", sa.Integer, nullable=False),
    sa.Column("most", sa.Integer, nullable=False),
    sa.Column("limit_w", sa.BigInteger, nullable=True),
    sa.Column("seed", sa.String(64), nullable=False),
    sa.Column("planned_ms", sa.BigInteger, nullable=False),
    sa.Column("announced_ms", sa.BigInteger, nullable=True),
    sa.Column("ended_ms", sa.BigInteger, nullable=True),
    sa.Column("ended", sa.String(16), nullable=True),
    sa.Column("most_seen", sa.Integer, nullable=False),
    sa.Column("demand_seen_w", sa.BigInteger, nullable=True),
    sa.Column("document", sa.LargeBinary, nullable=True),
    sa.Column("record", sa.LargeBinary(32), nullable=True),
)
"""The building's drills; `most_seen` and `demand_seen_w` are the most that was seen of what the plan limits."""

market_rules: Final = sa.Table(
    "market_rules",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
)
"""The rules of the market that were told, or are; rows are added, never changed: flats remember them."""

market_rounds: Final = sa.Table(
    "market_rounds",
    metadata,
    sa.Column("slot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("rules", sa.BigInteger, sa.ForeignKey("market_rules.number"), nullable=True),
    sa.Column("closed_ms", sa.BigInteger, nullable=False),
    sa.Column("log_since", sa.BigInteger, nullable=False),
    sa.Column("log_size", sa.BigInteger, nullable=False),
    sa.Column("checkpoint", sa.LargeBinary, nullable=False),
    sa.Column("voters", sa.JSON, nullable=False),
    sa.Column("enrolled", sa.Integer, nullable=False),
    sa.Column("listed", sa.LargeBinary, nullable=True),
    sa.Column("book", sa.LargeBinary, nullable=True),
    sa.Column("book_record", sa.LargeBinary(32), nullable=True),
    sa.Column("result", sa.LargeBinary, nullable=True),
    sa.Column("first", sa.LargeBinary, nullable=True),
    sa.Column("cleared", sa.LargeBinary, nullable=True),
    sa.Column("cleared_record", sa.LargeBinary(32), nullable=True),
    sa.Column("ended", sa.String(16), nullable=True),
    sa.Column("ended_ms", sa.BigInteger, nullable=True),
    sa.Column("why", sa.String(64), nullable=True),
)
"""The rounds whose gates were closed. What a step has fixed no later one changes: where the gate was closed, with the
list of orders there, the book, the result, a second one in its place, and what came of it. A record's name is written
with its entry. Rounds of before there were rules have none."""


def _of_round() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["slot", "number"], ["market_rounds.slot", "market_rounds.number"])


market_orders: Final = sa.Table(
    "market_orders",
    metadata,
    sa.Column("slot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("device", sa.LargeBinary(16), primary_key=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("shown_ms", sa.BigInteger, nullable=False),
    _of_round(),
)
"""The documents of orders that flats have shown after a gate."""

market_verdicts: Final = sa.Table(
    "market_verdicts",
    metadata,
    sa.Column("slot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("device", sa.LargeBinary(16), primary_key=True),
    sa.Column("second", sa.Boolean, primary_key=True),
    sa.Column("statement", sa.LargeBinary, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("vouches", sa.Boolean, nullable=False),
    sa.Column("said_ms", sa.BigInteger, nullable=False),
    _of_round(),
)
"""What each flat has said first of a round's book and result, and of the second result; without findings it agrees."""

market_proposals: Final = sa.Table(
    "market_proposals",
    metadata,
    sa.Column("slot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("record", sa.LargeBinary(32), primary_key=True),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("taken_ms", sa.BigInteger, nullable=False),
    _of_round(),
)
"""Results that were proposed for a round's book, each better than all before it, by their records: a row is written
with its entry. Who has proposed them nobody has to know."""

drill_flats: Final = sa.Table(
    "drill_flats",
    metadata,
    sa.Column("drill", sa.LargeBinary(16), sa.ForeignKey("drills.drill"), primary_key=True),
    sa.Column("flat", sa.String(16), primary_key=True),
    sa.Column("device", sa.LargeBinary(16), nullable=True),
    sa.Column("announced_ms", sa.BigInteger, nullable=True),
    sa.Column("notified_ms", sa.BigInteger, nullable=True),
    sa.Column("acknowledged_ms", sa.BigInteger, nullable=True),
    sa.Column("acknowledged_by", sa.String(200), nullable=True),
    sa.Column("call", sa.LargeBinary(16), nullable=True),
    sa.Column("called_ms", sa.BigInteger, nullable=True),
    sa.Column("answered_ms", sa.BigInteger, nullable=True),
    sa.Column("accepted", sa.Boolean, nullable=True),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("words", sa.String(200), nullable=True),
    sa.Column("phase", sa.String(200), nullable=True),
    sa.Column("ended_ms", sa.BigInteger, nullable=True),
    sa.Column("passed", sa.Boolean, nullable=True),
    sa.Column("aborted", sa.String(200), nullable=True),
    sa.Column("transfer", sa.String(200), nullable=True),
    sa.Column("digest", sa.LargeBinary(32), nullable=True),
    sa.Column("document", sa.LargeBinary, nullable=True),
    sa.Index(None, "call"),
)
"""Each flat in each drill: the roll-call, its turn, and what it has told of it. A row is written before its call goes
out, so that a coordinator which is started again knows whom it has called."""

"""The file in which a flat keeps what it must not forget: its schema, whose it is, and how intervals stand in it."""

from collections.abc import Sequence
import hashlib
import json
from pathlib import Path
import sqlite3
from typing import Any, Final

from .behind import Behind, Count
from .etp import DeviceId
from .slots import Interval, Reading, Why

_SCHEMA: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    seq INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    log_index INTEGER,
    proof TEXT
);
CREATE INDEX record_unsent ON record (seq) WHERE log_index IS NULL;
CREATE TABLE frame (time_ms INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (time_ms, count))
    WITHOUT ROWID;
CREATE TABLE result (
    slot INTEGER PRIMARY KEY,
    shared_in_wh INTEGER NOT NULL,
    shared_out_wh INTEGER NOT NULL,
    inside_money INTEGER NOT NULL,
    grid_money INTEGER NOT NULL,
    data BLOB NOT NULL
);
"""
_NOTEBOOK: Final = """
CREATE TABLE witnessed (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note BLOB NOT NULL,
    time INTEGER NOT NULL
);
CREATE TABLE evidence (
    hash BLOB PRIMARY KEY,
    seen_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    ours BLOB NOT NULL,
    theirs BLOB NOT NULL
);
"""
_WORDS: Final = """
ALTER TABLE result ADD COLUMN protocol INTEGER NOT NULL DEFAULT 1;
CREATE TABLE left_out (slot INTEGER PRIMARY KEY, protocol INTEGER NOT NULL, data BLOB NOT NULL);
ALTER TABLE evidence ADD COLUMN kind TEXT NOT NULL DEFAULT 'heads';
CREATE INDEX record_slot ON record (slot, kind);
"""
_BATTERIES: Final = """
CREATE TABLE battery (
    name TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    saved_ms INTEGER NOT NULL,
    trace TEXT NOT NULL,
    proven_seq INTEGER NOT NULL,
    proven_hash BLOB NOT NULL,
    proven_wh INTEGER NOT NULL
);
CREATE TABLE battery_day (
    battery TEXT NOT NULL,
    day INTEGER NOT NULL,
    charged_uj INTEGER NOT NULL,
    discharged_uj INTEGER NOT NULL,
    health_permille INTEGER,
    capacity_wh INTEGER,
    coldest_dc INTEGER,
    warmest_dc INTEGER,
    cell_spread_mv INTEGER,
    cell_spread_dc INTEGER,
    resistance_uohm INTEGER,
    PRIMARY KEY (battery, day)
) WITHOUT ROWID;
CREATE TABLE battery_anomaly (
    battery TEXT NOT NULL,
    kind TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    healed_ms INTEGER,
    numbers TEXT NOT NULL,
    PRIMARY KEY (battery, kind, since_ms)
) WITHOUT ROWID;
"""
_BLACKOUT: Final = """
CREATE TABLE told (number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, notice TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE drill (
    report BLOB PRIMARY KEY,
    begun_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    level TEXT NOT NULL,
    passed INTEGER NOT NULL,
    aborted TEXT,
    transfer TEXT,
    call TEXT,
    document BLOB NOT NULL,
    separated INTEGER NOT NULL,
    logged INTEGER NOT NULL DEFAULT 0
);
"""
_USAGE: Final = """
CREATE TABLE usage (begin INTEGER PRIMARY KEY, load_j INTEGER, pv_j INTEGER);
"""
_MARKET: Final = """
CREATE TABLE placed (
    digest BLOB PRIMARY KEY,
    slot INTEGER NOT NULL,
    placed_ms INTEGER NOT NULL,
    document BLOB NOT NULL,
    record BLOB,
    proven_ms INTEGER
);
CREATE INDEX placed_slot ON placed (slot);
CREATE TABLE market_slot (
    slot INTEGER PRIMARY KEY,
    rules BLOB NOT NULL,
    closed BLOB,
    log_size INTEGER,
    taken BLOB,
    book BLOB,
    result BLOB,
    verdict BLOB,
    findings TEXT NOT NULL DEFAULT '[]',
    cleared BLOB,
    trades TEXT NOT NULL DEFAULT '[]',
    price INTEGER,
    shared TEXT
);
"""
_ROUNDS: Final = """
CREATE TABLE market_round (
    slot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    rules BLOB NOT NULL,
    closed BLOB,
    log_since INTEGER,
    log_size INTEGER,
    taken BLOB,
    book BLOB,
    result BLOB,
    verdict BLOB,
    findings TEXT NOT NULL DEFAULT '[]',
    cleared BLOB,
    cleared_name BLOB,
    trades TEXT NOT NULL DEFAULT '[]',
    price INTEGER,
    untraded TEXT,
    PRIMARY KEY (slot, number)
) WITHOUT ROWID;
INSERT INTO market_round (slot, number, rules, findings, cleared_name, trades, price, untraded)
    SELECT slot, 0, x'', findings, iif(cleared IS NULL, NULL, sha256(cleared)), trades, price,
    iif(cleared IS NULL, coalesce(shared, 'rebuilt'), NULL)
    FROM market_slot;
DROP TABLE market_slot;
DROP TABLE placed;
CREATE TABLE placed (
    digest BLOB PRIMARY KEY,
    slot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    placed_ms INTEGER NOT NULL,
    document BLOB NOT NULL,
    record BLOB,
    proven_ms INTEGER
);
CREATE INDEX placed_round ON placed (slot, number);
"""
"""A slot's market has several rounds. Documents of before have another form, and nobody reads them any more."""
_PROPOSALS: Final = """
ALTER TABLE market_round ADD COLUMN best BLOB;
ALTER TABLE market_round ADD COLUMN proposal BLOB;
ALTER TABLE market_round ADD COLUMN proposed_ms INTEGER;
ALTER TABLE market_round ADD COLUMN proposal_record BLOB;
"""
"""What a flat has proposed for a round's book, and the building has taken."""
_AGREEMENT: Final = """
ALTER TABLE market_round ADD COLUMN listed BLOB;
ALTER TABLE market_round ADD COLUMN ordering BLOB;
ALTER TABLE market_round ADD COLUMN vouches INTEGER NOT NULL DEFAULT 0;
ALTER TABLE market_round ADD COLUMN first BLOB;
ALTER TABLE market_round ADD COLUMN first_verdict BLOB;
CREATE TABLE key_history (device BLOB PRIMARY KEY, told INTEGER NOT NULL, history TEXT NOT NULL) WITHOUT ROWID;
"""
"""The list at a round's gate, which devices have orders in the log, whether a flat vouches for its own, and the result
that a second one took the place of; and what the log says of the keys of other devices, told up to an entry: by them
their words are verified."""
_SCHEMAS: Final = (_SCHEMA, _NOTEBOOK, _WORDS, _BATTERIES, _BLACKOUT, _USAGE, _MARKET, _ROUNDS, _PROPOSALS, _AGREEMENT)
"""What each version has added: a file of an older one gets what it lacks."""
_VERSION: Final = len(_SCHEMAS)


class StoreError(Exception):
    """The flat's database cannot be used, or did not do what it was asked; nothing was half done."""


def connect(path: Path, device: DeviceId, origin: str) -> sqlite3.Connection:
    """Open a flat's file, made anew or brought to the newest schema. Blocking; for one thread.

    Raises StoreError when it cannot be used, or is another's.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be used as the flat's database: {error}") from error
    try:
        _prepare(db, path, device + origin.encode(), origin)
    except sqlite3.Error as error:
        db.close()
        raise StoreError(f"{path} cannot be used as the flat's database: {error}") from error
    except StoreError:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path, owner: bytes, origin: str) -> None:
    db.create_function("sha256", 1, lambda data: hashlib.sha256(data).digest(), deterministic=True)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise StoreError(f"{path} was written by a newer version (schema {version}): update this one")
    if version == 0 and db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0]:
        raise StoreError(f"{path} is the database of another program: choose another file")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    if version < _VERSION:
        # One transaction: a file that has the tables has its owner.
        db.execute("BEGIN")
        for schema in _SCHEMAS[version:]:
            for statement in schema.split(";"):
                db.execute(statement)
        if version == 0:
            db.execute("INSERT INTO meta (key, value) VALUES ('owner', ?)", (owner,))
        db.execute(f"PRAGMA user_version = {_VERSION}")
        db.commit()
    found = db.execute("SELECT value FROM meta WHERE key = 'owner'").fetchone()
    if not found or found[0] != owner:
        raise StoreError(
            f"{path} belongs to another flat or building than {origin}: move it away, or choose another folder"
        )


def write_interval(interval: Interval | None) -> bytes:
    """Return an open interval, or that there is none, as the database keeps it."""
    if interval is None:
        return b"null"
    readings = [_values(reading) for reading in (interval.begin, interval.end)]
    return json.dumps(
        [
            interval.slot,
            *readings,
            interval.solar,
            interval.battery,
            interval.frequency_sum,
            interval.frequency_count,
            interval.islanded,
            interval.unknown,
            interval.vehicle,
        ]
    ).encode()


def write_reading(reading: Reading) -> bytes:
    """Return a reading as the database keeps it."""
    return json.dumps(_values(reading)).encode()


def _values(reading: Reading) -> list[object]:
    behind = reading.behind
    counts = [
        None if count is None else [count.wh, count.of, count.anew]
        for count in (behind.generated, behind.charged, behind.discharged)
    ]
    return [reading.time_ms, reading.import_wh, reading.export_wh, reading.meter, counts, behind.asleep]


def _reading(
    time_ms: int,
    import_wh: int,
    export_wh: int,
    meter: str | None = None,
    counts: Sequence[Sequence[Any] | None] = (None, None, None),
    asleep: bool = False,
) -> Reading:
    """Return a reading of its values; what older versions have not kept is unknown."""
    generated, charged, discharged = (None if count is None else Count(*count) for count in counts)
    return Reading(time_ms, import_wh, export_wh, meter, Behind(generated, charged, discharged, asleep))


def read_reading(data: bytes | None) -> Reading | None:
    """Return a reading that was kept."""
    return None if data is None else _reading(*json.loads(data))


def read_interval(data: bytes | None) -> Interval | None:
    """Return an open interval that was kept."""
    if data is None or data == b"null":
        return None
    slot, begin, end, *rest = json.loads(data)
    return Interval(slot, Why.BOUNDARY, _reading(*begin), _reading(*end), *rest)

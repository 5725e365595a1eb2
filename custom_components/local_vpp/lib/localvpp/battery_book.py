"""The batteries' part of a flat's database: a trace for each battery, its days, and what was wrong with it.

A save is one transaction, and holds how far the flat's own records have been counted: what they prove of a battery is
the sum over the records themselves, whatever was lost or taken up again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
import json
import sqlite3
from typing import Any, Final

from .battery import (
    KEPT_DAYS,
    Anomaly,
    BatteryLife,
    Day,
    Trace,
    plain_battery,
    read_anomaly,
    read_trace,
    write_trace,
)
from .devices import Identity
from .etp import METERED, DeviceId, Record, Source
from .store import FlatStore

_DAY_COLUMNS: Final = tuple(field.name for field in fields(Day) if field.name not in {"number", "steps"})


@dataclass(frozen=True, slots=True)
class KeptBattery:
    """A battery as it stands in the database."""

    identity: Identity
    saved_ms: int
    trace: Trace
    proven_wh: int
    anomalies: tuple[Anomaly, ...] = ()
    """All that there ever were, oldest first."""

    @property
    def life(self) -> BatteryLife:
        """What there is to show of it."""
        return BatteryLife.of(self.trace, self.proven_wh)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON shows it (docs/exports.md)."""
        who = {
            "manufacturer": self.identity.manufacturer,
            "model": self.identity.model,
            "serial_number": self.identity.serial,
            "version": self.identity.version,
        }
        return plain_battery(who, self.saved_ms, self.life, self.anomalies, (*self.trace.days, self.trace.day))


class BatteryBook:
    """Keeps traces. All methods raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore, device: DeviceId) -> None:
        self._store = store
        self._device = device

    async def load(self, identity: Identity) -> KeptBattery | None:
        """Return a battery's trace, None for one that was never read before."""
        return await self._store.run(lambda db: _load(db, key_of(identity), KEPT_DAYS))

    async def batteries(self) -> list[KeptBattery]:
        """Return all batteries that the flat ever had, each with all of its days."""

        def work(db: sqlite3.Connection) -> list[KeptBattery]:
            keys = db.execute("SELECT name FROM battery ORDER BY rowid").fetchall()
            return [kept for (key,) in keys if (kept := _load(db, key, None)) is not None]

        return await self._store.run(work)

    async def save(self, identity: Identity, trace: Trace, said: Sequence[Anomaly], wall_ms: int) -> int:
        """Make a trace durable, with the anomalies that began or healed; return the energy that records prove."""

        def work(db: sqlite3.Connection) -> int:
            key = key_of(identity)
            with db:
                seq, name, wh = self._proven(db, key, trace.began_ms)
                db.execute(
                    "INSERT OR REPLACE INTO battery"
                    " (name, identity, saved_ms, trace, proven_seq, proven_hash, proven_wh)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (key, _write_identity(identity), wall_ms, write_trace(trace), seq, name, wh),
                )
                # Beside the day that goes on, the one before it may have ended since the last save.
                for day in (*trace.days[-1:], trace.day):
                    db.execute(_PUT_DAY, (key, day.number, *(getattr(day, column) for column in _DAY_COLUMNS)))
                for anomaly in said:
                    db.execute(
                        "INSERT OR REPLACE INTO battery_anomaly (battery, kind, since_ms, healed_ms, numbers)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (key, anomaly.kind, anomaly.since_ms, anomaly.healed_ms, json.dumps(dict(anomaly.numbers))),
                    )
            return wh

        return await self._store.run(work)

    def _proven(self, db: sqlite3.Connection, key: str, began_ms: int) -> tuple[int, bytes, int]:
        """Count on in the flat's own records: seq and hash of the last one counted, and the energy of all."""
        row = db.execute("SELECT proven_seq, proven_hash, proven_wh FROM battery WHERE name = ?", (key,)).fetchone()
        seq, name, wh = row or (0, b"", 0)
        at = db.execute("SELECT hash FROM record WHERE seq = ?", (seq,)).fetchone()
        if seq and (at is None or at[0] != name):
            seq, name, wh = 0, b"", 0  # The chain was taken up again elsewhere.
        kinds = ", ".join(str(int(kind)) for kind in METERED)
        rows = db.execute(
            # Slots in seconds: records of before the battery are not decoded.
            f"SELECT seq, hash, sealed FROM record WHERE seq > ? AND kind IN ({kinds}) AND slot * 1000 >= ?"  # noqa: S608 - numbers of our own
            " ORDER BY seq",
            (seq, began_ms),
        )
        for counted, its_name, sealed in rows:
            body = Record.decode(sealed).body
            seq, name = counted, its_name
            if body.sender == self._device:
                wh += dict(body.attributes).get(Source.BATTERY, 0)
        return seq, name, wh


_PUT_DAY: Final = (
    f"INSERT OR REPLACE INTO battery_day (battery, day, {', '.join(_DAY_COLUMNS)})"  # noqa: S608 - names of our own
    f" VALUES (?, ?{', ?' * len(_DAY_COLUMNS)})"
)


def key_of(identity: Identity) -> str:
    """Return what a battery is kept under: a new version of its software makes it no other one."""
    return json.dumps([identity.manufacturer, identity.model, identity.serial], ensure_ascii=False)


def _write_identity(identity: Identity) -> str:
    return json.dumps([identity.manufacturer, identity.model, identity.serial, identity.version], ensure_ascii=False)


def _load(db: sqlite3.Connection, key: str, most_days: int | None) -> KeptBattery | None:
    row = db.execute("SELECT identity, saved_ms, trace, proven_wh FROM battery WHERE name = ?", (key,)).fetchone()
    if row is None:
        return None
    days = db.execute(
        f"SELECT day, {', '.join(_DAY_COLUMNS)} FROM battery_day WHERE battery = ? ORDER BY day DESC LIMIT ?",  # noqa: S608 - names of our own
        (key, -1 if most_days is None else most_days),
    ).fetchall()
    told = db.execute(
        "SELECT kind, since_ms, healed_ms, numbers FROM battery_anomaly WHERE battery = ? ORDER BY since_ms, kind",
        (key,),
    ).fetchall()
    manufacturer, model, serial, version = json.loads(row[0])
    return KeptBattery(
        Identity(manufacturer=manufacturer, model=model, serial=serial, version=version),
        row[1],
        read_trace(
            row[2],
            [Day(number=day, **dict(zip(_DAY_COLUMNS, rest, strict=True))) for day, *rest in reversed(days)],
        ),
        row[3],
        tuple(
            read_anomaly({"kind": kind, "since_ms": since, "healed_ms": healed, "numbers": json.loads(numbers)})
            for kind, since, healed, numbers in told
        ),
    )

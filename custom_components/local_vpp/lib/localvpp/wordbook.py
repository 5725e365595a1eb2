"""What the building has said of settled slots, as the flat keeps it: how each was settled, or that it was without it.

The building's words are kept as they were said, with the protocol that they were said in: one of a former protocol is
counted in the totals, and read no more.
"""

import sqlite3

from .store import FlatStore
from .wire import PROTOCOL, LeftOut, SlotResult, SlotWord, decode, encode


class WordBook:
    """The queries. All raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def settled(self, result: SlotResult) -> bool:
        """Keep how a slot was settled; return False when that was known already."""

        def work(db: sqlite3.Connection) -> bool:
            with db:
                return bool(
                    db.execute(
                        "INSERT OR IGNORE INTO result"
                        " (slot, shared_in_wh, shared_out_wh, inside_money, grid_money, data, protocol)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?)",
                        (
                            result.slot,
                            result.shared_in_wh,
                            result.shared_out_wh,
                            result.inside_money,
                            result.grid_money,
                            encode(result),
                            PROTOCOL,
                        ),
                    ).rowcount
                )

        return await self._store.run(work)

    async def left_out(self, word: LeftOut) -> bool:
        """Keep that a slot was settled without this flat; return False when that was known already."""

        def work(db: sqlite3.Connection) -> bool:
            with db:
                return bool(
                    db.execute(
                        "INSERT OR IGNORE INTO left_out (slot, protocol, data) VALUES (?, ?, ?)",
                        (word.slot, PROTOCOL, encode(word)),
                    ).rowcount
                )

        return await self._store.run(work)

    async def result(self, slot: int) -> SlotResult | None:
        """Return how a slot was settled."""
        word = await self.word(slot)
        return word if isinstance(word, SlotResult) else None

    async def since(self, slot: int) -> list[SlotWord]:
        """Return what the building said of settled slots from one on, as far as that was in today's protocol."""

        def work(db: sqlite3.Connection) -> list[SlotWord]:
            rows = db.execute(
                "SELECT slot, data FROM result WHERE slot >= ? AND protocol = ?"
                " UNION ALL SELECT slot, data FROM left_out WHERE slot >= ? AND protocol = ? ORDER BY slot",
                (slot, PROTOCOL, slot, PROTOCOL),
            )
            return [decode(data, SlotWord) for _, data in rows]

        return await self._store.run(work)

    async def word(self, slot: int) -> SlotWord | None:
        """Return what the building said of a settled slot, if that is kept and was said in today's protocol."""
        return await self._store.run(lambda db: _word(db, "slot = ?", slot))

    async def word_after(self, slot: int) -> SlotWord | None:
        """Return what the building said of the first settled slot later than one."""
        return await self._store.run(lambda db: _word(db, "slot > ?", slot))


def _word(db: sqlite3.Connection, where: str, slot: int) -> SlotWord | None:
    row = db.execute(
        f"SELECT slot, data FROM result WHERE protocol = ? AND {where}"  # noqa: S608 - words of our own
        f" UNION ALL SELECT slot, data FROM left_out WHERE protocol = ? AND {where} ORDER BY slot LIMIT 1",
        (PROTOCOL, slot, PROTOCOL, slot),
    ).fetchone()
    return decode(row[1], SlotWord) if row else None

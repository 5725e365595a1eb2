"""Writes into the log what a late record changes of a settled slot, each change once.

Every entry is looked at once: an interval record of a slot that is closed already came late. Whether it changes a
value, `localvpp.corrections` says, for coordinator and auditor alike. How far the log was looked at is stored with what
was written: a coordinator that is killed in between looks at the same entries again, finds by the log what is corrected
already, and writes the rest. No later slot is settled before: so by what a SETTLED record has looked at, everybody
can tell which corrections the log must have before it.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Executable

from localvpp.clock import Clock
from localvpp.corrections import Party, Placed, SlotRecords, correction_body
from localvpp.etp import Body, Correction, DeviceId, Kind
from localvpp.meterslot import Told
from localvpp.settlement.month import substitutes

from ..ledger import Scribe
from ..store import Entry, Member, Role, corrections as correction_store, entries as entry_store, slots as slot_store

_AT_ONCE: Final = 64
"""Corrections in one transaction: after an outage of days, a flat may have told hundreds of slots late."""


class Corrector:
    """Corrects the settled slots of one building."""

    def __init__(self, engine: AsyncEngine, scribe: Scribe, *, slot_seconds: int, clock: Clock) -> None:
        self._engine = engine
        self._scribe = scribe
        self._seconds = slot_seconds
        self._clock = clock
        self._looked: int | None = None

    async def correct(self, members: Sequence[Member], size: int) -> int:
        """Log what the first entries correct and no record says yet; return how many records that were.

        Raises RefusedError, LedgerUnavailableError or SQLAlchemyError; to be called again, it goes on where it stopped.
        """
        async with self._engine.connect() as connection:
            if self._looked is None:
                self._looked = await correction_store.looked(connection)
            last = await slot_store.last(connection)
            late = [] if last is None else await entry_store.late_slots(connection, self._looked, size, last)
        written = 0
        due: list[tuple[Kind, int, Body]] = []
        for slot in late:
            async with self._engine.connect() as connection:
                due += await self._of_slot(connection, members, slot, size)
            if len(due) >= _AT_ONCE:
                await self._scribe.write(due)
                written += len(due)
                due = []
        if due:
            await self._scribe.write(due, lambda _: [correction_store.looking(size)])
        elif late:
            async with self._engine.begin() as connection:
                await connection.execute(correction_store.looking(size))
        self._looked = size
        return written + len(due)

    @property
    def follows(self) -> Sequence[Executable]:
        """What is to be stored with the next slot that is settled: how far was looked."""
        return () if self._looked is None else (correction_store.looking(self._looked),)

    async def _of_slot(
        self, connection: AsyncConnection, members: Sequence[Member], slot: int, size: int
    ) -> list[tuple[Kind, int, Body]]:
        """Return what is to be written of a slot."""
        closing = await entry_store.closing(connection, slot)
        closed = _looked_at(closing)
        told = await entry_store.intervals(connection, slot)
        if closed is None or any(entry.body is None for entry in told):
            return []  # How it was settled, or what was told of it, is not here: nobody can say what it was taken for.
        known = await correction_store.of_slot(connection, slot)
        if any(body is None for _, body in known):
            return []
        last = {body.place: body.correction for _, body in known if body is not None}
        late = {entry.device for entry in told if closed <= entry.index < size}
        names = {each.name for each in members if each.device in late and each.role is not Role.BUILDING}
        slots: dict[int, tuple[int | None, list[Entry]]] = {slot: (closed, told)}
        for before in substitutes(slot) if names else ():
            closing = await entry_store.closing(connection, before)
            slots[before] = (_looked_at(closing), await entry_store.intervals(connection, before))
        written = []
        for name in sorted(names):
            devices = [each.device for each in members if each.name == name]
            party = Party(
                name, self._seconds, {at: SlotRecords(upto, _of(devices, those)) for at, (upto, those) in slots.items()}
            )
            correction = party.due(slot, size, last.get(name))
            if correction is not None:
                written.append((Kind.CORRECTION, slot, self._body(name, slot, correction, size)))
        return written

    def _body(self, name: str, slot: int, due: tuple[DeviceId, Correction], size: int) -> Body:
        building, now_ms = self._scribe.device, self._clock.wall_ms()
        return correction_body(name, slot, self._seconds, due, building=building, at_ms=now_ms, size=size)


def _looked_at(settled: Entry | None) -> int | None:
    """Return how many entries a SETTLED record has looked at."""
    body = None if settled is None else settled.opened()
    return None if body is None else body.log_size


def _of(devices: Sequence[DeviceId], entries: Sequence[Entry]) -> dict[DeviceId, list[Placed]]:
    """Return what devices have told, in the order of the log."""
    return {
        device: [
            Placed(entry.index, Told(entry.hash, body))
            for entry in entries
            if entry.device == device and (body := entry.opened()) is not None
        ]
        for device in devices
    }

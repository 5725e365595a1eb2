"""What a flat draws of gas as signed records: one for each slot, from reading to reading. A pure rule.

The meter of a carrier is read seldom, or told late: its slots are not those of money, and nothing of it is shared. So a
record says what its register was at two times, and the next one begins where it ends; a slot that was missed makes the
record longer, and no hole. One that has nothing new to tell is of 0 litres.
"""

from dataclasses import dataclass
from typing import Final

from .etp import Body, Carrier, DeviceId, Kind, Record, Register, Source, TimeStatus

KIND: Final = Kind.SUPPLY


@dataclass(frozen=True, slots=True)
class Drawn:
    """A register of gas at one time."""

    time_ms: int
    total_l: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What one record is made of."""

    slot: int
    """Begin, in seconds of Unix time, of the slot in which it grew; of the first one, if of several."""
    begin: Drawn
    end: Drawn


@dataclass(frozen=True, slots=True)
class SupplyBook:
    """Where the next record begins. A value: keep what ``feed`` returns."""

    begin: Drawn | None = None
    slot: int = 0
    """The slot that is open."""

    @classmethod
    def after(cls, last: Record | None, since_ms: int) -> SupplyBook:
        """Go on from the newest record that was signed, unless the register was begun anew after it."""
        if last is None or last.body.imported is None or last.body.end_ms < since_ms:
            return cls()
        return cls(Drawn(last.body.end_ms, last.body.imported.end), last.envelope.slot + last.body.slot_seconds)

    def feed(self, read: Drawn, now_ms: int, slot_seconds: int) -> tuple[SupplyBook, Supply | None]:
        """Return the book after a reading, and the record that is due.

        One is due when a slot is over, whether the meter has told something new or not: nobody is to learn from the
        time of a record when gas was used. A register that is behind was begun anew, by a resident who read the dial or
        by a restored backup: between the two nothing is proven.
        """
        slot = now_ms // 1000 // slot_seconds * slot_seconds
        if self.begin is None or read.total_l < self.begin.total_l:
            return SupplyBook(read, slot), None
        if slot <= self.slot:
            return self, None
        end = Drawn(max(read.time_ms, self.begin.time_ms), read.total_l)
        # The building may have changed the length of its slots.
        opened = self.slot // slot_seconds * slot_seconds
        return SupplyBook(end, slot), Supply(opened, self.begin, end)


def supply_body(
    supply: Supply,
    *,
    device: DeviceId,
    building: DeviceId,
    slot_seconds: int,
    meter: str | None,
    place: str | None,
) -> Body:
    """Return what the record of a carrier says."""
    register = Register(supply.begin.total_l, supply.end.total_l)
    return Body(
        start_ms=supply.begin.time_ms,
        end_ms=supply.end.time_ms,
        slot_seconds=slot_seconds,
        sender=building,
        receiver=device,
        energy_wh=register.moved,
        attributes=((Source.GRID, register.moved),) if register.moved else (),
        time_status=TimeStatus.INFORMATIVE,
        meter=meter,
        imported=register,
        place=place,
        carrier=Carrier.GAS,
    )

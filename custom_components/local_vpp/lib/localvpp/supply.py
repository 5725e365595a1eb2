"""What a flat draws of gas as signed records: one for each slot, from reading to reading. A pure rule.

The meter of a carrier is read seldom, or told late: its slots are not those of money, and nothing of it is shared. So a
record says what its register was at two times, and the next one begins where it ends; a slot that was missed makes the
record longer, and no hole.
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
class SupplyBook:
    """Where the next record begins. A value: keep what ``feed`` returns."""

    begin: Drawn | None = None

    @classmethod
    def after(cls, last: Record | None, since_ms: int) -> SupplyBook:
        """Go on from the newest record that was signed, unless the register was begun anew after it."""
        if last is None or last.body.imported is None or last.body.end_ms < since_ms:
            return cls()
        return cls(Drawn(last.body.end_ms, last.body.imported.end))

    def feed(self, now: Drawn, slot_seconds: int) -> tuple[SupplyBook, tuple[Drawn, Drawn] | None]:
        """Return the book after a reading, and begin and end of the record that it closes.

        A register that is behind was begun anew, by a resident who read the dial or by a restored backup: between the
        two nothing is proven.
        """
        if self.begin is None or now.total_l < self.begin.total_l:
            return SupplyBook(now), None
        if _slot(now.time_ms, slot_seconds) <= _slot(self.begin.time_ms, slot_seconds):
            return self, None
        return SupplyBook(now), (self.begin, now)


def _slot(time_ms: int, slot_seconds: int) -> int:
    return time_ms // 1000 // slot_seconds * slot_seconds


def supply_slot(begin: Drawn, slot_seconds: int) -> int:
    """Return the slot of a record: the one that it begins in."""
    return _slot(begin.time_ms, slot_seconds)


def supply_body(
    begin: Drawn,
    end: Drawn,
    *,
    device: DeviceId,
    building: DeviceId,
    slot_seconds: int,
    meter: str | None,
    place: str | None,
) -> Body:
    """Return what the record of a carrier says."""
    register = Register(begin.total_l, end.total_l)
    return Body(
        start_ms=begin.time_ms,
        end_ms=end.time_ms,
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

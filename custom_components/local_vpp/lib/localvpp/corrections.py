"""When a settled slot's value has changed, and what its CORRECTION record says: one rule for all. Pure.

A slot is closed by the first SETTLED record of it, or of a later one where nobody told of it in time; that record says
how many entries were looked at. What a party's meter had told by then stays, whatever comes later: it was shared, and
signed. What it had not told is unknown or estimated, and becomes what the meter tells once its records are all there.
That, and whatever changes it again, is a correction: from what the slot was taken for to what it is taken for now. The
first begins with what the closing record's entries say, each further one where the one before has ended, so they are
a chain, and the newest counts. So a log of any length has one right set of corrections.

A party is its name, as its devices were enrolled under it: the value is the same whichever box has told it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .etp import Basis, Body, Correction, DeviceId, SlotValue, TimeStatus
from .meterslot import MeterSlot, Told, meter_slot
from .settlement.month import substitutes

NOT_ESTIMATED: Final = frozenset({"bulk"})
"""Parties for whom nothing stands in: what the building draws is unknown where its own meter has not told it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An interval record at its place in the log."""

    index: int
    told: Told


@dataclass(frozen=True, slots=True)
class SlotRecords:
    """What the log has of one party's slot."""

    closed: int | None
    """How many entries were looked at when the slot was closed; None: it is not."""
    told: Mapping[DeviceId, Sequence[Placed]]
    """The records of each device of the party, in the order of the log; devices in the order of their enrolment."""


@dataclass(frozen=True, slots=True)
class _Measured:
    device: DeviceId
    meter: MeterSlot

    @property
    def value(self) -> SlotValue:
        return _value(self.meter, Basis.MEASURED, None)


@dataclass(frozen=True, slots=True)
class Party:
    """A party's slots, as far as a correction asks for them."""

    name: str
    seconds: int
    slots: Mapping[int, SlotRecords]
    """The slot in question, and those of earlier weeks that may stand in for it."""

    def due(self, slot: int, size: int, last: Correction | None) -> tuple[DeviceId, Correction] | None:
        """Return what the first entries of the log correct of a slot, and whose records tell it; None: nothing.

        Args:
            slot: it is closed.
            size: so many entries are looked at.
            last: what was corrected of it last.
        """
        closed = self.slots[slot].closed
        assert closed is not None, "only what is closed is corrected"
        then = self._measured(slot, closed)
        now = self._measured(slot, size)
        was = last.after if last is not None else then.value if then is not None else None
        if was is not None and not was.is_measured:
            was = None
        if was == (None if now is None else now.value):
            return None
        before = last.after if last is not None else self._taken(slot, closed)
        device = now.device if now is not None else self._teller(slot, was)
        return device, Correction(before, self._taken(slot, size))

    def _measured(self, slot: int, size: int) -> _Measured | None:
        """Return what the meter has told of a slot to the first entries."""
        records = self.slots.get(slot)
        if records is None:
            return None
        if records.closed is not None and records.closed < size:
            known = self._of(slot, records, records.closed)
            if known is not None:
                return known
        return self._of(slot, records, size)

    def _of(self, slot: int, records: SlotRecords, size: int) -> _Measured | None:
        found = None
        for device, placed in records.told.items():
            meter = meter_slot(device, slot, self.seconds, [each.told for each in placed if each.index < size])
            if meter is not None:
                found = _Measured(device, meter)
        return found

    def _taken(self, slot: int, size: int) -> SlotValue | None:
        """Return what a slot is taken for by the first entries: what is measured, or what stands in."""
        measured = self._measured(slot, size)
        if measured is not None:
            return measured.value
        if self.name in NOT_ESTIMATED:
            return None
        for before in substitutes(slot):
            other = self._measured(before, size)
            if other is not None:
                return _value(other.meter, Basis.EARLIER_WEEK, before)
        return None

    def _teller(self, slot: int, value: SlotValue | None) -> DeviceId:
        """Return whose the records are that a value was measured by."""
        assert value is not None, "what was unknown and is unknown is no change"
        names = set(value.records)
        return next(
            device
            for device, placed in self.slots[slot].told.items()
            if any(each.told.name in names for each in placed)
        )


def _value(meter: MeterSlot, basis: Basis, estimated_from: int | None) -> SlotValue:
    return SlotValue(
        basis=basis,
        import_wh=meter.use.import_wh,
        export_wh=meter.use.export_wh,
        records=tuple(sorted(meter.records)),
        estimated_from=estimated_from,
    )


def correction_body(
    party: str, slot: int, seconds: int, due: tuple[DeviceId, Correction], *, building: DeviceId, at_ms: int, size: int
) -> Body:
    """Return the body of a CORRECTION record: from the building to whose meter it was, by the first `size` entries."""
    device, correction = due
    return Body(
        start_ms=slot * 1000,
        end_ms=at_ms,
        slot_seconds=seconds,
        sender=building,
        receiver=device,
        energy_wh=0,
        attributes=(),
        time_status=TimeStatus.INFORMATIVE,
        place=party,
        log_size=size,
        correction=correction,
    )

"""What is wrong with how settled slots were corrected, for whoever has all records. Pure.

Which corrections a log must have follows from it (`corrections`): for each there is one right record, by the number of
entries that it names. So one that is made up, wrong, or missing is found. None is missing yet for what the last
settled slot has not looked at: the building writes them before it settles the next.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..corrections import Party, Placed, SlotRecords
from ..etp import Correction, DeviceId, Kind, SlotValue
from ..meterslot import Told
from ..settlement.month import substitutes
from .auditedlog import AuditedLog, Entry


class CorrectedLog:
    """A log, asked for the corrections of its slots."""

    def __init__(self, log: AuditedLog) -> None:
        self._log = log
        self._ends = [entry for entry in log.entries if entry.record.kind is Kind.SETTLED]
        self._devices: dict[str, list[DeviceId]] = defaultdict(list)
        self._names: dict[DeviceId, str] = {}
        for device, record in log.enrolled(log.size).items():
            name = record.body.place or ""
            self._names[device] = name
            self._devices[name].append(device)

    @property
    def concerned(self) -> frozenset[int]:
        """The slots that were corrected, or may have to be."""
        told = {entry.record.envelope.slot for entry in self._log.entries if entry.record.kind is Kind.CORRECTION}
        for entry in self._log.entries:
            if entry.record.kind is Kind.INTERVAL:
                closed = self._closed(entry.record.envelope.slot)
                if closed is not None and entry.index >= closed:
                    told.add(entry.record.envelope.slot)
        return frozenset(told)

    def findings(self, slot: int) -> tuple[str, ...]:
        """Return all that is wrong with a slot's corrections; nothing where they are as they must be."""
        return tuple(f"slot {slot}: {finding}" for finding in self._audit(slot))

    def erased(self, slot: int) -> bool:
        """Whether something was erased that tells what a slot was taken for: nobody can run it again."""
        return not self._log.erased.isdisjoint((slot, *substitutes(slot)))

    def _closed(self, slot: int) -> int | None:
        """Return how many entries were looked at when a slot was closed."""
        # Slots are settled in their order.
        at = bisect_left(self._ends, slot, key=lambda each: each.record.envelope.slot)
        return self._ends[at].record.body.log_size if at < len(self._ends) else None

    def _audit(self, slot: int) -> Iterator[str]:
        closed = self._closed(slot)
        entries = self._log.of_slot(Kind.CORRECTION, slot)
        if closed is None:
            for entry in entries:
                yield f"entry {entry.index} corrects it, and it is not settled"
            return
        by_name: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_name[entry.record.body.place or ""].append(entry)
        late = {
            self._names[entry.record.envelope.device]
            for entry in self._log.of_slot(Kind.INTERVAL, slot)
            if entry.index >= closed
        }
        for name in sorted(by_name.keys() | late):
            if name in self._devices:
                yield from self._of_party(slot, closed, self._party(slot, name), by_name[name])
            else:
                yield f"entry {by_name[name][0].index} corrects what {name} was taken for, who was never enrolled"

    def _of_party(self, slot: int, closed: int, party: Party, told: Sequence[Entry]) -> Iterator[str]:
        looked, last = closed, None
        for entry in told:
            body = entry.record.body
            size = body.log_size or 0
            if not looked < size <= entry.index:
                yield f"entry {entry.index} corrects it by {size} entries, and {looked} were looked at before"
                return
            due = party.due(slot, size, last)
            if due is None:
                yield f"entry {entry.index} corrects what {party.name} was taken for, and nothing that came changes it"
                return
            device, must = due
            said = body.correction
            if said != must or (body.sender, body.receiver) != (self._log.building, device):
                yield (
                    f"entry {entry.index} corrects what {party.name} was taken for {_change(said)}, and it is to be "
                    f"{_change(must)}"
                )
                return
            looked, last = size, must
        upto = self._ends[-1].record.body.log_size or 0
        if upto > looked and (due := party.due(slot, upto, last)) is not None:
            yield (
                f"no record corrects what {party.name} was taken for {_change(due[1])}, which follows from what came "
                "before later slots were settled"
            )

    def _party(self, slot: int, name: str) -> Party:
        slots = {at: SlotRecords(self._closed(at), self._told(name, at)) for at in (slot, *substitutes(slot))}
        return Party(name, self._ends[0].record.body.slot_seconds, slots)

    def _told(self, name: str, slot: int) -> dict[DeviceId, list[Placed]]:
        told: dict[DeviceId, list[Placed]] = {device: [] for device in self._devices[name]}
        for entry in self._log.of_slot(Kind.INTERVAL, slot):
            of = told.get(entry.record.envelope.device)
            if of is not None:
                of.append(Placed(entry.index, Told(entry.record.hash, entry.record.body)))
        return told


def _change(correction: Correction | None) -> str:
    if correction is None:
        return "by nothing"
    return f"from {_value(correction.before)} to {_value(correction.after)}"


def _value(value: SlotValue | None) -> str:
    if value is None:
        return "nothing"
    by = "" if value.estimated_from is None else f", estimated from slot {value.estimated_from}"
    names = ", ".join(name.hex()[:16] for name in value.records)
    return f"{value.import_wh} Wh drawn and {value.export_wh} Wh given (records {names}{by})"

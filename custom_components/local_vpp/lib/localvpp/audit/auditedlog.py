"""The log as an auditor has it: every entry opened, every key at its time. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from ..etp import DeviceId, Directory, EtpError, Kind, Line, Record


class AuditError(Exception):
    """What is to be audited is no log: says which entry, and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record at its place."""

    index: int
    record: Record


class AuditedLog:
    """All entries of a log, replayed: signatures, chains, and who may write what (`etp.Directory`)."""

    def __init__(self, origin: str, entries: Sequence[Entry], lines: dict[DeviceId, list[tuple[int, Line]]]) -> None:
        self.origin = origin
        self.entries = entries
        self._lines = lines
        self._of: dict[tuple[Kind, int], list[Entry]] = defaultdict(list)
        for entry in entries:
            self._of[entry.record.kind, entry.record.envelope.slot].append(entry)
        self.building = entries[0].record.envelope.device
        self._reached: list[tuple[int, int]] = []
        for entry in entries:
            told = (entry.record.body.end_ms, entry.index)
            self._reached.append(max(self._reached[-1], told) if self._reached else told)

    @classmethod
    def of(cls, origin: str, records: Iterable[tuple[int, Record]]) -> Self:
        """Replay a log from its first entry. Raises AuditError."""
        directory = Directory(origin)
        entries: list[Entry] = []
        lines: dict[DeviceId, list[tuple[int, Line]]] = defaultdict(list)
        for index, record in records:
            if index != len(entries):
                raise AuditError(f"entry {len(entries)} is missing: all of a log are needed, in their order")
            try:
                directory.take(record.signed, directory.check(record.signed))
            except EtpError as error:
                raise AuditError(f"entry {index}: {error}") from error
            entries.append(Entry(index, record))
            envelope = record.envelope
            named = None if envelope.enrolled is None else envelope.enrolled.device
            for device in {envelope.device, envelope.concerns, named} - {None}:
                assert device is not None, "it was taken out"
                line = directory.roster.line(device)
                if not lines[device] or lines[device][-1][1] != line:
                    lines[device].append((index, line))
        if not entries:
            raise AuditError("there are no entries")
        return cls(origin, entries, dict(lines))

    def of_slot(self, kind: Kind, slot: int) -> Sequence[Entry]:
        """Return a slot's entries of a kind, in their order."""
        return self._of.get((kind, slot), ())

    def line(self, device: DeviceId, size: int) -> Line | None:
        """Return what the first entries say of a device; None where it was not enrolled."""
        known = self._lines.get(device, [])
        at = bisect_left(known, size, key=lambda each: each[0])
        return known[at - 1][1] if at else None

    def reached(self, size: int) -> tuple[int, int]:
        """Return until when any of the first entries tells, and the last that tells so much."""
        assert 0 < size <= len(self._reached), "a part of the log that is not empty"
        return self._reached[size - 1]

    def enrolled(self, size: int) -> dict[DeviceId, Record]:
        """Return the enrolments among the first entries, by device."""
        found = {}
        for entry in self.entries[:size]:
            named = entry.record.envelope.enrolled
            if entry.record.kind is Kind.ENROL and named is not None:
                found[named.device] = entry.record
        return found

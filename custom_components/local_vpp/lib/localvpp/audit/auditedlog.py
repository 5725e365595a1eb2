"""The log as an auditor has it: every entry that was not erased opened, every key at its time. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

from ..agreeing import KeyHistory
from ..etp import DeviceId, Directory, EtpError, Kind, Line, Record, SignedEnvelope


class AuditError(Exception):
    """What is to be audited is no log: says which entry, and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record at its place."""

    index: int
    record: Record


class AuditedLog:
    """All entries of a log, replayed: signatures, chains, and who may write what (`etp.Directory`)."""

    def __init__(
        self,
        origin: str,
        entries: Sequence[Entry],
        lines: dict[DeviceId, list[tuple[int, Line]]],
        erased: frozenset[int] = frozenset(),
        *,
        size: int,
        unopened: Sequence[tuple[int, Kind]] = (),
    ) -> None:
        self.origin = origin
        self.size = size
        """How many entries it has, with those that cannot be read."""
        self.entries = entries
        """Those that are there to be read."""
        self.erased = erased
        """Slots of which something was erased: nobody can run them again."""
        self.unopened = unopened
        """Index and kind of the entries whose bodies are not there."""
        self._lines = lines
        self._of: dict[tuple[Kind, int], list[Entry]] = defaultdict(list)
        for entry in entries:
            self._of[entry.record.kind, entry.record.envelope.slot].append(entry)
        self._enrolments = [entry for entry in entries if entry.record.kind is Kind.ENROL]
        self.building = entries[0].record.envelope.device
        self._reached = list(accumulate(((entry.record.body.end_ms, entry.index) for entry in entries), max))

    @classmethod
    def of(cls, origin: str, records: Iterable[tuple[int, Record | SignedEnvelope]]) -> Self:
        """Replay a log from its first entry; of one whose body was erased there is the envelope. Raises AuditError."""
        directory = Directory(origin)
        entries: list[Entry] = []
        erased: set[int] = set()
        unopened: list[tuple[int, Kind]] = []
        lines: dict[DeviceId, list[tuple[int, Line]]] = defaultdict(list)
        size = 0
        for index, told in records:
            if index != size:
                raise AuditError(f"entry {size} is missing: all of a log are needed, in their order")
            size += 1
            signed = told.signed if isinstance(told, Record) else told
            try:
                directory.take(signed, directory.check(signed))
            except EtpError as error:
                raise AuditError(f"entry {index}: {error}") from error
            envelope = signed.envelope
            if isinstance(told, Record):
                entries.append(Entry(index, told))
            else:
                erased.add(envelope.slot)
                unopened.append((index, envelope.kind))
            named = None if envelope.enrolled is None else envelope.enrolled.device
            for device in {envelope.device, envelope.concerns, named} - {None}:
                assert device is not None, "it was taken out"
                line = directory.roster.line(device)
                if not lines[device] or lines[device][-1][1] != line:
                    lines[device].append((index, line))
        if not entries:
            raise AuditError("there are no entries")
        return cls(origin, entries, dict(lines), frozenset(erased), size=size, unopened=unopened)

    def of_slot(self, kind: Kind, slot: int) -> Sequence[Entry]:
        """Return a slot's entries of a kind, in their order."""
        return self._of.get((kind, slot), ())

    def naming(self, kind: Kind, slot: int, document: bytes) -> Entry | None:
        """Return a slot's first entry of a kind that names a document, by its hash."""
        return next((each for each in self.of_slot(kind, slot) if each.record.body.evidence == (document,)), None)

    def line(self, device: DeviceId, size: int) -> Line | None:
        """Return what the first entries say of a device; None where it was not enrolled."""
        known = self._lines.get(device, [])
        at = bisect_left(known, size, key=lambda each: each[0])
        return known[at - 1][1] if at else None

    def history(self, device: DeviceId) -> KeyHistory:
        """Return what all entries say of a device's keys."""
        return KeyHistory.of(self._lines.get(device, []))

    def reached(self, size: int) -> tuple[int, int]:
        """Return until when any of the first entries tells, and the last that tells so much."""
        at = bisect_left(self.entries, size, key=lambda each: each.index)
        assert at, "a log begins with what is not erased"
        return self._reached[at - 1]

    def enrolled(self, size: int) -> dict[DeviceId, Record]:
        """Return the enrolments among the first entries, by device."""
        known = self._enrolments[: bisect_left(self._enrolments, size, key=lambda each: each.index)]
        return {named.device: entry.record for entry in known if (named := entry.record.envelope.enrolled) is not None}

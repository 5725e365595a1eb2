"""Which records the log takes: pure rules on one record, and on its place in its device's chain.

A refusal is for the sender: a code to act on and a sentence to read. Rules that need a look at the log (the same seq
again) are the sequencer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from localvpp.etp import (
    COSIGNING,
    DeviceId,
    EtpError,
    FieldError,
    Kind,
    Record,
    RecordHash,
    SignatureError,
    record_hash,
)
from localvpp.etp.directory import BUILDING_ONLY
from localvpp.slots import BOUNDARY_TOLERANCE_MS, METERED
from localvpp.wire import Code, RecordResult

from ..store import Member, Role

FUTURE_MS: Final = 5_000
"""How far the time of a record or a frame may lie ahead of this clock: two synchronised clocks differ by less."""

KEY_TAKEN: Final = "the key that it names signs for something else already: make a fresh one"
"""Why a key is not taken that would speak for two."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is not taken."""

    name: RecordHash
    code: Code
    message: str

    @property
    def result(self) -> RecordResult:
        """What its sender is told."""
        return RecordResult(self.name, None, (), self.code, self.message)


@dataclass(frozen=True, slots=True)
class Examiner:
    """Examines records by themselves. A value: safe to use in any thread."""

    origin: str
    building: DeviceId
    directory: Mapping[DeviceId, Member]
    now_ms: int

    def examine(self, sealed: bytes, sender: DeviceId) -> Record | Refusal:
        """Return the record if it is sound, signed by its sender and one that he may write."""
        try:
            record = Record.decode(sealed)
        except EtpError as error:
            return Refusal(record_hash(sealed), Code.BAD_RECORD, str(error))
        member = self.directory.get(sender)
        if member is None:
            return Refusal(record.hash, Code.UNKNOWN_FLAT, f"device {sender.hex()} is not enrolled: enrol it first")
        if record.envelope.device != sender:
            return Refusal(
                record.hash,
                Code.WRONG_DEVICE,
                f"the record is of device {record.envelope.device.hex()}, sent by {sender.hex()}: "
                "every device sends its own",
            )
        try:
            record.verify(member.key, self.origin)
        except FieldError as error:
            return Refusal(record.hash, Code.BAD_RECORD, str(error))
        except SignatureError as error:
            return Refusal(record.hash, Code.BAD_SIGNATURE, str(error))
        if record.kind in BUILDING_ONLY and member.role is not Role.BUILDING:
            return Refusal(
                record.hash, Code.NOT_YOURS_TO_SAY, f"only the building writes {record.kind.name.lower()} records"
            )
        if record.body.end_ms > self.now_ms + FUTURE_MS:
            ahead = (record.body.end_ms - self.now_ms) / 1000
            return Refusal(
                record.hash, Code.FROM_THE_FUTURE, f"the record ends {ahead:.1f} s ahead of this clock: check yours"
            )
        problem = self._problem(record, member)
        return record if problem is None else Refusal(record.hash, Code.BAD_RECORD, problem)

    def _problem(self, record: Record, member: Member) -> str | None:
        slot, body = record.envelope.slot, record.body
        if slot % body.slot_seconds or 3600 % body.slot_seconds:
            return f"slot {slot} does not begin a slot of {body.slot_seconds} s: slots are aligned to the hour"
        if member.role is Role.BUILDING:
            if record.kind not in BUILDING_ONLY:
                return f"the building itself writes no {record.kind.name.lower()} records: its meters do"
            return None
        if record.kind in COSIGNING:
            return self._naming_problem(record, member)
        if record.kind not in METERED:
            return f"{record.kind.name.lower()} records are not in use"
        if {body.sender, body.receiver} != {member.device, self.building}:
            return "the energy of a meter moves between its device and the building: sender and receiver are others"
        if record.kind is Kind.INTERVAL:
            begin, end = slot * 1000, (slot + body.slot_seconds) * 1000
            if body.start_ms < begin - BOUNDARY_TOLERANCE_MS or body.end_ms > end + BOUNDARY_TOLERANCE_MS:
                return f"the interval from {body.start_ms} to {body.end_ms} ms is not of slot {slot}: write it as a gap"
        counted = body.imported if body.receiver == member.device else body.exported
        if counted is None or body.imported is None or body.exported is None:
            return "a meter's record carries both registers, import and export"
        if counted.moved != body.energy_wh:
            return f"the record says {body.energy_wh} Wh, but its register counted {counted.moved} Wh"
        return None

    def _naming_problem(self, record: Record, member: Member) -> str | None:
        named = record.envelope.enrolled
        assert named is not None, "a record of this kind without a key is not read"
        if member.role is not Role.FLAT:
            return "only flats witness and mirror the log"
        if record.body.energy_wh:
            return f"a {record.kind.name} record moves no energy, this one says {record.body.energy_wh} Wh"
        own = member.witness if record.kind is Kind.WITNESS else member.mirror
        taken = any(named.key in (each.key, each.witness, each.mirror) for each in self.directory.values())
        if taken and named.key != own:
            return KEY_TAKEN
        return None

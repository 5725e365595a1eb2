"""Which records the log takes: pure rules on one record by itself.

Whether its device may write it at its place in the log is for the roster to say (`localvpp.etp.roster`), by the same
rule that an auditor replays; here are only the rules that need the body or a clock, which an auditor does not have.
A refusal is for the sender: a code to act on and a sentence to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from localvpp.etp import (
    COSIGNING,
    AuthorityError,
    DeviceId,
    EtpError,
    FieldError,
    KeyInUseError,
    Kind,
    PublicKey,
    Record,
    RecordHash,
    RevokedError,
    SignatureError,
    SuspendedError,
    UnknownDeviceError,
    record_hash,
)
from localvpp.etp.roster import BUILDING_ONLY
from localvpp.slots import BOUNDARY_TOLERANCE_MS, METERED
from localvpp.wire import Code, RecordResult

from ..store import Member, Role

FUTURE_MS: Final = 5_000
"""How far the time of a record or a frame may lie ahead of this clock: two synchronised clocks differ by less."""


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


def refusal(record: Record, error: EtpError) -> Refusal:
    """Return what a sender is told when the roster does not admit his record."""
    match error:
        case SignatureError():
            code = Code.BAD_SIGNATURE
        case SuspendedError():
            code = Code.SUSPENDED
        case RevokedError():
            code = Code.REVOKED
        case UnknownDeviceError():
            code = Code.UNKNOWN_FLAT
        case AuthorityError() if not isinstance(error, KeyInUseError):
            code = Code.NOT_YOURS_TO_SAY
        case _:
            code = Code.BAD_RECORD
    return Refusal(record.hash, code, str(error))


@dataclass(frozen=True, slots=True)
class Examiner:
    """Examines records by themselves. A value: safe to use in any thread."""

    origin: str
    building: DeviceId
    directory: Mapping[DeviceId, Member]
    now_ms: int

    def examine_all(self, sealed: Sequence[bytes], sender: DeviceId) -> list[Record | Refusal]:
        """Examine records of one chain in their order: after a rotation they are signed with the key that it names."""
        examined: list[Record | Refusal] = []
        fresh: tuple[PublicKey, ...] = ()
        for each in sealed:
            record = self.examine(each, sender, fresh)
            examined.append(record)
            if isinstance(record, Record) and record.kind is Kind.ROTATE and record.envelope.enrolled is not None:
                fresh = (*fresh, record.envelope.enrolled.key)
        return examined

    def examine(self, sealed: bytes, sender: DeviceId, fresh: Sequence[PublicKey] = ()) -> Record | Refusal:
        """Return the record if it is sound and signed with a key that its sender has, had or is about to have.

        With one that he had, it can only be a record that is logged already, sent again.
        """
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
        key_id = record.signed.statement.header.key_id
        known = member.line.key_with(key_id) or next((key for key in fresh if key.key_id == key_id), member.key)
        try:
            record.verify(known, self.origin)
        except FieldError as error:
            return Refusal(record.hash, Code.BAD_RECORD, str(error))
        except SignatureError as error:
            return Refusal(record.hash, Code.BAD_SIGNATURE, str(error))
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
        if record.kind in BUILDING_ONLY:
            return None  # The roster knows who is the building.
        if record.kind is Kind.ROTATE:
            return self._energy_problem(record)
        if member.role is Role.BUILDING:
            return f"the building itself writes no {record.kind.name.lower()} records: its meters do"
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
        if member.role is not Role.FLAT:
            return "only flats witness and mirror the log"
        return self._energy_problem(record)

    @staticmethod
    def _energy_problem(record: Record) -> str | None:
        if record.body.energy_wh:
            return f"a {record.kind.name} record moves no energy, this one says {record.body.energy_wh} Wh"
        return None

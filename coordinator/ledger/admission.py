"""Which records the log takes: pure rules on one record by itself.

Whether its device may write it at its place in the log is for the roster to say (`localvpp.etp.roster`), by the same
rule that an auditor replays; here are only the rules that need the body or a clock, which an auditor does not have.
A refusal is for the sender: a code to act on and a sentence to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final, NamedTuple

from localvpp.drill_record import drill_problem
from localvpp.etp import (
    CONCERNING,
    COSIGNING,
    KEYED,
    METERED,
    AuthorityError,
    Body,
    DeviceId,
    EtpError,
    FieldError,
    KeyId,
    KeyInUseError,
    Kind,
    Opened,
    PublicKey,
    Reader,
    Record,
    RecordHash,
    RevokedError,
    SignatureError,
    SignedEnvelope,
    SuspendedError,
    UnknownDeviceError,
    record_hash,
)
from localvpp.etp.roster import BUILDING_ONLY
from localvpp.market_record import orders_problem
from localvpp.slots import BOUNDARY_TOLERANCE_MS
from localvpp.wire import Code, RecordResult

from ..store import Member, Role

FUTURE_MS: Final = 5_000
"""How far the time of a record or a frame may lie ahead of this clock: two synchronised clocks differ by less."""

_AT_ONCE: Final = 32
"""Records that are read before their signatures are verified."""

_WORDS: Final = KEYED | CONCERNING
"""Kinds of which the roster has to know more than who writes them."""


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


class Admitted(NamedTuple):
    """What the log needs to know of a record that is sound by itself."""

    hash: RecordHash
    device: DeviceId
    epoch: int
    seq: int
    prev: RecordHash
    kind: Kind
    slot: int
    end_ms: int
    envelope: bytes
    salt: bytes
    body: bytes
    key_id: KeyId
    """What it is signed with: a key that its device has, had or is about to have."""
    word: SignedEnvelope | None
    """What the roster has to look at when the record brings a key or is about a device; None for all others."""


type Verdict = Admitted | Refusal


def refusal(name: RecordHash, error: EtpError) -> Refusal:
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
    return Refusal(name, code, str(error))


@dataclass(frozen=True, slots=True)
class Basis:
    """What records are examined by."""

    building: DeviceId
    members: Mapping[DeviceId, Member]
    now_ms: int


class Examiner:
    """Examines records by themselves. It remembers only what makes it quick: safe to use in any thread."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._readers: dict[DeviceId, Reader] = {}

    def examine(self, batch: Sequence[tuple[DeviceId, Sequence[bytes]]], basis: Basis) -> list[list[Verdict]]:
        """Admit of each sender's records those that are sound, signed by their sender and such as it may write.

        A record may be signed with a key that its sender had: then it can only be one that is logged already, sent
        again.
        """
        verdicts: list[list[Verdict]] = []
        for sender, sealed in batch:
            member = basis.members.get(sender)
            if member is None:
                verdicts.append([self._carefully(each, sender, None, basis) for each in sealed])
            else:
                verdicts.append(self._chain(sealed, member, basis))
        return verdicts

    def _chain(self, sealed: Sequence[bytes], member: Member, basis: Basis) -> list[Verdict]:
        """Examine the records of one chain in their order: after a rotation they are signed with the key it names."""
        reader = self._reader(member)
        verdicts: list[Verdict] = []
        fresh: tuple[PublicKey, ...] = ()
        # Some are read, and then verified: one by one, OpenSSL's tables and Python's code would drive each other out
        # of the processor's caches, and more at a time would not fit there.
        for some in batched(sealed, _AT_ONCE, strict=False):
            read: list[Opened | Verdict] = []
            for each in some:
                found = reader.read(each) or self._carefully(each, member.device, member, basis, fresh)
                read.append(found)
                if isinstance(found, Admitted) and found.word is not None and found.kind is Kind.ROTATE:
                    named = found.word.envelope.enrolled
                    assert named is not None, "a rotation brings a key"
                    fresh = (*fresh, named.key)
            verdicts += [self._quickly(each, member, basis) if isinstance(each, Opened) else each for each in read]
        return verdicts

    def _reader(self, member: Member) -> Reader:
        reader = self._readers.get(member.device)
        if reader is None or reader.key != member.key:
            reader = self._readers[member.device] = Reader(member.device, member.key, self._origin)
        return reader

    def _quickly(self, opened: Opened, member: Member, basis: Basis) -> Verdict:
        """Judge a record that was read as one of the member's for this building."""
        try:
            member.key.verify(opened.signature, opened.signed)
        except SignatureError as error:
            return Refusal(opened.hash, Code.BAD_SIGNATURE, str(error))
        refused = self._refused(opened.hash, opened.kind, opened.slot, opened.body, member, basis)
        return refused or Admitted(
            opened.hash,
            member.device,
            opened.epoch,
            opened.seq,
            opened.prev,
            opened.kind,
            opened.slot,
            opened.body.end_ms,
            opened.envelope,
            opened.salt,
            opened.encoded,
            member.key.key_id,
            None,
        )

    def _carefully(
        self, sealed: bytes, sender: DeviceId, member: Member | None, basis: Basis, fresh: Sequence[PublicKey] = ()
    ) -> Verdict:
        """Judge any bytes, and say what is wrong with them. After a rotation, `fresh` is what it named."""
        try:
            record = Record.decode(sealed)
        except EtpError as error:
            return Refusal(record_hash(sealed), Code.BAD_RECORD, str(error))
        envelope, statement = record.envelope, record.signed.statement
        if member is None:
            return Refusal(record.hash, Code.UNKNOWN_FLAT, f"device {sender.hex()} is not enrolled: enrol it first")
        if envelope.device != sender:
            return Refusal(
                record.hash,
                Code.WRONG_DEVICE,
                f"the record is of device {envelope.device.hex()}, sent by {sender.hex()}: every device sends its own",
            )
        key_id = statement.header.key_id
        known = member.line.key_with(key_id) or next((key for key in fresh if key.key_id == key_id), member.key)
        try:
            record.verify(known, self._origin)
        except FieldError as error:
            return Refusal(record.hash, Code.BAD_RECORD, str(error))
        except SignatureError as error:
            return Refusal(record.hash, Code.BAD_SIGNATURE, str(error))
        refused = self._refused(record.hash, record.kind, envelope.slot, record.body, member, basis)
        return refused or Admitted(
            record.hash,
            sender,
            envelope.epoch,
            envelope.seq,
            envelope.prev,
            envelope.kind,
            envelope.slot,
            record.body.end_ms,
            statement.data,
            record.salt,
            record.encoded,
            key_id,
            record.signed if envelope.kind in _WORDS else None,
        )

    def _refused(
        self, name: RecordHash, kind: Kind, slot: int, body: Body, member: Member, basis: Basis
    ) -> Refusal | None:
        if body.end_ms > basis.now_ms + FUTURE_MS:
            ahead = (body.end_ms - basis.now_ms) / 1000
            return Refusal(
                name, Code.FROM_THE_FUTURE, f"the record ends {ahead:.1f} s ahead of this clock: check yours"
            )
        problem = _problem(kind, slot, body, member, basis.building)
        return None if problem is None else Refusal(name, Code.BAD_RECORD, problem)


def _problem(kind: Kind, slot: int, body: Body, member: Member, building: DeviceId) -> str | None:
    """Say why the member may not write this, if so."""
    if slot % body.slot_seconds or 3600 % body.slot_seconds:
        return f"slot {slot} does not begin a slot of {body.slot_seconds} s: slots are aligned to the hour"
    if kind in BUILDING_ONLY:
        return None  # The roster knows who is the building.
    if kind is Kind.ROTATE:
        return _energy_problem(kind, body)
    if kind is Kind.ORDERS:
        return orders_problem(slot, body, member.device, building) or _ordered_by_no_flat(member)
    if kind is Kind.DRILL:
        return drill_problem(slot, body, member.device) or _drilled_by_no_meter(member)
    if member.role is Role.BUILDING:
        return f"the building itself writes no {kind.name.lower()} records: its meters do"
    if kind in COSIGNING:
        return _naming_problem(kind, body, member)
    if kind is Kind.SUPPLY:
        return _supply_problem(body, member, building)
    if kind not in METERED:
        return f"{kind.name.lower()} records are not in use"
    if {body.sender, body.receiver} != {member.device, building}:
        return "the energy of a meter moves between its device and the building: sender and receiver are others"
    if kind is Kind.INTERVAL:
        begin, end = slot * 1000, (slot + body.slot_seconds) * 1000
        if body.start_ms < begin - BOUNDARY_TOLERANCE_MS or body.end_ms > end + BOUNDARY_TOLERANCE_MS:
            return f"the interval from {body.start_ms} to {body.end_ms} ms is not of slot {slot}: write it as a gap"
    counted = body.imported if body.receiver == member.device else body.exported
    if counted is None or body.imported is None or body.exported is None:
        return "a meter's record carries both registers, import and export"
    if counted.moved != body.energy_wh:
        return f"the record says {body.energy_wh} Wh, but its register counted {counted.moved} Wh"
    if body.behind and (member.role is not Role.FLAT or body.receiver != member.device):
        return "counters of what is behind a meter stand in a flat's records of what came in, and in no others"
    return None


def _supply_problem(body: Body, member: Member, building: DeviceId) -> str | None:
    """Say what is wrong with what moved of another carrier: it is metered as energy is, and never shared."""
    if member.role is not Role.FLAT:
        return "only flats have meters of another carrier than electricity"
    if (body.sender, body.receiver) != (building, member.device):
        return "what a flat draws of a carrier comes from the building: sender and receiver are others"
    if body.imported is None or body.exported is not None:
        return "a record of a carrier carries the register of what was drawn, and no other"
    if body.imported.moved != body.energy_wh:
        return (
            f"the record says {body.energy_wh} {body.unit}, but its register counted {body.imported.moved} {body.unit}"
        )
    if body.seconds_root is not None or body.price is not None:
        return "a record of a carrier has neither frames nor a price"
    return None


def _drilled_by_no_meter(member: Member) -> str | None:
    if member.role not in {Role.FLAT, Role.BUILDING}:
        return "flats hold drills, and the building does; a meter holds none"
    return None


def _ordered_by_no_flat(member: Member) -> str | None:
    return None if member.role is Role.FLAT else "only flats order"


def _naming_problem(kind: Kind, body: Body, member: Member) -> str | None:
    if member.role is not Role.FLAT:
        return "only flats witness and mirror the log"
    return _energy_problem(kind, body)


def _energy_problem(kind: Kind, body: Body) -> str | None:
    if body.energy_wh:
        return f"a {kind.name} record moves no energy, this one says {body.energy_wh} Wh"
    return None

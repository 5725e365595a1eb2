"""What the log is proven to hold of a slot's round, and what a flat has to show when it does not agree. Pure.

A proof that does not hold says nothing about the building, for anybody between the two could have written it: it ends
the connection, and is no finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .. import tlog
from ..etp import DeviceId, FieldError, Kind, PublicKey, Record, cbor, parse_envelope
from ..lineage import Lineage
from ..store import Kept
from ..wire import LoggedEnvelope, OpenBook, Traded

AHEAD_MS: Final = 60_000
"""So far a flat's clock and the building's may be apart."""


@dataclass(frozen=True, slots=True)
class Log:
    """Whose log it is, and who signs what is in it."""

    origin: str
    lineage: Lineage
    key: tlog.Verifier


@dataclass(frozen=True, slots=True)
class Proven:
    """A record of the building's, and what proves it."""

    record: Record
    head: tlog.Checkpoint
    note: bytes


def prove_named(log: Log, kind: Kind, slot: int, document: bytes, said: OpenBook | Traded) -> Proven:
    """Return the building's record that names a slot's document, by its hash.

    Raises EtpError, TlogError.
    """
    record = Record.decode(said.record)
    record.verify(log.lineage.at(said.index), log.origin)
    envelope = record.envelope
    if (envelope.kind, envelope.slot, envelope.device) != (kind, slot, log.lineage.building):
        raise FieldError(f"record {record.hash.hex()} is no {kind.name} record of slot {slot}")
    if record.body.evidence != (document,):
        raise FieldError(f"record {record.hash.hex()} names another document than the one that came with it")
    note = said.checkpoint.encode()
    head = tlog.open_checkpoint(note, log.key, origin=log.origin).checkpoint
    prove_entry(head, said.index, record.signed.statement.data, said.proof)
    return Proven(record, head, note)


def prove_proposal(log: Log, said: OpenBook, result: bytes, head: tlog.Checkpoint) -> None:
    """Raise unless the log holds behind the book the building's record of a result that was proposed, by its hash.

    Raises EtpError, TlogError.
    """
    if (told := said.proposal) is None:
        return
    record = proposal_record(told.sealed, log.lineage.at(told.index), log, said.at.slot, result)
    if told.index < said.index:
        raise FieldError(f"the proposal is entry {told.index} of the log, before that of its book")
    prove_entry(head, told.index, record.signed.statement.data, told.proof)


def proposal_record(sealed: bytes, key: PublicKey, log: Log, slot: int, result: bytes) -> Record:
    """Return the building's record that it has taken a result which was proposed for a slot, by its hash.

    Raises EtpError.
    """
    record = Record.decode(sealed)
    record.verify(key, log.origin)
    envelope = record.envelope
    if (envelope.kind, envelope.slot, envelope.device) != (Kind.PROPOSAL, slot, log.lineage.building):
        raise FieldError(f"record {record.hash.hex()} is no PROPOSAL record of slot {slot}")
    if record.body.evidence != (result,):
        raise FieldError(f"record {record.hash.hex()} names another result than the one that came with it")
    return record


def devices_with_orders(
    head: tlog.Checkpoint, origin: str, slot: int, log_since: int, log_size: int, orders: Sequence[LoggedEnvelope]
) -> frozenset[DeviceId]:
    """Return of which devices a log is proven to hold ORDERS records of a slot among the entries of a round.

    Raises EtpError, TlogError.
    """
    devices = set()
    for each in orders:
        signed = parse_envelope(each.envelope)
        envelope = signed.envelope
        if (envelope.kind, envelope.slot, signed.building) != (Kind.ORDERS, slot, origin):
            raise FieldError(f"entry {each.index} is no ORDERS record of slot {slot}")
        if not log_since <= each.index < log_size:
            raise FieldError(f"entry {each.index} is none of the round's, which are from {log_since} to {log_size}")
        prove_entry(head, each.index, each.envelope, each.proof)
        devices.add(envelope.device)
    return frozenset(devices)


def prove_entry(head: tlog.Checkpoint, index: int, entry: bytes, proof: Sequence[bytes]) -> None:
    """Raise unless a head is proven to hold an entry: FieldError, TlogError."""
    path = [tlog.to_hash(step) for step in proof]
    if not 0 <= index < head.size:
        raise FieldError(f"entry {index} is proven by a head of {head.size} entries")
    tlog.verify_inclusion(head.size, index, tlog.leaf_hash(entry), path, head.root)


def testify(
    rules: bytes,
    closed: bytes | None,
    listed: bytes | None,
    taken: bytes | None,
    verdict: bytes | None,
    document: bytes | None,
    own: Sequence[Kept],
    proposed: tuple[bytes | None, bytes | None],
) -> bytes:
    """Return what a flat has to show against a round: what it was told, what it ordered, and that it was logged.

    testimony = [ rules: bstr, closed: bstr, listed: bstr, taken: bstr, verdict: bstr, document: bstr,
                  [* [ sealed record: bstr, ? ( index: uint, .tlog-proof: tstr ) ] ],
                  proposal: bstr, proposal record: bstr ]                                   ; empty where there is none
    """
    records: list[cbor.Value] = []
    for each in own:
        proven: list[cbor.Value] = [] if each.index is None or each.proof is None else [each.index, each.proof]
        records.append([each.record.encode(), *proven])
    told: list[cbor.Value] = [
        b"" if part is None else part for part in (rules, closed, listed, taken, verdict, document)
    ]
    return cbor.encode([*told, records, *(b"" if part is None else part for part in proposed)])

"""How a flat goes on whose own chain ends otherwise than the log's: it was restored from a backup. Pure.

The log has what the flat has forgotten. What it shows is adopted only when the flat's own key has signed it, when it
follows without a hole on the last record that was proven to the flat before, and when the log proves to hold it. From
there the chain goes on in the next epoch, with a gap for the energy since the last reading that the log knows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from . import tlog
from .etp import ChainError, DeviceId, EtpError, Head, Kind, MeterStatus, PublicKey, Record, SignatureError
from .slots import Reading
from .wire import LoggedRecord, TheRecords

MOST_ADOPTIONS: Final = 2
WITHIN_MS: Final = 3_600_000
"""A person restores a backup once, and perhaps another one. What adopts more often within an hour does so in turn
with a second copy of itself."""


class AdoptionError(Exception):
    """The log does not prove what it says of this flat's chain: nothing is adopted."""


class ForgedError(AdoptionError):
    """The log is proven to hold, in this flat's name, what cannot be its record: evidence against the log."""

    def __init__(self, message: str, evidence: bytes) -> None:
        super().__init__(message)
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Proven:
    """A record of the flat's own and where the log is proven to hold it."""

    record: Record
    index: int
    proof: str
    """Its .tlog-proof text."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a flat goes on from."""

    after: int
    """Seq of the last record that the flat had proven by itself."""
    records: tuple[Proven, ...]
    """The log's records after that."""
    head: Head
    """Of the last of them."""

    @property
    def epoch(self) -> int:
        """The epoch of what the flat writes from now on."""
        return self.head.epoch + 1


def check_records(
    told: TheRecords, head: Head, device: DeviceId, keys: Sequence[PublicKey], log_key: tlog.Verifier, origin: str
) -> tuple[tuple[Proven, ...], Head]:
    """Return the records that follow on a head of the flat's chain, each proven, and the head after them.

    `keys` are those that the flat is known to sign or to have signed with; rotations among the records name further
    ones. Raises AdoptionError; ForgedError where the log's own signature speaks against it.
    """
    known = {key.key_id: key for key in keys}
    knows_first = any(key.device_id == device for key in keys)
    checkpoint = told.checkpoint.encode()
    proven: list[Proven] = []
    for each in told.records:
        record, proof = _proven(each, checkpoint, log_key, origin)
        envelope = record.envelope
        evidence = each.sealed + b"\n" + proof.encode()
        if envelope.device != device:
            raise AdoptionError(f"the log shows a record of device {envelope.device.hex()}, not of this flat")
        key_id = record.signed.statement.header.key_id
        if key_id not in known and not knows_first:
            # It may have rotated away what it signed this with: that proves nothing against the log.
            raise AdoptionError(
                f"record {envelope.seq} is signed with the key {key_id.hex()}, which this flat does not know any more"
            )
        try:
            record.verify(known.get(key_id, keys[0]), origin)
        except SignatureError as error:
            raise ForgedError(
                f"the log holds record {envelope.seq} of this flat at {each.index}, which its key has not signed",
                evidence,
            ) from error
        except EtpError as error:
            raise AdoptionError(f"the log shows a record that is not for {origin}: {error}") from error
        if envelope.seq != head.seq + 1:
            raise AdoptionError(f"the log shows record {envelope.seq} where {head.seq + 1} is asked for")
        try:
            head = head.follow(envelope, record.hash)
        except ChainError as error:
            raise ForgedError(f"the log holds a chain of this flat that is none: {error}", evidence) from error
        known |= {key.key_id: key for key in rotated_to([record])}
        proven.append(Proven(record, each.index, proof.encode().decode()))
    return tuple(proven), head


def rotated_to(records: Iterable[Record]) -> list[PublicKey]:
    """Return the keys that rotations name, oldest first."""
    named = [record.envelope.enrolled for record in records if record.kind is Kind.ROTATE]
    return [each.key for each in named if each is not None]


def _proven(
    each: LoggedRecord, checkpoint: bytes, log_key: tlog.Verifier, origin: str
) -> tuple[Record, tlog.TlogProof]:
    try:
        record = Record.decode(each.sealed)
        proof = tlog.TlogProof(
            index=each.index, path=tuple(tlog.to_hash(step) for step in each.proof), checkpoint=checkpoint
        )
        tlog.verify_proof(proof, record.signed.statement.data, log_key, origin=origin)
    except (EtpError, tlog.TlogError) as error:
        raise AdoptionError(f"the log does not prove to hold what it shows at {each.index}: {error}") from error
    return record, proof


def last_reading(record: Record) -> Reading | None:
    """Return the registers at the end of a meter's record; None where the meter was exchanged then."""
    body = record.body
    if body.imported is None or body.exported is None or body.meter_status is MeterStatus.EXCHANGED:
        return None  # The new meter's first reading is in no record: from where the gap counts is not known.
    return Reading(body.end_ms, body.imported.end, body.exported.end, body.meter)


def too_often(adopted_ms: Sequence[int], now_ms: int) -> bool:
    """Whether one more adoption would be one too many. A clock that was set back does not make old ones younger."""
    return sum(abs(now_ms - each) < WITHIN_MS for each in adopted_ms) >= MOST_ADOPTIONS

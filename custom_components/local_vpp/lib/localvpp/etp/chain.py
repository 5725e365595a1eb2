"""The chain of one device: each record names the one before it.

The counter shows that a record was taken away, the hash pins content and order: two records of one
device with the same seq are signed evidence against it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
import secrets
from typing import Protocol

from .body import Body
from .envelope import FIRST_SEQ, NO_PREVIOUS, SALT_LENGTH, Enrolled, Envelope, Kind, RecordHash, parse
from .errors import ChainError, FieldError
from .foreseen import NextKey
from .keys import DeviceId, Signer
from .record import Record, checked, commitment


class Link(Protocol):
    """A record's place on its chain; every envelope has one."""

    @property
    def epoch(self) -> int: ...  # noqa: D102  (said by the envelope)

    @property
    def seq(self) -> int: ...  # noqa: D102  (said by the envelope)

    @property
    def prev(self) -> RecordHash: ...  # noqa: D102  (said by the envelope)


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of a device's chain; `EMPTY` before its first."""

    epoch: int
    seq: int
    hash: RecordHash

    def follow(self, link: Link, name: RecordHash) -> Head:
        """Return the head after a record.

        Raises ChainError, saying what was expected, when the record does not come next.
        """
        if link.seq != self.seq + 1:
            raise ChainError(f"seq {link.seq} does not follow {self.seq}: send record {self.seq + 1} first")
        if link.prev != self.hash:
            raise ChainError(f"record {link.seq} follows {link.prev.hex()}, but record {self.seq} is {self.hash.hex()}")
        if link.epoch < self.epoch:
            raise ChainError(f"epoch {link.epoch} is older than {self.epoch}")
        return Head(link.epoch, link.seq, name)


EMPTY = Head(epoch=0, seq=FIRST_SEQ - 1, hash=NO_PREVIOUS)


@dataclass(frozen=True, slots=True)
class Chain:
    """Writes the next record of a device. A value: `seal` returns the chain after the record."""

    device: DeviceId
    building: str
    """Origin of the building's log."""
    head: Head = EMPTY
    salts: Callable[[int], bytes] = field(default=secrets.token_bytes, compare=False, repr=False)
    """Draws a salt of so many bytes. Whoever can foretell it can guess what a record says: so another one is for
    records that are made up, and are to be the same each time."""

    def seal(
        self,
        signer: Signer,
        kind: Kind,
        slot: int,
        body: Body,
        enrolled: Enrolled | None = None,
        concerns: DeviceId | None = None,
        successor: Signer | None = None,
        next_key: NextKey | None = None,
    ) -> tuple[Record, Chain]:
        """Return the signed record and the chain that ends with it.

        A ROTATE record names its `successor`'s key, which signs it, too. Where a record brings a key of the building,
        `next_key` foresees the one after.

        Raises FieldError for a body that no reader would take: once signed, it would stop the chain for good.
        """
        encoded = body.encode()
        if Body.decode(encoded) != body:
            raise FieldError("the body does not read back as what it was written from")
        checked(kind, body)
        salt = self.salts(SALT_LENGTH)
        envelope = Envelope(
            device=self.device,
            epoch=self.head.epoch,
            seq=self.head.seq + 1,
            prev=self.head.hash,
            kind=kind,
            slot=slot,
            commitment=commitment(salt, encoded),
            enrolled=Enrolled(self.device, successor.public) if successor else enrolled,
            concerns=concerns,
            next_key=next_key,
        )
        if successor:
            envelope = replace(envelope, possession=successor.sign(envelope.to_possess(self.building)))
        signed = parse(envelope.sign(signer, self.building))
        assert signed.envelope == envelope
        record = Record(signed, salt, body, encoded)
        return record, replace(self, head=self.head.follow(envelope, record.hash))

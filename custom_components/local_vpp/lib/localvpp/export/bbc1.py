"""BBc-1 transactions (Beyond Blockchain One, transaction format 2): records for a ledger that others run.

All numbers are little-endian. A transaction of this room is always of one shape:

    wire        = u16 0 (plain format) ‖ header … signatures
    header      = u32 2 ‖ u64 time (ms) ‖ u16 32 (length of ids) ‖ u16 0 (events) ‖ u16 0 (references)
    relation    = u16 1 ‖ part(id(asset group) ‖ u16 n ‖ n × (u16 length ‖ pointer) ‖ part(asset) ‖ part() ‖ part())
    pointer     = id(transaction) ‖ u16 1 ‖ id(asset)
    asset       = id(asset) ‖ id(user) ‖ id(nonce) ‖ u32 size of file ‖ id(digest of file) ‖ u16 0 ‖ u16 length ‖ body
    witness     = u16 1 ‖ part(u16 1 ‖ id(user) ‖ u16 0)
    cross ref   = u16 0
    signatures  = u16 1 ‖ part(u32 2 (P-256) ‖ u32 bits ‖ public key ‖ u32 bits ‖ r ‖ s)
    part(x)     = u32 length ‖ x         id(x) = u16 length ‖ x

    id of the asset       = SHA-256(asset after its id)
    id of the transaction = SHA-256(SHA-256(header … witness) ‖ cross ref), which is what gets signed

How a record fills it: the asset group is SHA-256 of the building's origin, the asset's user SHA-256 of the device id,
its body the record in canonical JSON with its place in the log, its file the sealed record (.etp) itself, which stays
outside: the transaction has its size and SHA-256. The witness is the exporter, SHA-256 of whose public key is its user
id: the device cannot sign here, so the signature attests the export, and the record inside proves itself. Pointers
chain the transactions of a device as `prev` chains its records.

Nothing in an id is random or of the hour of export: time is the record's end, nonce the record's hash. Whoever has the
.etp file, its index and the transaction before can work out the same id, and an export made twice is one transaction.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NewType

from ..etp import Algorithm, DeviceId, PublicKey, Record, Signer
from ..tlog import leaf_hash
from .errors import MalformedError, UnfitError
from .plain import canonical_json, plain_record

Id = NewType("Id", bytes)
"""32 bytes that name a transaction, an asset, a group or a user."""

_ID_BYTES: Final = 32
_FORMAT_PLAIN: Final = 0x0000
_VERSION: Final = 2
_P256: Final = 2
_PUBLIC_BYTES: Final = 65
_SIGNATURE_BYTES: Final = 64
_MOST_BODY: Final = 0xFFFF
_NO_CROSS_REF: Final = bytes(2)
LARGEST: Final = 0x12000
"""Bytes of a transaction at most: a body of 64 KiB and some 500 around it."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """The transaction before, and its asset."""

    transaction: Id
    asset: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What a transaction is about."""

    user: Id
    nonce: Id
    file_size: int
    file_digest: Id
    body: bytes

    @property
    def id(self) -> Id:
        """The asset's name."""
        return _hash(self._content())

    def encode(self) -> bytes:
        """Return the asset with its name."""
        return _id(self.id) + self._content()

    def _content(self) -> bytes:
        return (
            _id(self.user)
            + _id(self.nonce)
            + _number(self.file_size, 4)
            + _id(self.file_digest)
            + _number(0, 2)
            + _number(len(self.body), 2)
            + self.body
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A transaction but for its signature."""

    time_ms: int
    asset_group: Id
    previous: Pointer | None
    asset: Asset
    witness: Id

    @property
    def id(self) -> Id:
        """The transaction's name."""
        return _hash(self.to_be_signed())

    def to_be_signed(self) -> bytes:
        """Return the bytes whose SHA-256 is the transaction's name, and what ECDSA signs."""
        return _hash(self.encode()) + _NO_CROSS_REF

    def encode(self) -> bytes:
        """Return header to witness."""
        pointers = b""
        if self.previous:
            pointer = _id(self.previous.transaction) + _number(1, 2) + _id(self.previous.asset)
            pointers = _number(len(pointer), 2) + pointer
        relation = (
            _id(self.asset_group)
            + _number(1 if self.previous else 0, 2)
            + pointers
            + _part(self.asset.encode())
            + _part(b"")
            + _part(b"")
        )
        header = _number(_VERSION, 4) + _number(self.time_ms, 8) + _number(_ID_BYTES, 2) + _number(0, 2) + _number(0, 2)
        witness = _number(1, 2) + _id(self.witness) + _number(0, 2)
        return header + _number(1, 2) + _part(relation) + _number(1, 2) + _part(witness)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transaction. Nothing is proven of one that was read until `verify`."""

    content: Unsigned
    key: PublicKey
    signature: bytes

    @property
    def id(self) -> Id:
        """The transaction's name."""
        return self.content.id

    def encode(self) -> bytes:
        """Return the transaction as it is sent and stored."""
        signature = (
            _number(_P256, 4)
            + _number(8 * len(self.key.data), 4)
            + self.key.data
            + _number(8 * len(self.signature), 4)
            + self.signature
        )
        return _number(_FORMAT_PLAIN, 2) + self.content.encode() + _NO_CROSS_REF + _number(1, 2) + _part(signature)

    def verify(self) -> None:
        """Raise SignatureError unless the key in the transaction has signed it. Whose it is, the caller must know.

        Raises MalformedError when its witness is the user of another key.
        """
        if self.content.witness != user_of_key(self.key):
            raise MalformedError("the transaction's witness is not the user of the key that signs it")
        self.key.verify(self.signature, self.content.to_be_signed())


# --- Records ------------------------------------------------------------------------------------------------


def group_of(origin: str) -> Id:
    """The asset group of a building."""
    return _hash(origin.encode())


def user_of_device(device: DeviceId) -> Id:
    """The user that a device is."""
    return _hash(device)


def user_of_key(key: PublicKey) -> Id:
    """The user that an exporter is."""
    return _hash(key.data)


def export(record: Record, index: int, signer: Signer, previous: Transaction | None) -> Transaction:
    """Return the transaction of a record, which the log has at an index, signed with the exporter's P-256 key.

    `previous` is the transaction of the device's record before; None begins a chain.
    Raises UnfitError when it is another's, when the record does not fit, or for a key of another kind.
    """
    if signer.public.algorithm is not Algorithm.ES256:
        raise UnfitError(f"a BBc-1 transaction is signed with a P-256 key, not with {signer.public.algorithm.name}")
    entry = record.signed.statement.data
    told = plain_record(record) | {"log_index": index, "leaf_hash": leaf_hash(entry).hex()}
    body = canonical_json(told)
    if len(body) > _MOST_BODY:
        raise UnfitError(f"the record has {len(body)} bytes as JSON; an asset's body has at most {_MOST_BODY}")
    sealed = record.encode()
    content = Unsigned(
        time_ms=record.body.end_ms,
        asset_group=group_of(record.signed.building),
        previous=_pointer(record, previous) if previous else None,
        asset=Asset(
            user=user_of_device(record.envelope.device),
            nonce=Id(record.hash),
            file_size=len(sealed),
            file_digest=_hash(sealed),
            body=body,
        ),
        witness=user_of_key(signer.public),
    )
    return Transaction(content, signer.public, signer.sign(content.to_be_signed()))


def _pointer(record: Record, previous: Transaction) -> Pointer:
    content = previous.content
    if content.asset_group != group_of(record.signed.building):
        raise UnfitError("the transaction before is of another building")
    if content.asset.user != user_of_device(record.envelope.device):
        raise UnfitError("the transaction before is of another device")
    if content.asset.nonce != Id(record.envelope.prev):
        raise UnfitError(
            f"the transaction before is of record {content.asset.nonce.hex()}, but record {record.envelope.seq} "
            f"follows {record.envelope.prev.hex()}: export the records of a device in their order, none left out"
        )
    return Pointer(previous.id, content.asset.id)


# --- Reading ------------------------------------------------------------------------------------------------


def parse(data: bytes) -> Transaction:
    """Return a transaction read strictly: one that `export` could have written, its signature not yet checked.

    Raises MalformedError or BadKeyError.
    """
    if len(data) > LARGEST:
        raise MalformedError(f"the transaction has {len(data)} bytes; at most {LARGEST} are read")
    reader = _Reader(data)
    reader.fixed("format", 2, _FORMAT_PLAIN)
    reader.fixed("version", 4, _VERSION)
    time_ms = reader.number("time", 8)
    reader.fixed("length of ids", 2, _ID_BYTES)
    for name, count in (("number of events", 0), ("number of references", 0), ("number of relations", 1)):
        reader.fixed(name, 2, count)
    asset_group, previous, asset = _relation(reader.part("relation"))
    reader.fixed("number of witnesses", 2, 1)
    witness = reader.part("witness")
    witness.fixed("number of signers", 2, 1)
    user = witness.id("signer")
    witness.fixed("index of the signature", 2, 0)
    witness.end("witness")
    reader.fixed("number of cross references", 2, 0)
    reader.fixed("number of signatures", 2, 1)
    signature = reader.part("signature")
    signature.fixed("type of key", 4, _P256)
    signature.fixed("bits of the public key", 4, 8 * _PUBLIC_BYTES)
    key = PublicKey(Algorithm.ES256, signature.take("public key", _PUBLIC_BYTES))
    signature.fixed("bits of the signature", 4, 8 * _SIGNATURE_BYTES)
    raw = signature.take("signature", _SIGNATURE_BYTES)
    signature.end("signature")
    reader.end("transaction")
    content = Unsigned(time_ms=time_ms, asset_group=asset_group, previous=previous, asset=asset, witness=user)
    return Transaction(content, key, raw)


def _relation(reader: _Reader) -> tuple[Id, Pointer | None, Asset]:
    group = reader.id("asset group")
    previous = None
    match reader.number("number of pointers", 2):
        case 0:
            pass
        case 1:
            pointer = reader.part("pointer", 2)
            transaction = pointer.id("transaction of the pointer")
            pointer.fixed("number of assets of the pointer", 2, 1)
            previous = Pointer(transaction, pointer.id("asset of the pointer"))
            pointer.end("pointer")
        case more:
            raise MalformedError(f"the transaction has {more} pointers; a device's chain has one")
    asset = _asset(reader.part("asset"))
    for name in ("raw asset", "asset hashes"):
        reader.part(name).end(name)
    reader.end("relation")
    return group, previous, asset


def _asset(reader: _Reader) -> Asset:
    told = reader.id("asset")
    user, nonce = reader.id("user of the asset"), reader.id("nonce")
    file_size, file_digest = reader.number("size of the file", 4), reader.id("digest of the file")
    if not file_size:
        raise MalformedError("the transaction's asset has no file: those of this program are about a record's")
    reader.fixed("type of the asset's body", 2, 0)
    body = reader.take("asset's body", reader.number("length of the asset's body", 2))
    reader.end("asset")
    asset = Asset(user=user, nonce=nonce, file_size=file_size, file_digest=file_digest, body=body)
    if asset.id != told:
        raise MalformedError(f"the asset names itself {told.hex()}, but its content gives {asset.id.hex()}")
    return asset


class _Reader:
    """Takes a transaction apart, from its begin to its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, name: str, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) != length:
            raise MalformedError(f"the transaction ends inside its {name}")
        self._at += length
        return taken

    def number(self, name: str, length: int) -> int:
        return int.from_bytes(self.take(name, length), "little")

    def fixed(self, name: str, length: int, expected: int) -> None:
        if (found := self.number(name, length)) != expected:
            raise MalformedError(f"the transaction's {name} is {found}; those of this program have {expected}")

    def id(self, name: str) -> Id:
        self.fixed(f"length of the {name}", 2, _ID_BYTES)
        return Id(self.take(name, _ID_BYTES))

    def part(self, name: str, length: int = 4) -> _Reader:
        return _Reader(self.take(name, self.number(f"length of the {name}", length)))

    def end(self, name: str) -> None:
        if left := len(self._data) - self._at:
            raise MalformedError(f"the transaction's {name} has {left} bytes too many")


def _hash(data: bytes) -> Id:
    return Id(sha256(data).digest())


def _id(value: bytes) -> bytes:
    return _number(_ID_BYTES, 2) + value


def _part(data: bytes) -> bytes:
    return _number(len(data), 4) + data


def _number(value: int, length: int) -> bytes:
    return value.to_bytes(length, "little")

"""COSE receipts (RFC 9942, June 2026): the log's proofs, for whoever reads COSE and no C2SP.

    receipt     = #6.18([ protected: bstr, { 396: { -1: [ inclusion ] } / { -2: [ consistency ] } }, nil, signature ])
    protected   = { 1: algorithm, 4: key id, 15: { 1: origin of the log, 2: subject, -65537: size }, 395: 1 }
    inclusion   = bstr .cbor [ size, index, [ * hash ] ]
    consistency = bstr .cbor [ old size, size, [ * hash ] ]

395: 1 says that the tree is that of RFC 9162 with SHA-256. What is signed is the root, and it does not travel: whoever
verifies works it out of entry and path, so no signature is ever checked without its proof.

The RFC leaves sizes and index outside of the signature, but a path fits every size of the same shape: entry 4 of 7
could be shown as entry 4 of 8. So the size is signed here as well, as a claim for private use, and the index follows
from it and the path. Readers that do not know the claim pass over it.

A receipt says what a checkpoint and a `.tlog-proof` say, by the same key of the log. One signature cannot be taken for
the other: what COSE signs begins with the byte 84, with which no text in UTF-8, and so no signed note, begins.

A transparent statement (RFC 9943) is a record's envelope with receipts in its unprotected header, label 394. The
envelope in the log has none there: `attach` is for the exported copy, `detach` gives back the bytes that were logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cbor2

from ..etp import Algorithm, EtpError, KeyId, PublicKey, SignatureError, Signer, cbor, cose
from ..etp.keys import KEY_ID_LENGTH, algorithm
from ..tlog import (
    HASH_BYTES,
    Checkpoint,
    Hash,
    ProofError,
    leaf_hash,
    root_from_consistency,
    root_from_inclusion,
    verify_inclusion,
)
from .errors import MalformedError

_TAG: Final = 18
_ALG, _KID, _CLAIMS = 1, 4, 15
_ISS, _SUB, _SIZE = 1, 2, -65537
_RECEIPTS, _STRUCTURE, _PROOFS = 394, 395, 396
_RFC9162_SHA256: Final = 1
_INCLUSION, _CONSISTENCY = -1, -2

LARGEST: Final = 4096
"""Bytes of a receipt at most: the longest path has 63 hashes, 2.2 kB."""
MOST: Final = 16
"""Receipts of a statement at most: one for each log that has registered it."""
_LARGEST_STATEMENT: Final = 4096 + MOST * (LARGEST + 3)
_LONGEST_PATH: Final = 63
_LARGEST_NUMBER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an entry is in a tree."""

    size: int
    index: int
    path: tuple[Hash, ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """That a tree has grown from an older one."""

    old: int
    new: int
    path: tuple[Hash, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it is written. Nothing is proven of it until one of the two `verify_…`."""

    protected: bytes
    algorithm: Algorithm
    key_id: KeyId
    log: str
    """Origin of the log that signs."""
    subject: str
    """The statement's own subject: for records, the building they are meant for."""
    size: int
    """Of the tree whose root is signed."""
    proof: Inclusion | Consistency
    signature: bytes

    def verify_inclusion(self, entry: bytes, key: PublicKey, log: str) -> Checkpoint:
        """Return the head of the log that this receipt proves the entry to be under.

        Raises SignatureError, MalformedError (a receipt of consistency) or ProofError.
        """
        if not isinstance(self.proof, Inclusion):
            raise MalformedError("the receipt proves consistency, not inclusion")
        proof = self.proof
        root = root_from_inclusion(proof.size, proof.index, leaf_hash(entry), proof.path)
        self._verify(root, key, log)
        return Checkpoint(log, self.size, root)

    def verify_consistency(self, old: Checkpoint, key: PublicKey) -> Checkpoint:
        """Return the head of the log that this receipt proves to have grown from an older, trusted one.

        Raises SignatureError, MalformedError (a receipt of inclusion, or from another size) or ProofError.
        """
        if not isinstance(self.proof, Consistency):
            raise MalformedError("the receipt proves inclusion, not consistency")
        proof = self.proof
        if proof.old != old.size:
            raise MalformedError(f"the receipt begins at {proof.old} entries, the known head has {old.size}")
        root = root_from_consistency(proof.old, proof.new, old.root, proof.path)
        self._verify(root, key, old.origin)
        return Checkpoint(old.origin, self.size, root)

    def _verify(self, root: Hash, key: PublicKey, log: str) -> None:
        if self.log != log:
            raise SignatureError(f"the receipt is of the log {self.log!r}, not of {log!r}")
        if (key.key_id, key.algorithm) != (self.key_id, self.algorithm):
            raise SignatureError(f"the receipt is signed by key {self.key_id.hex()}, expected {key.key_id.hex()}")
        key.verify(self.signature, _to_be_signed(self.protected, root))


# --- Issuing ------------------------------------------------------------------------------------------------


def sign_inclusion(signer: Signer, head: Checkpoint, index: int, path: Sequence[Hash], *, entry: bytes) -> bytes:
    """Return the receipt of an entry, signed with the log's key, under a head that the log has published.

    The entry is a signed statement, whose subject becomes the receipt's. Raises ProofError unless it is in the tree,
    and EtpError when it is no statement: what is not proven here is not signed.
    """
    verify_inclusion(head.size, index, leaf_hash(entry), path, head.root)
    subject = cose.parse(entry, "the entry").subject
    return _sign(signer, head, subject, _INCLUSION, [head.size, index, list(path)])


def sign_consistency(signer: Signer, old: Checkpoint, new: Checkpoint, path: Sequence[Hash]) -> bytes:
    """Return the receipt that a log has grown from one published head to another, signed with its key.

    Raises ProofError unless it has. Of the empty log there is nothing to prove.
    """
    if old.origin != new.origin:
        raise ProofError(f"{old.origin!r} and {new.origin!r} are two logs: neither grows from the other")
    if root_from_consistency(old.size, new.size, old.root, path) != new.root:
        raise ProofError(f"{old.size} entries do not grow into {new.size} with the root {new.root.hex()} by this path")
    return _sign(signer, new, new.origin, _CONSISTENCY, [old.size, new.size, list(path)])


def _sign(signer: Signer, head: Checkpoint, subject: str, kind: int, proof: list[int | list[Hash]]) -> bytes:
    protected = cbor2.dumps(
        {
            _ALG: int(signer.public.algorithm),
            _KID: signer.public.key_id,
            _CLAIMS: {_ISS: head.origin, _SUB: subject, _SIZE: head.size},
            _STRUCTURE: _RFC9162_SHA256,
        },
        canonical=True,
    )
    signature = signer.sign(_to_be_signed(protected, head.root))
    unprotected = {_PROOFS: {kind: [cbor2.dumps(proof, canonical=True)]}}
    return cbor2.dumps(cbor2.CBORTag(_TAG, [protected, unprotected, None, signature]), canonical=True)


def _to_be_signed(protected: bytes, root: Hash) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", root], canonical=True)


# --- Reading ------------------------------------------------------------------------------------------------


def parse(data: bytes) -> Receipt:
    """Return a receipt read strictly, nothing of it verified.

    Raises MalformedError, or BadKeyError for an unknown algorithm.
    """
    if len(data) > LARGEST:
        raise MalformedError(f"the receipt has {len(data)} bytes; at most {LARGEST} are read")
    match _sign1(data, "the receipt"):
        case [bytes() as protected, {396: dict() as proofs, **more}, None, bytes() as signature] if not more:
            pass
        case _:
            raise MalformedError("a receipt has a protected header, proofs (396), a detached payload and a signature")
    match _decode(protected, "the receipt's protected header"):
        case {
            1: alg,
            4: bytes() as kid,
            15: {1: str() as log, 2: str() as subject, -65537: int() as size, **claims},
            395: structure,
            **more,
        } if not claims and not more:
            pass
        case _:
            raise MalformedError(
                "a receipt's protected header has algorithm, key id, issuer, subject, size and data structure"
            )
    if structure != _RFC9162_SHA256:
        raise MalformedError(f"the receipt is of the data structure {structure!r}, not of RFC 9162 with SHA-256 (1)")
    if len(kid) != KEY_ID_LENGTH:
        raise MalformedError(f"the receipt's key id has {len(kid)} bytes, not {KEY_ID_LENGTH}")
    match proofs:
        case {-1: [bytes() as blob], **more} if not more:
            proof: Inclusion | Consistency = Inclusion(*_proof(blob, "size", "index"))
        case {-2: [bytes() as blob], **more} if not more:
            proof = Consistency(*_proof(blob, "old size", "size"))
        case _:
            raise MalformedError("a receipt holds one proof, of inclusion (-1) or of consistency (-2)")
    shown = proof.size if isinstance(proof, Inclusion) else proof.new
    if shown != size:
        raise MalformedError(f"the receipt's proof is for a tree of {shown} entries, but its header says {size}")
    return Receipt(protected, algorithm(alg), KeyId(kid), log, subject, size, proof, signature)


def _proof(blob: bytes, *names: str) -> tuple[int, int, tuple[Hash, ...]]:
    match _decode(blob, "the receipt's proof"):
        case [int() as first, int() as second, list() as path]:
            pass
        case _:
            raise MalformedError(f"a receipt's proof is [{', '.join(names)}, path]")
    for name, number in zip(names, (first, second), strict=True):
        if not 0 <= number <= _LARGEST_NUMBER:
            raise MalformedError(f"the {name} of a receipt's proof is from 0 to 2^63-1, not {number!r}")
    if len(path) > _LONGEST_PATH or not all(isinstance(step, bytes) and len(step) == HASH_BYTES for step in path):
        raise MalformedError(f"the path of a receipt's proof has at most {_LONGEST_PATH} hashes of {HASH_BYTES} bytes")
    return first, second, tuple(path)


def _sign1(data: bytes, what: str) -> Any:
    # d2 = tag 18, 84 = array of four: nothing strict begins otherwise, and the reader behind takes no tags.
    if data[:2] != b"\xd2\x84":
        raise MalformedError(f"{what} is not a tagged COSE_Sign1")
    return _decode(data[1:], what)


def _decode(data: bytes, what: str) -> Any:
    try:
        value = cbor.read(data, what)
    except EtpError as error:
        raise MalformedError(str(error)) from error
    # Labels here are beyond 0..23, where the two orders of canonical CBOR could differ. They do not: of the labels
    # that may stand together, those of one byte come first in both.
    if cbor2.dumps(value, canonical=True) != data:
        raise MalformedError(f"{what} is not deterministic CBOR (RFC 8949 §4.2.1): it re-encodes to other bytes")
    _check_types(value, what)
    return value


def _check_types(value: object, what: str) -> None:
    # Python takes 396.0 for the label 396, and true for 1: a second spelling of the same receipt.
    match value:
        case dict():
            for label, item in value.items():
                if type(label) is not int:
                    raise MalformedError(f"{what} has the label {label!r}: labels are integers")
                _check_types(item, what)
        case list():
            for item in value:
                _check_types(item, what)
        case None | bytes() | str():
            return
        case _ if type(value) is not int:
            raise MalformedError(f"{what} holds a {type(value).__name__}, which a receipt never does")


# --- Transparent statements ---------------------------------------------------------------------------------


def attach(statement: bytes, receipts: Sequence[bytes]) -> bytes:
    """Return the transparent statement: the logged statement with its receipts.

    Raises EtpError when the statement is none, MalformedError when a receipt is none or there are too many.
    """
    parsed = cose.parse(statement, "the statement")
    for data in receipts:
        parse(data)
    if not 1 <= len(receipts) <= MOST:
        raise MalformedError(f"a transparent statement has from 1 to {MOST} receipts, not {len(receipts)}")
    return _statement(parsed.protected, {_RECEIPTS: list(receipts)}, parsed.payload, parsed.signature)


def detach(data: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the statement as it was logged, byte for byte, and the receipts that were attached to it.

    A statement without receipts comes back as it is. Raises MalformedError, or EtpError when it is no statement.
    """
    if len(data) > _LARGEST_STATEMENT:
        raise MalformedError(f"the statement has {len(data)} bytes; at most {_LARGEST_STATEMENT} are read")
    receipts: list[bytes] = []
    match _sign1(data, "the statement"):
        case [bytes(), dict() as unprotected, bytes(), bytes()] if not unprotected:
            statement = data
        case [bytes() as protected, {394: [*receipts], **more}, bytes() as payload, bytes() as signature] if not more:
            statement = _statement(protected, {}, payload, signature)
            if not 1 <= len(receipts) <= MOST or not all(isinstance(receipt, bytes) for receipt in receipts):
                raise MalformedError(f"a transparent statement has from 1 to {MOST} receipts, each a byte string")
        case _:
            raise MalformedError("a transparent statement has receipts (394) in its unprotected header, and no more")
    cose.parse(statement, "the statement")
    return statement, tuple(receipts)


def _statement(protected: bytes, unprotected: dict[int, list[bytes]], payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(_TAG, [protected, unprotected, payload, signature]), canonical=True)

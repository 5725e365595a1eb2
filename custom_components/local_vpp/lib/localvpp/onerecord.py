"""That a slot has one record for each of its trades: what the record of the settled slot says of all of them. Pure.

A seller is told how his trade went by a TRANSFER record, and its buyer, too. Whoever settles could show each of them
another one: the seller one of which the buyer wanted nothing, the buyer one of which the seller had nothing. So the
SETTLED record holds the root of a Merkle tree (RFC 6962) with one leaf for each trade, in the order of the results,
which everybody has seen before the slot began. Each side knows by that which leaf is its own, and is shown the path
from its record there: two records at one place would be two of one hash.

A leaf is the hash of the trade's number in eight bytes and the sealed record, which has a random salt in it: whoever
is shown a path learns nothing of the records beside it. A trade between a flat's own orders moves nothing and has no
record: its leaf is the hash of its number alone. Trades that are settled as one have one record, at each of their
places. What has to be believed besides is that the slot has one SETTLED record only, which everybody who has the log
can see, without any body (`etp.Directory`).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from . import tlog
from .etp import FieldError, Record

MOST: Final = 1_000_000
"""Trades of a slot: far more than its books can have."""


class Places:
    """The leaves of a slot's trades, and the paths from them to the root.

    Raises FieldError for two records at one place, or one at a place that there is not.
    """

    def __init__(self, count: int, records: Iterable[Record]) -> None:
        if not 0 <= count <= MOST:
            raise FieldError(f"a slot of {count} trades: it has {MOST} at most")
        leaves: dict[int, tlog.Hash] = {}
        for record in records:
            sealed = record.encode()
            for number in _numbers(record):
                if number in leaves or number >= count:
                    raise FieldError(
                        f"record {record.hash.hex()} is of trade {number}, one of {count}, or a second one"
                    )
                leaves[number] = _leaf(number, sealed)
        self._count = count
        self._frontier, self._hashes = tlog.Frontier(), tlog.StoredHashes()
        for number in range(count):
            self._hashes.extend(self._frontier.append(leaves.get(number, _leaf(number))))

    @property
    def root(self) -> bytes:
        """What the SETTLED record says."""
        return self._frontier.root()

    def paths(self, record: Record) -> list[tuple[bytes, ...]]:
        """Return what proves a record to be at each of its trades' places, in their order."""
        return [tuple(tlog.prove_inclusion(self._count, number, self._hashes)) for number in _numbers(record)]


def verify_places(root: bytes, count: int, record: Record, paths: Sequence[Sequence[bytes]]) -> None:
    """Raise FieldError, TlogError unless a record is the one at each of its trades' places."""
    numbers = _numbers(record)
    if not numbers or len(numbers) != len(paths):
        raise FieldError(f"record {record.hash.hex()} is of {len(numbers)} trades, and {len(paths)} are proven")
    sealed = record.encode()
    for number, path in zip(numbers, paths, strict=True):
        if number >= count:
            raise FieldError(f"record {record.hash.hex()} is of trade {number}, and there are {count}")
        steps = [tlog.to_hash(step) for step in path]
        tlog.verify_inclusion(count, number, _leaf(number, sealed), steps, tlog.to_hash(root))


def _numbers(record: Record) -> tuple[int, ...]:
    return () if record.body.trade is None else record.body.trade.numbers


def _leaf(number: int, sealed: bytes = b"") -> tlog.Hash:
    return tlog.leaf_hash(number.to_bytes(8) + sealed)

"""The Merkle tree: hashes, stored-hash order, inclusion and consistency proofs.

Specification: RFC 6962 section 2.1 (June 2013) and RFC 9162 section 2.1 (December 2021), SHA-256; both define the
    same tree.
The order in which complete subtrees are stored one after another is that of Go's checksum database: record ``n`` is
followed at once by every complete subtree it closes, so a growing log only ever appends.

Planning and hashing are apart. ``inclusion_indexes`` and ``consistency_indexes`` say which stored hashes a proof needs
(so that a caller on a network can fetch them first, at once); ``prove_inclusion`` and ``prove_consistency`` fold them.
Ranges are half-open, ``[begin, end)``.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NewType, Protocol

from .errors import FormatError, ProofError

# A SHA-256 hash: exactly 32 bytes. Bytes from outside become one through `to_hash` only.
Hash = NewType("Hash", bytes)

HASH_BYTES: Final = 32
# The root of the tree without entries: the hash of the empty string (RFC 6962 section 2.1).
EMPTY_ROOT: Final = Hash(sha256().digest())

# Leaves and nodes start with different bytes, or an inner node could pass for an entry (second preimage).
_LEAF_PREFIX: Final = b"\x00"
_NODE_PREFIX: Final = b"\x01"

type Range = tuple[int, int]


class HashReader(Protocol):
    """Where the stored hashes are. Storage is the caller's."""

    def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
        """Give the hash at each stored-hash index, in the same order."""
        ...


def to_hash(raw: bytes) -> Hash:
    """Take bytes from outside as a hash.

    Raises:
        FormatError: when they are not 32 bytes.
    """
    if len(raw) != HASH_BYTES:
        raise FormatError(f"a hash has {HASH_BYTES} bytes, not {len(raw)}")
    return Hash(raw)


def leaf_hash(entry: bytes) -> Hash:
    """Hash one log entry."""
    return Hash(sha256(_LEAF_PREFIX + entry).digest())


def node_hash(left: Hash, right: Hash) -> Hash:
    """Hash two neighbouring subtrees into the one above them."""
    return Hash(sha256(_NODE_PREFIX + left + right).digest())


def perfect_root(hashes: Sequence[Hash]) -> Hash:
    """Give the root over a power of two of neighbouring hashes of one level."""
    assert len(hashes).bit_count() == 1, "a perfect subtree has a power of two of hashes"
    # `node_hash` written out over joined hashes: all checking of tiles is this loop, and half a call each counts.
    level = b"".join(hashes)
    while len(level) > HASH_BYTES:
        pairs = range(0, len(level), 2 * HASH_BYTES)
        level = b"".join([sha256(_NODE_PREFIX + level[at : at + 2 * HASH_BYTES]).digest() for at in pairs])
    return Hash(level)


def fold_peaks(peaks: Sequence[Hash]) -> Hash:
    """Give the root over complete subtrees that stand side by side, largest first."""
    assert peaks, "an empty range has no root"
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


# --- The order of stored hashes -----------------------------------------------------------------------------


def stored_count(size: int) -> int:
    """Give the number of hashes stored for a tree of ``size`` entries: those of all complete subtrees."""
    return 2 * size - size.bit_count()


def stored_index(level: int, n: int) -> int:
    """Give the place of subtree ``n`` of ``2**level`` entries (counted from the left) in the stored order."""
    last = ((n + 1) << level) - 1
    # The entry that closes the subtree is stored first, then the subtrees it closes, smallest first.
    return stored_count(last) + level


def split_stored_index(index: int) -> tuple[int, int]:
    """Give (level, n) of a stored hash: the inverse of ``stored_index``."""
    if index < 0:
        raise ProofError(f"a stored-hash index is not negative: {index}")
    # stored_count(n) is at most 2n and at least 2n - 63, so few steps lead from index/2 to the entry that wrote the
    # hash.
    entry = index // 2
    while stored_count(entry + 1) <= index:
        entry += 1
    level = index - stored_count(entry)
    return level, entry >> level


def peaks_of(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Give (level, n) of the complete subtrees that cover ``[begin, end)``, from the left.

    ``begin`` must be a multiple of the largest of them, as in every range the two RFCs hash.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        assert begin % (1 << level) == 0, "bad math in peaks_of: the range does not start at a subtree"
        yield level, begin >> level
        begin += 1 << level


def peak_indexes(size: int) -> list[int]:
    """Give the stored-hash indexes of the complete subtrees of a tree of ``size`` entries, from the left."""
    return range_indexes([(0, size)])


class StoredHashes:
    """Stored hashes in memory: all of a tree, or those which new entries have added to an older reader.

    A log that grows appends what ``Frontier.append`` returns here, reads tiles through it, and drops it when they
    are written.
    """

    __slots__ = ("_first", "_hashes", "_older")

    def __init__(self, first: int = 0, older: HashReader | None = None) -> None:
        """Start at stored-hash index ``first``; ``older`` answers for the indexes below it."""
        assert first == 0 or older is not None, "someone must answer for the hashes below the first"
        self._first = first
        self._older = older
        self._hashes: list[Hash] = []

    def __len__(self) -> int:
        return len(self._hashes)

    def extend(self, hashes: Iterable[Hash]) -> None:
        """Add hashes in stored order."""
        self._hashes.extend(hashes)

    def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
        """Give the hashes at ``indexes``, asking the older reader once for all of its own.

        Raises:
            ProofError: when an index lies beyond what is stored.
        """
        end = self._first + len(self._hashes)
        for index in indexes:
            if not 0 <= index < end:
                raise ProofError(f"stored hash {index} does not exist; {end} are stored")
        below = [index for index in indexes if index < self._first]
        older = iter(read_checked(self._older, below) if below and self._older is not None else ())
        return [next(older) if index < self._first else self._hashes[index - self._first] for index in indexes]


def read_checked(reader: HashReader, indexes: Sequence[int]) -> list[Hash]:
    """Read hashes and check that the reader gave one for each index."""
    hashes = reader.read_hashes(indexes)
    if len(hashes) != len(indexes):
        raise ProofError(f"the hash reader gave {len(hashes)} hashes for {len(indexes)} indexes")
    return hashes


# --- Root and proofs ----------------------------------------------------------------------------------------


def root(size: int, reader: HashReader) -> Hash:
    """Give the root of the first ``size`` entries (RFC 6962 section 2.1)."""
    if size < 0:
        raise ProofError(f"a tree's size is not negative: {size}")
    return read_ranges([(0, size)], reader)[0] if size else EMPTY_ROOT


def inclusion_length(size: int, index: int) -> int:
    """Give the number of hashes in the inclusion path. Requires 0 <= index < size."""
    _check_index(size, index)
    # Up to where the paths of the entry and of the last entry meet, each level has a sibling;
    # above that only the left ones, for the right edge has none to its right.
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def inclusion_indexes(size: int, index: int) -> list[int]:
    """Give the stored hashes that ``prove_inclusion`` reads. Requires 0 <= index < size."""
    return range_indexes(_inclusion_ranges(size, index))


def prove_inclusion(size: int, index: int, reader: HashReader) -> list[Hash]:
    """Give the inclusion path of an entry, leaf's sibling first (RFC 6962 section 2.1.1).

    Raises:
        ProofError: unless 0 <= index < size.
    """
    path = read_ranges(_inclusion_ranges(size, index), reader)
    assert len(path) == inclusion_length(size, index), "bad math in prove_inclusion"
    return path


def root_from_inclusion(size: int, index: int, leaf: Hash, path: Sequence[Hash]) -> Hash:
    """Give the root to which an inclusion path leads (RFC 9162 section 2.1.3.2).

    Raises:
        ProofError: unless 0 <= index < size and the path has the one possible length.
    """
    check_path(path, inclusion_length(size, index), f"inclusion of entry {index} in a tree of {size}")
    result = to_hash(leaf)
    at, last = index, size - 1
    for sibling in path:
        if at & 1 or at == last:
            result = node_hash(sibling, result)
            while not at & 1 and at:
                # The right edge has no sibling on these levels.
                at >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        at >>= 1
        last >>= 1
    assert last == 0, "bad math in root_from_inclusion"
    return result


def verify_inclusion(size: int, index: int, leaf: Hash, path: Sequence[Hash], root_hash: Hash) -> None:
    """Check that an entry is in the tree.

    The size must come from a signed checkpoint together with the root: a path alone fits every size of the same shape.

    Raises:
        ProofError: when it is not proven.
    """
    if root_from_inclusion(size, index, leaf, path) != root_hash:
        raise ProofError(f"entry {index} is not in the tree of {size} entries with root {root_hash.hex()}")


def consistency_length(old: int, new: int) -> int:
    """Give the number of hashes in the consistency path. Requires 0 <= old <= new."""
    _check_sizes(old, new)
    if old in (0, new):
        return 0
    low = (old & -old).bit_length() - 1
    last = old - 1
    inner = (last ^ (new - 1)).bit_length()
    # An old tree that is one perfect subtree needs no hash to start from: its root is known.
    start = 0 if old == 1 << low else 1
    return start + inner - low + (last >> inner).bit_count()


def consistency_indexes(old: int, new: int) -> list[int]:
    """Give the stored hashes that ``prove_consistency`` reads. Requires 0 <= old <= new."""
    return range_indexes(_consistency_ranges(old, new))


def prove_consistency(old: int, new: int, reader: HashReader) -> list[Hash]:
    """Give the path that proves the first ``old`` entries unchanged in the tree of ``new`` (RFC 6962 section 2.1.2).

    Raises:
        ProofError: unless 0 <= old <= new.
    """
    path = read_ranges(_consistency_ranges(old, new), reader)
    assert len(path) == consistency_length(old, new), "bad math in prove_consistency"
    return path


def root_from_consistency(old: int, new: int, old_root: Hash, path: Sequence[Hash]) -> Hash:
    """Give the new root to which a consistency path leads from a known old one (RFC 9162 section 2.1.4.2).

    Raises:
        ProofError: unless 0 < old <= new, the path has the one possible length and leads to the old root as well. From
            the empty tree a path leads nowhere: everything is consistent with it.
    """
    what = _consistency(old, new)
    check_path(path, consistency_length(old, new), what)
    _check_root(old, old_root, f"{what}: the old root")
    if old == 0:
        raise ProofError(f"{what}: the empty tree says nothing of the new root")
    if old == new:
        return old_root
    low = (old & -old).bit_length() - 1
    rest = list(path)
    start = old_root if old == 1 << low else rest.pop(0)
    at, last = (old - 1) >> low, (new - 1) >> low
    old_found = new_found = start
    for sibling in rest:
        if at & 1 or at == last:
            old_found = node_hash(sibling, old_found)
            new_found = node_hash(sibling, new_found)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            new_found = node_hash(new_found, sibling)
        at >>= 1
        last >>= 1
    assert last == 0, "bad math in root_from_consistency"
    if old_found != old_root:
        raise ProofError(f"{what}: the path leads to the old root {old_found.hex()}, not {old_root.hex()}")
    return new_found


def verify_consistency(old: int, new: int, old_root: Hash, new_root: Hash, path: Sequence[Hash]) -> None:
    """Check that a tree has only grown.

    Everything is consistent with the empty tree; a tree is consistent with itself by an empty path and the same root.

    Raises:
        ProofError: when it is not proven.
    """
    what = _consistency(old, new)
    check_path(path, consistency_length(old, new), what)
    for size, value, name in ((old, old_root, "old"), (new, new_root, "new")):
        _check_root(size, value, f"{what}: the {name} root")
    if old == 0:
        return
    if old == new and old_root != new_root:
        raise ProofError(f"{what}: one size with two roots, {old_root.hex()} and {new_root.hex()}")
    found = root_from_consistency(old, new, old_root, path)
    if found != new_root:
        raise ProofError(f"{what}: the path leads to the new root {found.hex()}, not {new_root.hex()}")


# --- Plans: which ranges a proof hashes ---------------------------------------------------------------------


def split_range(begin: int, end: int) -> int:
    """Give where a range of two or more entries divides: at the largest power of two smaller than its length."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _inclusion_ranges(size: int, index: int) -> list[Range]:
    _check_index(size, index)
    ranges: list[Range] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = split_range(begin, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    ranges.reverse()
    return ranges


def _consistency_ranges(old: int, new: int) -> list[Range]:
    _check_sizes(old, new)
    if old == 0:
        return []
    ranges: list[Range] = []
    begin, end = 0, new
    while end != old:
        middle = split_range(begin, end)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    if begin:
        # The verifier does not know this subtree; were it the whole old tree, it would know the root.
        ranges.append((begin, end))
    ranges.reverse()
    return ranges


def range_indexes(ranges: Sequence[Range]) -> list[int]:
    """Give the stored hashes of which the roots of ``ranges`` are made."""
    return [stored_index(level, n) for begin, end in ranges for level, n in peaks_of(begin, end)]


def read_ranges(ranges: Sequence[Range], reader: HashReader) -> list[Hash]:
    """Give the root of each range, with one read for all of them."""
    hashes = iter(read_checked(reader, range_indexes(ranges)))
    return [fold_peaks([next(hashes) for _ in range((end - begin).bit_count())]) for begin, end in ranges]


def _check_index(size: int, index: int) -> None:
    if not 0 <= index < size:
        raise ProofError(f"there is no entry {index} in a tree of {size} entries")


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} entries cannot have grown from one of {old}")


def _consistency(old: int, new: int) -> str:
    return f"consistency of {old} with {new} entries"


def _check_root(size: int, value: Hash, what: str) -> None:
    if len(value) != HASH_BYTES:
        raise ProofError(f"{what} has {len(value)} bytes, not {HASH_BYTES}")
    if size == 0 and value != EMPTY_ROOT:
        raise ProofError(f"{what} is not the root of the empty tree: {value.hex()}")


def check_path(path: Sequence[Hash], length: int, what: str) -> None:
    """Check the length of a proof's path and of its hashes.

    Called before any hash is computed: a wrong length is never right, and a long path must cost nothing.
    """
    if len(path) != length:
        raise ProofError(f"{what} takes {length} hashes, not {len(path)}")
    for step in path:
        if len(step) != HASH_BYTES:
            raise ProofError(f"{what}: a hash of the path has {len(step)} bytes, not {HASH_BYTES}")

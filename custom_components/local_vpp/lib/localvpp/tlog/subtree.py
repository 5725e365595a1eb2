"""Subtrees: that a run of entries stands at its place in a tree, proven with one hash for each level.

Specification: draft-ietf-plants-merkle-tree-certs-03 (20 April 2026) sections 4.1 and 4.4, which C2SP tlog-cosignature,
    tlog-witness and tlog-mirror use. Revision 06 changes nothing of this.

A subtree ``[start, end)`` starts at a multiple of the power of two that holds it, as if a node of the tree were cut off
at its right. A consistency proof of RFC 6962 is the case ``start == 0``. Planning and hashing are apart, as in
``merkle``.
"""

from collections.abc import Sequence

from .errors import ProofError
from .merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    Hash,
    HashReader,
    Range,
    check_path,
    fold_peaks,
    node_hash,
    peaks_of,
    perfect_root,
    range_indexes,
    read_ranges,
    split_range,
)


def is_subtree(start: int, end: int) -> bool:
    """Say whether ``[start, end)`` is aligned as a subtree must be (section 4.1). Empty ones are."""
    return 0 <= start <= end and start % _ceiling(end - start) == 0


def subtree_root(start: int, end: int, reader: HashReader) -> Hash:
    """Give the root of a subtree. Requires that ``is_subtree(start, end)``."""
    _check_subtree(start, end, end)
    return read_ranges([(start, end)], reader)[0] if start < end else EMPTY_ROOT


def root_of(leaves: Sequence[Hash]) -> Hash:
    """Give the root over neighbouring leaf hashes, the first of which starts a subtree."""
    if not leaves:
        return EMPTY_ROOT
    # Positions count from the first leaf: the shape of a subtree is that of a tree of its own.
    return fold_peaks([perfect_root(leaves[n << level : (n + 1) << level]) for level, n in peaks_of(0, len(leaves))])


def subtree_length(start: int, end: int, size: int) -> int:
    """Give the number of hashes in the path of a subtree. Requires a subtree and end <= size."""
    _check_subtree(start, end, size)
    if start == end:
        return 0
    if end == size:
        # The subtree is a node of the tree's right edge, above which all siblings are to the left.
        return start.bit_count()
    width = end - start
    low = (width & -width).bit_length() - 1
    last = end - 1
    inner = (last ^ (size - 1)).bit_length()
    # A subtree that is one perfect node of the tree needs no hash to start from: its root is known.
    first = 0 if width == 1 << low else 1
    return first + inner - low + (last >> inner).bit_count()


def subtree_indexes(start: int, end: int, size: int) -> list[int]:
    """Give the stored hashes that ``prove_subtree`` reads. Requires a subtree and end <= size."""
    return range_indexes(_subtree_ranges(start, end, size))


def prove_subtree(start: int, end: int, size: int, reader: HashReader) -> list[Hash]:
    """Give the path that proves ``[start, end)`` to stand in the tree of ``size`` entries (section 4.4.1).

    Raises:
        ProofError: unless it is a subtree and end <= size.
    """
    path = read_ranges(_subtree_ranges(start, end, size), reader)
    assert len(path) == subtree_length(start, end, size), "bad math in prove_subtree"
    return path


def verify_subtree(start: int, end: int, size: int, subtree: Hash, root_hash: Hash, path: Sequence[Hash]) -> None:
    """Check that a subtree stands in a tree (section 4.4.3).

    Args:
        start: the subtree's first entry.
        end: one past its last entry.
        size: the size of the tree; with ``root_hash`` from a signed checkpoint.
        subtree: the root of the subtree.
        root_hash: the root of the tree.
        path: the proof.

    Raises:
        ProofError: when it is not proven.
    """
    what = f"subtree [{start}, {end}) in a tree of {size} entries"
    check_path(path, subtree_length(start, end, size), what)
    for name, value in (("its root", subtree), ("the tree's root", root_hash)):
        if len(value) != HASH_BYTES:
            raise ProofError(f"{what}: {name} has {len(value)} bytes, not {HASH_BYTES}")
    if start == end:
        if subtree != EMPTY_ROOT:
            raise ProofError(f"{what}: the root of an empty subtree is not {subtree.hex()}")
        return
    width = end - start
    # The level of the node to start from: the whole subtree where it is a node of the tree, else the last
    # complete node inside it.
    low = (width - 1).bit_length() if end == size else (width & -width).bit_length() - 1
    first, at, last = start >> low, (end - 1) >> low, (size - 1) >> low
    rest = list(path)
    begin = subtree if first == at else rest.pop(0)
    subtree_found = root_found = begin
    for sibling in rest:
        if at & 1 or at == last:
            if first < at:
                subtree_found = node_hash(sibling, subtree_found)
            root_found = node_hash(sibling, root_found)
            while not at & 1 and at:
                # The right edge has no sibling on these levels.
                first >>= 1
                at >>= 1
                last >>= 1
        else:
            root_found = node_hash(root_found, sibling)
        first >>= 1
        at >>= 1
        last >>= 1
    assert last == 0, "bad math in verify_subtree"
    if subtree_found != subtree:
        raise ProofError(f"{what}: the path leads to its root {subtree_found.hex()}, not {subtree.hex()}")
    if root_found != root_hash:
        raise ProofError(f"{what}: the path leads to the tree's root {root_found.hex()}, not {root_hash.hex()}")


def _ceiling(width: int) -> int:
    """Give the smallest power of two that is not smaller than ``width``, and 1 for nothing."""
    return 1 << max(width - 1, 0).bit_length()


def _check_subtree(start: int, end: int, size: int) -> None:
    if not is_subtree(start, end):
        raise ProofError(f"[{start}, {end}) is not aligned as a subtree of a tree is")
    if end > size:
        raise ProofError(f"a tree of {size} entries does not have the subtree [{start}, {end})")


def _subtree_ranges(start: int, end: int, size: int) -> list[Range]:
    """Give the ranges whose roots are the path, nearest the leaves first (SUBTREE_PROOF of section 4.4.1)."""
    _check_subtree(start, end, size)
    if start == end:
        return []
    ranges: list[Range] = []
    left, right = 0, size
    known = True
    while (left, right) != (start, end):
        middle = split_range(left, right)
        if end <= middle:
            ranges.append((middle, right))
            right = middle
        elif middle <= start:
            ranges.append((left, middle))
            left = middle
        else:
            assert start == left, "bad math in _subtree_ranges: only a subtree at the left edge is divided"
            # From here on a part of the subtree is sought, whose root the verifier does not know.
            ranges.append((left, middle))
            left = start = middle
            known = False
    if not known:
        ranges.append((left, right))
    ranges.reverse()
    return ranges

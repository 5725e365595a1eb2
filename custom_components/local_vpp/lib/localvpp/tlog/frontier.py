"""The growing edge of the tree: append entries and know the root, with memory for one hash per level.

Also called a compact range. It keeps the complete subtrees that stand side by side in a tree of ``size`` entries
(RFC 9162 section 2.1, December 2021), largest first: as many as there are one-bits in the size.
"""

from collections.abc import Sequence
from typing import Self

from .errors import ProofError
from .merkle import EMPTY_ROOT, Hash, HashReader, fold_peaks, node_hash, peak_indexes, read_checked, to_hash


class Frontier:
    """The right edge of a tree that grows.

    A batch which must not be half applied is appended to a ``copy``, which replaces the original once it is durable.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Sequence[Hash] = ()) -> None:
        """Continue a tree of ``size`` entries with the given complete subtrees, largest first.

        Raises:
            ProofError: when a tree of this size has another number of complete subtrees.
        """
        if size < 0 or len(peaks) != size.bit_count():
            raise ProofError(f"a tree of {size} entries does not have {len(peaks)} complete subtrees")
        self._size = size
        self._peaks = [to_hash(peak) for peak in peaks]

    @classmethod
    def load(cls, size: int, reader: HashReader) -> Self:
        """Continue the tree of ``size`` entries whose hashes the reader has."""
        if size < 0:
            raise ProofError(f"a tree's size is not negative: {size}")
        return cls(size, read_checked(reader, peak_indexes(size)))

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._size

    @property
    def peaks(self) -> tuple[Hash, ...]:
        """The complete subtrees, largest first: with the size, all that is needed to continue."""
        return tuple(self._peaks)

    def copy(self) -> Self:
        """Give a second frontier that grows on its own."""
        return type(self)(self._size, self._peaks)

    def append(self, leaf: Hash) -> list[Hash]:
        """Add one entry by its leaf hash.

        Returns:
            the hashes to store, in stored order: the leaf and every subtree it closes, smallest first.
        """
        written = [leaf]
        size = self._size
        peaks = self._peaks
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            written.append(leaf)
            size >>= 1
        peaks.append(leaf)
        self._size += 1
        return written

    def root(self) -> Hash:
        """Give the root of all entries so far."""
        return fold_peaks(self._peaks) if self._peaks else EMPTY_ROOT

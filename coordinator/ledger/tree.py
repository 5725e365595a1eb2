"""The Merkle tree of the log: its frontier and newest hashes in memory, all others in the tiles.

What memory holds does not grow with the log: one hash per level, the entries of the last, partial bundle, and a
bounded number of hashes that were used last. A tree grows in two steps, so that nothing is half applied: `grow`
computes, `adopt` takes over once the growth is durable.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final

from localvpp.tlog import (
    TILE_WIDTH,
    Bundle,
    Frontier,
    Hash,
    HashReader,
    StoredHashes,
    Tile,
    TileHashReader,
    TileReader,
    bundles_to_write,
    encode_bundle,
    leaf_hash,
    prove_inclusion,
    stored_count,
    tile_content,
    tiles_to_write,
)

KEPT_HASHES: Final = 16_384
"""About three megabytes; a partial tile and the proofs of a batch of 1,024 need less than a tenth of it."""


class RecentHashes:
    """A `HashReader` that remembers the stored hashes used last. A stored hash never changes as the log grows."""

    def __init__(self, older: HashReader) -> None:
        self.older = older
        self._kept: OrderedDict[int, Hash] = OrderedDict()

    def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
        """Give the hashes at indexes, asking the older reader once for what is not remembered."""
        kept = self._kept
        unknown = [index for index in indexes if index not in kept]
        if unknown:
            for index, found in zip(unknown, self.older.read_hashes(unknown), strict=True):
                kept[index] = found
        hashes = []
        for index in indexes:
            kept.move_to_end(index)
            hashes.append(kept[index])
        while len(kept) > KEPT_HASHES:
            kept.popitem(last=False)
        return hashes

    def remember(self, first: int, hashes: Sequence[Hash]) -> None:
        """Add hashes at neighbouring indexes."""
        skipped = max(len(hashes) - KEPT_HASHES, 0)
        for index, each in enumerate(hashes[skipped:], first + skipped):
            self._kept[index] = each
        while len(self._kept) > KEPT_HASHES:
            self._kept.popitem(last=False)


class Growth:
    """What a tree would be with more entries."""

    def __init__(self, tree: Tree, leaves: Sequence[bytes]) -> None:
        self.old_size: Final = tree.size
        self.frontier: Final = tree.frontier.copy()
        self.first_hash: Final = stored_count(self.old_size)
        self.new_hashes: Final[list[Hash]] = []
        for leaf in leaves:
            self.new_hashes.extend(self.frontier.append(leaf_hash(leaf)))
        self._hashes = StoredHashes(self.first_hash, tree.hashes)
        self._hashes.extend(self.new_hashes)
        self._first_entry = self.old_size // TILE_WIDTH * TILE_WIDTH
        self._entries = [*tree.tail, *leaves]
        self.root: Final = self.frontier.root()

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.frontier.size

    @property
    def tail(self) -> list[bytes]:
        """The entries of the last bundle, if it is partial."""
        return self._entries[self.size // TILE_WIDTH * TILE_WIDTH - self._first_entry :]

    def places(self) -> Iterator[Tile | Bundle]:
        """Give the tiles and bundles that are new, bundles first: a tile never speaks of an entry that is not there."""
        yield from bundles_to_write(self.old_size, self.size)
        yield from tiles_to_write(self.old_size, self.size)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give the new files: path and content."""
        for place in self.places():
            if isinstance(place, Tile):
                yield place.path, tile_content(place, self._hashes)
            else:
                begin = place.index * TILE_WIDTH - self._first_entry
                yield place.path, encode_bundle(self._entries[begin : begin + place.width])


class Tree:
    """The tree as far as its files are written."""

    def __init__(self, frontier: Frontier, tail: Sequence[bytes], tiles: TileReader) -> None:
        assert len(tail) == frontier.size % TILE_WIDTH, "the tail is not that of the frontier"
        self._tiles = tiles
        self.frontier = frontier
        self.tail = list(tail)
        self.root = frontier.root()
        self.hashes = RecentHashes(TileHashReader(frontier.size, self.root, tiles))

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.frontier.size

    def grow(self, leaves: Sequence[bytes]) -> Growth:
        """Compute the tree with more entries; this one stays as it is."""
        return Growth(self, leaves)

    def adopt(self, growth: Growth) -> None:
        """Become the tree whose files were written."""
        assert growth.old_size == self.size, "the growth is of another tree"
        self.tail = growth.tail
        self.frontier = growth.frontier
        self.root = growth.root
        self.hashes.older = TileHashReader(self.size, self.root, self._tiles)
        self.hashes.remember(growth.first_hash, growth.new_hashes)

    def prove(self, index: int) -> tuple[Hash, ...]:
        """Give the inclusion path of an entry in this tree."""
        return tuple(prove_inclusion(self.size, index, self.hashes))

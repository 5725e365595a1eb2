"""The Merkle tree of the log: its growing edge in memory, all other hashes in the tiles.

What memory holds does not grow with the log: the complete subtrees that stand side by side (one for each one-bit of
the size), the partial tile of each level, and the entries of the partial bundle. A commit's entries are added level by
level, all at once; the same rows of hashes give the new root, the new tiles and the inclusion path of every new entry,
and nothing is read back for it. A tree grows in two steps, so that nothing is half applied: `Growth` computes, `adopt`
takes over once the growth is durable.

The shape is that of RFC 6962 section 2.1: at each level neighbours are hashed in pairs, and a last one without a
neighbour stands for itself one level higher.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
import threading
from typing import Final, Self, override

from localvpp.tlog import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Bundle,
    Frontier,
    Hash,
    Tile,
    TileHashReader,
    TileReader,
    bundles_to_write,
    encode_bundle,
    node_hash,
    prove_consistency,
    prove_inclusion,
    tiles_to_write,
)

_TILE_HEIGHT: Final = TILE_WIDTH.bit_length() - 1

type Path = tuple[Hash, ...]


class Tree:
    """The tree as far as its files are written."""

    def __init__(
        self,
        tiles: TileReader,
        size: int = 0,
        peaks: Mapping[int, Hash] | None = None,
        edge: Mapping[int, Sequence[Hash]] | None = None,
        tail: Sequence[bytes] = (),
    ) -> None:
        """Take a tree by its complete subtrees (by level), its partial tiles (by tile level) and its last entries."""
        assert len(tail) == size % TILE_WIDTH, "the tail is not that of the tree"
        self.size = size
        self.peaks: Mapping[int, Hash] = peaks or {}
        assert set(self.peaks) == set(_ones(size)), "a tree has a complete subtree for each one-bit of its size"
        self.edge: dict[int, Sequence[Hash]] = dict(edge or {})
        self.tail = list(tail)
        self.root = _ragged(size, self.peaks)[-1] or EMPTY_ROOT
        self._tiles = tiles

    @classmethod
    def load(cls, tiles: TileReader, size: int, root: Hash, tail: Sequence[bytes]) -> Self:
        """Take the tree whose tiles were written.

        Raises MissingError or UnauthenticTileError when they are not, or not of this root.
        """
        reader = TileHashReader(size, root, tiles)
        peaks = Frontier.load(size, reader).peaks
        edge = {tile.level: hashes for tile, hashes in reader.read_edge().items()}
        return cls(tiles, size, dict(zip(reversed(_ones(size)), peaks, strict=True)), edge, tail)

    def adopt(self, growth: Growth) -> None:
        """Become the tree whose files were written."""
        assert growth.old_size == self.size, "the growth is of another tree"
        self.size, self.root, self.peaks = growth.size, growth.root, growth.peaks
        self.edge |= growth.edge()
        self.tail = growth.tail

    def prover(self) -> Prover:
        """Return what proves this tree, also when it has grown."""
        return Prover(self.size, self.root, self.edge, self._tiles)


class Prover(TileReader):
    """Proves entries of one tree, and its growth, out of its tiles. Blocking; for any thread.

    The partial tiles are those in memory, so that a proof reads one tile for each full level: in a log of ten million
    entries at most two.
    """

    def __init__(self, size: int, root: Hash, edge: Mapping[int, Sequence[Hash]], tiles: TileReader) -> None:
        self.size: Final = size
        self._edge = {
            Tile(level, (size >> _TILE_HEIGHT * level) // TILE_WIDTH, len(hashes)): hashes
            for level, hashes in edge.items()
            if hashes
        }
        self._tiles = tiles
        self._reader = TileHashReader(size, root, self)
        self._lock = threading.Lock()

    def path(self, index: int) -> Path:
        """Give the inclusion path of an entry.

        Raises ProofError for an index that the tree has not, MissingError or UnauthenticTileError for damaged files.
        """
        with self._lock:
            return tuple(prove_inclusion(self.size, index, self._reader))

    def growth(self, old: int) -> Path:
        """Give the proof that this tree has grown out of the one of `old` entries. Raises as `path` does."""
        with self._lock:
            return tuple(prove_consistency(old, self.size, self._reader))

    @override
    def read_tile(self, tile: Tile) -> bytes:
        hashes = self._edge.get(tile)
        return self._tiles.read_tile(tile) if hashes is None else b"".join(hashes)


class Growth:
    """What a tree would be with more entries."""

    def __init__(self, tree: Tree, leaves: Sequence[bytes]) -> None:
        self.old_size: Final = tree.size
        self.size: Final = tree.size + len(leaves)
        self._edge: Final = tree.edge
        self._entries: Final = [*tree.tail, *leaves]
        self._rows: Final[list[tuple[int, list[Hash]]]] = []
        """By level: the first index and the hashes of the complete subtrees that are new or have a new neighbour."""
        self.peaks: Final[dict[int, Hash]] = {}
        begin, row = self.old_size, [Hash(sha256(b"\x00" + leaf).digest()) for leaf in leaves]
        for level in range(self.size.bit_length()):
            if begin & 1:
                begin -= 1
                row = [tree.peaks[level], *row]
            self._rows.append((begin, row))
            if len(row) & 1:
                self.peaks[level] = row[-1]
            # `node_hash` written out: this loop runs once for every entry.
            row = [Hash(sha256(b"\x01" + row[at] + row[at + 1]).digest()) for at in range(0, len(row) - 1, 2)]
            begin >>= 1
        self._ragged: Final = _ragged(self.size, self.peaks)
        self.root: Final = self._ragged[-1] or EMPTY_ROOT

    @property
    def tail(self) -> list[bytes]:
        """The entries of the last bundle, if it is partial."""
        return self._entries[len(self._entries) - self.size % TILE_WIDTH :]

    def places(self) -> Iterator[Tile | Bundle]:
        """Give the tiles and bundles that are new, bundles first: a tile never speaks of an entry that is not there."""
        yield from bundles_to_write(self.old_size, self.size)
        yield from tiles_to_write(self.old_size, self.size)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give the new files: path and content."""
        first = self.old_size // TILE_WIDTH
        for place in self.places():
            if isinstance(place, Bundle):
                begin = (place.index - first) * TILE_WIDTH
                yield place.path, encode_bundle(self._entries[begin : begin + place.width])
            else:
                begin, hashes = self._tile_row(place.level)
                at = place.index * TILE_WIDTH - begin
                yield place.path, b"".join(hashes[at : at + place.width])

    def edge(self) -> dict[int, Sequence[Hash]]:
        """Give the partial tiles that are new, by their level; empty ones where the last tile has become full."""
        changed: dict[int, Sequence[Hash]] = {}
        for level in {place.level for place in self.places() if isinstance(place, Tile)}:
            _, hashes = self._tile_row(level)
            changed[level] = hashes[len(hashes) - (self.size >> _TILE_HEIGHT * level) % TILE_WIDTH :]
        return changed

    def paths(self) -> list[Path]:
        """Give the inclusion path of each new entry."""
        if self.size == self.old_size:
            return []
        # From the top down: a path is the sibling's hash and then the path of the node above. The paths of each level
        # begin with that of the node which holds the first new entry.
        last = self.size - 1
        level = last.bit_length()
        paths: list[Path] = [()]
        while level:
            level -= 1
            first, row = self._rows[level]
            complete = self.size >> level
            rest = self._ragged[level]
            begin = self.old_size >> level
            above, paths = paths, []
            skipped = begin >> 1
            for node in range(begin, (last >> level) + 1):
                path = above[(node >> 1) - skipped]
                sibling = node ^ 1
                if sibling < complete:
                    path = (row[sibling - first], *path)
                elif sibling == complete and rest is not None:
                    path = (rest, *path)
                paths.append(path)
        return paths

    def _tile_row(self, level: int) -> tuple[int, list[Hash]]:
        """Give the hashes of a tile level from the first tile that changes: the index of the first, and all of them."""
        first, row = self._rows[_TILE_HEIGHT * level]
        old = self.old_size >> _TILE_HEIGHT * level
        begin = old // TILE_WIDTH * TILE_WIDTH
        known = self._edge.get(level, ())
        assert len(known) == old - begin, "the partial tile is not that of the tree"
        return begin, [*known, *row[old - first :]]


def _ones(size: int) -> list[int]:
    """Give the levels of a tree's complete subtrees, lowest first."""
    return [level for level in range(size.bit_length()) if size >> level & 1]


def _ragged(size: int, peaks: Mapping[int, Hash]) -> list[Hash | None]:
    """Give, for each level, the root over what follows the last complete subtree of that level; last, the tree's."""
    roots: list[Hash | None] = [None]
    rest: Hash | None = None
    for level in range(size.bit_length()):
        if size >> level & 1:
            rest = peaks[level] if rest is None else node_hash(peaks[level], rest)
        roots.append(rest)
    return roots

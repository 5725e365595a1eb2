"""Stored hashes out of tiles that nobody needs to trust.

Specification: C2SP tlog-tiles v0.1.0, as ``tiles``. Every tile is led back to the root of a signed checkpoint
    before one of its
hashes is given out or kept: the partial tiles at the edge together make the root, and a full tile is one hash of
the tile above.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from .errors import FormatError, UnauthenticTileError
from .merkle import EMPTY_ROOT, Hash, fold_peaks, perfect_root
from .tiles import TILE_WIDTH, Tile, TileReader, edge_peaks, edge_tiles, read_tile, tile_at, tile_of_hash

# 64 tiles are half a megabyte of hashes; a proof needs one tile for each level, so neighbouring proofs share most
# of them.
_KEPT_TILES: Final = 64


class TileHashReader:
    """A ``HashReader`` for one tree, over the tiles of a log.

    The edge is read once, at first need, and kept; of the full tiles, the ``kept_tiles`` last used are. In a tree
    of ten million entries a proof from a warm reader costs at most two reads.
    """

    __slots__ = ("_edge", "_kept", "_kept_tiles", "_root", "_size", "_tiles")

    def __init__(self, size: int, root: Hash, tiles: TileReader, *, kept_tiles: int = _KEPT_TILES) -> None:
        """Read the tree that a verified checkpoint describes by ``size`` and ``root``."""
        self._size = size
        self._root = root
        self._tiles = tiles
        self._kept_tiles = kept_tiles
        self._kept: OrderedDict[Tile, list[Hash]] = OrderedDict()
        self._edge: dict[Tile, list[Hash]] | None = None

    def read_hashes(self, indexes: Sequence[int]) -> list[Hash]:
        """Give the stored hashes at ``indexes``.

        Raises:
            MissingError: when a tile is not there.
            UnauthenticTileError: when a tile is not of this tree.
            FormatError: when the tree does not have such a hash.
        """
        hashes: list[Hash] = []
        for index in indexes:
            tile, begin, end = tile_of_hash(self._size, index)
            hashes.append(perfect_root(self.read_tile(tile)[begin:end]))
        return hashes

    def read_tile(self, tile: Tile) -> list[Hash]:
        """Give the authentic hashes of a tile of this tree, in the width it has here. Errors as ``read_hashes``."""
        edge = self.read_edge()
        if (hashes := edge.get(tile)) is not None:
            return hashes
        if (hashes := self._kept.get(tile)) is not None:
            self._kept.move_to_end(tile)
            return hashes
        if tile != tile_at(self._size, tile.level, tile.index):
            raise FormatError(f"a tree of {self._size} entries does not have {tile.path}")
        parent = self.read_tile(tile_at(self._size, tile.level + 1, tile.index // TILE_WIDTH))
        hashes = self._read(tile)
        if perfect_root(hashes) != parent[tile.index % TILE_WIDTH]:
            raise UnauthenticTileError((tile.path,), "its hashes do not lead to the hash in the tile above it")
        self._kept[tile] = hashes
        if len(self._kept) > self._kept_tiles:
            self._kept.popitem(last=False)
        return hashes

    def read_edge(self) -> dict[Tile, list[Hash]]:
        """Give the partial tiles of the tree, which together make its root. Errors as ``read_hashes``."""
        if self._edge is None:
            tiles = edge_tiles(self._size)
            contents = [self._read(tile) for tile in tiles]
            found = fold_peaks(edge_peaks(tiles, contents)) if tiles else EMPTY_ROOT
            if found != self._root:
                paths = tuple(tile.path for tile in tiles) or ("checkpoint",)
                raise UnauthenticTileError(
                    paths, f"they make the root {found.hex()}, not the checkpoint's {self._root.hex()}"
                )
            self._edge = dict(zip(tiles, contents, strict=True))
        return self._edge

    def _read(self, tile: Tile) -> list[Hash]:
        try:
            return read_tile(self._tiles, tile)
        except FormatError as error:
            raise UnauthenticTileError((tile.path,), str(error)) from error

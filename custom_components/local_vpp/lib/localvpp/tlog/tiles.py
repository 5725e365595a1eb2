"""The files of a log: hash tiles and entry bundles, their paths, their content, and which of them a growing log writes.

Specification: C2SP tlog-tiles v0.1.0 (August 2024) with its text as of November 2026, https://c2sp.org/tlog-tiles.

A tile is up to 256 neighbouring hashes of one level, where each level stands 256 times higher than the one below.
The last tile and the last bundle of a tree may be partial; their width is then part of their name, so that every
file is immutable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import re
from typing import Final, Protocol, Self

from .errors import FormatError, MissingError
from .merkle import HASH_BYTES, Hash, HashReader, perfect_root, read_checked, split_stored_index, stored_index

# The specification fixes the height of a tile: 8 levels of the tree, 256 hashes.
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
MAX_LEVEL: Final = 63
# An entry's length is written in 16 bits.
MAX_ENTRY_BYTES: Final = 0xFFFF

_LENGTH_BYTES: Final = 2
_PATH: Final = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One hash tile: ``width`` hashes of a level, the first being hash ``index * 256`` of that level."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise FormatError(f"a tile's level is from 0 to {MAX_LEVEL}, not {self.level}")
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        """The path below the log's prefix."""
        return f"tile/{self.level}/{_encode_place(self.index, self.width)}"

    @property
    def full(self) -> Self:
        """The full tile at the same place."""
        return type(self)(self.level, self.index)

    @classmethod
    def parse(cls, path: str) -> Self:
        """Read a path: the inverse of ``path``."""
        level, index, width = _parse_path(path)
        if level == "entries":
            raise FormatError(f"{path!r} is an entry bundle, not a tile")
        tile = cls(int(level), index, width)
        if tile.path != path:
            raise FormatError(f"{path!r} is not how a tile is named; {tile.path!r} would be")
        return tile


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """One entry bundle: ``width`` entries, the first being entry ``index * 256``."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        """The path below the log's prefix."""
        return f"tile/entries/{_encode_place(self.index, self.width)}"

    @property
    def full(self) -> Self:
        """The full bundle at the same place."""
        return type(self)(self.index)

    @classmethod
    def parse(cls, path: str) -> Self:
        """Read a path: the inverse of ``path``."""
        level, index, width = _parse_path(path)
        if level != "entries":
            raise FormatError(f"{path!r} is a tile, not an entry bundle")
        bundle = cls(index, width)
        if bundle.path != path:
            raise FormatError(f"{path!r} is not how an entry bundle is named; {bundle.path!r} would be")
        return bundle


class TileReader(Protocol):
    """Where the tiles are: a folder, a mirror, a mapping filled beforehand. What it gives is not trusted."""

    def read_tile(self, tile: Tile) -> bytes:
        """Give the content of the file. Raises ``MissingError`` when there is none."""
        ...


class LogReader(TileReader, Protocol):
    """Where all files of a log are."""

    def read_checkpoint(self) -> bytes:
        """Give the signed checkpoint. Raises ``MissingError`` when there is none."""
        ...

    def read_bundle(self, bundle: Bundle) -> bytes:
        """Give the content of the file. Raises ``MissingError`` when there is none."""
        ...


def parse_path(path: str) -> Tile | Bundle:
    """Read the path of a tile or a bundle, as a server of them must.

    Raises:
        FormatError: when it is neither.
    """
    return Bundle.parse(path) if path.startswith("tile/entries/") else Tile.parse(path)


# --- Which files a tree has ---------------------------------------------------------------------------------


def tiles_to_write(old_size: int, new_size: int) -> Iterator[Tile]:
    """Give the tiles that a tree of ``new_size`` has and one of ``old_size`` has not, lowest level first."""
    assert 0 <= old_size <= new_size, "a log never shrinks"
    for level in range(MAX_LEVEL + 1):
        old, new = old_size >> (TILE_HEIGHT * level), new_size >> (TILE_HEIGHT * level)
        if old == new:
            return
        for index, width in _new_places(old, new):
            yield Tile(level, index, width)


def bundles_to_write(old_size: int, new_size: int) -> Iterator[Bundle]:
    """Give the entry bundles that a log of ``new_size`` has and one of ``old_size`` has not."""
    assert 0 <= old_size <= new_size, "a log never shrinks"
    for index, width in _new_places(old_size, new_size):
        yield Bundle(index, width)


def edge_tiles(size: int) -> list[Tile]:
    """Give the partial tiles of a tree, lowest level first. Together they hold all that its root is made of."""
    levels = ((level, size >> (TILE_HEIGHT * level)) for level in range(MAX_LEVEL + 1))
    return [Tile(level, count // TILE_WIDTH, count % TILE_WIDTH) for level, count in levels if count % TILE_WIDTH]


def tile_at(size: int, level: int, index: int) -> Tile:
    """Give the tile at a place in a tree of ``size`` entries, in the width it has there."""
    width = min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH)
    if width < 1:
        raise FormatError(f"a tree of {size} entries has no tile {index} at level {level}")
    return Tile(level, index, width)


def tile_of_hash(size: int, index: int) -> tuple[Tile, int, int]:
    """Find a stored hash in the tiles of a tree of ``size`` entries.

    Returns:
        the tile, and the half-open range of its hashes (a power of two of them) whose root the stored hash is.
    """
    level, n = split_stored_index(index)
    tile_level, height = divmod(level, TILE_HEIGHT)
    first = n << height
    tile = tile_at(size, tile_level, first // TILE_WIDTH)
    begin = first % TILE_WIDTH
    end = begin + (1 << height)
    if end > tile.width:
        raise FormatError(f"a tree of {size} entries does not have the stored hash {index}")
    return tile, begin, end


def tiles_for(size: int, indexes: Sequence[int]) -> list[Tile]:
    """Give the tiles to fetch so that a ``TileHashReader`` can read the stored hashes at ``indexes``.

    They are the tiles which hold the hashes, those above them up to the edge, and the edge itself.
    """
    wanted = set(edge_tiles(size))
    for index in indexes:
        tile = tile_of_hash(size, index)[0]
        while tile not in wanted:
            # Not at the edge, so it is full and the tile above has its root.
            wanted.add(tile)
            tile = tile_at(size, tile.level + 1, tile.index // TILE_WIDTH)
    return sorted(wanted)


# --- Content ------------------------------------------------------------------------------------------------


def tile_content(tile: Tile, reader: HashReader) -> bytes:
    """Give the content of a hash tile from stored hashes."""
    first = tile.index * TILE_WIDTH
    level = tile.level * TILE_HEIGHT
    indexes = [stored_index(level, n) for n in range(first, first + tile.width)]
    return b"".join(read_checked(reader, indexes))


def split_tile(data: bytes) -> list[Hash]:
    """Divide the content of a hash tile into its hashes."""
    if not data or len(data) % HASH_BYTES or len(data) > TILE_WIDTH * HASH_BYTES:
        raise FormatError(f"a tile has from 1 to {TILE_WIDTH} hashes of {HASH_BYTES} bytes, not {len(data)} bytes")
    return [Hash(data[i : i + HASH_BYTES]) for i in range(0, len(data), HASH_BYTES)]


def edge_peaks(tiles: Sequence[Tile], contents: Sequence[Sequence[Hash]]) -> list[Hash]:
    """Give the complete subtrees of a tree, largest first, from its edge tiles, lowest level first."""
    peaks: list[Hash] = []
    for tile, hashes in zip(reversed(tiles), reversed(contents), strict=True):
        assert len(hashes) == tile.width, "bad math in edge_peaks"
        begin = 0
        for height in reversed(range(TILE_HEIGHT)):
            if tile.width >> height & 1:
                peaks.append(perfect_root(hashes[begin : begin + (1 << height)]))
                begin += 1 << height
    return peaks


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Write an entry bundle: each entry after its length in 16 bits, high byte first.

    Raises:
        FormatError: when there are not 1 to 256 entries, or one is longer than 65,535 bytes.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise FormatError(f"a bundle has from 1 to {TILE_WIDTH} entries, not {len(entries)}")
    parts: list[bytes] = []
    for at, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise FormatError(f"entry {at} of the bundle has {len(entry)} bytes; the most is {MAX_ENTRY_BYTES}")
        parts += (len(entry).to_bytes(_LENGTH_BYTES), entry)
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """Read an entry bundle of exactly ``width`` entries: the inverse of ``encode_bundle``.

    Raises:
        FormatError: when it has fewer or more, or ends inside one.
    """
    entries: list[bytes] = []
    at = 0
    for number in range(width):
        start = at + _LENGTH_BYTES
        end = start + int.from_bytes(data[at:start])
        if start > len(data) or end > len(data):
            raise FormatError(f"the bundle ends inside entry {number} of {width}")
        entries.append(data[start:end])
        at = end
    if at != len(data):
        raise FormatError(f"the bundle has {len(data) - at} bytes after its {width} entries")
    return entries


def read_tile(reader: TileReader, tile: Tile) -> list[Hash]:
    """Read the hashes of a tile, from the full tile where a log has deleted the partial one.

    Raises:
        MissingError: when there is neither, naming the tile that was asked for.
        FormatError: when the file is not as long as its name says.
    """
    found = tile
    try:
        data = reader.read_tile(tile)
    except MissingError:
        if tile.width == TILE_WIDTH:
            raise
        found = tile.full
        try:
            data = reader.read_tile(found)
        except MissingError:
            raise MissingError(tile.path) from None
    if len(data) != found.width * HASH_BYTES:
        raise FormatError(f"{found.path} has {len(data)} bytes, not {found.width * HASH_BYTES}")
    return split_tile(data[: tile.width * HASH_BYTES])


def read_bundle(reader: LogReader, bundle: Bundle) -> list[bytes]:
    """Read the entries of a bundle, from the full bundle where a log has deleted the partial one.

    Raises:
        MissingError: when there is neither, naming the bundle that was asked for.
        FormatError: when the file does not have the entries its name says.
    """
    found = bundle
    try:
        data = reader.read_bundle(bundle)
    except MissingError:
        if bundle.width == TILE_WIDTH:
            raise
        found = bundle.full
        try:
            data = reader.read_bundle(found)
        except MissingError:
            raise MissingError(bundle.path) from None
    return parse_bundle(data, found.width)[: bundle.width]


# --- Paths --------------------------------------------------------------------------------------------------


def _new_places(old: int, new: int) -> Iterator[tuple[int, int]]:
    if old == new:
        return
    for index in range(old // TILE_WIDTH, new // TILE_WIDTH):
        yield index, TILE_WIDTH
    if new % TILE_WIDTH:
        yield new // TILE_WIDTH, new % TILE_WIDTH


def _check_place(index: int, width: int) -> None:
    if not 0 <= index < 2**63:
        raise FormatError(f"the index of a tile or bundle is from 0 to 2^63-1, not {index}")
    if not 1 <= width <= TILE_WIDTH:
        raise FormatError(f"the width of a tile or bundle is from 1 to {TILE_WIDTH}, not {width}")


def _encode_place(index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    place = "/".join(reversed(groups))
    return place if width == TILE_WIDTH else f"{place}.p/{width}"


def _parse_path(path: str) -> tuple[str, int, int]:
    match = _PATH.fullmatch(path)
    if match is None:
        raise FormatError(f"{path[:200]!r} is not the path of a tile or an entry bundle")
    level, place, width = match.groups()
    return level, int(place.replace("/", "").replace("x", "")), TILE_WIDTH if width is None else int(width)

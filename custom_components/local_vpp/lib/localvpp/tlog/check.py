"""Checking a whole log: from its entries to the signed root, and every stored tile on the way.

Specification: C2SP tlog-tiles v0.1.0 and tlog-checkpoint v1.0.0, as ``tiles`` and ``checkpoint``.

All hashes are made anew from the entry bundles. Where something differs, the root that the log has signed decides
who is wrong: a tile that leads to the root is right and convicts the entry; entries that lead to the root convict
the tile. Memory does not grow with the log: one bundle, and at each of the few levels one tile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint
from .errors import FormatError, MissingError, TlogError, UnauthenticTileError
from .merkle import EMPTY_ROOT, Hash, fold_peaks, leaf_hash, perfect_root
from .note import Verifier
from .tilehashes import TileHashReader
from .tiles import TILE_WIDTH, Bundle, LogReader, Tile, bundles_to_write, edge_peaks, edge_tiles, read_bundle, read_tile

_CHECKPOINT_PATH: Final = "checkpoint"

# Called with the place and the bytes of every entry; a `ValueError` it raises says that the entry is bad.
type Inspect = Callable[[int, bytes], None]


class Place(Enum):
    """What is bad."""

    CHECKPOINT = "checkpoint"
    BUNDLE = "entry bundle"
    ENTRY = "entry"
    TILE = "tile"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad thing of a log.

    Attributes:
        place: what kind of thing it is.
        path: the file it is in, below the log's prefix.
        reason: what is wrong with it.
        index: for an entry its place in the log, for a bundle its number; otherwise None.
    """

    place: Place
    path: str
    reason: str
    index: int | None = None

    def __str__(self) -> str:
        number = "" if self.index is None else f" {self.index}"
        return f"{self.place.value}{number} ({self.path}): {self.reason}"


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What a check has found.

    Attributes:
        opened: what the log says of itself; None when it could not be read or its signature is wrong.
        entries: how many entries were found right, counted from the first.
        tiles: how many hash tiles were found right.
        fault: the first bad thing; None when the log is whole.
    """

    opened: OpenedCheckpoint | None
    entries: int
    tiles: int
    fault: Fault | None

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The head that was checked."""
        return self.opened.checkpoint if self.opened else None

    @property
    def ok(self) -> bool:
        """Whether the log is whole."""
        return self.fault is None


class _Rebuild:
    """All tiles of a log, made anew from its leaf hashes, one bundle's worth at a time."""

    def __init__(self) -> None:
        # The unfinished tile of each level above the leaves: its number, and its hashes so far.
        self._open: list[tuple[int, list[Hash]]] = []
        self._edge: list[tuple[Tile, list[Hash]]] = []

    def add(self, index: int, leaves: list[Hash]) -> Iterator[tuple[Tile, list[Hash]]]:
        """Take the leaves of bundle ``index``; give the tiles they complete, lowest first."""
        tile = Tile(0, index, len(leaves))
        yield tile, leaves
        if len(leaves) < TILE_WIDTH:
            self._edge.append((tile, leaves))
            return
        hashes = leaves
        for level in range(1, len(self._open) + 2):
            if level > len(self._open):
                self._open.append((0, []))
            number, above = self._open[level - 1]
            above.append(perfect_root(hashes))
            if len(above) < TILE_WIDTH:
                return
            yield Tile(level, number), above
            self._open[level - 1] = (number + 1, [])
            hashes = above

    def finish(self) -> Iterator[tuple[Tile, list[Hash]]]:
        """Give the partial tiles above the leaves, lowest first."""
        for level, (number, hashes) in enumerate(self._open, 1):
            if hashes:
                tile = Tile(level, number, len(hashes))
                self._edge.append((tile, hashes))
                yield tile, hashes

    def root(self, size: int) -> Hash:
        """Give the root, once finished."""
        tiles, contents = [tile for tile, _ in self._edge], [hashes for _, hashes in self._edge]
        assert tiles == edge_tiles(size), "bad math in _Rebuild"
        return fold_peaks(edge_peaks(tiles, contents)) if tiles else EMPTY_ROOT


def check_log(
    log: LogReader, log_key: Verifier, *, origin: str | None = None, inspect: Inspect | None = None
) -> LogCheck:
    """Check every byte of a log against its signed checkpoint.

    Args:
        log: where its files are. Errors of reading other than ``MissingError`` are passed on: they say nothing of
            the log.
        log_key: the key of the log.
        origin: the log's origin; by default the name of its key.
        inspect: called for each entry, in order, after its bytes are known to be those under the root (or, when the
            edge of the stored tiles is broken, before that can be known). A ``ValueError`` from it is the entry's
            fault.
    """
    try:
        opened = open_checkpoint(log.read_checkpoint(), log_key, origin=origin)
    except TlogError as error:
        return LogCheck(None, 0, 0, Fault(Place.CHECKPOINT, _CHECKPOINT_PATH, str(error)))
    return _Pass(log, opened, inspect).run()


class _Pass:
    """One pass over a log whose checkpoint is signed."""

    def __init__(self, log: LogReader, opened: OpenedCheckpoint, inspect: Inspect | None) -> None:
        checkpoint = opened.checkpoint
        self._log = log
        self._opened = opened
        self._checkpoint = checkpoint
        self._inspect = inspect
        self._entries = 0
        self._tiles = 0
        # None once the edge of the stored tiles has turned out not to make the signed root: then no tile can
        # convict an entry.
        self._authentic: TileHashReader | None = TileHashReader(checkpoint.size, checkpoint.root, log)
        self._doubt: Fault | None = None

    def run(self) -> LogCheck:
        fault = self._check_edge() or self._check_entries()
        return LogCheck(self._opened, self._entries, self._tiles, fault)

    def _check_edge(self) -> Fault | None:
        assert self._authentic is not None
        try:
            self._authentic.read_edge()
        except MissingError as error:
            return Fault(Place.TILE, error.path, str(error))
        except UnauthenticTileError:
            self._authentic = None
        return None

    def _check_entries(self) -> Fault | None:
        rebuild = _Rebuild()
        for bundle in bundles_to_write(0, self._checkpoint.size):
            try:
                entries = read_bundle(self._log, bundle)
            except (MissingError, FormatError) as error:
                return Fault(Place.BUNDLE, bundle.path, str(error), bundle.index)
            for tile, hashes in rebuild.add(bundle.index, [leaf_hash(entry) for entry in entries]):
                if fault := self._compare(tile, hashes):
                    return fault
            if fault := self._look_at(bundle, entries):
                return fault
        for tile, hashes in rebuild.finish():
            if fault := self._compare(tile, hashes):
                return fault
        return self._judge(rebuild.root(self._checkpoint.size))

    def _compare(self, tile: Tile, rebuilt: list[Hash]) -> Fault | None:
        """Compare a stored tile with what the entries give."""
        try:
            stored = read_tile(self._log, tile) if self._authentic is None else self._authentic.read_tile(tile)
        except MissingError as error:
            return Fault(Place.TILE, error.path, str(error))
        except FormatError as error:
            return Fault(Place.TILE, tile.path, str(error))
        except UnauthenticTileError as error:
            return Fault(Place.TILE, error.paths[0], str(error))
        if stored == rebuilt:
            self._tiles += 1
            return None
        at = next(i for i in range(tile.width) if stored[i] != rebuilt[i])
        if self._authentic is None:
            if self._doubt is None:
                reason = f"its hash {at} is {stored[at].hex()}, but the entries give {rebuilt[at].hex()}"
                self._doubt = Fault(Place.TILE, tile.path, reason)
            return None
        # The tile leads to the signed root, so what the entries give is wrong. Higher tiles are made of lower ones.
        assert tile.level == 0, (
            "bad math in check_log: tiles that lead to the root disagree with entries that agree with them"
        )
        self._entries += at
        index = tile.index * TILE_WIDTH + at
        reason = f"its hash is {rebuilt[at].hex()}, but the log has signed {stored[at].hex()}"
        return Fault(Place.ENTRY, Bundle(tile.index, tile.width).path, reason, index)

    def _look_at(self, bundle: Bundle, entries: list[bytes]) -> Fault | None:
        for index, entry in enumerate(entries, bundle.index * TILE_WIDTH):
            if self._inspect is not None:
                try:
                    self._inspect(index, entry)
                except ValueError as error:
                    return Fault(Place.ENTRY, bundle.path, str(error), index)
            self._entries += 1
        return None

    def _judge(self, found: Hash) -> Fault | None:
        """Say who is wrong, once the root over all entries is known."""
        signed = self._checkpoint.root
        if self._authentic is not None:
            assert found == signed, "bad math in check_log: all entries are in authentic tiles, yet the root differs"
            return None
        roots = f"the entries make the root {found.hex()}, and {signed.hex()} is signed"
        if found == signed:
            assert self._doubt is not None, "bad math in check_log: the edge differs from no tile"
            return self._doubt
        if self._doubt is None:
            return Fault(Place.CHECKPOINT, _CHECKPOINT_PATH, f"{roots}; tiles and entries agree with each other")
        return Fault(self._doubt.place, self._doubt.path, f"{self._doubt.reason}; moreover {roots}")

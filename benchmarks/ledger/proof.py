"""How long the proof of one entry takes in a log of ten million, and how many tiles are read for it.

The log's hash tiles are files on the disk. They are made here from small entries with `hashlib` alone, without waiting
for the disk at each, which would take hours; every proof is then verified with the log's mathematics.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
import os
from pathlib import Path
import random
import time
from typing import override

from coordinator.ledger.tree import Path as HashPath, Tree
from localvpp.logfolder import LogFolder
from localvpp.tlog import (
    TILE_WIDTH,
    Hash,
    Tile,
    TileHashReader,
    TileReader,
    inclusion_indexes,
    leaf_hash,
    prove_inclusion,
    tiles_for,
    verify_inclusion,
)
from localvpp.tlog.merkle import fold_peaks
from localvpp.tlog.tiles import edge_peaks, edge_tiles, split_tile

from ..figures import Figure, quantile
from .machine import Stopwatch
from .profiled import NOTHING, Part


def entry(index: int) -> bytes:
    """Return what the log holds at an index."""
    return b"entry %d" % index


class CountingFolder(LogFolder):
    """Counts the tiles that are read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = 0

    @override
    def read_tile(self, tile: Tile) -> bytes:
        self.reads += 1
        return super().read_tile(tile)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one proof took."""

    ms: float
    busy_ms: float
    reads: int


async def run(folder: Path, *, entries: int = 10_000_000, proofs: int = 1_000, profile: Part = NOTHING) -> list[Figure]:
    """Prove random entries as the ledger does: after others, after a commit, from a cold disk; and from files."""
    begin = time.perf_counter()
    root = build(folder, entries)
    built = time.perf_counter() - begin
    tiles = CountingFolder(folder)
    tail = [entry(index) for index in range(entries // TILE_WIDTH * TILE_WIDTH, entries)]
    tree = Tree.load(tiles, entries, root, tail)
    chosen = random.Random(1)
    indexes = [chosen.randrange(entries) for _ in range(proofs)]
    kept = tree.prover()
    os.sync()
    with profile:
        used = [_prove(kept.path, tiles, tree, index) for index in indexes]
        fresh = [_prove(tree.prover().path, tiles, tree, index) for index in indexes]
    cold, files = [], []
    for index in indexes:
        _forget(tiles, entries, index)
        cold.append(_prove(tree.prover().path, tiles, tree, index))
        files.append(_prove(_from_files(tiles, tree), tiles, tree, index))
    beside = {"entries": float(entries), "s to build": built}
    return [
        figure
        for name, measured, target in (
            ("after others", used, True),
            ("the first after a commit", fresh, True),
            ("the first after a commit, cold disk", cold, False),
            ("by somebody who has the files alone", files, False),
        )
        for figure in _figures(name, measured, beside, target=target)
    ]


def _from_files(tiles: TileReader, tree: Tree) -> Callable[[int], HashPath]:
    """Prove as a mirror or an auditor does, who has to read the partial tiles first."""
    return lambda index: tuple(prove_inclusion(tree.size, index, TileHashReader(tree.size, tree.root, tiles)))


def _figures(name: str, measured: list[Taken], beside: dict[str, float], *, target: bool) -> list[Figure]:
    return [
        Figure(
            name=f"{name}: 99 % of proofs within",
            value=quantile([each.ms for each in measured], 0.99),
            unit="ms",
            at_most=5 if target else None,
            beside={
                "half within": quantile([each.ms for each in measured], 0.5),
                "99 % by processor time": quantile([each.busy_ms for each in measured], 0.99),
                **beside,
            },
        ),
        Figure(
            name=f"{name}: tiles read at most",
            value=max(each.reads for each in measured),
            unit="tiles",
            at_most=3 if target else None,
            beside={"on average": sum(each.reads for each in measured) / len(measured)},
        ),
    ]


def _prove(path_of: Callable[[int], HashPath], tiles: CountingFolder, tree: Tree, index: int) -> Taken:
    """Prove an entry; verifying that comes after."""
    before, watch = tiles.reads, Stopwatch()
    path = path_of(index)
    rate, reads = watch.rate(1), tiles.reads - before
    verify_inclusion(tree.size, index, leaf_hash(entry(index)), path, tree.root)
    return Taken(rate.wall_s * 1000, rate.busy_s * 1000, reads)


def _forget(tiles: CountingFolder, size: int, index: int) -> None:
    """Have the system drop the files of a proof from its memory."""
    for tile in tiles_for(size, inclusion_indexes(size, index)):
        with suppress(OSError):
            handle = os.open(tiles.path / tile.path, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def build(folder: Path, size: int) -> Hash:
    """Write the hash tiles of a log; return its root."""
    level, above = 0, bytearray()
    digest = sha256
    count = 0
    for begin in range(0, size, TILE_WIDTH):
        end = min(begin + TILE_WIDTH, size)
        hashes = [digest(b"\0entry %d" % index).digest() for index in range(begin, end)]
        _write(folder, Tile(0, begin // TILE_WIDTH, end - begin), b"".join(hashes))
        if end - begin == TILE_WIDTH:
            above += _root(hashes)
            count += 1
    while count:
        level += 1
        below, above, size_here, count = bytes(above), bytearray(), count, 0
        for begin in range(0, size_here, TILE_WIDTH):
            end = min(begin + TILE_WIDTH, size_here)
            data = below[begin * 32 : end * 32]
            _write(folder, Tile(level, begin // TILE_WIDTH, end - begin), data)
            if end - begin == TILE_WIDTH:
                above += _root([data[at : at + 32] for at in range(0, len(data), 32)])
                count += 1
    edge = edge_tiles(size)
    return fold_peaks(edge_peaks(edge, [split_tile((folder / tile.path).read_bytes()) for tile in edge]))


def _root(hashes: list[bytes]) -> bytes:
    digest = sha256
    while len(hashes) > 1:
        hashes = [digest(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _write(folder: Path, tile: Tile, data: bytes) -> None:
    path = folder / tile.path
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        path.write_bytes(data)

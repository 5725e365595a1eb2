"""The files of the log on disk, laid out as C2SP tlog-tiles serves them.

A file is written beside its place, synced, renamed over it, and then its folder is synced: after a crash it is
there as a whole or not at all.
"""

from collections.abc import Iterable
import os
from pathlib import Path
import shutil
from typing import Final, override

from .tlog import TILE_WIDTH, Bundle, LogReader, MissingError, Tile

CHECKPOINT: Final = "checkpoint"
_TEMPORARY: Final = ".new"


class LogFolder(LogReader):
    """The files of a log in a folder: anybody reads them, one writes them. Blocking."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @override
    def read_checkpoint(self) -> bytes:
        """Give the published checkpoint. Raises MissingError."""
        return self.read(CHECKPOINT)

    @override
    def read_tile(self, tile: Tile) -> bytes:
        """Give a tile's bytes. Raises MissingError."""
        return self.read(tile.path)

    @override
    def read_bundle(self, bundle: Bundle) -> bytes:
        """Give a bundle's bytes. Raises MissingError."""
        return self.read(bundle.path)

    def read(self, path: str) -> bytes:
        """Give a file's bytes, by a path that was made by `localvpp.tlog`. Raises MissingError."""
        try:
            return (self.path / path).read_bytes()
        except FileNotFoundError, NotADirectoryError:
            raise MissingError(path) from None

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files so that all are durable when this returns."""
        folders: set[Path] = set()
        for path, data in files:
            place = self.path / path
            folders |= _make_folder(place.parent)
            temporary = place.with_name(place.name + _TEMPORARY)
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(place)
            folders.add(place.parent)
        for folder in folders:
            _sync(folder)

    def drop_partials(self, full: Iterable[Tile | Bundle]) -> None:
        """Delete the partial files that full ones have replaced, as tlog-tiles allows."""
        for each in full:
            if each.width == TILE_WIDTH:
                shutil.rmtree(self.path / f"{each.path}.p", ignore_errors=True)


def _make_folder(folder: Path) -> set[Path]:
    """Make a folder with its parents; return the folders that got a new name in them."""
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
    return {each.parent for each in missing}


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

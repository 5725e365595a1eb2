"""The files of the log on disk, laid out as C2SP tlog-tiles serves them.

A file is written beside its place, synced, renamed over it, and then its folder is synced: after a crash it is
there as a whole or not at all. A folder's own name has to be on the disk as well, in the folder above it. That it is
there to be written into does not say so: whoever made it may have failed, or been killed, before its name was synced.
So each folder's name is synced before the first file in it counts as written, once in a process.
"""

from collections.abc import Iterable, Iterator
import logging
from pathlib import Path
from posixpath import dirname
from typing import Final, override

from .disk import Disk
from .tlog import TILE_WIDTH, Bundle, LogReader, MissingError, Tile

CHECKPOINT: Final = "checkpoint"
COSIGNED: Final = "cosigned"
"""In a mirror: the newest of its heads that a quorum of witnesses is known to have signed, with all their lines."""
_TEMPORARY: Final = ".new"
_MOST_NAMED: Final = 1024
"""Folders remembered: a log goes on with a few at a time, and one that was forgotten only has its name synced again."""

_log = logging.getLogger(__name__)


class LogFolder(LogReader):
    """The files of a log in a folder: anybody reads them, one writes them. Blocking."""

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        # Folders are made by cutting paths down to one that is there, and of a relative path nothing may be left.
        self.path = path.absolute()
        self._disk = disk or Disk()
        self._named: set[str] = set()
        """Folders whose names are on the disk, or will be when all of `_unsynced` are synced."""
        self._unsynced: dict[str, None] = {}
        """Folders with new names in them that are not known to be on the disk: a sync that failed is tried again."""

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

    def tile_files(self) -> Iterator[str]:
        """Give the paths of all files below `tile/`, whatever they are."""
        for folder, _, names in (self.path / "tile").walk():
            inside = folder.relative_to(self.path).as_posix()
            yield from (f"{inside}/{name}" for name in names)

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files so that all are durable when this returns."""
        disk, root = self._disk, str(self.path)
        for path, data in files:
            place = f"{root}/{path}"
            temporary = place + _TEMPORARY
            folder = dirname(place)
            if folder not in self._named:
                self._name(folder)
            try:
                disk.write(temporary, data)
            except FileNotFoundError:
                # Somebody has removed the folder since.
                self._named.clear()
                self._name(folder)
                disk.write(temporary, data)
            disk.rename(temporary, place)
            self._unsynced[folder] = None
        for folder in tuple(self._unsynced):
            disk.sync_folder(folder)
            del self._unsynced[folder]

    def drop_partials(self, full: Iterable[Tile | Bundle]) -> None:
        """Delete the partial files that full ones have replaced, as tlog-tiles allows."""
        for each in full:
            if each.width == TILE_WIDTH:
                folder = f"{self.path}/{each.path}.p"
                self._named.discard(folder)
                self._unsynced.pop(folder, None)
                try:
                    self._disk.remove(folder)
                except OSError as error:
                    _log.warning("%s cannot be removed (%s): it is not needed, and takes room only", folder, error)

    def _name(self, folder: str) -> None:
        """Make a folder with its parents where they are not there, and have their names synced.

        Above the log's own folder, what is there is somebody else's, and was before.
        """
        root = str(self.path)
        unnamed: list[str] = []
        while folder not in self._named and folder != "/":
            if folder != root and not folder.startswith(f"{root}/") and Path(folder).is_dir():
                break
            unnamed.append(folder)
            folder = dirname(folder)
        for each in reversed(unnamed):
            # Before it is made: then a failure of what follows leaves it to be synced, and nothing that is not there.
            self._unsynced[dirname(each)] = None
            if not Path(each).is_dir():
                self._disk.make_folder(each)
        if len(self._named) + len(unnamed) > _MOST_NAMED:
            self._named.clear()
        self._named.update(unnamed)

"""The files of the log on disk, laid out as C2SP tlog-tiles serves them.

A file is written beside its place, synced, renamed over it, and then its folder is synced: after a crash it is
there as a whole or not at all. A folder's own name has to be on the disk as well, in the folder above it. That it is
there to be written into does not say so: whoever made it may have failed, or been killed, before its name was synced.
So each folder's name is synced before the first file in it counts as written, once in a process.

Whoever can make the files again may put many of them and sync them together: until then everybody reads them, and a
power cut may leave of them what it likes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
import logging
from pathlib import Path
from posixpath import dirname
from typing import Final, override

from .disk import Disk
from .tlog import TILE_WIDTH, Bundle, LogReader, MissingError, Tile

CHECKPOINT: Final = "checkpoint"
COSIGNED: Final = "cosigned"
"""In a mirror: the newest of its heads that a quorum of witnesses is known to have signed, with all their lines."""
SYNCED: Final = "synced"
"""The newest head whose bundles and tiles are known to be on the disk, where they are put first and synced later."""
_TEMPORARY: Final = ".new"
_PARTIAL: Final = ".p"
_MOST_NAMED: Final = 1024
"""Folders remembered: a log goes on with a few at a time, and one that was forgotten only has its name synced again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unsynced:
    """Files that were put, and folders with new names in them, which are not known to be on the disk."""

    files: tuple[str, ...]
    folders: tuple[str, ...]


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
        self._put: dict[str, dict[str, None]] = {}
        """Files that were put and are not known to be on the disk, by their folder."""

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
        for path, data in files:
            self._place(path, data, self._disk.write)
        for folder in tuple(self._unsynced):
            self._disk.sync_folder(folder)
            del self._unsynced[folder]

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files so that all can be read when this returns. They are durable when `sync` has synced them."""
        for path, data in files:
            place, folder = self._place(path, data, self._disk.put)
            # Of a tile that has grown on nobody needs what it was, however it was left.
            self._put.pop(place + _PARTIAL, None)
            if folder.endswith(_PARTIAL):
                self._put[folder] = {place: None}
            else:
                self._put.setdefault(folder, {})[place] = None

    def unsynced(self) -> Unsynced:
        """Give what `sync` has to sync for all to be durable that was put by now; it is nobody else's from here on."""
        files = tuple([file for files in self._put.values() for file in files])
        folders = tuple(self._unsynced)
        self._put.clear()
        self._unsynced.clear()
        return Unsynced(files, folders)

    def sync(self, unsynced: Unsynced, head: bytes) -> None:
        """Make durable what was put, and then the head that it was put for. May run while more is being put.

        Raises OSError: then nobody knows what of it is on the disk, and it has to be put again.
        """
        disk, place = self._disk, f"{self.path}/{SYNCED}"
        try:
            for file in unsynced.files:
                disk.sync(file)
            for folder in unsynced.folders:
                disk.sync_folder(folder)
        except OSError:
            self._named.clear()
            raise
        disk.write(place + _TEMPORARY, head)
        disk.rename(place + _TEMPORARY, place)
        disk.sync_folder(str(self.path))

    def _place(self, path: str, data: bytes, write: Callable[[str, bytes], None]) -> tuple[str, str]:
        """Write a file beside its place and rename it over it; return its place, and the folder of that."""
        place = f"{self.path}/{path}"
        temporary = place + _TEMPORARY
        folder = dirname(place)
        if folder not in self._named:
            self._name(folder)
        try:
            write(temporary, data)
        except FileNotFoundError:
            # Somebody has removed the folder since.
            self._named.clear()
            self._name(folder)
            write(temporary, data)
        self._disk.rename(temporary, place)
        self._unsynced[folder] = None
        return place, folder

    def drop_partials(self, full: Iterable[Tile | Bundle]) -> None:
        """Delete the partial files that full ones have replaced, as tlog-tiles allows."""
        for each in full:
            if each.width == TILE_WIDTH:
                folder = f"{self.path}/{each.path}{_PARTIAL}"
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

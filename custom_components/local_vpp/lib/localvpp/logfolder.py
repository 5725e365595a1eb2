"""The files of the log on disk, laid out as C2SP tlog-tiles serves them.

A file is written beside its place, synced, renamed over it, and then its folder is synced: after a crash it is
there as a whole or not at all.
"""

from collections.abc import Iterable, Iterator
import logging
from pathlib import Path
from posixpath import dirname
from typing import Final, override

from .disk import Disk
from .tlog import TILE_WIDTH, Bundle, LogReader, MissingError, Tile

CHECKPOINT: Final = "checkpoint"
_TEMPORARY: Final = ".new"

_log = logging.getLogger(__name__)


class LogFolder(LogReader):
    """The files of a log in a folder: anybody reads them, one writes them. Blocking."""

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        # Folders are made by cutting paths down to one that is there, and of a relative path nothing may be left.
        self.path = path.absolute()
        self._disk = disk or Disk()

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
        folders: dict[str, None] = {}
        for path, data in files:
            place = f"{root}/{path}"
            temporary = place + _TEMPORARY
            folder = dirname(place)
            try:
                disk.write(temporary, data)
            except FileNotFoundError:
                folders |= dict.fromkeys(self._make_folder(folder))
                disk.write(temporary, data)
            disk.rename(temporary, place)
            folders[folder] = None
        for folder in folders:
            disk.sync_folder(folder)

    def drop_partials(self, full: Iterable[Tile | Bundle]) -> None:
        """Delete the partial files that full ones have replaced, as tlog-tiles allows."""
        for each in full:
            if each.width == TILE_WIDTH:
                folder = f"{self.path}/{each.path}.p"
                try:
                    self._disk.remove(folder)
                except OSError as error:
                    _log.warning("%s cannot be removed (%s): it is not needed, and takes room only", folder, error)

    def _make_folder(self, folder: str) -> list[str]:
        """Make a folder with its parents; return the folders that got a new name in them."""
        missing: list[str] = []
        while not Path(folder).is_dir():
            missing.append(folder)
            folder = dirname(folder)
        for each in reversed(missing):
            self._disk.make_folder(each)
        return [dirname(each) for each in missing]

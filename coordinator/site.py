"""The data folder in which a building is rebuilt: locked, and marked from before the first step until after the last.

    rebuilding    a rebuild has begun; the heads that it, and those before that were broken off, have brought
    rebuilt       it is whole; the log waits for its witnesses, who may know of more (`holding`)

No coordinator starts from a folder that says `rebuilding` (`config.make_data`). Broken off anywhere, a rebuild is begun
anew: what the one before left is taken away first, also out of a database that lies elsewhere, but only what the
mark says is of a rebuild.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import logging
from pathlib import Path
import shutil
from typing import Final

from .config import REBUILDING, TRIED
from .keys import sync, write_private
from .ledger import LOCK, FolderLock

REBUILT: Final = "rebuilt"
"""A file in the data folder for as long as the witnesses have not signed the head that was rebuilt."""
_NEW: Final = f"{REBUILDING}.new"

_log = logging.getLogger(__name__)


class SiteError(Exception):
    """The data folder holds something that is not of a rebuild."""


class Site:
    """A data folder that is this process's, with the mark on it. All methods block."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._brought = _lines(data)

    def has_brought(self, head: str) -> bool:
        """Whether this log was written by a rebuild in this folder that was broken off: it may be taken away."""
        return head in self._brought

    def brings(self, head: str) -> None:
        """Note what is about to be written to a database that holds nothing, or what a rebuild has brought."""
        self._brought.add(head)
        self._mark()

    def begin(self) -> None:
        """Mark the folder, and take away what a rebuild has left."""
        if (self._data / REBUILDING).exists():
            _log.warning("A rebuild into %s was broken off: what it left is taken away", self._data)
        self._mark()
        self.clear()

    def _mark(self) -> None:
        (self._data / _NEW).unlink(missing_ok=True)
        write_private(self._data / _NEW, "\n".join(sorted(self._brought)))
        (self._data / _NEW).rename(self._data / REBUILDING)
        sync(self._data)

    def clear(self) -> None:
        """Take away everything but lock and mark."""
        for path in self._data.iterdir():
            if path.name in {LOCK, REBUILDING}:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        sync(self._data)

    def abandon(self) -> None:
        """Take everything away, the mark last."""
        self.clear()
        (self._data / REBUILDING).unlink(missing_ok=True)
        sync(self._data)

    def finish(self) -> None:
        """Let the folder be a coordinator's."""
        sync(self._data)
        (self._data / REBUILDING).rename(self._data / REBUILT)
        sync(self._data)


def check_free(data: Path) -> None:
    """Raise SiteError when a folder has content that no rebuild has left."""
    names = {path.name for path in data.iterdir()} if data.exists() else set()
    strange = {name for name in names if name not in {LOCK, _NEW} and not name.startswith((f".{_NEW}.", TRIED))}
    if strange and REBUILDING not in names:
        raise SiteError(f"{data} is not empty: move what is in it away, and rebuild into an empty folder")


@contextmanager
def claimed(data: Path) -> Iterator[Site]:
    """Have a data folder to rebuild into, as long as the context lasts. Raises SiteError, LedgerError or OSError."""
    with FolderLock(data):
        check_free(data)
        site = Site(data)
        site.begin()
        yield site


def _lines(data: Path) -> set[str]:
    try:
        return set((data / REBUILDING).read_text(encoding="ascii").split("\n")) - {""}
    except FileNotFoundError:
        return set()

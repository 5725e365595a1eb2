"""The few operations on a disk that the log's files are written with, each a step that can fail by itself.

Tests pass a disk that fails at any of them; what holds then is what `LogFolder` promises.
"""

from contextlib import suppress
import os
from typing import Final

_FILE_MODE: Final = 0o644
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Disk:
    """Operations of the operating system. Blocking; each raises OSError."""

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a file; its content is on the disk when this returns, its name may not be."""
        _fill(path, data, durable=True)

    def put(self, path: str, data: bytes) -> None:
        """Make or replace a file; of its content nothing may be on the disk before `sync`."""
        _fill(path, data, durable=False)

    def sync(self, path: str) -> None:
        """Bring a file's content to the disk."""
        _sync(path)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in place of any file that has it."""
        os.rename(old, new)  # noqa: PTH104  (paths are strings here: there are thousands of them a second)

    def make_folder(self, path: str) -> None:
        """Make a folder whose parent is there; leave one that is there already."""
        with suppress(FileExistsError):
            os.mkdir(path)  # noqa: PTH102

    def sync_folder(self, path: str) -> None:
        """Bring the names in a folder to the disk."""
        _sync(path)

    def remove(self, folder: str) -> None:
        """Remove a folder with the files in it, if it is there."""
        with suppress(FileNotFoundError):
            with os.scandir(folder) as files:
                for file in files:
                    os.unlink(file.path)  # noqa: PTH108
            os.rmdir(folder)  # noqa: PTH106


def _fill(path: str, data: bytes, *, durable: bool) -> None:
    handle = os.open(path, _NEW, _FILE_MODE)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

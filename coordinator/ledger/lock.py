"""One process per data folder: two sequencers over one log would fork it."""

import fcntl
import os
from pathlib import Path
from typing import Final, Self

from .errors import LedgerError

LOCK: Final = "lock"
"""The file's name in the folder."""


class FolderLock:
    """Holds a data folder while the context lasts; the system lets go of it when the process dies. Blocking."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._handle: int | None = None

    def __enter__(self) -> Self:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 32).decode("ascii", "replace").strip()
            os.close(handle)
            raise LedgerError(
                f"the data folder {self._path.parent} is in use by process {owner or 'unknown'}: stop it first, "
                "or give this building a folder of its own"
            ) from None
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

"""The building's next key: the log commits to it, and it is kept away from the server until it is needed.

Its private half is on a sheet, in the form of the recovery key's, or in a token. It is made before the entry that
commits to it: by `local-vpp coordinator next-key` before the building's first start, or else at that start; and by each
`rotate-key` for the one after. Where the program has to make it, the sheet is a file of the data folder until the
manager has taken it away. Nothing is said of it in a log that could be lost: it is on the disk before anything commits
to it.

    DATA/next-key.sheet            to be kept elsewhere; while it lies here, the building's page and /healthz say so
    DATA/keys/building.next        the key itself, from a `rotate-key` that was broken off: they say that, too
    DATA/keys/building.committed   hash of a key that was made before the first start
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import Path
from typing import Final

from localvpp.etp import NEXT_KEY_LENGTH, BadKeyError, Ed25519Signer, NextKey, PublicKey, foresee, load_or_create
from localvpp.vault import SheetError, read_sheet, write_sheet

from .keys import NEXT, replace_private, write_private

LABEL: Final = "NEXTKEY"
SHEET: Final = "next-key.sheet"
_COMMITTED: Final = "building.committed"
_LOOK_S: Final = 5.0

_log = logging.getLogger(__name__)


def sheet_trouble(data: Path) -> str | None:
    """Return what the manager has to be told while the next key's sheet lies on the server. Blocking."""
    path = data / SHEET
    if not path.exists():
        return None
    return (
        f"the building's next key lies on the server: print {path} or copy it away, to another place than the recovery "
        "key's sheet, and delete it here"
    )


def _left_by_rotation(data: Path, origin: str, standing: NextKey | None) -> str | None:
    """Return what the manager has to be told of a next key that a rotation has left on the server. Blocking."""
    path = data / "keys" / f"building{NEXT}"
    try:
        if standing is None or not path.exists() or foresee(load_or_create(path).public, origin) != standing:
            return None
    except BadKeyError:
        return None
    return (
        f"the building's next key lies on the server, in {path}: a rotate-key was broken off, or the log is of before "
        f"one. Do it again; or, if you still have its sheet, delete that file and {data / SHEET}"
    )


def _is_standing(data: Path, origin: str, standing: NextKey | None) -> bool:
    """Whether the sheet in the data folder, if there is one, is of the key that the log has committed to. Blocking."""
    try:
        return standing is None or foresee(key_on_sheet(data / SHEET).public, origin) == standing
    except FileNotFoundError:
        return True
    except BadKeyError:
        return False


class SheetWatch:
    """Sees whether the next key lies on the server, on its sheet or as a file, for the page and for /healthz."""

    def __init__(self, data: Path, origin: str, standing: Callable[[], NextKey | None]) -> None:
        """Take the data folder, and what the log has committed to; None before the building is founded."""
        self._data = data
        self._origin = origin
        self._standing = standing
        self._told: str | None = None
        self.lies_here = False
        """Whether the next key was there when it was looked for last."""

    async def look(self) -> str | None:
        """Return what the manager has to be told now."""
        trouble = await asyncio.to_thread(sheet_trouble, self._data)
        is_next = await asyncio.to_thread(_is_standing, self._data, self._origin, self._standing())
        left = await asyncio.to_thread(_left_by_rotation, self._data, self._origin, self._standing())
        self.lies_here = left is not None or (trouble is not None and is_next)
        if left is not None and (trouble is None or not is_next):
            trouble = left
        elif trouble is not None and not is_next:
            trouble = (
                f"{self._data / SHEET} is of no key that the log has committed to: a rotate-key was broken off. Do it "
                "again, or delete that file; the sheet that you keep is still the next key's"
            )
        if trouble is not None and trouble != self._told:
            _log.warning("%s%s", trouble[0].upper(), trouble[1:])
        if trouble is None and self._told is not None:
            _log.info("The next key is not on the server any more")
        self._told = trouble
        return trouble

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look every few seconds until cancelled."""
        while True:
            await self.look()
            await sleep(_LOOK_S)


def sheet_here(data: Path) -> Ed25519Signer:
    """Return the key on the sheet in the data folder, made now if there is none. Blocking.

    Raises BadKeyError or OSError.
    """
    path = data / SHEET
    if not path.exists():
        write_private(path, write_sheet(LABEL, Ed25519Signer.generate().seed()))
    return key_on_sheet(path)


def key_on_sheet(path: Path) -> Ed25519Signer:
    """Return the key of a file with what is on a sheet. Blocking.

    Raises BadKeyError or OSError.
    """
    try:
        label, secret = read_sheet(path.read_text(encoding="utf-8", errors="replace"))
    except SheetError as error:
        raise BadKeyError(f"{path} does not hold what is on the sheet of a next key: {error}") from error
    if label != LABEL:
        raise BadKeyError(f"{path} is the sheet of another key: that of the next key begins with {LABEL}-")
    return Ed25519Signer(secret)


def make_key(keys: Path, origin: str) -> str:
    """Have the building commit to a fresh key when it is founded; return its sheet, which is kept nowhere. Blocking."""
    signer = Ed25519Signer.generate()
    commit(keys, signer.public, origin)
    return write_sheet(LABEL, signer.seed())


def commit(keys: Path, key: PublicKey, origin: str) -> None:
    """Have the building commit to a key when it is founded. Blocking."""
    replace_private(keys / _COMMITTED, foresee(key, origin).hex())


def founding_commitment(data: Path, origin: str) -> NextKey:
    """Return what the founding entry commits to; where nobody has prepared it, make a sheet. Blocking.

    Raises BadKeyError or OSError.
    """
    path = data / "keys" / _COMMITTED
    try:
        committed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return foresee(sheet_here(data).public, origin)
    except ValueError:
        committed = b""
    if len(committed) != NEXT_KEY_LENGTH:
        raise BadKeyError(f"{path} holds no commitment of 64 hex digits: make it anew (local-vpp coordinator next-key)")
    return NextKey(committed)

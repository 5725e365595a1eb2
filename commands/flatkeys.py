"""The key files of a headless flat, and the rotation of its key while it is stopped.

    flat.key          signs new records
    flat.key.next     a fresh key that no record names yet
    flat.key.former   signed before; the flat greets with it until the log has proven to hold the rotation

The order of `localvpp.rotation`, with files: the new key is on the disk before the record that names it, the record
before the files change their names, and the old key goes only when nobody needs it any more. When the log has another
record in the place of the rotation, the chain names the old key again: it goes back to its place at the next start, and
the fresh one waits for the next rotation.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import logging
import os
from pathlib import Path
from typing import Final, TextIO

from localvpp.clock import Clock
from localvpp.etp import BadKeyError, load_or_create
from localvpp.rotation import FlatKeys, Rotation, is_named, newest_rotation, record_rotation
from localvpp.store import FlatStore
from localvpp.wire import Membership

from .errors import CommandError

_LOGGER = logging.getLogger(__name__)

KEY: Final = "flat.key"
_NEXT: Final = "flat.key.next"
_FORMER: Final = "flat.key.former"
LOCK: Final = "lock"


@contextmanager
def alone(data: Path) -> Iterator[TextIO]:
    """Keep other processes out of a flat's folder: two that sign would write two chains.

    Gives the lock, empty: who it is that holds it may be written into it (``capturing``).

    Raises CommandError.
    """
    with (data / LOCK).open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{data} is in use: stop the flat that runs on it first") from None
        file.truncate(0)
        yield file


async def flat_keys(data: Path, store: FlatStore, membership: Membership) -> FlatKeys:
    """Return what the flat in a folder signs with, after ending whatever a rotation has left to do.

    Raises CommandError when the folder's key is not the one that the chain names, BadKeyError, StoreError.
    """
    rotation = await newest_rotation(store)
    return await asyncio.to_thread(_settled, data, membership, rotation)


def _settled(data: Path, membership: Membership, rotation: Rotation | None) -> FlatKeys:
    if rotation is not None and (data / _NEXT).exists() and load_or_create(data / _NEXT).public == rotation.key:
        _exchange(data)
    former, device = data / _FORMER, membership.device
    current = load_or_create(data / KEY)
    if not is_named(current.public, rotation, device) and former.exists():
        if not is_named(load_or_create(former).public, rotation, device):
            raise _strange(data, rotation)
        _put_back(data)
        current = load_or_create(data / KEY)
        _LOGGER.warning(
            "%s holds the former key again: the log has another record in the place of the rotation away from it. The "
            "fresh key is kept in %s: rotate again to sign with it",
            data / KEY,
            data / _NEXT,
        )
    if not is_named(current.public, rotation, device):
        raise _strange(data, rotation)
    if rotation is None or not former.exists():
        return FlatKeys(current)
    if rotation.is_proven:
        former.unlink()
        _sync(data)
        return FlatKeys(current)
    return FlatKeys(current, load_or_create(former))


def _strange(data: Path, rotation: Rotation | None) -> CommandError:
    if rotation is None:
        return CommandError(f"{data / KEY} is not the key that the flat was enrolled with: put that back")
    return CommandError(
        f"{data / KEY} is not the key that the flat's own records name ({rotation.key.fingerprint}): put that back"
    )


async def rotate(data: Path, store: FlatStore, membership: Membership, clock: Clock) -> FlatKeys:
    """Let a flat sign with a fresh key from its next record on; return what it signs with then.

    Raises CommandError while an earlier rotation is on its way, BadKeyError or StoreError.
    """
    keys = await flat_keys(data, store, membership)
    if keys.former is not None:
        raise CommandError(
            "the log has not proven to hold the rotation before this one: run the flat until it has, then rotate again"
        )
    fresh = await asyncio.to_thread(load_or_create, data / _NEXT)
    if fresh.public == keys.current.public:
        raise BadKeyError(f"{data / _NEXT} holds the key that the flat signs with already: remove it")
    await record_rotation(store, membership, keys.current, fresh, clock)
    return await flat_keys(data, store, membership)


def _exchange(data: Path) -> None:
    """Let the next key be the present one, and keep the present one as the former; done twice, it is the same."""
    if not (data / _FORMER).exists():
        os.link(data / KEY, data / _FORMER)
        _sync(data)
    (data / _NEXT).replace(data / KEY)
    _sync(data)


def _put_back(data: Path) -> None:
    """Let the former key be the present one, and the present one wait to be named; done twice, it is the same."""
    if not (data / _NEXT).exists():
        os.link(data / KEY, data / _NEXT)
        _sync(data)
    (data / _FORMER).replace(data / KEY)
    _sync(data)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

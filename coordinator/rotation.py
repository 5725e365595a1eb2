"""A fresh key for the building, or for one of its meters, while the coordinator is stopped.

The order is that of a flat's (`localvpp.rotation`): the fresh key is on the disk before the entry that names it, the
entry is durable before the files change their places (`keys.settle`). Broken off anywhere, the next start of the
coordinator, or the next rotation, ends it.

The fresh key is the one that the building's file names in a token, and a file's where it names none. So a key moves
from a file into a token, from one token into another, or back.
"""

import asyncio
from contextlib import AsyncExitStack

from localvpp.clock import Clock
from localvpp.etp import PublicKey, Signer, load_or_create
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer

from .config import BuildingConfig, make_data, token_signer
from .founding import enrolled_own, open_ledger
from .keys import FORMER, NEXT, load_log_key, settle, sync
from .ledger import FolderLock, LedgerError, Scribe
from .site import REBUILT
from .store import Role, close_database, open_database


async def rotate_own(config: BuildingConfig, role: Role, clock: Clock, former: KeyUri | None = None) -> PublicKey:
    """Have the log name a fresh key for one of the building's own devices; return it.

    `former` is the token that has the present key, if it is in one. Raises ConfigError, LedgerError, StoreError,
    BadKeyError, SignerUnavailableError or OSError: the coordinator runs, the device is not enrolled, a token is not
    there, or the ledger cannot write. Then the old key signs on.
    """
    folder = config.data / "keys"
    await asyncio.to_thread(make_data, config)
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, FolderLock(config.data))
        if await asyncio.to_thread((config.data / REBUILT).exists):
            raise LedgerError("the log was rebuilt and waits for its witnesses: run the coordinator until it has them")
        engine = await open_database(config.database_url)
        stack.push_async_callback(close_database, engine)
        members = await enrolled_own(engine)
        if role not in members:
            raise LedgerError(f"no key of the {role.value} is enrolled yet: run the coordinator first")
        key = members[role].key
        fresh, present = await asyncio.to_thread(_keys, config, role, key, former)
        log = await asyncio.to_thread(load_log_key, folder, config.origin)
        ledger = open_ledger(config, log, members[Role.BUILDING], engine, clock, 0)
        async with ledger:
            scribe = Scribe(ledger, present, members[role].device, config.origin)
            await scribe.rotate(fresh, config.slot_seconds, clock)
        await asyncio.to_thread(_put_away, config, role, fresh.public)
    return fresh.public


def _keys(config: BuildingConfig, role: Role, enrolled: PublicKey, former: KeyUri | None) -> tuple[Signer, Signer]:
    """Return the fresh key, durable by now, and the one that the log names. Blocking."""
    folder, name = config.data / "keys", role.value
    if former is None:
        settle(folder, name, enrolled)
    fresh = load_or_create(folder / f"{name}{NEXT}") if name not in config.tokens else token_signer(config, name)
    if fresh.public == enrolled:
        raise LedgerError(
            f"the key that keys.{name} in {config.file.name} names is the one that the log names already: make another "
            "in the token, name that one there, and the present one with --from URI"
        )
    if former is not None:
        present: Signer = Pkcs11Signer(former)
    elif (folder / name).exists():
        present = load_or_create(folder / name)
    else:
        raise LedgerError(f"the present key of the {name} is not in {folder / name}: name its token with --from URI")
    if present.public != enrolled:
        raise LedgerError(
            f"the key {present.public.fingerprint} is not the one that the log names for the {name} "
            f"({enrolled.fingerprint}): give that one"
        )
    return fresh, present


def _put_away(config: BuildingConfig, role: Role, fresh: PublicKey) -> None:
    """Give the key files their places. Blocking."""
    folder = config.data / "keys"
    place = folder / role.value
    if role.value not in config.tokens:
        settle(folder, role.value, fresh)
    elif place.exists():
        place.replace(folder / f"{role.value}{FORMER}")
        sync(folder)

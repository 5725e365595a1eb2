"""A fresh key for the building, or for one of its meters, while the coordinator is stopped.

The order is that of a flat's (`localvpp.rotation`): the fresh key is on the disk before the entry that names it, the
entry is durable before the files change their places (`keys.settle`). Broken off anywhere, the next start of the
coordinator, or the next rotation, ends it.
"""

import asyncio
from contextlib import AsyncExitStack

from localvpp.clock import Clock
from localvpp.etp import PublicKey, load_or_create

from .config import BuildingConfig
from .founding import device_of, open_ledger, own_keys
from .keys import NEXT, settle
from .ledger import FolderLock, LedgerError, Scribe
from .rebuild import REBUILT
from .store import Role, close_database, open_database


async def rotate_own(config: BuildingConfig, role: Role, clock: Clock) -> PublicKey:
    """Have the log name a fresh key for one of the building's own devices; return it.

    Raises LedgerError, StoreError, BadKeyError, or OSError: the coordinator runs, the device is not enrolled, or the
    ledger cannot write. Then the old key signs on.
    """
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, FolderLock(config.data))
        if await asyncio.to_thread((config.data / REBUILT).exists):
            raise LedgerError("the log was rebuilt and waits for its witnesses: run the coordinator until it has them")
        engine = await open_database(config.database_url)
        stack.push_async_callback(close_database, engine)
        keys, founder = await own_keys(config, engine, clock)
        ledger = await stack.enter_async_context(open_ledger(config, keys, founder, engine, clock, 0))
        signer = {Role.BUILDING: keys.building, Role.BULK: keys.bulk, Role.COMMON: keys.common}[role]
        known = ledger.directory.named(role.value)
        if known is None or known.key != signer.public:
            raise LedgerError(f"no key of the {role.value} is enrolled yet: run the coordinator first")
        folder = config.data / "keys"
        fresh = await asyncio.to_thread(load_or_create, folder / f"{role.value}{NEXT}")
        scribe = Scribe(ledger, signer, device_of(ledger, signer), config.origin)
        await scribe.rotate(fresh, config.slot_seconds, clock)
        await asyncio.to_thread(settle, folder, role.value, fresh.public)
    return fresh.public

"""A fresh key for the building, or for one of its meters, while the coordinator is stopped.

The order is that of a flat's (`localvpp.rotation`): the fresh key is on the disk before the entry that names it, the
entry is durable before the files change their places (`keys.settle`). Broken off anywhere, the next start of the
coordinator, or the next rotation, ends it.

The fresh key is the one that the building's file names in a token, and a file's where it names none. So a key moves
from a file into a token, from one token into another, or back.

The building's own fresh key is the one that the log has committed to (`nextkey`): from its sheet, or in its token. The
entry that names it commits to the one after, whose sheet is on the disk before.
"""

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from pathlib import Path

from localvpp.clock import Clock
from localvpp.etp import Ed25519Signer, NextKey, PublicKey, Signer, foresee, load_or_create
from localvpp.etp.pkcs11 import KeyUri, Pkcs11Signer

from .config import BuildingConfig, make_data, token_signer
from .founding import enrolled_own, open_ledger
from .keys import FORMER, NEXT, load_log_key, replace_private, settle, sync
from .ledger import FolderLock, LedgerError, Scribe
from .nextkey import SHEET, key_on_sheet, sheet_here
from .site import REBUILT
from .store import Member, Role, close_database, open_database


async def rotate_own(
    config: BuildingConfig,
    role: Role,
    clock: Clock,
    former: KeyUri | None = None,
    *,
    sheet: Path | None = None,
    after: KeyUri | None = None,
) -> PublicKey:
    """Have the log name a fresh key for one of the building's own devices; return it.

    `former` is the token that has the present key, if it is in one. For the building's own, `sheet` is a file with the
    next key's sheet, and `after` the token with the key to commit to, if it is in one. Raises ConfigError, LedgerError,
    StoreError, BadKeyError, SignerUnavailableError or OSError: the coordinator runs, the device is not enrolled, a key
    is not the one that is asked for, a token is not there, or the ledger cannot write. Then the old key signs on.
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
        key, committed = members[role].key, members[role].next_key
        fresh, present = await asyncio.to_thread(_keys, config, role, key, former, committed, sheet)
        next_key = (
            None
            if committed is None
            else await asyncio.to_thread(_next_key, config, committed, after, members.values())
        )
        if next_key is not None and isinstance(fresh, Ed25519Signer):
            # Not before all else is found sound: what has lain on the server is not foreseen any more.
            await asyncio.to_thread(replace_private, folder / f"{role.value}{NEXT}", fresh.seed().hex())
        log = await asyncio.to_thread(load_log_key, folder, config.origin)
        ledger = open_ledger(config, log, members[Role.BUILDING], engine, clock, 0)
        async with ledger:
            scribe = Scribe(ledger, present, members[role].device, config.origin)
            await scribe.rotate(fresh, config.slot_seconds, clock, next_key)
        await asyncio.to_thread(_put_away, config, role, fresh.public)
    return fresh.public


def _keys(
    config: BuildingConfig,
    role: Role,
    enrolled: PublicKey,
    former: KeyUri | None,
    committed: NextKey | None,
    sheet: Path | None,
) -> tuple[Signer, Signer]:
    """Return the fresh key and the one that the log names. Blocking.

    A meter's is durable by now, as is one in a token; what is on a sheet was not written anywhere.
    """
    folder, name = config.data / "keys", role.value
    if former is None:
        settle(folder, name, enrolled)
    fresh: Signer
    if name in config.tokens:
        fresh = token_signer(config, name)
    elif committed is None:
        fresh = load_or_create(folder / f"{name}{NEXT}")
    else:
        fresh = _shown(folder / f"{name}{NEXT}", committed, config.origin, sheet)
    if fresh.public == enrolled:
        raise LedgerError(
            f"the key that keys.{name} in {config.file.name} names is the one that the log names already: make another "
            "in the token, name that one there, and the present one with --from URI"
        )
    if committed is not None and foresee(fresh.public, config.origin) != committed:
        raise LedgerError(
            f"the key {fresh.public.fingerprint} is not the next key that the log has committed to: only that one can "
            "renew the building's; see docs/managers.md, The next key"
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


def _shown(place: Path, committed: NextKey, origin: str, sheet: Path | None) -> Signer:
    """Return the key on the next key's sheet; one that was shown before, and is a file since, need not be again."""
    if sheet is None:
        if place.exists() and foresee((shown := load_or_create(place)).public, origin) == committed:
            return shown
        raise LedgerError("the building's key is renewed by the next key: give its sheet with --next-key FILE")
    return key_on_sheet(sheet)


def _next_key(config: BuildingConfig, committed: NextKey, after: KeyUri | None, own: Collection[Member]) -> NextKey:
    """Return what to commit to: a key in a token, or on a sheet that is on the disk by now. Blocking."""
    key = sheet_here(config.data).public if after is None else Pkcs11Signer(after).public
    next_key = foresee(key, config.origin)
    place = config.data / SHEET if after is None else "--then"
    if any(member.has(key) for member in own):
        raise LedgerError(
            f"{place} is a key that the building or a meter signs with, or did, and none comes back: it could never "
            "renew the building's. Delete that sheet, it is void; name another token with --then"
        )
    if next_key == committed:
        raise LedgerError(
            f"{place} is the key that renews the building's now, and there has to be another after it: move the sheet "
            "away from the server, and name where it is with --next-key; name another token with --then"
        )
    return next_key


def _put_away(config: BuildingConfig, role: Role, fresh: PublicKey) -> None:
    """Give the key files their places. Blocking."""
    folder = config.data / "keys"
    place = folder / role.value
    if role.value not in config.tokens:
        settle(folder, role.value, fresh)
    elif place.exists():
        place.replace(folder / f"{role.value}{FORMER}")
        sync(folder)

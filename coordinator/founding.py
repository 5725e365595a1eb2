"""A building's own devices and its ledger: what has to be there before anything else is opened.

The log names the keys of the building and its meters. A device keeps its name when its key is rotated, so what it is
called is asked of the members, and not of the key.
"""

import asyncio
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import BadKeyError, DeviceId, PublicKey, Signer, foresee
from localvpp.logfolder import LogFolder

from .config import BuildingConfig, token_signer
from .keys import BuildingKeys, LogKey, load_keys
from .ledger import GATHER_S, Ledger, LedgerError, Scribe
from .nextkey import founding_commitment
from .store import Member, Role, members as member_store

OWN_ROLES = (Role.BUILDING, Role.BULK, Role.COMMON, Role.ROOF)


async def enrolled_own(engine: AsyncEngine) -> dict[Role, Member]:
    """Return the building and its meters, as far as they are enrolled."""
    async with engine.connect() as connection:
        return {member.role: member for member in await member_store.every(connection) if member.role in OWN_ROLES}


async def own_keys(config: BuildingConfig, engine: AsyncEngine, clock: Clock) -> tuple[BuildingKeys, Member]:
    """Return the building's keys, each in the place that the log gives it, and the building as a member.

    Raises BadKeyError; ConfigError for a token that cannot be used, LedgerError for a key in one that is not enrolled.
    """
    members = await enrolled_own(engine)
    enrolled = {role.value: member.key for role, member in members.items()}

    def load() -> BuildingKeys:
        tokens = {name: token_signer(config, name) for name in config.tokens}
        return load_keys(config.data / "keys", config.origin, tokens, enrolled)

    keys = await asyncio.to_thread(load)
    for signer in keys.own:
        known = enrolled.get(signer.name)
        if signer.name in config.tokens and known not in (None, signer.public):
            raise LedgerError(
                f"keys.{signer.name} in {config.file.name} names the key {signer.public.fingerprint}, and the log "
                f"another: have it named with `local-vpp coordinator rotate-key {config.file.name} {signer.name}`"
            )
    building = members.get(Role.BUILDING)
    founder = own(Role.BUILDING, keys.building, clock)
    # With the key that is here: whether it is the one that the log names, the ledger looks for itself.
    return keys, founder if building is None else replace(building, key=founder.key)


async def present_key(config: BuildingConfig, engine: AsyncEngine, clock: Clock) -> PublicKey:
    """Return the building's key that the log names, wherever the key files stand; the first one of a new building.

    Raises as `own_keys` does for a new building, and asks no token of one that is enrolled.
    """
    building = (await enrolled_own(engine)).get(Role.BUILDING)
    if building is not None:
        return building.key
    keys, _ = await own_keys(config, engine, clock)
    return keys.building.public


def open_ledger(
    config: BuildingConfig,
    key: LogKey,
    founder: Member,
    engine: AsyncEngine,
    clock: Clock,
    gather_s: float = GATHER_S,
) -> Ledger:
    """Return the building's ledger, to be entered."""
    return Ledger(
        engine,
        LogFolder(config.data / "log"),
        origin=config.origin,
        founder=founder,
        signer=key.signer,
        verifier=key.verifier,
        clock=clock,
        gather_s=gather_s,
    )


def device_of(ledger: Ledger, signer: Signer) -> DeviceId:
    """Return whom a key signs for."""
    members = ledger.directory.by_device.values()
    return next((each.device for each in members if each.key == signer.public), signer.public.device_id)


def own(role: Role, signer: Signer, clock: Clock) -> Member:
    """Return one of the building's own devices as it is enrolled."""
    key = signer.public
    return Member(key.device_id, role.value, role, key, "coordinator", clock.wall_ms())


def unfounded(config: BuildingConfig, keys: BuildingKeys, ledger: Ledger) -> list[tuple[Role, Signer]]:
    """Return what is the building's own and not enrolled yet: its key first of all, then its meters.

    Raises LedgerError for a key that is not the enrolled one.
    """
    devices: list[tuple[Role, Signer]] = [(Role.BUILDING, keys.building)]
    if config.meters.bulk is not None:
        devices.append((Role.BULK, keys.bulk))
    if config.meters.common is not None:
        devices.append((Role.COMMON, keys.common))
    if config.meters.roof is not None:
        devices.append((Role.ROOF, keys.roof))
    missing = []
    for role, signer in devices:
        known = ledger.directory.named(role.value)
        if known is None:
            missing.append((role, signer))
        elif known.key != signer.public:
            raise LedgerError(
                f"the key in keys/{role.value} is not the one that is enrolled ({known.key.fingerprint}): "
                "put the enrolled one back"
            )
    return missing


async def found(config: BuildingConfig, keys: BuildingKeys, ledger: Ledger, scribe: Scribe, clock: Clock) -> None:
    """Enrol what is not enrolled yet. Raises LedgerError, BadKeyError, OSError; to be called again, it goes on."""
    await scribe.ready()
    for role, signer in unfounded(config, keys, ledger):
        member = own(role, signer, clock)
        if role is Role.BUILDING:
            next_key = await asyncio.to_thread(founding_commitment, config.data, config.origin)
            if any(next_key == foresee(each.public, config.origin) for each in keys.own):
                raise BadKeyError(
                    "the building's next key is one that it or a meter signs with now, and could never renew its key: "
                    "make another (local-vpp coordinator next-key)"
                )
            member = replace(member, next_key=next_key)
        await scribe.enrol(member, config.slot_seconds, clock)

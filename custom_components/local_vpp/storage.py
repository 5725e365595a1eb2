"""What a flat keeps on disk besides its config entry: its private key and its database.

The key lies in a private file of Home Assistant's storage, not in the config entry, so that it stands in no
diagnostics, no log and no API's answer. The database holds the flat's signed records; it is its only proof, and goes
with the entry only.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR, Store

from .const import DOMAIN
from .lib.localvpp.blackout.blackout import JOURNAL
from .lib.localvpp.etp import BadKeyError, Ed25519Signer

_VERSION: Final = 1

# SQLite keeps its write-ahead log and its index beside the database.
_DATABASE_SUFFIXES: Final = (".db", ".db-wal", ".db-shm")


class _StoredKeys(TypedDict):
    """The file's content: seeds."""

    seed: str
    fresh: NotRequired[str]
    former: NotRequired[str]


@dataclass(frozen=True, slots=True)
class KeptKeys:
    """The keys of a flat. Which of them it signs with, its own chain tells (`rotating`)."""

    current: Ed25519Signer
    fresh: Ed25519Signer | None = None
    """The one that a rotation was asked to name."""
    former: Ed25519Signer | None = None
    """The one before a rotation that the log has not proven to hold."""


def _key_store(hass: HomeAssistant, device: str) -> Store[_StoredKeys]:
    return Store(hass, _VERSION, f"{DOMAIN}.{device}.key", private=True, atomic_writes=True)


async def async_save_key(hass: HomeAssistant, signer: Ed25519Signer) -> None:
    """Make the key that a flat is enrolled with durable."""
    await async_save_keys(hass, signer.public.device_id.hex(), KeptKeys(signer))


async def async_save_keys(hass: HomeAssistant, device: str, keys: KeptKeys) -> None:
    """Make a flat's keys durable, all of them at once. Home Assistant only logs it when it could not."""
    stored = _StoredKeys(seed=keys.current.seed().hex())
    if keys.fresh is not None:
        stored["fresh"] = keys.fresh.seed().hex()
    if keys.former is not None:
        stored["former"] = keys.former.seed().hex()
    await _key_store(hass, device).async_save(stored)


async def async_load_key(hass: HomeAssistant, device: str) -> Ed25519Signer | None:
    """Return the key that a device is enrolled with, None when there is none, or one of another device."""
    keys = await async_load_keys(hass, device)
    return keys.current if keys is not None and keys.current.public.device_id.hex() == device else None


async def async_load_keys(hass: HomeAssistant, device: str) -> KeptKeys | None:
    """Return the keys of a device, None when there are none that can be read."""
    stored = await _key_store(hass, device).async_load()
    if stored is None:
        return None

    def signer(seed: str | None) -> Ed25519Signer | None:
        return None if seed is None else Ed25519Signer(bytes.fromhex(seed))

    try:
        current, fresh, former = (
            Ed25519Signer(bytes.fromhex(stored["seed"])),
            signer(stored.get("fresh")),
            signer(stored.get("former")),
        )
    except KeyError, TypeError, ValueError, BadKeyError:
        return None
    return KeptKeys(current, fresh, former)


async def async_remove_key(hass: HomeAssistant, device: str) -> None:
    """Forget a key for good."""
    await _key_store(hass, device).async_remove()


def database_path(hass: HomeAssistant, device: str) -> Path:
    """Return where a flat's records lie."""
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{device}.db"))


def journal_path(hass: HomeAssistant, device: str) -> Path:
    """Return where a flat writes down what it is about to do in a blackout."""
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{device}.{JOURNAL}"))


async def async_remove_database(hass: HomeAssistant, device: str) -> None:
    """Delete a flat's records, and its journal."""
    path, journal = database_path(hass, device), journal_path(hass, device)

    def remove() -> None:
        for suffix in _DATABASE_SUFFIXES:
            path.with_suffix(suffix).unlink(missing_ok=True)
        # One that could not be read lies beside it.
        for each in journal.parent.glob(f"{journal.stem}.*"):
            each.unlink(missing_ok=True)

    await hass.async_add_executor_job(remove)

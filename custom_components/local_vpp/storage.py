"""What a flat keeps on disk besides its config entry: its private key and its database.

The key lies in a private file of Home Assistant's storage, not in the config entry, so that it stands in no
diagnostics, no log and no API's answer. The database holds the flat's signed records; it is its only proof, and goes
with the entry only.
"""

from pathlib import Path
from typing import Final, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR, Store

from .const import DOMAIN
from .lib.localvpp.etp import BadKeyError, Ed25519Signer

_VERSION: Final = 1

# SQLite keeps its write-ahead log and its index beside the database.
_DATABASE_SUFFIXES: Final = (".db", ".db-wal", ".db-shm")


class _StoredKey(TypedDict):
    """The file's content."""

    seed: str


def _key_store(hass: HomeAssistant, device: str) -> Store[_StoredKey]:
    return Store(hass, _VERSION, f"{DOMAIN}.{device}.key", private=True, atomic_writes=True)


async def async_save_key(hass: HomeAssistant, signer: Ed25519Signer) -> None:
    """Make a flat's key durable."""
    await _key_store(hass, signer.public.device_id.hex()).async_save({"seed": signer.seed().hex()})


async def async_load_key(hass: HomeAssistant, device: str) -> Ed25519Signer | None:
    """Return the key of a device, None when there is none, or one of another device."""
    stored = await _key_store(hass, device).async_load()
    if stored is None:
        return None
    try:
        signer = Ed25519Signer(bytes.fromhex(stored["seed"]))
    except KeyError, ValueError, BadKeyError:
        return None
    return signer if signer.public.device_id.hex() == device else None


async def async_remove_key(hass: HomeAssistant, device: str) -> None:
    """Forget a key for good."""
    await _key_store(hass, device).async_remove()


def database_path(hass: HomeAssistant, device: str) -> Path:
    """Return where a flat's records lie."""
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{device}.db"))


async def async_remove_database(hass: HomeAssistant, device: str) -> None:
    """Delete a flat's records."""
    path = database_path(hass, device)

    def remove() -> None:
        for suffix in _DATABASE_SUFFIXES:
            path.with_suffix(suffix).unlink(missing_ok=True)

    await hass.async_add_executor_job(remove)

"""Backup: the flats' databases hold still while Home Assistant copies its files.

A record that is in the building's log and in no backup would split the flat's chain after a restore, and a damaged
database would lose it. So each database is pinned (`localvpp.pin`) from before the copy until after it. The flats go on
meanwhile; nothing of theirs waits for the backup. A backup that never tells of its end is not waited for either: the
pins are drawn after a while, and should it end after all, it is told that it is not to be trusted.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.pin import Pin, PinError
from .storage import database_path

LONGEST_S: Final = 3600.0
"""A backup takes minutes, also on a small computer and onto a slow disk. An hour of a pinned log is some 10 MB."""
_MINUTES: Final = LONGEST_S / 60


@dataclass
class _Backup:
    """What is held still for the backup that is being made."""

    pins: list[Pin] = field(default_factory=list)
    cancel_limit: CALLBACK_TYPE | None = None
    over: bool = False
    """Whether the pins were drawn before the backup was done."""


_BACKUP: Final[HassKey[_Backup]] = HassKey(f"{DOMAIN}_backup")


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Hold the database of every flat still."""
    # One that was begun before, and of whose end nobody has told.
    await _async_end(hass)
    backup = hass.data[_BACKUP] = _Backup()
    entries: list[LocalVppConfigEntry] = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    for entry in entries:
        try:
            if (pin := await _async_pin(hass, entry)) is not None:
                backup.pins.append(pin)
        except PinError as error:
            await _async_end(hass)
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="backup_not_pinned",
                translation_placeholders={"name": entry.title, "error": str(error)},
            ) from error

    async def limit(_: datetime) -> None:
        LOGGER.warning("A backup is not done after %.0f minutes: the flats' records are held still no longer", _MINUTES)
        backup.cancel_limit = None
        backup.over = True
        await _async_draw(hass, backup)

    backup.cancel_limit = async_call_later(hass, LONGEST_S, HassJob(limit, cancel_on_shutdown=True))


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the databases go on as before."""
    backup = hass.data.get(_BACKUP)
    await _async_end(hass)
    if backup is not None and backup.over:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="backup_too_long",
            translation_placeholders={"minutes": f"{_MINUTES:.0f}"},
        )


async def _async_pin(hass: HomeAssistant, entry: LocalVppConfigEntry) -> Pin | None:
    """Hold a flat's database still; return None when there is nothing that could be written to meanwhile.

    Raises PinError.
    """
    if entry.state is ConfigEntryState.LOADED:
        return await entry.runtime_data.coordinator.store.pin()
    if TYPE_CHECKING:
        assert entry.unique_id is not None
    path = database_path(hass, entry.unique_id)
    try:
        # It may be set up again before the backup is done.
        return await hass.async_add_executor_job(lambda: Pin.put(path) if path.exists() else None)
    except PinError as error:
        LOGGER.info("%s does not run, and its database is backed up as it is: %s", entry.title, error)
        return None


async def _async_end(hass: HomeAssistant) -> None:
    if (backup := hass.data.pop(_BACKUP, None)) is None:
        return
    if backup.cancel_limit is not None:
        backup.cancel_limit()
    await _async_draw(hass, backup)


async def _async_draw(hass: HomeAssistant, backup: _Backup) -> None:
    while backup.pins:
        await hass.async_add_executor_job(backup.pins.pop().draw)

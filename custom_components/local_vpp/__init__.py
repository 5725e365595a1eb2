"""The Local VPP integration: one flat of a building that is its own virtual power plant.

The flat's agent lives in `lib/localvpp` and knows nothing of Home Assistant. This integration gives it what it needs
(units of the shared Modbus connection, an HTTP session, a key, a place for its database) and shows what it says.
"""

import base64
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

from homeassistant.const import CONF_URL
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv, device_registry as dr, issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from .blackout_home import BLACKOUT_ISSUES, BlackoutHome, async_blackout, async_refuse_blackout
from .blackout_settings import reserve_of, without_reserve
from .building_drills import DRILL_ISSUE, BuildingDrills
from .const import (
    CONF_BLACKOUT,
    CONF_BUILDING,
    CONF_BUILDING_ALGORITHM,
    CONF_BUILDING_KEY,
    CONF_FLAT,
    CONF_MAP,
    CONF_MARKET,
    CONF_NEXT_KEY,
    CONF_ORIGIN,
    DOMAIN,
    PLATFORMS,
    SUNSPEC,
    DeviceKind,
    Part,
)
from .coordinator import ISSUES, LocalVppConfigEntry, LocalVppCoordinator, LocalVppData, issue_id
from .devices import battery_subentry, find_subentry
from .entity import battery_device_info, flat_device_info, subentry_device_info
from .flat_devices import async_flat_devices
from .http import async_register_views
from .lib.localvpp.blackout import Blackout
from .lib.localvpp.clock import SystemClock
from .lib.localvpp.devices import Captures
from .lib.localvpp.etp import Algorithm, DeviceId, NextKey, PublicKey
from .lib.localvpp.flat import Flat
from .lib.localvpp.rounds import FlatDevices
from .lib.localvpp.store import FlatStore, StoreError
from .lib.localvpp.wire import Membership
from .market_actions import async_register_market_actions
from .market_settings import market_settings_of
from .options_flow import mirror_folder
from .pending import async_drop_pending, async_forget_pending
from .rotating import async_flat_keys
from .services import async_register_actions
from .source import Sources
from .storage import KeptKeys, async_load_keys, async_remove_database, database_path

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all flats share."""
    async_register_views(hass)
    async_register_actions(hass)
    async_register_market_actions(hass)
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: LocalVppConfigEntry) -> bool:
    """Bring an entry of an earlier release up to date; one of a later major version is left alone."""
    if entry.version > 1:
        return False
    if entry.minor_version < 2:
        # Every inverter described itself then.
        for subentry in entry.subentries.values():
            if subentry.subentry_type == DeviceKind.INVERTER:
                hass.config_entries.async_update_subentry(entry, subentry, data={CONF_MAP: SUNSPEC, **subentry.data})
        hass.config_entries.async_update_entry(entry, minor_version=2)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: LocalVppConfigEntry) -> bool:
    """Set up a flat from its config entry."""
    await async_keys(hass, entry)
    membership = async_membership(entry)
    if hass.state is not CoreState.running:
        # An entry that Home Assistant starts with is on disk, and the key's for good.
        await async_drop_pending(hass, membership.device.hex())
    captures = Captures()
    sources = Sources(hass, issue_id("entity_missing", entry), entry.title, SystemClock())
    devices = await async_flat_devices(hass, entry, sources, captures)
    async with AsyncExitStack() as opened:
        try:
            path = database_path(hass, membership.device.hex())
            store = await FlatStore.open(path, membership.device, membership.origin)
            opened.push_async_callback(store.close)
            # Nobody else has the database yet.
            keys = await async_flat_keys(hass, store, membership, SystemClock())
        except StoreError as error:
            raise ConfigEntryError(
                translation_domain=DOMAIN, translation_key="database", translation_placeholders={"error": str(error)}
            ) from error
        opened.pop_all()

    flat_with = partial(
        Flat,
        devices=devices,
        signer=keys.current,
        former=keys.former,
        membership=membership,
        store=store,
        session=async_get_clientsession(hass),
        software=await async_software(hass),
        mirror=mirror_folder(entry.options),
        market=market_settings_of(entry.options.get(CONF_MARKET, {}), dt_util.get_default_time_zone()),
    )
    try:
        blackout = async_blackout(hass, entry, membership.device, store, sources, SystemClock())
        flat = flat_with(blackout=blackout)
    except ValueError as error:
        # Records, witness and link do not depend on it.
        async_refuse_blackout(hass, entry, error)
        blackout, flat = None, flat_with()
    flat.subscribe(lambda state: captures.told(state.readings))
    flat.subscribe(lambda state: sources.agreed(state.terms))
    coordinator = LocalVppCoordinator(hass, entry, flat, store)
    if blackout is not None:
        BlackoutHome(hass, coordinator, blackout, SystemClock()).start()
    BuildingDrills(hass, coordinator).start()
    await coordinator.async_config_entry_first_refresh()

    entry.runtime_data = LocalVppData(
        coordinator=coordinator,
        devices=devices,
        device_ids=_async_register_devices(hass, entry, devices),
        captures=captures,
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(EntryListener(entry, blackout)))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: LocalVppConfigEntry) -> bool:
    """Unload a flat; its agent lets go of the battery, saves what it has read and stops.

    Its links are closed when this has returned, by whoever made them, and all at once with what else ends then.
    """
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.coordinator.async_shutdown()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: LocalVppConfigEntry) -> None:
    """Remove what a flat leaves behind: its key, its records and what was said about it."""
    if entry.unique_id is not None:
        await async_forget_pending(hass, entry.unique_id)
        await async_remove_database(hass, entry.unique_id)
    for key in (*ISSUES, *BLACKOUT_ISSUES, DRILL_ISSUE):
        ir.async_delete_issue(hass, DOMAIN, issue_id(key, entry))


async def async_keys(hass: HomeAssistant, entry: LocalVppConfigEntry) -> KeptKeys:
    """Return the flat's keys.

    Raises ConfigEntryError when they are gone: nothing but a new enrolment helps then.
    """
    keys = None if entry.unique_id is None else await async_load_keys(hass, entry.unique_id)
    if keys is None:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="no_key")
    return keys


def async_membership(entry: LocalVppConfigEntry) -> Membership:
    """Return a flat's membership in its building.

    Raises ConfigEntryError when it was enrolled before buildings committed to their next key: the building has begun
    another log since, and nothing but a new enrolment helps.
    """
    data = entry.data
    if CONF_NEXT_KEY not in data:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="old_membership",
            translation_placeholders={"building": data[CONF_BUILDING], "flat": data[CONF_FLAT]},
        )
    if TYPE_CHECKING:
        # A flat's entry has its device for an id.
        assert entry.unique_id is not None
    return Membership(
        url=data[CONF_URL],
        origin=data[CONF_ORIGIN],
        flat=data[CONF_FLAT],
        device=DeviceId(bytes.fromhex(entry.unique_id)),
        building_key=PublicKey(
            Algorithm(data[CONF_BUILDING_ALGORITHM]), base64.b64decode(data[CONF_BUILDING_KEY], validate=True)
        ),
        next_key=NextKey(base64.b64decode(data[CONF_NEXT_KEY], validate=True)),
    )


async def async_software(hass: HomeAssistant) -> str:
    """Return what a coordinator is told of this software."""
    return f"{DOMAIN} {(await async_get_integration(hass, DOMAIN)).version}"


class EntryListener:
    """Starts a flat again with other devices, another address, other options.

    A reserve that alone is another one is told to the flat that runs: nobody should end an island by a slider.
    """

    def __init__(self, entry: LocalVppConfigEntry, blackout: Blackout | None) -> None:
        """Take down what the flat runs with."""
        self._blackout = blackout
        self._options = entry.options

    async def __call__(self, hass: HomeAssistant, entry: LocalVppConfigEntry) -> None:
        """Look what has changed."""
        before, self._options = self._options, entry.options
        if (
            self._blackout is not None
            and before != entry.options
            and without_reserve(before) == without_reserve(entry.options)
        ):
            self._blackout.keep(reserve_of(entry.options[CONF_BLACKOUT]))
        else:
            hass.config_entries.async_schedule_reload(entry.entry_id)


def _async_register_devices(hass: HomeAssistant, entry: LocalVppConfigEntry, devices: FlatDevices) -> dict[Part, str]:
    """Register all devices before any entity: one can be named as another's parent only once it has an id."""
    registry = dr.async_get(hass)
    flat_id = registry.async_get_or_create(config_entry_id=entry.entry_id, **flat_device_info(entry)).id
    ids = {Part.FLAT: flat_id}
    for kind in DeviceKind:
        if (subentry := find_subentry(entry, kind)) is None:
            continue
        ids[Part(kind.value)] = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            **subentry_device_info(entry, subentry, flat_id),
        ).id
        if kind is DeviceKind.INVERTER and subentry is battery_subentry(entry):
            ids[Part.BATTERY] = registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                config_subentry_id=subentry.subentry_id,
                **battery_device_info(entry, subentry, ids[Part.INVERTER]),
            ).id
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if device.id not in ids.values():
            # The battery that an inverter does not report any more; whole subentries take their devices along.
            registry.async_remove_device(device.id)
    return ids

"""What a flat knows of its building by now, whether it runs or not.

The config entry holds the building's key of the time when the flat was enrolled, and that stays so: it is where the
rotations of that key begin, should the flat's database be lost. It says nothing of the present. Which key the building
signs with now, and which head of its log the flat has witnessed last, stands in the flat's database alone.
"""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from . import async_membership
from .coordinator import LocalVppConfigEntry
from .lib.localvpp import tlog
from .lib.localvpp.lineage import Lineage, load_lineage
from .lib.localvpp.notebook import Notebook
from .lib.localvpp.store import FlatStore
from .lib.localvpp.wire import Membership
from .storage import database_path


@dataclass(frozen=True, slots=True)
class KnownBuilding:
    """The building's keys, and the newest head of its log that the flat has witnessed."""

    lineage: Lineage
    head: tlog.Head = tlog.NO_HEAD


async def async_known_building(hass: HomeAssistant, entry: LocalVppConfigEntry) -> KnownBuilding:
    """Return what a flat knows of its building.

    Raises StoreError when its database cannot be read, ConfigEntryError for a membership that is void.
    """
    membership = async_membership(entry)
    if entry.state is ConfigEntryState.LOADED:
        return await _async_read(entry.runtime_data.coordinator.store, membership)
    path = database_path(hass, membership.device.hex())
    if not await hass.async_add_executor_job(path.exists):
        return KnownBuilding(Lineage.of(membership))
    store = await FlatStore.open(path, membership.device, membership.origin)
    try:
        return await _async_read(store, membership)
    finally:
        await store.close()


async def _async_read(store: FlatStore, membership: Membership) -> KnownBuilding:
    head, _ = await Notebook(store).witnessed(membership.origin)
    return KnownBuilding(await load_lineage(store, membership), head)

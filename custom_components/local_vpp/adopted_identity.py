"""Who a device is that is made of entities: what Home Assistant knows of the device behind them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import CONF_ENTITIES
from .lib.localvpp.devices import Identity
from .source import resolve


def primary(data: Mapping[str, Any]) -> str:
    """Return the entity that stands for a device: the first of its roles that has one."""
    entities: Mapping[str, str] = data[CONF_ENTITIES]
    return next(iter(entities.values()))


def identity_told(hass: HomeAssistant, key: str) -> Identity:
    """Return who the device behind an entity is, as far as Home Assistant knows; else the entity itself."""
    entity_id = resolve(hass, key) or key
    entry = er.async_get(hass).async_get(entity_id)
    device = None if entry is None or entry.device_id is None else dr.async_get(hass).async_get(entry.device_id)
    state = hass.states.get(entity_id)
    name = entity_id if state is None else state.name
    if isinstance(device, dr.ChildDeviceEntry):
        device = dr.async_get(hass).async_get(device.parent_device_id)
    if not isinstance(device, dr.DeviceEntry):
        return Identity(manufacturer="Home Assistant", model=name)
    return Identity(
        manufacturer=device.manufacturer or "Home Assistant",
        model=device.model or device.name_by_user or device.name or name,
        serial=device.serial_number,
        version=device.sw_version,
    )

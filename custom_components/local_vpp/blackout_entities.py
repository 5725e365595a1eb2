"""What the entities of a blackout have in common with those that automations begin with: how they are found."""

from typing import Final

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .lib.localvpp.islanding import Phase

ON_BACKUP: Final = (Phase.ISLANDED, Phase.RETURN_HOLD)
"""While the battery feeds the living room: a grid that is back is watched for some minutes first."""


def device_class_of(domain: Platform) -> str:
    """Return what narrows an automation's choice of our entities down to those it may be about."""
    return SensorDeviceClass.ENUM if domain is Platform.SENSOR else BinarySensorDeviceClass.PROBLEM


@callback
def own_entities(hass: HomeAssistant, entities: set[str], key: str) -> set[str]:
    """Return which of these entities are this integration's, of one kind."""
    registry = er.async_get(hass)
    found = {entity_id: registry.async_get(entity_id) for entity_id in entities}
    return {
        entity_id
        for entity_id, entry in found.items()
        if entry is not None and entry.platform == DOMAIN and entry.translation_key == key
    }

"""What an automation can depend on: an outage, the living room on the battery."""

from typing import Final, override

from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .blackout_entities import ON_BACKUP, device_class_of, own_entities


def _is(domain: Platform, key: str, *states: str) -> type[Condition]:
    """Return the condition that one of our entities is in one of these states."""
    specs = {domain.value: DomainSpec(device_class=device_class_of(domain))}
    wanted: set[str | bool] = {*states}

    class StateCondition(EntityStateConditionBase):
        """A state that one of our entities is in."""

        _domain_specs = specs
        _states = wanted
        _primary_entities_only = False

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return own_entities(self._hass, super().entity_filter(entities), key)

    return StateCondition


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_outage": _is(Platform.BINARY_SENSOR, "outage", STATE_ON),
    "is_on_backup": _is(Platform.SENSOR, "backup", *ON_BACKUP),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of Local VPP."""
    return CONDITIONS

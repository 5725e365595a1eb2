"""What an automation can begin with: an outage, its end, the living room on the battery, a fault that wants a person.

They follow the flat's own entities, and no others of the same kind.
"""

from typing import Final, override

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import EntityTargetStateTriggerBase, Trigger

from .blackout_entities import ON_BACKUP, device_class_of, own_entities
from .lib.localvpp.islanding import Phase

_AWAY: Final = frozenset({*ON_BACKUP, Phase.RECONNECTING, Phase.SAFE_HANDOFF, Phase.FAULT_LOCKED})
"""Where the flat may have been on its battery."""


def _becomes(
    domain: Platform, key: str, *states: str, before: frozenset[str] | None = None, after_unknown: bool = False
) -> type[Trigger]:
    """Return the trigger of one of our entities that comes to one of these states, from one of those before.

    With `after_unknown` also from where it was not known. Contacts and inverter are seen between two states when the
    grid goes, and a network that goes with it tells nothing for a while: that must not keep an outage from anybody.
    """
    specs, to_states = {domain.value: DomainSpec(device_class=device_class_of(domain))}, set(states)

    class StateTrigger(EntityTargetStateTriggerBase):
        """A state that one of our entities comes to."""

        _domain_specs = specs
        _to_states = to_states
        _primary_entities_only = False
        _excluded_from_states = (
            frozenset({STATE_UNAVAILABLE}) if after_unknown else EntityTargetStateTriggerBase._excluded_from_states  # noqa: SLF001
        )

        @override
        def is_valid_transition(self, from_state: State, to_state: State) -> bool:
            came = before is None or self._get_tracked_value(from_state) in before
            return came and super().is_valid_transition(from_state, to_state)

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return own_entities(self._hass, super().entity_filter(entities), key)

    return StateTrigger


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "grid_lost": _becomes(Platform.BINARY_SENSOR, "outage", STATE_ON, after_unknown=True),
    "grid_returned": _becomes(Platform.BINARY_SENSOR, "outage", STATE_OFF),
    "backup_started": _becomes(Platform.SENSOR, "backup", *ON_BACKUP, after_unknown=True),
    "backup_ended": _becomes(Platform.SENSOR, "backup", Phase.CONNECTED, before=_AWAY),
    "locked": _becomes(Platform.BINARY_SENSOR, "locked", STATE_ON),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of Local VPP."""
    return TRIGGERS

"""Home Assistant's switches as the loads of a flat: what they say of themselves, what they draw, how they are moved.

That a switch was told to turn says nothing; its state afterwards does. A state that is not known, or a power that has
not been told for long, is unknown, and what is unknown moves nothing.
"""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_NAME,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant

from .const import CONF_POWER_SENSOR, CONF_SWITCH
from .foreign import async_act
from .lib.localvpp.blackout import Switchboard, SwitchError
from .lib.localvpp.devices.told import POWER_W
from .load_flow import load_subentries
from .source import POWER_WITHIN_S, Failed, Gauge, Source, Sources, resolve

_STATES: Final = {STATE_ON: True, STATE_OFF: False}


class LoadSwitches(Switchboard):
    """The loads of one flat."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], sources: Sources) -> None:
        self._hass = hass
        self._sources = sources
        loads = load_subentries(entry)
        self._switches = {each.data[CONF_NAME]: each.data[CONF_SWITCH] for each in loads}
        self._gauges = {
            each.data[CONF_NAME]: Gauge(
                Source(sources, CONF_POWER_SENSOR, each.data[CONF_POWER_SENSOR], POWER_WITHIN_S), POWER_W
            )
            for each in loads
            if CONF_POWER_SENSOR in each.data
        }

    @override
    def on(self) -> Mapping[str, bool | None]:
        return {name: self._state(name, key) for name, key in self._switches.items()}

    def _state(self, name: str, key: str) -> bool | None:
        entity_id = resolve(self._hass, key)
        state = None if entity_id is None else self._hass.states.get(entity_id)
        if state is None:
            self._sources.missing(key, name)
            return None
        self._sources.found(key)
        return _STATES.get(state.state)

    @override
    def watts(self) -> Mapping[str, float | None]:
        failed = Failed()
        return {name: gauge.read(failed) for name, gauge in self._gauges.items()}

    @override
    async def switch(self, name: str, on: bool) -> None:
        entity_id = resolve(self._hass, self._switches[name])
        if entity_id is None:
            raise SwitchError(f"the switch of {name} does not exist any more; choose another in its place")
        action = SERVICE_TURN_ON if on else SERVICE_TURN_OFF
        if why := await async_act(self._hass, HOMEASSISTANT_DOMAIN, action, {ATTR_ENTITY_ID: entity_id}):
            # The flat's agent must not end for it in the very outage that it is for.
            raise SwitchError(f"{name} ({entity_id}) could not be switched: {why}")

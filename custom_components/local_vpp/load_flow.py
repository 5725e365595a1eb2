"""The form of a load: a switch of Home Assistant that is turned off when the battery has to last in a blackout.

A load is none of the flat's devices: another integration owns its switch. It is a subentry all the same, for there may
be many, and each is added, changed and taken away by itself.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, Platform, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from .const import CONF_POWER_SENSOR, CONF_START_W, CONF_SWITCH, CONF_TIER, DOMAIN, LOAD
from .device_flow import async_reload_changed
from .lib.localvpp.islanding import LoadPolicy
from .source import lasting_key, resolve

TIERS: Final = tuple(str(tier) for tier in range(len(LoadPolicy().shed_below)))
"""The first is shed first; the last is the living room's."""

SWITCH_DOMAINS: Final = (Platform.SWITCH.value, "input_boolean")
"""What can be turned off and tells whether it is. A lamp that nobody should be left without is a switch's business."""

_MOST_START_W: Final = 10_000


def load_subentries(entry: ConfigEntry[Any]) -> list[ConfigSubentry]:
    """Return the loads of a flat, in the order in which they were added."""
    return [subentry for subentry in entry.subentries.values() if subentry.subentry_type == LOAD]


def _schema(hass: HomeAssistant) -> probatio.Schema:
    own = [entry.entity_id for entry in er.async_get(hass).entities.values() if entry.platform == DOMAIN]
    switches = [EntityWithDeviceFilterSelectorConfig(domain=domain) for domain in SWITCH_DOMAINS]
    power = EntityWithDeviceFilterSelectorConfig(domain=Platform.SENSOR, device_class="power")
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_SWITCH): EntitySelector(EntitySelectorConfig(filter=switches, exclude_entities=own)),
            probatio.Required(CONF_TIER, default=TIERS[0]): SelectSelector(
                SelectSelectorConfig(options=list(TIERS), mode=SelectSelectorMode.LIST, translation_key=CONF_TIER)
            ),
            probatio.Required(CONF_START_W, default=1000): probatio.All(
                NumberSelector(
                    NumberSelectorConfig(
                        min=1,
                        max=_MOST_START_W,
                        step=1,
                        mode=NumberSelectorMode.BOX,
                        unit_of_measurement=UnitOfPower.WATT,
                    )
                ),
                probatio.Coerce(int),
            ),
            probatio.Optional(CONF_POWER_SENSOR): EntitySelector(
                EntitySelectorConfig(filter=power, exclude_entities=own)
            ),
        }
    )


class LoadSubentryFlow(ConfigSubentryFlow):
    """Adds a load, or changes it."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the switch, and for its place among the others."""
        return await self._async_step("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the load."""
        return await self._async_step("reconfigure", user_input)

    async def _async_step(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        entry, errors = self._get_entry(), dict[str, str]()
        subentry = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        if user_input is not None:
            others = [each for each in load_subentries(entry) if each is not subentry]
            errors = self._errors(user_input, others)
        if user_input is None or errors:
            shown = _as_form(self.hass, subentry.data) if subentry is not None and user_input is None else user_input
            schema = self.add_suggested_values_to_schema(_schema(self.hass), shown)
            return self.async_show_form(step_id=step_id, data_schema=schema, errors=errors)
        data = _as_data(self.hass, user_input)
        async_reload_changed(self.hass, entry)
        if subentry is not None:
            return self.async_update_and_abort(entry, subentry, title=data[CONF_NAME], data=data)
        return self.async_create_entry(title=data[CONF_NAME], data=data, unique_id=f"{LOAD}_{data[CONF_SWITCH]}")

    def _errors(self, user_input: Mapping[str, Any], others: list[ConfigSubentry]) -> dict[str, str]:
        name, switch = user_input[CONF_NAME].strip(), lasting_key(self.hass, user_input[CONF_SWITCH])
        if not name:
            return {CONF_NAME: "no_name"}
        if any(each.data[CONF_NAME] == name for each in others):
            return {CONF_NAME: "name_twice"}
        if any(each.data[CONF_SWITCH] == switch for each in others):
            return {CONF_SWITCH: "entity_twice"}
        return {}


def _as_data(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        CONF_NAME: user_input[CONF_NAME].strip(),
        CONF_SWITCH: lasting_key(hass, user_input[CONF_SWITCH]),
        CONF_TIER: int(user_input[CONF_TIER]),
        CONF_START_W: user_input[CONF_START_W],
    }
    if user_input.get(CONF_POWER_SENSOR) is not None:
        data[CONF_POWER_SENSOR] = lasting_key(hass, user_input[CONF_POWER_SENSOR])
    return data


def _as_form(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a load's data as its form shows it: entities by the names that they have today."""
    entities = {key: resolve(hass, data[key]) for key in (CONF_SWITCH, CONF_POWER_SENSOR) if key in data}
    known = {key: entity_id for key, entity_id in entities.items() if entity_id is not None}
    return {CONF_NAME: data[CONF_NAME], CONF_TIER: str(data[CONF_TIER]), CONF_START_W: data[CONF_START_W]} | known

"""How a device is added to a flat, or changed: the flow of its subentry."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_TYPE
from homeassistant.core import HomeAssistant, callback

from .adopt_flow import (
    as_entities_form,
    entities_data,
    entities_schema,
    entities_unique_id,
    entity_errors,
    found_of,
)
from .const import TYPE_ENTITIES, TYPE_RTU_TCP, TYPE_RTU_UDP, TYPE_SERIAL, TYPE_TCP, DeviceKind
from .device_form import (
    as_form,
    async_device_schema,
    async_try_device,
    device_data,
    device_title,
    device_unique_id,
    is_taken,
)
from .device_search import FIND, SearchSteps
from .devices import Found, battery_subentry, find_subentry, identity_of, is_adopted, link_params
from .rating_form import rating_error

DEVICE_MENU: Final = (FIND, TYPE_TCP, TYPE_RTU_TCP, TYPE_RTU_UDP, TYPE_SERIAL, TYPE_ENTITIES)
"""How a device may be connected; each is a step of its flow."""


@callback
def async_reload_changed(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Reload an entry that a flow has just changed, unless it listens for that itself.

    One that could not be set up listens to nothing, and it is often the change that lets it.
    """
    if not entry.update_listeners:
        # Only once the flow is over: a new subentry is not part of the entry before.
        hass.loop.call_soon(hass.config_entries.async_schedule_reload, entry.entry_id)


class DeviceSubentryFlow(ConfigSubentryFlow, SearchSteps):
    """Adds a device to a flat, or changes how it is reached."""

    _kind: DeviceKind

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how the device is connected; a flat has one of each kind."""
        entry = self._get_entry()
        if find_subentry(entry, self._kind) is not None:
            return self.async_abort(reason="single_device")
        if self._kind is DeviceKind.BATTERY and battery_subentry(entry) is not None:
            return self.async_abort(reason="single_device")
        # A count of pulses may be any number: no search can tell which module is a gas meter's.
        ways = [way for way in DEVICE_MENU if way != FIND or self._kind is not DeviceKind.GAS]
        return self.async_show_menu(step_id="user", menu_options=ways)

    async def async_step_tcp(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a device that is reached over the network."""
        return await self._async_step_add(TYPE_TCP, user_input)

    async def async_step_rtu_tcp(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a device behind a gateway that passes the frames of its serial line on as they are."""
        return await self._async_step_add(TYPE_RTU_TCP, user_input)

    async def async_step_rtu_udp(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a device whose module takes the frames of a serial line as datagrams."""
        return await self._async_step_add(TYPE_RTU_UDP, user_input)

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a device on a serial line."""
        return await self._async_step_add(TYPE_SERIAL, user_input)

    async def _async_step_add(self, link_type: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        errors, told = rating_error(user_input or {})
        if user_input is not None and not errors:
            data = device_data(link_type, user_input)
            found, errors, told = await self._async_tried(data)
            if found is not None:
                if is_taken(self.hass, self._kind, data, found):
                    return self.async_abort(reason="already_configured")
                if self._is_second_battery(found):
                    return await self._async_form(link_type, link_type, user_input, {"base": "second_battery"}, {})
                async_reload_changed(self.hass, self._get_entry())
                return self.async_create_entry(
                    title=device_title(found),
                    data={**data, **found.as_data()},
                    unique_id=device_unique_id(self._kind, found),
                )
        return await self._async_form(link_type, link_type, user_input, errors, told)

    @property
    @override
    def _searched(self) -> DeviceKind:
        return self._kind

    @override
    async def _async_chosen(self, link_type: str, user_input: dict[str, Any]) -> SubentryFlowResult:
        return await self._async_step_add(link_type, user_input)

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Make a device of entities of Home Assistant, or change which ones it is made of."""
        entry, kind, errors, told = self._get_entry(), self._kind, dict[str, str](), dict[str, str]()
        subentry = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        if user_input is not None:
            generates = any(find_subentry(entry, each) for each in (DeviceKind.INVERTER, DeviceKind.BATTERY))
            errors = entity_errors(self.hass, kind, user_input, generates=generates)
            if not errors:
                errors, told = rating_error(user_input)
            if not errors and self._is_second_battery(found_of(self.hass, entities_data(self.hass, kind, user_input))):
                errors = {"base": "second_battery"}
        if user_input is None or errors:
            shown = as_entities_form(self.hass, subentry.data) if subentry is not None and not errors else user_input
            schema = self.add_suggested_values_to_schema(entities_schema(self.hass, kind), shown)
            return self.async_show_form(
                step_id=TYPE_ENTITIES, data_schema=schema, errors=errors, description_placeholders=told
            )
        data = entities_data(self.hass, kind, user_input)
        found = found_of(self.hass, data)
        if is_taken(self.hass, kind, data, found, subentry):
            return self.async_abort(reason="already_configured")
        title, kept = device_title(found), {**data, **found.as_data()}
        if subentry is not None and not identity_of(subentry).may_be(found.identity):
            return self.async_abort(reason="wrong_device")
        async_reload_changed(self.hass, entry)
        if subentry is not None:
            return self.async_update_and_abort(entry, subentry, title=title, data=kept)
        return self.async_create_entry(title=title, data=kept, unique_id=entities_unique_id(kind, data))

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change how the device is reached; it has to stay the same device."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if is_adopted(subentry):
            return await self.async_step_entities()
        link_type = subentry.data[CONF_TYPE]
        errors, told = rating_error(user_input or {})
        if user_input is not None and not errors:
            data = device_data(link_type, user_input)
            unloaded = self._needs_relink(entry, subentry, data) and await self.hass.config_entries.async_unload(
                entry.entry_id
            )
            found, errors, told = await self._async_tried(data, freed=unloaded)
            wrong = found is not None and device_unique_id(self._kind, found) != subentry.unique_id
            taken = found is not None and is_taken(self.hass, self._kind, data, found, subentry)
            if unloaded and (found is None or wrong or taken):
                await self.hass.config_entries.async_setup(entry.entry_id)
            if wrong:
                return self.async_abort(reason="wrong_device")
            if taken:
                return self.async_abort(reason="already_configured")
            if found is not None:
                async_reload_changed(self.hass, entry)
                return self.async_update_and_abort(
                    entry, subentry, title=device_title(found), data={**data, **found.as_data()}
                )
        return await self._async_form("reconfigure", link_type, user_input or subentry.data, errors, told)

    async def _async_tried(
        self, data: Mapping[str, Any], *, freed: bool = False
    ) -> tuple[Found | None, dict[str, str], dict[str, str]]:
        """Probe a device: return who answered, or the form's error and what its sentence needs."""
        found, error, reason = await async_try_device(self.hass, self._kind, data, freed=freed)
        return found, {"base": error} if error else {}, {"reason": reason}

    def _is_second_battery(self, found: Found) -> bool:
        """Whether a flat has a battery already, of which this is another one: records know of one only."""
        other = battery_subentry(self._get_entry())
        return (
            self._kind is DeviceKind.INVERTER
            and found.battery
            and other is not None
            and other.subentry_type != DeviceKind.INVERTER
        )

    async def _async_form(
        self,
        step_id: str,
        link_type: str,
        values: Mapping[str, Any] | None,
        errors: dict[str, str],
        told: Mapping[str, str],
    ) -> SubentryFlowResult:
        schema = await async_device_schema(self.hass, self._kind, link_type)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, as_form(values)),
            errors=errors,
            description_placeholders={"reason": "", **told},
        )

    @staticmethod
    def _needs_relink(entry: ConfigEntry[Any], subentry: ConfigSubentry, data: Mapping[str, Any]) -> bool:
        """Whether probing clashes with the connection in use, which cannot serve two different line settings."""
        if entry.state not in (ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY):
            return False
        current, new = link_params(subentry.data), link_params(data)
        return new.endpoint == current.endpoint and new != current


class MeterSubentryFlow(DeviceSubentryFlow):
    """Adds the flat's meter."""

    _kind = DeviceKind.METER


class InverterSubentryFlow(DeviceSubentryFlow):
    """Adds the flat's inverter, with its battery if it has one."""

    _kind = DeviceKind.INVERTER


class BatterySubentryFlow(DeviceSubentryFlow):
    """Adds a battery that is none of the inverter's."""

    _kind = DeviceKind.BATTERY


class RelaySubentryFlow(DeviceSubentryFlow):
    """Adds the relay of the living room's circuit."""

    _kind = DeviceKind.RELAY


class IslandRelaySubentryFlow(DeviceSubentryFlow):
    """Adds the second contactor of an interlocked pair."""

    _kind = DeviceKind.ISLAND_RELAY


class ChargerSubentryFlow(DeviceSubentryFlow):
    """Adds the charger of the flat's electric car, or its V2H."""

    _kind = DeviceKind.CHARGER


class GasSubentryFlow(DeviceSubentryFlow):
    """Adds the flat's gas meter."""

    _kind = DeviceKind.GAS


SUBENTRY_FLOWS: Final[dict[str, type[ConfigSubentryFlow]]] = {
    DeviceKind.METER: MeterSubentryFlow,
    DeviceKind.INVERTER: InverterSubentryFlow,
    DeviceKind.BATTERY: BatterySubentryFlow,
    DeviceKind.RELAY: RelaySubentryFlow,
    DeviceKind.ISLAND_RELAY: IslandRelaySubentryFlow,
    DeviceKind.CHARGER: ChargerSubentryFlow,
    DeviceKind.GAS: GasSubentryFlow,
}

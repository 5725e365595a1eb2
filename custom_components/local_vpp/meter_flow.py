"""The first meter of a flat, in the flow by which it joins: how it is connected, and whether it answers.

The forms are those of every device (`device_form`); what differs is where they lead, to the enrolment.
"""

from abc import abstractmethod
from typing import Any, override

from homeassistant.config_entries import ConfigEntryBaseFlow, ConfigFlowResult, ConfigSubentryData

from .adopt_flow import entities_data, entities_schema, entities_unique_id, entity_errors, found_of
from .const import TYPE_ENTITIES, TYPE_RTU_TCP, TYPE_RTU_UDP, TYPE_SERIAL, TYPE_TCP, DeviceKind
from .device_flow import DEVICE_MENU
from .device_form import (
    as_form,
    async_device_schema,
    async_try_device,
    device_data,
    device_title,
    device_unique_id,
    is_taken,
)
from .device_search import SearchSteps


class MeterSteps(ConfigEntryBaseFlow, SearchSteps):
    """The steps that lead to a meter."""

    _meter: ConfigSubentryData | None = None
    """The one that has answered."""

    @abstractmethod
    async def _async_enrol(self) -> ConfigFlowResult:
        """Go on with the meter."""

    async def async_step_meter(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the meter is connected."""
        return self.async_show_menu(step_id="meter", menu_options=list(DEVICE_MENU))

    @property
    @override
    def _searched(self) -> DeviceKind:
        return DeviceKind.METER

    @override
    async def _async_chosen(self, link_type: str, user_input: dict[str, Any]) -> ConfigFlowResult:
        return await self._async_step_link(link_type, user_input)

    async def async_step_tcp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a meter that is reached over the network."""
        return await self._async_step_link(TYPE_TCP, user_input)

    async def async_step_rtu_tcp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a meter behind a gateway that passes the frames of its serial line on as they are."""
        return await self._async_step_link(TYPE_RTU_TCP, user_input)

    async def async_step_rtu_udp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a meter whose module takes the frames of a serial line as datagrams."""
        return await self._async_step_link(TYPE_RTU_UDP, user_input)

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a meter on a serial line."""
        return await self._async_step_link(TYPE_SERIAL, user_input)

    async def _async_step_link(self, link_type: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        error, reason = "", ""
        if user_input is not None:
            data = device_data(link_type, user_input)
            found, error, reason = await async_try_device(self.hass, DeviceKind.METER, data)
            if found is not None and is_taken(self.hass, DeviceKind.METER, data, found):
                error = "meter_taken"
            elif found is not None:
                self._meter = ConfigSubentryData(
                    data={**data, **found.as_data()},
                    subentry_type=DeviceKind.METER,
                    title=device_title(found),
                    unique_id=device_unique_id(DeviceKind.METER, found),
                )
                return await self._async_enrol()
        schema = await async_device_schema(self.hass, DeviceKind.METER, link_type)
        return self.async_show_form(
            step_id=link_type,
            data_schema=self.add_suggested_values_to_schema(schema, as_form(user_input)),
            errors={"base": error} if error else {},
            description_placeholders={"reason": reason},
        )

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a meter that is made of entities of Home Assistant."""
        kind = DeviceKind.METER
        errors = {} if user_input is None else entity_errors(self.hass, kind, user_input)
        if user_input is not None and not errors:
            data = entities_data(self.hass, kind, user_input)
            found = found_of(self.hass, data)
            if is_taken(self.hass, kind, data, found):
                errors = {"base": "meter_taken"}
            else:
                self._meter = ConfigSubentryData(
                    data={**data, **found.as_data()},
                    subentry_type=kind,
                    title=device_title(found),
                    unique_id=entities_unique_id(kind, data),
                )
                return await self._async_enrol()
        schema = self.add_suggested_values_to_schema(entities_schema(self.hass, kind), user_input)
        return self.async_show_form(step_id=TYPE_ENTITIES, data_schema=schema, errors=errors)

"""How a device is added to a flat: the forms, the probe that decides, and the flow of its subentry.

A device is accepted only after it has answered as what it is said to be. The first meter is asked for in the flat's own
config flow, with these same forms.
"""

import asyncio
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
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
import probatio

from .adopt_flow import (
    HEATING_VALUE,
    as_entities_form,
    entities_data,
    entities_schema,
    entities_unique_id,
    entity_errors,
    found_of,
)
from .const import (
    CONF_BAUDRATE,
    CONF_CHANNEL,
    CONF_ENTITIES,
    CONF_GAS_START,
    CONF_HEATING_VALUE,
    CONF_LITRES_PER_PULSE,
    CONF_MAP,
    CONF_PARITY,
    CONF_SERIAL_NUMBER,
    CONF_UNIT_ID,
    DEFAULT_BAUDRATE,
    DEFAULT_METER_BAUDRATE,
    DEFAULT_PORT,
    DEFAULT_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    TYPE_ENTITIES,
    TYPE_SERIAL,
    TYPE_TCP,
    DeviceKind,
)
from .device_search import FIND, SearchSteps
from .devices import (
    MAP_CLASSES,
    PARITIES,
    Found,
    async_maps,
    async_probe,
    find_subentry,
    identity_of,
    is_adopted,
    link_params,
)
from .lib.localvpp.devices import (
    LITRES_PER_PULSE,
    DeviceError,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
)
from .lib.localvpp.devices.address import BAUD_RATES, DIRECT_UNIT, HIGHEST_UNIT

_DEFAULT_MAPS: Final = {
    DeviceKind.METER: "eastron_sdm120",
    DeviceKind.INVERTER: SUNSPEC,
    DeviceKind.RELAY: "relay",
    DeviceKind.CHARGER: "alfen_eve",
    DeviceKind.GAS: "moxa_iologik_e1210",
}
_SUNSPEC_LABELS: Final = {
    DeviceKind.METER: "SunSpec (Fronius, SolarEdge, Kostal …)",
    DeviceKind.INVERTER: "SunSpec (Fronius, SolarEdge, SMA, FranklinWH …)",
}

_ERRORS: Final[dict[type[DeviceError], str]] = {
    DeviceSilentError: "device_silent",
    DeviceRefusedError: "device_refused",
    DeviceNonsenseError: "device_nonsense",
}

_HIGHEST_PORT: Final = 65535
_LARGEST_DIAL_M3: Final = 99_999_999
"""Eight digits before the point, which is more than any gas meter of a home has."""

_FREED_WITHIN_S: Final = 2.0
"""How long a line may take to be free after its connection was closed."""
_FREED_LOOK_S: Final = 0.1


def _whole(low: int, high: int) -> Any:
    return probatio.All(
        NumberSelector(NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)),
        probatio.Coerce(int),
    )


async def async_device_schema(hass: HomeAssistant, kind: DeviceKind, link_type: str) -> probatio.Schema:
    """Return the form that asks how a device is reached."""
    fields: dict[probatio.Marker, Any] = {}
    maps = await async_maps(hass, MAP_CLASSES[kind])
    options = [SelectOptionDict(value=each.name, label=f"{each.manufacturer} {each.model}") for each in maps]
    if (label := _SUNSPEC_LABELS.get(kind)) is not None:
        options.insert(0, SelectOptionDict(value=SUNSPEC, label=label))
    fields[probatio.Required(CONF_MAP, default=_DEFAULT_MAPS[kind])] = SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    )
    if link_type == TYPE_SERIAL:
        baudrate = DEFAULT_METER_BAUDRATE if kind is DeviceKind.METER else DEFAULT_BAUDRATE
        fields |= {
            probatio.Required(CONF_DEVICE): SerialPortSelector(),
            probatio.Required(CONF_BAUDRATE, default=str(baudrate)): probatio.All(
                SelectSelector(
                    SelectSelectorConfig(options=[str(rate) for rate in BAUD_RATES], mode=SelectSelectorMode.DROPDOWN)
                ),
                probatio.Coerce(int),
            ),
            probatio.Required(CONF_PARITY, default=PARITIES[0]): SelectSelector(
                SelectSelectorConfig(
                    options=list(PARITIES), mode=SelectSelectorMode.DROPDOWN, translation_key=CONF_PARITY
                )
            ),
        }
    else:
        fields |= {
            probatio.Required(CONF_HOST): TextSelector(),
            probatio.Required(CONF_PORT, default=DEFAULT_PORT): _whole(1, _HIGHEST_PORT),
        }
    highest = HIGHEST_UNIT if link_type == TYPE_SERIAL else DIRECT_UNIT
    fields[probatio.Required(CONF_UNIT_ID, default=DEFAULT_UNIT_ID)] = _whole(1, highest)
    if kind is DeviceKind.GAS:
        fields |= _gas_fields(max(each.channels for each in maps))
    return probatio.Schema(fields)


def _gas_fields(channels: int) -> dict[probatio.Marker, Any]:
    """Return what is asked of a gas meter beside its place: which input, and what a pulse is worth."""
    low, high = (float(litres) for litres in LITRES_PER_PULSE)
    return {
        probatio.Required(CONF_CHANNEL, default=0): _whole(0, channels - 1),
        probatio.Required(CONF_LITRES_PER_PULSE, default=10): NumberSelector(
            NumberSelectorConfig(min=low, max=high, step="any", mode=NumberSelectorMode.BOX, unit_of_measurement="L")
        ),
        probatio.Required(CONF_GAS_START, default=0): NumberSelector(
            NumberSelectorConfig(
                min=0, max=_LARGEST_DIAL_M3, step=0.001, mode=NumberSelectorMode.BOX, unit_of_measurement="m³"
            )
        ),
        probatio.Optional(CONF_HEATING_VALUE): HEATING_VALUE,
    }


def device_data(link_type: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says of a device, as a subentry keeps it."""
    data = {CONF_TYPE: link_type, **user_input}
    if link_type == TYPE_TCP:
        # One connection is shared per host and port, so spelling matters.
        data[CONF_HOST] = data[CONF_HOST].strip().lower()
    return data


async def async_try_device(
    hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any], *, freed: bool = False
) -> tuple[Found | None, str, str]:
    """Probe a device: return who answered, or the form's error and the sentence to it.

    `freed` says that its line was in use until now.
    """
    try:
        return await (_async_probe_freed if freed else async_probe)(hass, kind, data), "", ""
    except DeviceError as error:
        return None, _ERRORS[type(error)], str(error)
    except HomeAssistantError as error:
        return None, "link_settings_in_use", str(error)


async def _async_probe_freed(hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any]) -> Found:
    """Probe over a line that was let go of just now.

    A serial port is closed in another thread, and nobody tells when that is done: until then it is locked.
    """
    end = hass.loop.time() + _FREED_WITHIN_S
    while True:
        try:
            return await async_probe(hass, kind, data)
        except DeviceSilentError as error:
            if error.linked or hass.loop.time() >= end:
                raise
        await asyncio.sleep(_FREED_LOOK_S)


def device_unique_id(kind: DeviceKind, found: Found) -> str | None:
    """Return what a device is known by for good: its serial number, if it tells one."""
    return None if found.identity.serial is None else f"{kind}_{found.identity.serial}"


def device_title(found: Found) -> str:
    """Return how a device is called."""
    return f"{found.identity.manufacturer} {found.identity.model}"


def is_taken(
    hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any], found: Found, but: ConfigSubentry | None = None
) -> bool:
    """Whether a device is some flat's already: by its address, or by its serial number."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for other in entry.subentries.values():
            if but is not None and other.subentry_id == but.subentry_id:
                continue
            same_place = not _places(data).isdisjoint(_places(other.data))
            same_serial = (
                other.subentry_type == kind
                and found.identity.serial is not None
                and other.data[CONF_SERIAL_NUMBER] == found.identity.serial
            )
            if same_place or same_serial:
                return True
    return False


def _places(data: Mapping[str, Any]) -> set[object]:
    """Return where a device is: at one address, or in each of its entities."""
    if data[CONF_TYPE] == TYPE_ENTITIES:
        return set(data[CONF_ENTITIES].values())
    # The inputs of one module may be of several flats.
    return {(link_params(data).endpoint, data[CONF_UNIT_ID], data.get(CONF_CHANNEL))}


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
        if any(each.subentry_type == self._kind for each in self._get_entry().subentries.values()):
            return self.async_abort(reason="single_device")
        # A count of pulses may be any number: no search can tell which module is a gas meter's.
        found = [] if self._kind is DeviceKind.GAS else [FIND]
        return self.async_show_menu(step_id="user", menu_options=[*found, TYPE_TCP, TYPE_SERIAL, TYPE_ENTITIES])

    async def async_step_tcp(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a device that is reached over the network."""
        return await self._async_step_add(TYPE_TCP, user_input)

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a device on a serial line."""
        return await self._async_step_add(TYPE_SERIAL, user_input)

    async def _async_step_add(self, link_type: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        error, reason = "", ""
        if user_input is not None:
            data = device_data(link_type, user_input)
            found, error, reason = await async_try_device(self.hass, self._kind, data)
            if found is not None:
                if is_taken(self.hass, self._kind, data, found):
                    return self.async_abort(reason="already_configured")
                async_reload_changed(self.hass, self._get_entry())
                return self.async_create_entry(
                    title=device_title(found),
                    data={**data, **found.as_data()},
                    unique_id=device_unique_id(self._kind, found),
                )
        return await self._async_form(link_type, link_type, user_input, error, reason)

    @property
    @override
    def _searched(self) -> DeviceKind:
        return self._kind

    @override
    async def _async_chosen(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        return await self._async_step_add(TYPE_TCP, user_input)

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Make a device of entities of Home Assistant, or change which ones it is made of."""
        entry, kind, errors = self._get_entry(), self._kind, dict[str, str]()
        subentry = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        if user_input is not None:
            generates = find_subentry(entry, DeviceKind.INVERTER) is not None
            errors = entity_errors(self.hass, kind, user_input, generates=generates)
        if user_input is None or errors:
            shown = as_entities_form(self.hass, subentry.data) if subentry is not None and not errors else user_input
            schema = self.add_suggested_values_to_schema(entities_schema(self.hass, kind), shown)
            return self.async_show_form(step_id=TYPE_ENTITIES, data_schema=schema, errors=errors)
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
        error, reason = "", ""
        if user_input is not None:
            data = device_data(link_type, user_input)
            unloaded = self._needs_relink(entry, subentry, data) and await self.hass.config_entries.async_unload(
                entry.entry_id
            )
            found, error, reason = await async_try_device(self.hass, self._kind, data, freed=unloaded)
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
        return await self._async_form("reconfigure", link_type, user_input or subentry.data, error, reason)

    async def _async_form(
        self, step_id: str, link_type: str, values: Mapping[str, Any] | None, error: str, reason: str
    ) -> SubentryFlowResult:
        schema = await async_device_schema(self.hass, self._kind, link_type)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, as_form(values)),
            errors={"base": error} if error else {},
            description_placeholders={"reason": reason},
        )

    @staticmethod
    def _needs_relink(entry: ConfigEntry[Any], subentry: ConfigSubentry, data: Mapping[str, Any]) -> bool:
        """Whether probing clashes with the connection in use, which cannot serve two different line settings."""
        if entry.state not in (ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY):
            return False
        current, new = link_params(subentry.data), link_params(data)
        return new.endpoint == current.endpoint and new != current


def as_form(values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a device's data as its form shows it: a choice is made among texts."""
    if values is None or CONF_BAUDRATE not in values:
        return values
    return {**values, CONF_BAUDRATE: str(values[CONF_BAUDRATE])}


class MeterSubentryFlow(DeviceSubentryFlow):
    """Adds the flat's meter."""

    _kind = DeviceKind.METER


class InverterSubentryFlow(DeviceSubentryFlow):
    """Adds the flat's inverter, with its battery if it has one."""

    _kind = DeviceKind.INVERTER


class RelaySubentryFlow(DeviceSubentryFlow):
    """Adds the relay of the living room's circuit."""

    _kind = DeviceKind.RELAY


class ChargerSubentryFlow(DeviceSubentryFlow):
    """Adds the charger of the flat's electric car, or its V2H."""

    _kind = DeviceKind.CHARGER


class GasSubentryFlow(DeviceSubentryFlow):
    """Adds the flat's gas meter."""

    _kind = DeviceKind.GAS


SUBENTRY_FLOWS: Final[dict[str, type[ConfigSubentryFlow]]] = {
    DeviceKind.METER: MeterSubentryFlow,
    DeviceKind.INVERTER: InverterSubentryFlow,
    DeviceKind.RELAY: RelaySubentryFlow,
    DeviceKind.CHARGER: ChargerSubentryFlow,
    DeviceKind.GAS: GasSubentryFlow,
}

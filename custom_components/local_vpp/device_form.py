"""The form of a device that is reached by Modbus, and the probe that decides whether it is accepted.

A device is accepted only after it has answered as what it is said to be. All flows that add a device use this: that of
a flat, which begins with its meter, and those of its further devices.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
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

from .adopt_flow import HEATING_VALUE
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
    LOAD,
    SUNSPEC,
    TYPE_ENTITIES,
    TYPE_SERIAL,
    TYPE_TCP,
    DeviceKind,
)
from .devices import (
    FREED_LOOK_S,
    FREED_WITHIN_S,
    MAP_CLASSES,
    PARITIES,
    Found,
    async_maps,
    async_probe,
    link_params,
)
from .finite_number import FiniteNumberSelector
from .lib.localvpp.devices import (
    LITRES_PER_PULSE,
    DeviceClass,
    DeviceError,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
)
from .lib.localvpp.devices.address import BAUD_RATES, DIRECT_UNITS, HIGHEST_UNIT, unit_fault
from .rating_form import RATED, rating_fields

_DEFAULT_MAPS: Final = {
    DeviceKind.METER: "eastron_sdm120",
    DeviceKind.INVERTER: SUNSPEC,
    DeviceKind.BATTERY: SUNSPEC,
    DeviceKind.RELAY: "relay",
    DeviceKind.ISLAND_RELAY: "relay",
    DeviceKind.CHARGER: "alfen_eve",
    DeviceKind.GAS: "moxa_iologik_e1210",
}
_SUNSPEC_LABELS: Final = {
    DeviceClass.METER: "SunSpec (Fronius, SolarEdge, Kostal …)",
    DeviceClass.HYBRID: "SunSpec (Fronius, SolarEdge, SMA, FranklinWH …)",
}

_ERRORS: Final[dict[type[DeviceError], str]] = {
    DeviceSilentError: "device_silent",
    DeviceRefusedError: "device_refused",
    DeviceNonsenseError: "device_nonsense",
    DeviceError: "device_fails",
}

_HIGHEST_PORT: Final = 65535
_LARGEST_DIAL_M3: Final = 99_999_999
"""Eight digits before the point, which is more than any gas meter of a home has."""


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
    if (label := _SUNSPEC_LABELS.get(MAP_CLASSES[kind])) is not None:
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
        # What passes frames on, over TCP or UDP, has a port of its own choice: there is no usual one.
        port = (
            probatio.Required(CONF_PORT, default=DEFAULT_PORT)
            if link_type == TYPE_TCP
            else probatio.Required(CONF_PORT)
        )
        fields |= {probatio.Required(CONF_HOST): TextSelector(), port: _whole(1, _HIGHEST_PORT)}
    lowest, highest = (min(DIRECT_UNITS), max(DIRECT_UNITS)) if link_type == TYPE_TCP else (1, HIGHEST_UNIT)
    fields[probatio.Required(CONF_UNIT_ID, default=DEFAULT_UNIT_ID)] = _whole(lowest, highest)
    if kind in RATED:
        fields |= rating_fields()
    if kind is DeviceKind.GAS:
        fields |= _gas_fields(max(each.channels for each in maps))
    return probatio.Schema(fields)


def _gas_fields(channels: int) -> dict[probatio.Marker, Any]:
    """Return what is asked of a gas meter beside its place: which input, and what a pulse is worth."""
    low, high = (float(litres) for litres in LITRES_PER_PULSE)
    return {
        probatio.Required(CONF_CHANNEL, default=0): _whole(0, channels - 1),
        probatio.Required(CONF_LITRES_PER_PULSE, default=10): FiniteNumberSelector(
            NumberSelectorConfig(min=low, max=high, step="any", mode=NumberSelectorMode.BOX, unit_of_measurement="L")
        ),
        probatio.Required(CONF_GAS_START, default=0): FiniteNumberSelector(
            NumberSelectorConfig(
                min=0, max=_LARGEST_DIAL_M3, step=0.001, mode=NumberSelectorMode.BOX, unit_of_measurement="m³"
            )
        ),
        probatio.Optional(CONF_HEATING_VALUE): HEATING_VALUE,
    }


def device_data(link_type: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says of a device, as a subentry keeps it."""
    data = {CONF_TYPE: link_type, **user_input}
    if CONF_HOST in data:
        # One connection is shared per host and port, so spelling matters.
        data[CONF_HOST] = data[CONF_HOST].strip().lower()
    return data


async def async_try_device(
    hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any], *, freed: bool = False
) -> tuple[Found | None, str, str]:
    """Probe a device: return who answered, or the form's error and the sentence to it.

    `freed` says that its line was in use until now.
    """
    if (fault := unit_fault(link_params(data), data[CONF_UNIT_ID])) is not None:
        return None, "no_such_unit", fault
    try:
        found = await (_async_probe_freed if freed else async_probe)(hass, kind, data)
    except DeviceError as error:
        return None, device_error_key(error), str(error)
    except HomeAssistantError as error:
        return None, "link_settings_in_use", str(error)
    if kind is DeviceKind.BATTERY and not found.battery:
        return None, "no_battery", ""
    return found, "", ""


def device_error_key(error: DeviceError) -> str:
    """Return the form's error for what went wrong with a device: that of the closest kind that has a text."""
    return next(_ERRORS[kind] for kind in type(error).__mro__ if kind in _ERRORS)


async def _async_probe_freed(hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any]) -> Found:
    """Probe over a line that was let go of just now."""
    end = hass.loop.time() + FREED_WITHIN_S
    while True:
        try:
            return await async_probe(hass, kind, data)
        except DeviceSilentError as error:
            if error.linked or hass.loop.time() >= end:
                raise
        await asyncio.sleep(FREED_LOOK_S)


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
            if other.subentry_type == LOAD or (but is not None and other.subentry_id == but.subentry_id):
                continue
            same_place = not _places({**data, **found.as_data()}).isdisjoint(_places(other.data))
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
    # The inputs of one module may be of several flats, and its contacts a pair.
    return {(link_params(data).endpoint, data[CONF_UNIT_ID], data.get(CONF_CHANNEL))}


def as_form(values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a device's data as its form shows it: a choice is made among texts."""
    if values is None or CONF_BAUDRATE not in values:
        return values
    return {**values, CONF_BAUDRATE: str(values[CONF_BAUDRATE])}

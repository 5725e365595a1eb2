"""The form that makes a device of entities of Home Assistant, and the rules that its entities have to keep.

There is nothing to probe: an entity that is unavailable today may be the right one. So the form asks what an entity is
(its domain, its device class, its unit, what it counts), and never what it says at the moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.sensor import ATTR_LAST_RESET, SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor.const import ATTR_STATE_CLASS
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, CONF_TYPE, Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from .adopted import (
    BATTERY_ROLES,
    CHARGE_POSITIVE,
    DISCHARGE_POSITIVE,
    EXPORT_POSITIVE,
    IMPORT_POSITIVE,
    ON_IS_CLOSED,
    ON_IS_OPEN,
    RATING_ROLES,
)
from .adopted_identity import identity_told, primary
from .const import (
    CONF_BATTERY_SIGN,
    CONF_ENTITIES,
    CONF_FEEDBACK,
    CONF_HEATING_VALUE,
    CONF_POWER_SIGN,
    DOMAIN,
    TYPE_ENTITIES,
    DeviceKind,
)
from .devices import Found
from .finite_number import FiniteNumberSelector
from .lib.localvpp.devices import HIGHEST_HEATING_KJ_M3
from .lib.localvpp.devices.told import ENERGY_WH, FREQUENCY_HZ, POWER_W, SHARE_PERCENT, VOLTAGE_V, VOLUME_L
from .rating_form import RATED, RATINGS, rating_fields
from .source import lasting_key, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What an entity can be chosen for."""

    domain: Platform = Platform.SENSOR
    device_class: SensorDeviceClass | None = None
    units: Mapping[str, object] | None = None
    """In which it may tell its value; None for what has no value in numbers."""
    counter: bool = False
    """A lifetime counter; a value that is none must not be one."""
    required: bool = False


_ENERGY: Final = Role(device_class=SensorDeviceClass.ENERGY, units=ENERGY_WH, counter=True)
_POWER: Final = Role(device_class=SensorDeviceClass.POWER, units=POWER_W)

_RELAY: Final = {
    "switch": Role(domain=Platform.SWITCH, required=True),
    "closed": Role(domain=Platform.BINARY_SENSOR, required=True),
    "energised": Role(domain=Platform.BINARY_SENSOR),
}

_BATTERY: Final = {
    "battery_power": _POWER,
    "battery_soc": Role(device_class=SensorDeviceClass.BATTERY, units=SHARE_PERCENT),
    "battery_charge": _ENERGY,
    "battery_discharge": _ENERGY,
    # Integrations give these many device classes, or none: the unit says what may be meant.
    "battery_capacity": Role(units=ENERGY_WH),
    "battery_max_charge": Role(units=POWER_W),
    "battery_max_discharge": Role(units=POWER_W),
}
_RATING_OF: Final = dict(zip(RATINGS, RATING_ROLES, strict=True))
"""The entity that tells what a field asks for."""

ROLES: Final[Mapping[DeviceKind, Mapping[str, Role]]] = {
    DeviceKind.METER: {
        "energy_import": Role(device_class=SensorDeviceClass.ENERGY, units=ENERGY_WH, counter=True, required=True),
        "energy_export": _ENERGY,
        "power": _POWER,
        "voltage": Role(device_class=SensorDeviceClass.VOLTAGE, units=VOLTAGE_V),
        "frequency": Role(device_class=SensorDeviceClass.FREQUENCY, units=FREQUENCY_HZ),
    },
    DeviceKind.INVERTER: {
        "pv_power": _POWER,
        "pv_energy": _ENERGY,
        **_BATTERY,
    },
    DeviceKind.BATTERY: _BATTERY,
    DeviceKind.RELAY: _RELAY,
    DeviceKind.ISLAND_RELAY: _RELAY,
    DeviceKind.CHARGER: {
        "charger_power": _POWER,
        "charger_charge": _ENERGY,
        "charger_discharge": _ENERGY,
        "vehicle_soc": Role(device_class=SensorDeviceClass.BATTERY, units=SHARE_PERCENT),
        "plugged": Role(domain=Platform.BINARY_SENSOR),
    },
    DeviceKind.GAS: {
        "gas_volume": Role(device_class=SensorDeviceClass.GAS, units=VOLUME_L, counter=True, required=True),
    },
}
"""The entities of each kind of device; the first one that is chosen stands for the device."""

MEANINGS: Final[Mapping[DeviceKind, tuple[str, tuple[str, str]]]] = {
    DeviceKind.METER: (CONF_POWER_SIGN, (IMPORT_POSITIVE, EXPORT_POSITIVE)),
    DeviceKind.INVERTER: (CONF_BATTERY_SIGN, (DISCHARGE_POSITIVE, CHARGE_POSITIVE)),
    DeviceKind.BATTERY: (CONF_BATTERY_SIGN, (DISCHARGE_POSITIVE, CHARGE_POSITIVE)),
    DeviceKind.RELAY: (CONF_FEEDBACK, (ON_IS_CLOSED, ON_IS_OPEN)),
    DeviceKind.ISLAND_RELAY: (CONF_FEEDBACK, (ON_IS_CLOSED, ON_IS_OPEN)),
    DeviceKind.CHARGER: (CONF_BATTERY_SIGN, (CHARGE_POSITIVE, DISCHARGE_POSITIVE)),
}
"""What only the resident can know of a device's entities: which sign, or which state, means what."""

_COUNTERS: Final = {SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING}
_COMPUTING: Final = {"integration", "utility_meter"}
"""Home Assistant's own sums of power over time, and of parts of a counter: no meter has counted them, so that nobody
can sign them as a meter's."""
_STEERING: Final = {
    DeviceKind.INVERTER: ("pv_power", "battery_power"),
    DeviceKind.BATTERY: ("battery_power",),
    DeviceKind.CHARGER: ("charger_power",),
}
"""One of these at the least; a device that is only counted is none of a flat's."""


HEATING_VALUE: Final = FiniteNumberSelector(
    NumberSelectorConfig(
        min=1,
        max=HIGHEST_HEATING_KJ_M3 / 1000,
        step=0.01,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement="MJ/m³",
    )
)
"""Asks what the gas company states."""
_SETTINGS: Final = {CONF_HEATING_VALUE, *RATINGS} | {setting for setting, _ in MEANINGS.values()}


def entities_schema(hass: HomeAssistant, kind: DeviceKind) -> probatio.Schema:
    """Return the form that asks for the entities of a device."""
    own = [entry.entity_id for entry in er.async_get(hass).entities.values() if entry.platform == DOMAIN]
    fields: dict[probatio.Marker, Any] = {}
    for name, role in ROLES[kind].items():
        wanted = EntityWithDeviceFilterSelectorConfig(domain=role.domain)
        if role.device_class is not None:
            wanted["device_class"] = role.device_class
        marker = probatio.Required if role.required else probatio.Optional
        fields[marker(name)] = EntitySelector(EntitySelectorConfig(filter=wanted, exclude_entities=own))
    if kind in MEANINGS:
        setting, options = MEANINGS[kind]
        fields[probatio.Required(setting, default=options[0])] = SelectSelector(
            SelectSelectorConfig(options=list(options), mode=SelectSelectorMode.LIST, translation_key=setting)
        )
    if kind is DeviceKind.GAS:
        fields[probatio.Optional(CONF_HEATING_VALUE)] = HEATING_VALUE
    if kind in RATED:
        fields |= rating_fields()
    return probatio.Schema(fields)


def entity_errors(
    hass: HomeAssistant, kind: DeviceKind, user_input: Mapping[str, Any], *, generates: bool = False
) -> dict[str, str]:
    """Return what is wrong with the chosen entities, by field; nothing if they can make the device.

    Args:
        hass: Home Assistant.
        kind: of the device.
        user_input: the form.
        generates: the flat has an inverter, so that energy may flow out of it.
    """
    errors: dict[str, str] = {}
    taken: set[str] = set()
    for name, role in ROLES[kind].items():
        if (entity_id := user_input.get(name)) is None:
            continue
        if entity_id in taken:
            errors[name] = "entity_twice"
        elif (error := _error(hass, entity_id, role)) is not None:
            errors[name] = error
        elif kind is DeviceKind.METER and role.counter and _is_computed(hass, entity_id):
            errors[name] = "entity_computed"
        taken.add(entity_id)
    if kind in _STEERING and not any(user_input.get(name) for name in _STEERING[kind]):
        errors["base"] = "no_power_entity"
    if kind in RATED:
        errors |= _rating_errors(user_input)
    if kind is DeviceKind.METER and generates and user_input.get("energy_export") is None:
        errors["energy_export"] = "export_needed"
    return errors


def _rating_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with what is said of a battery: it is said twice, or there is none."""
    errors = {
        name: "rating_twice"
        for name, role in _RATING_OF.items()
        if user_input.get(name) is not None and user_input.get(role) is not None
    }
    said = any(user_input.get(each) is not None for pair in _RATING_OF.items() for each in pair)
    if said and not any(user_input.get(role) for role in BATTERY_ROLES):
        errors["base"] = "rating_without_battery"
    return errors


def _is_computed(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform in _COMPUTING


def _error(hass: HomeAssistant, entity_id: str, role: Role) -> str | None:
    if (state := hass.states.get(entity_id)) is None:
        return "entity_gone"
    attributes = state.attributes
    unit = attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if (
        split_entity_id(entity_id)[0] != role.domain
        or (role.device_class is not None and attributes.get(ATTR_DEVICE_CLASS) != role.device_class)
        or (role.units is not None and unit not in role.units)
    ):
        return "entity_wrong_kind"
    # One that tells when it was reset is reset again and again, as a day's counter is.
    counts = attributes.get(ATTR_STATE_CLASS) in _COUNTERS and attributes.get(ATTR_LAST_RESET) is None
    if role.counter and not counts:
        return "entity_no_counter"
    if not role.counter and attributes.get(ATTR_STATE_CLASS) == SensorStateClass.TOTAL_INCREASING:
        return "entity_wrong_kind"
    return None


def entities_data(hass: HomeAssistant, kind: DeviceKind, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a subentry keeps of the form: entities by what outlives their names."""
    chosen = {name: user_input[name] for name in ROLES[kind] if user_input.get(name) is not None}
    return {
        CONF_TYPE: TYPE_ENTITIES,
        CONF_ENTITIES: {name: lasting_key(hass, entity_id) for name, entity_id in chosen.items()},
        **{name: value for name, value in user_input.items() if name in _SETTINGS},
    }


def as_entities_form(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device's data as its form shows it: by the names that its entities have today."""
    names = {role: resolve(hass, key) for role, key in data[CONF_ENTITIES].items()}
    settings = {key: value for key, value in data.items() if key in _SETTINGS}
    return settings | {role: name for role, name in names.items() if name is not None}


def found_of(hass: HomeAssistant, data: Mapping[str, Any]) -> Found:
    """Return who stands behind the entities of a device."""
    battery = any(role in data[CONF_ENTITIES] for role in BATTERY_ROLES)
    return Found(identity=identity_told(hass, primary(data)), battery=battery)


def entities_unique_id(kind: DeviceKind, data: Mapping[str, Any]) -> str:
    """Return what a device is known by for good: the entity that stands for it, by the registry's id."""
    return f"{kind}_{primary(data)}"

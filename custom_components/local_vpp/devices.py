"""From subentries to the drivers of a flat's devices.

The integration borrows a `ModbusUnit` from Home Assistant's `modbus` integration, which shares one connection per
gateway between everything talking to it, and hands the unit to the drivers of `localvpp`; `links` tells of the one kind
of link that it does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_MODEL, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from .const import (
    CONF_BATTERY,
    CONF_BAUDRATE,
    CONF_CHANNEL,
    CONF_MANUFACTURER,
    CONF_MAP,
    CONF_PARITY,
    CONF_SERIAL_NUMBER,
    CONF_SW_VERSION,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    TYPE_ENTITIES,
    TYPE_RTU_TCP,
    TYPE_RTU_UDP,
    TYPE_SERIAL,
    DeviceKind,
)
from .lib.localvpp.devices import (
    DeviceClass,
    DeviceRefusedError,
    DeviceSilentError,
    Identity,
    Lines,
    RegisterMap,
    available_maps,
    load_map,
    open_sunspec,
    open_sunspec_meter,
    probe_charger,
    probe_gas_meter,
    probe_hybrid,
    probe_meter,
    probe_relay,
)
from .lib.localvpp.devices.address import LinkParams, rtu_over_tcp, rtu_over_udp
from .links import async_temporary_unit

LINES: Final[HassKey[Lines]] = HassKey(f"{DOMAIN}_lines")
"""The lines of all devices of all flats."""

_PARITIES: Final[Mapping[str, Literal["N", "E", "O"]]] = {"none": "N", "even": "E", "odd": "O"}
PARITIES: Final = tuple(_PARITIES)
"""What a serial line's parity can be, as the form and the subentry name it."""

FREED_WITHIN_S: Final = 2.0
"""How long a line may take to be free after its connection was closed: a serial port is closed in another thread, and
nobody tells when that is done. Until then it is locked."""
FREED_LOOK_S: Final = 0.1

MAP_CLASSES: Final = {
    DeviceKind.METER: DeviceClass.METER,
    DeviceKind.INVERTER: DeviceClass.HYBRID,
    DeviceKind.BATTERY: DeviceClass.HYBRID,
    DeviceKind.RELAY: DeviceClass.RELAY,
    DeviceKind.ISLAND_RELAY: DeviceClass.RELAY,
    DeviceKind.CHARGER: DeviceClass.EV_CHARGER,
    DeviceKind.GAS: DeviceClass.GAS_METER,
}
"""Which register maps describe a device; an inverter may describe itself, too."""

RELAY_CHANNELS: Final = {DeviceKind.RELAY: 0, DeviceKind.ISLAND_RELAY: 1}
"""Which contactor of a module with a pair of them a device is (maps/relay_pair.yaml)."""

_PROBES: Final = {
    DeviceKind.METER: probe_meter,
    DeviceKind.INVERTER: probe_hybrid,
    DeviceKind.BATTERY: probe_hybrid,
    DeviceKind.RELAY: probe_relay,
    DeviceKind.ISLAND_RELAY: probe_relay,
    DeviceKind.CHARGER: probe_charger,
    DeviceKind.GAS: probe_gas_meter,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who answered a probe."""

    identity: Identity
    battery: bool = False
    channel: int | None = None
    """Of a module with several contactors, which one it is."""

    def as_data(self) -> dict[str, Any]:
        """Return what a subentry keeps of it."""
        channel = {} if self.channel is None else {CONF_CHANNEL: self.channel}
        return channel | {
            CONF_MANUFACTURER: self.identity.manufacturer,
            CONF_MODEL: self.identity.model,
            CONF_SERIAL_NUMBER: self.identity.serial,
            CONF_SW_VERSION: self.identity.version,
            CONF_BATTERY: self.battery,
        }


def link_params(data: Mapping[str, Any]) -> LinkParams:
    """Return the link that a device's settings describe."""
    if data[CONF_TYPE] == TYPE_SERIAL:
        return ModbusSerialParams(
            device=data[CONF_DEVICE], baudrate=data[CONF_BAUDRATE], parity=_PARITIES[data[CONF_PARITY]]
        )
    if data[CONF_TYPE] == TYPE_RTU_TCP:
        return rtu_over_tcp(data[CONF_HOST], data[CONF_PORT])
    if data[CONF_TYPE] == TYPE_RTU_UDP:
        return rtu_over_udp(data[CONF_HOST], data[CONF_PORT])
    return ModbusTcpParams(host=data[CONF_HOST], port=data[CONF_PORT])


def identity_of(subentry: ConfigSubentry) -> Identity:
    """Return who a device said it was when it was set up."""
    data = subentry.data
    return Identity(
        manufacturer=data[CONF_MANUFACTURER],
        model=data[CONF_MODEL],
        serial=data[CONF_SERIAL_NUMBER],
        version=data[CONF_SW_VERSION],
    )


def device_key(subentry: ConfigSubentry) -> str:
    """Return what tells a flat's devices apart, for good: the serial number where there is one."""
    return subentry.unique_id or subentry.subentry_id


def find_subentry(entry: ConfigEntry[Any], kind: DeviceKind) -> ConfigSubentry | None:
    """Return a flat's device of a kind; there is one at most."""
    return next((subentry for subentry in entry.subentries.values() if subentry.subentry_type == kind), None)


async def async_maps(hass: HomeAssistant, device_class: DeviceClass) -> list[RegisterMap]:
    """Return the register maps of a class of devices that come with the integration."""

    def load() -> list[RegisterMap]:
        maps = (load_map(name) for name in available_maps())
        return [each for each in maps if each.device_class is device_class]

    return await hass.async_add_executor_job(load)


async def async_probe(hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any]) -> Found:
    """Find out who answers at an address.

    Raises DeviceError, or HomeAssistantError when the line is in use with other settings. An error of silence tells
    whether there was a link.
    """
    params, number = link_params(data), data[CONF_UNIT_ID]
    async with async_temporary_unit(hass, params, number) as unit:
        try:
            return await _async_identify(hass, kind, data, shared_lines(hass).at(params.endpoint).unit(unit, number))
        except DeviceSilentError as error:
            error.linked = unit.connected
            raise


async def _async_identify(hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any], unit: ModbusUnit) -> Found:
    if data[CONF_MAP] == SUNSPEC and kind is DeviceKind.METER:
        return Found(identity=(await open_sunspec_meter(unit)).identity, battery=False)
    if data[CONF_MAP] == SUNSPEC:
        device = await open_sunspec(unit)
        return Found(identity=device.identity, battery=device.battery is not None)
    described = await hass.async_add_executor_job(load_map, data[CONF_MAP])
    if kind is DeviceKind.GAS:
        try:
            described = described.at_channel(data[CONF_CHANNEL])
        except ValueError as error:
            raise DeviceRefusedError(str(error)) from error
    channel = None
    if kind in RELAY_CHANNELS and described.channels > 1:
        channel = RELAY_CHANNELS[kind]
        described = described.at_channel(channel)
    identity = await _PROBES[kind](unit, described)
    return Found(identity=identity, battery=MAP_CLASSES[kind] is DeviceClass.HYBRID, channel=channel)


def is_adopted(subentry: ConfigSubentry) -> bool:
    """Whether a device is made of entities of Home Assistant."""
    return bool(subentry.data[CONF_TYPE] == TYPE_ENTITIES)


def battery_subentry(entry: ConfigEntry[Any]) -> ConfigSubentry | None:
    """Return the device that the flat's battery is, or is part of; None without a battery."""
    if (battery := find_subentry(entry, DeviceKind.BATTERY)) is not None:
        return battery
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    return inverter if inverter is not None and inverter.data[CONF_BATTERY] else None


def shared_lines(hass: HomeAssistant) -> Lines:
    """Return the lines of all devices of all flats."""
    return hass.data.setdefault(LINES, Lines())

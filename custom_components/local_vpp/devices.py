"""From subentries to the drivers of a flat's devices.

The integration owns no connection: it borrows a `ModbusUnit` from Home Assistant's `modbus` integration, which shares
one connection per gateway between everything talking to it, and hands the unit to the drivers of `localvpp`.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_MODEL, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from .adopted import BATTERY_ROLES, AdoptedBattery, AdoptedInverter, AdoptedMeter, AdoptedRelay
from .const import (
    CONF_BATTERY,
    CONF_BAUDRATE,
    CONF_ENTITIES,
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
    TYPE_SERIAL,
    DeviceKind,
)
from .coordinator import issue_id
from .lib.localvpp.devices import (
    NO_METER,
    Absent,
    Battery,
    Captures,
    DeviceClass,
    DeviceSilentError,
    Identity,
    Inverter,
    InverterDevice,
    LateBattery,
    LateDevice,
    LateHybrid,
    LateInverter,
    LateMeter,
    LateSunSpec,
    Line,
    Lines,
    MapMeter,
    MapRelay,
    Meter,
    RegisterMap,
    Relay,
    available_maps,
    load_map,
    open_sunspec,
    probe_hybrid,
    probe_meter,
    probe_relay,
)
from .lib.localvpp.devices.address import rtu_over_tcp
from .lib.localvpp.rounds import FlatDevices
from .source import Sources

type LinkParams = ModbusSerialParams | ModbusTcpParams

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
}
"""Which register maps describe a device; an inverter may describe itself, too."""

_PROBES: Final = {
    DeviceKind.METER: probe_meter,
    DeviceKind.INVERTER: probe_hybrid,
    DeviceKind.BATTERY: probe_hybrid,
    DeviceKind.RELAY: probe_relay,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who answered a probe."""

    identity: Identity
    battery: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return what a subentry keeps of it."""
        return {
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
    async with async_get_temporary_unit(hass, params, number) as unit:
        try:
            return await _async_identify(hass, kind, data, _lines(hass).at(params.endpoint).unit(unit, number))
        except DeviceSilentError as error:
            error.linked = unit.connected
            raise


async def _async_identify(hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any], unit: ModbusUnit) -> Found:
    if data[CONF_MAP] == SUNSPEC:
        device = await open_sunspec(unit)
        return Found(identity=device.identity, battery=device.battery is not None)
    described = await hass.async_add_executor_job(load_map, data[CONF_MAP])
    return Found(identity=await _PROBES[kind](unit, described), battery=MAP_CLASSES[kind] is DeviceClass.HYBRID)


def is_adopted(subentry: ConfigSubentry) -> bool:
    """Whether a device is made of entities of Home Assistant."""
    return bool(subentry.data[CONF_TYPE] == TYPE_ENTITIES)


class LineInUseError(Exception):
    """A device's line is in use with other settings: one connection cannot serve both."""


async def async_flat_devices(
    hass: HomeAssistant, entry: ConfigEntry[Any], sources: Sources, captures: Captures
) -> FlatDevices:
    """Return the drivers of a flat's devices, whose exchanges are captured.

    All of them may come later, and so may entities that a device is made of. A flat without a meter, or with a device
    whose line is in use with other settings, runs without it, and an issue tells what to mend: whatever is dead, the
    flat witnesses the building's log.
    """
    in_use: dict[str, str] = {}

    async def made[D](subentry: ConfigSubentry, making: Awaitable[D]) -> D | Absent:
        try:
            return await making
        except LineInUseError as error:
            in_use[subentry.title] = str(error)
            return Absent(
                identity_of(subentry),
                f"its line is in use with other settings ({error}); give all devices there the same",
            )

    meter: Meter
    if (metering := find_subentry(entry, DeviceKind.METER)) is None:
        meter = Absent(NO_METER, "the flat has no meter: add one")
    else:
        meter = await made(metering, _meter(hass, entry, metering, sources, captures))
    inverter: Inverter | None = None
    battery: Battery | None = None
    if (subentry := find_subentry(entry, DeviceKind.INVERTER)) is not None:
        both = await made(subentry, _inverter(hass, entry, subentry, sources, captures))
        if not isinstance(both, Absent):
            inverter, battery = both
        else:
            inverter = both
            battery = both if subentry.data[CONF_BATTERY] else None
    if (subentry := find_subentry(entry, DeviceKind.BATTERY)) is not None:
        # Named for itself, it is the flat's, whatever an inverter says of one of its own.
        battery = await made(subentry, _battery(hass, entry, subentry, sources, captures))
    relay: Relay | None = None
    if (subentry := find_subentry(entry, DeviceKind.RELAY)) is not None:
        relay = await made(subentry, _relay(hass, entry, subentry, sources, captures))

    _tell(hass, entry, "no_meter", {} if metering is None else None)
    told = {"devices": ", ".join(in_use), "error": "; ".join(dict.fromkeys(in_use.values()))}
    _tell(hass, entry, "link_settings_in_use", told if in_use else None)
    return FlatDevices(meter=meter, inverter=inverter, battery=battery, relay=relay)


def battery_subentry(entry: ConfigEntry[Any]) -> ConfigSubentry | None:
    """Return the device that the flat's battery is, or is part of; None without a battery."""
    if (battery := find_subentry(entry, DeviceKind.BATTERY)) is not None:
        return battery
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    return inverter if inverter is not None and inverter.data[CONF_BATTERY] else None


@callback
def _tell(hass: HomeAssistant, entry: ConfigEntry[Any], key: str, told: Mapping[str, str] | None) -> None:
    """Raise an issue for as long as the entry runs with these settings; take it back if there is nothing to be told."""
    issue = issue_id(key, entry)
    if told is None:
        ir.async_delete_issue(hass, DOMAIN, issue)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={"name": entry.title, **told},
    )
    entry.async_on_unload(lambda: ir.async_delete_issue(hass, DOMAIN, issue))


async def _meter(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, sources: Sources, captures: Captures
) -> Meter:
    if is_adopted(subentry):
        return AdoptedMeter(sources, subentry.data, identity_of(subentry))
    meter = await _late_meter(hass, entry, subentry, captures)
    await meter.wait()
    return meter


async def _inverter(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, sources: Sources, captures: Captures
) -> tuple[Inverter | None, Battery | None]:
    data = subentry.data
    if is_adopted(subentry):
        has_inverter = bool(data[CONF_ENTITIES].keys() - set(BATTERY_ROLES))
        inverter = AdoptedInverter(sources, data, identity_of(subentry)) if has_inverter else None
        return inverter, AdoptedBattery(sources, data, identity_of(subentry)) if data[CONF_BATTERY] else None
    late = await _late(hass, entry, subentry, captures)
    await late.wait()
    # Only now: the device may just have said that it has one.
    return LateInverter(late), LateBattery(late) if subentry.data[CONF_BATTERY] else None


async def _battery(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, sources: Sources, captures: Captures
) -> Battery:
    if is_adopted(subentry):
        return AdoptedBattery(sources, subentry.data, identity_of(subentry))
    late = await _late(hass, entry, subentry, captures)
    await late.wait()
    return LateBattery(late)


async def _relay(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, sources: Sources, captures: Captures
) -> Relay:
    if is_adopted(subentry):
        return AdoptedRelay(sources, subentry.data, identity_of(subentry))
    described = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
    unit, line = _unit(hass, entry, subentry, captures), _line(hass, entry, subentry)
    return MapRelay(unit, described, identity_of(subentry), line=line)


async def _late_meter(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, captures: Captures
) -> LateMeter:
    """Return the meter, of which nothing is read unless it is the one that was set up: it is signed as this flat's."""
    issue, expected = issue_id("wrong_meter", entry), identity_of(subentry)

    @callback
    def forget(_: MapMeter | None = None) -> None:
        ir.async_delete_issue(hass, DOMAIN, issue)

    @callback
    def tell(found: Identity) -> None:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="wrong_meter",
            translation_placeholders={"name": entry.title, "expected": str(expected), "found": str(found)},
        )

    def start(coroutine: Coroutine[Any, Any, MapMeter], name: str) -> asyncio.Task[MapMeter]:
        return entry.async_create_background_task(hass, coroutine, name, eager_start=False)

    # With other settings, or another meter, it is another question.
    entry.async_on_unload(forget)
    unit, line = _unit(hass, entry, subentry, captures), _line(hass, entry, subentry)
    described = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
    return LateMeter(unit, described, expected, opened=forget, another=tell, start=start, line=line)


async def _late(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, captures: Captures
) -> LateDevice:
    def remember(device: InverterDevice) -> None:
        """Keep what the device is by now: an update may change its version, an electrician may add a battery."""
        found = Found(identity=device.identity, battery=device.battery is not None)
        hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, **found.as_data()})

    def start(coroutine: Coroutine[Any, Any, InverterDevice], name: str) -> asyncio.Task[InverterDevice]:
        return entry.async_create_background_task(hass, coroutine, name, eager_start=False)

    unit, line = _unit(hass, entry, subentry, captures), _line(hass, entry, subentry)
    identity = identity_of(subentry)
    if subentry.data[CONF_MAP] == SUNSPEC:
        return LateSunSpec(unit, identity, remember, start, line=line)
    described = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
    return LateHybrid(unit, described, identity, remember, start, line=line)


def _line(hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry) -> Line:
    """Return what is known of a device's line, for all devices there, whichever flat they are of."""
    line = _lines(hass).join(link_params(subentry.data).endpoint)
    entry.async_on_unload(line.leave)
    return line


def _lines(hass: HomeAssistant) -> Lines:
    return hass.data.setdefault(LINES, Lines())


def _unit(hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, captures: Captures) -> ModbusUnit:
    params, number = link_params(subentry.data), subentry.data[CONF_UNIT_ID]
    capture = captures.of(subentry.subentry_type, subentry.data[CONF_MAP])
    try:
        unit = async_get_unit(hass, entry, params, number)
    except HomeAssistantError as error:
        raise LineInUseError(str(error)) from error
    return _lines(hass).at(params.endpoint).unit(unit, number, capture)

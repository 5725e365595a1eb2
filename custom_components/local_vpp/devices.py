"""From subentries to the drivers of a flat's devices.

The integration owns no connection: it borrows a `ModbusUnit` from Home Assistant's `modbus` integration, which shares
one connection per gateway between everything talking to it, and hands the unit to the drivers of `localvpp`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_MODEL, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from .adopted import (
    BATTERY_ROLES,
    AdoptedBattery,
    AdoptedCharger,
    AdoptedGasMeter,
    AdoptedInverter,
    AdoptedMeter,
    AdoptedRelay,
)
from .const import (
    CONF_BATTERY,
    CONF_BAUDRATE,
    CONF_CHANNEL,
    CONF_ENTITIES,
    CONF_GAS_START,
    CONF_HEATING_VALUE,
    CONF_LITRES_PER_PULSE,
    CONF_MANUFACTURER,
    CONF_MAP,
    CONF_PARITY,
    CONF_SERIAL_NUMBER,
    CONF_SW_VERSION,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    TYPE_ENTITIES,
    TYPE_SERIAL,
    DeviceKind,
)
from .coordinator import issue_id
from .lib.localvpp.devices import (
    Battery,
    Captures,
    Charger,
    DeviceClass,
    DeviceRefusedError,
    DeviceSilentError,
    GasMeter,
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
    LinkFound,
    MapCharger,
    MapGasMeter,
    MapRelay,
    Meter,
    MeterDevice,
    Progress,
    RegisterMap,
    Relay,
    available_maps,
    load_map,
    open_sunspec,
    open_sunspec_meter,
    plan_port,
    probe_charger,
    probe_gas_meter,
    probe_hybrid,
    probe_meter,
    probe_relay,
    scan_link,
    switches,
)
from .lib.localvpp.rounds import FlatDevices
from .source import Sources

type LinkParams = ModbusSerialParams | ModbusTcpParams

LINES: Final[HassKey[Lines]] = HassKey(f"{DOMAIN}_lines")
"""The lines of all devices of all flats."""

_PARITIES: Final[Mapping[str, Literal["N", "E", "O"]]] = {"none": "N", "even": "E", "odd": "O"}
PARITIES: Final = tuple(_PARITIES)
"""What a serial line's parity can be, as the form and the subentry name it."""


MAP_CLASSES: Final = {
    DeviceKind.METER: DeviceClass.METER,
    DeviceKind.INVERTER: DeviceClass.HYBRID,
    DeviceKind.RELAY: DeviceClass.RELAY,
    DeviceKind.CHARGER: DeviceClass.EV_CHARGER,
    DeviceKind.GAS: DeviceClass.GAS_METER,
}
"""Which register maps describe a device; an inverter may describe itself, too."""

_PROBES: Final = {
    DeviceKind.METER: probe_meter,
    DeviceKind.INVERTER: probe_hybrid,
    DeviceKind.RELAY: probe_relay,
    DeviceKind.CHARGER: probe_charger,
    DeviceKind.GAS: probe_gas_meter,
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


async def async_search(
    hass: HomeAssistant, host: str, port: int, told: Callable[[Progress], None]
) -> tuple[LinkFound, tuple[tuple[str, str], ...]]:
    """Find what answers at a port, and which switches of which makers may have to be turned on if nothing does.

    Raises HomeAssistantError when the line is in use with other settings.
    """
    maps = await hass.async_add_executor_job(lambda: [load_map(name) for name in available_maps()])
    params = ModbusTcpParams(host=host, port=port)
    units: dict[int, ModbusUnit] = {}
    async with AsyncExitStack() as held:

        async def unit(number: int) -> ModbusUnit:
            if number not in units:
                units[number] = await held.enter_async_context(async_get_temporary_unit(hass, params, number))
            return units[number]

        found = await scan_link(unit, plan_port(maps, port), told)
    return found, switches(maps)


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
    return Found(identity=await _PROBES[kind](unit, described), battery=kind is DeviceKind.INVERTER)


def is_adopted(subentry: ConfigSubentry) -> bool:
    """Whether a device is made of entities of Home Assistant."""
    return bool(subentry.data[CONF_TYPE] == TYPE_ENTITIES)


async def async_flat_devices(
    hass: HomeAssistant, entry: ConfigEntry[Any], sources: Sources, captures: Captures
) -> FlatDevices:
    """Return the drivers of a flat's devices, whose exchanges are captured.

    All of them may come later, and so may entities that a device is made of: whatever is dead, the flat witnesses the
    building's log. Raises ConfigEntryError when their settings cannot be.
    """
    if (subentry := find_subentry(entry, DeviceKind.METER)) is None:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="no_meter")
    meter: Meter
    if is_adopted(subentry):
        meter = AdoptedMeter(sources, subentry.data, identity_of(subentry))
    else:
        late_meter = await _late_meter(hass, entry, subentry, captures)
        await late_meter.wait()
        meter = late_meter

    inverter: Inverter | None = None
    battery: Battery | None = None
    if (subentry := find_subentry(entry, DeviceKind.INVERTER)) is not None:
        if is_adopted(subentry):
            roles = subentry.data[CONF_ENTITIES].keys()
            if roles - set(BATTERY_ROLES):
                inverter = AdoptedInverter(sources, subentry.data, identity_of(subentry))
            if subentry.data[CONF_BATTERY]:
                battery = AdoptedBattery(sources, subentry.data, identity_of(subentry))
        else:
            late = await _late(hass, entry, subentry, captures)
            await late.wait()
            inverter = LateInverter(late)
            battery = LateBattery(late) if subentry.data[CONF_BATTERY] else None

    relay: Relay | None = None
    if (subentry := find_subentry(entry, DeviceKind.RELAY)) is not None:
        if is_adopted(subentry):
            relay = AdoptedRelay(sources, subentry.data, identity_of(subentry))
        else:
            relay_map = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
            line = _line(hass, entry, subentry)
            relay = MapRelay(_unit(hass, entry, subentry, captures), relay_map, identity_of(subentry), line=line)

    charger: Charger | None = None
    if (subentry := find_subentry(entry, DeviceKind.CHARGER)) is not None:
        if is_adopted(subentry):
            charger = AdoptedCharger(sources, subentry.data, identity_of(subentry))
        else:
            charger_map = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
            line = _line(hass, entry, subentry)
            unit = _unit(hass, entry, subentry, captures)
            charger = MapCharger(unit, charger_map, identity_of(subentry), line=line)

    gas, gas_start_l, heating = await _async_gas(hass, entry, sources, captures)
    return FlatDevices(
        meter=meter,
        inverter=inverter,
        battery=battery,
        relay=relay,
        charger=charger,
        gas=gas,
        gas_start_l=gas_start_l,
        gas_heating_kj_m3=heating,
    )


async def _async_gas(
    hass: HomeAssistant, entry: ConfigEntry[Any], sources: Sources, captures: Captures
) -> tuple[GasMeter | None, int | None, int | None]:
    """Return the gas meter, what its dial showed when its pulses began to be counted, and the heating value."""
    if (subentry := find_subentry(entry, DeviceKind.GAS)) is None:
        return None, None, None
    data = subentry.data
    heating = _thousandths(data.get(CONF_HEATING_VALUE))
    if is_adopted(subentry):
        return AdoptedGasMeter(sources, data, identity_of(subentry)), None, heating
    described = await hass.async_add_executor_job(load_map, data[CONF_MAP])
    meter = MapGasMeter(
        _unit(hass, entry, subentry, captures),
        described.at_channel(data[CONF_CHANNEL]),
        identity_of(subentry),
        litres_per_pulse=Fraction(str(data[CONF_LITRES_PER_PULSE])),
        line=_line(hass, entry, subentry),
    )
    return meter, _thousandths(data[CONF_GAS_START]), heating


def _thousandths(value: float | None) -> int | None:
    """Return a number of a form in thousandths, to the digit: cubic metres in litres, megajoules in kilojoules."""
    return None if value is None else round(Fraction(str(value)) * 1000)


async def _late_meter(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, captures: Captures
) -> LateMeter:
    """Return the meter, of which nothing is read unless it is the one that was set up: it is signed as this flat's."""
    issue, expected = issue_id("wrong_meter", entry), identity_of(subentry)

    @callback
    def forget(_: MeterDevice | None = None) -> None:
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

    def start(coroutine: Coroutine[Any, Any, MeterDevice], name: str) -> asyncio.Task[MeterDevice]:
        return entry.async_create_background_task(hass, coroutine, name, eager_start=False)

    # With other settings, or another meter, it is another question.
    entry.async_on_unload(forget)
    unit, line = _unit(hass, entry, subentry, captures), _line(hass, entry, subentry)
    described = None
    if subentry.data[CONF_MAP] != SUNSPEC:
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
        return _lines(hass).at(params.endpoint).unit(async_get_unit(hass, entry, params, number), number, capture)
    except HomeAssistantError as error:
        # One connection cannot serve two different line settings.
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="link_settings_in_use",
            translation_placeholders={"device": subentry.title, "error": str(error)},
        ) from error

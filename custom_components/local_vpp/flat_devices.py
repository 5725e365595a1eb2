"""The drivers of a flat's devices, made of its subentries; those that cannot be had are absent, with a reason."""

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from fractions import Fraction
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from modbus_connection import ModbusUnit

from .adopted import (
    BATTERY_ROLES,
    RATING_ROLES,
    AdoptedBattery,
    AdoptedCharger,
    AdoptedGasMeter,
    AdoptedInverter,
    AdoptedMeter,
    AdoptedRelay,
)
from .const import (
    CONF_BATTERY,
    CONF_CHANNEL,
    CONF_ENTITIES,
    CONF_GAS_START,
    CONF_HEATING_VALUE,
    CONF_LITRES_PER_PULSE,
    CONF_MAP,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    DeviceKind,
)
from .coordinator import issue_id
from .devices import Found, find_subentry, identity_of, is_adopted, link_params, shared_lines
from .lib.localvpp.devices import (
    NO_METER,
    Absent,
    Battery,
    Captures,
    Charger,
    GasMeter,
    Identity,
    Inverter,
    InverterDevice,
    LateBattery,
    LateDevice,
    LateHybrid,
    LateInverter,
    LateMeter,
    LateOutput,
    LateSunSpec,
    Line,
    MapCharger,
    MapGasMeter,
    MapRelay,
    Meter,
    MeterDevice,
    Rating,
    Relay,
    Separable,
    load_map,
)
from .lib.localvpp.rounds import FlatDevices
from .links import async_unit
from .rating_form import rating_of
from .source import Sources


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
    output: Separable | None = None
    if (subentry := find_subentry(entry, DeviceKind.INVERTER)) is not None:
        both = await made(subentry, _inverter(hass, entry, subentry, sources, captures))
        if not isinstance(both, Absent):
            inverter, battery, output = both
        else:
            inverter = both
            battery = both if subentry.data[CONF_BATTERY] else None
    if (subentry := find_subentry(entry, DeviceKind.BATTERY)) is not None:
        # Named for itself, it is the flat's, whatever an inverter says of one of its own.
        battery = await made(subentry, _battery(hass, entry, subentry, sources, captures))
    relay: Relay | None = None
    if (subentry := find_subentry(entry, DeviceKind.RELAY)) is not None:
        relay = await made(subentry, _relay(hass, entry, subentry, sources, captures))
    island_relay: Relay | None = None
    if (subentry := find_subentry(entry, DeviceKind.ISLAND_RELAY)) is not None:
        island_relay = await made(subentry, _relay(hass, entry, subentry, sources, captures))

    charger: Charger | None = None
    if (subentry := find_subentry(entry, DeviceKind.CHARGER)) is not None:
        charger = await made(subentry, _charger(hass, entry, subentry, sources, captures))
    gas: GasMeter | None = None
    gas_start_l, heating = None, None
    if (subentry := find_subentry(entry, DeviceKind.GAS)) is not None:
        gas = await made(subentry, _gas(hass, entry, subentry, sources, captures))
        heating = _thousandths(subentry.data.get(CONF_HEATING_VALUE))
        gas_start_l = None if is_adopted(subentry) else _thousandths(subentry.data[CONF_GAS_START])

    _tell(hass, entry, "no_meter", {} if metering is None else None)
    told = {"devices": ", ".join(in_use), "error": "; ".join(dict.fromkeys(in_use.values()))}
    _tell(hass, entry, "link_settings_in_use", told if in_use else None)
    return FlatDevices(
        meter=meter,
        inverter=inverter,
        battery=battery,
        battery_rating=_rating(entry),
        output=output,
        relay=relay,
        island_relay=island_relay,
        charger=charger,
        gas=gas,
        gas_start_l=gas_start_l,
        gas_heating_kj_m3=heating,
    )


def _rating(entry: ConfigEntry[Any]) -> Rating:
    """Return what was stated of the battery: in its own place, or in that of the inverter that it is part of."""
    subentry = find_subentry(entry, DeviceKind.BATTERY) or find_subentry(entry, DeviceKind.INVERTER)
    return Rating() if subentry is None else rating_of(subentry.data)


async def _charger(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, sources: Sources, captures: Captures
) -> Charger:
    if is_adopted(subentry):
        return AdoptedCharger(sources, subentry.data, identity_of(subentry))
    described = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
    unit, line = _unit(hass, entry, subentry, captures), _line(hass, entry, subentry)
    return MapCharger(unit, described, identity_of(subentry), line=line)


async def _gas(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, sources: Sources, captures: Captures
) -> GasMeter:
    data = subentry.data
    if is_adopted(subentry):
        return AdoptedGasMeter(sources, data, identity_of(subentry))
    described = await hass.async_add_executor_job(load_map, data[CONF_MAP])
    unit, line = _unit(hass, entry, subentry, captures), _line(hass, entry, subentry)
    return MapGasMeter(
        unit,
        described.at_channel(data[CONF_CHANNEL]),
        identity_of(subentry),
        litres_per_pulse=Fraction(str(data[CONF_LITRES_PER_PULSE])),
        line=line,
    )


def _thousandths(value: float | None) -> int | None:
    """Return a number of a form in thousandths, to the digit: cubic metres in litres, megajoules in kilojoules."""
    return None if value is None else round(Fraction(str(value)) * 1000)


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
) -> tuple[Inverter | None, Battery | None, Separable | None]:
    data = subentry.data
    if is_adopted(subentry):
        has_inverter = bool(data[CONF_ENTITIES].keys() - {*BATTERY_ROLES, *RATING_ROLES})
        inverter = AdoptedInverter(sources, data, identity_of(subentry)) if has_inverter else None
        battery = AdoptedBattery(sources, data, identity_of(subentry)) if data[CONF_BATTERY] else None
        return inverter, battery, None
    late = await _late(hass, entry, subentry, captures)
    await late.wait()
    # Only now: the device may just have said that it has one.
    return LateInverter(late), LateBattery(late) if subentry.data[CONF_BATTERY] else None, LateOutput(late)


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
    if (channel := subentry.data.get(CONF_CHANNEL)) is not None:
        described = described.at_channel(channel)
    return MapRelay(unit, described, identity_of(subentry), line=line)


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
    line = shared_lines(hass).join(link_params(subentry.data).endpoint)
    entry.async_on_unload(line.leave)
    return line


def _unit(hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, captures: Captures) -> ModbusUnit:
    params, number = link_params(subentry.data), subentry.data[CONF_UNIT_ID]
    capture = captures.of(subentry.subentry_type, subentry.data[CONF_MAP])
    try:
        unit = async_unit(hass, entry, params, number)
    except HomeAssistantError as error:
        raise LineInUseError(str(error)) from error
    return shared_lines(hass).at(params.endpoint).unit(unit, number, capture)

"""From subentries to the drivers of a flat's devices.

The integration owns no connection: it borrows a `ModbusUnit` from Home Assistant's `modbus` integration, which shares
one connection per gateway between everything talking to it, and hands the unit to the drivers of `localvpp`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, Literal, override

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_MODEL, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady, HomeAssistantError
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from .const import (
    CONF_BATTERY,
    CONF_BAUDRATE,
    CONF_MANUFACTURER,
    CONF_MAP,
    CONF_PARITY,
    CONF_SERIAL_NUMBER,
    CONF_SW_VERSION,
    CONF_UNIT_ID,
    DOMAIN,
    REOPEN_AFTER_S,
    TYPE_SERIAL,
    DeviceKind,
)
from .lib.localvpp.devices import (
    Battery,
    BatteryReading,
    DeviceClass,
    DeviceError,
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    Inverter,
    InverterReading,
    MapMeter,
    MapRelay,
    RegisterMap,
    SunSpecDevice,
    available_maps,
    load_map,
    probe_meter,
    probe_relay,
)
from .lib.localvpp.devices.probe import PROBE_TIMEOUT_S
from .lib.localvpp.flat import FlatDevices

type LinkParams = ModbusSerialParams | ModbusTcpParams

_PARITIES: Final[Mapping[str, Literal["N", "E", "O"]]] = {"none": "N", "even": "E", "odd": "O"}
PARITIES: Final = tuple(_PARITIES)
"""What a serial line's parity can be, as the form and the subentry name it."""

# An inverter that is awake has said who it is by then; one that sleeps must not hold up the meter.
_PATIENCE_S: Final = 5.0


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

    Raises DeviceError, or HomeAssistantError when the line is in use with other settings.
    """
    async with async_get_temporary_unit(hass, link_params(data), data[CONF_UNIT_ID]) as unit:
        return await _async_identify(hass, kind, data, unit)


async def _async_identify(hass: HomeAssistant, kind: DeviceKind, data: Mapping[str, Any], unit: ModbusUnit) -> Found:
    if kind is DeviceKind.INVERTER:
        device = await _async_open(unit)
        return Found(identity=device.identity, battery=device.battery is not None)
    probe = probe_meter if kind is DeviceKind.METER else probe_relay
    return Found(identity=await probe(unit, await hass.async_add_executor_job(load_map, data[CONF_MAP])))


async def _async_open(unit: ModbusUnit) -> SunSpecDevice:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return await SunSpecDevice.open(unit)
    except TimeoutError as error:
        raise DeviceSilentError(
            f"the inverter did not answer within {PROBE_TIMEOUT_S:g} s; check its power, the cable and the unit number"
        ) from error


async def async_flat_devices(hass: HomeAssistant, entry: ConfigEntry[Any]) -> FlatDevices:
    """Return the drivers of a flat's devices.

    The meter has to answer, and to be the one that was set up: what it counts is signed as this flat's. Inverter and
    relay may come later. Raises ConfigEntryNotReady or ConfigEntryError.
    """
    if (meter_subentry := find_subentry(entry, DeviceKind.METER)) is None:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="no_meter")
    meter_unit = _unit(hass, entry, meter_subentry)
    try:
        meter = (await _async_identify(hass, DeviceKind.METER, meter_subentry.data, meter_unit)).identity
    except DeviceError as error:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="meter_unreachable",
            translation_placeholders={"error": str(error)},
        ) from error
    expected = identity_of(meter_subentry)
    if not _same(expected, meter):
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="wrong_meter",
            translation_placeholders={"expected": str(expected), "found": str(meter)},
        )
    meter_map = await hass.async_add_executor_job(load_map, meter_subentry.data[CONF_MAP])

    inverter: LateInverter | None = None
    battery: LateBattery | None = None
    if (subentry := find_subentry(entry, DeviceKind.INVERTER)) is not None:
        late = LateSunSpec(hass, entry, subentry, _unit(hass, entry, subentry))
        await late.async_wait()
        inverter = LateInverter(late)
        battery = LateBattery(late) if subentry.data[CONF_BATTERY] else None

    relay: MapRelay | None = None
    if (subentry := find_subentry(entry, DeviceKind.RELAY)) is not None:
        relay_map = await hass.async_add_executor_job(load_map, subentry.data[CONF_MAP])
        relay = MapRelay(_unit(hass, entry, subentry), relay_map, identity_of(subentry))

    return FlatDevices(
        meter=MapMeter(meter_unit, meter_map, meter),
        inverter=inverter,
        battery=battery,
        relay=relay,
    )


def _unit(hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry) -> ModbusUnit:
    try:
        return async_get_unit(hass, entry, link_params(subentry.data), subentry.data[CONF_UNIT_ID])
    except HomeAssistantError as error:
        # One connection cannot serve two different line settings.
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="link_settings_in_use",
            translation_placeholders={"device": subentry.title, "error": str(error)},
        ) from error


def _same(expected: Identity, found: Identity) -> bool:
    """Whether a device may be the expected one; a serial number that was not read proves nothing."""
    return expected.serial is None or found.serial is None or expected.serial == found.serial


class LateSunSpec:
    """A SunSpec device that may sleep when Home Assistant starts, as inverters do at night.

    It has to answer before its driver can be made. Until then each reading fails with the reason, and the device is
    asked again every half a minute.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, unit: ModbusUnit
    ) -> None:
        """Prepare to find out what answers at a unit; nothing is asked yet."""
        self.identity = identity_of(subentry)
        self._hass = hass
        self._entry = entry
        self._subentry = subentry
        self._unit = unit
        self._device: SunSpecDevice | None = None
        self._opening: asyncio.Task[SunSpecDevice] | None = None
        self._failure: DeviceError | None = None
        self._failed_at = 0.0

    @property
    def controllable(self) -> bool:
        """Whether the battery is known to follow a set-point."""
        return self._device is not None and self._device.battery is not None and self._device.battery.controllable

    async def async_wait(self) -> None:
        """Give the device a moment to answer, whether it does or not."""
        await asyncio.wait({self._open()}, timeout=_PATIENCE_S)

    async def async_device(self) -> SunSpecDevice:
        """Return the device once it has answered.

        Raises DeviceError.
        """
        if self._device is not None:
            return self._device
        if self._opening is None and self._failure and monotonic() - self._failed_at < REOPEN_AFTER_S:
            raise type(self._failure)(str(self._failure))
        # A reading that gives up after its second must not take the asking with it.
        opening = self._opening or self._open()
        await asyncio.wait({opening})
        return opening.result()

    def _open(self) -> asyncio.Task[SunSpecDevice]:
        self._opening = self._entry.async_create_background_task(
            self._hass, self._async_open(), f"open {self._subentry.title}", eager_start=False
        )
        self._opening.add_done_callback(self._opened)
        return self._opening

    async def _async_open(self) -> SunSpecDevice:
        device = await _async_open(self._unit)
        if not _same(self.identity, device.identity):
            raise DeviceNonsenseError(
                f"{device.identity} answers in the place of {self.identity}: set an exchanged inverter up again"
            )
        return device

    @callback
    def _opened(self, opening: asyncio.Task[SunSpecDevice]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        match opening.exception():
            case None:
                self._device = opening.result()
                self._remember(self._device)
            case DeviceError() as error:
                self._failure, self._failed_at = error, monotonic()
            # Anything else is no device's fault: the next reading opens it again, and passes it on.

    def _remember(self, device: SunSpecDevice) -> None:
        """Keep what the device is by now: an update may change its version, an electrician may add a battery."""
        found = Found(identity=device.identity, battery=device.battery is not None)
        self._hass.config_entries.async_update_subentry(
            self._entry, self._subentry, data={**self._subentry.data, **found.as_data()}
        )


class LateInverter(Inverter):
    """The inverter of a device that may come later."""

    def __init__(self, device: LateSunSpec) -> None:
        """Read the device once it is there."""
        self._device = device

    @property
    @override
    def identity(self) -> Identity:
        return self._device.identity

    @override
    async def read(self) -> InverterReading:
        return await (await self._device.async_device()).inverter.read()


class LateBattery(Battery):
    """The battery of a device that may come later."""

    def __init__(self, device: LateSunSpec) -> None:
        """Read the device once it is there."""
        self._device = device

    @property
    @override
    def identity(self) -> Identity:
        return self._device.identity

    @property
    @override
    def controllable(self) -> bool:
        return self._device.controllable

    @override
    async def read(self) -> BatteryReading:
        return await (await self._async_battery()).read()

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        await (await self._async_battery()).set_power(watts, lease_s)

    @override
    async def release(self) -> None:
        await (await self._async_battery()).release()

    async def _async_battery(self) -> Battery:
        battery = (await self._device.async_device()).battery
        if battery is None:
            raise DeviceNonsenseError(f"{self.identity} has no battery any more: set the inverter up again")
        return battery

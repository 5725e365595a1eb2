"""Devices made of entities that Home Assistant has already: of ECHONET Lite, a smart meter's route B, a maker's cloud.

They have the capabilities of every other device, and less resolution. None of them holds up a line, so none has a door.
None can be given a set-point: what sets a number in another integration has no lease, and would stay when we are gone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final, Protocol

from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, Platform
from homeassistant.exceptions import HomeAssistantError

from .boundary import BoundaryReader
from .const import CONF_BATTERY_SIGN, CONF_ENTITIES, CONF_FEEDBACK, CONF_POWER_SIGN, LOGGER
from .lib.localvpp.devices import (
    BatteryReading,
    ChargerReading,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
    GasReading,
    Identity,
    InverterReading,
    MeterReading,
    RelayReading,
    state_of,
)
from .lib.localvpp.devices.plausible import frequency, percent, power, voltage
from .lib.localvpp.devices.rating import limits_of
from .lib.localvpp.devices.told import ENERGY_WH, FREQUENCY_HZ, GAS, HIGHEST_W, POWER_W, SHARE_PERCENT, VOLTAGE_V
from .source import (
    CHARGE_WITHIN_S,
    ENERGY_WITHIN_S,
    GAS_WITHIN_S,
    POWER_WITHIN_S,
    Contact,
    Failed,
    Gauge,
    Source,
    Sources,
    Tally,
)

IMPORT_POSITIVE: Final = "import_positive"
EXPORT_POSITIVE: Final = "export_positive"
DISCHARGE_POSITIVE: Final = "discharge_positive"
CHARGE_POSITIVE: Final = "charge_positive"
ON_IS_CLOSED: Final = "on_is_closed"
ON_IS_OPEN: Final = "on_is_open"

COMMANDED_WITHIN_S: Final = 5.0
"""A switch that takes longer has not obeyed; what it did by then, its feedback tells."""

BATTERY_ROLES: Final = ("battery_power", "battery_soc", "battery_charge", "battery_discharge")
RATING_ROLES: Final = ("battery_capacity", "battery_max_charge", "battery_max_discharge")
"""What the battery can, as an entity tells it. They never change, and make no battery by themselves."""


class _Parts:
    """Makes what a device is made of out of its subentry's data."""

    def __init__(self, sources: Sources, data: Mapping[str, Any]) -> None:
        self._sources = sources
        self._data = data

    def has(self, *roles: str) -> bool:
        return any(role in self._data[CONF_ENTITIES] for role in roles)

    def power(self, role: str, *, negative: bool = False) -> Gauge | None:
        source = self._source(role, POWER_WITHIN_S)
        return None if source is None else Gauge(source, POWER_W, -1 if negative else 1)

    def voltage(self, role: str) -> Gauge | None:
        source = self._source(role, POWER_WITHIN_S)
        return None if source is None else Gauge(source, VOLTAGE_V)

    def frequency(self, role: str) -> Gauge | None:
        source = self._source(role, POWER_WITHIN_S)
        return None if source is None else Gauge(source, FREQUENCY_HZ)

    def share(self, role: str) -> Gauge | None:
        source = self._source(role, CHARGE_WITHIN_S)
        return None if source is None else Gauge(source, SHARE_PERCENT)

    def energy(self, role: str) -> Tally | None:
        source = self._source(role, ENERGY_WITHIN_S)
        return None if source is None else Tally(source, self._sources.clock)

    def rating(self, role: str, field: str, units: Mapping[str, Fraction]) -> Rated | None:
        source = self._source(role, None)
        return None if source is None else Rated(Gauge(source, units), source, field)

    def volume(self, role: str) -> Tally | None:
        source = self._source(role, GAS_WITHIN_S)
        return None if source is None else Tally(source, self._sources.clock, GAS)

    def contact(self, role: str, *, on_means: bool = True) -> Contact | None:
        source = self._source(role, None)
        return None if source is None else Contact(source, on_means)

    def _source(self, role: str, within_s: float | None) -> Source | None:
        key = self._data[CONF_ENTITIES].get(role)
        return None if key is None else Source(self._sources, role, key, within_s)


class Rated:
    """A rating of a battery; what can be none, as the 0 of an integration that has not heard it yet, is unknown."""

    def __init__(self, gauge: Gauge, source: Source, field: str) -> None:
        self._gauge = gauge
        self._source = source
        self._field = field

    def read(self, failed: Failed) -> int | None:
        """Return the rating in whole units; None, and why, when it is unknown."""
        if (value := self._gauge.read(failed)) is None:
            return None
        least, most = limits_of(self._field)
        if not least <= value <= most:
            failed[self._source.role] = DeviceNonsenseError(
                f"{self._source.entity_id} tells {value:g} as the battery's {self._field}, which is not within {least} "
                f"and {most}: choose the entity that tells it, or leave it out and enter the number"
            )
            return None
        return round(value)


class _Adopted:
    """What all adopted devices have in common."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._broken: set[str] = set()
        """Roles that the log was told of."""

    @property
    def identity(self) -> Identity:
        """Who the entities' device was when it was set up."""
        return self._identity

    @property
    def door(self) -> None:
        """No line is held up by a device that others read."""
        return None

    def _settle(self, failed: Failed, *values: object) -> None:
        """Fail as a silent device does when nothing is known; tell the log of what else is unknown, once."""
        if failed and all(value is None for value in values):
            raise next(iter(failed.values()))
        for role, error in failed.items():
            if role not in self._broken and role not in failed.logged:
                LOGGER.warning("The %s of %s is unknown: %s", role, self._identity, error)
        if healed := self._broken - failed.keys():
            LOGGER.info("Known again of %s: %s", self._identity, ", ".join(sorted(healed)))
        self._broken = failed.keys() - failed.logged


class AdoptedMeter(_Adopted):
    """A meter: two counters, which are signed, and what else is told beside them.

    Without an export counter nothing may flow out: the export is 0, and it is unknown for as long as this runs once the
    power has shown the contrary.
    """

    def __init__(self, sources: Sources, data: Mapping[str, Any], identity: Identity) -> None:
        super().__init__(identity)
        parts = _Parts(sources, data)
        self._import = parts.energy("energy_import")
        self._export = parts.energy("energy_export")
        self._power = parts.power("power", negative=data.get(CONF_POWER_SIGN) == EXPORT_POSITIVE)
        self._voltage, self._frequency = parts.voltage("voltage"), parts.frequency("frequency")
        counters = [tally.source for tally in (self._import, self._export) if tally is not None]
        self._boundaries = BoundaryReader(sources, counters)
        self._uncounted: DeviceNonsenseError | None = None

    async def read(self) -> MeterReading:
        """Take what the entities say; see ``capability.Meter.read``."""
        self._boundaries.look()
        failed = Failed()
        tallies = [tally for tally in (self._import, self._export) if tally is not None]
        import_wh, power_w = _of(self._import, failed), power(_of(self._power, failed), HIGHEST_W)
        export_wh = self._exported(power_w, failed)
        volts, hertz = voltage(_of(self._voltage, failed)), frequency(_of(self._frequency, failed))
        counted = [import_wh] if self._export is None else [import_wh, export_wh]
        self._settle(failed, power_w, *counted, volts, hertz)
        steps = [tally.step_wh for tally in tallies if tally.step_wh is not None]
        reading = MeterReading(
            power_w=power_w,
            import_wh=import_wh,
            export_wh=export_wh,
            voltage_v=volts,
            frequency_hz=hertz,
            # Both are known to have been so since the older of the two reports.
            age_ms=max(tally.age_ms for tally in tallies),
            step_wh=max(steps) if steps else None,
            failed=failed,
        )
        return _aged(reading, power_w=self._power, voltage_v=self._voltage, frequency_hz=self._frequency)

    def _exported(self, power_w: float | None, failed: Failed) -> int | None:
        if self._export is not None:
            return self._export.read(failed)
        if self._uncounted is None and power_w is not None and power_w < 0:
            self._uncounted = DeviceNonsenseError(
                f"the meter {self._identity} shows an export of {-power_w:.0f} W and has no counter of it: add the "
                "entity that counts the export, or choose the other sign of the power"
            )
        if self._uncounted is not None:
            failed["energy_export"] = self._uncounted
            return None
        return 0


class AdoptedInverter(_Adopted):
    """A PV inverter. Whether it is separated from the grid, these entities do not tell: that is unknown."""

    def __init__(self, sources: Sources, data: Mapping[str, Any], identity: Identity) -> None:
        super().__init__(identity)
        parts = _Parts(sources, data)
        self._power, self._energy = parts.power("pv_power"), parts.energy("pv_energy")
        self._only_pv = not parts.has(*BATTERY_ROLES)

    async def read(self) -> InverterReading:
        """Take what the entities say; see ``capability.Inverter.read``."""
        failed = Failed()
        power_w, wh = power(_of(self._power, failed), HIGHEST_W), _of(self._energy, failed)
        self._settle(failed, power_w, wh)
        reading = InverterReading(
            pv_power_w=power_w,
            pv_wh=wh,
            ac_power_w=power_w if self._only_pv else None,
            energy_wh=wh if self._only_pv else None,
            failed=failed,
        )
        return _aged(
            reading, pv_power_w=self._power, ac_power_w=self._power, pv_wh=self._energy, energy_wh=self._energy
        )


class AdoptedBattery(_Adopted):
    """A battery that is read and never commanded."""

    def __init__(self, sources: Sources, data: Mapping[str, Any], identity: Identity) -> None:
        super().__init__(identity)
        parts = _Parts(sources, data)
        self._power = parts.power("battery_power", negative=data.get(CONF_BATTERY_SIGN) == CHARGE_POSITIVE)
        self._soc = parts.share("battery_soc")
        self._charge, self._discharge = parts.energy("battery_charge"), parts.energy("battery_discharge")
        self._capacity = parts.rating("battery_capacity", "capacity_wh", ENERGY_WH)
        self._most_in = parts.rating("battery_max_charge", "max_charge_w", POWER_W)
        self._most_out = parts.rating("battery_max_discharge", "max_discharge_w", POWER_W)

    @property
    def controllable(self) -> bool:
        """Never: no entity has a lease."""
        return False

    async def read(self) -> BatteryReading:
        """Take what the entities say; see ``capability.Battery.read``."""
        failed = Failed()
        power_w, soc = power(_of(self._power, failed), HIGHEST_W), percent(_of(self._soc, failed))
        charge_wh, discharge_wh = _of(self._charge, failed), _of(self._discharge, failed)
        capacity_wh = _of(self._capacity, failed)
        most_in_w, most_out_w = _of(self._most_in, failed), _of(self._most_out, failed)
        self._settle(failed, power_w, soc, charge_wh, discharge_wh)
        reading = BatteryReading(
            power_w=power_w,
            soc_percent=soc,
            capacity_wh=capacity_wh,
            max_charge_w=most_in_w,
            max_discharge_w=most_out_w,
            charge_wh=charge_wh,
            discharge_wh=discharge_wh,
            failed=failed,
        )
        return _aged(
            reading, power_w=self._power, soc_percent=self._soc, charge_wh=self._charge, discharge_wh=self._discharge
        )

    async def set_power(self, watts: int, lease_s: int) -> None:
        """Refuse; see ``capability.Battery.set_power``."""
        raise DeviceRefusedError(
            f"the battery {self._identity} is made of entities of Home Assistant and is only read: a set-point there "
            "has no lease, and would stay when nobody renews it"
        )

    async def release(self) -> None:
        """Do nothing: there is no set-point to end."""


class AdoptedCharger(_Adopted):
    """A charger of an electric car, or a V2H (ECHONET Lite class 0x027E), that is read and never commanded.

    What it does follows from its power, and from a contact that tells of the plug where there is one.
    """

    def __init__(self, sources: Sources, data: Mapping[str, Any], identity: Identity) -> None:
        super().__init__(identity)
        parts = _Parts(sources, data)
        self._power = parts.power("charger_power", negative=data.get(CONF_BATTERY_SIGN) == CHARGE_POSITIVE)
        self._charge, self._discharge = parts.energy("charger_charge"), parts.energy("charger_discharge")
        self._soc = parts.share("vehicle_soc")
        self._plugged = parts.contact("plugged")

    @property
    def controllable(self) -> bool:
        """Never: no entity has a lease."""
        return False

    @property
    def can_discharge(self) -> bool:
        """Whether it has a counter of what comes out of the car."""
        return self._discharge is not None

    async def read(self) -> ChargerReading:
        """Take what the entities say; see ``vehicle.Charger.read``."""
        failed = Failed()
        power_w, soc = power(_of(self._power, failed), HIGHEST_W), percent(_of(self._soc, failed))
        charge_wh, discharge_wh = _of(self._charge, failed), _of(self._discharge, failed)
        plugged = _of(self._plugged, failed)
        self._settle(failed, power_w, soc, charge_wh, discharge_wh, plugged)
        reading = ChargerReading(
            power_w=power_w,
            charge_wh=charge_wh,
            discharge_wh=discharge_wh,
            soc_percent=soc,
            state=state_of(plugged, power_w),
            failed=failed,
        )
        # A contact tells at once; what the car does follows from the power.
        return _aged(
            reading,
            power_w=self._power,
            state=self._power,
            soc_percent=self._soc,
            charge_wh=self._charge,
            discharge_wh=self._discharge,
        )

    async def limit(self, milliamperes: int, lease_s: int) -> None:
        """Refuse; see ``vehicle.Charger.limit``."""
        raise self._refused()

    async def pause(self, lease_s: int) -> None:
        """Refuse; see ``vehicle.Charger.pause``."""
        raise self._refused()

    async def discharge(self, watts: int, lease_s: int) -> None:
        """Refuse; see ``vehicle.Charger.discharge``."""
        raise self._refused()

    async def release(self) -> None:
        """Do nothing: there is no limit to end."""

    def _refused(self) -> DeviceRefusedError:
        return DeviceRefusedError(
            f"the charger {self._identity} is made of entities of Home Assistant and is only read: a limit there has "
            "no lease, and would stay when nobody renews it"
        )


class AdoptedGasMeter(_Adopted):
    """A gas meter whose dial another integration tells."""

    def __init__(self, sources: Sources, data: Mapping[str, Any], identity: Identity) -> None:
        super().__init__(identity)
        self._volume = _Parts(sources, data).volume("gas_volume")

    async def read(self) -> GasReading:
        """Take what the entity says; see ``gas.GasMeter.read``."""
        failed = Failed()
        volume_l = _of(self._volume, failed)
        self._settle(failed, volume_l)
        age_ms = 0 if self._volume is None else self._volume.age_ms
        return GasReading(volume_l=volume_l, age_ms=age_ms, failed=failed)


class AdoptedRelay(_Adopted):
    """A switch to command, and contacts of their own to tell what it did."""

    def __init__(self, sources: Sources, data: Mapping[str, Any], identity: Identity) -> None:
        super().__init__(identity)
        parts = _Parts(sources, data)
        self._hass = sources.hass
        self._switch = parts.contact("switch")
        self._closed = parts.contact("closed", on_means=data.get(CONF_FEEDBACK) != ON_IS_OPEN)
        self._energised = parts.contact("energised")

    async def read(self) -> RelayReading:
        """Take what switch and contacts say; see ``capability.Relay.read``."""
        failed = Failed()
        closed, energised = _of(self._closed, failed), _of(self._energised, failed)
        commanded = _of(self._switch, failed)
        self._settle(failed, closed, energised, commanded)
        return RelayReading(closed=closed, energised=energised, commanded=commanded, failed=failed)

    async def command(self, closed: bool) -> None:
        """Ask the switch to turn on or off; see ``capability.Relay.command``."""
        assert self._switch is not None, "the form asks for it"
        name, service = self._switch.entity_id, SERVICE_TURN_ON if closed else SERVICE_TURN_OFF
        if self._switch.read(failed := Failed()) is None:
            raise failed["switch"]
        try:
            async with asyncio.timeout(COMMANDED_WITHIN_S):
                await self._hass.services.async_call(Platform.SWITCH, service, {ATTR_ENTITY_ID: name}, blocking=True)
        except TimeoutError as error:
            raise DeviceSilentError(
                f"{name} has not answered the command within {COMMANDED_WITHIN_S:.0f} s; its feedback tells what it did"
            ) from error
        except HomeAssistantError as error:
            raise DeviceRefusedError(f"{name} refuses the command ({error}); check its integration") from error


class _Readable[T](Protocol):
    def read(self, failed: Failed) -> T | None: ...


def _of[T](part: _Readable[T] | None, failed: Failed) -> T | None:
    return None if part is None else part.read(failed)


def _aged[R: (MeterReading, InverterReading, BatteryReading, ChargerReading)](
    reading: R, **parts: Gauge | Tally | None
) -> R:
    """Return a reading with the ages of what the entities have told before it."""
    ages = {
        field: part.age_ms
        for field, part in parts.items()
        if part is not None and part.age_ms and getattr(reading, field) is not None
    }
    return replace(reading, ages_ms=ages)

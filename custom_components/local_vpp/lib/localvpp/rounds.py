"""A flat's devices, read in one round each second.

A device that fails makes its own values unknown and leaves the others alone. One that fell silent is knocked at now and
then: right after the others were read, so that their line is free again by their next second, and never about a slot's
boundary.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Protocol

from .clock import Clock
from .devices import (
    Battery,
    BatteryReading,
    Charger,
    ChargerReading,
    DeviceError,
    Door,
    GasMeter,
    GasReading,
    Inverter,
    InverterReading,
    Meter,
    MeterReading,
    Relay,
    RelayReading,
)
from .etp import DeviceId, Frame
from .outage import Outages, nonsense_of, proof_of, reason_of
from .slots import Reading, Sample

READ_TIMEOUT_S: Final = 0.9
"""A device that has not answered by the next poll is unknown for this second."""
IN_TURN_S: Final = 0.3
"""So long the meter and then the relay have the line for themselves. Behind one gateway each request waits for those
before it, and none of theirs is to wait for an inverter that is about to fall asleep."""
SECOND_MS: Final = 1000
LINK_LOST_S: Final = 5.0
"""A device that was away for so long may have been cut off together with others, who then may be back, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatDevices:
    """The devices of a flat. Only the meter makes records.

    ``gas_start_l`` is what the gas meter's dial showed when its pulses were begun to be counted; None for one that
    tells its dial itself. ``gas_heating_kj_m3`` is what the gas company states.
    """

    meter: Meter
    inverter: Inverter | None = None
    battery: Battery | None = None
    relay: Relay | None = None
    charger: Charger | None = None
    gas: GasMeter | None = None
    gas_start_l: int | None = None
    gas_heating_kj_m3: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What the devices said in one second; None is unknown."""

    time_ms: int
    """When the meter had answered, however long the others took."""
    meter: MeterReading | None
    inverter: InverterReading | None
    battery: BatteryReading | None
    relay: RelayReading | None
    charger: ChargerReading | None
    gas: GasReading | None
    has_battery: bool
    has_v2h: bool
    problems: Mapping[str, str]
    """Why a device is unknown, by its name."""

    @property
    def sample(self) -> Sample | None:
        """What the slot's record is made of, if both registers are known: without them there is nothing to prove.

        An inverter that answers without having a battery is known to discharge none; without an inverter nobody knows.
        Without a V2H no car discharges; of a V2H that does not say, nobody knows.
        """
        meter, inverter = self.meter, self.inverter
        if meter is None or meter.import_wh is None or meter.export_wh is None:
            return None
        battery_w = _whole(self.battery.power_w if self.battery else None)
        vehicle_w = _whole(self.charger.power_w if self.charger else None)
        return Sample(
            reading=Reading(self.time_ms - meter.age_ms, meter.import_wh, meter.export_wh),
            grid_w=_whole(meter.power_w),
            pv_w=_whole(inverter.pv_power_w if inverter else None),
            battery_w=0 if inverter is not None and not self.has_battery else battery_w,
            vehicle_w=0 if vehicle_w is None and not self.has_v2h else vehicle_w,
            frequency_mhz=_whole(meter.frequency_hz, 1000),
            islanded=_islanded(inverter),
        )

    def frame(self, device: DeviceId, count: int) -> Frame:
        """Return the second as it is told to the building."""
        meter, inverter, battery = self.meter, self.inverter, self.battery
        # A frame says what the registers were in its second, and no later one repeats it.
        counted = meter if meter is not None and meter.age_ms < SECOND_MS else None
        return Frame(
            device=device,
            time_ms=self.time_ms,
            count=count,
            grid_w=_whole(meter.power_w if meter else None),
            import_wh=counted.import_wh if counted else None,
            export_wh=counted.export_wh if counted else None,
            pv_w=_whole(inverter.pv_power_w if inverter else None),
            battery_w=_whole(battery.power_w if battery else None),
            soc_permille=_whole(battery.soc_percent if battery else None, 10),
            frequency_mhz=_whole(meter.frequency_hz if meter else None, 1000),
            voltage_mv=_whole(meter.voltage_v if meter else None, 1000),
            islanded=_islanded(inverter),
        )


class _Readable[R](Protocol):
    """A device of any kind."""

    @property
    def door(self) -> Door | None: ...

    async def read(self) -> R: ...


class Rounds:
    """Reads a flat's devices."""

    def __init__(self, devices: FlatDevices, outages: Outages, clock: Clock) -> None:
        self._devices = devices
        self._outages = outages
        self._clock = clock

    @property
    def meter(self) -> Meter:
        """The meter, whose energy is signed."""
        return self._devices.meter

    @property
    def devices(self) -> FlatDevices:
        """The devices, as far as they are known by now."""
        return self._devices

    @property
    def battery(self) -> Battery | None:
        """The battery, if there is one."""
        return self._devices.battery

    def battery_found(self, battery: Battery) -> None:
        """Read a battery, too, from now on."""
        self._devices = replace(self._devices, battery=battery)

    async def read(self) -> Round:
        """Read all devices; this takes `READ_TIMEOUT_S` at the longest."""
        devices = self._devices
        problems: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def read[R](name: str, device: _Readable[R] | None) -> R | None:
            if device is None:
                return None
            try:
                async with asyncio.timeout_at(began + READ_TIMEOUT_S):
                    value = await device.read()
            except (DeviceError, TimeoutError) as error:
                problems[name] = reason_of(error, READ_TIMEOUT_S)
                self._outages.broke(name, problems[name], proof_of(error, device.door))
                return None
            if (nonsense := nonsense_of(value)) is not None:
                problems[name] = nonsense
                self._outages.broke(name, nonsense)
                return value
            if self._outages.answered(name) >= LINK_LOST_S:
                self._hasten()
            return value

        async def read_meter() -> tuple[MeterReading | None, int]:
            reading = await read("meter", devices.meter)
            return reading, self._clock.wall_ms()

        async def its_turn(task: asyncio.Task[object]) -> None:
            await asyncio.wait({task}, timeout=max(0.0, began + IN_TURN_S - loop.time()))

        async with asyncio.TaskGroup() as tasks:
            metered = tasks.create_task(read_meter())
            await its_turn(metered)
            switching = tasks.create_task(read("relay", devices.relay))
            await its_turn(switching)
            inverting = tasks.create_task(read("inverter", devices.inverter))
            storing = tasks.create_task(read("battery", devices.battery))
            charging = tasks.create_task(read("charger", devices.charger))
            heating = tasks.create_task(read("gas", devices.gas))
        meter, time_ms = metered.result()
        return Round(
            time_ms=time_ms,
            meter=meter,
            inverter=inverting.result(),
            battery=storing.result(),
            relay=switching.result(),
            charger=charging.result(),
            gas=heating.result(),
            has_battery=devices.battery is not None,
            has_v2h=devices.charger is not None and devices.charger.can_discharge,
            problems=MappingProxyType(problems),
        )

    def doors(self, *, quiet: bool) -> Iterator[Door]:
        """Give the doors that may be knocked at now. The meter's own silence has no boundary to be kept from.

        Args:
            quiet: a slot's boundary is near.
        """
        for device in (self._devices.meter,) if quiet else self._all():
            if device is not None and (door := device.door) is not None and door.due:
                yield door

    def _all(self) -> tuple[Meter | Relay | Inverter | Charger | GasMeter | None, ...]:
        """Give the devices that have doors of their own, first the ones that matter most."""
        devices = self._devices
        return (devices.meter, devices.relay, devices.inverter, devices.charger, devices.gas)

    def _hasten(self) -> None:
        for device in self._all():
            if device is not None and device.door is not None:
                device.door.hasten()


def _whole(value: float | None, times: int = 1) -> int | None:
    return None if value is None else round(value * times)


def _islanded(inverter: InverterReading | None) -> bool | None:
    if inverter is None or inverter.grid_connected is None:
        return None
    return False if inverter.grid_connected else inverter.grid_forming

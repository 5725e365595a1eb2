"""A flat's devices, read in one round each second.

A device that fails makes its own values unknown and leaves the others alone. One that fell silent is knocked at now and
then: right after the others were read, so that their line is free again by their next second, and never about a slot's
boundary. One that takes most of a second is read beside the rounds, and told with its age: all but the meter, whose
energy a frame is about, and the relays, whose feedback says whether a command was followed and must not be older.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from .beside import Beside, Readable
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
    Rating,
    Relay,
    RelayReading,
    Separable,
    rated,
)
from .devices.silence import LINK_LOST_S
from .outage import Outages, nonsense_of, proof_of, reason_of
from .round import Round

READ_TIMEOUT_S: Final = 0.9
"""A meter or relay that has not answered by the next poll is unknown for this second."""
BESIDE_S: Final = 0.5
"""So long a round waits for the others. A frame is to be with the building within its second."""
IN_TURN_S: Final = 0.3
"""So long the meter and then the relay have the line for themselves. Behind one gateway each request waits for those
before it, and none of theirs is to wait for an inverter that is about to fall asleep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatDevices:
    """The devices of a flat. Only the meter makes records.

    ``relay`` is what separates the living room's circuit from the grid, ``island_relay`` the second contactor of an
    interlocked pair, towards the inverter. ``output`` is what the inverter can be asked at its connection to the grid.
    ``gas_start_l`` is what the gas meter's dial showed when its pulses were begun to be counted; None for one that
    tells its dial itself. ``gas_heating_kj_m3`` is what the gas company states, ``battery_rating`` what the resident
    states of the battery, for what it does not tell itself.
    """

    meter: Meter
    inverter: Inverter | None = None
    battery: Battery | None = None
    output: Separable | None = None
    relay: Relay | None = None
    island_relay: Relay | None = None
    charger: Charger | None = None
    gas: GasMeter | None = None
    gas_start_l: int | None = None
    gas_heating_kj_m3: int | None = None
    battery_rating: Rating = field(default_factory=Rating)


class Rounds:
    """Reads a flat's devices."""

    def __init__(self, devices: FlatDevices, outages: Outages, clock: Clock) -> None:
        self._devices = devices
        self._outages = outages
        self._clock = clock
        self._stated = devices.battery_rating
        """What the battery has never told since this runs."""
        self._inverter = Beside[InverterReading]()
        self._battery = Beside[BatteryReading]()
        self._charger = Beside[ChargerReading]()
        self._gas = Beside[GasReading]()

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
        """Read all devices; this takes `BESIDE_S`, or `READ_TIMEOUT_S` where meter or relay are that slow."""
        devices = self._devices
        problems: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        began = loop.time()

        def failed(name: str, error: DeviceError | TimeoutError, seconds: float, door: Door | None) -> None:
            problems[name] = reason_of(error, seconds)
            self._outages.broke(name, problems[name], proof_of(error, door))

        def answered[R](name: str, value: R) -> R:
            if (nonsense := nonsense_of(value)) is not None:
                problems[name] = nonsense
                self._outages.broke(name, nonsense)
                return value
            if self._outages.answered(name) >= LINK_LOST_S:
                self._hasten()
            return value

        async def read[R](name: str, device: Readable[R]) -> R | None:
            try:
                async with asyncio.timeout_at(began + READ_TIMEOUT_S):
                    value = await device.read()
            except (DeviceError, TimeoutError) as error:
                failed(name, error, READ_TIMEOUT_S, device.door)
                return None
            return answered(name, value)

        def take[R: (InverterReading, BatteryReading, ChargerReading, GasReading)](
            name: str, device: Readable[R] | None, beside: Beside[R]
        ) -> R | None:
            if device is None:
                return None
            try:
                value = beside.take()
            except (DeviceError, TimeoutError) as error:
                failed(name, error, BESIDE_S, device.door)
                return None
            return answered(name, value)

        async def read_meter() -> tuple[MeterReading | None, int]:
            reading = await read("meter", devices.meter)
            return reading, self._clock.wall_ms()

        async def its_turn(task: asyncio.Task[object]) -> None:
            await asyncio.wait({task}, timeout=max(0.0, began + IN_TURN_S - loop.time()))

        switching: asyncio.Task[RelayReading | None] | None = None
        feeding: asyncio.Task[RelayReading | None] | None = None
        async with asyncio.TaskGroup() as tasks:
            metered = tasks.create_task(read_meter())
            await its_turn(metered)
            if devices.relay is not None:
                switching = tasks.create_task(read("relay", devices.relay))
                await its_turn(switching)
            if devices.island_relay is not None:
                feeding = tasks.create_task(read("island relay", devices.island_relay))
                await its_turn(feeding)
            if devices.charger is not None:
                self._charger.begin(devices.charger)
            if devices.gas is not None:
                self._gas.begin(devices.gas)
            if devices.inverter is not None:
                self._inverter.begin(devices.inverter)
            if devices.battery is not None:
                self._battery.begin(devices.battery)
            if under_way := set[asyncio.Task[object]]().union(*(each.under_way for each in self._beside())):
                await asyncio.wait(under_way, timeout=max(0.0, began + BESIDE_S - loop.time()))
        meter, time_ms = metered.result()
        battery = self._rated(take("battery", devices.battery, self._battery))
        return Round(
            time_ms=time_ms,
            meter=meter,
            inverter=take("inverter", devices.inverter, self._inverter),
            battery=battery,
            relay=None if switching is None else switching.result(),
            island_relay=None if feeding is None else feeding.result(),
            charger=take("charger", devices.charger, self._charger),
            gas=take("gas", devices.gas, self._gas),
            has_inverter=devices.inverter is not None,
            has_battery=devices.battery is not None,
            battery_news=self._rated(self._battery.news()),
            has_v2h=devices.charger is not None and devices.charger.can_discharge,
            problems=MappingProxyType(problems),
        )

    def _rated(self, reading: BatteryReading | None) -> BatteryReading | None:
        """Return a reading of the battery with what its resident states of it."""
        if reading is None:
            return None
        self._stated = self._stated.untold(reading)
        return rated(reading, self._stated)

    async def close(self) -> None:
        """Read no more."""
        for each in self._beside():
            await each.close()

    def doors(self, *, quiet: bool) -> Iterator[Door]:
        """Give the doors that may be knocked at now. The meter's own silence has no boundary to be kept from.

        Args:
            quiet: a slot's boundary is near.
        """
        meter = self._devices.meter.door
        for door in ([] if meter is None else [meter]) if quiet else self._doors():
            if door.due:
                yield door

    def _beside(
        self,
    ) -> tuple[Beside[InverterReading], Beside[BatteryReading], Beside[ChargerReading], Beside[GasReading]]:
        return self._inverter, self._battery, self._charger, self._gas

    def _doors(self) -> list[Door]:
        devices = self._devices
        switches = (devices.relay, devices.island_relay)
        every = (devices.meter, *switches, devices.inverter, devices.battery, devices.charger, devices.gas)
        doors = [device.door for device in every if device is not None and device.door is not None]
        # A battery that is part of the inverter has its door.
        return list({id(door): door for door in doors}.values())

    def _hasten(self) -> None:
        for door in self._doors():
            door.hasten()

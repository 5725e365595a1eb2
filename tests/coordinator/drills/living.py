"""A whole flat with a living room behind an inverter's backup terminals: real agent, real blackout logic, real link."""

import asyncio
from dataclasses import dataclass, field
from typing import override

from localvpp.blackout import Blackout, BlackoutSettings
from localvpp.blackout.blackout import JOURNAL
from localvpp.devices import (
    Battery,
    BatteryReading,
    DeviceError,
    Identity,
    Inverter,
    InverterReading,
    MeterReading,
    Separable,
)
from localvpp.flat import Flat
from localvpp.islanding import Command, Contact, Policy, Wiring
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore

from ...localvpp.islanding.plant import Plant
from ...localvpp.scripted_devices import PassingTime
from ..agent import Agent
from ..conftest import ORIGIN
from ..flat import WAIT_S

WHO = Identity(manufacturer="Test", model="device", serial="12000101")
LOAD_W = 400.0
SETTINGS = BlackoutSettings(
    policy=Policy(
        wiring=Wiring.OWNED,
        returns_by_itself=True,
        steady_s=20.0,
        announce_s=5.0,
        hold_s=(20.0,),
        device_hold_s=20.0,
    )
)


@dataclass
class Devices:
    """What the flat's drivers read and command."""

    plant: Plant = field(default_factory=lambda: Plant(Wiring.OWNED))
    soc: float = 80.0

    def meter(self) -> MeterReading:
        supply, away = self.plant.supply, self.plant.main is Contact.OPEN
        return MeterReading(
            power_w=0.0 if away else LOAD_W,
            import_wh=1_000_000,
            export_wh=5_000,
            voltage_v=supply.volts,
            frequency_hz=supply.hertz,
        )


@dataclass
class LivingInverter(Inverter):
    """At the grid, and at the living room."""

    devices: Devices
    door = None

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @override
    async def read(self) -> InverterReading:
        plant = self.devices.plant
        supply = plant.supply
        return InverterReading(
            ac_power_w=LOAD_W if plant.forming else 0.0,
            pv_power_w=0.0,
            rated_power_w=3000.0,
            voltage_v=supply.volts,
            frequency_hz=supply.hertz,
            grid_connected=plant.main is Contact.CLOSED,
            grid_forming=plant.forming,
            backup_voltage_v=101.0 if plant.lit else 0.0,
            backup_frequency_hz=50.0 if plant.lit else None,
            backup_power_w=LOAD_W if plant.lit else 0.0,
        )


@dataclass
class LivingBattery(Battery):
    """Full enough, unless a test says otherwise."""

    devices: Devices
    door = None

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def controllable(self) -> bool:
        return False

    @override
    async def read(self) -> BatteryReading:
        power_w = LOAD_W if self.devices.plant.forming else 0.0
        return BatteryReading(power_w=power_w, soc_percent=self.devices.soc, capacity_wh=10_000)

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        raise DeviceError("this battery takes no orders")

    @override
    async def release(self) -> None:
        raise DeviceError("this battery takes no orders")


@dataclass
class LivingOutput(Separable):
    """Leaves the grid for as long as it is asked to."""

    devices: Devices
    separable = reconnectable = True

    @override
    async def go_off_grid(self, lease_s: int) -> None:
        self.devices.plant = self.devices.plant.obey(Command.GO_OFF_GRID)

    @override
    async def reconnect(self) -> None:
        self.devices.plant = self.devices.plant.obey(Command.RECONNECT)


@dataclass
class LivingFlat(Agent):
    """The agent of such a flat."""

    devices: Devices = field(default_factory=Devices)

    @override
    async def start(self) -> None:
        self.store = await FlatStore.open(self.path, self.membership.device, ORIGIN)
        self.time = PassingTime(self.clock)  # type: ignore[arg-type]  # the two methods that it needs are there
        self.meter.act = self.devices.meter
        self.blackout = Blackout(
            SETTINGS,
            flat=self.membership.flat,
            journal=self.path.with_name(f"{self.path.stem}.{JOURNAL}"),
            store=self.store,
            clock=self.clock,
        )
        self.flat = Flat(
            devices=FlatDevices(
                meter=self.meter,
                inverter=LivingInverter(self.devices),
                battery=LivingBattery(self.devices),
                output=LivingOutput(self.devices),
            ),
            signer=self.signer,
            membership=self.membership,
            store=self.store,
            session=self.house.session,
            software="test 1",
            clock=self.clock,
            sleep=self.time,
            blackout=self.blackout,
        )
        self._news = asyncio.Event()
        self.flat.subscribe(lambda _: self._news.set())
        self.run = asyncio.create_task(self.flat.run())
        await self.time.asleep("poll")

    async def second(self) -> None:
        """One second of the flat, its journal written."""
        self.devices.plant = self.devices.plant.by_itself()
        await self.time.seconds(1)
        async with asyncio.timeout(WAIT_S):
            while not self.blackout._logic.ready:
                await asyncio.sleep(0.001)

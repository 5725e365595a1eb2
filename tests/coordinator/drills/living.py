"""A whole flat with a living room behind an inverter's backup terminals: real agent, real blackout logic, real link."""

import asyncio
from dataclasses import dataclass, field
from typing import override

from localvpp.blackout import Blackout, BlackoutSettings
from localvpp.blackout.blackout import JOURNAL
from localvpp.devices import BatteryReading, InverterReading, MeterReading, Separable
from localvpp.islanding import Command, Contact, Policy, Wiring
from localvpp.rounds import FlatDevices

from ...localvpp.islanding.plant import Plant
from ...localvpp.scripted_devices import ScriptedBattery, ScriptedInverter
from ..agent import Agent
from ..flat import WAIT_S

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
class Room(Separable):
    """What the flat's drivers read and command."""

    plant: Plant = field(default_factory=lambda: Plant(Wiring.OWNED))
    soc: float = 80.0
    separable = reconnectable = True

    def meter(self) -> MeterReading:
        supply, away = self.plant.supply, self.plant.main is Contact.OPEN
        return MeterReading(
            power_w=0.0 if away else LOAD_W,
            import_wh=1_000_000,
            export_wh=5_000,
            voltage_v=supply.volts,
            frequency_hz=supply.hertz,
        )

    def inverter(self) -> InverterReading:
        plant, supply = self.plant, self.plant.supply
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

    def battery(self) -> BatteryReading:
        power_w = LOAD_W if self.plant.forming else 0.0
        return BatteryReading(power_w=power_w, soc_percent=self.soc, capacity_wh=10_000)

    @override
    async def go_off_grid(self, lease_s: int) -> None:
        self.plant = self.plant.obey(Command.GO_OFF_GRID)

    @override
    async def reconnect(self) -> None:
        self.plant = self.plant.obey(Command.RECONNECT)


@dataclass
class LivingFlat(Agent):
    """The agent of such a flat."""

    room: Room = field(default_factory=Room)
    blackout: Blackout = field(init=False)

    @override
    def devices_of(self) -> FlatDevices:
        inverter, battery = ScriptedInverter(), ScriptedBattery()
        self.meter.act, inverter.act, battery.act = self.room.meter, self.room.inverter, self.room.battery
        return FlatDevices(meter=self.meter, inverter=inverter, battery=battery, output=self.room)

    @override
    def blackout_of(self) -> Blackout:
        journal = self.path.with_name(f"{self.path.stem}.{JOURNAL}")
        self.blackout = Blackout(
            SETTINGS, flat=self.membership.flat, journal=journal, store=self.store, clock=self.clock
        )
        return self.blackout

    async def second(self) -> None:
        """One second of the flat, its journal written."""
        self.room.plant = self.room.plant.by_itself()
        await self.time.seconds(1)
        async with asyncio.timeout(WAIT_S):
            while not self.blackout._logic.ready:
                await asyncio.sleep(0.001)

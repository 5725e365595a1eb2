"""A living room with its devices, by the hour of a clock that a test moves: the plant of the searches, behind drivers.

The blackout logic at work sees what drivers read and commands what drivers take; its journal and its database are on a
disk. What is here and what is in truth is the very plant that the exhaustive search knows (`islanding.plant`).
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import override

from localvpp.blackout import NO_SWITCHES, Blackout, BlackoutSettings, Switchboard, SwitchError, Told
from localvpp.blackout.blackout import JOURNAL
from localvpp.devices import (
    Battery,
    BatteryReading,
    DeviceSilentError,
    Identity,
    InverterReading,
    MeterReading,
    Relay,
    RelayReading,
    Reserving,
    Separable,
)
from localvpp.disk import Disk
from localvpp.islanding import Command, Contact, Notice, Policy, Wiring
from localvpp.round import Round
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore
from localvpp.wire import Membership

from ..islanding.plant import GridIs, Plant
from ..place import HandClock
from ..scripted_devices import ScriptedMeter
from .plain_house import PlainHouse

WHO = Identity(manufacturer="Test", model="device")
PATIENCE_S = 60.0
HOPS = 30
"""So many turns of the event loop end all that waits for no thread."""


class Contactor(Relay):
    """One of the two contactors, or a transfer switch."""

    door = None
    identity = WHO

    def __init__(self, room: Room, opens: Command, closes: Command) -> None:
        self._room, self._opens, self._closes = room, opens, closes

    @override
    async def read(self) -> RelayReading:
        raise AssertionError("the room makes its rounds itself")

    @override
    async def command(self, closed: bool) -> None:
        await self._room.obey(self._closes if closed else self._opens)


class Output(Separable):
    """What the inverter can be asked at its connection to the grid."""

    separable = reconnectable = True

    def __init__(self, room: Room) -> None:
        self._room = room
        self.asked_at: float | None = None

    @override
    async def go_off_grid(self, lease_s: int) -> None:
        now, last = self._room.clock.monotonic(), self.asked_at
        if last is not None and now - last < lease_s / 2:
            return
        paired = self._room.plant.wiring is Wiring.PAIR
        await self._room.obey(Command.FORM if paired else Command.GO_OFF_GRID)
        self.asked_at = now

    @override
    async def reconnect(self) -> None:
        self.asked_at = None
        await self._room.obey(Command.FOLLOW if self._room.plant.wiring is Wiring.PAIR else Command.RECONNECT)


class Cells(Battery, Reserving):
    """The battery."""

    door = None
    identity = WHO
    controllable = True
    reservable = True

    def __init__(self) -> None:
        self.soc: float | None = 80.0
        self.soh: float | None = None
        self.reserves: list[int] = []
        self.most_reserve: int | None = None
        """Bound of its own, by which it cuts what it was told; it shows what it keeps then."""
        self.powers: list[int | None] = []
        self.refuses: Exception | None = None

    @override
    async def read(self) -> BatteryReading:
        return self.reading()

    def reading(self) -> BatteryReading:
        """What it says."""
        kept = self.reserves[-1] if self.reserves and self.most_reserve is not None else None
        return BatteryReading(
            power_w=0.0,
            soc_percent=self.soc,
            capacity_wh=10_000,
            soh_percent=self.soh,
            max_charge_w=2000.0,
            reserve_percent=None if kept is None or self.most_reserve is None else min(kept, self.most_reserve),
        )

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        if not self.powers or self.powers[-1] != watts:
            self.powers.append(watts)

    @override
    async def release(self) -> None:
        self.powers.append(None)

    @override
    async def set_reserve(self, percent: int) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.reserves.append(percent)


class Switches(Switchboard):
    """Switches that move at once, unless they are stuck."""

    def __init__(self, *names: str) -> None:
        self.states: dict[str, bool | None] = dict.fromkeys(names, True)
        self.asked: list[tuple[str, bool]] = []
        self.stuck: set[str] = set()

    @override
    def on(self) -> Mapping[str, bool | None]:
        return self.states

    @override
    def watts(self) -> Mapping[str, float | None]:
        return {name: 100.0 if on else 0.0 for name, on in self.states.items()}

    @override
    async def switch(self, name: str, on: bool) -> None:
        self.asked.append((name, on))
        if name in self.stuck:
            raise SwitchError("it does not answer")
        self.states[name] = on


@dataclass
class Lines:
    """What of the devices can be heard, and whether they take commands."""

    meter: bool = True
    inverter: bool = True
    relays: bool = True
    commands: bool = True


class Room(PlainHouse):
    """The flat around one `Blackout`, which may be killed and started again."""

    def __init__(
        self,
        settings: BlackoutSettings,
        membership: Membership,
        folder: Path,
        *,
        switchboard: Switchboard = NO_SWITCHES,
        disk: Disk | None = None,
        cells: Cells | None = None,
    ) -> None:
        super().__init__(membership)
        self.settings = settings
        self.folder = folder
        self.switchboard = switchboard
        self.disk = disk or Disk()
        self.clock = HandClock()
        self.clock.passed = 100_000.0
        self.plant = Plant(settings.policy.wiring)
        self.lines = Lines()
        self.online = True
        self.cells = cells or Cells()
        self.output = Output(self)
        self.load_w = 500.0
        self.bears_w: int | None = 6000
        """What the flat's line bears; None where nobody says it."""
        self.meter_every_s = 1
        """So often the meter says something new."""
        self._metered: tuple[float, MeterReading] | None = None
        self.commands: list[Command] = []
        self.told: list[Told] = []
        self.dark_s = 0
        self.touched = False
        """Whether an inverter that forms ever touched the grid, or both contacts were closed."""
        paired = settings.policy.wiring is Wiring.PAIR
        self._devices = FlatDevices(
            meter=ScriptedMeter(),
            battery=self.cells,
            output=None if settings.policy.wiring is Wiring.AUTONOMOUS else self.output,
            relay=Contactor(self, Command.OPEN_MAIN, Command.CLOSE_MAIN) if paired else None,
            island_relay=Contactor(self, Command.OPEN_ISLAND, Command.CLOSE_ISLAND) if paired else None,
        )

    async def start(self) -> Blackout:
        """Start the program, anew if it was killed."""
        self.store = await FlatStore.open(self.folder / "flat.db", self._membership.device, self._membership.origin)
        self.blackout = Blackout(
            self.settings,
            flat="101",
            journal=self.folder / JOURNAL,
            store=self.store,
            switchboard=self.switchboard,
            clock=self.clock,
            disk=self.disk,
        )
        self.blackout.attach(self)
        self.blackout.subscribe(self.told.append)
        self.run = asyncio.create_task(self.blackout.run())
        await self.until(lambda: self.blackout._logic.begun and self.blackout._recalling.done)
        return self.blackout

    async def kill(self) -> None:
        """End the program: what it had not written is lost, and no device is told anything."""
        self.run.cancel()
        with suppress(asyncio.CancelledError):
            await self.run
        await self.store.close()

    # --- the plant -----------------------------------------------------------------------------------

    async def obey(self, command: Command) -> None:
        """Carry out what a driver was asked."""
        self.commands.append(command)
        if not self.lines.commands:
            raise DeviceSilentError("it does not answer")
        self.plant = self.plant.obey(command)
        self._look()

    def grid(self, grid: GridIs) -> None:
        """Have the grid be so from now on."""
        self.plant = replace(self.plant, grid=grid)

    def _look(self) -> None:
        self.touched |= self.plant.against_the_grid or self.plant.bridged

    def _expire(self) -> None:
        """A leave that was not renewed ends, in the device."""
        at = self.output.asked_at
        if at is not None and self.clock.monotonic() - at >= self.settings.lease_s:
            self.output.asked_at = None
            self.plant = replace(self.plant, asked=False)
            if self.plant.wiring is Wiring.OWNED:
                self.plant = self.plant.by_itself(released=True)

    def round(self) -> Round:
        """What the devices say in this second."""
        plant, lines, paired = self.plant, self.lines, self.plant.wiring is Wiring.PAIR
        supply = plant.supply
        meter = self._meter(MeterReading(voltage_v=supply.volts, frequency_hz=supply.hertz, power_w=self.load_w))
        fed = plant.forming if paired else plant.lit
        inverter = InverterReading(
            ac_power_w=self.load_w if plant.forming else 0.0,
            pv_power_w=0.0,
            rated_power_w=3000.0,
            voltage_v=supply.volts,
            frequency_hz=supply.hertz,
            grid_connected=not plant.forming if paired else plant.main is Contact.CLOSED,
            grid_forming=plant.forming,
            backup_voltage_v=101.0 if fed else 0.0,
            backup_frequency_hz=50.0 if fed else None,
            backup_power_w=self.load_w if fed else 0.0,
        )
        main = RelayReading(closed=plant.main is Contact.CLOSED, energised=plant.lit)
        island = RelayReading(closed=plant.island is Contact.CLOSED)
        battery = self.cells.reading()
        heard = {"meter": lines.meter, "inverter": lines.inverter, "relay": lines.relays}
        return Round(
            time_ms=self.clock.wall_ms(),
            meter=meter if lines.meter else None,
            inverter=inverter if lines.inverter else None,
            battery=battery if lines.inverter else None,
            relay=main if lines.relays and paired else None,
            island_relay=island if lines.relays and paired else None,
            charger=None,
            gas=None,
            has_inverter=True,
            has_battery=True,
            battery_news=None,
            has_v2h=False,
            problems={name: "it does not answer" for name, is_heard in heard.items() if not is_heard},
        )

    def _meter(self, new: MeterReading) -> MeterReading:
        now = self.clock.monotonic()
        if self._metered is None or now - self._metered[0] >= self.meter_every_s:
            self._metered = now, new
        at, told = self._metered
        age_ms = round((now - at) * 1000)
        return replace(told, ages_ms={"voltage_v": age_ms, "frequency_hz": age_ms} if age_ms else {})

    async def seconds(self, number: int = 1) -> None:
        """Let time pass, a round each second, and let all that it sets off come to its end."""
        for _ in range(number):
            self.clock.move(1.0)
            self._expire()
            self.plant = self.plant.by_itself()
            self._look()
            self.blackout.second(self.round(), online=self.online, bears_w=self.bears_w)
            await self.settle()
            self.dark_s += not self.plant.lit

    async def settle(self) -> None:
        """Wait until the journal is written and its command was given."""
        await self.until(lambda: self.blackout._logic.ready)
        for _ in range(HOPS):
            await asyncio.sleep(0)

    async def until(self, ready: object) -> None:
        """Wait for something that a thread does."""
        assert callable(ready)
        async with asyncio.timeout(PATIENCE_S):
            while not ready():
                assert not self.run.done() or self.run.exception() is None, self.run.exception()
                await asyncio.sleep(0.001)

    @property
    def notices(self) -> list[Notice]:
        """What people were told, in its order."""
        return [each.notice for each in self.told]


def settings_of(wiring: Wiring, policy: Mapping[str, object] | None = None, **fields: object) -> BlackoutSettings:
    """Settings with real numbers."""
    made = Policy(wiring=wiring, returns_by_itself=True, **(policy or {}))  # type: ignore[arg-type]
    watchdog = {"watchdog_s": 10} if wiring is Wiring.PAIR else {}
    return BlackoutSettings(policy=made, **{**watchdog, **fields})  # type: ignore[arg-type]


def last(notices: Sequence[Notice]) -> Notice | None:
    """The newest one."""
    return notices[-1] if notices else None

"""A flat of the simulator behind real Modbus TCP: its seconds pass when a test lets them, its drivers are real.

Three flats, 101 with a transfer switch, 102 whose inverter owns its contacts, 103 with a pair of contactors. What a
test does to them it does as the simulator's page does; what happened it is told by the simulated flat itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from modbus_connection import ModbusTcpParams
import pytest

from localvpp.blackout import Blackout, BlackoutSettings, Told
from localvpp.blackout.blackout import JOURNAL
from localvpp.devices import (
    DeviceAddress,
    Identity,
    LateBattery,
    LateInverter,
    LateOutput,
    LateSunSpec,
    MapMeter,
    MapRelay,
    RegisterMap,
    load_map,
    polling,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.late import base
from localvpp.islanding import Notice, Wiring
from localvpp.outage import Outages
from localvpp.round import Round
from localvpp.rounds import FlatDevices, Rounds
from localvpp.store import FlatStore
from localvpp.wire import Membership
from simulator import Settings
from simulator.plant import Household
from simulator.runner import prepare, read_profiles, serving
from simulator.settings import Fault, FlatWiring, Wiring as Simulated
from simulator.site import INVERTER, METER, RELAY, Site, build

from ..place import HandClock
from .plain_house import PlainHouse

FLATS = {Wiring.AUTONOMOUS: "101", Wiring.OWNED: "102", Wiring.PAIR: "103"}
WATCHDOG_S = 20
KNOCK_S = 0.3
"""So long a silent device is waited for here, where whoever answers does so at once. The seconds that it is silent for
are a test's, and these are the machine's."""
PATIENCE_S = 60.0


def drivers(links: ModbusLinks, host: str, port: int, wiring: Wiring, clock: HandClock) -> FlatDevices:
    """The drivers of a simulated flat's devices, behind its gateway."""

    def address(unit: int) -> DeviceAddress:
        return DeviceAddress(ModbusTcpParams(host=host, port=port), unit)

    def who(described: RegisterMap) -> Identity:
        return Identity(manufacturer=described.manufacturer, model=described.model)

    def relay(described: RegisterMap) -> MapRelay:
        unit, line = links.unit(address(RELAY)), links.line(address(RELAY))
        return MapRelay(unit, described, who(described), clock.monotonic, line=line)

    metering = load_map("eastron_sdm120")
    meter = MapMeter(
        links.unit(address(METER)), metering, who(metering), clock.monotonic, line=links.line(address(METER))
    )
    late = LateSunSpec(
        links.unit(address(INVERTER)),
        Identity(manufacturer="SunSpec", model="inverter"),
        lambda _: None,
        clock=clock.monotonic,
        line=links.line(address(INVERTER)),
    )
    main, island = None, None
    if wiring is Wiring.PAIR:
        pair = load_map("relay_pair")
        main, island = relay(pair.at_channel(0)), relay(pair.at_channel(1))
    elif wiring is Wiring.AUTONOMOUS:
        main = relay(load_map("relay"))
    return FlatDevices(
        meter=meter,
        inverter=LateInverter(late),
        battery=LateBattery(late),
        output=LateOutput(late),
        relay=main,
        island_relay=island,
    )


class SimulatedRoom(PlainHouse):
    """One flat's blackout logic on real drivers."""

    def __init__(
        self, settings: BlackoutSettings, membership: Membership, folder: Path, site: Site, clock: HandClock
    ) -> None:
        super().__init__(membership)
        self.settings = settings
        self.folder = folder
        self.site = site
        self.plant = site.plant
        self.clock = clock
        self.flat = FLATS[settings.policy.wiring]
        self.online = True
        self.told: list[Told] = []
        self.dark: list[float] = []
        """For each second, how long the living room had no voltage in it."""

    async def start(self) -> Blackout:
        """Start the program: its links, its drivers, its logic."""
        self.links = ModbusLinks()
        await self.links.__aenter__()
        line = self.site.flats[self.flat]
        devices = drivers(self.links, line.host, line.port, self.settings.policy.wiring, self.clock)
        self._devices = devices
        self._rounds = Rounds(devices, Outages(self.flat, self.clock), self.clock)
        self.store = await FlatStore.open(self.folder / "flat.db", self._membership.device, self._membership.origin)
        self.blackout = Blackout(
            self.settings, flat=self.flat, journal=self.folder / JOURNAL, store=self.store, clock=self.clock
        )
        self.blackout.attach(self)
        self.blackout.subscribe(self.told.append)
        self.run = asyncio.create_task(self.blackout.run())
        await self.until(lambda: self.blackout._logic.begun and self.blackout._recalling.done)
        return self.blackout

    async def kill(self) -> None:
        """End the program; no device is told anything."""
        await self.links.__aexit__(None, None, None)  # First: what is said on the way out arrives nowhere.
        self.run.cancel()
        with suppress(asyncio.CancelledError):
            await self.run
        await self._rounds.close()
        await self.store.close()

    # --- time --------------------------------------------------------------------------------------

    @property
    def household(self) -> Household:
        """The simulated flat, in truth."""
        return self.plant.household(self.flat)

    async def seconds(self, number: int = 1) -> None:
        """Let time pass: the plant ticks, its devices are read, and what follows is done."""
        for _ in range(number):
            before = self.household.state.dark_ms
            self.clock.move(1.0)
            while self.clock.monotonic() * 1000 >= self.plant.ticks * 1000:
                self.plant.tick()
            read = await self._rounds.read()
            for door in self._rounds.doors(quiet=False):
                await door.knock()
            self.blackout.second(read, online=self.online)
            self.taken(read)
            await self.settle()
            self.dark.append((self.household.state.dark_ms - before) / 1000)

    def taken(self, read: Round) -> None:
        """Do what else a flat does with a second's readings."""

    async def settle(self) -> None:
        """Wait until the journal is written, its command was given, and the battery was told."""
        await self.until(
            lambda: self.blackout._logic.ready and not self.blackout._hands.busy and not self.blackout.steering.busy
        )

    async def until(self, ready: object) -> None:
        """Wait for what another task does."""
        assert callable(ready)
        async with asyncio.timeout(PATIENCE_S):
            while not ready():
                assert not self.run.done() or self.run.exception() is None, self.run.exception()
                await asyncio.sleep(0.001)

    def grid(self, on: bool) -> None:
        """Switch the building's grid."""
        self.plant.switch_grid(on, None)

    def breaks(self, device: str, fault: Fault | None) -> None:
        """Break a device, or mend it."""
        self.site.set_fault(self.flat, device, fault)

    @property
    def notices(self) -> list[Notice]:
        """What people were told."""
        return [each.notice for each in self.told]


@asynccontextmanager
async def simulated_site(home: Path, clock: HandClock) -> AsyncIterator[Site]:
    """A simulated building on its ports, by the seconds of a clock."""
    wirings = {
        FLATS[Wiring.OWNED]: FlatWiring(wiring=Simulated.OWNED, inverter="1xx", gap_ms=500),
        FLATS[Wiring.PAIR]: FlatWiring(wiring=Simulated.PAIR, inverter="1xx", gap_ms=500, watchdog_s=WATCHDOG_S),
    }
    chosen = Settings(flats=4, profiles=[home], reconnect_delay_s=30, nominal_hz=50, wirings=wirings, profile_speed=0)

    def now_ms() -> int:
        return round(clock.monotonic() * 1000)

    plant = prepare(chosen, await asyncio.to_thread(read_profiles, chosen), now_ms, now_ms)
    site = build(plant, "tests", chosen.host, 0, ())
    with pytest.MonkeyPatch.context() as patched:
        for module in (polling, base):
            patched.setattr(module, "KNOCK_S", KNOCK_S)
        async with serving(site, 0):
            yield site


@asynccontextmanager
async def simulated_room(
    settings: BlackoutSettings, membership: Membership, folder: Path, home: Path
) -> AsyncIterator[SimulatedRoom]:
    """A simulated building on its ports, and the logic of one of its flats that runs."""
    clock = HandClock()
    async with simulated_site(home, clock) as site:
        room = SimulatedRoom(settings, membership, folder, site, clock)
        await room.start()
        yield room
        await room.kill()

"""One flat with scripted devices and a store on disk, which may be stopped and started again."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import aiohttp

from localvpp.bidder import MarketSettings
from localvpp.blackout import Blackout
from localvpp.devices import Separable
from localvpp.etp import METERED, Ed25519Signer, Frame, Record
from localvpp.flat import Flat, FlatState
from localvpp.link import LinkState
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore
from localvpp.wire import Membership

from .place import ORIGIN, HandClock
from .records import all_records
from .scripted_devices import (
    PassingTime,
    ScriptedBattery,
    ScriptedCharger,
    ScriptedGasMeter,
    ScriptedInverter,
    ScriptedMeter,
    ScriptedRelay,
)
from .small_coordinator import PATIENCE_S, SmallCoordinator

SECONDS = 10
"""Length of a slot here: short, to have many."""


@dataclass
class Home:
    """The flat's agent, and all that it was given."""

    signer: Ed25519Signer
    membership: Membership
    path: Path
    session: aiohttp.ClientSession
    clock: HandClock
    meter: ScriptedMeter = field(default_factory=ScriptedMeter)
    inverter: ScriptedInverter = field(default_factory=ScriptedInverter)
    battery: ScriptedBattery = field(default_factory=ScriptedBattery)
    relay: ScriptedRelay = field(default_factory=ScriptedRelay)
    charger: ScriptedCharger = field(default_factory=ScriptedCharger)
    gas: ScriptedGasMeter = field(default_factory=ScriptedGasMeter)
    output: Separable | None = None
    blackout: Callable[[FlatStore], Blackout] | None = None
    """Makes what keeps the living room alight."""
    market: MarketSettings = field(default_factory=lambda: MarketSettings(zone=UTC, trades=False))
    states: list[FlatState] = field(default_factory=list)

    async def start(self, *, fitted: Collection[str] = ("inverter", "battery", "relay")) -> None:
        self.store = await FlatStore.open(self.path, self.membership.device, ORIGIN)
        self.time = PassingTime(self.clock)
        devices = FlatDevices(
            meter=self.meter,
            inverter=self.inverter if "inverter" in fitted else None,
            battery=self.battery if "battery" in fitted else None,
            output=self.output,
            relay=self.relay if "relay" in fitted else None,
            charger=self.charger if "charger" in fitted else None,
            gas=self.gas if "gas" in fitted else None,
            gas_heating_kj_m3=45_000,
        )
        self.flat = Flat(
            devices=devices,
            signer=self.signer,
            membership=self.membership,
            store=self.store,
            session=self.session,
            software="tests",
            clock=self.clock,
            sleep=self.time,
            blackout=None if self.blackout is None else self.blackout(self.store),
            market=self.market,
        )
        self._news = asyncio.Event()
        self.flat.subscribe(self._take)
        self.run = asyncio.create_task(self.flat.run())
        await self.time.asleep("poll")

    def _take(self, state: FlatState) -> None:
        self.states.append(state)
        self._news.set()

    async def until(self, ready: Callable[[FlatState], bool]) -> FlatState:
        """Wait until a state is told that a test waits for."""
        async with asyncio.timeout(PATIENCE_S):
            while not ready(self.flat.state):
                self._news.clear()
                await self._news.wait()
        return self.flat.state

    async def online(self) -> None:
        await self.until(lambda state: state.link.state is LinkState.ONLINE)

    async def stop(self) -> None:
        self.run.cancel()
        with suppress(asyncio.CancelledError):
            await self.run
        await self.store.close()

    async def records(self) -> list[Record]:
        """What the meter's intervals gave, oldest first: of each what came in, and what went out."""
        return [record for record in await self.chain() if record.kind in METERED]

    async def imports(self) -> list[Record]:
        """Of each interval what came in, oldest first."""
        return [record for record in await self.records() if record.body.receiver == self.membership.device]

    async def chain(self) -> list[Record]:
        """All records of the flat's own store, oldest first."""
        return await all_records(self.store)

    async def frame(self, coordinator: SmallCoordinator) -> Frame:
        """The frame of one more second, as the coordinator has it."""
        seen = len(coordinator.frames)
        await self.time.seconds()
        async with asyncio.timeout(PATIENCE_S):
            while len(coordinator.frames) <= seen:
                await coordinator.heard.get()
        return coordinator.frames[-1]

"""Agents of a simulated building's flats as they run without Home Assistant: real sockets, real seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path
import time

import aiohttp
from simulated_building import DAY, SimulatedBuilding, simulated, write_home

from localvpp.devices import (
    Identity,
    LateInverter,
    LateSunSpec,
    MapMeter,
    MapRelay,
    SunSpecDevice,
    load_map,
    probe_meter,
    probe_relay,
)
from localvpp.etp import Ed25519Signer, Record, foresee
from localvpp.flat import Flat, FlatState
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore
from localvpp.wire import Membership
from tests.localvpp.records import all_records

ORIGIN = "vpp.example/sakura-heights"
SLOT_S = 30
"""Half of the shortest slot that a building may have: the boundaries come twice as often."""
METER, RELAY = load_map("eastron_sdm120"), load_map("relay")


@dataclass
class Agent:
    """A flat's agent, and what it said each second."""

    flat: Flat
    store: FlatStore
    seconds: list[FlatState] = field(default_factory=list)

    def hear(self, state: FlatState) -> None:
        # A new dictionary of problems stands for a new second.
        if not self.seconds or state.problems is not self.seconds[-1].problems:
            self.seconds.append(state)

    @property
    def unknown(self) -> list[int]:
        """Lengths of the times in which the grid's power was not known."""
        known = (state.meter is not None and state.meter.power_w is not None for state in self.seconds[1:])
        return [len(list(run)) for is_known, run in groupby(known) if not is_known]

    async def until(self, true: Callable[[FlatState], bool], seconds: float) -> float:
        """Wait until a state says so; return for how long."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while not true(self.flat.state):
                await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def records(self) -> list[Record]:
        return await all_records(self.store)


@asynccontextmanager
async def agent(house: SimulatedBuilding, name: str, folder: Path) -> AsyncIterator[Agent]:
    """The agent of a flat as it runs without Home Assistant; it knows its building's slots, and is alone."""
    signer, building = Ed25519Signer.generate(), Ed25519Signer.generate()
    member = Membership(
        "http://127.0.0.1:1", ORIGIN, name, signer.public.device_id, building.public, foresee(signer.public, ORIGIN)
    )
    store = await FlatStore.open(folder / f"{name}.db", member.device, ORIGIN)
    await store.note("slot_seconds", str(SLOT_S).encode())
    meter, relay = house.unit(name, "meter"), house.unit(name, "relay")

    def found(device: SunSpecDevice) -> None:
        if device.battery:
            flat.battery_found(device.battery)

    inverter = None
    if house.has(name, "inverter"):
        who = Identity(manufacturer="SunSpec", model="inverter")
        inverter = LateInverter(LateSunSpec(house.unit(name, "inverter"), who, found, line=house.line(name)))
    devices = FlatDevices(
        meter=MapMeter(meter, METER, await probe_meter(meter, METER), line=house.line(name)),
        inverter=inverter,
        relay=MapRelay(relay, RELAY, await probe_relay(relay, RELAY), line=house.line(name)),
    )
    async with aiohttp.ClientSession() as session:
        flat = Flat(
            devices=devices, signer=signer, membership=member, store=store, session=session, software="tests"
        )  # fmt: skip
        running = Agent(flat, store)
        flat.subscribe(running.hear)
        task = asyncio.create_task(flat.run())
        try:
            yield running
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await store.close()


@asynccontextmanager
async def at_noon(folder: Path) -> AsyncIterator[SimulatedBuilding]:
    """A building at noon whose seconds pass as everybody's do."""

    async def live() -> None:
        while True:
            await asyncio.sleep(1)
            house.pass_s(1)

    async with simulated(write_home(folder / "home.csv"), DAY + timedelta(hours=12)) as house:
        life = asyncio.create_task(live())
        yield house
        life.cancel()

"""An inverter that is silent behind its meter's gateway, seen from the meter: real agents, real sockets, real seconds.

A gateway carries one request at a time, and one that nobody answers holds it up. However an inverter falls asleep, and
however a flat is started, the meter is read at every boundary of a slot.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
import logging
from pathlib import Path
import time

from agents import SLOT_S, Agent, agent, at_noon
import pytest
from simulated_building import SimulatedBuilding

from localvpp.devices.silence import METER as METER_MANNERS
from localvpp.etp import Kind, Record
from simulator.settings import Fault
from tests.held_bus import held_bus

UNKNOWN_AT_MOST_S = 2
"""How many seconds in a row the meter may be unknown, whatever its neighbours behind the gateway do."""
HEALED_WITHIN_S = 60


@pytest.fixture
async def house(tmp_path: Path, socket_enabled: None) -> AsyncIterator[SimulatedBuilding]:
    """A building at noon whose seconds pass as everybody's do."""

    async with at_noon(tmp_path) as house:
        yield house


async def until_wall(moment: float) -> None:
    """Wait for a time of the wall clock, whose slots the records are of."""
    await asyncio.sleep(max(0.0, moment - time.time()))


FALL_SILENT = {
    ("101", "inverter"): -4.3,
    ("102", "inverter"): -1.2,
    ("201", "inverter"): -0.52,
    ("204", "inverter"): 0.6,
    ("104", "relay"): -1.2,
    ("202", "relay"): -0.52,
}
"""Who falls silent while it is read, and when, in seconds after the boundary; devices are read half a second before and
after each whole second."""
ASLEEP_AT_THE_START = {"103": -7.0, "302": -2.4}
"""Flat → when its agent begins."""
ALIVE = ("301",)
BUS = {("303", "inverter"): -0.52, ("304", "inverter"): -1.2}
"""As FALL_SILENT, behind gateways that are deaf to everybody while they wait for a silent device."""
BUS_HELD_S = 3.0
DARK, DARK_FROM, DARK_TO = "203", 8.0, 20.0
"""The flat whose gateway loses its whole bus for a while."""


@dataclass
class Night:
    """The flats of a building about a boundary of a slot, and what became of them."""

    house: SimulatedBuilding
    folder: Path
    boundary: float
    over: asyncio.Event = field(default_factory=asyncio.Event)
    agents: dict[str, Agent] = field(default_factory=dict)
    healed_s: float | None = None
    records: dict[str, list[Record]] = field(default_factory=dict)

    async def stays_awake(self, name: str) -> None:
        async with agent(self.house, name, self.folder) as self.agents[name]:
            await self.over.wait()

    async def falls_silent(self, name: str, device: str, at: float) -> None:
        async with agent(self.house, name, self.folder) as self.agents[name]:
            await self.agents[name].until(lambda state: getattr(state, device) is not None, 5)
            await until_wall(self.boundary + at)
            self.house.breaks(name, device, Fault.SILENT)
            await self.over.wait()

    async def is_asleep(self, name: str, at: float) -> None:
        self.house.breaks(name, "inverter", Fault.SILENT)
        await until_wall(self.boundary + at)
        await self.stays_awake(name)

    async def goes_dark(self, name: str) -> None:
        async with agent(self.house, name, self.folder) as self.agents[name]:
            for moment, fault in ((DARK_FROM, Fault.SILENT), (DARK_TO, None)):
                await until_wall(self.boundary + moment)
                for device in ("meter", "inverter", "relay"):
                    self.house.breaks(name, device, fault)
            self.healed_s = await self.agents[name].until(lambda state: not state.problems, HEALED_WITHIN_S)
            await self.over.wait()

    async def passes(self) -> None:
        async with asyncio.TaskGroup() as lives:
            for name in ALIVE:
                lives.create_task(self.stays_awake(name))
            for (name, device), at in (FALL_SILENT | BUS).items():
                lives.create_task(self.falls_silent(name, device, at))
            for name, at in ASLEEP_AT_THE_START.items():
                lives.create_task(self.is_asleep(name, at))
            lives.create_task(self.goes_dark(DARK))
            await until_wall(self.boundary + 2 * SLOT_S + 6)
            self.records = {name: await each.records() for name, each in self.agents.items()}
            self.over.set()


@pytest.mark.slow
@pytest.mark.real_time
async def test_no_slot_of_the_meter_is_lost_to_a_device_that_is_silent_behind_the_same_gateway(
    house: SimulatedBuilding, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("pymodbus"), "level", logging.CRITICAL)
    caplog.set_level(logging.INFO, "localvpp")
    now = time.time()
    boundary = now - now % SLOT_S + SLOT_S
    night = Night(house, tmp_path, boundary if boundary - now >= 12 else boundary + SLOT_S)
    async with AsyncExitStack() as stack:
        for name, _ in BUS:
            gateway = house.site.flats[name]
            house.detours[name] = await stack.enter_async_context(held_bus(gateway.host, gateway.port, BUS_HELD_S))
        await night.passes()

    for name, running in night.agents.items():
        kinds = {record.envelope.kind for record in night.records[name]}
        assert kinds == {Kind.INTERVAL}, f"flat {name} lost a slot"
        slots = [slot - night.boundary for slot in dict.fromkeys(each.envelope.slot for each in night.records[name])]
        assert slots[-2:] == [0, SLOT_S], f"flat {name} has both slots after the boundary"
        assert all(after - before == SLOT_S for before, after in pairwise(slots))
        if name == DARK:
            assert running.unknown == [pytest.approx(DARK_TO - DARK_FROM, abs=METER_MANNERS.longest_pause_s + 3)]
        else:
            bound = UNKNOWN_AT_MOST_S if (name, "inverter") not in BUS else BUS_HELD_S + 1
            assert max(running.unknown, default=0) <= bound, f"flat {name}: {running.unknown}"
    for name in ALIVE:
        assert night.agents[name].unknown == [], "a neighbour's silence touches nobody else"
    assert night.healed_s is not None

    silent = [*FALL_SILENT, *BUS, *((name, "inverter") for name in ASLEEP_AT_THE_START)]
    for name, device in silent:
        problems = set(night.agents[name].seconds[-1].problems)
        assert problems == {device} | ({"battery"} & problems if device == "inverter" else set())
        assert "does not answer" in night.agents[name].seconds[-1].problems[device]
    told = [each.getMessage() for each in caplog.records if each.name == "localvpp.outage"]
    # An inverter of the dark flat may hear of its neighbour's silence before its own: then the remedy is another one.
    remedies = ("check", "its gateway should not wait for longer")
    assert all(any(each in line for each in remedies) for line in told if " fails: " in line), "the one line has one"
    for name in night.agents:
        lines, healed = (
            [line.partition(" of flat ")[0] for line in told if f" of flat {name} " in line and what in line]
            for what in (" fails: ", " answers again")
        )
        expected = (
            {"The inverter", "The relay", "The meter"}
            if name == DARK
            else {f"The {device}" for flat, device in silent if flat == name}
        )
        assert set(lines) - {"The battery"} == expected
        assert len(lines) == len(set(lines)), "told once when it broke"
        assert sorted(healed) == (sorted(lines) if name == DARK else []), "and once when it has healed"

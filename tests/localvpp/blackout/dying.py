"""A program that holds a drill on a simulated flat over Modbus, and is killed with SIGKILL at a step of it.

A step is whatever the blackout logic waits for: each operation on the journal's disk, each writing to the database, and
each command to a device, before it is done and after. The parent tells the time, a second for each line that it is
asked for, so that the flat's devices live on when this is dead.

    python -m tests.localvpp.blackout.dying FOLDER HOST PORT WIRING (drill|home) STEP
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
import json
import os
from pathlib import Path
import signal
import sqlite3
import sys
from typing import Any, override

from localvpp.blackout import Blackout, DrillWish, Told
from localvpp.blackout.blackout import JOURNAL
from localvpp.devices import Identity, Relay, RelayReading, Separable
from localvpp.devices.backend import ModbusLinks
from localvpp.disk import Disk
from localvpp.etp import Ed25519Signer
from localvpp.islanding import Notice, Phase, Wiring, japanese
from localvpp.islanding.report import Level
from localvpp.outage import Outages
from localvpp.rounds import FlatDevices, Rounds
from localvpp.store import FlatStore
from localvpp.wire import Membership

from ..place import NEXT_KEY, ORIGIN, HandClock
from .plain_house import PlainHouse
from .room import settings_of
from .simulated_room import WATCHDOG_S, drivers

POLICY = {
    "profile": japanese(50, nominal_v=200),
    "steady_s": 10.0,
    "announce_s": 3.0,
    "hold_s": (12.0,),
    "device_hold_s": 10.0,
}
WISH = DrillWish(Level.QUICK, 20.0, "the caretaker")
LONGEST_S = 200
KEY = Ed25519Signer(b"\x07" * 32)


@dataclass
class Steps:
    """Counts what is waited for, and ends the program at one of them."""

    deadly: int
    counting: bool = False
    passed: int = 0

    def step(self) -> None:
        if not self.counting:
            return
        self.passed += 1
        if self.passed == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    async def around[T](self, work: Awaitable[T]) -> T:
        self.step()
        done = await work
        self.step()
        return done


class DyingDisk(Disk):
    """A disk at each of whose operations the program may die."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    @override
    def write(self, path: str, data: bytes) -> None:
        self._steps.step()
        super().write(path, data)
        self._steps.step()

    @override
    def rename(self, old: str, new: str) -> None:
        super().rename(old, new)
        self._steps.step()

    @override
    def sync_folder(self, path: str) -> None:
        super().sync_folder(path)
        self._steps.step()


class DyingStore(FlatStore):
    """A database at each of whose writings the program may die."""

    steps: Steps

    @override
    async def run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self.steps.around(super().run(work))

    @override
    async def note(self, key: str, value: bytes) -> None:
        await self.steps.around(super().note(key, value))


class DyingRelay(Relay):
    """A contactor at whose commands the program may die."""

    def __init__(self, relay: Relay, steps: Steps) -> None:
        self._relay, self._steps = relay, steps

    @property
    @override
    def identity(self) -> Identity:
        return self._relay.identity

    @property
    @override
    def door(self) -> Any:
        return self._relay.door

    @override
    async def read(self) -> RelayReading:
        return await self._relay.read()

    @override
    async def command(self, closed: bool) -> None:
        await self._steps.around(self._relay.command(closed))


class DyingOutput(Separable):
    """An inverter at whose commands the program may die."""

    def __init__(self, output: Separable, steps: Steps) -> None:
        self._output, self._steps = output, steps

    @property
    @override
    def separable(self) -> bool:
        return self._output.separable

    @property
    @override
    def reconnectable(self) -> bool:
        return self._output.reconnectable

    @override
    async def go_off_grid(self, lease_s: int) -> None:
        await self._steps.around(self._output.go_off_grid(lease_s))

    @override
    async def reconnect(self) -> None:
        await self._steps.around(self._output.reconnect())


class Dying(PlainHouse):
    """The flat."""

    def __init__(self, devices: FlatDevices) -> None:
        super().__init__(Membership("http://127.0.0.1:1", ORIGIN, "103", KEY.public.device_id, KEY.public, NEXT_KEY))
        self._devices = devices


def say(line: str) -> None:
    """Tell the parent."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def dying(devices: FlatDevices, steps: Steps) -> FlatDevices:
    """The same devices, at whose commands the program may die."""
    assert devices.output is not None
    return replace(
        devices,
        output=DyingOutput(devices.output, steps),
        relay=None if devices.relay is None else DyingRelay(devices.relay, steps),
        island_relay=None if devices.island_relay is None else DyingRelay(devices.island_relay, steps),
    )


async def main(arguments: Sequence[str]) -> None:
    """Live until it is over, or killed."""
    folder, host, port, wiring, plot, deadly = arguments
    steps, clock, told = Steps(int(deadly)), HandClock(), list[Told]()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    watchdog = {"watchdog_s": WATCHDOG_S} if wiring == Wiring.PAIR else {}
    settings = settings_of(Wiring(wiring), POLICY, **watchdog)
    async with ModbusLinks() as links:
        house = Dying(dying(drivers(links, host, int(port), Wiring(wiring), clock), steps))
        rounds = Rounds(house.devices, Outages("103", clock), clock)
        DyingStore.steps = steps
        store = await DyingStore.open(Path(folder) / "flat.db", KEY.public.device_id, ORIGIN)
        blackout = Blackout(
            settings,
            flat="103",
            journal=Path(folder) / JOURNAL,
            store=store,
            clock=clock,
            disk=DyingDisk(steps),
        )
        blackout.attach(house)
        blackout.subscribe(told.append)

        async def second() -> None:
            say("tick")
            clock.passed = float(await reader.readline())
            clock.wall = 1_800_000_000_000 + round(clock.passed * 1000)
            blackout.second(await rounds.read(), online=True)
            while not blackout._logic.ready or blackout._hands.busy:
                await asyncio.sleep(0.001)

        say("tick")
        clock.passed = float(await reader.readline())
        running = asyncio.create_task(blackout.run())
        while not (blackout._logic.begun and blackout._recalling.done):
            await asyncio.sleep(0.001)
        if plot == "drill":
            for _ in range(20):
                await second()
            steps.counting = True
            refused = blackout.drill(WISH)
            assert not refused, refused
        for _ in range(LONGEST_S):
            await second()
            resting = blackout.state.phase is Phase.CONNECTED and blackout.state.drill is None
            over = house.sealed or Notice.DRILL_ENDED in [each.notice for each in told]
            if resting and (over or plot == "home"):
                break
        for _ in range(3):
            await second()
        last = blackout.state.last_drill
        said = {
            "phase": blackout.state.phase,
            "owner": blackout.state.owner,
            "aborted": None if last is None else last.aborted,
            "passed": None if last is None else last.passed,
            "steps": steps.passed,
        }
        say(json.dumps(said))
        running.cancel()
        await asyncio.wait([running])
        await rounds.close()
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

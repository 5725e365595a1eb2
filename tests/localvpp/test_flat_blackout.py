"""A flat with the logic of its blackouts: told of outages without a building, held up by neither disk nor device."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import threading
from typing import override

import pytest

from localvpp.blackout import Blackout, BlackoutSettings, DrillWish
from localvpp.devices import InverterReading, MeterReading, Separable
from localvpp.disk import Disk
from localvpp.drill_record import KIND as DRILL
from localvpp.etp import ErrorFlag
from localvpp.islanding import Asked, Grid, Notice, Phase, Policy, Wiring, japanese
from localvpp.islanding.report import Level
from localvpp.store import FlatStore

from .home import Home
from .small_coordinator import PATIENCE_S, SmallCoordinator


class HeldDisk(Disk):
    """A disk that takes as long as a test likes."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()

    @override
    def write(self, path: str, data: bytes) -> None:
        assert self.free.wait(PATIENCE_S)
        super().write(path, data)


class HungOutput(Separable):
    """An inverter that is asked, and never answers."""

    separable = reconnectable = True

    def __init__(self) -> None:
        self.asked = 0

    @override
    async def go_off_grid(self, lease_s: int) -> None:
        self.asked += 1
        await asyncio.Event().wait()

    @override
    async def reconnect(self) -> None:
        await asyncio.Event().wait()


@pytest.fixture
def disk() -> HeldDisk:
    return HeldDisk()


@pytest.fixture
def settle(home: Home, disk: HeldDisk, tmp_path: Path) -> Callable[[Wiring], None]:
    """Set the flat up for blackouts."""

    def made(wiring: Wiring) -> None:
        policy = Policy(wiring=wiring, returns_by_itself=True, profile=japanese(60, nominal_v=200))

        def blackout(store: FlatStore) -> Blackout:
            return Blackout(
                BlackoutSettings(policy=policy),
                flat="101",
                journal=tmp_path / "blackout.journal",
                store=store,
                clock=home.clock,
                disk=disk,
            )

        home.blackout = blackout
        home.inverter.act = lambda: InverterReading(grid_connected=True, grid_forming=False, ac_power_w=400.0)

    return made


async def connected(home: Home) -> None:
    """Let seconds pass until the journal was read and the flat is known to hang on the grid."""
    async with asyncio.timeout(PATIENCE_S):
        while (state := home.flat.state.blackout) is None or state.phase is not Phase.CONNECTED:
            await home.time.seconds(1)
        assert home.flat.blackout is not None
        while not home.flat.blackout._logic.ready:
            await asyncio.sleep(0.001)  # That is being written: in a real second there is time for it.


def dead_line(home: Home) -> MeterReading:
    return MeterReading(power_w=0.0, import_wh=home.meter.imported, export_wh=5_000, voltage_v=0.0)


async def test_an_outage_is_told_in_its_second_though_no_building_is_heard(
    home: Home, settle: Callable[[Wiring], None], coordinator: SmallCoordinator
) -> None:
    await coordinator.stop()
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await connected(home)
    assert home.flat.blackout is not None
    told: list[Notice] = []
    home.flat.blackout.subscribe(lambda each: told.append(each.notice))
    state = home.flat.state.blackout
    assert state is not None
    assert state.grid is Grid.GOOD
    home.meter.act = lambda: dead_line(home)
    await home.time.seconds(1)
    state = home.flat.state.blackout
    assert state is not None
    assert (state.grid, told) == (Grid.GONE, [Notice.GRID_LOST])


async def test_a_disk_that_hangs_holds_up_no_frame_and_is_told_of(
    home: Home, settle: Callable[[Wiring], None], disk: HeldDisk
) -> None:
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    disk.free.clear()
    home.meter.act = lambda: dead_line(home)
    before = home.flat.state.acknowledged
    await home.time.seconds(15)
    state = home.flat.state.blackout
    assert state is not None
    assert [each.notice for each in state.told] == [Notice.GRID_LOST, Notice.JOURNAL_FAILED]
    assert any("is being written for more than 10 s" in each for each in state.problems)
    async with asyncio.timeout(PATIENCE_S):
        while home.flat.state.acknowledged < before + 15:
            await asyncio.sleep(0.01)
    disk.free.set()
    await home.until(lambda state: state.blackout is not None)
    async with asyncio.timeout(PATIENCE_S):
        while not (state := home.flat.state.blackout) or state.problems:
            await home.time.seconds(1)


async def test_a_device_that_hangs_holds_up_no_frame(home: Home, settle: Callable[[Wiring], None]) -> None:
    settle(Wiring.OWNED)
    output = home.output = HungOutput()
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    assert home.flat.blackout is not None
    home.flat.blackout.ask(Asked.ISLAND)
    before = home.flat.state.acknowledged
    async with asyncio.timeout(PATIENCE_S):
        while not output.asked or home.flat.state.acknowledged < before + 10:
            await home.time.seconds(1)
    state = home.flat.state.blackout
    assert state is not None
    assert state.phase is Phase.ISLANDING


async def test_a_drill_is_a_record_that_the_log_proves(
    home: Home, settle: Callable[[Wiring], None], coordinator: SmallCoordinator
) -> None:
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    assert home.flat.blackout is not None
    assert home.flat.blackout.drill(DrillWish(Level.TELEMETRY, 5.0, "a resident")) == ()
    await home.time.seconds(8)

    def kept() -> bytes | None:
        state = home.flat.state.blackout
        return None if state is None or state.last_drill is None else state.last_drill.report

    async with asyncio.timeout(PATIENCE_S):
        while not any(record.kind is DRILL for record in await home.chain()):
            await home.time.seconds(1)
    (drill,) = [record for record in await home.chain() if record.kind is DRILL]
    assert drill.body.evidence == (kept(),)
    assert (drill.body.reason, drill.body.energy_wh) == ("l1", 0)
    assert ErrorFlag.ISLAND not in drill.body.errors
    await home.until(lambda state: state.pending == 0)

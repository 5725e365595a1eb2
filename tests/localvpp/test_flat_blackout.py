"""A flat with the logic of its blackouts: told of outages without a building, held up by neither disk nor device."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import sqlite3
import threading
from typing import override

import pytest

from localvpp.blackout import Blackout, BlackoutSettings, DrillWish
from localvpp.devices import InverterReading, MeterReading, Separable
from localvpp.disk import Disk
from localvpp.drill_record import KIND as DRILL
from localvpp.etp import ErrorFlag
from localvpp.islanding import Asked, Grid, Notice, Phase, Policy, Refusal, Wiring, japanese
from localvpp.islanding.report import Level
from localvpp.link import LinkState
from localvpp.standing import LedgerState
from localvpp.store import FlatStore

from .home import SECONDS, Home
from .small_coordinator import PATIENCE_S, SmallCoordinator
from .test_flat_life import chained


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


async def fails(home: Home, how: str) -> None:
    """Have the flat's real database fail at each writing."""
    words = {"readonly": "PRAGMA query_only = ON", "full": "PRAGMA max_page_count = 1"}[how]
    await home.store.run(lambda db: db.execute(words))


async def works(home: Home) -> None:
    """Have it take what it is given again."""
    for words in ("PRAGMA query_only = OFF", "PRAGMA max_page_count = 1000000"):
        await home.store.run(lambda db, words=words: db.execute(words))


async def asks_for_an_island(home: Home, output: HungOutput) -> None:
    """Have a person ask for an island, and wait until the inverter is asked."""
    assert home.flat.blackout is not None
    home.flat.blackout.ask(Asked.ISLAND)
    async with asyncio.timeout(PATIENCE_S):
        while not output.asked:
            await home.time.seconds(1)
            while not home.flat.blackout._logic.ready:
                await asyncio.sleep(0.001)  # That is being written: in a real second there is time for it.


def told_of_the_database(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if each.message.startswith("The database of flat 101")]


async def closed(home: Home) -> None:
    """Let seconds pass until the books are closed: a locked database is waited for several times."""
    async with asyncio.timeout(6 * PATIENCE_S):
        while "database" not in home.flat.state.problems:
            await home.time.seconds(1)


async def nothing_is_lost(home: Home) -> None:
    """See that the log proves all energy up to where the next interval begins, and none of it twice."""
    await home.online()
    await home.time.seconds(2 * SECONDS)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.pending == 0)
    open_interval = (await home.store.load()).open
    assert open_interval is not None
    assert chained(await home.chain()) == open_interval.begin.import_wh - 1_000_000 > 0


@pytest.mark.parametrize("how", ["readonly", "full"])
async def test_a_database_that_fails_closes_the_books_and_not_the_living_room(
    home: Home, settle: Callable[[Wiring], None], how: str, caplog: pytest.LogCaptureFixture
) -> None:
    settle(Wiring.OWNED)
    output = home.output = HungOutput()
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    await home.time.seconds(SECONDS)
    begun = home.clock.wall
    await fails(home, how)
    await closed(home)
    await home.time.seconds(2 * SECONDS)
    await asks_for_an_island(home, output)
    state = home.flat.state.blackout
    assert state is not None
    assert state.phase is Phase.ISLANDING, "its journal is a file of its own"
    (problem,) = [each for each in state.problems if "nothing is recorded" in each]
    assert problem == home.flat.state.problems["database"]
    assert home.flat.state.link.state is LinkState.CONNECTING
    await home.time.wake("books")
    await home.time.asleep("books")
    assert len(told_of_the_database(caplog)) == 1, "it is told once, however often it is tried"

    await works(home)
    silent_ms = home.clock.wall
    await home.time.wake("books")
    await nothing_is_lost(home)
    assert "database" not in home.flat.state.problems
    assert [each.split(",")[0].partition("101 ")[2] for each in told_of_the_database(caplog)] == [
        "fails",
        "works again",
    ]
    frames = await home.store.frames(begun, silent_ms)
    assert len(frames) >= (silent_ms - begun) // 1000 - 1, "seconds that were signed meanwhile are kept"


async def test_of_the_seconds_that_wait_for_a_database_the_oldest_give_way_and_that_is_told_once(
    home: Home, settle: Callable[[Wiring], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    await fails(home, "readonly")
    await closed(home)
    monkeypatch.setattr("localvpp.sealing.MOST_UNSAVED", 20)
    begun = home.clock.wall
    await home.time.seconds(30)
    until = home.clock.wall
    await works(home)
    await home.time.wake("books")
    await nothing_is_lost(home)
    frames = await home.store.frames(begun, until)
    assert 19 <= len(frames) <= 21
    assert len([each for each in caplog.records if "gives up the oldest" in each.message]) == 1


async def test_a_database_that_somebody_locks_holds_up_no_second(
    home: Home, settle: Callable[[Wiring], None], caplog: pytest.LogCaptureFixture
) -> None:
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    await home.store.run(lambda db: db.execute("PRAGMA busy_timeout = 4000"))
    other = sqlite3.connect(home.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    home.meter.act = lambda: dead_line(home)
    begun = asyncio.get_running_loop().time()
    await home.time.seconds(3 * SECONDS)
    took_s = asyncio.get_running_loop().time() - begun
    assert took_s < 3.5, "one of them waited for its record, for a moment, and none for the database"
    state = home.flat.state.blackout
    assert state is not None
    assert Notice.GRID_LOST in [each.notice for each in state.told]
    await closed(home)
    assert "locked" in home.flat.state.problems["database"]
    other.execute("ROLLBACK")
    other.close()
    home.meter.act = home.meter.count
    await home.time.wake("books")
    await nothing_is_lost(home)
    assert len(told_of_the_database(caplog)) == 2


async def test_a_database_that_cannot_be_read_at_the_start_keeps_nobody_in_the_dark(
    home: Home, settle: Callable[[Wiring], None]
) -> None:
    settle(Wiring.OWNED)
    output = home.output = HungOutput()
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    await home.time.seconds(SECONDS + 2)
    await home.stop()
    spoilt = sqlite3.connect(home.path)
    with spoilt:
        spoilt.execute("ALTER TABLE told RENAME TO gone")
        spoilt.execute("ALTER TABLE record RENAME TO lost")
    await home.start(fitted=("inverter", "battery"))
    await connected(home)
    assert home.flat.blackout is not None
    assert home.flat.blackout.drill(DrillWish(Level.TELEMETRY, 5.0, "a resident")) == (Refusal.STALE,)
    await asks_for_an_island(home, output)
    assert "no such table: record" in home.flat.state.problems["database"]
    with spoilt:
        spoilt.execute("ALTER TABLE gone RENAME TO told")
        spoilt.execute("ALTER TABLE lost RENAME TO record")
    spoilt.close()
    await home.time.wake("books")
    await nothing_is_lost(home)
    state = home.flat.state.blackout
    assert state is not None
    assert state.problems == ()


async def test_a_stop_while_the_database_fails_keeps_what_it_takes_by_then(
    home: Home, settle: Callable[[Wiring], None]
) -> None:
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    await home.time.seconds(SECONDS)
    begun = home.clock.wall
    await fails(home, "readonly")
    await closed(home)
    await home.time.seconds(5)
    await works(home)
    await home.stop()
    await home.start(fitted=("inverter", "battery"))
    assert len(await home.store.frames(begun, home.clock.wall)) >= 5
    await nothing_is_lost(home)


async def test_a_flat_that_is_stopped_in_the_middle_of_a_failing_write_stops(
    home: Home, settle: Callable[[Wiring], None]
) -> None:
    settle(Wiring.AUTONOMOUS)
    await home.start(fitted=("inverter", "battery"))
    await home.online()
    await connected(home)
    await fails(home, "readonly")
    release = threading.Event()
    busy = asyncio.create_task(home.store._run(release.wait))
    assert home.flat.blackout is not None
    home.flat.blackout.acknowledge("a resident")
    home.flat.ledger_distrusted("two roots")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    home.run.cancel()
    await asyncio.sleep(0)
    release.set()
    await busy
    await asyncio.wait({home.run}, timeout=PATIENCE_S)
    assert home.run.done()
    await works(home)
    await home.store.close()

"""Each make that can be steered delivers, by its own lease and as often as its memory bears; over real Modbus TCP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from localvpp.delivering import Around, Delivering, Why
from localvpp.devices import InverterDevice, MapHybrid, MapMeter, SunSpecDevice, load_map, probe_hybrid, probe_meter
from localvpp.islanding import Grid
from localvpp.outage import Outages
from localvpp.rounds import FlatDevices, Rounds
from localvpp.slots import Interval, SlotBook
from localvpp.steering import Steering
from localvpp.trading.state import MarketState, OwnTrade, Phase, SlotState
from simulator.families import InverterFamily

from ..devices.simulated_building import DAY, Makes, SimulatedBuilding, simulated, write_home
from ..place import SLOT, HandClock
from ..small_coordinator import PATIENCE_S
from .seller import DELIVERS

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.slow]  # a slot of real readings for each make

NIGHT = DAY + timedelta(hours=23)
SLOT_S = 300
SOLD_WH = 90


@dataclass
class Made:
    """Flat 101 with an inverter of a make, at night, and what delivers for it."""

    building: SimulatedBuilding
    clock: HandClock
    rounds: Rounds
    steering: Steering
    delivering: Delivering
    book: SlotBook
    market: MarketState
    closed: list[Interval] = field(default_factory=list)

    async def second(self) -> None:
        """Let a second pass."""
        self.building.pass_s(1)
        self.clock.move(1.0)
        read = await self.rounds.read()
        around = Around(
            slot_seconds=SLOT_S, market=self.market, interval=self.book.open, reserve_percent=None, grid=Grid.GOOD
        )
        self.delivering.second(read, around)
        assert read.sample is not None
        self.book, closed = self.book.feed(read.sample)
        self.closed += closed
        async with asyncio.timeout(PATIENCE_S):
            while self.steering.busy:
                await asyncio.sleep(0.001)


@asynccontextmanager
async def made(folder: Path, family: InverterFamily) -> AsyncIterator[Made]:
    """Set it up a minute before its slot begins."""
    async with simulated(write_home(folder / "home.csv"), NIGHT, 1, Makes(inverter=family)) as building:
        clock = HandClock()
        clock.wall = (SLOT // SLOT_S + 1) * SLOT_S * 1000 - 60_000 + 500
        clock.passed = building.seconds()
        building.pass_s(5)
        clock.passed = building.seconds()
        unit, described = building.unit("101", "inverter"), load_map("eastron_sdm120")
        device: InverterDevice
        if family.is_sunspec:
            device = await SunSpecDevice.open(unit, building.seconds, line=building.line("101"))
        else:
            by = load_map(family.value)
            device = MapHybrid(unit, by, await probe_hybrid(unit, by), building.seconds, line=building.line("101"))
        metering = building.unit("101", "meter")
        meter = MapMeter(metering, described, await probe_meter(metering, described), line=building.line("101"))
        devices = FlatDevices(meter=meter, inverter=device.inverter, battery=device.battery)
        steering = Steering("101", lambda: device.battery, clock)
        slot = (clock.wall // 1000 // SLOT_S + 1) * SLOT_S
        own = OwnTrade(buys=False, wh=SOLD_WH, price=1500)
        yield Made(
            building,
            clock,
            Rounds(devices, Outages("101", clock), clock),
            steering,
            Delivering(DELIVERS, steering, lambda: device.battery, clock),
            SlotBook(SLOT_S),
            MarketState(slots=(SlotState(slot=slot, phase=Phase.TRADED, trades=(own,)),)),
        )


@asynccontextmanager
async def steered(flat: Made) -> AsyncIterator[None]:
    """Have its hand at work."""
    running = asyncio.create_task(flat.steering.run())
    yield
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await flat.rounds.close()


@pytest.mark.parametrize(
    ("family", "astray_wh"),
    [
        (InverterFamily.SUNSPEC_LEGACY, 3),
        (InverterFamily.SUNSPEC_DER, 3),
        (InverterFamily.SUNGROW_SH, 6),
    ],
)
async def test_what_was_sold_goes_out_of_the_battery(tmp_path: Path, family: InverterFamily, astray_wh: int) -> None:
    async with made(tmp_path, family) as flat, steered(flat):
        for _ in range(60 + SLOT_S // 2):
            await flat.second()
        assert flat.delivering.state.why is None, flat.delivering.state
        assert flat.building.truth("101").battery_mw > 1_000_000
        for _ in range(SLOT_S // 2 + 1):
            await flat.second()
        interval = flat.closed[-1]
        begin, end = interval.begin, interval.end
        went_wh = end.export_wh - begin.export_wh - (end.import_wh - begin.import_wh)
        assert went_wh == pytest.approx(SOLD_WH, abs=astray_wh)


async def test_a_battery_that_does_not_tell_its_capacity_is_not_steered(tmp_path: Path) -> None:
    async with made(tmp_path, InverterFamily.SOLAX_X1_GEN4) as flat, steered(flat):
        for _ in range(70):
            await flat.second()
        assert flat.delivering.state.why is Why.BATTERY_UNKNOWN
        assert flat.steering.held is None

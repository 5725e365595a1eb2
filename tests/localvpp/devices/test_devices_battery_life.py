"""A simulated battery's life over minutes on real sockets, held against what its physics have counted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from simulated_building import DAY, SimulatedBuilding, simulated, write_home

from localvpp.battery import UJ_PER_WH
from localvpp.battery_book import BatteryBook
from localvpp.clock import Clock
from localvpp.devices import SunSpecDevice
from localvpp.etp import DeviceId
from localvpp.store import FlatStore
from localvpp.tracing import Tracing

pytestmark = pytest.mark.slow  # minutes of a plant, over real sockets

WALL_MS = 1_795_312_800_000
MINUTES = ((2000, 3), (-2500, 4), (0, 1), (1500, 3))
"""What the battery is asked for, and for how long."""


class BuildingClock(Clock):
    """The building's own time, for the flat."""

    def __init__(self, building: SimulatedBuilding) -> None:
        self._building = building

    def monotonic(self) -> float:
        return self._building.seconds()

    def wall_ms(self) -> int:
        return WALL_MS + self._building.now_ms


@pytest.fixture
async def building(tmp_path: Path, socket_enabled: None) -> AsyncIterator[SimulatedBuilding]:
    async with simulated(write_home(tmp_path / "home.csv"), DAY + timedelta(hours=10)) as building:
        yield building


@pytest.mark.parametrize("flat", ["101", "102"], ids=["the 1xx models", "the 7xx models"])
async def test_what_is_traced_is_what_the_battery_did(building: SimulatedBuilding, tmp_path: Path, flat: str) -> None:
    who = DeviceId(bytes(16))
    building.pass_s(2)
    device = await SunSpecDevice.open(building.unit(flat, "inverter"), building.seconds)
    battery = device.battery
    assert battery is not None
    clock = BuildingClock(building)
    store = await FlatStore.open(tmp_path / "flat.db", who, "vpp.example/home")
    tracing = Tracing(flat, BatteryBook(store, who), clock)
    await tracing.take(battery.identity, await battery.read())
    before = building.truth(flat)
    restarted = 0
    try:
        for watts, minutes in MINUTES:
            for _ in range(minutes * 60):
                await battery.set_power(watts, 60)
                building.pass_s(1)
                await tracing.take(battery.identity, await battery.read())
            # The agent is stopped and started again, in the same second.
            await tracing.keep()
            tracing = Tracing(flat, BatteryBook(store, who), clock)
            await tracing.take(battery.identity, await battery.read())
            restarted += 1
        await tracing.keep()
        life, (kept,) = tracing.life, await BatteryBook(store, who).batteries()
    finally:
        await store.close()
    truth = building.truth(flat)
    assert life is not None
    assert kept.life == life
    assert restarted == len(MINUTES)
    charged = (truth.charged_mj - before.charged_mj) * 1000 / UJ_PER_WH
    discharged = (truth.discharged_mj - before.discharged_mj) * 1000 / UJ_PER_WH
    assert charged > 150
    assert discharged > 150
    # Registers are whole watts; a reading tells of the second that is over, and holds for the next one.
    assert life.charged_wh == pytest.approx(charged, abs=3)
    assert life.discharged_wh == pytest.approx(discharged, abs=3)
    assert life.unknown_s == 0
    assert life.anomalies == ()
    assert life.capacity_wh is not None
    assert life.cycles_hundredths == int((life.charged_wh + life.discharged_wh) * 50 / life.capacity_wh)
    assert life.health_permille == (None if flat == "101" else 1000)

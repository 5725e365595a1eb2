"""A building that may hold drills: a contract demand, a bulk meter whose figure a test sets, flats on real links."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, override

import pytest

from coordinator.config import BuildingConfig, load
from coordinator.drills.requests import read_plan
from localvpp.devices import Identity, Meter, MeterReading
from localvpp.wire import (
    DrillAnswer,
    DrillKept,
    DrillNews,
    DrillSaid,
    DrillWord,
    FrameAck,
    FromFlat,
    RollCall,
    Says,
    open_drill_word,
)

from ..conftest import ORIGIN, House, open_house
from ..flat import Flat, FlatClient, ManualClock, until

LIMITS = """
meters: {bulk: "tcp://127.0.0.1:9?unit=1"}
drills: {contract_kw: 20, most: 1}
"""


@dataclass(slots=True)
class BulkMeter(Meter):
    """Shows what a test says."""

    power_w: float | None = 5000.0
    voltage_v: float | None = 101.0

    @property
    @override
    def identity(self) -> Identity:
        return Identity(manufacturer="Test", model="Meter", serial="7")

    @override
    async def read(self) -> MeterReading:
        return MeterReading(
            power_w=self.power_w, import_wh=1000, export_wh=0, frequency_hz=50.0, voltage_v=self.voltage_v
        )


@dataclass
class Tenant:
    """A flat on its link, as the coordinator hears it."""

    client: FlatClient
    clock: ManualClock
    building: Any

    @property
    def flat(self) -> Flat:
        return self.client.flat

    async def frame(self, *, islanded: bool | None = False, grid_w: int | None = 400) -> None:
        await self.client.send(self.flat.state_frame(self.clock.wall_ms(), islanded=islanded, grid_w=grid_w))
        await self.client.next(FrameAck)

    async def word(self, says: Says) -> DrillWord:
        """The next word of the building's of a sort."""
        while True:
            said = await self.client.next(DrillSaid)
            key = self.building
            word = open_drill_word(said.statement, key, key.device_id, ORIGIN, self.flat.device)
            if word.says is says:
                return word

    async def say(self, message: FromFlat) -> None:
        await self.client.send(message)


@dataclass
class DrillHouse:
    """A coordinator, its bulk meter, and whoever is connected."""

    house: House
    meter: BulkMeter = field(default_factory=BulkMeter)
    tenants: dict[str, Tenant] = field(default_factory=dict)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def drills(self) -> Any:
        return self.house.coordinator.drills

    async def enter(self, name: str, flat: Flat | None = None) -> Tenant:
        """Have a flat connect, enrolled before unless it is given."""
        flat = flat or await self.house.invited(name)
        client = await self.stack.enter_async_context(self.house.link(flat))
        self.tenants[name] = Tenant(client, self.house.clock, self.house.key)
        return self.tenants[name]

    async def second(self, seconds: int = 1, **frame: Any) -> None:
        """Let seconds pass: the meter is read, each flat sends a frame, the drill goes on."""
        bulk = self.house.coordinator.meters.bulk
        assert bulk is not None
        for _ in range(seconds):
            self.house.clock.pass_ms(1000)
            await bulk.read(self.meter)
            for tenant in self.tenants.values():
                await tenant.frame(**frame)
            await self.drills.second()

    async def begin(self, **wanted: Any) -> bytes:
        """Plan a drill and start it."""
        drill = await self.drills.plan(read_plan({"level": "l2", "notice_s": 0} | wanted))
        await self.drills.start(drill.drill)
        name: bytes = drill.drill
        return name

    async def post(self, path: str, json: object = None) -> tuple[int, Any]:
        """Ask as the manager does."""
        headers = {"Authorization": f"Bearer {self.house.coordinator.web_token}"}
        async with self.house.session.post(f"{self.house.url}{path}", json=json, headers=headers) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> tuple[int, Any]:
        response = await self.house.get(path)
        return response.status, await response.json()

    async def called(self) -> tuple[Tenant, DrillWord]:
        """Wait until a flat is called, and return it with its call."""
        before = {name for name, flat in self.drills.flats.items() if flat.call is not None}
        for _ in range(120):
            await self.second()
            fresh = {name for name, flat in self.drills.flats.items() if flat.call is not None} - before
            if fresh:
                tenant = self.tenants[fresh.pop()]
                return tenant, await tenant.word(Says.GO)
        raise AssertionError("nobody was called in two minutes")

    async def stands(self, name: str, **wanted: Any) -> None:
        """Wait until the coordinator has taken in what a flat has said."""
        await until(lambda: all(getattr(self.drills.flats[name], field) == value for field, value in wanted.items()))

    async def home(self, tenant: Tenant, word: DrillWord, **changes: Any) -> None:
        """Have a flat follow a call and come home."""
        await tenant.say(DrillAnswer(word.call, True, (), None))
        told: dict[str, Any] = {"passed": True, "aborted": None, "transfer": None, "digest": None} | changes
        await tenant.say(DrillNews(word.call, "connected", True, **told))
        await tenant.client.next(DrillKept)

    async def roll(self, drill: bytes, *names: str, who: str | None = None) -> None:
        for name in names:
            await self.tenants[name].say(RollCall(drill, who))


@pytest.fixture
def config(config: BuildingConfig) -> BuildingConfig:
    config.file.write_text(config.file.read_text() + LIMITS)
    return load(config.file)


@pytest.fixture
async def drilling(config: BuildingConfig, clock: ManualClock, socket_enabled: None) -> AsyncIterator[DrillHouse]:
    async with open_house(config, clock) as house:
        opened = DrillHouse(house)
        async with opened.stack:
            yield opened

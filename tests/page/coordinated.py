"""The real coordinator with everything it does, and flats that are really enrolled and really connected."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import aiohttp

from coordinator.app import Coordinator, serving
from coordinator.config import BuildingConfig
from coordinator.enrolment import issue_invite
from localvpp.enrol import enrol
from localvpp.wire import FrameAck, Frames
from tests.coordinator.flat import Flat, FlatClient, ManualClock, connected


class House:
    """A coordinator that can be stopped and started again at its address, and its flats."""

    def __init__(self, config: BuildingConfig, clock: ManualClock, session: aiohttp.ClientSession) -> None:
        self._config = config
        self._clock = clock
        self._session = session
        self._running = AsyncExitStack()
        self.coordinator: Coordinator

    @property
    def page(self) -> str:
        """The address that makes its reader the manager."""
        return f"{self.coordinator.url}/?token={self.coordinator.web_token}"

    async def start(self) -> None:
        coordinator, work = await self._running.enter_async_context(serving(self._config, self._clock))
        tasks = [asyncio.create_task(each()) for each in work]
        self._running.push_async_callback(_cancel, tasks)
        self.coordinator = coordinator
        port = int(coordinator.url.rpartition(":")[2])
        self._config = replace(self._config, listen=replace(self._config.listen, port=port))

    async def stop(self) -> None:
        await self._running.aclose()

    async def enrolled(self, name: str) -> Flat:
        """Enrol a flat with an invite, as its owner does."""
        building = self.coordinator.ledger.directory.named("building")
        assert building is not None
        flat = Flat(name, self._config.origin, building.device)
        invite = await issue_invite(self.coordinator.engine, self._config, name, self._clock)
        await enrol(self._session, self.coordinator.url, invite, flat.signer, software="test 1")
        return flat

    @asynccontextmanager
    async def link(self, flat: Flat) -> AsyncIterator[FlatClient]:
        """Connect a flat."""
        building = self.coordinator.ledger.directory.named("building")
        assert building is not None
        async with connected(self._session, self.coordinator.url, flat, building.key) as client:
            yield client

    async def frame(self, client: FlatClient, grid_w: int | None) -> None:
        """Send a frame of this moment; returns when the coordinator has it."""
        await client.send(Frames((client.flat.frame(self._clock.wall_ms(), grid_w),)))
        await client.next(FrameAck)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result


@asynccontextmanager
async def coordinated(config: BuildingConfig, clock: ManualClock) -> AsyncIterator[House]:
    """Run a building's coordinator."""
    async with aiohttp.ClientSession() as session:
        house = House(config, clock, session)
        await house.start()
        try:
            yield house
        finally:
            await house.stop()

"""Three flats that witness one log: of so few, a quorum is all of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from coordinator.config import BuildingConfig

from .agent import AgentClock
from .conftest import House, open_house
from .flat import until
from .witness import Witness


async def three_witnesses(config: BuildingConfig, clock: AgentClock) -> list[Witness]:
    """Return three flats of a coordinator that has stopped: all of them have signed its last head."""
    async with open_house(config, clock) as house:
        found = [Witness(house, await house.invited(name)) for name in ("101", "102", "103")]
        assert house.coordinator.ledger.held is None
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(house.link(each.flat)) for each in found]
            for each in found:
                await each.name()
            for each, client in zip(found, clients, strict=True):
                assert not client.terms.held
                await each.signs(client)
        return found


@asynccontextmanager
async def restarted(config: BuildingConfig, clock: AgentClock, witnesses: list[Witness]) -> AsyncIterator[House]:
    """Run the coordinator again."""
    async with open_house(config, clock) as house:
        for each in witnesses:
            each.house = house
        yield house


async def all_sign(house: House, witnesses: list[Witness]) -> None:
    """Have flats connect and sign what they are asked for, until the ledger takes records."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(house.link(each.flat)) for each in witnesses]
        answering = [asyncio.create_task(each.answers(client)) for each, client in zip(witnesses, clients, strict=True)]
        await until(lambda: house.coordinator.ledger.held is None)
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


async def manager(house: House, path: str, request: Any = None) -> tuple[int, Any]:
    """Ask what the manager's commands ask."""
    headers = {"Authorization": f"Bearer {house.coordinator.web_token}"}
    async with house.session.post(f"{house.url}/api/v1/{path}", json=request, headers=headers) as response:
        return response.status, await response.json()

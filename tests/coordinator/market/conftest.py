"""A building whose flats trade: a real coordinator, and whole flats on real links, whose seconds a test lets pass."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from commands.heldport import held_port
from coordinator.config import BuildingConfig, load
from coordinator.market.service import Market
from coordinator.vault import make_recovery_key
from localvpp.link import LinkState
from localvpp.market import Order, Side
from localvpp.market.clearing import whole
from localvpp.market.rounds import proposals
from localvpp.notebook import Evidence
from localvpp.trading import Phase, SlotState
from localvpp.trading.hearing import Hearing
from localvpp.trading.proving import Log
from localvpp.wire import ProposalHeard, RoundName

from ..agent import Agent, AgentClock
from ..conftest import SLOT, House, open_house
from ..flat import WAIT_S, ManualClock, until
from ..test_rebuild import SECRET

GATE_S = 30
RULES = f"market: {{gate_s: {GATE_S}, show_s: 10, rounds: []}}\n"
TRADED = SLOT + 120
"""The slot that is traded: time enough to be online and to order."""
ROUND = RoundName(TRADED, 0)
"""Its one round."""

FLATS = ("101", "102", "103", "104", "105")


def ask(wh: int, limit: int) -> Order:
    return Order(id=f"ask {limit}", flat="own", side=Side.ASK, wh=wh, limit=limit)


def bid(wh: int, limit: int) -> Order:
    return Order(id=f"bid {limit}", flat="own", side=Side.BID, wh=wh, limit=limit)


WANTED = {
    "101": (ask(500, 1000), ask(300, 1500)),
    "102": (ask(400, 1200),),
    "103": (bid(350, 2500),),
    "104": (bid(350, 2500),),
    "105": (bid(600, 2000), bid(100, 1100)),
}
"""Two sell, three buy; 103 and 104 want the same."""


@dataclass
class Trade:
    """A building in which flats trade."""

    config: BuildingConfig
    clock: AgentClock
    folder: Path
    house: House
    session: aiohttp.ClientSession
    """Of the flats, which outlive a coordinator."""
    flats: dict[str, Agent] = field(default_factory=dict)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def market(self) -> Market:
        market = self.house.coordinator.market
        assert market is not None
        return market

    @property
    def door(self) -> House:
        """The building as its flats meet it."""
        return House(self.house.coordinator, self.session, self.clock)

    async def enter(self, *names: str) -> None:
        """Have flats enrol, start, and hear the rules."""
        for name in names:
            agent = await Agent.enrolled(self.door, self.clock, self.folder / f"{name}.db", name)
            self.flats[name] = agent
            await agent.start()
        for name in names:
            await self.flats[name].online()
            await self.flats[name].until(lambda state: state.market.rules is not None)

    async def second(self, seconds: int = 1) -> None:
        """Let seconds pass in all flats, and then the market look."""
        for _ in range(seconds):
            await self.second_of_flats()
            await self.market.second()

    async def second_of_flats(self) -> None:
        """Let a second pass without a coordinator."""
        for agent in self.running():
            await agent.time.seconds()

    def running(self) -> list[Agent]:
        return [agent for agent in self.flats.values() if not agent.run.done()]

    async def order(self, wanted: dict[str, tuple[Order, ...]] | None = None) -> None:
        """Have flats order for the slot, and the log hold it."""
        for name, orders in (wanted or WANTED).items():
            await self.flats[name].flat.trading.place(TRADED, orders)
        await self.logged(*(wanted or WANTED))

    async def logged(self, *names: str) -> None:
        """Wait until the log has proven what flats have ordered last."""
        for name in names:
            await self.flats[name].until(lambda state: not state.pending)
            async with self.flats[name].flat.trading._lock:
                pass  # A flat that still checks another round's result looks at nothing else in that second.
        await self.second()
        for name in names:
            await self.stands(name, Phase.LOGGED)

    async def to_gate(self) -> None:
        """Let time pass to the last second before the gate."""
        left_ms = (TRADED - GATE_S) * 1000 - self.clock.wall_ms()
        self.clock.pass_ms(left_ms - 1500)
        await self.second()
        assert ROUND not in self.market.rounds

    async def close(self) -> None:
        """Let the gate be closed, and all orders that count be shown."""
        await self.to_gate()
        await self.shut()
        await self.all_shown()

    async def shut(self) -> None:
        """Let seconds pass until the gate is closed."""
        while self.clock.wall_ms() < (TRADED - GATE_S) * 1000:
            await self.second()

    async def all_shown(self) -> None:
        known = self.market.rounds[ROUND]
        await until(lambda: known.shown.keys() == known.committed.keys())

    async def judged(self, *names: str) -> None:
        """Let the book be opened, and flats say what they find."""
        await self.market.second()
        if (known := self.market.rounds.get(ROUND)) is not None:  # Else they have said so already.
            devices = {self.flats[name].membership.device for name in names or self.flats}
            await until(lambda: known.verdicts.keys() >= devices)

    async def ended(self) -> None:
        """Let the market look once more, and flats hear what came of it."""
        await self.market.second()
        for agent in self.running():
            await agent.until(lambda state: any(each.phase in _OVER for each in state.market.slots))

    async def begin(self) -> None:
        """Let the slot begin."""
        self.clock.pass_ms(max(0, TRADED * 1000 - self.clock.wall_ms()))
        await self.market.second()

    def state(self, name: str) -> SlotState:
        """The slot as a flat has it."""
        (state,) = [each for each in self.flats[name].flat.state.market.slots if each.slot == TRADED]
        return state

    async def stands(self, name: str, phase: Phase) -> SlotState:
        """Wait until the slot stands so in a flat."""
        await self.flats[name].until(
            lambda state: any(each.slot == TRADED and each.phase is phase for each in state.market.slots)
        )
        return self.state(name)

    async def until_why(self, name: str, why: str) -> None:
        """Wait until a flat knows why nothing is traded."""
        await self.flats[name].until(
            lambda state: any(each.slot == TRADED and each.why == why for each in state.market.slots)
        )

    async def evidence(self, name: str) -> list[str]:
        return [each.reason for each in await self.flats[name].flat.evidence()]

    async def accused(self, name: str) -> list[Evidence]:
        """Wait until a flat holds something against its building."""
        async with asyncio.timeout(WAIT_S):
            while not (found := await self.flats[name].flat.evidence()):
                await asyncio.sleep(0.01)
        return found

    async def restart(self) -> None:
        """Kill the coordinator and start it again at the same place; flats come back by themselves."""
        await self.kill()
        await self.revive()

    async def kill(self) -> None:
        await self.stack.aclose()
        for agent in self.running():
            await agent.until(lambda state: state.link.state is LinkState.CONNECTING)

    async def revive(self) -> None:
        await self.start_alone()
        await self.come_back()

    async def start_alone(self) -> None:
        """Start the coordinator again; flats wait before they look for it."""
        self.house = await self.stack.enter_async_context(open_house(self.config, self.clock))

    async def come_back(self) -> None:
        await asyncio.gather(*(self._back(agent) for agent in self.running()))

    async def _back(self, agent: Agent) -> None:
        """Come back, be asked as a witness, and once more when the log takes records again."""
        agent.house = self.door
        async with asyncio.timeout(WAIT_S):
            while True:
                link = agent.flat.state.link
                if link.state is LinkState.ONLINE and not link.reason:
                    return
                if "link" in agent.time._asleep:
                    await agent.time.wake("link")
                await asyncio.sleep(0.01)


_OVER = (Phase.TRADED, Phase.SHARED)


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


@pytest.fixture
def config(config: BuildingConfig, socket_enabled: None) -> Iterator[BuildingConfig]:
    text = config.file.read_text().replace('["101", "102", "103"]', str(list(FLATS)).replace("'", '"'))
    with held_port() as port:  # A coordinator that starts once more finds it free again.
        config.file.write_text(text.replace("port: 0", f"port: {port}") + RULES)
        yield load(config.file)


@pytest.fixture
def recoverable(config: BuildingConfig) -> None:
    """The building has a sheet with its recovery key."""
    keys = config.data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    make_recovery_key(keys, SECRET)


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever clears a book as everybody does comes to less than who goes on."""
    monkeypatch.setattr(whole, "_STEPS", 1)
    monkeypatch.setattr(proposals, "_SEARCHING", 5000)
    # HiGHS finds the best at once, and is not everywhere.
    monkeypatch.setattr(whole, "is_installed", lambda: False)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[ProposalHeard]:
    """What the building says to proposals, as flats hear it."""
    heard: list[ProposalHeard] = []
    right = Hearing.heard

    async def hear(self: Hearing, said: ProposalHeard, log: Log) -> None:
        await right(self, said, log)
        heard.append(said)

    monkeypatch.setattr(Hearing, "heard", hear)
    return heard


@pytest.fixture
async def trade(config: BuildingConfig, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Trade]:
    assert isinstance(clock, AgentClock)
    stack = AsyncExitStack()
    house = await stack.enter_async_context(open_house(config, clock))
    async with aiohttp.ClientSession() as session:
        opened = Trade(config, clock, tmp_path, house, session, stack=stack)
        yield opened
        for agent in opened.running():
            await agent.stop()
        await opened.stack.aclose()

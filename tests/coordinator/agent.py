"""A whole flat, agent and database, as a real coordinator meets it: it can be backed up, restored and copied."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
import shutil

from localvpp.bidder import MarketSettings
from localvpp.blackout import Blackout
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer, Record, Signer
from localvpp.flat import Flat, FlatState
from localvpp.link import LinkState
from localvpp.rounds import FlatDevices
from localvpp.standing import LedgerState
from localvpp.store import FlatStore
from localvpp.wire import Membership

from ..localvpp.records import all_records
from ..localvpp.scripted_devices import PassingTime, ScriptedMeter
from .conftest import ORIGIN, House
from .flat import WAIT_S, ManualClock


class AgentClock(ManualClock):
    """The clock of building and agents, which a test's seconds move."""

    @property
    def passed(self) -> float:
        """Seconds of the monotonic clock."""
        return self.monotonic()

    def move(self, seconds: float) -> None:
        """Let seconds pass."""
        self.pass_ms(round(seconds * 1000))


@dataclass
class Agent:
    """One box that runs a flat: what is copied with it is its database; its key is in `signer`."""

    house: House
    clock: AgentClock
    path: Path
    signer: Signer
    membership: Membership
    meter: ScriptedMeter = field(default_factory=ScriptedMeter)
    former: Signer | None = None
    """What it signed with before a rotation that is not proven."""
    market: MarketSettings = field(default=MarketSettings(zone=UTC, trades=False))
    """Whether it bids by itself."""

    @classmethod
    async def enrolled(
        cls, house: House, clock: AgentClock, path: Path, name: str = "101", signer: Signer | None = None
    ) -> Agent:
        """Return a flat of the building that has not been started yet."""
        signer = signer or Ed25519Signer.generate()
        membership = await enrol(house.session, house.url, await house.invite(name), signer, software="test 1")
        return cls(house, clock, path, signer, membership)

    def move(self, house: House) -> None:
        """Meet the building where it answers now: its coordinator has started again, or another one did."""
        self.house, self.membership = house, replace(self.membership, url=house.url)

    def copy(self, path: Path) -> Agent:
        """Return a second box with the same key, and with the same database, if there is one. The flat is one, and so
        is its meter."""
        if self.path.exists():
            shutil.copy(self.path, path)
        return replace(self, path=path)

    def restore(self, backup: Path) -> None:
        """Put an older database in the place of this one."""
        for old in self.path.parent.glob(f"{self.path.name}*"):
            old.unlink()
        shutil.copy(backup, self.path)

    def devices_of(self) -> FlatDevices:
        """What the flat has."""
        return FlatDevices(meter=self.meter)

    def blackout_of(self) -> Blackout | None:
        """What keeps its living room alight, its database being open."""
        return None

    async def start(self) -> None:
        """Start the agent; it reads its first second when the test lets it."""
        self.store = await FlatStore.open(self.path, self.membership.device, ORIGIN)
        self.time = PassingTime(self.clock)  # type: ignore[arg-type]  # the two methods that it needs are there
        self.flat = Flat(
            devices=self.devices_of(),
            signer=self.signer,
            former=self.former,
            membership=self.membership,
            store=self.store,
            session=self.house.session,
            software="test 1",
            clock=self.clock,
            sleep=self.time,
            blackout=self.blackout_of(),
            market=self.market,
        )
        self._news = asyncio.Event()
        self.flat.subscribe(lambda _: self._news.set())
        self.run = asyncio.create_task(self.flat.run())
        await self.time.asleep("poll")

    async def live(self, seconds: int = 61) -> None:
        """Start, and have records of so many seconds proven."""
        await self.start()
        await self.online()
        await self.time.seconds(seconds)
        await self.proven()

    async def live_on(self, house: House, seconds: int = 61) -> None:
        """The same with a building that has started again, and first has to hear its witnesses."""
        self.move(house)
        await self.start()
        await self.released()
        await self.time.seconds(seconds)
        await self.proven()

    async def shows_whole_log(self) -> int:
        """Wait until it has witnessed the building's whole log; return how many entries that has."""
        size = self.house.coordinator.ledger.size
        await self.until(lambda state: state.log_size == size)
        return size

    async def until(self, ready: Callable[[FlatState], bool]) -> FlatState:
        """Wait until the agent tells what a test waits for."""
        async with asyncio.timeout(WAIT_S):
            while not ready(self.flat.state):
                self._news.clear()
                await self._news.wait()
        return self.flat.state

    async def online(self) -> FlatState:
        return await self.until(lambda state: state.link.state is LinkState.ONLINE)

    async def released(self) -> FlatState:
        """Come back when a building that has started again has heard its witnesses, and takes records."""
        await self.until(lambda state: state.link.state is LinkState.ONLINE and "waits" in state.link.reason)
        await self.time.wake("link")
        return await self.until(lambda state: state.link.state is LinkState.ONLINE and not state.link.reason)

    async def proven(self) -> FlatState:
        return await self.until(lambda state: state.ledger is LedgerState.PROVEN)

    async def stop(self) -> None:
        self.run.cancel()
        with suppress(asyncio.CancelledError):
            await self.run
        await self.store.close()

    async def records(self) -> list[Record]:
        """All records of the box's own database, oldest first."""
        return await all_records(self.store)

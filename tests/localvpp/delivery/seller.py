"""A flat of the simulator that has traded: real drivers over Modbus TCP, its blackout logic, and its delivery."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import override

from localvpp.bidder import MarketSettings
from localvpp.blackout import Blackout, BlackoutSettings
from localvpp.delivering import Around, Delivering, DeliveryState, Why
from localvpp.islanding import Phase, Wiring, japanese
from localvpp.islanding.endurance import Recharge, Reserve
from localvpp.market.bidding import Wishes
from localvpp.round import Round
from localvpp.slots import Interval, SlotBook
from localvpp.trading.state import MarketState, OwnTrade, Phase as Stands, SlotState
from localvpp.wire import Membership
from simulator.physics import Inverter

from ..bidder.flat import TOKYO
from ..blackout.room import settings_of
from ..blackout.simulated_room import WATCHDOG_S, SimulatedRoom, simulated_site
from ..devices.simulated_building import write_home
from ..place import SLOT, HandClock

SLOT_S = 300
BEFORE_S = 20
"""So long before a slot a seller begins: time enough to find its devices, and hardly any of the slot before it."""
DELIVERS = MarketSettings(zone=TOKYO, deliver=True, line_w=10_000)
POLICY = {"profile": japanese(50, nominal_v=200), "steady_s": 30.0, "announce_s": 5.0}


class Seller(SimulatedRoom):
    """One flat."""

    market = MarketState()
    settings_of_market = DELIVERS

    @override
    async def start(self) -> Blackout:
        blackout = await super().start()
        self.delivering = Delivering(
            self.settings_of_market, blackout.steering, lambda: self._devices.battery, self.clock
        )
        self.book = SlotBook(SLOT_S)
        self.closed: list[Interval] = []
        self.states: list[DeliveryState] = []
        return blackout

    @override
    def taken(self, read: Round) -> None:
        state = self.blackout.state
        around = Around(
            slot_seconds=SLOT_S,
            market=self.market,
            interval=self.book.open,
            reserve_percent=state.reserve_percent,
            grid=state.grid,
        )
        self.delivering.second(read, around)
        self.states.append(self.delivering.state)
        if read.sample is None:
            self.book = self.book.silent(read.islanded)
            return
        self.book, closed = self.book.feed(read.sample)
        self.closed += closed

    @property
    def inverter(self) -> Inverter:
        """What the inverter really does."""
        inverter = self.household.state.inverter
        assert inverter is not None
        return inverter

    @property
    def battery_w(self) -> float:
        """What the battery really gives."""
        return self.inverter.battery_mw / 1000

    @property
    def soc_percent(self) -> float:
        """What is really in it."""
        rating = self.household.plan.rating.inverter
        assert rating is not None
        assert rating.battery is not None
        return 100 * self.inverter.stored_mj / rating.battery.capacity_mj

    def charge_to(self, percent: float) -> None:
        """Have so much be in the battery."""
        rating = self.household.plan.rating.inverter
        assert rating is not None
        assert rating.battery is not None
        stored = round(rating.battery.capacity_mj * percent / 100)
        self.household.state = replace(self.household.state, inverter=replace(self.inverter, stored_mj=stored))

    @property
    def second_of_slot(self) -> int:
        """How far the slot has come."""
        return self.clock.wall_ms() // 1000 % SLOT_S

    def trades(self, wh: int, *, ahead: int = 1) -> int:
        """Have the flat sell so much (below 0: buy) in a slot that comes; return its begin."""
        slot = (self.clock.wall_ms() // 1000 // SLOT_S + ahead) * SLOT_S
        own = OwnTrade(buys=wh < 0, wh=abs(wh), price=1500)
        told = SlotState(slot=slot, phase=Stands.TRADED, trades=(own,), price=1500)
        self.market = replace(self.market, slots=(*self.market.slots, told))
        return slot

    async def into_slot(self, second: int) -> None:
        """Let time pass until so many seconds of the next slot are over."""
        await self.seconds(SLOT_S - self.second_of_slot + second)

    def metered_wh(self, slot: int) -> int:
        """What the slot's record will say, out less in."""
        (found,) = (each for each in self.closed if each.slot == slot)
        begin, end = found.begin, found.end
        return end.export_wh - begin.export_wh - (end.import_wh - begin.import_wh)

    def whys(self, slot: int) -> set[Why | None]:
        """What was said of a slot."""
        return {each.why for each in self.states if each.slot == slot}


@asynccontextmanager
async def seller(
    membership: Membership,
    folder: Path,
    *,
    wiring: Wiring = Wiring.OWNED,
    keep_percent: int = 0,
    deliver: bool = True,
    recharge: Recharge | None = None,
    reserve: Reserve | None = None,
) -> AsyncIterator[Seller]:
    """A simulated building on its ports, and one of its flats that hangs on the grid, its battery two thirds full."""
    watchdog = {"watchdog_s": WATCHDOG_S} if wiring is Wiring.PAIR else {}
    settings: BlackoutSettings = settings_of(wiring, POLICY, recharge=recharge, reserve=reserve, **watchdog)
    clock = HandClock()
    assert SLOT % SLOT_S == 0
    clock.wall += (SLOT_S - BEFORE_S) * 1000
    async with simulated_site(write_home(folder / "home.csv"), clock) as site:
        flat = Seller(settings, membership, folder, site, clock)
        flat.settings_of_market = replace(DELIVERS, deliver=deliver, wishes=Wishes(reserve_percent=keep_percent))
        flat.charge_to(66.0)
        await flat.start()
        await flat.seconds(8)
        assert flat.blackout.state.phase is Phase.CONNECTED, flat.blackout.state
        yield flat
        await flat.kill()

"""A simulated building in whose flats the blackout logic lives: the simulator's physics, second by second.

No link and no Modbus: each flat's logic sees what its simulated devices show, and the plan what the flats say. The
simulator knows nothing of either; how many flats are separated, and what the bulk meter shows, is what it has come to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from coordinator.drills.values import Answered, Call, FlatSeen, Go, News, Returned, Seen
from localvpp.islanding import (
    Asked,
    Command,
    Drill,
    Mode,
    Observation,
    Phase,
    Policy,
    State,
    Supply,
    Wiring,
    japanese,
    step,
)
from simulator.physics import LegacyControls, soc_permille
from simulator.plant import Household, Plant
from simulator.runner import prepare, read_profiles
from simulator.settings import FlatWiring, Settings, Wiring as Wired

FLOOR: Final = 4
"""Flats on a floor."""
LENGTH_S: Final = 60.0
LEASE_MS: Final = 60_000
POLICY: Final = Policy(
    wiring=Wiring.OWNED,
    profile=japanese(60, nominal_v=200),
    returns_by_itself=True,
    steady_s=60.0,
    announce_s=5.0,
)
"""As a flat has it, but for the first minutes: a drill here begins two minutes after the simulation."""
BOUND_S: Final = POLICY.announce_s + LENGTH_S + POLICY.hold_s[0] + 300.0
RESTS_S: Final = 10
"""Flats of which nothing is asked are looked at so often."""


@dataclass
class LivingFlat:
    """The blackout logic of one flat, over its simulated devices."""

    household: Household
    state: State
    asked: Asked | Drill | None = None

    @property
    def is_home(self) -> bool:
        """Whether its logic has it connected to the grid."""
        return self.state.phase is Phase.CONNECTED

    def _observe(self) -> Observation:
        state, inverter = self.household.state, self.household.state.inverter
        rating = self.household.plan.rating.inverter
        assert inverter is not None, "each flat here has one"
        assert rating is not None, "each flat here has one"
        assert rating.battery is not None, "each flat here has one"
        asked, self.asked = self.asked, None
        grid = state.grid
        return Observation(
            grid=Supply(grid.voltage_mv / 1000, grid.frequency_mhz / 1000),
            island=None,
            separated=state.separated,
            mode=Mode.FORMING if state.forming else Mode.FOLLOWING,
            soc_percent=soc_permille(rating.battery, inverter.stored_mj) / 10,
            asked=asked,
            fresh=True,
        )

    def seen(self) -> FlatSeen:
        """Return what its frame has."""
        state, inverter = self.household.state, self.household.state.inverter
        assert inverter is not None, "each flat here has one"
        return FlatSeen(
            online=True,
            islanded=state.separated,
            grid_w=state.grid_mw // 1000,
            pv_w=inverter.pv_mw // 1000,
            battery_w=inverter.battery_mw // 1000,
        )

    def second(self, plant: Plant, now: float) -> News | None:
        """Lead a second of the logic, and do what it commands; return what the flat tells the building."""
        before = self.state.phase
        asked = isinstance(self.asked, Drill)
        taken = step(self.state, self._observe(), now, POLICY)
        self.state = taken.state
        phase = self.state.phase
        if taken.command in {Command.GO_OFF_GRID, Command.RECONNECT, Command.RELEASE}:
            self._connect(plant, on=taken.command is not Command.GO_OFF_GRID)
        elif phase in {Phase.ISLANDED, Phase.RETURN_HOLD}:
            self._connect(plant, on=False)  # The lease is renewed while the island is wanted.
        name = self.household.plan.flat
        if asked:
            return Answered(name, phase is Phase.DRILL_PRECHECK)
        return Returned(name) if phase is Phase.CONNECTED and before is not Phase.CONNECTED else None

    def _connect(self, plant: Plant, *, on: bool) -> None:
        def change(controls: object, now_ms: int) -> LegacyControls:
            assert isinstance(controls, LegacyControls), "these flats have inverters of this kind"
            return replace(controls, connect=on, connect_until_ms=None if on else now_ms + LEASE_MS)

        plant.control(self.household, change)


class LivingBuilding:
    """The building, second by second."""

    def __init__(self, flats: int, begins: datetime) -> None:
        """Take how many flats it has, whole floors of them, and the time of the day at which its profiles begin."""
        names = [f"{floor + 1}{door + 1:02d}" for floor in range(flats // FLOOR) for door in range(FLOOR)]
        wirings = {name: FlatWiring(wiring=Wired.OWNED, inverter="1xx") for name in names}
        settings = Settings(flats=flats, profile_start=begins, nominal_hz=60, wirings=wirings)
        self.seconds = 0
        self._plant = prepare(settings, read_profiles(settings), self._ms, self._ms)
        self.flats: Final[Mapping[str, LivingFlat]] = {
            name: LivingFlat(each, State(since=0.0)) for name, each in self._plant.households.items()
        }
        self._news: list[News] = []

    def _ms(self) -> int:
        return self.seconds * 1000

    @property
    def demand_w(self) -> int:
        """What the bulk meter shows."""
        return self._plant.bulk.power_mw // 1000

    @property
    def separated(self) -> int:
        """Flats whose contact is open."""
        return sum(each.household.state.separated for each in self.flats.values())

    @property
    def moving(self) -> int:
        """Flats that are in transition: their logic has them anywhere but on the grid, or their contact is open."""
        return sum(not each.is_home or each.household.state.separated for each in self.flats.values())

    def second(self) -> None:
        """Let a second pass."""
        self.seconds += 1
        self._plant.tick()
        for each in self.flats.values():
            if not each.is_home or each.asked is not None or self.seconds % RESTS_S == 0:
                said = each.second(self._plant, float(self.seconds))
                self._news += [] if said is None else [said]

    def seen(self) -> Seen:
        """Return what a plan goes by; what flats have said since the last time is in it."""
        news, self._news = tuple(self._news), []
        return Seen(flats={name: each.seen() for name, each in self.flats.items()}, demand_w=self.demand_w, news=news)

    def do(self, calls: tuple[Call, ...]) -> None:
        """Tell flats what the plan says."""
        for call in calls:
            drill = Drill(LENGTH_S, endurance_s=4 * LENGTH_S)
            self.flats[call.flat].asked = drill if isinstance(call, Go) else Asked.RETURN

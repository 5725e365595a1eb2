"""A building's drill of a hundred simulated flats: as many move as may, and its bulk meter stays below the contract.

The planner, the blackout logic of each flat, and the simulator's physics, second by second: no link, no Modbus. The
simulator knows nothing of the two others; what is checked is what its contacts and its bulk meter show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import pytest

from coordinator.config import most_at_once
from coordinator.drills.planner import begin, turn
from coordinator.drills.values import Answered, Back, Call, Ended, FlatSeen, Go, News, Returned, Rules, Seen, Stage
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

FLATS: Final = 100
LENGTH_S: Final = 60.0
LEASE_MS: Final = 60_000
POLICY: Final = Policy(
    wiring=Wiring.OWNED,
    profile=japanese(60, nominal_v=200),
    returns_by_itself=True,
    steady_s=60.0,
    announce_s=5.0,
)
"""As a flat has it, but for the first minutes: a drill of this test begins a minute after the simulation."""
BOUND_S: Final = POLICY.announce_s + LENGTH_S + POLICY.hold_s[0] + 300.0
ROOM_W: Final = 32_000
"""What the contract leaves above the demand at the begin: a few flats that return without their sun, not ten."""


@dataclass
class LivingFlat:
    """The blackout logic of one flat, over its simulated devices."""

    household: Household
    state: State
    asked: Asked | Drill | None = None

    @property
    def rests(self) -> bool:
        """Whether it hangs on the grid, and nobody asks anything of it: it is looked at more rarely then."""
        return self.state.phase is Phase.CONNECTED and self.asked is None

    def observe(self) -> Observation:
        state, inverter = self.household.state, self.household.state.inverter
        rating = self.household.plan.rating.inverter
        assert inverter is not None
        assert rating is not None
        assert rating.battery is not None
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
        state, inverter = self.household.state, self.household.state.inverter
        assert inverter is not None
        return FlatSeen(
            online=True,
            islanded=state.separated,
            grid_w=state.grid_mw // 1000,
            pv_w=inverter.pv_mw // 1000,
            battery_w=inverter.battery_mw // 1000,
        )

    def turn(self, plant: Plant, now: float) -> News | None:
        """Lead a second of the logic, and do what it commands; return what the flat tells the building."""
        before = self.state.phase
        asked = isinstance(self.asked, Drill)
        taken = step(self.state, self.observe(), now, POLICY)
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
            assert isinstance(controls, LegacyControls)
            return replace(controls, connect=on, connect_until_ms=None if on else now_ms + LEASE_MS)

        plant.control(self.household, change)  # type: ignore[arg-type]  # these flats have inverters of this kind


class Clock:
    """The simulation's."""

    ms = 0

    def __call__(self) -> int:
        return self.ms


def building(clock: Clock) -> Plant:
    names = [f"{floor + 1}{door + 1:02d}" for floor in range(FLATS // 4) for door in range(4)]
    wirings = {name: FlatWiring(wiring=Wired.OWNED, inverter="1xx") for name in names}
    noon = datetime(2026, 5, 3, 11, 0)  # noqa: DTZ001  (a profile's local time)
    settings = Settings(flats=FLATS, profile_start=noon, nominal_hz=60, wirings=wirings)
    return prepare(settings, read_profiles(settings), clock, clock)


@pytest.mark.slow
def test_a_hundred_simulated_flats_have_their_drill_within_both_limits(
    record_property: Callable[[str, object], None],
) -> None:
    clock = Clock()
    plant = building(clock)
    flats = {name: LivingFlat(each, State(since=0.0)) for name, each in plant.households.items()}
    at_once, highest_w, seconds = 0, 0, 0
    state, news = None, list[News]()
    rules = Rules(flats=FLATS, most=most_at_once(FLATS), limit_w=1, bound_s=BOUND_S)
    while (
        state is None or state.ended is None or any(each.state.phase is not Phase.CONNECTED for each in flats.values())
    ):
        seconds += 1
        clock.ms += 1000
        plant.tick()
        now = float(seconds)
        looked = [each for each in flats.values() if not each.rests or seconds % 10 == 0]
        news += [said for each in looked if (said := each.turn(plant, now)) is not None]
        demand_w = plant.bulk.power_mw // 1000
        if seconds == 120:
            rules = replace(rules, limit_w=max(demand_w, 0) + ROOM_W)
            state = begin("seed", flats, now, first_s=10.0, lasts_s=6 * 3600.0)
        if state is None:
            continue
        state, calls = turn(state, seen_of(flats, demand_w, tuple(news)), now, rules)
        news = []
        do(calls, flats)
        separated = sum(each.household.state.separated for each in flats.values())
        at_once, highest_w = max(at_once, separated), max(highest_w, demand_w)
        assert separated <= rules.most
        assert demand_w <= rules.limit_w
        assert seconds < 8 * 3600, f"it does not end: {state.against}"
    assert state.ended is Ended.DONE
    assert at_once > 1, "flats have their turn side by side"
    stages = [place.stage for place in state.places.values()]
    assert set(stages) == {Stage.HOME}
    record_property(
        "drilled",
        f"{FLATS} simulated flats in {seconds} s, {at_once} at once at most, {highest_w} W of {rules.limit_w} W",
    )


def all_home(flats: Mapping[str, LivingFlat]) -> bool:
    return all(each.state.phase is Phase.CONNECTED for each in flats.values())


def seen_of(flats: Mapping[str, LivingFlat], demand_w: int, news: tuple[News, ...]) -> Seen:
    return Seen(flats={name: each.seen() for name, each in flats.items()}, demand_w=demand_w, news=news)


def do(calls: tuple[Call, ...], flats: Mapping[str, LivingFlat]) -> None:
    for call in calls:
        match call:
            case Go(flat):
                flats[flat].asked = Drill(LENGTH_S, endurance_s=4 * LENGTH_S)
            case Back(flat):
                flats[flat].asked = Asked.RETURN

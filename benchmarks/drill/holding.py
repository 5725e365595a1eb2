"""A drill is held in a simulated building: how long it takes, both of its limits, and what planning it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
import itertools
import time
from typing import Final

from coordinator.config import most_at_once
from coordinator.drills.planner import begin, turn
from coordinator.drills.values import DrillState, Rules

from ..figures import Figure
from .building import BOUND_S, LivingBuilding

DAY: Final = datetime(2026, 5, 3)  # noqa: DTZ001  (a profile's local time)
SETTLED_S: Final = 120
"""The building has found its balance when the drill begins."""
LONGEST_S: Final = 8 * 3600
ROOM_W: Final = 32_000
"""What the contract leaves above the demand at the begin: a few flats that return without their sun, not ten."""
DEMAND_S: Final = 1_800
"""The contract demand is about the energy of half an hour."""


@dataclass
class Held:
    """What a drill has come to."""

    rules: Rules
    state: DrillState
    seconds: int = 0
    """From its begin until every flat is home."""
    most_moving: int = 0
    most_separated: int = 0
    demands_w: list[int] = field(default_factory=list)
    """What the bulk meter showed, each second."""
    busy_s: float = 0.0
    """Processor time that the plan took."""
    longest_turn_s: float = 0.0

    @property
    def half_hour_w(self) -> float:
        """The highest demand of any half an hour, from whichever second on it is counted."""
        return highest_mean(self.demands_w, DEMAND_S)


def highest_mean(values: Sequence[int], over: int) -> float:
    """Return the highest mean of so many values one after the other; of all, when there are fewer."""
    over = min(over, len(values))
    sums = [0, *itertools.accumulate(values)]
    return max(after - before for before, after in zip(sums, sums[over:], strict=False)) / over


def hold(flats: int, hour: int) -> Held:
    """Hold a drill that begins at an hour of the day."""
    building = LivingBuilding(flats, DAY.replace(hour=hour))
    while building.seconds < SETTLED_S:
        building.second()
        building.seen()
    limit_w = max(building.demand_w, 0) + ROOM_W
    held = Held(
        rules=Rules(flats=flats, most=most_at_once(flats), limit_w=limit_w, bound_s=BOUND_S),
        state=begin("seed", building.flats, float(SETTLED_S), first_s=10.0, lasts_s=6 * 3600.0),
    )
    while held.state.ended is None or building.moving:
        building.second()
        seen, watch = building.seen(), time.process_time()
        held.state, calls = turn(held.state, seen, float(building.seconds), held.rules)
        took_s = time.process_time() - watch
        building.do(calls)
        held.seconds += 1
        held.most_moving = max(held.most_moving, building.moving)
        held.most_separated = max(held.most_separated, building.separated)
        held.demands_w.append(building.demand_w)
        held.busy_s += took_s
        held.longest_turn_s = max(held.longest_turn_s, took_s)
        assert held.seconds < LONGEST_S, f"it does not end: {held.state.against}"
    return held


def run(*, flats: int = 100, hour: int) -> list[Figure]:
    """Hold a drill, and tell what it has come to."""
    begun, held = time.process_time(), hold(flats, hour)
    busy_s, limit_w = time.process_time() - begun, held.rules.limit_w
    return [
        Figure(
            name="the whole drill, in simulated time",
            value=held.seconds,
            unit="s",
            beside={"flats": flats, "called": held.state.calls, "processor s for all of it": busy_s},
        ),
        Figure(
            name="flats in transition at once, at most",
            value=held.most_moving,
            unit="flats",
            at_most=held.rules.at_once,
            beside={"with open contacts": held.most_separated},
        ),
        Figure(
            name="highest demand of half an hour, of the contract's",
            value=held.half_hour_w / limit_w,
            unit="of 1",
            at_most=1.0,
            beside={
                "kW": held.half_hour_w / 1000,
                "kW in the highest second": max(held.demands_w) / 1000,
                "contract kW": limit_w / 1000,
            },
        ),
        Figure(
            name="processor time of the plan, for a second of the drill",
            value=held.busy_s / held.seconds * 1000,
            unit="ms",
            beside={
                "in the longest": held.longest_turn_s * 1000,
                "all else that is simulated": (busy_s - held.busy_s) / held.seconds * 1000,
            },
        ),
    ]

"""Flats that do as they like in a building's drill, as values: they refuse, lie low, abort, and never come back.

What a flat draws is bounded by its load and by what its battery takes, and nothing else is: the planner sees frames and
meter a step late or not at all, and loses what flats tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import random
from typing import Final

from coordinator.drills.values import Answered, Call, FlatSeen, Go, News, Returned, Rules, Seen

STEP_S: Final = 5.0
LENGTH_S: Final = 300.0
LONGEST_S: Final = 1500.0
"""After so long a flat that comes back at all is back."""


class Way(StrEnum):
    """What a flat does with a call."""

    FOLLOW = "follow"
    REFUSE = "refuse"
    DEAF = "deaf"
    """It hears nothing, and answers nothing."""
    SILENT = "silent"
    """It follows, and nothing that it says arrives."""
    ABORT = "abort"
    NEVER = "never"
    """It never comes back."""


class Mode(StrEnum):
    """What it truly does."""

    CONNECTED = "connected"
    BEGINNING = "beginning"
    ISLANDED = "islanded"
    BACK = "back"
    """On the grid again, its draw rising and falling."""


@dataclass
class SimulatedFlat:
    """One flat."""

    name: str
    load_w: int
    pv_w: int
    battery_w: int
    recharge_w: int
    way: Way
    chance: random.Random
    mode: Mode = Mode.CONNECTED
    since: float = 0.0
    waits_s: float = 0.0
    called: int = 0
    late: int = 0
    """So many steps its frames are on their way; none overtakes another."""
    draws_w: int = 0
    past: list[FlatSeen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draws_w = self.load_w - self.pv_w - self.battery_w

    @property
    def moves(self) -> bool:
        """Whether it is in transition: it began, and does not hang on the grid for good."""
        return self.mode in {Mode.BEGINNING, Mode.ISLANDED}

    def call(self, now: float) -> list[News]:
        self.called += 1
        if self.way is Way.REFUSE:
            return [Answered(self.name, accepted=False)]
        if self.way is Way.DEAF:
            return []
        self.mode, self.since, self.waits_s = Mode.BEGINNING, now, self.chance.uniform(0, 100)
        return [] if self.way is Way.SILENT else [Answered(self.name, accepted=True)]

    def step(self, now: float, rules: Rules) -> list[News]:
        passed = now - self.since
        told: list[News] = []
        match self.mode:
            case Mode.BEGINNING if passed >= self.waits_s:
                self.mode, self.since, self.draws_w = Mode.ISLANDED, now, 0
                short = self.way is Way.ABORT
                self.waits_s = self.chance.uniform(0, 60) if short else self.chance.uniform(LENGTH_S, LONGEST_S - 200)
            case Mode.ISLANDED if passed >= self.waits_s and self.way is not Way.NEVER:
                self.mode, self.since = Mode.BACK, now
                if self.way is not Way.SILENT:
                    told.append(Returned(self.name))
            case _:
                pass
        most = min(rules.flat_w, self.load_w + self.recharge_w)
        if self.mode is Mode.BACK and now - self.since < rules.settle_s - STEP_S:
            self.draws_w = self.chance.randint(-self.pv_w, most) if self.chance.random() < 0.3 else most
        elif self.mode is Mode.BACK and self.draws_w == most and self.chance.random() < 0.05:
            self.draws_w = self.load_w - self.pv_w  # The battery is full.
        return told

    def seen(self) -> FlatSeen:
        """Its frame of a moment ago, or none."""
        self.past.append(
            FlatSeen(
                online=True,
                islanded=self.mode is Mode.ISLANDED,
                grid_w=self.draws_w,
                pv_w=self.pv_w,
                battery_w=self.battery_w,
            )
        )
        if self.chance.random() < 0.1 or (self.way is Way.NEVER and self.called):
            return FlatSeen()
        return self.past[max(-1 - self.late, -len(self.past))]


@dataclass
class Building:
    """Flats, what else is drawn, and a bulk meter that is a step late at times."""

    flats: dict[str, SimulatedFlat]
    base_w: int
    chance: random.Random
    late: int = 0
    news: list[News] = field(default_factory=list)
    past: list[int] = field(default_factory=list)

    @classmethod
    def drawn(cls, count: int, seed: int, ways: Sequence[Way] = (Way.FOLLOW, Way.FOLLOW, *Way)) -> Building:
        """Draw a building by a seed."""
        chance = random.Random(seed)
        names = [f"{n // 10 + 1}{n % 10 + 1:02d}" for n in range(count)]
        return cls({name: _flat(name, chance, ways) for name in names}, 0, chance, chance.randint(0, 1))

    @property
    def demand_w(self) -> int:
        return self.base_w + sum(flat.draws_w for flat in self.flats.values())

    @property
    def moving(self) -> int:
        return sum(flat.moves for flat in self.flats.values())

    def step(self, now: float, rules: Rules) -> None:
        for flat in self.flats.values():
            self.news += [each for each in flat.step(now, rules) if self.chance.random() < 0.9]

    def seen(self) -> Seen:
        self.past.append(self.demand_w)
        demand = self.past[max(-1 - self.late, -len(self.past))]
        news, self.news = tuple(self.news), []
        return Seen(
            flats={name: flat.seen() for name, flat in self.flats.items()},
            demand_w=None if self.chance.random() < 0.05 else demand,
            event=self.chance.random() < 0.1,
            news=news,
        )

    def do(self, calls: tuple[Call, ...], now: float) -> None:
        for call in calls:
            if isinstance(call, Go):
                self.news += [each for each in self.flats[call.flat].call(now) if self.chance.random() < 0.9]


def _flat(name: str, chance: random.Random, ways: Sequence[Way]) -> SimulatedFlat:
    return SimulatedFlat(
        name,
        load_w=chance.randint(100, 2500),
        pv_w=chance.choice([0, 0, chance.randint(0, 3000)]),
        battery_w=chance.choice([0, chance.randint(-1000, 1500)]),
        recharge_w=3000,
        way=chance.choice(ways),
        late=chance.randint(0, 1),
        chance=random.Random(chance.getrandbits(32)),
    )

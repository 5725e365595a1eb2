"""A drill while it is held: a sample each second, what happened, and who was told; at its end, its report.

Whether a drill begins, goes on and ends is for `islanding` to say. Here stands what was seen of it. Levels L0 and L1
move nothing: the same prechecks are told of, people are notified, and the devices are watched for their time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
import json
from typing import Final

from ..islanding import Grid, Notice, Observation, Owner, Phase, Policy, State, grid
from ..islanding.judging import lit, place
from ..islanding.report import Level, People, Report, Sample, report
from .state import DrillWish

RESTS_S: Final = 5.0
"""So long it is watched on after the flat is home: contacts and feedback settle, and the living room has voltage."""
MOST_EVENTS: Final = 500
"""So many of what happens are taken down; more is a flat in trouble, and the first of it tells that."""
PAPER: Final = frozenset({Level.PAPER, Level.TELEMETRY})
"""Levels that move nothing."""
_AWAY: Final = frozenset({Phase.ISLANDING, Phase.ISLANDED, Phase.RETURN_HOLD, Phase.RECONNECTING, Phase.SAFE_HANDOFF})


@dataclass(slots=True)
class Session:
    """One drill. `over` says when it is, and `draw_up` then gives its report."""

    wish: DrillWish
    begun_ms: int
    begun_at: float
    samples: list[Sample] = field(default_factory=list)
    events: list[tuple[float, str]] = field(default_factory=list)
    notified: int = 0
    acknowledged: list[float] = field(default_factory=list)
    aborted: str | None = None
    separated: bool = False
    """Whether the flat was off the grid for it."""
    shed: tuple[str, ...] | None = None
    """Loads that were off in the second before."""
    home_at: float | None = None
    resumed: bool = False
    """Whether the program was started anew in its middle: what was before is lost, and its samples with it."""

    @property
    def moves(self) -> bool:
        """Whether a contact moves in it."""
        return self.wish.level not in PAPER

    def happened(self, what: str, at: float) -> None:
        """Take down what happened."""
        if len(self.events) < MOST_EVENTS:
            self.events.append((at, what))

    def abort(self, why: str, at: float) -> None:
        """Take down why it ends before its time; the first reason counts."""
        if self.aborted is None:
            self.aborted = why
            self.happened(f"ends early: {why}", at)

    def loads(self, shed: Collection[str], at: float) -> None:
        """Take down which loads went off or came back since the second before."""
        if self.shed is not None:
            for name in (each for each in shed if each not in self.shed):
                self.happened(f"shed {name}", at)
            for name in (each for each in self.shed if each not in shed):
                self.happened(f"restored {name}", at)
        self.shed = tuple(shed)

    def sample(
        self,
        seen: Observation,
        phase: Phase,
        at: float,
        *,
        load_w: Mapping[str, float],
        pv_w: float | None,
        heard: bool,
    ) -> None:
        """Take down a second."""
        if self.samples and at <= self.samples[-1].at:
            return
        self.samples.append(
            Sample(
                at=at,
                phase=phase,
                grid=seen.grid,
                island=seen.island,
                lit=seen.energised,
                soc_percent=seen.soc_percent,
                pv_w=pv_w,
                load_w=dict(load_w),
                heard=heard,
            )
        )

    def over(self, state: State, now: float) -> bool:
        """Take down where the flat is; return whether the drill is over."""
        if not self.moves:
            return now - self.begun_at >= (0.0 if self.wish.level is Level.PAPER else self.wish.length_s)
        if state.phase in _AWAY:
            self.separated = True
        if state.phase is Phase.FAULT_LOCKED:
            self.abort(f"fault: {state.fault}", now)
            return True
        if self.aborted in {"outage", "refused"} or (self.aborted is not None and not self.separated):
            return state.phase is not Phase.DRILL_PRECHECK
        home = state.phase is Phase.CONNECTED and (self.separated or self.resumed)
        if not home:
            self.home_at = None
        elif self.home_at is None:
            self.home_at = now
        return self.home_at is not None and now - self.home_at >= RESTS_S

    def took(self, notice: Notice, seen: Observation, policy: Policy, at: float) -> None:
        """Take down what people were told meanwhile."""
        self.happened(str(notice), at)
        match notice:
            case Notice.DRILL_BECAME_OUTAGE:
                self.abort("outage", at)
            case Notice.DRILL_REFUSED:
                self.abort("refused", at)
            case Notice.DRILL_ABORTED if self.wish.level is Level.DEEP and _is_down(seen, policy):
                self.happened("the battery is down to where a drill ends", at)
            case Notice.DRILL_ABORTED:
                self.abort(_why(seen, policy), at)
            case _:
                pass

    def draw_up(self, policy: Policy, *, capacity_wh: float | None, rated_w: float | None) -> Report:
        """Return its report."""
        people = People(notified=self.notified, acknowledged_after_s=tuple(self.acknowledged))
        return report(
            self.wish.level,
            self.samples,
            policy,
            capacity_wh=capacity_wh,
            people=people,
            events=self.events,
            aborted=self.aborted,
            rated_w=rated_w,
        )

    def note(self) -> bytes:
        """Return what of it outlives the program: that it was begun."""
        wish = self.wish
        return json.dumps([wish.level, wish.length_s, wish.by, wish.call, wish.confirmed, self.begun_ms]).encode()

    @classmethod
    def resume(cls, note: bytes, now: float) -> Session:
        """Go on with a drill that the program before had begun."""
        level, length_s, by, call, confirmed, begun_ms = json.loads(note)
        session = cls(DrillWish(Level(level), length_s, by, call, confirmed), begun_ms, now, resumed=True)
        session.abort("restart", now)
        return session


def _is_down(seen: Observation, policy: Policy) -> bool:
    return seen.soc_percent is not None and seen.soc_percent <= policy.floors.drill_abort


def _why(seen: Observation, policy: Policy) -> str:
    """Say in a word why the logic ended a drill, from what it saw."""
    the_grid = grid(seen.grid, policy.profile)
    reasons = {
        "person": seen.asked is not None,
        "battery unknown": seen.soc_percent is None,
        "battery": _is_down(seen, policy),
        "overload": seen.overloaded,
        "grid unknown": the_grid is Grid.UNKNOWN,
        "grid": the_grid is Grid.GONE,
        "feedback": place(seen, policy.wiring) == "unknown",
        "dark": lit(seen, policy) is False,
    }
    return next((why for why, holds in reasons.items() if holds), "island")


def ends_s(state: State, now: float) -> float | None:
    """Return for how long a drill's island goes on."""
    if state.owner is not Owner.DRILL or state.until is None:
        return None
    return max(0.0, state.until - now)

"""What a drill has shown: measured, with what it was measured by, and held against what it was to show.

Every figure is of the samples that the flat took; a gap in the living room's voltage is known to the step of the
samples and no better, and the report says so. What was not measured is None, and no criterion is passed by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import itertools
from typing import Final

from .endurance import lasts_s, usable_wh
from .judging import LIT, nominal
from .policy import Policy
from .values import Phase, Supply

type _Met[T] = Callable[[T], bool]

_ISLAND: Final = frozenset({Phase.ISLANDED, Phase.RETURN_HOLD})
_AROUND_S: Final = 60.0
"""So far from it a gap still belongs to a transition."""


class Level(StrEnum):
    """How far a drill goes (safety facts, B5)."""

    PAPER = "l0"
    """Nothing moves: what would be done is told."""
    TELEMETRY = "l1"
    """Notifications and circuits are checked, nothing moves."""
    QUICK = "l2"
    """An island of five minutes."""
    LOAD = "l3"
    """Half an hour at 30 % of the living room's rated load at least."""
    DEEP = "l4"
    """Down to the charge at which a drill ends."""
    BUILDING = "lb"
    """Flat by flat, with a roll-call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at the flat."""

    at: float
    """Seconds of a monotonic clock."""
    phase: Phase
    grid: Supply | None = None
    island: Supply | None = None
    """The living room's circuit."""
    lit: bool | None = None
    """Whether that has voltage, where a relay tells so and nobody measures it."""
    soc_percent: float | None = None
    pv_w: float | None = None
    load_w: Mapping[str, float] = field(default_factory=dict)
    """By tier, as far as it is measured."""
    heard: bool = True
    """Whether the devices answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who was told, and who answered."""

    notified: int = 0
    acknowledged_after_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without voltage in the living room: at most `most_s`, known to the step between two samples."""

    most_s: float
    step_s: float

    def __str__(self) -> str:
        """Say it as it is known."""
        return f"≤ {self.most_s:.1f} s, sampled each {self.step_s:.1f} s"


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the mean and the most of something."""

    least: float
    mean: float
    most: float


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something a drill is to show; `passed` is None where it was not measured."""

    name: str
    wanted: str
    measured: str | None
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a drill is to show; defaults of the safety facts, B5."""

    transfer_s: float = 10.0
    voltage_share: float = 0.1
    frequency_hz: float = 1.0
    heard_share: float = 0.95
    endurance_s: float = 3 * 3600.0
    return_slack_s: float = 120.0
    acknowledged_share: float = 0.8
    acknowledged_within_s: float = 600.0
    load_share: float = 0.3
    """Of the living room's rating, for a drill under load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a drill has shown."""

    level: Level
    length_s: float
    transfer: Gap | None
    return_gap: Gap | None
    held_s: float | None
    """From the return's begin to the grid."""
    voltage: Spread | None
    frequency: Spread | None
    wh_by_tier: Mapping[str, float]
    pv_wh: float | None
    soc_begin: float | None
    soc_end: float | None
    endurance_s: float | None
    """How long the battery would have lasted at the drill's mean load, from its charge at the begin to the floor."""
    heard_share: float
    people: People
    events: tuple[tuple[float, str], ...]
    """Seconds since the begin, and what happened."""
    aborted: str | None
    criteria: tuple[Criterion, ...]

    @property
    def passed(self) -> bool:
        """Whether every criterion was measured and met, and nothing ended it before its time."""
        return self.aborted is None and all(each.passed is True for each in self.criteria)


def report(
    level: Level,
    samples: Sequence[Sample],
    policy: Policy,
    *,
    capacity_wh: float | None = None,
    people: People | None = None,
    events: Sequence[tuple[float, str]] = (),
    aborted: str | None = None,
    wanted: Wanted | None = None,
    rated_w: float | None = None,
) -> Report:
    """Draw up the report of a drill from samples in the order of time, from before its begin to after its end.

    `rated_w` is what the living room's circuit is made for: a drill of level L3 is held under a share of it.

    Raises ValueError: no samples, or not in their order.
    """
    if not samples or any(after.at <= before.at for before, after in itertools.pairwise(samples)):
        raise ValueError("samples: give one at least, each later than the one before")
    wanted, people = wanted or Wanted(), people or People()
    begin = samples[0].at
    island = [sample for sample in samples if sample.phase in _ISLAND]
    first = island[0].at if island else None
    transfer = _near(samples, first, policy) if first is not None else None
    home = next((s.at for s in samples if first is not None and s.at > first and s.phase is Phase.CONNECTED), None)
    return_gap = _near(samples, home, policy) if home is not None else None
    left = next((s.at for s in samples if s.phase is Phase.RETURN_HOLD), None)
    held_s = None if home is None or left is None else home - left
    wh = _energy(island)
    seconds = island[-1].at - island[0].at if len(island) > 1 else 0.0
    soc = [sample.soc_percent for sample in island if sample.soc_percent is not None]
    endurance_s = None
    if soc and capacity_wh is not None and wh and seconds > 0:
        mean_w = sum(wh.values()) * 3600 / seconds
        endurance_s = lasts_s(usable_wh(soc[0], policy.floors.emergency, capacity_wh), mean_w)
    pv = [(sample.at, sample.pv_w) for sample in island]
    told = {
        "level": level,
        "length_s": seconds,
        "transfer": transfer,
        "return_gap": return_gap,
        "held_s": held_s,
        "voltage": _spread([sample.island.volts for sample in island if sample.island is not None]),
        "frequency": _spread([s.island.hertz for s in island if s.island is not None and s.island.hertz is not None]),
        "wh_by_tier": wh,
        "pv_wh": _integral(pv),
        "soc_begin": soc[0] if soc else None,
        "soc_end": soc[-1] if soc else None,
        "endurance_s": endurance_s,
        "heard_share": sum(sample.heard for sample in samples) / len(samples),
        "people": people,
        "events": tuple((at - begin, what) for at, what in events),
        "aborted": aborted,
    }
    drawn = Report(**told, criteria=())  # type: ignore[arg-type]
    criteria = _criteria(drawn, policy, wanted)
    if level is Level.LOAD:
        held_w = sum(wh.values()) * 3600 / seconds if wh and seconds > 0 and rated_w is not None else None
        least_w = None if rated_w is None else wanted.load_share * rated_w
        criteria.append(
            _within(
                "load",
                f"≥ {wanted.load_share:.0%} of the circuit's rating" if least_w is None else f"≥ {least_w:.0f} W",
                held_w,
                lambda watts: least_w is not None and watts >= least_w,
            )
        )
    return Report(**told, criteria=tuple(criteria))  # type: ignore[arg-type]


def _lit(sample: Sample, policy: Policy) -> bool | None:
    return sample.lit if sample.island is None else sample.island.volts >= LIT * nominal(policy)


def _near(samples: Sequence[Sample], at: float, policy: Policy) -> Gap | None:
    """Return the time without voltage around a moment, from the last sample with it to the first with it again.

    What was not seen meanwhile counts as dark: nobody knows better. Without a sample with voltage on either side of the
    moment nothing was measured; where a room stayed dark that was seen, the gap lasts until the last sample.
    """
    fed = [sample.at for sample in samples if _lit(sample, policy)]
    if not fed or fed[0] >= at:
        return None
    spans = list(itertools.pairwise(fed))
    if any(sample.at > fed[-1] and _lit(sample, policy) is False for sample in samples):
        spans.append((fed[-1], samples[-1].at))
    elif fed[-1] < at:
        return None
    lasted = [end - begin for begin, end in spans if begin - _AROUND_S <= at <= end + _AROUND_S]
    steps = [
        after.at - before.at
        for before, after in itertools.pairwise(samples)
        if after.at >= at - _AROUND_S and before.at <= at + _AROUND_S
    ]
    return Gap(max(lasted), max(steps)) if lasted else None


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread(min(values), sum(values) / len(values), max(values)) if values else None


def _energy(samples: Sequence[Sample]) -> dict[str, float]:
    tiers = sorted({tier for sample in samples for tier in sample.load_w})
    found = {tier: _integral([(sample.at, sample.load_w.get(tier)) for sample in samples]) for tier in tiers}
    return {tier: wh for tier, wh in found.items() if wh is not None}


def _integral(points: Sequence[tuple[float, float | None]]) -> float | None:
    """Return watt-hours of a power that is known from sample to sample; None where it never is."""
    watt_seconds = [
        (at - before_at) * (before + now) / 2
        for (before_at, before), (at, now) in itertools.pairwise(points)
        if before is not None and now is not None
    ]
    return sum(watt_seconds) / 3600 if watt_seconds else None


def _criteria(drawn: Report, policy: Policy, wanted: Wanted) -> list[Criterion]:
    hertz = (policy.profile.enter.low_hz + policy.profile.enter.high_hz) / 2
    volts, slack = nominal(policy), wanted.voltage_share * nominal(policy)
    rows = [
        _within("transfer", f"≤ {wanted.transfer_s:g} s", drawn.transfer, lambda gap: gap.most_s <= wanted.transfer_s),
        _within("return", f"≤ {wanted.transfer_s:g} s", drawn.return_gap, lambda gap: gap.most_s <= wanted.transfer_s),
        _within(
            "voltage",
            f"{volts - slack:.0f} to {volts + slack:.0f} V",
            drawn.voltage,
            lambda seen: volts - slack <= seen.least and seen.most <= volts + slack,
        ),
        _within(
            "frequency",
            f"{hertz - wanted.frequency_hz:g} to {hertz + wanted.frequency_hz:g} Hz",
            drawn.frequency,
            lambda seen: max(abs(seen.least - hertz), abs(seen.most - hertz)) <= wanted.frequency_hz,
        ),
        _within(
            "endurance",
            f"≥ {wanted.endurance_s / 3600:g} h",
            drawn.endurance_s,
            lambda seconds: seconds >= wanted.endurance_s,
        ),
        _within("communication", f"≥ {wanted.heard_share:.0%}", drawn.heard_share, lambda s: s >= wanted.heard_share),
        _within(
            "reconnection",
            f"≤ {policy.hold_s[0] + policy.spread_s + wanted.return_slack_s:g} s",
            drawn.held_s,
            lambda s: s <= policy.hold_s[0] + policy.spread_s + wanted.return_slack_s,
        ),
    ]
    if drawn.level is Level.BUILDING:
        told = drawn.people.notified
        answered = sum(after <= wanted.acknowledged_within_s for after in drawn.people.acknowledged_after_s)
        rows.append(
            _within(
                "people",
                f"≥ {wanted.acknowledged_share:.0%} within {wanted.acknowledged_within_s:g} s",
                answered / told if told else None,
                lambda share: share >= wanted.acknowledged_share,
            )
        )
    if drawn.level in {Level.PAPER, Level.TELEMETRY}:
        rows = [row for row in rows if row.name == "communication"]
    return rows


def _within[T](name: str, wanted: str, measured: T | None, met: _Met[T]) -> Criterion:
    if measured is None:
        return Criterion(name, wanted, None, None)
    return Criterion(name, wanted, _said(measured), met(measured))


def _said(measured: object) -> str:
    match measured:
        case Spread(least, _, most):
            return f"{least:.2f} to {most:.2f}"
        case float():
            return f"{measured:.2f}"
        case _:
            return str(measured)

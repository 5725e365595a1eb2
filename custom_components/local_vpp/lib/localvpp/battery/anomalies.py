"""What is not as it should be with a battery: each anomaly with a reason in numbers, told once and healed once.

Limits are of home batteries (lithium iron phosphate and NMC). An anomaly begins when its value has been beyond the
limit for its time, and ends when it has been back inside of a narrower one for as long: between the two nothing
changes, and neither does anything while the value is unknown. Its numbers are those of the moment it began.

Some are events: a state of charge that jumps, a counter that steps back. They end by themselves after a day without
another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

DAY_MS: Final = 86_400_000


class AnomalyKind(StrEnum):
    """What can be wrong. The values are keys: of translations, and in exports."""

    CAPACITY_FADE = "capacity_fade"
    EFFICIENCY_LOW = "efficiency_low"
    CELL_SPREAD = "cell_spread"
    CELL_TEMPERATURE_SPREAD = "cell_temperature_spread"
    TEMPERATURE_HIGH = "temperature_high"
    TEMPERATURE_LOW = "temperature_low"
    SOC_JUMP = "soc_jump"
    COUNTER_BACK = "counter_back"
    CHARGE_COUNTER_DISAGREES = "charge_counter_disagrees"
    DISCHARGE_COUNTER_DISAGREES = "discharge_counter_disagrees"


@dataclass(frozen=True, slots=True)
class Limit:
    """When a value is an anomaly: at `on` or beyond, until it is at `off` or within."""

    on: int
    off: int
    hold_ms: int
    """For how long it has to be so."""

    def is_beyond(self, value: int) -> bool:
        """Whether a value is to become an anomaly."""
        return value >= self.on if self.on > self.off else value <= self.on

    def is_within(self, value: int) -> bool:
        """Whether an anomaly is to end."""
        return value <= self.off if self.on > self.off else value >= self.off


LIMITS: Final[Mapping[AnomalyKind, Limit]] = MappingProxyType(
    {
        # Permille of health lost within FADE_DAYS. Home batteries lose 20 to 30 permille in a year.
        AnomalyKind.CAPACITY_FADE: Limit(30, 20, 600_000),
        # Permille of what went in. DC to DC a sound battery gives back 93 % and more, over its inverter 85 %.
        AnomalyKind.EFFICIENCY_LOW: Limit(750, 780, 0),
        # Millivolts. At the ends of a charge sound LFP cells are 200 mV apart for minutes.
        AnomalyKind.CELL_SPREAD: Limit(300, 200, 300_000),
        # Tenths of a degree between the warmest and the coldest.
        AnomalyKind.CELL_TEMPERATURE_SPREAD: Limit(150, 100, 300_000),
        # Tenths of a degree.
        AnomalyKind.TEMPERATURE_HIGH: Limit(550, 500, 60_000),
        AnomalyKind.TEMPERATURE_LOW: Limit(-100, -50, 60_000),
    }
)
FADE_DAYS: Final = 90

JUMP_PERMILLE: Final = 50
"""Beyond what the power can have moved meanwhile."""
JUMP_READINGS: Final = 3
"""So many readings must tell of another state of charge before it is believed: a spike is gone by then."""
EVENT_MS: Final = DAY_MS

type Numbers = Mapping[str, int]
"""What the reason is made of; a name ends in its unit (permille, mv, dc = tenths of a degree, wh, days)."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that is wrong, since when, and why."""

    kind: AnomalyKind
    since_ms: int
    """Wall time, to be shown."""
    numbers: Numbers
    healed_ms: int | None = None

    @property
    def reason(self) -> str:
        """Why, as a sentence in English."""
        return REASONS[self.kind].format(**shown(self.numbers))


REASONS: Final[Mapping[AnomalyKind, str]] = MappingProxyType(
    {
        AnomalyKind.CAPACITY_FADE: (
            "its state of health fell by {lost} % within {days} days, to {health} %: 2 to 3 % a year are usual"
        ),
        AnomalyKind.EFFICIENCY_LOW: "it gave back {efficiency} % of what went in: {limit} % is too little",
        AnomalyKind.CELL_SPREAD: "its cells are {spread} mV apart ({least} to {most} mV): up to {limit} mV is sound",
        AnomalyKind.CELL_TEMPERATURE_SPREAD: (
            "its cells are {spread} °C apart ({least} to {most} °C): up to {limit} °C is sound"
        ),
        AnomalyKind.TEMPERATURE_HIGH: "it has {temperature} °C: {limit} °C is too hot",
        AnomalyKind.TEMPERATURE_LOW: "it has {temperature} °C: {limit} °C is too cold",
        AnomalyKind.SOC_JUMP: "its state of charge jumped from {before} % to {after} %, more than its power can do",
        AnomalyKind.COUNTER_BACK: "its counter stepped back from {before} Wh to {after} Wh: reset, or exchanged",
        AnomalyKind.CHARGE_COUNTER_DISAGREES: (
            "its counter counted {counted} Wh of charge while its power gave {integrated} Wh: one of them is wrong"
        ),
        AnomalyKind.DISCHARGE_COUNTER_DISAGREES: (
            "its counter counted {counted} Wh of discharge while its power gave {integrated} Wh: one of them is wrong"
        ),
    }
)
"""How each is said: the numbers by their names without units."""

_TENTHS: Final = ("_permille", "_dc")


def shown(numbers: Numbers) -> dict[str, str]:
    """Return numbers as they are shown: by their names without the unit, tenths of percents and degrees as decimals."""
    return {
        name.rpartition("_")[0]: f"{value / 10:.1f}" if name.endswith(_TENTHS) else str(value)
        for name, value in numbers.items()
    }


@dataclass(frozen=True, slots=True)
class Watch:
    """What is wrong by now, and what is about to begin or to end."""

    active: Mapping[AnomalyKind, Anomaly] = field(default_factory=lambda: MappingProxyType({}))
    waiting: Mapping[AnomalyKind, int] = field(default_factory=lambda: MappingProxyType({}))
    """For how long a value has been on the other side: of its limit, or of its way back. Of an event: since it was."""

    def level(
        self, kind: AnomalyKind, value: int | None, numbers: Numbers, *, elapsed_ms: int, wall_ms: int
    ) -> tuple[Watch, Anomaly | None]:
        """Return the watch after a value, and the anomaly that began or healed with it."""
        limit, active = LIMITS[kind], self.active.get(kind)
        if value is None:
            return self, None
        turns = limit.is_beyond(value) if active is None else limit.is_within(value)
        if not turns:
            return self._without_waiting(kind), None
        waited = self.waiting[kind] + elapsed_ms if kind in self.waiting else 0
        if waited < limit.hold_ms:
            return replace(self, waiting=MappingProxyType({**self.waiting, kind: waited})), None
        if active is None:
            return self.begun(kind, numbers, wall_ms)
        return self.healed(kind, wall_ms)

    def event(self, kind: AnomalyKind, numbers: Numbers, wall_ms: int) -> tuple[Watch, Anomaly | None]:
        """Return the watch after an event; one more of a kind that is told already only makes it last."""
        watch = replace(self, waiting=MappingProxyType({**self.waiting, kind: 0}))
        if kind in self.active:
            return watch, None
        began = Anomaly(kind, wall_ms, numbers)
        return replace(watch, active=MappingProxyType({**self.active, kind: began})), began

    def passed(self, kinds: Iterable[AnomalyKind], elapsed_ms: int, wall_ms: int) -> tuple[Watch, tuple[Anomaly, ...]]:
        """Let time pass for events; return the watch, and those that are over."""
        watch, over = self, []
        for kind in kinds:
            if kind not in watch.active:
                continue
            waited = watch.waiting.get(kind, 0) + elapsed_ms
            if waited < EVENT_MS:
                watch = replace(watch, waiting=MappingProxyType({**watch.waiting, kind: waited}))
                continue
            watch, healed = watch.healed(kind, wall_ms)
            if healed is not None:
                over.append(healed)
        return watch, tuple(over)

    def begun(self, kind: AnomalyKind, numbers: Numbers, wall_ms: int) -> tuple[Watch, Anomaly | None]:
        """Begin an anomaly, if it is not there."""
        if kind in self.active:
            return self, None
        began = Anomaly(kind, wall_ms, numbers)
        watch = self._without_waiting(kind)
        return replace(watch, active=MappingProxyType({**watch.active, kind: began})), began

    def healed(self, kind: AnomalyKind, wall_ms: int) -> tuple[Watch, Anomaly | None]:
        """End an anomaly, if it is there."""
        if (active := self.active.get(kind)) is None:
            return self, None
        watch = self._without_waiting(kind)
        rest = {other: anomaly for other, anomaly in watch.active.items() if other is not kind}
        return replace(watch, active=MappingProxyType(rest)), replace(active, healed_ms=wall_ms)

    def _without_waiting(self, kind: AnomalyKind) -> Watch:
        if kind not in self.waiting:
            return self
        rest = {other: waited for other, waited in self.waiting.items() if other is not kind}
        return replace(self, waiting=MappingProxyType(rest))

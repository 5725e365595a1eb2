"""A battery's readings second by second, and the trace that is folded over them."""

from dataclasses import dataclass, field
from typing import Any

from localvpp.battery import Anomaly, AnomalyKind, Trace
from localvpp.devices import BatteryReading

from ..place import SLOT

DAY_S = 86_400


@dataclass
class Life:
    """Feeds a trace with what a test says of each second."""

    trace: Trace = field(default_factory=lambda: Trace.begun(SLOT * 1000))
    at_ms: int = 5_000_000
    wall_ms: int = SLOT * 1000
    told: dict[str, Any] = field(default_factory=dict)
    said: list[Anomaly] = field(default_factory=list)

    def second(self, **changes: Any) -> Trace:
        """One more second; what was told stays so until it is told otherwise."""
        return self.step(1000, **changes)

    def step(self, ms: int, **changes: Any) -> Trace:
        self.at_ms += ms
        self.wall_ms += ms
        self.told |= changes
        self.trace, said = self.trace.fold(BatteryReading(**self.told), self.at_ms, self.wall_ms)
        self.said += said
        return self.trace

    def seconds(self, number: int, **changes: Any) -> Trace:
        for _ in range(number):
            self.second(**changes)
        return self.trace

    def next_day(self, **changes: Any) -> Trace:
        """A reading a day later; nobody knows what was between."""
        return self.step(DAY_S * 1000, **changes)

    @property
    def story(self) -> list[tuple[AnomalyKind, bool]]:
        """What was said, in its order: of what, and whether it was over."""
        return [(anomaly.kind, anomaly.healed_ms is not None) for anomaly in self.said]

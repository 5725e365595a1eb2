"""The two clocks: monotonic time for timers, wall time for records and displays only."""

import time
from typing import Protocol, override


class Clock(Protocol):
    """Tells both times. Passed in, so that a rule of time can be tested without waiting."""

    def wall_ms(self) -> int:
        """Unix time in milliseconds. May step: never to be used for a timer."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, from an arbitrary begin."""
        ...


class SystemClock(Clock):
    """The machine's clocks."""

    @override
    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    @override
    def monotonic(self) -> float:
        return time.monotonic()

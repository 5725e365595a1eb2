"""A clock whose seconds are short: a flat reads its devices once a second, and a test need not wait so long."""

import asyncio
import time
from typing import Final, override

from localvpp.clock import Clock

SPEED: Final = 20
"""Seconds of the test in one of this machine: reading all devices takes less than one of them."""

START_MS: Final = 1_795_312_800_000
"""22 November 2026, 02:40 UTC. The slot of half an hour is a third over, and lasts another minute of this machine: no
slot ends in a test by chance."""


class QuickClock(Clock):
    """Wall and monotonic time, both from a fixed begin, and the sleep that belongs to them."""

    def __init__(self, speed: int = SPEED) -> None:
        self._speed = speed
        self._began = time.monotonic()

    @override
    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    @override
    def wall_ms(self) -> int:
        return START_MS + int(self.monotonic() * 1000)

    async def sleep(self, seconds: float) -> None:
        """Sleep for seconds of this clock."""
        await asyncio.sleep(seconds / self._speed)

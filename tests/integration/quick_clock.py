"""A clock whose seconds are short: a flat reads its devices once a second, and a test need not wait so long."""

import asyncio
import time
from typing import Final, override

from localvpp.clock import Clock

SPEED: Final = 20
"""Seconds of the test in one of this machine: reading all devices takes less than one of them."""

TURN_S: Final = 0.005
"""Of this machine: so often a paced clock moves, a tenth of its second each time."""

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


class PacedClock(QuickClock):
    """A quick clock that waits for whoever is behind: its time passes by turns of the event loop.

    Where a round has few seconds for what takes one of this machine under load, the quick clock would be over before
    anybody has answered. By this one each second has several turns of the loop, however long they take.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed = 0.0

    @override
    def monotonic(self) -> float:
        return self._passed

    async def run(self) -> None:
        """Let time pass until cancelled."""
        while True:
            await asyncio.sleep(TURN_S)
            self._passed += TURN_S * self._speed

    @override
    async def sleep(self, seconds: float) -> None:
        end = self._passed + seconds
        while self._passed < end:
            await asyncio.sleep(max(TURN_S, (end - self._passed) / self._speed))

"""What the sun will give this flat, out of what it gave before: told to the blackout logic, five minutes after another.

Told is what nine days out of ten surpass, for a resident counts upon the hours that are shown to him. The sun does not
keep to summer time, so its days are those of UTC. Nothing is told before the forecast knows its own errors, which takes
some days: the battery's hours with the sun then rest on what shines now.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Final

from .clock import Clock
from .forecast import LEVELS, Forecast, Kind, forecast
from .islanding.endurance import Forecast as Power
from .usage import Period
from .usage_book import UsageBook
from .usage_history import LOOKS_BACK_S, history_of

SLOT_S: Final = 1800
"""Of the forecast: its methods were measured with half hours."""
AHEAD_S: Final = 3 * 86_400
_BAD_DAY: Final = LEVELS.index(0.1)
"""What one day in ten stays below."""


class Foresight:
    """Of one flat.

    Args:
        book: what the flat has kept of its sun.
        tell: is told what to expect, once in five minutes; None while nobody can say.
        clock: its wall time.
    """

    def __init__(self, book: UsageBook, tell: Callable[[tuple[Power, ...] | None], None], clock: Clock) -> None:
        self._book = book
        self._tell = tell
        self._clock = clock

    async def run(self) -> None:
        """Tell until cancelled. Raises StoreError."""
        while True:
            self._book.ended.clear()
            now = self._clock.wall_ms() // 1000
            periods = await self._book.since(now - LOOKS_BACK_S)
            self._tell(await asyncio.to_thread(sun_of, periods, now))
            await self._book.ended.wait()


def sun_of(periods: Sequence[Period], now: int) -> tuple[Power, ...] | None:
    """Return what the sun is expected to give from a time on, by what was known by then."""
    history = history_of(periods, SLOT_S, lambda each: each.pv_j)
    if history is None:
        return None
    begin = now - now % SLOT_S
    told = forecast(history, begin, AHEAD_S // SLOT_S, Kind.PV, UTC)
    if all(each.quantiles is None for each in told.slots):
        return None
    return _from(told, now)


def _from(told: Forecast, now: int) -> tuple[Power, ...]:
    """Return a forecast as powers from now on. What it cannot say of a slot is not counted upon."""
    powers = []
    for each in told.slots:
        seconds = min(each.begin + SLOT_S - now, SLOT_S)
        wh = 0.0 if each.quantiles is None else each.quantiles[_BAD_DAY]
        powers.append(Power(float(seconds), wh * 3600 / SLOT_S))
    return tuple(powers)

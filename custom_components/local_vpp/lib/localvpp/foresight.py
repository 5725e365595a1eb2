"""What the sun will give this flat, out of what it gave before: told to the blackout logic, five minutes after another.

Told is what nine days out of ten surpass, for a resident counts upon the hours that are shown to him. The sun does not
keep to summer time, so its days are those of UTC. Nothing is told before the forecast knows its own errors, which takes
twelve days: the battery's hours with the sun then rest on what shines now.

A forecast is made once a half hour, for it rests on whole half hours: nine weeks of five minutes are read for it,
which a small computer should not do for nothing. In between, what is over is cut off.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC
import logging
from typing import Final

from .clock import Clock
from .forecast import LEVELS, Forecast, ForecastError, Kind, forecast
from .islanding.endurance import Forecast as Power
from .usage import Period
from .usage_book import UsageBook
from .usage_history import LOOKS_BACK_S, history_of

_LOGGER = logging.getLogger(__name__)

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
        self._refused = False

    async def run(self) -> None:
        """Tell until cancelled. Raises StoreError."""
        made: int | None = None
        told: Forecast | None = None
        while True:
            self._book.ended.clear()
            now = self._clock.wall_ms() // 1000
            # Also where the clock was set back: what is known of then is another thing.
            if (slot := now - now % SLOT_S) != made:
                made, told = slot, await self._foretell(slot)
            self._tell(None if told is None else powers_of(told, now))
            await self._book.ended.wait()

    async def _foretell(self, slot: int) -> Forecast | None:
        periods = await self._book.since(slot - LOOKS_BACK_S)
        try:
            told = await asyncio.to_thread(sun_of, periods, slot)
        except ForecastError as error:  # A clock that was never set begins in 1970, and no forecast does.
            if not self._refused:
                self._refused = True
                _LOGGER.warning("The sun cannot be foretold: %s", error)
            return None
        if self._refused:
            self._refused = False
            _LOGGER.info("The sun can be foretold again")
        return told


def sun_of(periods: Sequence[Period], begin: int) -> Forecast | None:
    """Return what is foretold of the sun from the begin of a slot on, by what was known by then.

    None while nobody can say how good it would be. Raises ForecastError for a time that no forecast begins at.
    """
    history = history_of(periods, SLOT_S, lambda each: each.pv_j)
    if history is None:
        return None
    told = forecast(history, begin, AHEAD_S // SLOT_S, Kind.PV, UTC)
    return None if all(each.quantiles is None for each in told.slots) else told


def powers_of(told: Forecast, now: int) -> tuple[Power, ...]:
    """Return a forecast as powers from a time of its first slot on. What it cannot say is not counted upon."""
    powers = []
    for each in told.slots:
        seconds = min(each.begin + SLOT_S - now, SLOT_S)
        wh = 0.0 if each.quantiles is None else each.quantiles[_BAD_DAY]
        powers.append(Power(float(seconds), wh * 3600 / SLOT_S))
    return tuple(powers)

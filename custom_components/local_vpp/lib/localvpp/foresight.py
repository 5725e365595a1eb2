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
from .forecast import LEVELS, Forecast, History, Kind, forecast
from .islanding.endurance import Forecast as Power
from .usage import PERIOD_S, Period
from .usage_book import UsageBook

SLOT_S: Final = 1800
"""Of the forecast: its methods were measured with half hours."""
AHEAD_S: Final = 3 * 86_400
LOOKS_BACK_S: Final = 65 * 86_400
"""Four weeks of errors, each of a forecast that rests on four weeks, and what lies between."""
LEVEL: Final = LEVELS[0]


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
    history = history_of(periods)
    if history is None:
        return None
    begin = now - now % SLOT_S
    told = forecast(history, begin, AHEAD_S // SLOT_S, Kind.PV, UTC)
    if all(each.quantiles is None for each in told.slots):
        return None
    return _from(told, now)


def history_of(periods: Sequence[Period]) -> History | None:
    """Return the sun's half hours; one of which a period is unknown is unknown. None if nothing is known."""
    whole: dict[int, list[int]] = {}
    for each in periods:
        if each.pv_j is not None:
            whole.setdefault(each.begin - each.begin % SLOT_S, []).append(each.pv_j)
    known = {begin: sum(parts) / 3600 for begin, parts in whole.items() if len(parts) == SLOT_S // PERIOD_S}
    if not known:
        return None
    begin, last = min(known), max(known)
    return History.of(begin, SLOT_S, (known.get(slot) for slot in range(begin, last + SLOT_S, SLOT_S)))


def _from(told: Forecast, now: int) -> tuple[Power, ...]:
    """Return a forecast as powers from now on. What it cannot say of a slot is not counted upon."""
    powers = []
    for each in told.slots:
        seconds = min(each.begin + SLOT_S - now, SLOT_S)
        wh = 0.0 if each.quantiles is None else each.quantiles[0]
        powers.append(Power(float(seconds), wh * 3600 / SLOT_S))
    return tuple(powers)

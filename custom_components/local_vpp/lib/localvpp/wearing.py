"""What was written to a battery's memory, kept over a restart: a program that starts each hour has one day's budget.

The times are kept by the wall clock, for the machine may have been off meanwhile. One that stands earlier now than when
they were kept was set, or is not set yet: they are taken as of this moment then, and the budget comes back a day later.
One that was set far ahead forgets them; only the device itself could tell better.

They are kept at the first writing after a start, then each ten minutes at the most, and on an orderly stop: the flat's
own disk may wear out as well.
"""

from collections.abc import Awaitable, Callable
import json
import logging
from typing import Final

from .clock import Clock
from .devices import Battery, Wearable
from .devices.wear import DAY_S, Wear, Written

_LOGGER = logging.getLogger(__name__)

NOTE: Final = "memory writings"
"""Under this name they are kept."""
NOTE_EVERY_S: Final = 600.0
_MOST: Final = 86_400


class Wearing:
    """Of one flat's battery.

    Args:
        battery: gives the battery, as it is known by now.
        clock: both times.
        note: keeps something over a restart, soon.
    """

    def __init__(self, battery: Callable[[], Battery | None], clock: Clock, note: Callable[[str, str], None]) -> None:
        self._battery = battery
        self._clock = clock
        self._note = note
        self._before: list[Written] = []
        """What no battery was there for yet."""
        self._restored = False
        self._noted_at = float("-inf")
        self._noted = 0

    async def restore(self, noted: Callable[[str], Awaitable[bytes | None]]) -> None:
        """Go on from what was kept. Raises StoreError."""
        if self._restored:
            return
        kept, now_ms = await noted(NOTE), self._clock.wall_ms()
        try:
            times = [] if kept is None else [(int(time_ms), int(number)) for time_ms, number in json.loads(kept)]
            if not all(0 <= number <= _MOST for _, number in times):
                raise ValueError(f"{kept!r} tells more writings than a day has seconds")
        except (TypeError, ValueError, OverflowError) as error:  # JSON's Infinity is no whole number.
            _LOGGER.warning("What was written to the battery's memory before is not known: %s", error)
            times = []
        written = [Written(max(0, now_ms - time_ms) / 1000, number) for time_ms, number in times]
        self._before = [each for each in written if each.age_s < DAY_S]
        self._restored = True

    def second(self) -> None:
        """Hand on what was written before, and keep what is new."""
        wear = self._wear()
        if wear is None or not self._restored:
            return
        if self._before:
            wear.remember(self._before)
            self._before = []
        if wear.count != self._noted and self._clock.monotonic() - self._noted_at >= NOTE_EVERY_S:
            self.keep()

    def keep(self) -> None:
        """Keep what is new."""
        wear = self._wear()
        if wear is None or not self._restored or wear.count == self._noted:
            return
        now_ms = self._clock.wall_ms()
        self._note(NOTE, json.dumps([[now_ms - round(each.age_s * 1000), each.number] for each in wear.told()]))
        self._noted, self._noted_at = wear.count, self._clock.monotonic()

    def _wear(self) -> Wear | None:
        battery = self._battery()
        return None if battery is None or not isinstance(battery, Wearable) else battery.wear

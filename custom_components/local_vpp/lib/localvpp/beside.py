"""A device that is read beside its flat's frames: one that takes most of a second must not hold them up.

Its reading goes on by itself, for as long as it takes, and one follows the other. Whoever makes a frame takes what was
told last, with its age: that is counted from when its reading began, for nothing in it is older than that.
"""

import asyncio
from typing import Final, Protocol

from .devices import BatteryReading, ChargerReading, Door, GasReading, InverterReading, later

LATE_S: Final = 3.0
"""So old a reading may be. A device that takes most of a second is known each second by one of the second before."""
GIVEN_UP_S: Final = 3.0
"""A reading that takes so long is begun anew. The device itself has given up by then, or is being looked for."""


class Readable[R](Protocol):
    """A device of any kind."""

    @property
    def door(self) -> Door | None:
        """Where to knock when it fell silent."""

    async def read(self) -> R:
        """Read it once. Raises DeviceError."""


class Beside[R: (InverterReading, BatteryReading, ChargerReading, GasReading)]:
    """Reads one device. All times are the event loop's."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[R] | None = None
        self._began = 0.0
        self._since = 0.0
        self._last: tuple[float, R] | None = None
        self._error: BaseException | None = None
        self._news: R | None = None

    def begin(self, device: Readable[R]) -> None:
        """Begin a second: read the device, unless it is being read still."""
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        if self._reading is not None and self._since - self._began > GIVEN_UP_S:
            self._reading.cancel()
            self._reading = None
        if self._reading is None:
            self._began, self._error = self._since, None
            self._reading = loop.create_task(device.read(), name="read beside the frames")
            self._reading.add_done_callback(self._ended)

    @property
    def under_way(self) -> set[asyncio.Task[R]]:
        """The reading that has not ended, if there is one."""
        return set() if self._reading is None else {self._reading}

    def take(self) -> R:
        """Return what the device says in this second.

        Raises:
            DeviceError: it failed.
            TimeoutError: nothing was told for too long.
        """
        if self._error is not None:
            raise self._error
        if self._last is not None:
            began, reading = self._last
            if began >= self._since:
                return reading
            age_s = asyncio.get_running_loop().time() - began
            if age_s <= LATE_S:
                return later(reading, age_s)
        raise TimeoutError

    def news(self) -> R | None:
        """Return the newest reading as it was when it was made, and each of them once."""
        news, self._news = self._news, None
        return news

    async def close(self) -> None:
        """Read no more."""
        if (reading := self._reading) is not None:
            reading.cancel()
            await asyncio.wait({reading})

    def _ended(self, reading: asyncio.Task[R]) -> None:
        error = None if reading.cancelled() else reading.exception()
        if reading is not self._reading:
            return
        self._reading = None
        if reading.cancelled() or error is not None:
            self._error, self._last = error, None
        else:
            self._last = self._began, reading.result()
            self._news = reading.result()

"""How a device that may not answer is asked: how long it is waited for, and when it is asked again.

A gateway, like a serial line, carries one request at a time. A request that nobody answers holds it up until it is
given up, and every device behind it waits meanwhile: a meter beside an inverter that sleeps would miss the boundary of
its slot. So a device that fell silent is left alone. It is asked again with one short request, at a time that whoever
reads the devices chooses, and ever more rarely.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from modbus_connection import ModbusTimeoutError, ModbusUnit

from .errors import DeviceError

KNOCK_S: Final = 1.0
"""How long a device that was silent is waited for. Two registers of a device that is there take a tenth of this at
2400 baud. Asked right after the others were read, it is given up before they miss their next second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How long a kind of device is waited for, and how long it is left alone after it did not answer."""

    answer_s: float
    """For one block, which takes a request or two."""
    first_pause_s: float
    """After it was asked for the second time. A first silence may be a lost packet, and is looked into at once."""
    longest_pause_s: float
    """Each pause is twice as long as the one before, up to this."""
    strikes: int = 1
    """So often in a row it may not answer before it is left alone."""
    keep_s: float = 0.0
    """So long a reading is kept that came too late for all who asked for it: a slow device is known each other second
    then. What is read for its very second is never kept."""


ASLEEP_BESIDE_OTHERS: Final = Manners(answer_s=1.5, first_pause_s=10, longest_pause_s=300, keep_s=0.9)
"""An inverter behind the same gateway as other devices. It sleeps for half of each day, and a gateway may hold up its
line for longer than we wait. A block of many registers takes a second at 2400 baud; given up a little later, it is out
of the way before the meter's next second is over."""

ASLEEP_ALONE: Final = Manners(answer_s=1.5, first_pause_s=10, longest_pause_s=30, keep_s=0.9)
"""An inverter with a line of its own holds up nobody, and is back within a minute of its line."""

SWITCH: Final = Manners(answer_s=0.8, first_pause_s=5, longest_pause_s=60)
"""A relay. It has no reason to sleep, and its state is worth something in the second of its reading only."""

METER: Final = Manners(answer_s=0.8, first_pause_s=2, longest_pause_s=5, strikes=3)
"""A flat's billing meter: what it does not tell at a boundary is lost for that slot. Three seconds is what a gateway
may wait for another device behind it, deaf to everybody."""


def again[E: DeviceError](error: E) -> E:
    """Return an error to be raised another time, without the places where it was raised before."""
    return type(error)(str(error))


class Silence:
    """Whether a device is known not to answer, and when it may be asked again.

    Args:
        manners: the pauses between.
        clock: a monotonic clock in seconds.
    """

    def __init__(self, manners: Manners, clock: Callable[[], float]) -> None:
        self._manners = manners
        self._clock = clock
        self._strikes = 0
        self._pause_s = 0.0
        self._until = 0.0
        self.error: DeviceError | None = None
        """Why it is not asked; None while it answers."""

    @property
    def due(self) -> bool:
        """Whether it did not answer, and may be asked again by now."""
        return self.error is not None and self._clock() >= self._until

    def unanswered(self, error: DeviceError, *, linked: bool) -> None:
        """Take down that it was asked in vain.

        Args:
            error: what is to be said of it.
            linked: whether there is a link to it. A link that is not there holds up no other device, and is looked for
                at a steady pace, for it comes back at once for all of them.
        """
        self._strikes += 1
        if self._strikes < self._manners.strikes:
            return
        if self.error is None:
            self._pause_s = 0.0
        elif not linked or not self._pause_s:
            self._pause_s = self._manners.first_pause_s
        else:
            self._pause_s = min(2 * self._pause_s, self._manners.longest_pause_s)
        self.error, self._until = error, self._clock() + self._pause_s

    def answered(self) -> None:
        """Take down that it is there."""
        self.error = None
        self._strikes = 0

    def hasten(self) -> None:
        """Let it be asked again now, and then as if for the second time: something has changed on its line."""
        self._pause_s, self._until = 0.0, self._clock()


@asynccontextmanager
async def patience(unit: ModbusUnit, seconds: float) -> AsyncIterator[None]:
    """Give up what is asked of a unit after so many seconds, and let its line go.

    The link's own time-out is that of its slowest user, and may be longer by far. Opening the link is not counted: it
    has an end of its own, holds up nobody that could be read, and does not like to be given up (``asyncio.shield``
    reports its failure as an error of the loop then). A request that follows it has its seconds for itself.

    Raises:
        ModbusTimeoutError: nothing came within the time.
    """
    loop = asyncio.get_running_loop()
    linked = unit.connected
    timer: asyncio.TimerHandle

    def look() -> None:
        nonlocal linked, timer
        if linked and unit.connected:
            limit.reschedule(loop.time())
        else:
            linked = unit.connected
            timer = loop.call_later(seconds, look)

    try:
        async with asyncio.timeout(None) as limit:
            timer = loop.call_later(seconds, look)
            try:
                yield
            finally:
                timer.cancel()
    except (TimeoutError, ModbusTimeoutError) as error:
        # pymodbus makes a time-out of its own of a request that is given up.
        if limit.expired():
            raise ModbusTimeoutError(f"nothing came within {seconds:g} s") from error
        raise

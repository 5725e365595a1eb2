"""One question to a device: how long its answer is waited for, and what that tells of the device's line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from modbus_connection import ModbusConnectionError, ModbusExceptionError, ModbusTimeoutError, ModbusUnit

from .errors import DeviceError, DeviceSilentError, LineHeldError, device_border
from .line import Line
from .serial import SerialUnit

LOOK_S: Final = 0.05
"""So often one looks whether a link that is being opened is open."""


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
            timer = loop.call_later(seconds if linked else min(seconds, LOOK_S), look)

    try:
        async with asyncio.timeout(None) as limit:
            timer = loop.call_later(seconds if linked else min(seconds, LOOK_S), look)
            try:
                yield
            finally:
                timer.cancel()
    except (TimeoutError, ModbusTimeoutError) as error:
        # pymodbus makes a time-out of its own of a request that is given up.
        if limit.expired():
            raise ModbusTimeoutError(f"nothing came within {seconds:g} s") from error
        raise


async def ask[T](
    who: object,
    what: str,
    unit: ModbusUnit,
    line: Line,
    request: Callable[[], Awaitable[T]],
    seconds: float,
    clock: Callable[[], float],
) -> T:
    """Ask a device something, and take down what that tells of its line.

    Args:
        who: stands for the device.
        what: the device, as it begins a sentence.
        unit: where it answers.
        line: its line.
        request: puts the question.
        seconds: how long it is waited for.
        clock: a monotonic clock in seconds.

    Raises:
        LineHeldError: it did not answer, or was not asked, but that proves nothing.
        DeviceError: it did not answer, it refused, or it answered nonsense.
    """
    began = clock()
    if isinstance(unit, SerialUnit) and unit.owes:
        raise LineHeldError(f"{what} is not asked yet: its answer to a request that was given up may still come")
    held = line.held(began)
    try:
        with device_border(what), line.asking(who, began):
            async with patience(unit, seconds):
                answer = await request()
    except DeviceSilentError as error:
        now = clock()
        if isinstance(error.__cause__, ModbusExceptionError):
            line.free()  # The gateway says so, and is ready for others.
            raise
        error.linked = unit.connected
        if not error.linked:
            raise
        proves_nothing = held or line.held(now) or line.queued(began)
        if not proves_nothing:
            line.hold(who, began)
        if line.unheard(began, now):
            with suppress(ModbusConnectionError):  # Whatever its end was: the next request opens another one.
                await unit.disconnect()
        if proves_nothing:
            raise line_is_held(what) from error
        raise
    except DeviceError:
        line.free()
        raise
    line.free()
    return answer


def line_is_held(what: str) -> LineHeldError:
    """Give the error of a device that cannot be heard."""
    return LineHeldError(
        f"{what} cannot be heard: another device on its line does not answer; its gateway should not wait for longer "
        "than a second"
    )

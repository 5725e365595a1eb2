"""The border of the demonstration: what breaks inside it leaves as one sentence for the person at the terminal.

A process that ends by itself explains every connection that breaks then, so its own last words are what is told.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import aiohttp

from ..errors import CommandError
from .processes import Processes

_TOLD_S: Final = 2
"""A connection breaks a moment before the system tells that the process behind it has ended."""


async def guarded(processes: Processes, course: Coroutine[Any, Any, int]) -> int:
    """Run a course to its end, or until a process ends that nobody stopped.

    Raises CommandError with the reason for what can go wrong; a fault of our own stays what it is.
    """
    falling = asyncio.create_task(processes.fallen())
    running = asyncio.create_task(course)
    try:
        await asyncio.wait({falling, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done() and running.exception() is not None:
            await asyncio.wait({falling}, timeout=_TOLD_S)
        if falling.done() and not (running.done() and running.exception() is None):
            fallen = falling.result()
            raise CommandError(fallen.story()) from (running.exception() if running.done() else None)
        try:
            return running.result()
        except Exception as error:
            cause = _first(error)
            if isinstance(cause, CommandError):
                raise cause from error
            if isinstance(cause, aiohttp.ClientError | TimeoutError):
                reason = f"{type(cause).__name__}: {cause}".removesuffix(": ")
                raise CommandError(f"a request failed although every process runs: {reason}") from error
            raise
    finally:
        falling.cancel()
        running.cancel()
        await asyncio.gather(falling, running, return_exceptions=True)


def _first(error: BaseException) -> BaseException:
    """The first error of a group, however deep it is; one that stands alone is that itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

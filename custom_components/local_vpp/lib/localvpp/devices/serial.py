"""A unit on a serial line, where an answer does not say which question it belongs to.

A frame of Modbus RTU bears the unit's number and the function's, and nothing else that tells two questions apart. We
give up what is not answered earlier than the Modbus libraries do (``silence``), so an answer may come while the next
request waits for its own, and both of them would take the one for the other: energy out of the registers of power. So a
unit that owes an answer is asked nothing until that can come no more. The others on its line are asked meanwhile: what
comes from another unit than the one asked is dropped by the libraries.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from math import inf
from typing import Any, Final, override

from modbus_connection import ModbusProtocolError, ModbusUnit

from .wrapped import WrappedUnit

LATE_S: Final = 3.0
"""So late an answer may come, counted from its request: as late as the link's own time-out
(``polling.REQUEST_TIMEOUT_S``), after which the libraries, too, send the next request."""


class Turns:
    """Whose turn it is on a line, and who owes an answer there."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._owed: dict[int, float] = {}

    def owed_s(self, number: int) -> float:
        """Return for how many seconds an answer of a unit may be one to an earlier request."""
        return max(0.0, self._owed.get(number, -inf) - asyncio.get_running_loop().time())

    async def take[T](self, number: int, request: Callable[[], Awaitable[T]]) -> T:
        """Ask a unit something when it is its turn and it owes no answer."""
        while True:
            await asyncio.sleep(self.owed_s(number))
            # A request that waited in the library, behind another unit's, was never sent: nothing is owed then.
            async with self._turn:
                if self.owed_s(number):
                    continue
                sent = asyncio.get_running_loop().time()
                try:
                    return await request()
                except asyncio.CancelledError, TimeoutError, ModbusProtocolError:
                    self._owed[number] = sent + LATE_S
                    raise


class SerialUnit(WrappedUnit):
    """A unit on a serial line.

    Args:
        unit: how it is asked.
        number: its number on the line.
        turns: those of its line.
    """

    def __init__(self, unit: ModbusUnit, number: int, turns: Turns) -> None:
        super().__init__(unit)
        self._number = number
        self._turns = turns

    @property
    def owes(self) -> bool:
        """Whether it is asked nothing yet, for its answer to an earlier request may still come."""
        return self._turns.owed_s(self._number) > 0

    @override
    async def _ask(self, function: str, *arguments: Any) -> Any:
        return await self._turns.take(self._number, partial(getattr(self._unit, function), *arguments))

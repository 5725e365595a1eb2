"""Where the map of a device that describes itself begins: asked for with one request that nobody may answer."""

from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from modbus_connection import ModbusUnit

from ..errors import DeviceNonsenseError, DeviceRefusedError, DeviceSilentError, LineHeldError
from ..sunspec import BASES, is_marked


class Asking(Protocol):
    """Puts one question to a device."""

    async def __call__[T](self, request: Callable[[], Awaitable[T]]) -> T:
        """Put it. Raises DeviceError."""


class Marker:
    """Looks for the marker of one device.

    Args:
        what: the device, as it begins a sentence.
        unit: where it answers.
    """

    def __init__(self, what: str, unit: ModbusUnit) -> None:
        self._what = what
        self._unit = unit
        self._bases = deque(BASES)

    async def find(self, ask: Asking) -> int:
        """Find where the map begins.

        Some devices keep silent about addresses outside of their map: after a silence the next address is asked for.

        Raises DeviceError.
        """
        for _ in BASES:
            base = self._bases[0]
            try:
                if await ask(partial(is_marked, self._unit, base)):
                    return base
            except LineHeldError:
                raise
            except DeviceSilentError:
                if self._unit.connected:
                    self._bases.rotate(-1)
                raise
            except DeviceRefusedError, DeviceNonsenseError:
                pass  # It is there, and its map begins elsewhere.
            self._bases.rotate(-1)
        raise DeviceNonsenseError(
            f"{self._what} does not speak SunSpec (no marker at {', '.join(map(str, BASES))}); check the device type, "
            "the unit number and that SunSpec Modbus is enabled in its settings"
        )

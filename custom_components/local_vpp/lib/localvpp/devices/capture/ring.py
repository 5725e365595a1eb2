"""The newest exchanges with a device, kept in memory at the border to the Modbus library.

Recording stands directly around the library's unit, below the turns of a serial line: what is kept is what was sent.
It must cost next to nothing, for it runs all the time: a tuple is made and put into a queue, and an account of bytes
and of questions is kept. Whoever downloads a capture pays for the rest.

What a device is asked once, when it is set up, must outlive the hour: a driver cannot be made from a capture without
it. Nor is everything asked each second, and what stood when the ring begins was read before. So of each question the
last answer stays that newer ones have pushed out of the ring.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from time import monotonic, time_ns
from typing import Any, Final, override

from modbus_connection import (
    ModbusConnectionError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ModbusUnit,
)

from ..wrapped import WrappedUnit
from .recording import READS, WRITES, Exchange, Failure, Reading, Recording, Request, Told, pack, plain_reading

MOST_BYTES: Final = 1 << 20
"""Of memory, for each device: twelve minutes of a meter with two requests a second, six of a hybrid with three."""
LONGEST_S: Final = 3600.0
KEPT_REQUESTS: Final = 256
"""Questions whose last answer is kept beyond that: a SunSpec device is asked fifty, when it is set up."""
_EXCHANGE_BYTES: Final = 380
"""What one takes beside its answer, with its place in the ring, as measured by ``tracemalloc`` (Python 3.14)."""
_READING_BYTES: Final = 550

_CAPTURED: Final = READS.keys() | WRITES


class Capture:
    """What is kept of one device.

    Args:
        device: its name in the flat.
        kind: its type: ``sunspec``, or the name of its register map.
        most_bytes: how much memory it takes.
        longest_s: how far back it goes.
        clock: a monotonic clock in seconds.
        wall_ns: Unix time in nanoseconds, to be looked at only.
    """

    def __init__(
        self,
        device: str,
        kind: str,
        *,
        most_bytes: int = MOST_BYTES,
        longest_s: float = LONGEST_S,
        clock: Callable[[], float] = monotonic,
        wall_ns: Callable[[], int] = time_ns,
    ) -> None:
        self.device = device
        self.kind = kind
        self._most_bytes = most_bytes
        self._longest_s = longest_s
        self._clock = clock
        self._wall_ns = wall_ns
        self._ring: deque[tuple[int, Exchange | tuple[float, int, str, Reading]]] = deque()
        self._bytes = 0
        self._kept: dict[Request, Exchange] = {}

    def unit(self, unit: ModbusUnit) -> CapturedUnit:
        """Give a unit that keeps here what it is asked."""
        return CapturedUnit(unit, self, self._clock)

    def add(
        self,
        began: float,
        function: str,
        arguments: tuple[object, ...],
        words: bytes,
        failure: Failure | None = None,
        code: int | None = None,
        *,
        linked: bool = True,
    ) -> None:
        """Take in an exchange that ends now."""
        took_s = self._clock() - began
        wall_ms = (self._wall_ns() // 1000 - round(took_s * 1_000_000)) // 1000
        exchange = Exchange(began, wall_ms, took_s, function, arguments, words, failure, code, linked)
        self._put(_EXCHANGE_BYTES + len(words), exchange)

    def told(self, name: str, reading: Reading) -> None:
        """Take in what the driver made of it."""
        self._put(_READING_BYTES, (self._clock(), self._wall_ns() // 1_000_000, name, reading))

    def recording(self) -> Recording:
        """Return all that is kept, as it is now."""
        kept = sorted(self._kept.values(), key=lambda exchange: exchange.at)
        entries: list[Exchange | Told] = [exchange._replace(kept=True) for exchange in kept]
        # They came in as they ended: one that waited for long began before its neighbours.
        for _, entry in sorted(self._ring, key=lambda each: each[1][0]):
            if isinstance(entry, Exchange):
                entries.append(entry)
            else:
                at, wall_ms, name, reading = entry
                entries.append(Told(at, wall_ms, name, plain_reading(reading)))
        return Recording(device=self.device, type=self.kind, entries=tuple(entries))

    def _put(self, size: int, entry: Exchange | tuple[float, int, str, Reading]) -> None:
        self._ring.append((size, entry))
        self._bytes += size
        oldest = entry[0] - self._longest_s
        while self._ring and (self._bytes > self._most_bytes or self._ring[0][1][0] < oldest):
            gone_size, gone = self._ring.popleft()
            self._bytes -= gone_size
            if isinstance(gone, Exchange):
                self._let_go(gone)

    def _let_go(self, gone: Exchange) -> None:
        if gone.failure is None and gone.function in READS:
            self._kept.pop(gone.request, None)  # So that the order is that of the last time.
            self._kept[gone.request] = gone
            if len(self._kept) > KEPT_REQUESTS:
                del self._kept[next(iter(self._kept))]


class CapturedUnit(WrappedUnit):
    """A unit whose exchanges are kept.

    Args:
        unit: how it is asked.
        capture: where they are kept.
        clock: a monotonic clock in seconds.
    """

    def __init__(self, unit: ModbusUnit, capture: Capture, clock: Callable[[], float]) -> None:
        super().__init__(unit)
        self._capture = capture
        self._clock = clock

    @override
    async def _ask(self, function: str, *arguments: Any) -> Any:
        asked = getattr(self._unit, function)(*arguments)
        if function not in _CAPTURED:
            return await asked  # No driver asks it, and some of these tell a serial number in words of their own.
        began = self._clock()
        if function in WRITES and isinstance(arguments[1], list):
            arguments = (arguments[0], tuple(arguments[1]))
        try:
            answer = await asked
        except BaseException as error:
            failure, code = failure_of(error)
            self._capture.add(began, function, arguments, b"", failure, code, linked=self._unit.connected)
            raise
        self._capture.add(began, function, arguments, b"" if answer is None else pack(answer))
        return answer


def failure_of(error: BaseException) -> tuple[Failure, int | None]:
    """Return an error's kind, and the code of a Modbus exception."""
    match error:
        case ModbusExceptionError():
            return Failure.REFUSED, None if error.exception_code is None else int(error.exception_code)
        case ModbusConnectionError():
            return Failure.UNLINKED, None
        case ModbusProtocolError():
            return Failure.DAMAGED, None
        case ModbusTimeoutError() | TimeoutError() | asyncio.CancelledError():
            return Failure.SILENT, None
        case _:
            return Failure.OTHER, None


class Captures:
    """Those of a flat's devices, by their names."""

    def __init__(self) -> None:
        self._captures: dict[str, Capture] = {}
        self._last: dict[str, Reading | None] = {}

    def of(self, device: str, kind: str) -> Capture:
        """Return the capture of a device; it is begun when it is asked for first."""
        return self._captures.setdefault(device, Capture(device, kind))

    def told(self, readings: Mapping[str, Reading | None]) -> None:
        """Take in what the drivers made of it, as often as one likes: each reading is kept once.

        Args:
            readings: by device; a battery that is part of the inverter is kept with it.
        """
        for name, reading in readings.items():
            capture = self._captures.get(name)
            if capture is None and name == "battery":
                capture = self._captures.get("inverter")
            if capture is not None and reading is not None and reading is not self._last.get(name):
                capture.told(name, reading)
            self._last[name] = reading

    def recordings(self) -> list[Recording]:
        """Return all that is kept, as it is now."""
        return [capture.recording() for capture in self._captures.values()]

"""A capture, read by the driver of today: the same registers, by the clock of then.

A capture is cut into cycles, one for each time that the driver read the device: a new one begins after a pause, or when
a question comes again that was put in this one already. Each cycle's questions are answered by what was answered in it;
a question that was not put then, because the driver asks for its registers in other blocks by now, is answered from the
registers that were known by the cycle's end. Nothing is waited for and no clock of the machine is looked at: a replay
is the same each time.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any, Final, override

from modbus_connection import (
    ExceptionCode,
    ModbusConnectionError,
    ModbusError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
)

from ..errors import DeviceError
from ..mapping import RegisterMap, Space
from ..opening import OpenedDevice, open_device
from ..wrapped import OneDoorUnit
from .recording import READS, Exchange, Failure, Recording, Request, Told, plain_reading
from .timeline import Registers, Timeline

PAUSE_S: Final = 0.3
"""Between two readings, at least. Not each of them puts the same questions, and within one there is no such pause."""

_BITS: Final = frozenset({Space.COIL, Space.DISCRETE})


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the driver says of one cycle."""

    at: float
    wall_ms: int
    readings: Mapping[str, Mapping[str, Any]]
    """By what the device is; as JSON holds them."""
    error: str | None = None
    """Why there are none."""
    differs: Mapping[str, Mapping[str, tuple[Any, Any]]] | None = None
    """By reading and field: what was said then, and what is said now. None where nothing was recorded to compare."""


class ReplayedUnit(OneDoorUnit):
    """A unit that answers as a capture did.

    Args:
        recording: the capture.

    Raises:
        CaptureError: it holds no requests.
    """

    def __init__(self, recording: Recording) -> None:
        self._timeline = Timeline(recording)
        self.asked: set[Request] = set()
        """Every question that was put, as the driver puts them by now."""
        self._now = self._timeline.begin
        # Of each register what was seen first: the driver is made of it.
        self._registers: Registers = self._timeline.first_seen()
        self._cycle: dict[Request, list[Exchange]] = {}
        self._linked = True

    def seconds(self) -> float:
        """The capture's clock, for the driver."""
        return self._now

    def begin(self, at: float, until: float) -> None:
        """Let a cycle begin: answer by what was answered in it."""
        self._now = max(self._now, at)
        self._cycle = {}
        for exchange in self._timeline.advance(until):
            if exchange.at >= at and not exchange.kept:
                self._cycle.setdefault(exchange.request, []).append(exchange)
        self._registers = self._timeline.registers

    @property
    @override
    def connected(self) -> bool:
        return self._linked

    @override
    async def _ask(self, function: str, *arguments: Any) -> Any:
        request = function, tuple(tuple(each) if isinstance(each, list) else each for each in arguments)
        self.asked.add(request)
        if answers := self._cycle.get(request):
            exchange = answers[0] if len(answers) == 1 else answers.pop(0)
            self._now = max(self._now, exchange.at + exchange.took_s)
            self._linked = exchange.linked
            if exchange.failure is not None:
                raise _error(exchange)
            return _answer(exchange.space, exchange.answer)
        space = READS.get(function)
        known = self._registers.get(space, {}) if space is not None else {}
        address, count = (arguments[0], arguments[1]) if space is not None else (0, 0)
        answer = [known[each] for each in range(address, address + count) if each in known]
        if space is None or len(answer) < count:
            raise ModbusExceptionError(
                ExceptionCode.ILLEGAL_DATA_ADDRESS,
                f"the capture holds no answer to {function}({', '.join(map(str, arguments))})",
            )
        return _answer(space, answer)

    @override
    def set_message_spacing(self, seconds: float) -> None:
        pass

    @override
    def require_timeout(self, seconds: float | None) -> None:
        pass

    @override
    def require_connect_delay(self, seconds: float | None) -> None:
        pass

    @override
    def on_connection_lost(self, callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    @override
    async def disconnect(self) -> None:
        pass


async def replay(recording: Recording, described: RegisterMap | None) -> AsyncIterator[Replayed]:
    """Read a capture by a driver, cycle by cycle.

    Args:
        recording: the capture.
        described: the register map to read it by; None for SunSpec.

    Raises:
        CaptureError: it holds no requests.
        DeviceError: no driver can be made of it: it is of a device of another type, or how it began is not in it.
    """
    questions = await _questions(recording, described)
    unit = ReplayedUnit(recording)
    device = await open_device(unit, described, unit.seconds, probed=False)
    told = [entry for entry in recording.entries if isinstance(entry, Told)]
    begins = _cycles(recording, questions)
    for first, following in pairwise((*begins, None)):
        assert first is not None, "only the end has no begin"
        until = inf if following is None else following.at
        unit.begin(first.at, until)
        readings, error = await _read(device)
        expected = {each.name: each.reading for each in told if first.at <= each.at < until}
        differs = _differences(expected, readings, described) if expected else None
        yield Replayed(first.at, first.wall_ms, readings, error, differs)


async def _questions(recording: Recording, described: RegisterMap | None) -> set[Request]:
    """Find out what the driver asks at each reading, by one that is thrown away."""
    unit = ReplayedUnit(recording)
    device = await open_device(unit, described, unit.seconds, probed=False)
    unit.asked.clear()
    await _read(device)
    return unit.asked


async def _read(device: OpenedDevice) -> tuple[dict[str, Mapping[str, Any]], str | None]:
    # It was asked in this cycle, so it was not left alone any more.
    device.door.hasten()
    if device.door.due:
        await device.door.knock()
    try:
        return {name: plain_reading(reading) for name, reading in (await device.read()).items()}, None
    except DeviceError as error:
        return {}, str(error)


def _cycles(recording: Recording, questions: set[Request]) -> Sequence[Exchange]:
    """Return the first exchange of each cycle."""
    exchanges = [each for each in recording.exchanges if not each.kept and each.space is not None]
    # A driver that asks quite otherwise by now has put none of them then.
    live = [each for each in exchanges if each.request in questions] or exchanges
    begins: list[Exchange] = []
    asked: list[set[Request]] = []
    ended = -inf
    for exchange in live:
        if not begins or exchange.request in asked[-1] or exchange.at - ended >= PAUSE_S:
            begins.append(exchange)
            asked.append(set())
        asked[-1].add(exchange.request)
        ended = exchange.at + exchange.took_s
    # The first reading asks for everything: what was asked shortly before it, the driver's making asked.
    opened = len(asked) > 1 and asked[0] < asked[1]
    return begins[1:] if opened else begins


def _differences(
    expected: Mapping[str, Mapping[str, Any]], readings: Mapping[str, Mapping[str, Any]], described: RegisterMap | None
) -> dict[str, dict[str, tuple[Any, Any]]]:
    differs: dict[str, dict[str, tuple[Any, Any]]] = {}
    # What a driver was asked for at home, and has written, it is not asked for here. No map reads a set-point.
    beside = {"ages_ms", "flash_writes"} if described is None else {"ages_ms", "flash_writes", "set_point_w"}
    for name, then in expected.items():
        now = readings.get(name, {})
        # Whose turn it was before the capture began is not in it: the same values may have been read a second apart.
        compared = sorted((then.keys() | now.keys()) - beside)
        fields = {field: (then.get(field), now.get(field)) for field in compared}
        changed = {field: pair for field, pair in fields.items() if pair[0] != pair[1]}
        if changed:
            differs[name] = changed
    return differs


def _answer(space: Space | None, values: list[int]) -> list[int] | list[bool] | None:
    if space is None:
        return None
    return [bool(value) for value in values] if space in _BITS else values


def _error(exchange: Exchange) -> ModbusError:
    match exchange.failure:
        case Failure.REFUSED:
            return ModbusExceptionError.from_code(exchange.code)
        case Failure.UNLINKED:
            return ModbusConnectionError("there was no link")
        case Failure.DAMAGED:
            return ModbusProtocolError("the answer was damaged")
        case Failure.SILENT:
            return ModbusTimeoutError("nothing came")
        case _:
            return ModbusError("it failed")

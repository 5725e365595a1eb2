"""Devices that may be silent when their program starts: an inverter at night, a meter before its gateway has power.

A driver can only be made of a device that has answered, and that is the one it is to be. Until then each reading fails
with the reason, the device is asked again now and then, with one short request, and nothing else waits for it: what is
behind the same gateway is read meanwhile.

Who was away for longer than a link takes to come back may have been exchanged: it is asked who it is, with one short
request, before what it says counts, and before it is commanded.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol, override

from modbus_connection import ModbusUnit

from ..asking import ask, line_is_held
from ..capability import Door, Identity
from ..errors import DeviceError, DeviceNonsenseError, DeviceSilentError, LineHeldError
from ..line import Line
from ..probe import PROBE_TIMEOUT_S
from ..silence import KNOCK_S, LINK_LOST_S, Manners, Silence, again, yields

PATIENCE_S: Final = 5.0
"""An inverter that is awake has said who it is by then; one that sleeps must not hold up the meter."""


type Start[D] = Callable[[Coroutine[Any, Any, D], str], asyncio.Task[D]]
"""Begins a task of a name; who calls it may cancel the task."""


async def bounded[D](what: str, opening: Awaitable[D]) -> D:
    """Make the driver of a device that describes itself, within a bounded time.

    Raises DeviceError.
    """
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return await opening
    except TimeoutError as error:
        raise DeviceSilentError(
            f"{what} did not answer within {PROBE_TIMEOUT_S:g} s; check its power, the cable and the unit number"
        ) from error


class Named(Protocol):
    """A driver of a device that has said who it is."""

    @property
    def identity(self) -> Identity:
        """Who the device said it is."""

    async def identify(self) -> Identity:
        """Ask who it is by now, with one request at most: none where it has no serial number."""


class Late[D: Named](ABC, Door):
    """A device whose driver is made when it answers.

    Args:
        unit: where it will answer.
        kind: what it is, in a word.
        expected: who it is to be, as far as that is known.
        start: begins a task.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        kind: str,
        expected: Identity,
        start: Start[D] | None,
        clock: Callable[[], float],
        line: Line | None,
        manners: Manners,
    ) -> None:
        self._unit = unit
        self._kind = kind
        self._expected = expected
        self._what = f"the {kind} {expected}"
        self._start = start or (lambda coroutine, name: asyncio.create_task(coroutine, name=name))
        self._clock = clock
        self._line = line or Line()
        self._manners = manners
        self._silence = Silence(manners, self._line, clock)
        self._device: D | None = None
        self._opening: asyncio.Task[D] | None = None
        self._heard_at = 0.0
        """When its device has last answered as the one that it is to be."""
        self._proof: asyncio.Task[None] | None = None

    async def device(self) -> D:
        """Return the device once it has answered.

        Raises DeviceError.
        """
        if self._device is not None:
            return self._device
        if self._opening is None and self._silence.error is not None:
            raise again(self._silence.error)
        if self._opening is None and yields(self, self._manners, self._line, self._clock()):
            raise line_is_held(self._what)
        # A reading that gives up after its second must not take the asking with it.
        opening = self._open()
        await asyncio.wait({opening})
        return opening.result()

    async def heard[R](self, device: D, reading: Awaitable[R]) -> R:
        """Return what its device says, once that is known to be of the same one after a silence.

        Raises DeviceError.
        """
        told = await reading
        if self._was_away or self._device is not device:
            await self._prove(device)
        self._heard_at = self._clock()
        return told

    @property
    def _was_away(self) -> bool:
        """Whether it has not been heard for so long that it may be another one by now."""
        return self._clock() - self._heard_at > LINK_LOST_S

    async def _prove(self, device: D) -> None:
        if self._proof is None:
            # A task of its own, as for a reading: one who gives up must not leave the line in doubt.
            self._proof = asyncio.create_task(self._is_the_same(device), name=f"identify {self._what}")
            self._proof.add_done_callback(self._was_proven)
        proof = self._proof
        await asyncio.wait({proof})
        proof.result()

    async def _is_the_same(self, device: D) -> None:
        if self._device is device:
            found = await self._ask(device.identify)
            if device.identity.may_be(found):
                self._heard_at = self._clock()
                return
            # Its driver knows the counters of the one before. Who is there is found out anew, as at the start.
            self._device = None
            self._is_another(found)
            error = self._in_its_place(found, device.identity)
            self._silence.unanswered(error, linked=True)
            raise error
        raise DeviceNonsenseError(f"{self._what} was exchanged while it was read: what it said is not known to be its")

    def _was_proven(self, proof: asyncio.Task[None]) -> None:
        self._proof = None
        if not proof.cancelled():
            proof.exception()  # Looked at here, for nobody may be waiting for it any more.

    def _in_its_place(self, found: Identity, expected: Identity) -> DeviceNonsenseError:
        return DeviceNonsenseError(
            f"{found} answers in the place of {expected}: set an exchanged {self._kind} up again"
        )

    async def wait(self) -> None:
        """Give the device a moment to answer, whether it does or not."""
        await asyncio.wait({self._open()}, timeout=PATIENCE_S)

    @property
    @override
    def hindered(self) -> bool:
        """Whether another device on its line may keep this one from being heard."""
        if self._device is not None:
            return self._door(self._device).hindered
        return self._line.hindered(self, self._clock())

    @property
    @override
    def due(self) -> bool:
        """Whether it is silent, and may be asked again by now."""
        if self._device is not None:
            return self._door(self._device).due
        return self._opening is None and self._silence.due

    @override
    async def knock(self) -> None:
        """Ask once whether it is there; if it is, find out who it is."""
        if self._device is not None:
            await self._door(self._device).knock()
        else:
            await asyncio.wait({self._open()})

    @override
    def hasten(self) -> None:
        """Let it be asked again now."""
        if self._device is not None:
            self._door(self._device).hasten()
        else:
            self._silence.hasten()

    async def _find(self) -> D:
        device = await self._make()
        if not self._expected.may_be(device.identity):
            self._is_another(device.identity)
            raise self._in_its_place(device.identity, self._expected)
        return device

    @abstractmethod
    async def _make(self) -> D:
        """Make the driver, with at most one request that nobody answers."""

    @abstractmethod
    def _door(self, device: D) -> Door:
        """Give the device's own door."""

    def _found(self, device: D) -> None:
        """Take note of the device."""

    def _is_another(self, found: Identity) -> None:
        """Take note that another device answers in its place."""

    async def _ask[T](self, request: Callable[[], Awaitable[T]]) -> T:
        return await ask(self, self._what, self._unit, self._line, request, KNOCK_S, self._clock)

    def _open(self) -> asyncio.Task[D]:
        if self._opening is None:
            self._opening = self._start(self._find(), f"open {self._what}")
            self._opening.add_done_callback(self._opened)
        return self._opening

    def _opened(self, opening: asyncio.Task[D]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        match opening.exception():
            case None:
                self._silence.answered()
                self._device = opening.result()
                self._heard_at = self._clock()
                self._found(self._device)
            case LineHeldError():
                pass  # It was asked at a bad time, and is asked again.
            case DeviceSilentError() as error:
                self._silence.unanswered(error, linked=error.linked)
            case DeviceError() as error:
                self._silence.unanswered(error, linked=True)
            # Anything else is no device's fault: the next reading opens it again, and passes it on.

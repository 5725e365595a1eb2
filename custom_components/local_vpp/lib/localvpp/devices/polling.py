"""Reading one device so that a part of it that fails leaves the rest alive, and a silent one its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Final, Protocol

from modbus_connection import ModbusUnit

from .asking import ask, line_is_held
from .errors import DeviceError, DeviceSilentError, LineHeldError
from .line import Line
from .mapping import Wiring
from .rota import Rota
from .silence import KNOCK_S, Manners, Silence, again, yields

REQUEST_TIMEOUT_S: Final = 3.0
"""What is asked of a link, whose own 10 s would be too long for a form and for a list of models. A device that is read
each second is given up earlier (``silence``)."""


def approach(unit: ModbusUnit, wiring: Wiring | None = None) -> None:
    """Make a link ready for a device: how long an answer is waited for, and how it wants to be asked.

    Asked too fast, or too soon after the link has opened, some devices drop the link or answer nonsense.

    Args:
        unit: where it answers.
        wiring: what its map says; None of a device that describes itself.
    """
    unit.require_timeout(REQUEST_TIMEOUT_S)
    if wiring is not None:
        unit.set_message_spacing(wiring.pause_ms / 1000)
        unit.require_connect_delay(wiring.connect_delay_s or None)


class Block(Protocol):
    """What can be read as one: a ``Component`` or ``ManualComponent`` of ``modbus_connection``."""

    async def async_update(self, *, notify: bool = True) -> object:
        """Read and decode all fields, or raise and leave the old values standing."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What became of a device's blocks at a reading. One that is named nowhere was read in it."""

    failed: dict[str, DeviceError]
    """What they hold is not to be used."""
    ages_s: dict[str, float]
    """Those that were not asked, and how long ago they were read; but for those of the plate."""


@dataclass(slots=True)
class _Asked:
    """What a block said when it was asked last."""

    at: float
    error: DeviceError | None


class Poller[R]:
    """Asks one device, for all who want to know at the same time, and knocks at its door when it fell silent.

    Args:
        what: the device, as it begins a sentence.
        unit: where it answers.
        line: its line, which others may share.
        read: makes a reading, by ``poll``.
        knock: one short request that a device which is there answers in some way.
        manners: how long it is waited for and left alone.
        clock: a monotonic clock in seconds.
    """

    def __init__(
        self,
        what: str,
        unit: ModbusUnit,
        line: Line,
        read: Callable[[], Coroutine[Any, Any, R]],
        knock: Callable[[], Awaitable[object]],
        manners: Manners,
        clock: Callable[[], float],
    ) -> None:
        self._what = what
        self._unit = unit
        self._line = line
        self._read = read
        self._short = knock
        self._manners = manners
        self._clock = clock
        self._silence = Silence(manners, line, clock)
        self._silent_blocks: dict[str, Silence] = {}
        self._asked: dict[str, _Asked] = {}
        """Those asked longest ago first."""
        self._forgotten: set[str] = set()
        self._polled_at: float | None = None
        self._reading: asyncio.Task[R] | None = None
        self._knocking: asyncio.Task[None] | None = None

    async def reading(self) -> R:
        """Make a reading, or share the one that is under way.

        One who gives up must not take it from the others, nor leave the line in doubt: it goes on to its own end.

        Raises:
            DeviceError: no block could be read, or the device is silent and was left alone.
        """
        if self._reading is None:
            if self._silence.error is not None:
                raise again(self._silence.error)
            if yields(self, self._manners, self._line, self._clock()):
                raise line_is_held(self._what)
            self._reading = asyncio.create_task(self._read(), name=f"read {self._what}")
            self._reading.add_done_callback(self._was_read)
        reading = self._reading
        # Not by asyncio.shield: since Python 3.14 it reports the failure of a reading that nobody waits for any more as
        # an error of the loop.
        await asyncio.wait({reading})
        return reading.result()

    def _was_read(self, reading: asyncio.Task[R]) -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()  # Looked at here, for nobody may be waiting for it any more.

    async def poll(self, blocks: Mapping[str, Block], rota: Rota) -> Polled:
        """Ask for the blocks whose turn it is, one after the other, in a reading.

        A component whose read failed still holds its OLD values: the caller must not use those of a block that failed.

        A reading ends with its first silent block: one request that nobody answers is all that a device may cost its
        line. Whether the device as a whole is silent is asked at its door. If it is not, the next reading asks that
        block last; if the block alone stays silent, it is left alone for a while, and the others are read.

        Raises:
            DeviceError: no block could be read.
        """
        began = self._clock()
        for name in self._forgotten:
            self._asked.pop(name, None)
        self._forgotten.clear()
        before = dict(self._asked)
        resting = {
            name: silence.error
            for name, silence in self._silent_blocks.items()
            if silence.error is not None and not silence.due
        }
        waited_s = dict.fromkeys((name for name in blocks if name not in before), inf)
        waited_s |= {name: began - asked.at for name, asked in before.items() if name not in resting}
        unread = {name for name, asked in before.items() if asked.error is not None}
        due = rota.due(waited_s, unread, since_s=1.0 if self._polled_at is None else began - self._polled_at)
        self._polled_at = began
        said: dict[str, DeviceError | None] = {}
        ended: DeviceSilentError | None = None
        for name in sorted((name for name in blocks if name in due), key=lambda name: name in self._silent_blocks):
            said[name], ended = await self._block(name, blocks[name])
            # Taken out first, so that the order is that of asking.
            self._asked.pop(name, None)
            self._asked[name] = _Asked(self._clock(), said[name])
            if ended is not None:
                break
        if ended is None:
            self._silence.answered()
        elif not isinstance(ended, LineHeldError):
            self._silence.unanswered(ended, linked=ended.linked)
        failed = {name: error for name, error in said.items() if error is not None}
        if blocks and len(failed) == len(said):
            if not said:
                raise again(next(iter(resting.values())))
            raise ended if ended is not None else next(iter(failed.values()))
        ages_s: dict[str, float] = {}
        for name in blocks.keys() - said.keys():
            asked = before.get(name)
            if name in resting:
                failed[name] = again(resting[name])
            elif asked is None or not rota.stands(name, began - asked.at):
                assert ended is not None, "what does not stand is asked, unless the reading ends before"
                failed[name] = again(ended)
            elif asked.error is not None:
                failed[name] = again(asked.error)
            elif not rota.is_plate(name):
                ages_s[name] = self._clock() - asked.at
        return Polled(failed, ages_s)

    def forget(self, names: Collection[str]) -> None:
        """Let blocks be asked at the next reading that begins: what they held is known to be true no more."""
        self._forgotten.update(names)

    async def _block(self, name: str, block: Block) -> tuple[DeviceError | None, DeviceSilentError | None]:
        """Ask for one; return what went wrong, and that again where it ends the reading."""
        try:
            await self._ask(f"{self._what}, block {name}", block)
        except LineHeldError as error:
            return error, error
        except DeviceSilentError as error:
            self._rest(name, error)
            return error, error
        except DeviceError as error:
            return error, None
        self._silent_blocks.pop(name, None)
        return None, None

    async def _ask(self, what: str, block: Block) -> None:
        update = partial(block.async_update, notify=False)
        await ask(self, what, self._unit, self._line, update, self._manners.answer_s, self._clock)

    def _rest(self, name: str, error: DeviceSilentError) -> None:
        silence = self._silent_blocks.setdefault(name, Silence(self._manners, self._line, self._clock))
        silence.unanswered(error, linked=error.linked)

    # --- the device's door ---------------------------------------------------------------------

    @property
    def hindered(self) -> bool:
        """Whether another device on its line may keep this one from being heard."""
        return self._line.hindered(self, self._clock())

    @property
    def due(self) -> bool:
        """Whether the device fell silent, and may be asked again by now."""
        return self._knocking is None and self._silence.due

    async def knock(self) -> None:
        """Ask once, shortly, whether the device is there again; if it is, the next reading asks for all."""
        if self._knocking is None:
            self._knocking = asyncio.create_task(self._knock(), name=f"knock at {self._what}")
            self._knocking.add_done_callback(self._has_knocked)
        knocking = self._knocking
        await asyncio.wait({knocking})
        knocking.result()

    def hasten(self) -> None:
        """Let a silent device be asked again now."""
        self._silence.hasten()

    async def _knock(self) -> None:
        try:
            await ask(self, self._what, self._unit, self._line, self._short, KNOCK_S, self._clock)
        except LineHeldError:
            pass  # It was asked at a bad time, and is asked again.
        except DeviceSilentError as error:
            self._silence.unanswered(error, linked=error.linked)
        except DeviceError:
            self._silence.answered()  # Whatever it says: it is there.
        else:
            self._silence.answered()

    def _has_knocked(self, _: asyncio.Task[None]) -> None:
        self._knocking = None

"""What the drivers with one kind of reading have in common: who the device is, its door, and readings by one poller."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from modbus_connection import ModbusUnit

from .capability import Door, Identity
from .line import Line
from .mapping import RegisterMap, knock, parts
from .polling import Poller, approach
from .rota import Rota
from .silence import Manners


class PolledDevice[R](ABC):
    """A device that is asked for all who want to know at the same time.

    Args:
        kind: what it is, in a word of a sentence.
        unit: where it answers.
        identity: who it said it is when it was set up.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
        knock: one short request that a device which is there answers in some way.
    """

    def __init__(
        self,
        kind: str,
        unit: ModbusUnit,
        identity: Identity,
        clock: Callable[[], float],
        *,
        line: Line | None,
        manners: Manners,
        knock: Callable[[], Awaitable[object]],
    ) -> None:
        self._identity = identity
        self._what = f"the {kind} {identity}"
        self._poller = Poller(self._what, unit, line or Line(), self._read, knock, manners, clock)

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""
        return self._identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._poller

    async def read(self) -> R:
        """Read what is due; see ``read`` of its capability."""
        return await self._poller.reading()

    @abstractmethod
    async def _read(self) -> R:
        """Make a reading of what the poller asks."""


class MappedDevice[R](PolledDevice[R]):
    """One that is described by a register map; arguments as above."""

    def __init__(
        self,
        kind: str,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float],
        *,
        line: Line | None,
        manners: Manners,
    ) -> None:
        super().__init__(kind, unit, identity, clock, line=line, manners=manners, knock=knock(unit, device))
        found = parts(device)
        self._blocks = {part.name: part.component(unit, device) for part in found}
        self._rota = Rota({part.name: part.pace for part in found})
        approach(unit, device.wiring)

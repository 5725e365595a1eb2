"""A contactor described by a register map: one coil to command it, independent contacts to tell what it did."""

from collections.abc import Callable
from time import monotonic

from modbus_connection import ModbusUnit

from .capability import Door, Identity, RelayReading
from .errors import device_border
from .line import Line
from .mapping import RegisterMap, knock, parts
from .polling import Poller, approach
from .rota import Rota
from .silence import RELAY, Manners


class MapRelay:
    """Commands a contactor and reads its feedback.

    Args:
        unit: where the input/output module answers.
        device: its register map.
        identity: as ``probe.probe_relay`` gave it.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = RELAY,
    ) -> None:
        command = device.point("commanded")
        assert command is not None, "a map of a relay has its command: ``registers`` checked it"
        self._identity = identity
        self._unit = unit
        self._coil = command.address
        found = parts(device)
        self._blocks = {part.name: part.component(unit, device) for part in found}
        self._rota = Rota({part.name: part.pace for part in found})
        what = f"the relay {identity}"
        self._poller = Poller(what, unit, line or Line(), self._read, knock(unit, device), manners, clock)
        approach(unit, device.wiring)

    @property
    def identity(self) -> Identity:
        """Who the module said it is when it was set up."""
        return self._identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._poller

    async def read(self) -> RelayReading:
        """Read coil and feedback once; see ``capability.Relay.read``."""
        return await self._poller.reading()

    async def _read(self) -> RelayReading:
        failed = (await self._poller.poll(self._blocks, self._rota)).failed
        values: dict[str, bool | None] = {}
        for name, block in self._blocks.items():
            if name not in failed:
                values |= block.values
        return RelayReading(
            closed=values.get("closed"),
            energised=values.get("energised"),
            commanded=values.get("commanded"),
            failed=failed,
        )

    async def command(self, closed: bool) -> None:
        """Ask the contact to close or open; see ``capability.Relay.command``."""
        with device_border(f"the relay {self._identity}, command"):
            await self._unit.write_coil(self._coil, closed)

"""A contactor described by a register map: one coil to command it, independent contacts to tell what it did."""

from collections.abc import Callable
from time import monotonic
from typing import override

from modbus_connection import ModbusUnit

from .capability import Identity, RelayReading
from .errors import device_border
from .line import Line
from .mapping import RegisterMap
from .polled import MappedDevice
from .silence import RELAY, Manners


class MapRelay(MappedDevice[RelayReading]):
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
        super().__init__("relay", unit, device, identity, clock, line=line, manners=manners)
        self._unit = unit
        self._coil = command.address

    @override
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
        with device_border(f"{self._what}, command"):
            await self._unit.write_coil(self._coil, closed)

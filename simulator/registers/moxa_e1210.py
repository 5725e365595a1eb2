"""A Moxa ioLogik E1210 whose inputs count pulses: FC4, a counter of 32 bits each from 0x10 on, high word first."""

from typing import Final

from pymodbus.constants import ExcCodes

from .bank import INPUT
from .words import Refused, put

INPUTS: Final = 16
_COUNTERS: Final = range(0x10, 0x10 + 2 * INPUTS)
_TURN: Final = 1 << 32


class PulseCounter:
    """The counters of a module."""

    def __init__(self) -> None:
        self._counts = [0] * INPUTS

    def pulse(self, channel: int, pulses: int = 1) -> None:
        """Close a contact so many times; a full counter begins anew at 0."""
        self._counts[channel] = (self._counts[channel] + pulses) % _TURN

    def restart(self) -> None:
        """Be without power: the module is not set to keep its counts."""
        self._counts = [0] * INPUTS

    def read(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC4.

        Raises:
            Refused: another function, or no counter.
        """
        if function != INPUT:
            raise Refused(ExcCodes.ILLEGAL_FUNCTION)
        wanted = range(address, address + count)
        if not (wanted.start in _COUNTERS and wanted[-1] in _COUNTERS):
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        registers = [0] * len(_COUNTERS)
        for channel, pulses in enumerate(self._counts):
            put(registers, 2 * channel, 2, pulses)
        return [registers[at - _COUNTERS.start] for at in wanted]

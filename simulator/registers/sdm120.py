"""A single-phase meter that answers as an Eastron SDM120 does: FC4, IEEE 754 floats, most significant word first.

Energies are whole watt-hours shown in kilowatt-hours. A single-precision float holds every watt-hour up to 16,777 kWh,
here as in the real meter.
"""

import math
import random
from typing import Final

from pymodbus.constants import ExcCodes

from .bank import HOLDING
from .face import Reading
from .words import Refused, float32, put

MAX_REGISTERS: Final = 80
"""Forty parameters in one request."""

_LIVE: Final = range(0x005A)
_TOTALS: Final = range(0x0156, 0x015A)
_VOLT, _AMP, _WATT, _VA, _VAR, _PF, _ANGLE = 0x00, 0x06, 0x0C, 0x12, 0x18, 0x1E, 0x24
_HERTZ, _IMPORT, _EXPORT = 0x46, 0x48, 0x4A
_TOTAL: Final = 0x0156
_SERIAL: Final = 0xFC00
_CODE: Final = 0xFC02
_METER_CODE: Final = 0x0020
_POWER_FACTOR: Final = 0.98
_PHASE_DEGREES: Final = math.degrees(math.acos(_POWER_FACTOR))
_REACTIVE: Final = math.tan(math.acos(_POWER_FACTOR))


class Sdm120Face:
    """The registers of one meter."""

    def __init__(self, serial: int) -> None:
        self._ranges: dict[int, list[int]] = {}
        self._plate = [0, 0, _METER_CODE]
        put(self._plate, 0, 2, serial)

    def show(self, reading: Reading) -> None:
        """Put a second's reading into the two ranges of FC4 registers."""
        volt = reading.grid.voltage_mv / 1000
        watt = reading.power_mw / 1000
        apparent = abs(watt) / _POWER_FACTOR
        live = [0] * len(_LIVE)
        values = {
            _VOLT: volt,
            _AMP: apparent / volt if volt else 0.0,
            _WATT: watt,
            _VA: apparent,
            _VAR: watt * _REACTIVE,
            _PF: _POWER_FACTOR if watt else 1.0,
            _ANGLE: _PHASE_DEGREES if watt else 0.0,
            _HERTZ: reading.grid.frequency_mhz / 1000,
            _IMPORT: reading.energy.import_wh / 1000,
            _EXPORT: reading.energy.export_wh / 1000,
        }
        for address, value in values.items():
            live[address : address + 2] = float32(value)
        total = [*float32((reading.energy.import_wh + reading.energy.export_wh) / 1000), 0, 0]
        self._ranges = {_LIVE.start: live, _TOTALS.start: total}

    def read(self, function: int, address: int, count: int) -> list[int]:
        """Answer FC3, the serial number and the meter's code, or FC4.

        Raises:
            Refused: an odd address or count, too many registers, or an address that the meter has not.
        """
        if function == HOLDING:
            if address < _SERIAL or address + count > _CODE + 1:
                raise Refused(ExcCodes.ILLEGAL_ADDRESS)
            return self._plate[address - _SERIAL : address - _SERIAL + count]
        if count > MAX_REGISTERS or count % 2:
            raise Refused(ExcCodes.ILLEGAL_VALUE)
        for start, registers in self._ranges.items():
            if start <= address and address + count <= start + len(registers) and address % 2 == 0:
                return registers[address - start : address - start + count]
        raise Refused(ExcCodes.ILLEGAL_ADDRESS)

    def disturb(self, function: int, _address: int, registers: list[int], draw: random.Random) -> list[int]:
        """Measurements as a broken meter would give them; its plate stays."""
        if function == HOLDING:
            return registers
        wild: list[int] = []
        for _ in range(len(registers) // 2):
            wild += float32(draw.choice([None, float("inf"), -1e30, 3.4e38, draw.uniform(-1e9, 1e9)]))
        return wild

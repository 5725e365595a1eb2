"""A CHINT DDSU666: FC3, IEEE 754 floats high word first, power in kilowatts, one phase.

Points as OpenEMS io.openems.edge.meter.chint.ddsu666 (0e4ea88) describes them. Energies are whole watt-hours shown in
kilowatt-hours: no source states a coarser step, and a single-precision float holds each up to 16,777 kWh.
"""

import math
from typing import Final

from .bank import Bank, Order, Space
from .face import Reading

_POWER_FACTOR: Final = 0.98
_REACTIVE: Final = math.tan(math.acos(_POWER_FACTOR))

_LAYOUT: Final = """
    voltage:f32:0x2000 current:f32:0x2002 power:f32:0x2004 reactive:f32:0x2006 factor:f32:0x200A frequency:f32:0x200E
    energy_import:f32:0x4000 energy_export:f32:0x400A
"""


class ChintFace(Bank):
    """The registers of one meter."""

    def __init__(self) -> None:
        self._space = Space(Order.HIGH_FIRST, _LAYOUT, (range(0x2000, 0x2012), range(0x4000, 0x400C)))
        super().__init__(holding=self._space)

    def show(self, reading: Reading) -> None:
        """Put a second's reading into the registers."""
        volt = reading.grid.voltage_mv / 1000
        kilowatt = reading.power_mw / 1_000_000
        self._space.set_floats(
            {
                "voltage": volt,
                "current": abs(kilowatt) * 1000 / _POWER_FACTOR / volt if volt else 0.0,
                "power": kilowatt,
                "reactive": kilowatt * _REACTIVE,
                "factor": _POWER_FACTOR if kilowatt else 1.0,
                "frequency": reading.grid.frequency_mhz / 1000,
                "energy_import": reading.energy.import_wh / 1000,
                "energy_export": reading.energy.export_wh / 1000,
            }
        )

"""A Carlo Gavazzi EM340 or EM540: FC4 (FC3 reads the same), 32-bit integers low word first, three phases.

Points as the library carlo_gavazzi_energy_meter_modbus 0.1.1 and mbmd (fb8f9c2) describe them. Both tell energy in
0.1 kWh; an EM540 in whole watt-hours, too, in 64 bits. The flat's load is spread evenly over the three phases, each
with the voltage that the flat's line has.
"""

from typing import Final

from ..physics import MJ_PER_WH
from .bank import Bank, Order, Space
from .face import Reading

STEP_WH: Final = 100
"""Of an EM340's counters."""

_EVERY: Final = """
    voltage_l1:i32:0x00 voltage_l2:i32:0x02 voltage_l3:i32:0x04
    current_l1:i32:0x0C current_l2:i32:0x0E current_l3:i32:0x10 power_l1:i32:0x12 power_l2:i32:0x14 power_l3:i32:0x16
    power:i32:0x28 frequency:i16:0x33 energy_import:i32:0x34 energy_export:i32:0x4E
"""
_FINE: Final = " import_wh:i64:0x500 export_wh:i64:0x51C"
_BLOCKS: Final = (range(0x50),)
_FINE_BLOCKS: Final = (*_BLOCKS, range(0x500, 0x520))


class CarloGavazziFace(Bank):
    """The registers of one meter.

    Args:
        fine: an EM540, which counts in watt-hours.
    """

    def __init__(self, *, fine: bool) -> None:
        self._fine = fine
        layout, blocks = (_EVERY + _FINE, _FINE_BLOCKS) if fine else (_EVERY, _BLOCKS)
        self._space = Space(Order.LOW_FIRST, layout, blocks)
        super().__init__(holding=self._space, inputs=self._space)

    def show(self, reading: Reading) -> None:
        """Put a second's reading into the registers."""
        volt = reading.grid.voltage_mv
        # Rounded towards 0, so that phases and total do not drift apart.
        tenths_w = abs(reading.power_mw) // 100 * (1 if reading.power_mw >= 0 else -1)
        milliamp = reading.power_mw * 1000 // volt // 3 if volt else 0
        phases: dict[str, int] = {}
        for phase in (1, 2, 3):
            phases |= {f"voltage_l{phase}": volt // 100, f"current_l{phase}": milliamp}
            phases[f"power_l{phase}"] = tenths_w // 3
        self._space.set(
            phases
            | {
                "power": tenths_w,
                "frequency": reading.grid.frequency_mhz // 100,
                "energy_import": reading.energy.import_mj // (STEP_WH * MJ_PER_WH),
                "energy_export": reading.energy.export_mj // (STEP_WH * MJ_PER_WH),
            }
        )
        if self._fine:
            self._space.set({"import_wh": reading.energy.import_wh, "export_wh": reading.energy.export_wh})

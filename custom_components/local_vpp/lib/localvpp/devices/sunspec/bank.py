"""The battery behind an inverter as its own management tells of it: SunSpec 802 (any bank) and 803 (lithium-ion).

Few inverters pass them on. Model 802 is read by one request, for current and voltage belong together; the
temperatures of model 803 move slowly and are read with the plate. 803's strings are not read: the bank's extremes are
what a trace of its life needs. A state of health is also told by model 713, which counts where 802 has none.

The sign of the current is that of 802's power, whose convention is the maker's. It is taken from the inverter's power
where both are known and large enough to have a sign; without it the current is unknown.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecModels, int16

from ..capability import BatteryReading, Failures
from ..plausible import percent, within
from ..polling import Block
from .layout import place
from .models.storage import Battery

BANK, CELLS = "bank", "cells"

_BANK_FIELDS: Final = ("so_h", "v", "cell_v_max", "cell_v_min", "a")
_CELLS_FIELDS: Final = ("mod_tmp_max", "mod_tmp_min")

TERMINAL_V: Final = (10.0, 1000.0)
CELL_V: Final = (0.5, 5.0)
CELL_C: Final = (-40.0, 120.0)
SIGNED_W: Final = 50.0
"""Below, the power of an inverter may be its own consumption."""


class _Temperatures(SunSpecComponent):
    """Model 803's header, as far as it is needed: the generated model would read all strings each time."""

    mod_tmp_max = int16(4, scale_register=23, unit="C")
    mod_tmp_min = int16(7, scale_register=23, unit="C")


class Bank:
    """What models 802 and 803 of one device add to its battery."""

    def __init__(self, what: str, unit: ModbusUnit, models: SunSpecModels) -> None:
        bank, cells = models.first(802), models.first(803)
        self._bank = place(what, Battery, unit, bank, _BANK_FIELDS) if bank else None
        self._cells = place(what, _Temperatures, unit, cells, _CELLS_FIELDS) if cells else None

    @property
    def live(self) -> Mapping[str, Block]:
        """Blocks of current and voltage, whose steps tell the battery's resistance."""
        return {} if self._bank is None else {BANK: self._bank}

    @property
    def static(self) -> Mapping[str, Block]:
        """Blocks that are read now and then."""
        return {} if self._cells is None else {CELLS: self._cells}

    def told(self, reading: BatteryReading, failed: Failures) -> BatteryReading:
        """Return a reading with what these models know beside it."""
        if self._bank is not None and BANK not in failed:
            health = percent(self._bank.so_h)
            reading = replace(
                reading,
                soh_percent=reading.soh_percent if health is None else health,
                voltage_v=within(self._bank.v, TERMINAL_V),
                current_a=_signed(self._bank.a, reading.power_w),
                cell_min_v=within(self._bank.cell_v_min, CELL_V),
                cell_max_v=within(self._bank.cell_v_max, CELL_V),
            )
        if self._cells is not None and CELLS not in failed:
            reading = replace(
                reading,
                cell_min_c=within(self._cells.mod_tmp_min, CELL_C),
                cell_max_c=within(self._cells.mod_tmp_max, CELL_C),
            )
        return reading


def _signed(amperes: float | None, power_w: float | None) -> float | None:
    if amperes is None or power_w is None:
        return None
    if abs(power_w) < SIGNED_W:
        return 0.0 if amperes == 0 else None
    return abs(amperes) if power_w > 0 else -abs(amperes)

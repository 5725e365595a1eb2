"""The battery behind an inverter as its own management tells of it: SunSpec 802 (any bank), 803 and 804 (lithium-ion).

Few inverters pass them on. Model 802 is read by one request, for current and voltage belong together; the
temperatures of model 803 move slowly and are read with the plate. 803's strings are not read: the bank's extremes are
what a trace of its life needs. A state of health is also told by model 713, which counts where 802 has none. Charge and
capacity are the storage model's (124 or 713), and 802's where that has none.

Model 804 is one string of the bank, with the extremes of its modules. Its cells count where 802 leaves them out, which
may, and its temperatures where there is no 803; of several strings all must be known, for the weakest may be the one
that is not. Model 805, a module with each of its cells, adds nothing to these extremes and is passed over.

The sign of the current is that of 802's power, whose convention is the maker's. It is taken from the inverter's power
where both are known and large enough to have a sign; without it the current is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecModels, int16, uint16

from ..capability import BatteryReading, Failures
from ..plausible import percent, within
from ..polling import Block
from .layout import place
from .models.storage import Battery
from .reserve import Reserve

BANK, CELLS = "bank", "cells"

MOST_STRINGS: Final = 8
"""No battery of a flat has more; each is a request."""

_BANK_FIELDS: Final = ("wh_rtg", "so_c", "so_h", "v", "cell_v_max", "cell_v_min", "a", "so_c_rsv_min")
_STRING_FIELDS: Final = ("so_h", "cell_v_max", "cell_v_min", "mod_tmp_max", "mod_tmp_min")
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


class _String(SunSpecComponent):
    """Model 804's header, as far as it is needed: the generated model would read all modules each time."""

    so_h = uint16(12, scale_register=39, unit="%")
    cell_v_max = uint16(15, scale_register=43, unit="V")
    cell_v_min = uint16(17, scale_register=43, unit="V")
    mod_tmp_max = int16(20, scale_register=44, unit="C")
    mod_tmp_min = int16(22, scale_register=44, unit="C")


class Bank:
    """What models 802 to 804 of one device add to its battery."""

    def __init__(self, what: str, unit: ModbusUnit, models: SunSpecModels) -> None:
        bank, cells = models.first(802), models.first(803)
        self._bank = place(what, Battery, unit, bank, _BANK_FIELDS) if bank else None
        self._cells = place(what, _Temperatures, unit, cells, _CELLS_FIELDS) if cells else None
        found = models.get(804, [])
        self._strings = {
            f"string{number}": place(what, _String, unit, model, _STRING_FIELDS)
            for number, model in enumerate(found if len(found) <= MOST_STRINGS else [], 1)
        }
        self.reserve = None if self._bank is None else Reserve(what, unit, self._bank, "so_c_rsv_min")

    @property
    def live(self) -> Mapping[str, Block]:
        """Blocks of current and voltage, whose steps tell the battery's resistance."""
        return {} if self._bank is None else {BANK: self._bank}

    @property
    def static(self) -> Mapping[str, Block]:
        """Blocks that are read now and then."""
        cells: Mapping[str, Block] = {} if self._cells is None else {CELLS: self._cells}
        return {**cells, **self._strings}

    def told(self, reading: BatteryReading, failed: Failures) -> BatteryReading:
        """Return a reading with what these models know beside it."""
        if self._bank is not None and BANK not in failed:
            health = percent(self._bank.so_h)
            capacity = self._bank.wh_rtg
            reading = replace(
                reading,
                soc_percent=_else(reading.soc_percent, percent(self._bank.so_c)),
                capacity_wh=round(capacity) if capacity and reading.capacity_wh is None else reading.capacity_wh,
                reserve_percent=_else(reading.reserve_percent, percent(self._bank.so_c_rsv_min)),
                soh_percent=_else(health, reading.soh_percent),
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
        return self._of_strings(reading, failed)

    def _of_strings(self, reading: BatteryReading, failed: Failures) -> BatteryReading:
        """Fill in what the bank leaves out, where every string tells it."""
        if not self._strings or not failed.keys().isdisjoint(self._strings):
            return reading
        strings = self._strings.values()
        return replace(
            reading,
            soh_percent=_else(reading.soh_percent, _least([percent(string.so_h) for string in strings])),
            cell_min_v=_else(reading.cell_min_v, _least([within(string.cell_v_min, CELL_V) for string in strings])),
            cell_max_v=_else(reading.cell_max_v, _most([within(string.cell_v_max, CELL_V) for string in strings])),
            cell_min_c=_else(reading.cell_min_c, _least([within(string.mod_tmp_min, CELL_C) for string in strings])),
            cell_max_c=_else(reading.cell_max_c, _most([within(string.mod_tmp_max, CELL_C) for string in strings])),
        )


def _else(known: float | None, other: float | None) -> float | None:
    return other if known is None else known


def _least(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return min(known) if len(known) == len(values) else None


def _most(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if len(known) == len(values) else None


def _signed(amperes: float | None, power_w: float | None) -> float | None:
    if amperes is None or power_w is None:
        return None
    if abs(power_w) < SIGNED_W:
        return 0.0 if amperes == 0 else None
    return abs(amperes) if power_w > 0 else -abs(amperes)

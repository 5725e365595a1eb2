"""A Huawei SUN2000 with a LUNA2000 battery: FC3 and FC16, numbers high word first, no read across a gap.

Points as huawei-solar-lib's registers.py (873c1b3) describes them. A forcible charge or discharge holds for the minutes
that stand at 47083 when it is commanded at 47100; then the device stops it by itself. Every public controller writes
the command again to renew it, and none says what a new time alone would do: here that does nothing. With the setting
mode "target SoC" (47246 = 1) it would hold until that charge: the device takes no such command here.
"""

from dataclasses import dataclass, replace
from typing import Final

from pymodbus.constants import ExcCodes

from ..physics import (
    MJ_PER_WH,
    Controls,
    Flat,
    Inverter,
    InverterRating,
    Link,
    Orders,
    Rating,
    expired,
    soc_permille,
)
from .bank import Bank, Order, Space, within
from .face import terminals
from .words import Refused

_STOP, _CHARGE, _DISCHARGE = 0, 1, 2
_BY_DURATION: Final = 0
_LONGEST_MIN: Final = 1440
_METER_NORMAL, _SELF_CONSUMPTION = 1, 2
_BATTERY_STANDBY, _BATTERY_RUNNING = 1, 2
_OFF_GRID_BIT, _SWITCH_BIT = 1, 2
_STANDBY, _DETECTING, _ON_GRID, _LIMITED, _OFF_GRID, _OFF_GRID_CHARGING, _SHUT_DOWN = (
    0x0000,
    0x0003,
    0x0200,
    0x0201,
    0x0203,
    0x0A00,
    0x0301,
)
_TEN_WH_MJ: Final = 10 * MJ_PER_WH

_LAYOUT: Final = """
    model:str15:30000 serial:str10:30015 rated_power:u32:30075
    state_3:u32:32003 pv_power:i32:32064 voltage:u16:32069 active_power:i32:32080 frequency:u16:32085
    device_status:u16:32089 energy_pv:u32:32106
    max_charge:u32:37046 max_discharge:u32:37048
    meter_status:u16:37100 grid_voltage:i32:37101 grid_power:i32:37113 grid_frequency:i16:37118
    energy_export:i32:37119 energy_import:i32:37121
    capacity:u32:37758 soc:u16:37760 battery_status:u16:37762 battery_power:i32:37765
    energy_charge:u32:37780 energy_discharge:u32:37782
    minutes:u16:47083:rw working_mode:u16:47086 command:u16:47100:rw backup_soc:u16:47102:rw
    setting_mode:u16:47246:rw charge_power:u32:47247:rw discharge_power:u32:47249:rw
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HuaweiControls:
    """The forcible command, its powers in watts, and when it stops."""

    command: int = _STOP
    minutes: int = 0
    charge_w: int = 0
    discharge_w: int = 0
    until_ms: int | None = None
    backup_permille: int = 50

    def at(self, now_ms: int) -> HuaweiControls:
        """These settings, stopped when the command's minutes are over."""
        return replace(self, command=_STOP, until_ms=None) if expired(self.until_ms, now_ms) else self

    def orders(self, rating: Rating) -> Orders:
        """The power is the battery's own."""
        low, high = -rating.charge_mw, rating.discharge_mw
        if self.command != _STOP:
            power = -self.charge_w if self.command == _CHARGE else self.discharge_w
            low = high = min(max(power * 1000, low), high)
        return Orders(
            run=True,
            ac_limit_mw=rating.ac_mw,
            battery_low_mw=low,
            battery_high_mw=high,
            reserve=self.backup_permille * 10,
        )


class HuaweiFace(Bank):
    """The registers of one device."""

    def __init__(self, rating: InverterRating, serial: str, nominal_hz: int) -> None:
        assert rating.battery is not None, "this family is of hybrids"
        self._battery = rating.battery
        self._nominal_hz = nominal_hz
        self._space = Space(Order.HIGH_FIRST, _LAYOUT)
        super().__init__(holding=self._space)
        self._space.set_text("model", "SUN2000 simulated")
        self._space.set_text("serial", serial)
        self._most = {
            "max_charge": rating.battery.charge_mw // 1000,
            "max_discharge": rating.battery.discharge_mw // 1000,
        }
        self._space.set(
            {
                "rated_power": rating.ac_mw // 1000,
                "capacity": rating.battery.capacity_mj // MJ_PER_WH,
                "meter_status": _METER_NORMAL,
                "working_mode": _SELF_CONSUMPTION,
                **self._most,
            }
        )

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the settings' present values into the registers."""
        inverter = flat.inverter
        assert inverter is not None
        controls = inverter.controls
        assert isinstance(controls, HuaweiControls)
        made = terminals(flat, self._nominal_hz)
        self._space.set(
            {
                "state_3": _SWITCH_BIT | (_OFF_GRID_BIT if inverter.link is Link.FORMING else 0),
                "pv_power": inverter.pv_dc_mw // 1000,
                "voltage": made.voltage_mv // 100,
                "active_power": inverter.ac_mw // 1000,
                "frequency": made.frequency_mhz // 10,
                "device_status": _status(inverter),
                "energy_pv": inverter.pv_dc_mj // _TEN_WH_MJ,
                "grid_voltage": flat.grid.voltage_mv // 100,
                "grid_power": -flat.grid_mw // 1000,
                "grid_frequency": flat.grid.frequency_mhz // 10,
                "energy_export": flat.meter.export_mj // _TEN_WH_MJ,
                "energy_import": flat.meter.import_mj // _TEN_WH_MJ,
                "soc": soc_permille(self._battery, inverter.stored_mj),
                "battery_status": _BATTERY_RUNNING if inverter.battery_mw else _BATTERY_STANDBY,
                "battery_power": -inverter.battery_mw // 1000,
                "energy_charge": inverter.charged_mj // _TEN_WH_MJ,
                "energy_discharge": inverter.discharged_mj // _TEN_WH_MJ,
                "minutes": controls.minutes,
                "command": controls.command,
                "backup_soc": controls.backup_permille,
                "charge_power": controls.charge_w,
                "discharge_power": controls.discharge_w,
            }
        )

    def write(self, controls: Controls, address: int, words: list[int], now_ms: int) -> HuaweiControls:
        """The settings after a write.

        Raises:
            Refused: an address or a value that the device does not take, or a command without a time.
        """
        assert isinstance(controls, HuaweiControls)
        values = self._space.decode(address, words)
        within(
            values,
            {
                "minutes": range(_LONGEST_MIN + 1),
                "command": range(3),
                "backup_soc": range(1001),
                "setting_mode": frozenset({_BY_DURATION}),
                "charge_power": range(self._most["max_charge"] + 1),
                "discharge_power": range(self._most["max_discharge"] + 1),
            },
        )
        minutes = values.get("minutes", controls.minutes)
        command = values.get("command", controls.command)
        until_ms = controls.until_ms
        if command == _STOP:
            until_ms = None
        elif "command" in values:
            if not minutes:
                raise Refused(ExcCodes.ILLEGAL_VALUE)
            until_ms = now_ms + minutes * 60_000
        return HuaweiControls(
            command=command,
            minutes=minutes,
            charge_w=values.get("charge_power", controls.charge_w),
            discharge_w=values.get("discharge_power", controls.discharge_w),
            until_ms=until_ms,
            backup_permille=values.get("backup_soc", controls.backup_permille),
        )


def _status(inverter: Inverter) -> int:
    match inverter.link:
        case Link.FORMING:
            return _OFF_GRID_CHARGING if inverter.battery_mw < 0 else _OFF_GRID
        case Link.WAITING:
            return _DETECTING
        case Link.DOWN:
            return _STANDBY
        case Link.STOPPED:
            return _SHUT_DOWN
        case Link.FOLLOWING:
            return _LIMITED if inverter.throttled else _ON_GRID

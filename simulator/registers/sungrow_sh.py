"""A Sungrow SH hybrid: FC4 for readings, FC3 and FC16 for settings, numbers low word first, addresses from 0.

Points as mkaiser's modbus_sungrow.yaml (63beec6) and OpenEMS io.openems.edge.ess.sungrow describe them. The mode
External EMS lives as long as its heartbeat: a register of seconds that the device counts down by itself. At 0 the
device goes back to self-consumption and forgets command and power. The forced mode has no such end.

The battery's power is told as old firmware does, without a sign; the flags at 13000 tell the direction.
"""

from dataclasses import dataclass, replace
from typing import Final

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
    remaining_s,
    soc_permille,
)
from .bank import Bank, Order, Space, within
from .face import backup, terminals

_SELF_CONSUMPTION, _FORCED, _EXTERNAL_EMS, _VPP = 0, 2, 3, 4
_CHARGE, _DISCHARGE, _STOP = 0xAA, 0xBB, 0xCC
_GRACE_S: Final = 30
"""External EMS without any heartbeat ends by itself within half a minute (mkaiser's issue 721)."""
_BATTERY_MV: Final = 51_200
_TENTH_KWH_MJ: Final = 100 * MJ_PER_WH

_RUNNING, _STANDBY, _STARTING, _STOPPED = 0x0040, 0x1400, 0x1600, 0x8000
_FORCED_RUNNING, _EMS_RUNNING, _OFF_GRID, _OFF_GRID_CHARGING = 0x0800, 0x4000, 0x1000, 0x0041

_INPUTS: Final = """
    serial:str10:4989 device_type:u16:4999 rated_power:u16:5000
    pv_power:u32:5016 voltage:u16:5018
    frequency:u16:5241
    capacity:u16:5638
    backup_l1:i16:5722 backup_l2:i16:5723 backup_l3:i16:5724 backup_power:i32:5725 backup_voltage:u16:5730
    backup_frequency:u16:5733
    run_state:u16:12999 flow:u16:13000 energy_pv:u32:13002 load_power:i32:13007 grid_power:i32:13009
    battery_voltage:u16:13019 battery_current:i16:13020 battery_power:i16:13021 soc:u16:13022 soh:u16:13023
    temperature:i16:13024 energy_discharge:u32:13026 active_power:i32:13033 energy_import:u32:13036
    energy_charge:u32:13040 energy_export:u32:13045
"""
_HOLDINGS: Final = """
    mode:u16:13049:rw command:u16:13050:rw power:u16:13051:rw
    max_soc:u16:13057 min_soc:u16:13058
    heartbeat:u16:13079:rw
    reserve:u16:13099:rw
    max_charge:u16:33046 max_discharge:u16:33047
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SungrowControls:
    """What stands in the settings; the heartbeat as the moment of the simulation's clock at which it is 0."""

    mode: int = _SELF_CONSUMPTION
    command: int = _STOP
    power_w: int = 0
    heartbeat_ms: int | None = None
    reserve_percent: int = 5

    def at(self, now_ms: int) -> SungrowControls:
        """These settings, in self-consumption again when the heartbeat has run out."""
        if not expired(self.heartbeat_ms, now_ms):
            return self
        if self.mode != _EXTERNAL_EMS:
            return replace(self, heartbeat_ms=None)
        return replace(self, mode=_SELF_CONSUMPTION, command=_STOP, power_w=0, heartbeat_ms=None)

    def orders(self, rating: Rating) -> Orders:
        """The power is the battery's own."""
        low, high = -rating.charge_mw, rating.discharge_mw
        if self.mode in {_FORCED, _EXTERNAL_EMS}:
            power = {_CHARGE: -self.power_w, _DISCHARGE: self.power_w, _STOP: 0}[self.command] * 1000
            low = high = min(max(power, low), high)
        return Orders(
            run=True,
            ac_limit_mw=rating.ac_mw,
            battery_low_mw=low,
            battery_high_mw=high,
            reserve=self.reserve_percent * 100,
        )


class SungrowFace(Bank):
    """The registers of one device."""

    def __init__(self, rating: InverterRating, serial: str, nominal_hz: int) -> None:
        assert rating.battery is not None, "this family is of hybrids"
        self._battery = rating.battery
        self._inputs = Space(Order.LOW_FIRST, _INPUTS, (range(5016, 5021), range(5722, 5734), range(12999, 13047)))
        self._holdings = Space(Order.LOW_FIRST, _HOLDINGS)
        super().__init__(holding=self._holdings, inputs=self._inputs)
        self._nominal_hz = nominal_hz
        self._inputs.set_text("serial", serial)
        self._inputs.set(
            {
                "rated_power": rating.ac_mw // 100_000,
                "capacity": rating.battery.capacity_mj // MJ_PER_WH // 10,
                "battery_voltage": _BATTERY_MV // 100,
                "soh": 1000,
                "temperature": 251,
            }
        )
        self._holdings.set(
            {
                "max_soc": 1000,
                "min_soc": rating.battery.floor_permille,
                "max_charge": rating.battery.charge_mw // 10_000,
                "max_discharge": rating.battery.discharge_mw // 10_000,
            }
        )
        self._powers = rating.powers

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the settings' present values into the registers."""
        inverter = flat.inverter
        assert inverter is not None
        controls = inverter.controls
        assert isinstance(controls, SungrowControls)
        made = terminals(flat, self._nominal_hz)
        own, own_mw = backup(flat, self._nominal_hz)
        battery_w = abs(inverter.battery_mw) // 1000
        self._inputs.set(
            {
                "pv_power": inverter.pv_dc_mw // 1000,
                "voltage": made.voltage_mv // 100,
                "frequency": made.frequency_mhz // 10,
                "backup_l1": own_mw // 1000,
                "backup_power": own_mw // 1000,
                "backup_voltage": own.voltage_mv // 100,
                "backup_frequency": own.frequency_mhz // 10,
                "run_state": _state(inverter, controls),
                "flow": _flow(flat, inverter),
                "energy_pv": inverter.pv_dc_mj // _TENTH_KWH_MJ,
                "load_power": flat.load_mw // 1000,
                "grid_power": -flat.grid_mw // 1000,
                "battery_current": battery_w * 10_000 // _BATTERY_MV,
                "battery_power": battery_w,
                "soc": soc_permille(self._battery, inverter.stored_mj),
                "energy_discharge": inverter.discharged_mj // _TENTH_KWH_MJ,
                "active_power": inverter.ac_mw // 1000,
                "energy_import": flat.meter.import_mj // _TENTH_KWH_MJ,
                "energy_charge": inverter.charged_mj // _TENTH_KWH_MJ,
                "energy_export": flat.meter.export_mj // _TENTH_KWH_MJ,
            }
        )
        self._holdings.set(
            {
                "mode": controls.mode,
                "command": controls.command,
                "power": controls.power_w,
                "heartbeat": remaining_s(controls.heartbeat_ms, flat.clock_ms),
                "reserve": controls.reserve_percent,
            }
        )

    def write(self, controls: Controls, address: int, words: list[int], now_ms: int) -> SungrowControls:
        """The settings after a write.

        Raises:
            Refused: an address or a value that the device does not take.
        """
        assert isinstance(controls, SungrowControls)
        values = self._holdings.decode(address, words)
        most_w = max(self._powers.charge_mw, self._powers.discharge_mw) // 1000
        within(
            values,
            {
                "mode": frozenset({_SELF_CONSUMPTION, _FORCED, _EXTERNAL_EMS, _VPP}),
                "command": frozenset({_CHARGE, _DISCHARGE, _STOP}),
                "power": range(most_w + 1),
                "heartbeat": range(1, 1001),
                "reserve": range(101),
            },
        )
        heartbeat_ms = controls.heartbeat_ms
        mode = values.get("mode", controls.mode)
        if "heartbeat" in values:
            heartbeat_ms = now_ms + values["heartbeat"] * 1000
        elif mode == _EXTERNAL_EMS and heartbeat_ms is None:
            heartbeat_ms = now_ms + _GRACE_S * 1000
        return replace(
            controls,
            mode=mode,
            command=values.get("command", controls.command),
            power_w=values.get("power", controls.power_w),
            heartbeat_ms=heartbeat_ms,
            reserve_percent=values.get("reserve", controls.reserve_percent),
        )


def _state(inverter: Inverter, controls: SungrowControls) -> int:
    match inverter.link:
        case Link.FORMING:
            return _OFF_GRID_CHARGING if inverter.battery_mw < 0 else _OFF_GRID
        case Link.WAITING:
            return _STARTING
        case Link.DOWN:
            return _STANDBY
        case Link.STOPPED:
            return _STOPPED
        case Link.FOLLOWING:
            return {_FORCED: _FORCED_RUNNING, _EXTERNAL_EMS: _EMS_RUNNING}.get(controls.mode, _RUNNING)


def _flow(flat: Flat, inverter: Inverter) -> int:
    flags = (
        inverter.pv_mw > 0,
        inverter.battery_mw < 0,
        inverter.battery_mw > 0,
        flat.load_mw > 0,
        flat.grid_mw < 0,
        flat.grid_mw > 0,
    )
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)

"""A SolaX X1-Hybrid G4: FC4 for readings, FC3 and FC16 for settings, numbers low word first.

Points as plugin_solax.py of homeassistant-solax-modbus (27875b3) describes them. The remote control is one block of 13
registers from 0x7C that is taken in a single FC16 and kept in no memory: a power at the inverter's AC terminals, PV and
battery together, positive when they take, and the seconds for which it holds. Then the inverter does as before.
The installer has unlocked it: register 0x54 says so.
"""

from dataclasses import dataclass, replace
from typing import Final

from pymodbus.constants import ExcCodes

from ..physics import (
    MJ_PER_WH,
    Controls,
    Flat,
    InverterRating,
    Link,
    Orders,
    Rating,
    expired,
    soc_permille,
)
from .bank import Bank, Order, Space, within
from .face import backup, terminals
from .words import Refused

_DISABLED, _POWER_CONTROL = 0, 1
_BLOCK, _BLOCK_WORDS = 0x7C, 13
_DEFAULT_S: Final = 20
_BATTERY_MV: Final = 51_200
_UNLOCKED: Final = 1
_TENTH_KWH_MJ: Final = 100 * MJ_PER_WH
_HUNDREDTH_KWH_MJ: Final = 10 * MJ_PER_WH
_RUN_MODES: Final = {Link.FOLLOWING: 2, Link.WAITING: 1, Link.FORMING: 7, Link.DOWN: 6, Link.STOPPED: 10}

_INPUTS: Final = """
    voltage:u16:0x00 inverter_power:i16:0x02 frequency:u16:0x07 run_mode:u16:0x09 pv1_power:u16:0x0A pv2_power:u16:0x0B
    battery_voltage:i16:0x14 battery_current:i16:0x15 battery_power:i16:0x16 temperature:i16:0x18 grid_status:u16:0x1A
    soc:u16:0x1C energy_discharge:u32:0x1D energy_charge:u32:0x21
    grid_power:i32:0x46 energy_export:u32:0x48 energy_import:u32:0x4A
    eps_voltage:u16:0x4C eps_current:u16:0x4D eps_power:u16:0x4E eps_frequency:u16:0x4F lock_state:u16:0x54
    energy_pv:u32:0x94 grid_frequency:u16:0xC8
    vpp_mode:u16:0x100 vpp_target:i32:0x102
"""
_HOLDINGS: Final = "serial:str7:0x00"
_VPP: Final = """
    mode:u16:0x7C:rw set_type:u16:0x7D:rw active_power:i32:0x7E:rw reactive_power:i32:0x80:rw duration:u16:0x82:rw
    target_soc:u16:0x83:rw target_energy:u32:0x84:rw battery_power:i32:0x86:rw timeout:u16:0x88:rw
"""
"""What is written at 0x7C and read nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolaxControls:
    """The remote control: the power to take at the AC terminals, and until when; None: it is off."""

    take_w: int | None = None
    until_ms: int | None = None

    def at(self, now_ms: int) -> SolaxControls:
        """This remote control, off when its time is over."""
        return SolaxControls() if expired(self.until_ms, now_ms) else self

    def orders(self, rating: Rating) -> Orders:
        """The power is that of PV and battery together."""
        return Orders(
            run=True,
            ac_limit_mw=rating.ac_mw,
            battery_low_mw=-rating.charge_mw,
            battery_high_mw=rating.discharge_mw,
            ac_target_mw=None if self.take_w is None else -self.take_w * 1000,
            reserve=1000,
        )


class SolaxFace(Bank):
    """The registers of one device."""

    def __init__(self, rating: InverterRating, serial: str, nominal_hz: int) -> None:
        assert rating.battery is not None, "this family is of hybrids"
        self._battery = rating.battery
        self._nominal_hz = nominal_hz
        self._inputs = Space(Order.LOW_FIRST, _INPUTS, (range(0x104),))
        self._vpp = Space(Order.LOW_FIRST, _VPP)
        holdings = Space(Order.LOW_FIRST, _HOLDINGS)
        super().__init__(holding=holdings, inputs=self._inputs)
        holdings.set_text("serial", serial)
        self._inputs.set({"lock_state": _UNLOCKED, "battery_voltage": _BATTERY_MV // 100, "temperature": 25})

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the remote control's present values into the registers."""
        inverter = flat.inverter
        assert inverter is not None
        controls = inverter.controls
        assert isinstance(controls, SolaxControls)
        made = terminals(flat, self._nominal_hz)
        own, own_mw = backup(flat, self._nominal_hz)
        pv_w = inverter.pv_dc_mw // 1000
        self._inputs.set(
            {
                "voltage": made.voltage_mv // 100,
                "inverter_power": inverter.ac_mw // 1000,
                "frequency": made.frequency_mhz // 10,
                "run_mode": _RUN_MODES[inverter.link],
                "pv1_power": pv_w - pv_w // 2,
                "pv2_power": pv_w // 2,
                "battery_current": -inverter.battery_mw * 10 // _BATTERY_MV,
                "battery_power": -inverter.battery_mw // 1000,
                "grid_status": int(flat.forming),
                "soc": soc_permille(self._battery, inverter.stored_mj) // 10,
                "energy_discharge": inverter.discharged_mj // _TENTH_KWH_MJ,
                "energy_charge": inverter.charged_mj // _TENTH_KWH_MJ,
                "grid_power": -flat.grid_mw // 1000,
                "energy_export": flat.meter.export_mj // _HUNDREDTH_KWH_MJ,
                "energy_import": flat.meter.import_mj // _HUNDREDTH_KWH_MJ,
                "eps_voltage": own.voltage_mv // 100,
                "eps_current": own_mw * 10 // own.voltage_mv if own.voltage_mv else 0,
                "eps_power": own_mw // 1000,
                "eps_frequency": own.frequency_mhz // 10,
                "energy_pv": inverter.pv_dc_mj // _TENTH_KWH_MJ,
                "grid_frequency": flat.grid.frequency_mhz // 10,
                "vpp_mode": _DISABLED if controls.take_w is None else _POWER_CONTROL,
                "vpp_target": controls.take_w or 0,
            }
        )

    def write(self, controls: Controls, address: int, words: list[int], now_ms: int) -> SolaxControls:
        """The remote control after a write.

        Raises:
            Refused: anything but the whole block in one request, or a value that the device does not take.
        """
        assert isinstance(controls, SolaxControls)
        if address != _BLOCK or len(words) != _BLOCK_WORDS:
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        values = self._vpp.decode(address, words)
        # A power above its own is no error: it gives or takes what it can.
        checked = ("mode", "set_type", "reactive_power", "battery_power")
        within(
            {name: values[name] for name in checked},
            {
                "mode": frozenset({_DISABLED, _POWER_CONTROL}),
                "set_type": range(3),
                "reactive_power": range(1),
                "battery_power": range(1),
            },
        )
        if values["mode"] == _DISABLED:
            return SolaxControls()
        seconds = values["duration"] or _DEFAULT_S
        return replace(controls, take_w=values["active_power"], until_ms=now_ms + seconds * 1000)

"""A Victron GX with its system behind it, at one unit: FC3 and FC16, numbers high word first.

Points of the services "system" and "settings" as the maker's attributes.csv (dbus_modbustcp 24c50db) lists them. The PV
stands at the battery's own chargers. Nothing commands the battery: a controller may set the share that is kept for an
outage, and that is all.
"""

from dataclasses import dataclass
from typing import Final

from ..physics import Controls, Flat, InverterRating, Orders, Rating, soc_permille
from .bank import Bank, Order, Space, within

_BATTERY_MV: Final = 51_200
_GRID, _NOT_CONNECTED = 1, 240
_IDLE, _CHARGING, _DISCHARGING = 0, 1, 2

_LAYOUT: Final = """
    serial:str6:800 relay_1:u16:806 relay_2:u16:807
    pv_out_l1:u16:808 pv_out_l2:u16:809 pv_out_l3:u16:810 pv_grid_l1:u16:811 pv_grid_l2:u16:812 pv_grid_l3:u16:813
    pv_generator_l1:u16:814 pv_generator_l2:u16:815 pv_generator_l3:u16:816
    load_l1:u16:817 load_l2:u16:818 load_l3:u16:819 grid_l1:i16:820 grid_l2:i16:821 grid_l3:i16:822
    generator_l1:i16:823 generator_l2:i16:824 generator_l3:i16:825 source:i16:826
    battery_voltage:u16:840 battery_current:i16:841 battery_power:i16:842 soc:u16:843 battery_state:u16:844
    pv_dc_power:u16:850 pv_dc_current:i16:851
    min_soc:u16:2901:rw
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VictronControls:
    """The share that is kept unless the grid fails."""

    min_soc_permille: int = 100

    def at(self, _now_ms: int) -> VictronControls:
        """The same: it stays."""
        return self

    def orders(self, rating: Rating) -> Orders:
        """Self-consumption above the share."""
        return Orders(
            run=True,
            ac_limit_mw=rating.ac_mw,
            battery_low_mw=-rating.charge_mw,
            battery_high_mw=rating.discharge_mw,
            reserve=self.min_soc_permille * 10,
        )


class VictronFace(Bank):
    """The registers of one device."""

    def __init__(self, rating: InverterRating, serial: str, _nominal_hz: int) -> None:
        assert rating.battery is not None, "this family is of hybrids"
        self._battery = rating.battery
        self._space = Space(Order.HIGH_FIRST, _LAYOUT)
        super().__init__(holding=self._space)
        self._space.set_text("serial", serial)
        self._space.set({"battery_voltage": _BATTERY_MV // 100})

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the setting into the registers."""
        inverter = flat.inverter
        assert inverter is not None
        controls = inverter.controls
        assert isinstance(controls, VictronControls)
        state = _IDLE
        if inverter.battery_mw:
            state = _CHARGING if inverter.battery_mw < 0 else _DISCHARGING
        self._space.set(
            {
                "load_l1": flat.load_mw // 1000,
                "grid_l1": flat.grid_mw // 1000,
                "source": _GRID if flat.grid.present and not flat.separated else _NOT_CONNECTED,
                "battery_current": -inverter.battery_mw * 10 // _BATTERY_MV,
                "battery_power": -inverter.battery_mw // 1000,
                "soc": soc_permille(self._battery, inverter.stored_mj) // 10,
                "battery_state": state,
                "pv_dc_power": inverter.pv_dc_mw // 1000,
                "pv_dc_current": inverter.pv_dc_mw * 10 // _BATTERY_MV,
                "min_soc": controls.min_soc_permille,
            }
        )

    def write(self, controls: Controls, address: int, words: list[int], _now_ms: int) -> VictronControls:
        """The setting after a write.

        Raises:
            Refused: an address or a value that the device does not take.
        """
        assert isinstance(controls, VictronControls)
        values = self._space.decode(address, words)
        within(values, {"min_soc": range(1001)})
        return VictronControls(min_soc_permille=values["min_soc"])

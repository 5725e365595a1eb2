"""An inverter of the first SunSpec generation: models 1, 101, 120, 121, 122, 123, 124, 160.

One with a battery is a hybrid; one without has no model 124, and model 160 with the PV strings alone.

Writes follow the practice of inverters in the field: ``StorCtl_Mod`` says which of the two rates counts, a negative
rate forces the other direction, and ``InOutWRte_RvrtTms`` is the lease after which both limits are gone.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pymodbus.constants import ExcCodes

from ..physics import (
    MJ_PER_WH,
    BatteryRating,
    Controls,
    Flat,
    Inverter,
    InverterRating,
    LegacyControls,
    Link,
    deadline,
    soc_permille,
)
from . import sunspec_models as models
from .sunspec import Chain, ChainFace
from .words import Refused

_OFF, _SLEEPING, _MPPT, _THROTTLED, _STANDBY = 1, 2, 4, 5, 8
_CONNECTED, _AVAILABLE, _OPERATING = 1, 2, 4
_EMPTY, _DISCHARGING, _CHARGING, _FULL, _HOLDING = 2, 3, 4, 5, 6
_PV_ALONE, _PV_AND_STORAGE = 4, 82
_EVT_AC_DISCONNECT, _EVT_GRID_DISCONNECT, _EVT_MANUAL_SHUTDOWN, _EVT_UNDER_VOLT = 1 << 2, 1 << 4, 1 << 6, 1 << 11
_DC_ON, _DC_SLEEPING = 4, 2
_BATTERY_MV: Final = 51_200
_STRING_MV: Final = 180_000
_ACC32: Final = 1 << 32

_RANGES: Final = {
    "123.Conn_WinTms": (0, 0xFFFE),
    "123.Conn_RvrtTms": (0, 0xFFFE),
    "123.Conn": (0, 1),
    "123.WMaxLimPct": (0, 10_000),
    "123.WMaxLimPct_WinTms": (0, 0),
    "123.WMaxLimPct_RvrtTms": (0, 0xFFFE),
    "123.WMaxLimPct_RmpTms": (0, 0),
    "123.WMaxLim_Ena": (0, 1),
    "124.StorCtl_Mod": (0, 3),
    "124.MinRsvPct": (500, 10_000),
    "124.OutWRte": (-10_000, 10_000),
    "124.InWRte": (-10_000, 10_000),
    "124.InOutWRte_WinTms": (0, 0),
    "124.InOutWRte_RvrtTms": (0, 0xFFFE),
    "124.InOutWRte_RmpTms": (0, 0),
    "124.ChaGriSet": (0, 1),
}
"""What may be written, in raw register units; ramps and most windows are there for masters that write them as zero."""


def chain(rating: InverterRating, serial: str, nominal_hz: int) -> Chain:
    """The device's registers with everything that never changes."""
    battery = rating.battery
    dc_models = (models.MODEL_160_PV,) if battery is None else (models.MODEL_124, models.MODEL_160)
    registers = Chain(
        (
            models.MODEL_1,
            models.MODEL_101,
            models.MODEL_120,
            models.MODEL_121,
            models.MODEL_122,
            models.MODEL_123,
            *dc_models,
        )
    )
    name_of_model = "PV 1xx" if battery is None else "Hybrid 1xx"
    for name, value in (("Mn", "LVPP-SIM"), ("Md", name_of_model), ("Vr", "1.0"), ("SN", serial)):
        registers.set_text(f"1.{name}", value)
    watts = rating.ac_mw // 1000
    registers.set(
        {
            "101.A_SF": -2,
            "101.V_SF": -1,
            "101.W_SF": 0,
            "101.Hz_SF": -2,
            "101.VA_SF": 0,
            "101.VAr_SF": 0,
            "101.PF_SF": -1,
            "101.WH_SF": 0,
            "101.DCW_SF": 0,
            "101.Tmp_SF": -1,
            "101.Evt2": 0,
            "120.DERTyp": _PV_ALONE if battery is None else _PV_AND_STORAGE,
            "120.WRtg": watts,
            "120.WRtg_SF": 0,
            "120.VARtg": watts,
            "120.VARtg_SF": 0,
            "120.ARtg": rating.ac_mw // 2000,
            "120.ARtg_SF": -2,
            "121.WMax": watts,
            "121.WMax_SF": 0,
            "121.VRef": 200,
            "121.VRef_SF": 0,
            "121.VRefOfs": 0,
            "121.VRefOfs_SF": 0,
            "121.ECPNomHz": nominal_hz,
            "121.ECPNomHz_SF": 0,
            "122.RtSt": 0,
            "123.WMaxLimPct_SF": -2,
            "160.DCA_SF": -2,
            "160.DCV_SF": -1,
            "160.DCW_SF": 0,
            "160.DCWH_SF": 0,
            "160.Evt": 0,
            "160.N": 2 if battery is None else 4,
        }
    )
    inputs = ("MPPT 1", "MPPT 2") if battery is None else ("MPPT 1", "MPPT 2", "StCha 3", "StDisCha 4")
    for index, label in enumerate(inputs, start=1):
        registers.set({f"160.{index}.ID": index})
        registers.set_text(f"160.{index}.IDStr", label)
    if battery is not None:
        _equip(registers, battery)
    return registers


def _equip(registers: Chain, battery: BatteryRating) -> None:
    """Put a battery's plate into models 120 and 124."""
    registers.set(
        {
            "120.WHRtg": battery.capacity_mj // MJ_PER_WH,
            "120.WHRtg_SF": 0,
            "120.MaxChaRte": battery.charge_mw // 1000,
            "120.MaxChaRte_SF": 0,
            "120.MaxDisChaRte": battery.discharge_mw // 1000,
            "120.MaxDisChaRte_SF": 0,
            "124.WChaMax": battery.charge_mw // 1000,
            "124.WChaMax_SF": 0,
            "124.WChaGra": 100,
            "124.WDisChaGra": 100,
            "124.WChaDisChaGra_SF": 0,
            "124.MinRsvPct_SF": -2,
            "124.ChaState_SF": -2,
            "124.InBatV_SF": -1,
            "124.InOutWRte_SF": -2,
        }
    )


def _state(flat: Flat, inverter: Inverter) -> int:
    if inverter.link is Link.STOPPED:
        return _OFF
    if inverter.link in {Link.WAITING, Link.DOWN}:
        return _STANDBY
    if inverter.asleep:
        return _SLEEPING
    return _THROTTLED if inverter.throttled else _MPPT


def _events(inverter: Inverter) -> int:
    match inverter.link:
        case Link.FOLLOWING | Link.WAITING:
            return 0
        case Link.STOPPED:
            return _EVT_MANUAL_SHUTDOWN | _EVT_AC_DISCONNECT
        case Link.FORMING:
            return _EVT_GRID_DISCONNECT
        case Link.DOWN:
            return _EVT_GRID_DISCONNECT | _EVT_UNDER_VOLT


def _storage(battery: BatteryRating, inverter: Inverter) -> int:
    if inverter.battery_mw > 0:
        return _DISCHARGING
    if inverter.battery_mw < 0:
        return _CHARGING
    if inverter.stored_mj <= battery.floor_mj:
        return _EMPTY
    return _FULL if soc_permille(battery, inverter.stored_mj) >= 999 else _HOLDING


def _strings(inverter: Inverter) -> dict[str, int | None]:
    """Model 160's PV inputs, which share evenly; one that sleeps gives "not available"."""
    values: dict[str, int | None] = {}
    for index, power in ((1, (inverter.pv_dc_mw + 1) // 2), (2, inverter.pv_dc_mw // 2)):
        asleep = inverter.asleep
        values |= {
            f"160.{index}.DCA": None if asleep else power * 100 // _STRING_MV,
            f"160.{index}.DCV": None if asleep else _STRING_MV // 100,
            f"160.{index}.DCW": None if asleep else power // 1000,
            f"160.{index}.DCWH": inverter.pv_dc_mj // 2 // MJ_PER_WH % _ACC32,
            f"160.{index}.DCSt": _DC_SLEEPING if asleep else _DC_ON,
        }
    return values


def _battery(battery: BatteryRating, inverter: Inverter, controls: LegacyControls) -> dict[str, int | None]:
    """Model 124, and model 160's inputs for charging and discharging, which never sleep."""
    values: dict[str, int | None] = {
        "124.StorCtl_Mod": int(controls.charge_limited) | int(controls.discharge_limited) << 1,
        "124.MinRsvPct": controls.reserve,
        "124.ChaState": soc_permille(battery, inverter.stored_mj) * 10,
        "124.InBatV": _BATTERY_MV // 100,
        "124.ChaSt": _storage(battery, inverter),
        "124.OutWRte": controls.out_rate,
        "124.InWRte": controls.in_rate,
        "124.InOutWRte_WinTms": 0,
        "124.InOutWRte_RvrtTms": controls.rate_revert_s,
        "124.InOutWRte_RmpTms": 0,
        "124.ChaGriSet": int(controls.charge_from_grid),
        "122.StorConn": _CONNECTED | _AVAILABLE | (_OPERATING if inverter.battery_mw else 0),
    }
    charge, discharge = max(0, -inverter.battery_mw), max(0, inverter.battery_mw)
    for index, power, energy in ((3, charge, inverter.charged_mj), (4, discharge, inverter.discharged_mj)):
        values |= {
            f"160.{index}.DCA": power * 100 // _BATTERY_MV,
            f"160.{index}.DCV": _BATTERY_MV // 100,
            f"160.{index}.DCW": power // 1000,
            f"160.{index}.DCWH": energy // MJ_PER_WH % _ACC32,
            f"160.{index}.DCSt": _DC_ON,
        }
    return values


def show(registers: Chain, rating: InverterRating, flat: Flat, nominal_hz: int) -> None:
    """Put the second's measurements and the controls' present values into the registers."""
    inverter = flat.inverter
    assert inverter is not None
    controls = inverter.controls
    assert isinstance(controls, LegacyControls)
    forming = inverter.link is Link.FORMING
    volt = 202_000 if forming else flat.grid.voltage_mv
    hertz = nominal_hz * 1000 if forming else flat.grid.frequency_mhz
    watt = inverter.ac_mw // 1000
    centiamp = abs(inverter.ac_mw) * 100 // volt if volt else 0
    pv = 0 if inverter.asleep else _CONNECTED | _AVAILABLE | (_OPERATING if inverter.pv_mw else 0)
    battery = {} if rating.battery is None else _battery(rating.battery, inverter, controls)
    registers.set(
        {
            "101.A": centiamp,
            "101.AphA": centiamp,
            "101.PPVphAB": volt // 100,
            "101.PhVphA": volt // 200,
            "101.PhVphB": volt // 200,
            "101.W": watt,
            "101.Hz": hertz // 10,
            "101.VA": abs(watt),
            "101.VAr": 0,
            "101.PF": 1000 if watt else None,
            "101.WH": inverter.injected_mj // MJ_PER_WH % _ACC32,
            "101.DCW": None if inverter.asleep else (inverter.pv_dc_mw + inverter.battery_mw) // 1000,
            "101.TmpCab": 300 + inverter.ac_mw // 100_000,
            "101.St": _state(flat, inverter),
            "101.Evt1": _events(inverter),
            "122.PVConn": pv,
            "122.StorConn": 0,
            "122.ECPConn": int(inverter.link is Link.FOLLOWING),
            "122.ActWh": inverter.injected_mj // MJ_PER_WH,
            "123.Conn_WinTms": controls.connect_window_s,
            "123.Conn_RvrtTms": controls.connect_revert_s,
            "123.Conn": int(controls.connect_wanted),
            "123.WMaxLimPct": controls.limit,
            "123.WMaxLimPct_WinTms": 0,
            "123.WMaxLimPct_RvrtTms": controls.limit_revert_s,
            "123.WMaxLimPct_RmpTms": 0,
            "123.WMaxLim_Ena": int(controls.limit_enabled),
            **_strings(inverter),
            **battery,
        }
    )


def write(controls: LegacyControls, values: Mapping[str, int], now_ms: int) -> LegacyControls:
    """The controls after a master wrote ``values``; a write of any point of a group takes the group's lease anew.

    Raises:
        Refused: a point that this device does not have for writing, or a value out of its range; nothing is changed.
    """
    for name, value in values.items():
        if name not in _RANGES:
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        low, high = _RANGES[name]
        if not low <= value <= high:
            raise Refused(ExcCodes.ILLEGAL_VALUE)
    mode = values.get("124.StorCtl_Mod")
    controls = replace(
        controls,
        connect_wanted=bool(values.get("123.Conn", controls.connect_wanted)),
        connect_window_s=values.get("123.Conn_WinTms", controls.connect_window_s),
        connect_revert_s=values.get("123.Conn_RvrtTms", controls.connect_revert_s),
        limit=values.get("123.WMaxLimPct", controls.limit),
        limit_enabled=bool(values.get("123.WMaxLim_Ena", controls.limit_enabled)),
        limit_revert_s=values.get("123.WMaxLimPct_RvrtTms", controls.limit_revert_s),
        charge_limited=controls.charge_limited if mode is None else bool(mode & 1),
        discharge_limited=controls.discharge_limited if mode is None else bool(mode & 2),
        out_rate=values.get("124.OutWRte", controls.out_rate),
        in_rate=values.get("124.InWRte", controls.in_rate),
        rate_revert_s=values.get("124.InOutWRte_RvrtTms", controls.rate_revert_s),
        reserve=values.get("124.MinRsvPct", controls.reserve),
        charge_from_grid=bool(values.get("124.ChaGriSet", controls.charge_from_grid)),
    )
    if controls.connect_wanted == controls.connect:
        controls = replace(controls, connect_at_ms=None)
    elif "123.Conn" in values and controls.connect_at_ms is None:
        # A hash of the moment stands for the device's own random draw within its window.
        wait_ms = (now_ms * 2_654_435_761 >> 8) % (controls.connect_window_s * 1000 + 1)
        controls = replace(controls, connect_at_ms=now_ms + wait_ms)
    if not values.keys().isdisjoint({"123.Conn", "123.Conn_RvrtTms"}):
        until = None if controls.connect_wanted else deadline(now_ms, controls.connect_revert_s)
        controls = replace(controls, connect_until_ms=until)
    if not values.keys().isdisjoint({"123.WMaxLimPct", "123.WMaxLim_Ena", "123.WMaxLimPct_RvrtTms"}):
        until = deadline(now_ms, controls.limit_revert_s) if controls.limit_enabled else None
        controls = replace(controls, limit_until_ms=until)
    if not values.keys().isdisjoint({"124.StorCtl_Mod", "124.OutWRte", "124.InWRte", "124.InOutWRte_RvrtTms"}):
        limited = controls.charge_limited or controls.discharge_limited
        controls = replace(controls, rate_until_ms=deadline(now_ms, controls.rate_revert_s) if limited else None)
    return controls.at(now_ms)


class LegacyFace(ChainFace):
    """The registers of one inverter of the first SunSpec generation."""

    def __init__(self, rating: InverterRating, serial: str, nominal_hz: int) -> None:
        super().__init__(chain(rating, serial, nominal_hz))
        self._rating = rating
        self._nominal_hz = nominal_hz

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the controls' present values into the registers."""
        show(self._chain, self._rating, flat, self._nominal_hz)

    def write(self, controls: Controls, address: int, words: list[int], now_ms: int) -> LegacyControls:
        """The controls after a write.

        Raises:
            Refused: an address or a value that the device does not take.
        """
        assert isinstance(controls, LegacyControls)
        return write(controls, self._chain.decode(address, words), now_ms)

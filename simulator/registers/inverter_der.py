"""An inverter of the IEEE 1547-2018 SunSpec generation: models 1, 701, 702, 703, 704, 713, 714, 715.

One with a battery is a hybrid; one without has no model 713, and model 714 with the PV's port alone.

``WSet`` is the power at the inverter's AC terminals (positive: output). The reversion timer of a set-point starts anew
whenever a point of its group is written while the group is enabled; when it ends, the ``Rvrt`` values take over.

A port's DC power has the sign of its two counters: injected is positive, so a battery that charges is negative.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pymodbus.constants import ExcCodes

from ..physics import (
    MJ_PER_WH,
    BatteryRating,
    Controls,
    DerControls,
    Flat,
    Inverter,
    InverterRating,
    Link,
    deadline,
    remaining_s,
    soc_permille,
)
from . import sunspec_models as models
from .sunspec import Chain, ChainFace
from .words import Refused

_OFF, _SLEEPING, _RUNNING, _THROTTLED, _STANDBY = 0, 1, 3, 4, 7
_SPLIT_PHASE: Final = 1
_FOLLOWING_BIT, _FORMING_BIT, _CLIPPED_BIT = 1, 2, 4
_ALARM_GRID, _ALARM_MANUAL, _ALARM_UNDER_VOLT = 1 << 4, 1 << 6, 1 << 11
_ISLAND_CAPABLE: Final = 1 << 1 | 1 << 2
_NO_ISLAND: Final = 1 << 0
_PORT_PV, _PORT_BATTERY = 0, 1
_DC_OFF, _DC_ON = 0, 1
_PV_MV: Final = 320_000
_BATTERY_MV: Final = 51_200
_LOCAL_REMOTE: Final = 0
_U32: Final = 0xFFFF_FFFE
_STOP, _START, _ENTER_STANDBY, _EXIT_STANDBY = 0, 1, 2, 3


def chain(rating: InverterRating, serial: str) -> Chain:
    """The device's registers with everything that never changes."""
    battery = rating.battery
    dc_models = (models.MODEL_714_PV,) if battery is None else (models.MODEL_713, models.MODEL_714)
    registers = Chain(
        (
            models.MODEL_1,
            models.MODEL_701,
            models.MODEL_702,
            models.MODEL_703,
            models.MODEL_704,
            *dc_models,
            models.MODEL_715,
        )
    )
    name_of_model = "PV 7xx" if battery is None else "Hybrid 7xx"
    for name, value in (("Mn", "LVPP-SIM"), ("Md", name_of_model), ("Vr", "1.0"), ("SN", serial)):
        registers.set_text(f"1.{name}", value)
    watts = rating.ac_mw // 1000
    islands = _NO_ISLAND if battery is None else _ISLAND_CAPABLE
    registers.set(
        {
            "701.ACType": _SPLIT_PHASE,
            "701.A_SF": -2,
            "701.V_SF": -1,
            "701.Hz_SF": -3,
            "701.W_SF": 0,
            "701.PF_SF": -3,
            "701.VA_SF": 0,
            "701.Var_SF": 0,
            "701.TotWh_SF": 0,
            "701.Tmp_SF": -1,
            "702.WMaxRtg": watts,
            "702.VAMaxRtg": watts,
            "702.VNomRtg": 200,
            "702.VMaxRtg": 230,
            "702.VMinRtg": 160,
            "702.AMaxRtg": watts // 200,
            "702.IntIslandCatRtg": islands,
            "702.IntIslandCat": islands,
            "702.WMax": watts,
            "702.VAMax": watts,
            "702.VNom": 200,
            "702.W_SF": 0,
            "702.VA_SF": 0,
            "702.V_SF": 0,
            "702.A_SF": 0,
            "703.V_SF": -1,
            "703.Hz_SF": -2,
            "704.WMaxLimPct_SF": -1,
            "704.WSet_SF": 0,
            "704.WSetPct_SF": -1,
            "714.PrtAlrms": 0,
            "714.NPrt": 1 if battery is None else 2,
            "714.DCA_SF": -2,
            "714.DCV_SF": -1,
            "714.DCW_SF": 0,
            "714.DCWH_SF": 0,
            "714.0.PrtTyp": _PORT_PV,
            "714.0.ID": 0,
            "714.0.DCAlrm": 0,
            "715.LocRemCtl": _LOCAL_REMOTE,
            "715.AlarmReset": 0,
        }
    )
    registers.set_text("714.0.IDStr", "PV")
    if battery is not None:
        _equip(registers, battery)
    return registers


def _equip(registers: Chain, battery: BatteryRating) -> None:
    """Put a battery's plate into models 702, 713 and 714."""
    charge, discharge = battery.charge_mw // 1000, battery.discharge_mw // 1000
    registers.set(
        {
            "702.WChaRteMaxRtg": charge,
            "702.WDisChaRteMaxRtg": discharge,
            "702.WChaRteMax": charge,
            "702.WDisChaRteMax": discharge,
            "713.WHRtg": battery.capacity_mj // MJ_PER_WH // 10,
            "713.SoH": 1000,
            "713.Sta": 0,
            "713.WH_SF": 1,
            "713.Pct_SF": -1,
            "714.1.PrtTyp": _PORT_BATTERY,
            "714.1.ID": 1,
            "714.1.DCAlrm": 0,
        }
    )
    registers.set_text("714.1.IDStr", "Battery")


def _state(inverter: Inverter) -> int:
    if inverter.link is Link.STOPPED:
        return _OFF
    if inverter.link in {Link.WAITING, Link.DOWN}:
        return _STANDBY
    if inverter.asleep:
        return _SLEEPING
    return _THROTTLED if inverter.throttled else _RUNNING


def _alarms(inverter: Inverter) -> int:
    match inverter.link:
        case Link.FOLLOWING | Link.WAITING:
            return 0
        case Link.STOPPED:
            return _ALARM_MANUAL
        case Link.FORMING:
            return _ALARM_GRID
        case Link.DOWN:
            return _ALARM_GRID | _ALARM_UNDER_VOLT


def _mode(inverter: Inverter) -> int:
    clipped = _CLIPPED_BIT if inverter.throttled and inverter.pv_mw else 0
    match inverter.link:
        case Link.FOLLOWING:
            return _FOLLOWING_BIT | clipped
        case Link.FORMING:
            return _FORMING_BIT | clipped
        case Link.WAITING | Link.DOWN | Link.STOPPED:
            return 0


def _ports(rating: InverterRating, inverter: Inverter) -> dict[str, int | None]:
    """Model 714: a PV port that sleeps gives "not available" and is off, the battery's never does."""
    asleep = inverter.asleep
    pv_mw, battery_mw = inverter.pv_dc_mw, inverter.battery_mw
    pv_ca, battery_ca = pv_mw * 100 // _PV_MV, battery_mw * 100 // _BATTERY_MV
    values: dict[str, int | None] = {
        "714.0.DCA": None if asleep else pv_ca,
        "714.0.DCV": None if asleep else _PV_MV // 100,
        "714.0.DCW": None if asleep else pv_mw // 1000,
        "714.0.DCWhInj": inverter.pv_dc_mj // MJ_PER_WH,
        "714.0.DCWhAbs": 0,
        "714.0.DCSta": _DC_OFF if asleep else _DC_ON,
    }
    if rating.battery is None:
        of_all = {"DCA": values["714.0.DCA"], "DCW": values["714.0.DCW"], "DCWhInj": inverter.pv_dc_mj // MJ_PER_WH}
        return values | {f"714.{name}": value for name, value in of_all.items()} | {"714.DCWhAbs": 0}
    return values | {
        "714.DCA": battery_ca if asleep else pv_ca + battery_ca,
        "714.DCW": battery_mw // 1000 if asleep else (pv_mw + battery_mw) // 1000,
        "714.DCWhInj": (inverter.pv_dc_mj + inverter.discharged_mj) // MJ_PER_WH,
        "714.DCWhAbs": inverter.charged_mj // MJ_PER_WH,
        "714.1.DCA": battery_ca,
        "714.1.DCV": _BATTERY_MV // 100,
        "714.1.DCW": battery_mw // 1000,
        "714.1.DCWhInj": inverter.discharged_mj // MJ_PER_WH,
        "714.1.DCWhAbs": inverter.charged_mj // MJ_PER_WH,
        "714.1.DCSta": _DC_ON,
        "713.WHAvail": max(0, inverter.stored_mj - rating.battery.floor_mj) // MJ_PER_WH // 10,
        "713.SoC": soc_permille(rating.battery, inverter.stored_mj),
    }


def show(registers: Chain, rating: InverterRating, flat: Flat, nominal_hz: int, now_ms: int) -> None:
    """Put the second's measurements and the controls' present values into the registers."""
    inverter = flat.inverter
    assert inverter is not None
    controls = inverter.controls
    assert isinstance(controls, DerControls)
    forming = inverter.link is Link.FORMING
    volt = 202_000 if forming else flat.grid.voltage_mv
    watt = inverter.ac_mw // 1000
    registers.set(
        {
            "701.St": int(inverter.link in {Link.FOLLOWING, Link.FORMING, Link.WAITING}),
            "701.InvSt": _state(inverter),
            "701.ConnSt": int(inverter.link is Link.FOLLOWING),
            "701.Alrm": _alarms(inverter),
            "701.DERMode": _mode(inverter),
            "701.W": watt,
            "701.VA": abs(watt),
            "701.Var": 0,
            "701.PF": 1000 if watt else None,
            "701.A": inverter.ac_mw * 100 // volt if volt else 0,
            "701.LLV": volt // 100,
            "701.LNV": volt // 200,
            "701.Hz": nominal_hz * 1000 if forming else flat.grid.frequency_mhz,
            "701.TotWhInj": inverter.injected_mj // MJ_PER_WH,
            "701.TotWhAbs": inverter.absorbed_mj // MJ_PER_WH,
            "701.TmpCab": 300 + inverter.ac_mw // 100_000,
            "703.ES": int(controls.permit),
            "703.ESVHi": controls.enter_volt_high,
            "703.ESVLo": controls.enter_volt_low,
            "703.ESHzHi": controls.enter_hz_high,
            "703.ESHzLo": controls.enter_hz_low,
            "703.ESDlyTms": controls.enter_delay_s,
            "703.ESRndTms": controls.enter_random_s,
            "703.ESRmpTms": controls.enter_ramp_s,
            "703.ESDlyRemTms": remaining_s(inverter.enter_ms, now_ms),
            "704.WMaxLimPctEna": int(controls.limit_enabled),
            "704.WMaxLimPct": controls.limit,
            "704.WMaxLimPctRvrt": controls.limit_revert,
            "704.WMaxLimPctEnaRvrt": int(controls.limit_enabled_revert),
            "704.WMaxLimPctRvrtTms": controls.limit_revert_s,
            "704.WMaxLimPctRvrtRem": remaining_s(controls.limit_until_ms, now_ms),
            "704.WSetEna": int(controls.set_enabled),
            "704.WSetMod": int(controls.set_in_watts),
            "704.WSet": controls.set_w,
            "704.WSetRvrt": controls.set_w_revert,
            "704.WSetPct": controls.set_pct,
            "704.WSetPctRvrt": controls.set_pct_revert,
            "704.WSetEnaRvrt": int(controls.set_enabled_revert),
            "704.WSetRvrtTms": controls.set_revert_s,
            "704.WSetRvrtRem": remaining_s(controls.set_until_ms, now_ms),
            "704.AntiIslEna": int(controls.anti_islanding),
            "715.DERHb": inverter.heartbeat,
            "715.ControllerHb": controls.controller_heartbeat,
            "715.OpCtl": _ENTER_STANDBY if controls.standby else int(controls.started),
            **_ports(rating, inverter),
        }
    )


def _ranges(rating: InverterRating) -> dict[str, tuple[int, int]]:
    """What may be written, in raw register units."""
    watts = rating.ac_mw // 1000
    lowest = 0 if rating.battery is None else -watts
    return {
        "703.ES": (0, 1),
        "703.ESVHi": (1000, 1200),
        "703.ESVLo": (800, 1000),
        "703.ESHzHi": (5000, 6600),
        "703.ESHzLo": (4500, 6000),
        "703.ESDlyTms": (0, 3600),
        "703.ESRndTms": (0, 3600),
        "703.ESRmpTms": (0, 3600),
        "704.WMaxLimPctEna": (0, 1),
        "704.WMaxLimPct": (0, 1000),
        "704.WMaxLimPctRvrt": (0, 1000),
        "704.WMaxLimPctEnaRvrt": (0, 1),
        "704.WMaxLimPctRvrtTms": (0, _U32),
        "704.WSetEna": (0, 1),
        "704.WSetMod": (0, 1),
        "704.WSet": (lowest, watts),
        "704.WSetRvrt": (lowest, watts),
        "704.WSetPct": (-1000, 1000),
        "704.WSetPctRvrt": (-1000, 1000),
        "704.WSetEnaRvrt": (0, 1),
        "704.WSetRvrtTms": (0, _U32),
        "704.AntiIslEna": (0, 1),
        "715.ControllerHb": (0, _U32),
        "715.AlarmReset": (0, 1),
        "715.OpCtl": (_STOP, _EXIT_STANDBY),
    }


def write(rating: InverterRating, controls: DerControls, values: Mapping[str, int], now_ms: int) -> DerControls:
    """The controls after a master wrote ``values``.

    Raises:
        Refused: a point that this device does not have for writing, or a value out of its range; nothing is changed.
    """
    ranges = _ranges(rating)
    for name, value in values.items():
        if name not in ranges:
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        low, high = ranges[name]
        if not low <= value <= high:
            raise Refused(ExcCodes.ILLEGAL_VALUE)
    operate = values.get("715.OpCtl")
    controls = replace(
        controls,
        permit=bool(values.get("703.ES", controls.permit)),
        enter_volt_high=values.get("703.ESVHi", controls.enter_volt_high),
        enter_volt_low=values.get("703.ESVLo", controls.enter_volt_low),
        enter_hz_high=values.get("703.ESHzHi", controls.enter_hz_high),
        enter_hz_low=values.get("703.ESHzLo", controls.enter_hz_low),
        enter_delay_s=values.get("703.ESDlyTms", controls.enter_delay_s),
        enter_random_s=values.get("703.ESRndTms", controls.enter_random_s),
        enter_ramp_s=values.get("703.ESRmpTms", controls.enter_ramp_s),
        limit_enabled=bool(values.get("704.WMaxLimPctEna", controls.limit_enabled)),
        limit=values.get("704.WMaxLimPct", controls.limit),
        limit_revert=values.get("704.WMaxLimPctRvrt", controls.limit_revert),
        limit_enabled_revert=bool(values.get("704.WMaxLimPctEnaRvrt", controls.limit_enabled_revert)),
        limit_revert_s=values.get("704.WMaxLimPctRvrtTms", controls.limit_revert_s),
        set_enabled=bool(values.get("704.WSetEna", controls.set_enabled)),
        set_in_watts=bool(values.get("704.WSetMod", controls.set_in_watts)),
        set_w=values.get("704.WSet", controls.set_w),
        set_w_revert=values.get("704.WSetRvrt", controls.set_w_revert),
        set_pct=values.get("704.WSetPct", controls.set_pct),
        set_pct_revert=values.get("704.WSetPctRvrt", controls.set_pct_revert),
        set_enabled_revert=bool(values.get("704.WSetEnaRvrt", controls.set_enabled_revert)),
        set_revert_s=values.get("704.WSetRvrtTms", controls.set_revert_s),
        anti_islanding=bool(values.get("704.AntiIslEna", controls.anti_islanding)),
        controller_heartbeat=values.get("715.ControllerHb", controls.controller_heartbeat),
        started=controls.started if operate not in {_STOP, _START} else operate == _START,
        standby=controls.standby if operate not in {_ENTER_STANDBY, _EXIT_STANDBY} else operate == _ENTER_STANDBY,
    )
    if any(name.startswith("704.WMaxLimPct") for name in values):
        until = deadline(now_ms, controls.limit_revert_s) if controls.limit_enabled else None
        controls = replace(controls, limit_until_ms=until)
    if any(name.startswith("704.WSet") for name in values):
        until = deadline(now_ms, controls.set_revert_s) if controls.set_enabled else None
        controls = replace(controls, set_until_ms=until)
    return controls


class DerFace(ChainFace):
    """The registers of one inverter of the IEEE 1547-2018 generation."""

    def __init__(self, rating: InverterRating, serial: str, nominal_hz: int) -> None:
        super().__init__(chain(rating, serial))
        self._rating = rating
        self._nominal_hz = nominal_hz

    def show(self, flat: Flat) -> None:
        """Put a second's measurements and the controls' present values into the registers."""
        show(self._chain, self._rating, flat, self._nominal_hz, flat.clock_ms)

    def write(self, controls: Controls, address: int, words: list[int], now_ms: int) -> DerControls:
        """The controls after a write.

        Raises:
            Refused: an address or a value that the device does not take.
        """
        assert isinstance(controls, DerControls)
        return write(self._rating, controls, self._chain.decode(address, words), now_ms)

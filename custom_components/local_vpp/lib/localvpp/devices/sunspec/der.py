"""The generation of 2021, made for IEEE 1547-2018: models 701 to 704 with 713, 714 and 715.

``704.WSet`` fixes the power at the AC terminals, PV and battery together (+ injects). A wish for the battery alone is
therefore written with the PV's present power added, and written again when that moved.

The lease is ``WSetRvrtTms``; after it the device takes over ``WSetRvrt`` and ``WSetEnaRvrt``. The latter tells whether
a set-point holds after the lease; some devices take it for the switch of the lease itself. So it is first written as 0
(afterwards the device decides by itself), and when the device's countdown does not start, as 1 with a set-point of 0 W.
A device that then still counts nothing has no lease and is not controlled.
"""

from collections.abc import Mapping
from typing import Final

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecModels

from ..capability import BatteryReading, Failures, InverterReading, OperatingState
from ..errors import DeviceRefusedError, device_border
from ..plausible import frequency, percent, power, voltage
from ..polling import Block
from .chain import Accumulator, total, write_together
from .models.der import DERCapacity, DEREnterService, DERMeasureAC
from .models.der_control import DERCtl, DERCtlAC
from .models.der_storage import DERMeasureDC, DERStorageCapacity, PortType

LONGEST_LEASE_S: Final = 7 * 24 * 3600
"""The register has 32 bits; a set-point for more than a week is a mistake."""

FOLLOW_PV_W: Final = 50
"""The set-point is moved when the PV moved by more than this; less is noise."""

_STATES: Final[Mapping[int, OperatingState]] = {
    0: OperatingState.OFF,
    1: OperatingState.SLEEPING,
    2: OperatingState.STARTING,
    3: OperatingState.RUNNING,
    4: OperatingState.THROTTLED,
    5: OperatingState.SHUTTING_DOWN,
    6: OperatingState.FAULT,
    7: OperatingState.STANDBY,
}

_ALARM_GRID_DISCONNECT: Final = 1 << 4
_MODE_GRID_FORMING: Final = 1 << 1
_ISLAND_CAPABLE: Final = 1 << 1
_REMOTE: Final = 0


class _MeasureAc(DERMeasureAC):
    """Model 701, its energy exact."""

    tot_wh_inj = Accumulator(19, count=4, signed=False, nan=0xFFFF_FFFF_FFFF_FFFF, scale_register=120)


_LAST_SCALE: Final = 120
"""Offset of ``TotWh_SF``, the last register of model 701 that is needed."""

_AC_FIELDS: Final = ("st", "inv_st", "conn_st", "alrm", "der_mode", "w", "lnv", "llv", "hz", "tot_wh_inj")


class DerModels:
    """The models of one device, and what they mean together."""

    longest_lease_s: Final = LONGEST_LEASE_S
    deadband_w: Final = FOLLOW_PV_W

    def __init__(self, what: str, unit: ModbusUnit, models: SunSpecModels) -> None:
        self._what = what
        ac = models.first(701)
        assert ac is not None, "the driver chose this generation for its AC model"
        self._ac = _MeasureAc(unit, ac)
        self._ac.restrict_fields(_AC_FIELDS)
        # One read for values and scale factors, though they stand far apart: two could be of two moments.
        self._ac.register_ranges = ((0, _LAST_SCALE),)
        self._capacity = DERCapacity(unit, model) if (model := models.first(702)) else None
        self._enter = DEREnterService(unit, model) if (model := models.first(703)) else None
        self._control = DERCtlAC(unit, model) if (model := models.first(704)) else None
        self._storage = DERStorageCapacity(unit, model) if (model := models.first(713)) else None
        self._dc = DERMeasureDC(unit, model) if (model := models.first(714)) else None
        self._local = DERCtl(unit, model) if (model := models.first(715)) else None
        live = {
            "ac": self._ac,
            "dc": self._dc,
            "storage": self._storage,
            "control": self._control,
            "enter": self._enter,
        }
        self.live: Mapping[str, Block] = {name: block for name, block in live.items() if block is not None}
        self.static: Mapping[str, Block] = {} if self._capacity is None else {"capacity": self._capacity}

    @property
    def has_battery(self) -> bool:
        """Whether there is a storage model."""
        return self._storage is not None

    def inverter(self, failed: Failures) -> InverterReading:
        """Build the reading from the blocks that did not fail."""
        capacity = self._capacity if "capacity" not in failed else None
        enter = self._enter if "enter" not in failed else None
        rated = capacity.w_max_rtg if capacity else None
        islands = capacity.int_island_cat_rtg if capacity else None
        pv = self._pv(failed, rated)
        if "ac" in failed:
            return InverterReading(pv_power_w=pv, rated_power_w=rated, failed=failed)
        ac = self._ac
        connected = None if ac.conn_st is None else ac.conn_st == 1
        if ac.alrm is not None and ac.alrm & _ALARM_GRID_DISCONNECT:
            connected = False
        return InverterReading(
            ac_power_w=power(ac.w, rated),
            pv_power_w=pv,
            energy_wh=ac.tot_wh_inj,
            voltage_v=voltage(ac.lnv if ac.lnv is not None else ac.llv),
            frequency_hz=frequency(ac.hz),
            grid_connected=connected,
            grid_forming=None if ac.der_mode is None else bool(ac.der_mode & _MODE_GRID_FORMING),
            island_capable=None if islands is None else bool(islands & _ISLAND_CAPABLE),
            reconnect_wait_s=None if enter is None or enter.es_dly_rem_tms is None else int(enter.es_dly_rem_tms),
            state=None if ac.inv_st is None else _STATES.get(ac.inv_st),
            rated_power_w=rated,
            failed=failed,
        )

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""
        capacity = self._capacity if "capacity" not in failed else None
        storage = self._storage if "storage" not in failed else None
        control = self._control if "control" not in failed else None
        rated = capacity.w_max_rtg if capacity else None
        pv = self._pv(failed, rated)
        set_point = left = None
        if control is not None and control.w_set_ena == 1:
            left = None if control.w_set_rvrt_rem is None else int(control.w_set_rvrt_rem)
            if control.w_set_mod == 1 and control.w_set is not None and pv is not None:
                set_point = control.w_set - pv
        return BatteryReading(
            power_w=self._battery_power(failed, pv, rated),
            soc_percent=percent(storage.so_c) if storage else None,
            capacity_wh=round(storage.wh_rtg) if storage and storage.wh_rtg else None,
            max_charge_w=capacity.w_cha_rte_max_rtg if capacity else None,
            max_discharge_w=capacity.w_dis_cha_rte_max_rtg if capacity else None,
            set_point_w=set_point,
            lease_left_s=left,
            failed=failed,
        )

    def target(self, watts: int, pv_power_w: float | None) -> int:
        """Give the power at the AC terminals that gives the battery ``watts``.

        Raises:
            DeviceRefusedError: the PV's power is unknown.
        """
        if pv_power_w is None:
            raise DeviceRefusedError(
                f"{self._what} takes a set-point for PV and battery together, and the PV's power is unknown at present"
            )
        wanted = watts + round(pv_power_w)
        rated = self._capacity.w_max_rtg if self._capacity else None
        return wanted if rated is None else max(-int(rated), min(int(rated), wanted))

    async def activate(self, target_w: int, lease_s: int) -> None:
        """Write the set-point, its lease and what follows the lease; make sure that the lease runs."""
        control = self._control
        if control is not None and control.w_set_rvrt_tms is None:
            with device_border(f"{self._what}, model 704"):
                await control.async_update(notify=False)
        if control is None or control.w_set_rvrt_tms is None:
            raise DeviceRefusedError(
                f"{self._what} has no time limit for a set-point (WSetRvrtTms), so its battery is not controlled"
            )
        with device_border(f"{self._what}, model 704"):
            await self._refuse_local()
            for still_enabled in (0, 1):
                await control.write("w_set_rvrt", 0)
                await write_together(control, {"w_set_ena_rvrt": still_enabled, "w_set_rvrt_tms": lease_s})
                await write_together(control, {"w_set_ena": 1, "w_set_mod": 1, "w_set": target_w})
                await control.async_update(notify=False)
                if control.w_set_rvrt_rem:
                    return
            await control.write("w_set_ena", 0)
        raise DeviceRefusedError(
            f"{self._what} does not count down the time limit of its set-point (WSetRvrtRem), so its battery is not "
            "controlled: a set-point without end would outlive its controller"
        )

    async def deactivate(self) -> None:
        """Disable the set-point."""
        if self._control is not None:
            with device_border(f"{self._what}, model 704"):
                await self._control.write("w_set_ena", 0)

    @property
    def controllable(self) -> bool:
        """Whether set-point and lease are there, as far as was read."""
        return self._control is not None and self._control.w_set_rvrt_tms is not None

    async def _refuse_local(self) -> None:
        if self._local is None:
            return
        await self._local.async_update(notify=False)
        if self._local.loc_rem_ctl not in {None, _REMOTE}:
            raise DeviceRefusedError(f"{self._what} is in local mode (715.LocRemCtl): switch it to remote there")

    def _ports(self, failed: Failures, kind: PortType) -> list[float | None]:
        if self._dc is None or "dc" in failed:
            return []
        return [port.dcw for port in self._dc.prt if port.prt_typ == kind]

    def _pv(self, failed: Failures, rated: float | None) -> float | None:
        if self._dc is not None:
            return total(self._ports(failed, PortType.PV))
        if self.has_battery or "ac" in failed:
            return None
        return power(self._ac.w, rated)

    def _battery_power(self, failed: Failures, pv: float | None, rated: float | None) -> float | None:
        measured = total(self._ports(failed, PortType.ESS))
        if measured is not None or pv is None or "ac" in failed:
            return measured
        ac = power(self._ac.w, rated)
        return None if ac is None else ac - pv

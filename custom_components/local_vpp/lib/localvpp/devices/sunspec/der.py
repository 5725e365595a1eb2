"""The generation of 2021, made for IEEE 1547-2018: models 701 to 704 with 713, 714 and 715.

``704.WSet`` fixes the power at the AC terminals, PV and battery together (+ injects). A wish for the battery alone is
therefore written with the PV's present power added, and written again when that moved. Without the PV's power there is
no such set-point: the battery would take up, or make good, whatever the sun does. At night it is known to be 0, by the
rule of ``asleep``. The battery's own port is no substitute: it tells what the battery does, not what the sun adds, and
AC power minus battery power lags behind the very set-point that would be made of it.

The lease is ``WSetRvrtTms``, after which a set-point of 0 W is disabled, or holds, as ``reverting`` has it.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Final, Self

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecModels

from ..capability import BatteryReading, Failures, InverterReading, OperatingState
from ..errors import DeviceError, DeviceRefusedError, device_border
from ..lease import FOLLOW_PV_W
from ..plausible import frequency, percent, power, reconnect_wait, says_nothing, voltage
from ..polling import Block
from .asleep import input_power
from .bank import Bank
from .chain import Accumulator, counted, prepared, send, total
from .layout import by_length, check_blocks, place
from .models.der import DERCapacity, DEREnterService, DERMeasureAC, InverterState
from .models.der_control import DERCtl, DERCtlAC
from .models.der_storage import DCPortStatus, DERMeasureDC, DERMeasureDCPrt, DERStorageCapacity, PortType
from .output import DerOutput
from .reverting import Requests, Reverting

LONGEST_LEASE_S: Final = 7 * 24 * 3600
"""The register has 32 bits; a set-point for more than a week is a mistake."""

UNEXPLAINED: Final = 0.1
"""What the AC terminals may give beyond PV and battery, as a share of the rating: both are measured to a few percent of
it, and a moment apart."""

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


_AC_FIELDS: Final = ("st", "inv_st", "conn_st", "alrm", "der_mode", "w", "lnv", "llv", "hz", "tot_wh_inj")
_CAPACITY_FIELDS: Final = ("w_max_rtg", "w_cha_rte_max_rtg", "w_dis_cha_rte_max_rtg", "int_island_cat_rtg", "w_max")
_STORAGE_FIELDS: Final = ("wh_rtg", "so_c", "so_h")
_CONTROL_FIELDS: Final = (
    "w_set_ena", "w_set_mod", "w_set", "w_set_rvrt", "w_set_ena_rvrt", "w_set_rvrt_tms", "w_set_rvrt_rem"
)  # fmt: skip


_OFF: Final = {"w_set_ena": 0}
_HIGHEST_BEAT: Final = 0xFFFF_FFFF
"""What stands for "not implemented" is never written."""


class _Ports(SunSpecComponent):
    """Model 714: its ports, as many as its length holds."""

    prt = by_length(DERMeasureDC.prt)


class DerModels:
    """The models of one device, and what they mean together."""

    longest_lease_s: Final = LONGEST_LEASE_S
    deadband_w: Final = FOLLOW_PV_W

    def __init__(self, what: str, unit: ModbusUnit, models: SunSpecModels) -> None:
        self._what = what
        self._unit = unit
        self._holding = Reverting(
            "w_set_rvrt_rem",
            _OFF,
            f"{what} does not count down the time limit of its set-point (WSetRvrtRem), so its battery is not "
            "controlled: a set-point without end would outlive its controller",
        )

        def find[C: SunSpecComponent](
            number: int, kind: type[C], used: tuple[str, ...] = (), if_there: tuple[str, ...] = ()
        ) -> C | None:
            model = models.first(number)
            return None if model is None else place(what, kind, unit, model, used, if_there=if_there)

        ac = find(701, _MeasureAc, _AC_FIELDS)
        assert ac is not None, "the driver chose this generation for its AC model"
        self._ac = ac
        self._capacity = find(702, DERCapacity, _CAPACITY_FIELDS)
        self._enter = find(703, DEREnterService, ("es", "es_dly_rem_tms"))
        self._control = find(704, DERCtlAC, _CONTROL_FIELDS)
        self._storage = find(713, DERStorageCapacity, _STORAGE_FIELDS)
        self._dc = find(714, _Ports)
        self._local = find(715, DERCtl, ("loc_rem_ctl",), ("controller_hb",))
        self._deaf = False
        """Whether it was seen, when it was last given a set-point, to have no counter for its controller's beats."""
        self._bank = Bank(what, unit, models)
        self.output = DerOutput(what, unit, self._control, self._enter, self._capacity, self._refuse_local)
        self.reserve = self._bank.reserve
        live = {"ac": self._ac, "dc": self._dc, "storage": self._storage, "control": self._control}
        self.live: Mapping[str, Block] = {name: block for name, block in live.items() if block is not None}
        self.static: Mapping[str, Block] = {} if self._capacity is None else {"capacity": self._capacity}
        self.slow: Mapping[str, Block] = {} if self._enter is None else {"enter": self._enter}
        if self.has_battery:
            self.live, self.static = {**self.live, **self._bank.live}, {**self.static, **self._bank.static}

    @classmethod
    async def open(cls, what: str, unit: ModbusUnit, models: SunSpecModels) -> Self:
        """Hold the models against their lengths, and find out whether there is a battery.

        Raises:
            DeviceNonsenseError: a model is not as long as what it is said to hold.
            DeviceError: a count cannot be read.
        """
        if (ports := models.first(714)) is not None:
            await check_blocks(what, unit, ports, DERMeasureDC.prt, "NPrt")
        made = cls(what, unit, models)
        if made._storage is not None and not await made._stores():
            return cls(what, unit, SunSpecModels({number: models[number] for number in models if number != 713}))
        return made

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
        pv, _ = self._flows(failed)
        pv_wh = self._pv_wh(failed)
        if "ac" in failed:
            return InverterReading(pv_power_w=pv, pv_wh=pv_wh, rated_power_w=rated, failed=failed)
        ac = self._ac
        volts, hertz = voltage(ac.lnv if ac.lnv is not None else ac.llv), frequency(ac.hz)
        state = None if ac.inv_st is None else _STATES.get(ac.inv_st)
        connected = None if ac.conn_st is None else {0: False, 1: True}.get(int(ac.conn_st))
        forming = None if ac.der_mode is None else bool(ac.der_mode & _MODE_GRID_FORMING)
        if ac.alrm is not None and ac.alrm & _ALARM_GRID_DISCONNECT:
            connected = False
        if says_nothing(volts, hertz, state):
            connected = forming = None
        return InverterReading(
            ac_power_w=power(ac.w, rated),
            pv_power_w=pv,
            energy_wh=ac.tot_wh_inj,
            pv_wh=pv_wh,
            voltage_v=volts,
            frequency_hz=hertz,
            grid_connected=connected,
            grid_forming=forming,
            island_capable=None if islands is None else bool(islands & _ISLAND_CAPABLE),
            reconnect_wait_s=None if enter is None else reconnect_wait(enter.es_dly_rem_tms),
            state=state,
            rated_power_w=rated,
            failed=failed,
        )

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""
        capacity = self._capacity if "capacity" not in failed else None
        storage = self._storage if "storage" not in failed else None
        control = self._control if "control" not in failed else None
        pv, battery = self._flows(failed)
        set_point = left = None
        if control is not None and control.w_set_ena == 1:
            left = None if control.w_set_rvrt_rem is None else int(control.w_set_rvrt_rem)
            if control.w_set_mod == 1 and control.w_set is not None and pv is not None:
                set_point = control.w_set - pv
        reading = BatteryReading(
            power_w=battery,
            soc_percent=percent(storage.so_c) if storage else None,
            soh_percent=percent(storage.so_h) if storage else None,
            capacity_wh=round(storage.wh_rtg) if storage and storage.wh_rtg else None,
            max_charge_w=capacity.w_cha_rte_max_rtg if capacity else None,
            max_discharge_w=capacity.w_dis_cha_rte_max_rtg if capacity else None,
            set_point_w=set_point,
            lease_left_s=left,
            failed=failed,
        )
        return self._bank.told(reading, failed)

    def target(self, watts: int, inverter: InverterReading, battery: BatteryReading) -> int:
        """Give the power at the AC terminals that gives the battery ``watts``.

        Of a wish beyond the battery's power the rest would be taken from the PV: it is cut off.

        Raises:
            DeviceRefusedError: the PV's power is unknown.
        """
        if inverter.pv_power_w is None:
            raise DeviceRefusedError(
                f"{self._what} takes a set-point for PV and battery together, and the PV's power is unknown at present"
            )
        if battery.max_discharge_w is not None:
            watts = min(watts, round(battery.max_discharge_w))
        if battery.max_charge_w is not None:
            watts = max(watts, -round(battery.max_charge_w))
        wanted = watts + round(inverter.pv_power_w)
        rated = inverter.rated_power_w
        return wanted if rated is None else max(-int(rated), min(int(rated), wanted))

    async def activate(self, target_w: int, lease_s: int) -> None:
        """Write the set-point, its lease and what follows the lease; make sure that the lease runs."""
        control = self._control
        what = f"{self._what}, model 704"
        with device_border(what):
            if control is not None:
                # It also makes sure that the model still stands there: nothing is written into foreign registers.
                await control.async_update(notify=False)
            if control is None or control.w_set_rvrt_tms is None:
                raise DeviceRefusedError(
                    f"{self._what} has no time limit for a set-point (WSetRvrtTms), so its battery is not controlled"
                )
            await self._refuse_local()
            self._deaf = False
            await self.beat()
            wished, harmless = partial(_steps, target_w, lease_s), partial(_steps, 0, lease_s)
            await self._holding.start(what, self._unit, control, wished, harmless)

    async def deactivate(self) -> None:
        """Disable the set-point."""
        control = self._control
        if control is not None:
            what = f"{self._what}, model 704"
            with device_border(what):
                await control.async_update(notify=False)
                await send(self._unit, await prepared(what, control, [_OFF]))

    async def beat(self) -> None:
        """Count 715's ``ControllerHb`` on, where the device has it: some give a set-point up when it stands still."""
        local = self._local
        if local is None or self._deaf:
            return
        what = f"{self._what}, model 715"
        with device_border(what):
            await local.async_update(notify=False)
            self._deaf = local.controller_hb is None
            if local.controller_hb is not None:
                count = (int(local.controller_hb) + 1) % _HIGHEST_BEAT
                await send(self._unit, await prepared(what, local, [{"controller_hb": count}]))

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

    async def _stores(self) -> bool:
        """Tell whether model 713 speaks of a battery.

        Its definition lets devices without storage have it, with a state of charge of 0 %. They are those that show
        neither capacity nor charging power nor a battery's port. What cannot be read proves nothing.
        """
        storage, capacity, dc = self._storage, self._capacity, self._dc
        if storage is None:
            return False
        try:
            with device_border(f"{self._what}, its storage"):
                await storage.async_update(notify=False)
                if storage.so_c != 0 or storage.wh_rtg:
                    return True
                if capacity is not None:
                    await capacity.async_update(notify=False)
                if dc is not None:
                    await dc.async_update(notify=False)
        except DeviceError:
            return True
        charges = capacity is not None and bool(capacity.w_cha_rte_max_rtg)
        return charges or any(port.prt_typ == PortType.ESS for port in self._ports(()))

    def _ports(self, failed: Collection[str]) -> list[DERMeasureDCPrt]:
        return [] if self._dc is None or "dc" in failed else self._dc.prt

    def _pv_wh(self, failed: Failures) -> int | None:
        """Give what the strings have counted; a port that tells no type may be one."""
        ports = self._ports(failed)
        if any(port.prt_typ is None for port in ports):
            return None
        return counted([port.dc_wh_inj for port in ports if port.prt_typ == PortType.PV])

    def _flows(self, failed: Failures) -> tuple[float | None, float | None]:
        """Give the powers of PV and battery."""
        capacity = self._capacity if "capacity" not in failed else None
        rated = capacity.w_max_rtg if capacity else None
        alive = "ac" not in failed
        ac = power(self._ac.w, rated) if alive else None
        asleep = alive and self._ac.inv_st == InverterState.SLEEPING
        if self._dc is None:
            # What the AC terminals give is the PV's only where nothing else is on the DC side.
            return None if self.has_battery else input_power(ac, off=None, asleep=asleep), None
        ports = self._ports(failed)
        # Beyond what the AC terminals take, strings can charge the battery.
        charge = capacity.w_cha_rte_max_rtg if capacity else None
        most = None if rated is None else rated + (charge or 0)
        battery = power(total([port.dcw for port in ports if port.prt_typ == PortType.ESS]), most)
        strings = [port for port in ports if port.prt_typ == PortType.PV]
        pv = power(total([input_power(port.dcw, off=_off(port), asleep=asleep) for port in strings]), most)
        if any(port.prt_typ is None and port.dcw for port in ports):
            pv = None  # A port that gives power without telling its type may be a string.
        if pv is not None and any(port.dcw is None for port in strings):
            stored = battery if self.has_battery else 0.0
            pv = None if _contradicted(pv, stored, ac, rated) else pv
        if battery is None and pv is not None and ac is not None:
            battery = ac - pv
        return pv, battery


def _steps(target_w: int, lease_s: int, still_enabled: int) -> Requests:
    """Give what is written for a set-point: what follows the lease, the lease, and last what makes it count."""
    return (
        {"w_set_rvrt": 0},
        {"w_set_ena_rvrt": still_enabled, "w_set_rvrt_tms": lease_s},
        {"w_set_ena": 1, "w_set_mod": 1, "w_set": target_w},
    )


def _off(port: DERMeasureDCPrt) -> bool | None:
    return None if port.dc_sta is None else port.dc_sta == DCPortStatus.OFF


def _contradicted(pv: float, battery: float | None, ac: float | None, rated: float | None) -> bool:
    """Tell whether the AC terminals give more than PV and battery, one of whose ports says that it is off, can give.

    "Off" is 0, which is also what a register shows that its maker forgot to fill. More power than the others have comes
    from the port that hides it, whatever its status says.
    """
    if battery is None or ac is None or rated is None:
        return False
    return ac - battery - pv > UNEXPLAINED * rated

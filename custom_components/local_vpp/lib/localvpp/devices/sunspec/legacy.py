"""The generation of 2012 to 2018: models 101-103 and 111-113 with 120, 122, 124 and 160.

Battery power is not in any model of its own. On a hybrid with four inputs in model 160 the inputs 1 and 2 are the PV's,
3 is what the battery takes and 4 what it gives, both positive: the convention of Fronius GEN24, which others follow.
With any other number of inputs the battery's power is unknown.

Control is a window in model 124: charge and discharge are limited in percent of their highest powers, and a negative
limit forces the other direction. To hold P both limits are set: discharging at most P, charging at most -P.
``InOutWRte_RvrtTms`` is the lease.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Self

from modbus_connection import ModbusUnit
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecModels

from ..capability import BatteryReading, Failures, InverterReading, OperatingState
from ..errors import DeviceRefusedError, device_border
from ..plausible import frequency, percent, power, says_nothing, voltage
from ..polling import Block
from ..quantity import watt_hours_of
from .asleep import input_power
from .bank import Bank
from .chain import Accumulator, counted, prepared, send, total
from .layout import by_length, check_blocks, place
from .models.inverter import InverterSinglePhase, InverterSplitPhase, InverterThreePhase
from .models.inverter_float import InverterSinglePhaseFloat, InverterSplitPhaseFloat, InverterThreePhaseFloat
from .models.mppt import Mppt, MpptModule
from .models.settings import Nameplate, Status
from .models.storage import StorageBasic, StorCtlMod
from .output import ImmediateControls
from .reserve import Reserve

LONGEST_LEASE_S: Final = 0xFFFE
"""``InOutWRte_RvrtTms`` has 16 bits, and 0xFFFF means that it is not there."""

HYBRID_INPUTS: Final = 4
_STRINGS: Final = 2
"""So many of these inputs are the PV's; by the others the battery is charged and discharged."""


class _ExactEnergy:
    """Puts the exact decoder in the place of the generated one; register 24 and its scale in 26 (models 101-103).

    0 means "not counted" to an acc32 (SunSpec), all ones to the devices that treat it as any unsigned number.
    """

    wh = Accumulator(24, count=2, signed=False, nan=(0, 0xFFFF_FFFF), scale_register=26)


class _SinglePhase(_ExactEnergy, InverterSinglePhase):
    """Model 101."""


class _SplitPhase(_ExactEnergy, InverterSplitPhase):
    """Model 102."""


class _ThreePhase(_ExactEnergy, InverterThreePhase):
    """Model 103."""


type _Ac = (
    _SinglePhase
    | _SplitPhase
    | _ThreePhase
    | InverterSinglePhaseFloat
    | InverterSplitPhaseFloat
    | InverterThreePhaseFloat
)

AC_MODELS: Final[Mapping[int, type[_Ac]]] = {
    103: _ThreePhase,
    102: _SplitPhase,
    101: _SinglePhase,
    113: InverterThreePhaseFloat,
    112: InverterSplitPhaseFloat,
    111: InverterSinglePhaseFloat,
}

_STATES: Final[Mapping[int, OperatingState]] = {
    1: OperatingState.OFF,
    2: OperatingState.SLEEPING,
    3: OperatingState.STARTING,
    4: OperatingState.RUNNING,
    5: OperatingState.THROTTLED,
    6: OperatingState.SHUTTING_DOWN,
    7: OperatingState.FAULT,
    8: OperatingState.STANDBY,
}

_FEEDING: Final = {OperatingState.RUNNING, OperatingState.THROTTLED}

_OFF_GRID_EVENTS: Final = sum(1 << bit for bit in (2, 4, 8, 9, 10, 11))
"""Bits of ``Evt1``: AC and grid disconnect, frequency and voltage out of their limits."""

_ASLEEP: Final = {1, 2}
"""``DCSt`` of model 160: OFF and SLEEPING."""

_AC_FIELDS: Final = ("w", "hz", "ph_vph_a", "wh", "dcw", "st", "evt1")
_STORAGE_FIELDS: Final = (
    "w_cha_max", "stor_ctl_mod", "min_rsv_pct", "cha_state", "out_w_rte", "in_w_rte", "in_out_w_rte_rvrt_tms"
)  # fmt: skip


class _Inputs(SunSpecComponent):
    """Model 160: its inputs, as many as its length holds."""

    module = by_length(Mppt.module)


class LegacyModels:
    """The models of one device, and what they mean together."""

    longest_lease_s: Final = LONGEST_LEASE_S
    deadband_w: Final = 0

    def __init__(self, what: str, unit: ModbusUnit, models: SunSpecModels) -> None:
        self._what = what
        self._unit = unit

        def find[C: SunSpecComponent](number: int, kind: type[C], used: tuple[str, ...] = ()) -> C | None:
            return place(what, kind, unit, model, used) if (model := models.first(number)) else None

        ac = models.first(*AC_MODELS)
        assert ac is not None, "the driver chose this generation for its AC model"
        self._ac: _Ac = place(what, AC_MODELS[ac.model_id], unit, ac, _AC_FIELDS)
        self._status = find(122, Status, ("ecp_conn",))
        self._mppt = find(160, _Inputs)
        self._storage = find(124, StorageBasic, _STORAGE_FIELDS)
        self._nameplate = find(120, Nameplate, ("w_rtg", "wh_rtg", "max_dis_cha_rte"))
        self._bank = Bank(what, unit, models)
        self.output = ImmediateControls(what, unit, models)
        self._reserve = None if self._storage is None else Reserve(what, unit, self._storage, "min_rsv_pct")
        live = {"ac": self._ac, "mppt": self._mppt, "storage": self._storage, "status": self._status}
        self.live: Mapping[str, Block] = {name: block for name, block in live.items() if block is not None}
        self.static: Mapping[str, Block] = {} if self._nameplate is None else {"nameplate": self._nameplate}
        self.slow: Mapping[str, Block] = {}
        if self.has_battery:
            self.live, self.static = {**self.live, **self._bank.live}, {**self.static, **self._bank.static}

    @classmethod
    async def open(cls, what: str, unit: ModbusUnit, models: SunSpecModels) -> Self:
        """Hold the models against their lengths, and find out which commands have a time limit.

        Raises:
            DeviceNonsenseError: a model is not as long as what it is said to hold.
            DeviceError: a count cannot be read.
        """
        if (inputs := models.first(160)) is not None:
            await check_blocks(what, unit, inputs, Mppt.module, "N")
        made = cls(what, unit, models)
        await made.output.look()
        return made

    @property
    def has_battery(self) -> bool:
        """Whether there is a storage model."""
        return self._storage is not None

    @property
    def reserve(self) -> Reserve | None:
        """Model 124's, or where that has none the battery's own."""
        if self._reserve is not None and self._reserve.percent is None and self._bank.reserve is not None:
            return self._bank.reserve
        return self._reserve

    def inverter(self, failed: Failures) -> InverterReading:
        """Build the reading from the blocks that did not fail."""
        rated = self._rated(failed)
        if "ac" in failed:
            return InverterReading(
                pv_power_w=self._pv(failed), pv_wh=self._pv_wh(failed), rated_power_w=rated, failed=failed
            )
        ac = self._ac
        state = _STATES.get(ac.st) if ac.st is not None else None
        volts, hertz = voltage(ac.ph_vph_a), frequency(ac.hz)
        return InverterReading(
            ac_power_w=power(ac.w, rated),
            pv_power_w=self._pv(failed),
            energy_wh=watt_hours_of(ac.wh),
            pv_wh=self._pv_wh(failed),
            voltage_v=volts,
            frequency_hz=hertz,
            grid_connected=None if says_nothing(volts, hertz, state) else self._connected(failed, ac.evt1, state),
            state=state,
            rated_power_w=rated,
            failed=failed,
        )

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""
        nameplate = self._nameplate if "nameplate" not in failed else None
        storage = self._storage if "storage" not in failed else None
        charge_w, discharge_w = self._limits(failed)
        reading = BatteryReading(
            power_w=self._battery_power(failed),
            soc_percent=percent(storage.cha_state) if storage else None,
            capacity_wh=round(nameplate.wh_rtg) if nameplate and nameplate.wh_rtg else None,
            max_charge_w=charge_w,
            max_discharge_w=discharge_w,
            set_point_w=self._set_point(storage, charge_w, discharge_w),
            reserve_percent=percent(storage.min_rsv_pct) if storage else None,
            failed=failed,
        )
        return self._bank.told(reading, failed)

    def target(self, watts: int, inverter: InverterReading, battery: BatteryReading) -> int:
        """Give what is to be written for a wish: model 124 speaks of the battery alone.

        Raises:
            DeviceRefusedError: the battery's highest power is unknown, of which the set-point is a share.
            DeviceError: it could not be read.
        """
        del inverter
        if (failure := battery.failed.get("storage")) is not None:
            raise failure
        if not battery.max_charge_w or not battery.max_discharge_w:
            raise DeviceRefusedError(f"{self._what} does not tell its highest battery power (WChaMax)")
        return max(-round(battery.max_charge_w), min(round(battery.max_discharge_w), watts))

    async def activate(self, target_w: int, lease_s: int) -> None:
        """Write the window that holds ``target_w``, the lease first."""
        storage = self._storage
        what = f"{self._what}, model 124"
        with device_border(what):
            if storage is not None:
                # It also makes sure that the model still stands there: nothing is written into foreign registers.
                await storage.async_update(notify=False)
            if storage is None or storage.in_out_w_rte_rvrt_tms is None:
                raise DeviceRefusedError(
                    f"{self._what} has no time limit for a set-point (InOutWRte_RvrtTms), so its battery is not "
                    "controlled"
                )
            charge_w, discharge_w = self._limits(())
            if not charge_w or not discharge_w:
                raise DeviceRefusedError(f"{self._what} does not tell its highest battery power (WChaMax)")
            steps = (
                {"in_out_w_rte_rvrt_tms": lease_s},
                {
                    "out_w_rte": max(-100.0, 100 * target_w / discharge_w),
                    "in_w_rte": max(-100.0, -100 * target_w / charge_w),
                },
                {"stor_ctl_mod": StorCtlMod.CHARGE | StorCtlMod.DiSCHARGE},
            )
            await send(self._unit, await prepared(what, storage, steps))

    async def beat(self) -> None:
        """Do nothing: models of this generation listen for no controller."""

    async def deactivate(self) -> None:
        """Take both limits away."""
        storage = self._storage
        if storage is not None:
            what = f"{self._what}, model 124"
            with device_border(what):
                await storage.async_update(notify=False)
                await send(self._unit, await prepared(what, storage, ({"stor_ctl_mod": StorCtlMod(0)},)))

    @property
    def controllable(self) -> bool:
        """Whether set-point and lease are there, as far as was read."""
        return self._storage is not None and self._storage.in_out_w_rte_rvrt_tms is not None

    def _limits(self, failed: Collection[str]) -> tuple[float | None, float | None]:
        storage = self._storage if "storage" not in failed else None
        nameplate = self._nameplate if "nameplate" not in failed else None
        charge = storage.w_cha_max if storage else None
        discharge = nameplate.max_dis_cha_rte if nameplate else None
        return charge, discharge or charge

    def _rated(self, failed: Failures) -> float | None:
        return self._nameplate.w_rtg if self._nameplate and "nameplate" not in failed else None

    def _most(self, failed: Failures) -> float | None:
        """Give what can flow on the DC side: beyond what the AC terminals take, strings can charge the battery."""
        rated, (charge, _) = self._rated(failed), self._limits(failed)
        return None if rated is None else rated + (charge or 0)

    def _asleep(self, failed: Failures) -> bool:
        return "ac" not in failed and self._ac.st is not None and _STATES.get(self._ac.st) is OperatingState.SLEEPING

    def _pv(self, failed: Failures) -> float | None:
        asleep = self._asleep(failed)
        if self._mppt is None:
            # One DC figure is the PV's only where nothing else is on the DC side.
            if self.has_battery or "ac" in failed:
                return None
            return input_power(power(self._ac.dcw, self._rated(failed)), off=None, asleep=asleep)
        strings = self._strings(failed)
        if not strings:
            return None
        return power(total([_power(each, asleep=asleep) for each in strings]), self._most(failed))

    def _strings(self, failed: Failures) -> Sequence[MpptModule]:
        """Give the inputs of the PV; none where they are unknown."""
        inputs = [] if self._mppt is None or "mppt" in failed else self._mppt.module
        if not self.has_battery:
            return inputs
        return inputs[:_STRINGS] if len(inputs) == HYBRID_INPUTS else []

    def _pv_wh(self, failed: Failures) -> int | None:
        return counted([each.dcwh for each in self._strings(failed)])

    def _battery_power(self, failed: Failures) -> float | None:
        if self._mppt is None or "mppt" in failed or len(self._mppt.module) != HYBRID_INPUTS:
            return None
        # A battery's inputs do not sleep with the sun: only their own status counts.
        taken, given = (_power(each, asleep=False) for each in self._mppt.module[_STRINGS:])
        if taken is None or given is None:
            return None
        return power(given - taken, self._most(failed))

    def _set_point(
        self, storage: StorageBasic | None, charge_w: float | None, discharge_w: float | None
    ) -> float | None:
        if storage is None or storage.stor_ctl_mod != 3 or storage.out_w_rte is None:
            return None
        if storage.out_w_rte >= 0:
            return None if discharge_w is None else discharge_w * storage.out_w_rte / 100
        # Below 0 the limits are shares of two powers, and that of charging is meant.
        return None if charge_w is None or storage.in_w_rte is None else -charge_w * storage.in_w_rte / 100

    def _connected(self, failed: Failures, events: int | None, state: OperatingState | None) -> bool | None:
        # The specification names both a value (1 = connected) and bits (1 << 1 = connected): only 0 says "separated".
        status = self._status if "status" not in failed else None
        if events is not None and events & _OFF_GRID_EVENTS:
            return False
        if status is not None and status.ecp_conn is not None:
            return status.ecp_conn != 0
        return True if events is not None and state in _FEEDING else None


def _power(module: MpptModule, *, asleep: bool) -> float | None:
    return input_power(module.dcw, off=None if module.dc_st is None else module.dc_st in _ASLEEP, asleep=asleep)

"""A hybrid inverter described by a register map: inverter and battery of one device.

What is derived is derived here, once for all makes: the PV's power from its strings', the battery's from two magnitudes
or from a direction that stands elsewhere, and whether the device is separated from the grid from all states that tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
import math
from time import monotonic

from modbus_connection import ModbusUnit
from modbus_connection.model import ManualComponent

from .capability import BatteryReading, Cadence, Failures, Identity, InverterReading, OperatingState
from .errors import DeviceRefusedError
from .inverting import COUNTER_SLACK_WH, DeviceBattery, InverterDevice, Snapshot
from .lease import FOLLOW_PV_W, STEERING_LEASE_S, Keeper, Target
from .line import Line
from .mapped_output import MapOutput
from .mapping import (
    STRINGS,
    Asked,
    EnergySample,
    Point,
    Quantity,
    RegisterMap,
    Step,
    Value,
    knock,
    parts,
    serial_of,
)
from .output import Output
from .polling import approach
from .rota import Pace
from .silence import INVERTER, Manners
from .wear import Wear
from .writing import Writer


class MapHybrid(InverterDevice):
    """Reads and commands a hybrid.

    Args:
        unit: where it answers.
        device: its register map.
        identity: as ``probe.probe_hybrid`` gave it.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
        wear: what was written to its memory, where that is known for longer than this.
    """

    battery: HybridBattery

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = INVERTER,
        wear: Wear | None = None,
    ) -> None:
        what = f"the inverter {identity}"
        writer = Writer(what, unit, device.control, clock, wear)
        orders = _Orders(device, writer)
        keeper = Keeper(orders, clock, self.commanded)
        super().__init__(
            what,
            identity,
            unit,
            _Points(unit, device, keeper, writer),
            knock(unit, device),
            partial(_name, unit, device, identity),
            slack_wh=max(COUNTER_SLACK_WH, 2 * device.energy_step_wh),
            rated_w=device.rated_power_w,
            line=line or Line(),
            manners=manners,
            clock=clock,
        )
        self.battery = HybridBattery(self, keeper, orders)
        self.output = Output(MapOutput(device, writer), clock)
        approach(unit, device.wiring)


async def _name(unit: ModbusUnit, device: RegisterMap, identity: Identity) -> Identity:
    return replace(identity, serial=await serial_of(unit, device))


class _Points:
    """What a map's points mean together."""

    def __init__(self, unit: ModbusUnit, device: RegisterMap, keeper: Keeper[Snapshot], writer: Writer) -> None:
        self._map = device
        self._keeper = keeper
        self._writer = writer
        found = parts(device)
        self.blocks: Mapping[str, ManualComponent] = {part.name: part.component(unit, device) for part in found}
        self.paces: Mapping[str, Pace] = {part.name: part.pace for part in found}
        self.commanded = [part.name for part in found if any(point.name == "lease_left_s" for point in part.points)]
        self._block_of = {point.name: part.name for part in found for point in part.points}

    def is_torn(self, counter: str) -> bool:
        """Whether the words of a counter may be of two moments."""
        block = self._block_of.get(counter)
        sample = None if block is None else self.blocks[block].get(counter)
        return isinstance(sample, EnergySample) and sample.torn

    def inverter(self, failed: Failures) -> InverterReading:
        """Build the reading from the blocks that did not fail."""
        values = self._values(failed)
        grid_w = _number(values, "grid_power_w")
        if grid_w is None:
            grid_w = _difference(values, "grid_import_power_w", "grid_export_power_w")
        return InverterReading(
            ac_power_w=_number(values, "ac_power_w"),
            pv_power_w=self._pv(values),
            energy_wh=_wh(values, "energy_wh"),
            pv_wh=_wh(values, "pv_wh"),
            voltage_v=_number(values, "voltage_v"),
            frequency_hz=_number(values, "frequency_hz"),
            grid_connected=self._connected(values),
            state=self._state(values),
            rated_power_w=_number(values, "rated_power_w"),
            grid_power_w=grid_w,
            load_power_w=_number(values, "load_power_w"),
            backup_power_w=_number(values, "backup_power_w"),
            backup_voltage_v=_number(values, "backup_voltage_v"),
            backup_frequency_hz=_number(values, "backup_frequency_hz"),
            failed=failed,
        )

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""
        values = self._values(failed)
        left_s = _number(values, "lease_left_s")
        return BatteryReading(
            power_w=self._battery_power(values),
            soc_percent=_number(values, "soc_percent"),
            capacity_wh=_wh(values, "capacity_wh") or None,
            max_charge_w=_number(values, "max_charge_w"),
            max_discharge_w=_number(values, "max_discharge_w"),
            set_point_w=self._keeper.held_w,
            lease_left_s=None if left_s is None else round(left_s),
            charge_wh=_wh(values, "charge_wh"),
            discharge_wh=_wh(values, "discharge_wh"),
            soh_percent=_number(values, "soh_percent"),
            voltage_v=_number(values, "battery_voltage_v"),
            current_a=_number(values, "battery_current_a"),
            temperature_c=_number(values, "battery_temperature_c"),
            cell_min_v=_number(values, "cell_min_v"),
            cell_max_v=_number(values, "cell_max_v"),
            cell_min_c=_number(values, "cell_min_c"),
            cell_max_c=_number(values, "cell_max_c"),
            flash_writes=self._writer.flash_writes,
            failed=failed,
        )

    def _values(self, failed: Failures) -> dict[str, Value | None]:
        values: dict[str, Value | None] = {}
        for name, block in self.blocks.items():
            if name not in failed:
                values |= block.values
        return values

    def _pv(self, values: Mapping[str, Value | None]) -> float | None:
        if self._map.point("pv_power_w") is not None:
            return _number(values, "pv_power_w")
        # One string that is not known leaves the sum unknown; one that a model does not have is no part of it.
        strings = [self._map.point(name) for name in STRINGS]
        known = [values.get(point.name) for point in strings if point is not None and not self._lacks(point, values)]
        numbers = [value for value in known if isinstance(value, float)]
        return sum(numbers) if numbers and len(numbers) == len(known) else None

    @staticmethod
    def _lacks(point: Point, values: Mapping[str, Value | None]) -> bool:
        return point.optional and point.name not in values

    def _battery_power(self, values: Mapping[str, Value | None]) -> float | None:
        point = self._map.point("battery_power_w")
        if point is None:
            return _difference(values, "battery_discharge_power_w", "battery_charge_power_w")
        watts = _number(values, "battery_power_w")
        if watts is None or point.direction is None:
            return watts
        told = values.get(point.direction.by)
        names = {told} if isinstance(told, str) else told
        if not isinstance(names, (set, frozenset)):
            return None
        gives, takes = point.direction.positive in names, point.direction.negative in names
        if gives is takes:
            return 0.0 if watts == 0 else None
        return abs(watts) if gives else -abs(watts)

    def _connected(self, values: Mapping[str, Value | None]) -> bool | None:
        shows = {point.quantity for point in self._map.points if values.get(point.name) is not None}
        if shows.isdisjoint({Quantity.VOLTAGE, Quantity.FREQUENCY, Quantity.STATE}):
            return None  # One bit of garbage must not be read as an island.
        connected: bool | None = None
        for point in self._map.points:
            shown = values.get(point.name)
            if not isinstance(shown, (str, frozenset)):
                continue
            if point.islanded is not None and point.islanded.holds(shown):
                return False
            if point.connected is not None and point.connected.holds(shown):
                connected = True
        return connected

    def _state(self, values: Mapping[str, Value | None]) -> OperatingState | None:
        for point in self._map.points:
            shown = values.get(point.name)
            if point.operating is not None and isinstance(shown, str) and shown in point.operating:
                return OperatingState(point.operating[shown])
        return None


class HybridBattery(DeviceBattery):
    """The battery of a hybrid."""

    def __init__(self, device: InverterDevice, keeper: Keeper[Snapshot], orders: _Orders) -> None:
        super().__init__(device, keeper)
        self._orders = orders

    @property
    def wear(self) -> Wear | None:
        """What was written to its memory; see ``capability.Wearable``."""
        return self._orders.writer.wear if self._orders.wears else None

    @property
    def reservable(self) -> bool:
        """Whether the device has such a setting."""
        return self._orders.reservable

    async def set_reserve(self, percent: int) -> None:
        """Keep a share of the battery for an outage; see ``capability.Reserving.set_reserve``."""
        if not 0 <= percent <= 100:
            raise ValueError(f"percent is {percent}: write 0 to 100")
        async with self._keeper.writing:
            await self._orders.set_reserve(percent)


class _Orders:
    """How a map's battery is commanded."""

    def __init__(self, device: RegisterMap, writer: Writer) -> None:
        self._control = device.control
        self._name = f"{device.manufacturer} {device.model}"
        self._rated_w = device.rated_power_w or 0
        self.writer = writer

    @property
    def controllable(self) -> bool:
        """Whether the device has a set-point and a lease."""
        return self._control.has_set_point

    @property
    def deadband_w(self) -> int:
        """How far what is written may move without a writing."""
        return FOLLOW_PV_W if self._control.follows_pv else 0

    @property
    def cadence(self) -> Cadence | None:
        """How a set-point may be moved, and be renewed when it is not: both are written into its memory."""
        rule, change_s = self._control.lease, self._control.change_s
        if rule is None or not self._control.has_set_point:
            return None
        return Cadence(
            lease_s=rule.nearest(max(STEERING_LEASE_S, math.ceil(2 * change_s))),
            change_s=change_s,
            rated_w=self._rated_w or None,
        )

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for."""
        rule = self._control.lease
        if rule is None or not self._control.has_set_point:
            reason = self._control.why_not or "it has no time limit for a set-point"
            raise DeviceRefusedError(f"the battery of {self._name} is not controlled: {reason}")
        return rule.kept(lease_s)

    def target(self, watts: int, told: Snapshot) -> Target:
        """Give what a wish comes to: within what the battery can, and with the PV where the device counts it in."""
        charge_w, discharge_w = told.battery.max_charge_w, told.battery.max_discharge_w
        most_charge = self._rated_w if charge_w is None else round(charge_w)  # 0: it takes nothing now.
        most_discharge = self._rated_w if discharge_w is None else round(discharge_w)
        battery_w = max(-most_charge, min(most_discharge, watts))
        if not self._control.follows_pv:
            return Target(battery_w, battery_w)
        if told.inverter.pv_power_w is None:
            raise DeviceRefusedError(
                f"{self._name} takes a set-point for PV and battery together, and the PV's power is unknown at present"
            )
        most = round(told.inverter.rated_power_w or self._rated_w)
        return Target(battery_w, max(-most, min(most, battery_w + round(told.inverter.pv_power_w))))

    async def activate(self, target: Target, lease_s: int, *, anew: bool, stops: bool = False) -> None:
        """Write a set-point with its lease."""
        if anew:
            self.writer.forget()  # The device has fallen back, and set its command and mode by itself.
        await self.writer.send(self._steps(target.battery_w), _asked(target, lease_s), stops=stops)

    async def beat(self) -> None:
        """Do nothing: where a map's device listens for its controller, that is its lease."""

    async def deactivate(self) -> None:
        """Take the set-point away."""
        await self.writer.send(self._control.release, {}, lets_go=True)

    @property
    def wears(self) -> bool:
        """Whether some commands are kept in flash."""
        return self._control.writes_per_day > 0

    @property
    def reservable(self) -> bool:
        """Whether the device keeps a reserve."""
        return bool(self._control.reserve)

    async def set_reserve(self, percent: int) -> None:
        """Keep a share of the battery."""
        if not self._control.reserve:
            raise DeviceRefusedError(f"{self._name} has no setting for a reserve that is known to be safe")
        await self.writer.send(self._control.reserve, {Asked.PERCENT: Fraction(percent)})

    def _steps(self, target_w: int) -> tuple[Step, ...]:
        if target_w == 0:
            return self._control.hold
        return self._control.discharge if target_w > 0 else self._control.charge


def _asked(target: Target, lease_s: int) -> dict[Asked, Fraction]:
    return {
        Asked.POWER: Fraction(abs(target.battery_w)),
        Asked.DISCHARGE: Fraction(target.battery_w),
        Asked.CHARGE: Fraction(-target.battery_w),
        Asked.AC_CHARGE: Fraction(-target.written_w),
        Asked.LEASE: Fraction(lease_s),
    }


def _number(values: Mapping[str, Value | None], name: str) -> float | None:
    value = values.get(name)
    return value if isinstance(value, float) else None


def _difference(values: Mapping[str, Value | None], plus: str, minus: str) -> float | None:
    positive, negative = _number(values, plus), _number(values, minus)
    return None if positive is None or negative is None else positive - negative


def _wh(values: Mapping[str, Value | None], name: str) -> int | None:
    sample = values.get(name)
    return sample.wh if isinstance(sample, EnergySample) else None

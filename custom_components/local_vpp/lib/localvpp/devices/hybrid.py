"""A hybrid inverter described by a register map: inverter and battery of one device.

One device is read once for both capabilities: readings asked for at the same time share one poll. What is derived is
derived here, once for all makes: the PV's power from its strings', the battery's from two magnitudes or from a
direction that stands elsewhere, and whether the device is separated from the grid from all states that tell.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic
from typing import Final

from modbus_connection import ModbusUnit

from .capability import BatteryReading, Door, Identity, InverterReading, OperatingState
from .counting import Counting
from .errors import DeviceError, DeviceNonsenseError, DeviceRefusedError
from .lease import FOLLOW_PV_W, Lease
from .line import Line
from .mapped_output import MapOutput
from .mapping import (
    PLATE,
    STRINGS,
    Asked,
    EnergySample,
    Point,
    Quantity,
    RegisterMap,
    Step,
    Value,
    components,
    knock,
    readings,
)
from .output import Output
from .polling import Poller, approach
from .silence import INVERTER, Manners
from .writing import Writer

PLATE_AGAIN_S: Final = 60.0
"""How long a plate that was read holds. It never changes, but it may have been read in a bad moment."""
COUNTER_SLACK_WH: Final = 2000
"""What a counter may show at once: some inverters count whole kilowatt-hours. One that takes larger steps may show
two of those."""


@dataclass(frozen=True, slots=True)
class HybridSnapshot:
    """One poll."""

    inverter: InverterReading
    battery: BatteryReading


class MapHybrid:
    """Reads and commands a hybrid; ``inverter`` and ``battery`` are its capabilities.

    Args:
        unit: where it answers.
        device: its register map.
        identity: as ``probe.probe_hybrid`` gave it.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        identity: Identity,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> None:
        what = f"the inverter {identity}"
        self._identity = identity
        self._map = device
        self._clock = clock
        groups = readings(components(unit, device), device)
        self._plate = {name: group for name, group in groups.items() if name == PLATE}
        self._live = {name: group for name, group in groups.items() if name != PLATE}
        self._plate_until = clock()
        self._counting = Counting(what, max(COUNTER_SLACK_WH, 2 * device.energy_step_wh), clock)
        self._poller = Poller(what, unit, line or Line(), self._poll, knock(unit, device), manners, clock)
        self.writer = Writer(what, unit, device.control, clock)
        self.inverter = HybridInverter(self)
        self.output = Output(MapOutput(device, self.writer), clock)
        self.battery = HybridBattery(self, device, clock)
        approach(unit, device.wiring)

    @property
    def identity(self) -> Identity:
        """Who the device said it is."""
        return self._identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._poller

    async def snapshot(self) -> HybridSnapshot:
        """Poll the device, or share the poll that is under way.

        Raises:
            DeviceError: no block could be read, or the device is silent and was left alone.
        """
        return await self._poller.reading()

    async def _poll(self) -> HybridSnapshot:
        now = self._clock()
        due = now >= self._plate_until
        failed = await self._poller.poll({**self._live, **self._plate} if due else self._live)
        if due and failed.keys().isdisjoint(self._plate):
            self._plate_until = now + PLATE_AGAIN_S
        values: dict[str, Value | None] = {}
        for name, group in (self._live | self._plate).items():
            if name not in failed:
                values |= group.values
        return HybridSnapshot(self._inverter(values, failed), self._battery(values, failed))

    def _inverter(self, values: Mapping[str, Value | None], failed: dict[str, DeviceError]) -> InverterReading:
        grid_w = _number(values, "grid_power_w")
        if grid_w is None:
            grid_w = _difference(values, "grid_import_power_w", "grid_export_power_w")
        return InverterReading(
            ac_power_w=_number(values, "ac_power_w"),
            pv_power_w=self._pv(values),
            energy_wh=self._count("energy_wh", values, failed),
            pv_wh=self._count("pv_wh", values, failed),
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

    def _battery(self, values: Mapping[str, Value | None], failed: dict[str, DeviceError]) -> BatteryReading:
        capacity = values.get("capacity_wh")
        left_s = _number(values, "lease_left_s")
        return BatteryReading(
            power_w=self._battery_power(values),
            soc_percent=_number(values, "soc_percent"),
            capacity_wh=capacity.wh if isinstance(capacity, EnergySample) and capacity.wh else None,
            max_charge_w=_number(values, "max_charge_w"),
            max_discharge_w=_number(values, "max_discharge_w"),
            set_point_w=self.battery.held_w,
            lease_left_s=None if left_s is None else round(left_s),
            charge_wh=self._count("charge_wh", values, failed),
            discharge_wh=self._count("discharge_wh", values, failed),
            soh_percent=_number(values, "soh_percent"),
            voltage_v=_number(values, "battery_voltage_v"),
            current_a=_number(values, "battery_current_a"),
            temperature_c=_number(values, "battery_temperature_c"),
            cell_min_v=_number(values, "cell_min_v"),
            cell_max_v=_number(values, "cell_max_v"),
            cell_min_c=_number(values, "cell_min_c"),
            cell_max_c=_number(values, "cell_max_c"),
            failed=failed,
        )

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

    def _count(self, name: str, values: Mapping[str, Value | None], failed: dict[str, DeviceError]) -> int | None:
        sample = values.get(name)
        if not isinstance(sample, EnergySample):
            return None
        rated_w = _number(values, "rated_power_w") or self._map.rated_power_w
        counted = self._counting.take(name, sample.wh, rated_w=rated_w, doubtful=sample.torn)
        if isinstance(counted, DeviceNonsenseError):
            failed[name] = counted
            return None
        return counted


class HybridInverter:
    """The inverter of a device."""

    def __init__(self, device: MapHybrid) -> None:
        self._device = device

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""
        return self._device.identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._device.door

    async def read(self) -> InverterReading:
        """Read all blocks once; see ``capability.Inverter.read``."""
        return (await self._device.snapshot()).inverter


class HybridBattery:
    """The battery of a device."""

    def __init__(self, device: MapHybrid, described: RegisterMap, clock: Callable[[], float]) -> None:
        self._device = device
        self._control = described.control
        self._name = f"{described.manufacturer} {described.model}"
        self._rated_w = described.rated_power_w or 0
        self._clock = clock
        self._lease: Lease | None = None
        self._target_w = 0
        self._writing = asyncio.Lock()

    @property
    def identity(self) -> Identity:
        """Who the device said it is when it was set up."""
        return self._device.identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._device.door

    @property
    def controllable(self) -> bool:
        """Whether the device has a set-point and a lease."""
        return self._control.has_set_point

    @property
    def held_w(self) -> float | None:
        """What the device was asked to do, while the lease on it runs."""
        if self._lease is None or self._clock() - self._lease.at >= self._lease.lease_s:
            return None
        return self._target_w

    @property
    def flash_writes(self) -> int:
        """Writings to the device's flash in the last 24 hours."""
        return self._device.writer.flash_writes

    async def read(self) -> BatteryReading:
        """Read all blocks once; see ``capability.Battery.read``."""
        return (await self._device.snapshot()).battery

    async def set_power(self, watts: int, lease_s: int) -> None:
        """Ask for a power, for the time of the lease; see ``capability.Battery.set_power``."""
        rule = self._control.lease
        if rule is None or not self._control.has_set_point:
            raise DeviceRefusedError(self._why_not())
        kept_s = rule.kept(lease_s)
        async with self._writing:
            now = self._clock()
            snapshot = await self._device.snapshot()
            target_w = self._target(watts, snapshot.battery)
            written_w, deadband_w = target_w, 0
            if self._control.follows_pv:
                written_w, deadband_w = self._with_pv(target_w, snapshot.inverter), FOLLOW_PV_W
            if self._lease is not None and not self._lease.must_write(
                watts, written_w, kept_s, now=now, deadband_w=deadband_w
            ):
                return
            if self.held_w is None:
                self._device.writer.forget()  # The device has fallen back, and set its command and mode by itself.
            # Until the device has taken all of it, nothing is known to hold: a failed writing is tried again.
            self._lease = None
            await self._device.writer.send(self._steps(target_w), _asked(target_w, written_w, kept_s))
            self._lease = Lease(watts=watts, target_w=written_w, lease_s=kept_s, at=now)
            self._target_w = target_w

    async def release(self) -> None:
        """Let the device decide by itself again; see ``capability.Battery.release``."""
        async with self._writing:
            self._lease = None
            await self._device.writer.send(self._control.release, {})

    @property
    def reservable(self) -> bool:
        """Whether the device has such a setting."""
        return bool(self._control.reserve)

    async def set_reserve(self, percent: int) -> None:
        """Keep a share of the battery for an outage; see ``capability.Reserving.set_reserve``."""
        if not 0 <= percent <= 100:
            raise ValueError(f"percent is {percent}: write 0 to 100")
        if not self._control.reserve:
            raise DeviceRefusedError(f"{self._name} has no setting for a reserve that is known to be safe")
        async with self._writing:
            await self._device.writer.send(self._control.reserve, {Asked.PERCENT: Fraction(percent)})

    def _steps(self, target_w: int) -> tuple[Step, ...]:
        if target_w == 0:
            return self._control.hold
        return self._control.discharge if target_w > 0 else self._control.charge

    def _target(self, watts: int, reading: BatteryReading) -> int:
        most_charge = reading.max_charge_w or self._rated_w
        most_discharge = reading.max_discharge_w or self._rated_w
        return max(-round(most_charge), min(round(most_discharge), watts))

    def _with_pv(self, target_w: int, inverter: InverterReading) -> int:
        """Give what PV and battery together are to feed, so that the battery's part is the target."""
        if inverter.pv_power_w is None:
            raise DeviceRefusedError(
                f"{self._name} takes a set-point for PV and battery together, and the PV's power is unknown at present"
            )
        most = round(inverter.rated_power_w or self._rated_w)
        return max(-most, min(most, target_w + round(inverter.pv_power_w)))

    def _why_not(self) -> str:
        reason = self._control.why_not or "it has no time limit for a set-point"
        return f"the battery of {self._name} is not controlled: {reason}"


def _asked(target_w: int, written_w: int, lease_s: int) -> dict[Asked, Fraction]:
    return {
        Asked.POWER: Fraction(abs(target_w)),
        Asked.DISCHARGE: Fraction(target_w),
        Asked.CHARGE: Fraction(-target_w),
        Asked.AC_CHARGE: Fraction(-written_w),
        Asked.LEASE: Fraction(lease_s),
    }


def _number(values: Mapping[str, Value | None], name: str) -> float | None:
    value = values.get(name)
    return value if isinstance(value, float) else None


def _difference(values: Mapping[str, Value | None], plus: str, minus: str) -> float | None:
    positive, negative = _number(values, plus), _number(values, minus)
    return None if positive is None or negative is None else positive - negative

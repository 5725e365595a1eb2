"""A SunSpec device as inverter and, where it has one, battery.

One device is read once for both capabilities: readings asked for at the same time share one poll, so that PV, battery
and AC power of one second belong together and the device is not asked twice.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, Protocol, Self

from modbus_connection import ModbusUnit

from ..capability import BatteryReading, Door, Failures, Identity, InverterReading
from ..counting import Counting
from ..errors import DeviceNonsenseError, DeviceRefusedError
from ..lease import Lease, checked
from ..line import Line
from ..output import Orders, Output
from ..polling import Block, Poller, approach
from ..silence import INVERTER, Manners
from .chain import BASES, base_of, discover, identify, is_marked
from .der import DerModels
from .legacy import AC_MODELS, LegacyModels
from .reserve import Reserve

PLATE_AGAIN_S: Final = 60.0
"""How long a plate that was read holds. It never changes, but it may have been read in a bad moment, while the device
woke up or was disturbed; what was misread must not stay until the next start."""

COUNTER_SLACK_WH: Final = 2000
"""Two steps of the coarsest energy in use: some inverters count whole kilowatt-hours."""


class Models(Protocol):
    """What the two generations have in common: blocks to poll, what they mean, and how a set-point is written."""

    @property
    def live(self) -> Mapping[str, Block]:
        """Blocks of every poll, by name."""

    @property
    def static(self) -> Mapping[str, Block]:
        """Blocks of what stands on the plate, which are read now and then."""

    @property
    def has_battery(self) -> bool:
        """Whether there is a battery."""

    @property
    def controllable(self) -> bool:
        """Whether set-point and lease are there, as far as was read."""

    @property
    def longest_lease_s(self) -> int:
        """What the lease's register holds."""

    @property
    def deadband_w(self) -> int:
        """How far a target may move without a writing."""

    @property
    def output(self) -> Orders:
        """How its output is limited, and how it leaves the grid."""

    @property
    def reserve(self) -> Reserve | None:
        """The share that its battery keeps for an outage, where a model has it."""

    def inverter(self, failed: Failures) -> InverterReading:
        """Build the reading from the blocks that did not fail."""

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""

    def target(self, watts: int, inverter: InverterReading, battery: BatteryReading) -> int:
        """Give what is to be written for a wish, by what was just read."""

    async def activate(self, target_w: int, lease_s: int) -> None:
        """Write a set-point with its lease."""

    async def deactivate(self) -> None:
        """Take the set-point away."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One poll."""

    inverter: InverterReading
    battery: BatteryReading


class SunSpecDevice:
    """A device that describes itself. Made by ``open``; ``inverter`` and ``battery`` are its capabilities."""

    def __init__(
        self,
        unit: ModbusUnit,
        base: int,
        identity: Identity,
        models: Models,
        line: Line,
        manners: Manners,
        clock: Callable[[], float],
    ) -> None:
        what = f"the inverter {identity}"
        self._identity = identity
        self._models = models
        self._clock = clock
        self._plate_until = clock()
        self._counting = Counting(what, COUNTER_SLACK_WH, clock)
        self._poller = Poller(what, unit, line, self._poll, lambda: is_marked(unit, base), manners, clock)
        self.inverter = SunSpecInverter(self)
        self.output = Output(models.output, clock)
        self.battery = SunSpecBattery(self, models, clock) if models.has_battery else None

    @classmethod
    async def open(
        cls,
        unit: ModbusUnit,
        clock: Callable[[], float] = monotonic,
        *,
        bases: Sequence[int] = BASES,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> Self:
        """Find out what the device is.

        Args:
            unit: where it answers.
            clock: a monotonic clock in seconds.
            bases: where its map may begin.
            line: its line, if others share it.
            manners: how long it is waited for, and left alone when it is silent.

        Raises:
            DeviceError: it is silent, is no SunSpec device, no inverter, or one whose models contradict their lengths.
        """
        approach(unit)
        models = await discover(unit, bases)
        identity = await identify(unit, models)
        base = base_of(models)
        what, line = f"the inverter {identity}", line or Line()
        if models.first(701):
            return cls(unit, base, identity, await DerModels.open(what, unit, models), line, manners, clock)
        if models.first(*AC_MODELS):
            return cls(unit, base, identity, await LegacyModels.open(what, unit, models), line, manners, clock)
        raise DeviceNonsenseError(
            f"the SunSpec device {identity} has the models {', '.join(map(str, models))} and none of an inverter "
            f"(701, {', '.join(map(str, sorted(AC_MODELS)))}): choose the unit number of the inverter"
        )

    @property
    def identity(self) -> Identity:
        """Who the device said it is."""
        return self._identity

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._poller

    async def snapshot(self) -> Snapshot:
        """Poll the device, or share the poll that is under way.

        Raises:
            DeviceError: no block could be read, or the device is silent and was left alone.
        """
        return await self._poller.reading()

    async def _poll(self) -> Snapshot:
        live, static = self._models.live, self._models.static
        now = self._clock()
        due = now >= self._plate_until
        failed = await self._poller.poll({**live, **static} if due else live)
        if due and failed.keys().isdisjoint(static):
            self._plate_until = now + PLATE_AGAIN_S
        inverter = self._models.inverter(failed)
        energy = self._counting.take("energy_wh", inverter.energy_wh, rated_w=inverter.rated_power_w)
        if isinstance(energy, DeviceNonsenseError):
            failed["energy_wh"] = energy
            energy = None
        return Snapshot(replace(inverter, energy_wh=energy), self._models.battery(failed))


class SunSpecInverter:
    """The inverter of a device."""

    def __init__(self, device: SunSpecDevice) -> None:
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


class SunSpecBattery:
    """The battery of a device."""

    def __init__(self, device: SunSpecDevice, models: Models, clock: Callable[[], float]) -> None:
        self._device = device
        self._models = models
        self._clock = clock
        self._lease: Lease | None = None
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
        """Whether the device has a set-point and a lease; known after the first reading."""
        return self._models.controllable

    async def read(self) -> BatteryReading:
        """Read all blocks once; see ``capability.Battery.read``."""
        return (await self._device.snapshot()).battery

    async def set_power(self, watts: int, lease_s: int) -> None:
        """Ask for a power, for the time of the lease; see ``capability.Battery.set_power``."""
        checked(lease_s, self._models.longest_lease_s)
        async with self._writing:
            now = self._clock()
            snapshot = await self._device.snapshot()
            target_w = self._models.target(watts, snapshot.inverter, snapshot.battery)
            deadband_w = self._models.deadband_w
            if self._lease and not self._lease.must_write(watts, target_w, lease_s, now=now, deadband_w=deadband_w):
                return
            # Until the device has taken all of it, nothing is known to hold: a failed writing is tried again.
            self._lease = None
            await self._models.activate(target_w, lease_s)
            self._lease = Lease(watts=watts, target_w=target_w, lease_s=lease_s, at=now)

    async def release(self) -> None:
        """Let the device decide by itself again; see ``capability.Battery.release``."""
        async with self._writing:
            self._lease = None
            await self._models.deactivate()

    @property
    def reservable(self) -> bool:
        """Whether the device has a reserve; known after the first reading."""
        return self._models.reserve is not None and self._models.reserve.percent is not None

    async def set_reserve(self, percent: int) -> None:
        """Keep a share for an outage; see ``capability.Reserving.set_reserve``."""
        if not 0 <= percent <= 100:
            raise ValueError(f"percent is {percent}: write 0 to 100")
        if self._models.reserve is None:
            raise DeviceRefusedError(f"{self.identity} has no setting for a reserve")
        async with self._writing:
            await self._models.reserve.set(percent)

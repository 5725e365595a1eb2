"""A device with an inverter and, perhaps, a battery, whatever tells what its registers mean.

It is read once for both capabilities: readings asked for at the same time share one, so that PV, battery and AC power
of one second belong together and the device is not asked twice.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from modbus_connection import ModbusUnit

from .aging import ages_of
from .capability import Ages, BatteryReading, Cadence, Door, Failures, Identity, InverterReading
from .counting import Counting
from .errors import DeviceError, DeviceNonsenseError
from .lease import Keeper
from .line import Line
from .output import Output
from .polling import Block, Poller
from .rota import Pace, Rota
from .silence import Manners

COUNTER_SLACK_WH: Final = 2000
"""What a counter may show at once: some inverters count whole kilowatt-hours. One that takes larger steps may show
two of those."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of the device."""

    inverter: InverterReading
    battery: BatteryReading


class Models(Protocol):
    """What a device's blocks mean."""

    @property
    def blocks(self) -> Mapping[str, Block]:
        """All that is read, by name."""

    @property
    def paces(self) -> Mapping[str, Pace]:
        """How often each is wanted."""

    @property
    def commanded(self) -> Collection[str]:
        """The blocks that show the set-point."""

    def inverter(self, failed: Failures) -> InverterReading:
        """Build the reading from the blocks that did not fail."""

    def battery(self, failed: Failures) -> BatteryReading:
        """Build the reading from the blocks that did not fail."""

    def is_torn(self, counter: str) -> bool:
        """Whether the words of a counter may be of two moments."""


class InverterDevice:
    """Reads a device; ``inverter`` and ``battery`` are its capabilities.

    Args:
        what: the device, as it begins a sentence.
        identity: who it said it is.
        unit: where it answers.
        models: what its blocks mean.
        knock: one short request that it answers in some way.
        name: asks who it is by now.
        slack_wh: what a counter may show at once.
        rated_w: the most that it can do, for a device that does not tell.
        line: its line, which others may share.
        manners: how long it is waited for, and left alone when it is silent.
        clock: a monotonic clock in seconds.
    """

    battery: DeviceBattery | None = None
    output: Output
    """What can be asked of it at its connection to the grid."""

    def __init__(
        self,
        what: str,
        identity: Identity,
        unit: ModbusUnit,
        models: Models,
        knock: Callable[[], Awaitable[object]],
        name: Callable[[], Awaitable[Identity]],
        *,
        slack_wh: int = COUNTER_SLACK_WH,
        rated_w: float | None = None,
        line: Line,
        manners: Manners,
        clock: Callable[[], float],
    ) -> None:
        self._identity = identity
        self._name = name
        self._models = models
        self._blocks = models.blocks
        self._rota = Rota(models.paces)
        self._rated_w = rated_w
        self._counting = Counting(what, slack_wh, clock)
        self._poller = Poller(what, unit, line, self._poll, knock, manners, clock)
        self.inverter = DeviceInverter(self)

    @property
    def identity(self) -> Identity:
        """Who the device said it is."""
        return self._identity

    async def identify(self) -> Identity:
        """Ask who it is by now; see ``late.base.Named``."""
        return await self._name()

    @property
    def door(self) -> Door:
        """Where to knock when it fell silent."""
        return self._poller

    async def snapshot(self) -> Snapshot:
        """Read the device, or share the reading that is under way.

        Raises:
            DeviceError: no block could be read, or the device is silent and was left alone.
        """
        return await self._poller.reading()

    def commanded(self) -> None:
        """Take down that its set-point was written to: what was read of that before holds no more."""
        self._poller.forget(self._models.commanded)

    async def _poll(self) -> Snapshot:
        models = self._models
        polled = await self._poller.poll(self._blocks, self._rota)
        failed = polled.failed
        inverter, battery = models.inverter(failed), models.battery(failed)
        inverter_ages = ages_of(inverter, models.inverter, failed, polled.ages_s)
        battery_ages = ages_of(battery, models.battery, failed, polled.ages_s)
        rated_w = inverter.rated_power_w or self._rated_w

        def count(name: str, wh: int | None, ages_ms: Ages) -> int | None:
            return self._count(name, wh, rated_w, failed, stands=name in ages_ms)

        return Snapshot(
            replace(
                inverter,
                energy_wh=count("energy_wh", inverter.energy_wh, inverter_ages),
                pv_wh=count("pv_wh", inverter.pv_wh, inverter_ages),
                ages_ms=inverter_ages,
            ),
            replace(
                battery,
                charge_wh=count("charge_wh", battery.charge_wh, battery_ages),
                discharge_wh=count("discharge_wh", battery.discharge_wh, battery_ages),
                ages_ms=battery_ages,
            ),
        )

    def _count(
        self, name: str, wh: int | None, rated_w: float | None, failed: dict[str, DeviceError], *, stands: bool
    ) -> int | None:
        doubtful = self._models.is_torn(name)
        counted = self._counting.take(name, wh, rated_w=rated_w, doubtful=doubtful, stands=stands)
        if isinstance(counted, DeviceNonsenseError):
            failed[name] = counted
            return None
        return counted


class DeviceInverter:
    """The inverter of a device."""

    def __init__(self, device: InverterDevice) -> None:
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
        """Read what is due; see ``capability.Inverter.read``."""
        return (await self._device.snapshot()).inverter


class DeviceBattery:
    """The battery of a device."""

    def __init__(self, device: InverterDevice, keeper: Keeper[Snapshot]) -> None:
        self._device = device
        self._keeper = keeper

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
        """Whether the device has a set-point and a lease; of some that is known after the first reading."""
        return self._keeper.orders.controllable

    @property
    def cadence(self) -> Cadence | None:
        """How its set-point may be moved; see ``capability.Steerable``."""
        return self._keeper.orders.cadence

    async def read(self) -> BatteryReading:
        """Read what is due; see ``capability.Battery.read``."""
        return (await self._device.snapshot()).battery

    async def set_power(self, watts: int, lease_s: int) -> None:
        """Ask for a power, for the time of the lease; see ``capability.Battery.set_power``."""
        await self._keeper.hold(watts, lease_s, self._device.snapshot)

    async def release(self) -> None:
        """Let the device decide by itself again; see ``capability.Battery.release``."""
        await self._keeper.release()
